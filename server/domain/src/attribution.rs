//! Attribution windows: for how long after a click or a view a conversion counts for the ad.
//!
//! Formulas: design note `domain.md`, section 3; reference cases K35 and K36.

use std::collections::BTreeSet;

use crate::error_code::{ErrorCode, Refusal};
use crate::money::Decimal;

/// How many hours a day of a window has.
const DAY_HOURS: u32 = 24;

/// An attribution window in days; 0 means that conversions of that kind don't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// For how many days after a click.
    pub click_days: u32,
    /// For how many days after a view without a click.
    pub view_days: u32,
}

/// What of an ad a conversion followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Touch {
    /// A click.
    Click,
    /// A view without a click.
    View,
}

/// A conversion, and how long after which touch it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// What it followed.
    pub touch: Touch,
    /// After how many hours.
    pub lag_hours: Decimal,
    /// What it was worth.
    pub value: Decimal,
}

/// The conversions that a window counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributed {
    /// How many.
    pub conversions: u64,
    /// What they were worth together.
    pub value: Decimal,
}

impl Window {
    /// The window of a platform's name for it, such as `7c1v`: seven days after a click and one
    /// after a view.
    pub fn parse(name: &str) -> Option<Self> {
        let (clicks, views) = name.strip_suffix('v')?.split_once('c')?;
        let days = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            is_plain.then(|| text.parse().ok()).flatten()
        };
        Some(Self {
            click_days: days(clicks)?,
            view_days: days(views)?,
        })
    }

    /// Whether it counts a conversion so many hours after a touch; its last hour is inside.
    pub fn counts(self, touch: Touch, lag_hours: Decimal) -> bool {
        let days = match touch {
            Touch::Click => self.click_days,
            Touch::View => self.view_days,
        };
        days > 0 && lag_hours <= Decimal::from(days) * Decimal::from(DAY_HOURS)
    }

    /// What it counts of some conversions.
    pub fn attributed(self, conversions: &[Conversion]) -> Attributed {
        let counted = conversions
            .iter()
            .filter(|it| self.counts(it.touch, it.lag_hours));
        counted.fold(Attributed::default(), |sum, it| Attributed {
            conversions: sum.conversions + 1,
            value: sum.value.saturating_add(it.value),
        })
    }
}

/// Refuses to compare what was counted by different windows, unless the caller accepts it.
pub fn check_alike(windows: &BTreeSet<&str>, accepts_mixed: bool) -> Result<(), Refusal> {
    if windows.len() < 2 || accepts_mixed {
        return Ok(());
    }
    let told = windows.iter().copied().collect::<Vec<_>>().join("`, `");
    let message = format!(
        "the campaigns use different attribution windows (`{told}`), whose conversions can't be compared; ask for one `window`, or accept with `acceptMixed: true`"
    );
    let refusal = Refusal::new(ErrorCode::AttributionWindowMismatch, message);
    Err(refusal.with_allowed(windows.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_read_from_its_name() {
        let window = Window {
            click_days: 7,
            view_days: 1,
        };
        assert_eq!(Window::parse("7c1v"), Some(window));
        for name in ["", "7c", "7c1", "c1v", "7c-1v", "+7c1v", "7d1v", "7c1v "] {
            assert_eq!(Window::parse(name), None, "{name}");
        }
    }

    #[test]
    fn the_last_hour_is_inside_and_no_days_count_nothing() {
        let window = Window::parse("1c0v").unwrap();
        let counts = |touch, hours: i64| window.counts(touch, hours.into());
        assert!(counts(Touch::Click, 24));
        assert!(!counts(Touch::Click, 25));
        assert!(!counts(Touch::View, 0));
    }

    #[test]
    fn different_windows_are_compared_only_where_that_is_accepted() {
        let (one, two) = (BTreeSet::from(["7c1v"]), BTreeSet::from(["30c0v", "7c1v"]));
        assert_eq!(check_alike(&one, false), Ok(()));
        assert_eq!(check_alike(&two, true), Ok(()));
        let refusal = check_alike(&two, false).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::AttributionWindowMismatch);
        assert_eq!(refusal.allowed, ["30c0v", "7c1v"]);
    }
}
