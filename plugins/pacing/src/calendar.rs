//! Days, their weekdays, and how much of a budget each weekday is planned to take.
//!
//! A day is the number of days since 1970-01-01, as the plugin interface hands dates over.
//! Invariant: weights are whole thousandths, so that sums of them are exact.

/// Days since 1970-01-01.
pub type Day = i32;

/// 1970-01-01 was a Thursday, three days after a Monday.
const WEEKDAY_OF_DAY_ZERO: i32 = 3;

/// How much of a budget each weekday is planned to take, from Monday to Sunday, in thousandths of
/// an ordinary day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights([u32; 7]);

impl Weights {
    /// Every day alike.
    pub const EVEN: Self = Self([1_000; 7]);

    /// Of whole thousandths, from Monday to Sunday; `None` when all are zero.
    pub fn new(thousandths: [u32; 7]) -> Option<Self> {
        thousandths
            .iter()
            .any(|weight| *weight > 0)
            .then_some(Self(thousandths))
    }

    /// The sum over the days from `first` to `last`, both within; zero when there is none.
    pub fn sum(&self, first: Day, last: Day) -> i128 {
        let n_days = i128::from(last) - i128::from(first) + 1;
        if n_days <= 0 {
            return 0;
        }
        let of_week: i128 = self.0.iter().copied().map(i128::from).sum();
        let begun = i32::try_from(n_days % 7).expect("a remainder of seven is small");
        let rest: i128 = (0..begun)
            .map(|after| i128::from(self.0[weekday(i64::from(first) + i64::from(after))]))
            .sum();
        n_days / 7 * of_week + rest
    }
}

/// 0 for Monday to 6 for Sunday.
fn weekday(day: i64) -> usize {
    let monday_based = (day + i64::from(WEEKDAY_OF_DAY_ZERO)).rem_euclid(7);
    usize::try_from(monday_based).expect("a remainder of seven is not negative")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_of_april_2026_was_a_wednesday() {
        assert_eq!(weekday(20_544), 2);
    }

    #[test]
    fn days_before_1970_have_weekdays_too() {
        assert_eq!(weekday(-4), 6);
    }

    #[test]
    fn weights_that_are_all_zero_plan_nothing() {
        assert_eq!(Weights::new([0; 7]), None);
    }

    proptest! {
        #[test]
        fn a_sum_of_weights_is_that_of_its_days(first in -50_000..50_000_i32, n in 0..400_i32, weights in prop::array::uniform7(0..3_000_u32)) {
            let weights = Weights(weights);
            let expected: i128 = (first..first + n).map(|day| weights.sum(day, day)).sum();
            prop_assert_eq!(weights.sum(first, first + n - 1), expected);
        }
    }
}
