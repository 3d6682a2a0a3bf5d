//! Folding a partition's sums under the classes of an answer.
//!
//! Works on numbers only, and on one partition at a time, so that all cores take part; what comes
//! out is small and is added up afterwards.

use bellwether_domain::provisional::Moving;
use bellwether_store::{Group, Partial};
use rustc_hash::FxHashMap;

use super::classes::{Classes, NO_CLASS};
use super::conversion::{Conversions, fold_converted};
use super::moving::{last_days_of, moving};

/// What a sum of the answer is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FoldKey {
    /// The place of the class.
    pub(super) class: u32,
    /// The number of the period's first day.
    pub(super) bucket: i32,
    /// The codes in the fact dimensions.
    pub(super) codes: [u32; 3],
    /// Whether it is money that could not be converted.
    pub(super) has_no_rate: bool,
}

/// Sums under classes.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) keys: Vec<FoldKey>,
    /// How many rows of facts each has.
    pub(super) rows: Vec<u64>,
    /// By measure, then key.
    pub(super) measures: Vec<FoldedMeasure>,
    /// The attribution windows of the rows that counted, distinct.
    pub(super) attributions: Vec<u32>,
    /// The number of the last day of any row that counted.
    pub(super) last_day: Option<i32>,
    /// What of each may still change.
    pub(super) moving: Vec<Moving>,
    /// What came of converting money.
    pub(super) conversions: Conversions,
}

impl Folded {
    /// Begins a key without any sums, and gives its place.
    pub(super) fn begin(&mut self, key: FoldKey) -> usize {
        self.keys.push(key);
        self.rows.push(0);
        self.moving.push(Moving::default());
        for measure in &mut self.measures {
            measure.sums.push(0);
            measure.counts.push(0);
            measure.coverage.push(0);
        }
        self.keys.len() - 1
    }
}

/// The sums of one measure.
#[derive(Debug, Default, Clone)]
pub(super) struct FoldedMeasure {
    pub(super) sums: Vec<i128>,
    pub(super) counts: Vec<u64>,
    /// A digest of which campaigns and periods the values are of.
    pub(super) coverage: Vec<u64>,
}

/// The place of a group that doesn't count.
const NOWHERE: u32 = u32::MAX;

/// The sums of one partial under classes.
pub(super) fn fold(partial: &Partial, classes: &Classes) -> Folded {
    if let Some(converting) = &classes.converting {
        return fold_converted(partial, classes, converting);
    }
    let (mut folded, place_of_group) = numbered(partial, classes);
    folded.last_day = last_day_of(partial, classes);
    folded.moving = moving_of(partial, classes, &folded.keys);
    let digests: Vec<u64> = partial.groups.iter().map(digest_of).collect();
    let n_keys = folded.keys.len();
    let rows = |row: usize| partial.rows[row];
    let (all_rows, all_covered) = counted_up(&place_of_group, n_keys, &digests, rows);
    for (sums, counts) in partial.sums.iter().zip(&partial.counts) {
        let mut added = vec![0_i128; n_keys];
        for (row, place) in counted(&place_of_group) {
            added[place] += i128::from(sums[row]);
        }
        let (counts, coverage) = match counts {
            None => (all_rows.clone(), all_covered.clone()),
            Some(counts) => counted_up(&place_of_group, n_keys, &digests, |row| counts[row]),
        };
        folded.measures.push(FoldedMeasure {
            sums: added,
            counts,
            coverage,
        });
    }
    folded.rows = all_rows;
    folded
}

/// By key, what may still change.
fn moving_of(partial: &Partial, classes: &Classes, keys: &[FoldKey]) -> Vec<Moving> {
    let Some(last_days) = last_days_of(partial, classes) else {
        return vec![Moving::default(); keys.len()];
    };
    let moving = |key: &FoldKey| {
        let last_day = last_days[key.class as usize];
        moving(classes, key.class, key.bucket, last_day)
    };
    keys.iter().map(moving).collect()
}

/// The number of the last day of any row that counts.
pub(super) fn last_day_of(partial: &Partial, classes: &Classes) -> Option<i32> {
    let counts = |campaign: u32| {
        let class = classes.of_campaign.get(campaign as usize).copied();
        class.is_some_and(|class| class != NO_CLASS)
    };
    let last_days = partial.last_days.iter();
    let counted = last_days.filter(|(campaign, _)| counts(*campaign));
    counted.map(|(_, last_day)| *last_day).max()
}

