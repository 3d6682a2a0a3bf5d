//! Measures that few wild values can't move: medians, the median absolute deviation, quantiles.
//!
//! Invariant: the order of the sample never matters, and numbers that are not finite are the
//! caller's to leave out.

/// What a median absolute deviation is multiplied by to estimate a normal standard deviation:
/// `1 / Phi^-1(3/4)`, to the four decimals that the literature prints.
pub const NORMAL_CONSISTENCY: f64 = 1.4826;

/// The median; that of an even number of values is the mean of the middle two.
pub fn median(values: &[f64]) -> Option<f64> {
    median_in_place(&mut values.to_vec())
}

/// The median of values whose order the caller no longer needs.
pub fn median_in_place(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let n_values = values.len();
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if n_values % 2 == 1 {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(f64::midpoint(lower, upper))
}

/// The median absolute deviation from `centre`, scaled so that it estimates the standard deviation
/// of a normal distribution.
pub fn scaled_deviation(values: &[f64], centre: f64) -> Option<f64> {
    let mut distances: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    Some(NORMAL_CONSISTENCY * median_in_place(&mut distances)?)
}

/// The quantile at `share` (0 to 1), interpolated linearly between the sorted values as numpy,
/// R's type 7 and spreadsheets do.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * as_float(last);
    let below = place.floor();
    let index = as_index(below).min(last);
    let above = sorted[(index + 1).min(last)];
    Some(sorted[index] + (place - below) * (above - sorted[index]))
}

#[expect(clippy::cast_precision_loss, reason = "samples are far below 2^53")]
fn as_float(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number between 0 and the sample's length"
)]
fn as_index(place: f64) -> usize {
    place as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(median(&[]), None);
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn an_even_sample_has_the_mean_of_its_middle_two() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
    }

    #[test]
    fn one_wild_value_hardly_moves_the_deviation() {
        let calm = [97.0, 98.0, 99.0, 100.0, 101.0, 103.0, 104.0];
        let wild = [97.0, 98.0, 99.0, 100.0, 101.0, 103.0, 9_000.0];
        assert_eq!(scaled_deviation(&calm, 100.0), Some(2.0 * 1.4826));
        assert_eq!(scaled_deviation(&wild, 100.0), Some(2.0 * 1.4826));
    }

    #[test]
    fn quantiles_are_interpolated_between_neighbours() {
        assert_eq!(quantile(&[10.0, 20.0], 0.05), Some(10.5));
        assert_eq!(quantile(&[10.0, 20.0], 1.0), Some(20.0));
    }

    proptest! {
        #[test]
        fn the_median_is_the_middle_quantile(values in prop::collection::vec(-1e6..1e6_f64, 1..60)) {
            let median = median(&values).unwrap();
            let quantile = quantile(&values, 0.5).unwrap();
            prop_assert!((median - quantile).abs() <= 1e-9 * (1.0 + median.abs()));
        }
    }
}
