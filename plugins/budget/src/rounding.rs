//! Exact division into whole minor units of a currency, by the largest remainder.
//!
//! Each share is rounded down, and the units that are left go to the largest remainders (Hamilton's
//! method); of equal remainders the first gets one. Invariant: the parts sum to the total exactly.

/// Whole minor units that sum to `total`, near `exact`, which is in minor units too. `None` when
/// `exact` is not a division of `total`: negative, not finite, or off by as much as its length.
pub fn largest_remainder(total: i64, exact: &[f64]) -> Option<Vec<i64>> {
    let mut parts = Vec::with_capacity(exact.len());
    for share in exact {
        parts.push(rounded_down(*share)?);
    }
    let sum = parts
        .iter()
        .try_fold(0_i64, |sum, part| sum.checked_add(*part))?;
    let left = usize::try_from(total.checked_sub(sum)?).ok()?;
    if left > exact.len() {
        return None;
    }
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    // A stable sort: of equal remainders the first stays first.
    by_remainder.sort_by(|a, b| remainder(exact[*b]).total_cmp(&remainder(exact[*a])));
    for index in by_remainder.into_iter().take(left) {
        parts[index] += 1;
    }
    Some(parts)
}

/// A share that is a whole number but for the last bits of a float counts as that number, so that
/// 79.999999999 is not 79 and a remainder.
fn rounded_down(share: f64) -> Option<i64> {
    let floor = whole(share);
    let is_amount = share.is_finite() && (0.0..9e15).contains(&floor);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    is_amount.then_some(floor as i64)
}

fn remainder(share: f64) -> f64 {
    (share - whole(share)).max(0.0)
}

fn whole(share: f64) -> f64 {
    let nearest = share.round();
    let is_whole = (share - nearest).abs() <= 1e-7;
    if is_whole { nearest } else { share.floor() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_parts_sum_to_the_total_and_none_is_off_by_a_unit(
            weights in prop::collection::vec(0.01..10.0_f64, 1..50), total in 0..1_000_000_000_i64
        ) {
            let sum: f64 = weights.iter().sum();
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * total as f64).collect();
            let parts = largest_remainder(total, &exact).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            for (part, exact) in parts.iter().zip(&exact) {
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let gap = (*part as f64 - exact).abs();
                prop_assert!(gap < 1.0 + 1e-6);
            }
        }
    }

    #[test]
    fn what_is_no_division_of_the_total_is_refused() {
        assert_eq!(largest_remainder(10, &[2.0, 3.0]), None);
        assert_eq!(largest_remainder(10, &[f64::NAN]), None);
        assert_eq!(largest_remainder(-1, &[-1.0]), None);
        assert_eq!(largest_remainder(0, &[]), Some(vec![]));
    }
}