/// The keys that the partial's groups fold to, and the place of each group among them.
fn numbered(partial: &Partial, classes: &Classes) -> (Folded, Vec<u32>) {
    let mut folded = Folded::default();
    let mut places = FxHashMap::<FoldKey, u32>::default();
    let mut last: Option<(FoldKey, u32)> = None;
    let place_of = |group: &Group| {
        let Some(class) = classes.class_of(group) else {
            return NOWHERE;
        };
        if !folded.attributions.contains(&group.attribution) {
            folded.attributions.push(group.attribution);
        }
        let key = FoldKey {
            class,
            bucket: group.bucket,
            codes: classes.grouped_codes(group.codes),
            has_no_rate: false,
        };
        // Groups are sorted, so that often the next one goes to the same place.
        if let Some((known, place)) = last
            && known == key
        {
            return place;
        }
        let place = *places.entry(key).or_insert_with(|| {
            folded.keys.push(key);
            // A partial has fewer than 2^32 groups.
            u32::try_from(folded.keys.len() - 1).unwrap_or(NOWHERE)
        });
        last = Some((key, place));
        place
    };
    let place_of_group = partial.groups.iter().map(place_of).collect();
    (folded, place_of_group)
}

/// By key how many values there are, and the digest of where they are.
fn counted_up(
    place_of_group: &[u32],
    n_keys: usize,
    digests: &[u64],
    count: impl Fn(usize) -> u64,
) -> (Vec<u64>, Vec<u64>) {
    let mut counts = vec![0; n_keys];
    let mut coverage = vec![0_u64; n_keys];
    for (row, place) in counted(place_of_group) {
        counts[place] += count(row);
        let digest = count(row).wrapping_mul(digests[row]);
        coverage[place] = coverage[place].wrapping_add(digest);
    }
    (counts, coverage)
}

fn counted(place_of_group: &[u32]) -> impl Iterator<Item = (usize, usize)> {
    let places = place_of_group.iter().enumerate();
    places
        .filter(|(_, place)| **place != NOWHERE)
        .map(|(row, place)| (row, *place as usize))
}

/// Adds up the sums of several partitions.
pub(super) fn add_up(parts: Vec<Folded>) -> Folded {
    let mut parts = parts.into_iter();
    let Some(mut total) = parts.next() else {
        return Folded::default();
    };
    let mut places: FxHashMap<FoldKey, usize> = FxHashMap::default();
    places.extend(total.keys.iter().copied().zip(0..));
    for part in parts {
        total.last_day = total.last_day.max(part.last_day);
        total.conversions.join(part.conversions);
        for attribution in &part.attributions {
            if !total.attributions.contains(attribution) {
                total.attributions.push(*attribution);
            }
        }
        if total.measures.is_empty() {
            total.measures = vec![FoldedMeasure::default(); part.measures.len()];
        }
        for (from, key) in part.keys.iter().enumerate() {
            let to = *places.entry(*key).or_insert_with(|| total.begin(*key));
            total.rows[to] += part.rows[from];
            total.moving[to].join(part.moving[from]);
            for (into, measure) in total.measures.iter_mut().zip(&part.measures) {
                into.sums[to] += measure.sums[from];
                into.counts[to] += measure.counts[from];
                into.coverage[to] = into.coverage[to].wrapping_add(measure.coverage[from]);
            }
        }
    }
    total
}

/// A number that tells a campaign, period and dimension codes from others; the window is no part
/// of it, because rows of two windows are of the same delivery.
pub(super) fn digest_of(group: &Group) -> u64 {
    // The constants are odd numbers without a pattern (the golden ratio and its like), so that
    // sums of such products hardly ever meet by chance.
    const BY: [u64; 3] = [
        0x9E37_79B9_7F4A_7C15,
        0xC2B2_AE3D_27D4_EB4F,
        0x1656_67B1_9E37_79F9,
    ];
    let mut mixed = u64::from(group.campaign)
        .wrapping_add(u64::from(group.bucket.cast_unsigned()) << 32)
        .wrapping_mul(BY[0]);
    mixed ^= mixed >> 32;
    for code in group.codes {
        mixed = mixed.wrapping_add(u64::from(code)).wrapping_mul(BY[1]);
        mixed ^= mixed >> 29;
    }
    mixed.wrapping_mul(BY[2]) ^ (mixed >> 31)
}
