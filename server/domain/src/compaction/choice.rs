//! Which segments of a partition to merge.

/// How many times the rows of the largest of its sources a merge must come to.
///
/// This bounds the work: a row that is written again lies afterwards in a segment of at least twice
/// the rows of the one it came from, or else as many rows were dropped as were written. All merges
/// together write no more than `log2(merged_rows_max) + 2` times the rows that came in.
/// It also bounds what readers find: segments of which nothing is chosen grow by a third from one
/// to the next, so that there are few of them.
pub const GROWTH: u64 = 4;

/// What the manifest says of a segment, as far as the choice needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentSize {
    /// How many rows it holds.
    pub n_rows: u64,
    /// Its file's size.
    pub size_bytes: u64,
    /// Whether rows of it that a rewrite would drop have passed the retention.
    pub may_shrink: bool,
}

/// What one compaction may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactionPolicy {
    /// The most rows of the segments that are merged into one. A segment of more than a quarter of
    /// it is settled: no merge takes it again.
    pub merged_rows_max: u64,
    /// The most bytes of their files, which are in memory meanwhile.
    pub merged_bytes_max: u64,
    /// The most segments that are merged into one.
    pub merged_segments_max: usize,
}

/// The segments to put into one, by their places in order; `None` when they are well as they are.
///
/// Takes a run of segments of neighbouring sizes, from as small and as many as it may, provided
/// that together they have [`GROWTH`] times the rows of the largest of them; so small tails go
/// together and a large segment is left alone until enough has come together beside it. Where no
/// merge is due, the segments that a rewrite would make smaller.
pub fn choose(segments: &[SegmentSize], policy: &CompactionPolicy) -> Option<Vec<usize>> {
    let mut by_size: Vec<usize> = (0..segments.len()).collect();
    by_size.sort_by_key(|place| (segments[*place].n_rows, *place));
    let mut shrinking = by_size.clone();
    shrinking.retain(|place| segments[*place].may_shrink);
    let merged = (0..by_size.len()).find_map(|first| {
        let run = &by_size[first..];
        let n_merged = grown(segments, run, policy);
        (n_merged > 0).then(|| &run[..n_merged])
    });
    let rewritten = &shrinking[..within(segments, &shrinking, policy)];
    let mut chosen = merged.unwrap_or(rewritten).to_vec();
    chosen.sort_unstable();
    Some(chosen).filter(|chosen| !chosen.is_empty())
}

/// How many of these, from the first and smallest, make [`GROWTH`] times the largest of them: as
/// many as may.
fn grown(segments: &[SegmentSize], by_size: &[usize], policy: &CompactionPolicy) -> usize {
    let mut n_rows = 0_u64;
    let mut n_grown = 0;
    let reachable = &by_size[..within(segments, by_size, policy)];
    for (n_before, place) in reachable.iter().enumerate() {
        let largest = segments[*place].n_rows;
        n_rows = n_rows.saturating_add(largest);
        // A segment without rows doesn't occur; one alone never makes four times itself.
        if largest > 0 && n_rows / largest >= GROWTH {
            n_grown = n_before + 1;
        }
    }
    n_grown
}

