//! Cutting a table into batches that never split an entity.
//!
//! Invariant: pure; every row is in exactly one slice, in its order.

use std::ops::Range;

/// The rows of one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slice {
    pub(crate) rows: Range<usize>,
    /// The first row of each entity in it.
    pub(crate) entities: Vec<usize>,
}

/// Slices of at most `rows_max` rows, or of one entity where it alone has more. `Err` is the
/// first row whose key is smaller than the one before it.
pub(crate) fn slices(keys: &[&str], rows_max: usize) -> Result<Vec<Slice>, usize> {
    let mut slices: Vec<Slice> = Vec::new();
    for entity in runs_of_equal(keys)? {
        match slices.last_mut() {
            Some(slice) if entity.end - slice.rows.start <= rows_max => {
                slice.rows.end = entity.end;
                slice.entities.push(entity.start);
            }
            _ => slices.push(Slice {
                entities: vec![entity.start],
                rows: entity,
            }),
        }
    }
    Ok(slices)
}

fn runs_of_equal(keys: &[&str]) -> Result<Vec<Range<usize>>, usize> {
    let mut runs = Vec::new();
    let mut start = 0;
    for row in 1..keys.len() {
        if keys[row] < keys[row - 1] {
            return Err(row);
        }
        if keys[row] != keys[start] {
            runs.push(start..row);
            start = row;
        }
    }
    if start < keys.len() {
        runs.push(start..keys.len());
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_slice_ends_before_the_entity_that_would_pass_the_limit() {
        let cut = slices(&["a", "b", "b", "c"], 2).unwrap();
        let rows: Vec<_> = cut.iter().map(|slice| slice.rows.clone()).collect();
        assert_eq!(rows, [0..1, 1..3, 3..4]);
    }

    #[test]
    fn an_entity_larger_than_a_slice_stays_whole() {
        let cut = slices(&["a", "a", "a", "b"], 2).unwrap();
        assert_eq!(cut[0].rows, 0..3);
        assert_eq!(cut[0].entities, [0]);
    }

    #[test]
    fn rows_out_of_order_are_told_by_their_number() {
        assert_eq!(slices(&["a", "c", "b"], 10), Err(2));
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_slice_and_no_entity_in_two(
            mut numbers in proptest::collection::vec(0_u8..20, 0..60),
            rows_max in 1_usize..10,
        ) {
            numbers.sort_unstable();
            let names: Vec<String> = numbers.iter().map(|number| format!("{number:03}")).collect();
            let keys: Vec<&str> = names.iter().map(String::as_str).collect();
            let cut = slices(&keys, rows_max).unwrap();
            let rows: Vec<usize> = cut.iter().flat_map(|slice| slice.rows.clone()).collect();
            prop_assert_eq!(rows, (0..keys.len()).collect::<Vec<_>>());
            for pair in cut.windows(2) {
                prop_assert_ne!(keys[pair[0].rows.end - 1], keys[pair[1].rows.start]);
            }
            let entities: Vec<&str> = cut.iter().flat_map(|s| &s.entities).map(|&r| keys[r]).collect();
            let mut distinct = keys.clone();
            distinct.dedup();
            prop_assert_eq!(entities, distinct);
        }
    }
}