/// How many of these, from the first, one compaction may take.
fn within(segments: &[SegmentSize], places: &[usize], policy: &CompactionPolicy) -> usize {
    let (mut n_rows, mut size_bytes) = (0_u64, 0_u64);
    let fits = places.iter().take(policy.merged_segments_max);
    fits.take_while(|place| {
        n_rows = n_rows.saturating_add(segments[**place].n_rows);
        size_bytes = size_bytes.saturating_add(segments[**place].size_bytes);
        n_rows <= policy.merged_rows_max && size_bytes <= policy.merged_bytes_max
    })
    .count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: CompactionPolicy = CompactionPolicy {
        merged_rows_max: 100_000,
        merged_bytes_max: 1_000_000,
        merged_segments_max: 16,
    };

    fn of_rows(n_rows: u64) -> SegmentSize {
        SegmentSize {
            n_rows,
            size_bytes: n_rows * 10,
            may_shrink: false,
        }
    }

    fn chosen(n_rows: &[u64]) -> Option<Vec<usize>> {
        let segments: Vec<SegmentSize> = n_rows.iter().copied().map(of_rows).collect();
        choose(&segments, &POLICY)
    }

    #[test]
    fn four_of_a_size_go_together_and_three_wait() {
        assert_eq!(chosen(&[10, 10, 10]), None);
        assert_eq!(chosen(&[10, 10, 10, 10]), Some(vec![0, 1, 2, 3]));
    }

    #[test]
    fn a_small_tail_goes_together_and_a_large_segment_is_left_alone() {
        assert_eq!(chosen(&[9_000, 6, 6, 5, 7, 6]), Some(vec![1, 2, 3, 4, 5]));
        assert_eq!(chosen(&[9_000, 24]), None);
    }

    #[test]
    fn a_segment_of_more_than_a_quarter_of_the_most_is_settled() {
        assert_eq!(chosen(&[26_000; 10]), None);
        assert_eq!(chosen(&[25_000; 10]), Some(vec![0, 1, 2, 3]));
    }

    #[test]
    fn small_segments_that_rest_do_not_hold_up_the_larger_ones() {
        let mut sizes: Vec<u64> = (0..16).map(|n| 1 << n).collect();
        sizes.extend([60_000; 2]);
        assert_eq!(chosen(&sizes), None);
        sizes.extend([20_000; 5]);
        let chosen = chosen(&sizes).unwrap();
        assert!([18, 19, 20].iter().all(|place| chosen.contains(place)));
    }

    #[test]
    fn nothing_is_chosen_of_no_segments() {
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn what_a_rewrite_makes_smaller_is_rewritten_when_no_merge_is_due() {
        let mut segments = [of_rows(50_000), of_rows(60_000), of_rows(10)];
        segments[0].may_shrink = true;
        assert_eq!(choose(&segments, &POLICY), Some(vec![0]));
        segments[1].may_shrink = true;
        assert_eq!(choose(&segments, &POLICY), Some(vec![0]));
        segments[1] = SegmentSize {
            may_shrink: true,
            ..of_rows(50_000)
        };
        assert_eq!(choose(&segments, &POLICY), Some(vec![0, 1]));
    }

    /// Adds segments of these rows one by one and compacts whenever something is chosen; of the
    /// rows of each merge these thousandths are dropped. Returns the rows that came in, those that
    /// were written again, and the segments at the end.
    fn settled(batches: &[(u64, u64)]) -> (u64, u64, Vec<SegmentSize>) {
        let (mut came, mut written) = (0, 0);
        let mut segments = Vec::new();
        for (n_rows, dropped) in batches {
            came += n_rows;
            segments.push(of_rows(*n_rows));
            while let Some(places) = choose(&segments, &POLICY) {
                let merged: u64 = places.iter().map(|place| segments[*place].n_rows).sum();
                let left = (merged - merged * dropped / 1_000).max(1);
                for place in places.iter().rev() {
                    segments.remove(*place);
                }
                segments.push(of_rows(left));
                written += left;
            }
        }
        (came, written, segments)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn merges_write_a_bounded_number_of_times_what_came_in(
            batches in proptest::collection::vec((1_u64..3_000, 0_u64..1_000), 1..400)
        ) {
            let (came, written, _) = settled(&batches);
            let times = u64::from(POLICY.merged_rows_max.ilog2()) + 2;
            prop_assert!(written <= times * came, "{written} rows written of {came}");
        }

        #[test]
        fn segments_that_rest_are_few(
            batches in proptest::collection::vec((1_u64..3_000, Just(0_u64)), 1..400)
        ) {
            let (_, _, segments) = settled(&batches);
            let settled_rows = POLICY.merged_rows_max / (GROWTH + 1);
            let unsettled = segments.iter().filter(|it| it.n_rows < settled_rows).count();
            // Three of one size, then each a third larger than the one before: 100,000 rows are
            // forty such steps from one row.
            prop_assert!(unsettled <= 43, "{unsettled} segments rest");
        }

        #[test]
        fn a_choice_keeps_to_its_limits(
            sizes in proptest::collection::vec((1_u64..60_000, any::<bool>()), 0..100)
        ) {
            let segments: Vec<SegmentSize> = sizes
                .iter()
                .map(|(n_rows, may_shrink)| SegmentSize { may_shrink: *may_shrink, ..of_rows(*n_rows) })
                .collect();
            if let Some(places) = choose(&segments, &POLICY) {
                let rows: u64 = places.iter().map(|place| segments[*place].n_rows).sum();
                prop_assert!(rows <= POLICY.merged_rows_max);
                prop_assert!(places.len() <= POLICY.merged_segments_max);
                prop_assert!(places.is_sorted_by(|a, b| a < b));
            }
        }
    }
}
