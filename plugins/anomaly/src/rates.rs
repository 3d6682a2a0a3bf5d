//! Whether a share or a rate changed, beyond chance and by enough to matter.
//!
//! - Shares (clicks of impressions): the pooled two-proportion z test, or Fisher's exact test where
//!   an expected count is below `expected_count_min`.
//! - Rates (conversions for money): given both counts' sum, the later count is binomial with the
//!   later exposure's share as its chance; the test is exact (Przyborowski and Wilenski, 1940).
//!
//! With ten million impressions any change is significant, so `min_relative` of effect is asked for
//! as well. Invariant: only counts of final days come in here; what was restated later would be
//! taken for a change.

use bellwether_statistics::distribution::normal_two_sided;
use bellwether_statistics::exact;

use crate::config::RateConfig;
use crate::count::float_u64;

/// Successes of trials, such as clicks of impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How often it happened.
    pub successes: u64,
    /// How often it could have.
    pub trials: u64,
}

/// Events for an exposure, such as conversions for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many events there were.
    pub events: u64,
    /// What they were exposed to, in whole micros of its unit.
    pub exposure_micros: u64,
}

/// Which test a p-value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// Two proportions, normal approximation.
    Z,
    /// Fisher's exact test.
    Fisher,
    /// The exact conditional binomial test.
    Binomial,
}

/// A change of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareChange {
    /// The distance in standard errors; `None` when nothing or everything succeeded.
    pub z: Option<f64>,
    /// The p-value of the normal approximation; 1 without `z`.
    pub p_z: f64,
    /// The p-value of Fisher's exact test.
    pub p_fisher: f64,
    /// What counts.
    pub change: Change,
}

/// A change of a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateChange {
    /// Events for one unit of exposure, before.
    pub before: f64,
    /// Events for one unit of exposure, after.
    pub after: f64,
    /// After by before; `None` when there was none before.
    pub ratio: Option<f64>,
    /// What counts.
    pub change: Change,
}

/// How sure and how large a change is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The test that the p-value comes from.
    pub test: Test,
    /// How likely a change of this size is by chance, two-sided.
    pub p_value: f64,
    /// After by before, less one; `None` when there was none before.
    pub relative: Option<f64>,
}

/// Tests a change of a share. `None` when there are no trials on a side, or more successes than
/// trials.
pub fn share_change(before: Share, after: Share, config: &RateConfig) -> Option<ShareChange> {
    if before.trials == 0 || after.trials == 0 {
        return None;
    }
    let p_fisher = exact::fisher(
        before.successes,
        before.trials,
        after.successes,
        after.trials,
    )?;
    let z = two_proportion_z(before, after);
    let p_z = z.map_or(1.0, normal_two_sided);
    let is_thin = least_expected_count(before, after) < config.expected_count_min;
    let (test, p_value) = if is_thin {
        (Test::Fisher, p_fisher)
    } else {
        (Test::Z, p_z)
    };
    let change = Change {
        test,
        p_value,
        relative: relative(before.share(), after.share()),
    };
    Some(ShareChange {
        z,
        p_z,
        p_fisher,
        change,
    })
}

/// Tests a change of a rate. `None` when a side has no exposure.
pub fn rate_change(before: Rate, after: Rate) -> Option<RateChange> {
    if before.exposure_micros == 0 || after.exposure_micros == 0 {
        return None;
    }
    let events = before.events.checked_add(after.events)?;
    let exposure = float_u64(before.exposure_micros) + float_u64(after.exposure_micros);
    let chance = float_u64(after.exposure_micros) / exposure;
    let p_value = exact::binomial(after.events, events, chance)?;
    let (rate_before, rate_after) = (before.per_unit(), after.per_unit());
    let relative = relative(rate_before, rate_after);
    Some(RateChange {
        before: rate_before,
        after: rate_after,
        ratio: relative.map(|relative| relative + 1.0),
        change: Change {
            test: Test::Binomial,
            p_value,
            relative,
        },
    })
}

impl Change {
    /// Whether the effect is large enough to matter; a rise from nothing is.
    pub fn is_large(&self, config: &RateConfig) -> bool {
        self.relative
            .is_none_or(|relative| relative.abs() >= config.min_relative)
    }

    /// Whether it is an alert by itself, without others tested beside it.
    pub fn is_alert(&self, config: &RateConfig) -> bool {
        self.p_value < config.alpha && self.is_large(config)
    }
}

impl Share {
    fn share(self) -> f64 {
        float_u64(self.successes) / float_u64(self.trials)
    }
}

impl Rate {
    fn per_unit(self) -> f64 {
        float_u64(self.events) / (float_u64(self.exposure_micros) / 1e6)
    }
}

impl Test {
    /// The word in findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Z => "z",
            Self::Fisher => "fisher",
            Self::Binomial => "binomial",
        }
    }
}

fn two_proportion_z(before: Share, after: Share) -> Option<f64> {
    let successes = float_u64(before.successes) + float_u64(after.successes);
    let (n_before, n_after) = (float_u64(before.trials), float_u64(after.trials));
    let pooled = successes / (n_before + n_after);
    let error = (pooled * (1.0 - pooled) * (1.0 / n_before + 1.0 / n_after)).sqrt();
    (error > 0.0).then(|| (after.share() - before.share()) / error)
}

/// The smallest of the four counts that equal shares would lead to expect.
fn least_expected_count(before: Share, after: Share) -> f64 {
    let successes = float_u64(before.successes) + float_u64(after.successes);
    let trials = float_u64(before.trials) + float_u64(after.trials);
    let rarer = successes.min(trials - successes);
    let fewer = float_u64(before.trials.min(after.trials));
    rarer * fewer / trials
}

fn relative(before: f64, after: f64) -> Option<f64> {
    (before > 0.0).then(|| after / before - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(successes: u64, trials: u64) -> Share {
        Share { successes, trials }
    }

    #[test]
    fn expected_counts_below_five_are_tested_exactly() {
        let config = RateConfig::default();
        let test = |successes| {
            let changed = share_change(share(0, 500), share(successes, 500), &config);
            changed.unwrap().change.test
        };
        assert_eq!(test(9), Test::Fisher);
        assert_eq!(test(10), Test::Z);
    }

    #[test]
    fn an_effect_counts_from_its_minimum_on() {
        let config = RateConfig::default();
        let alerts = |successes| {
            let changed = share_change(
                share(100_000, 1_000_000),
                share(successes, 1_000_000),
                &config,
            );
            changed.unwrap().change.is_alert(&config)
        };
        assert!(!alerts(109_999));
        assert!(alerts(110_001));
    }

    #[test]
    fn sides_without_trials_or_exposure_are_not_tested() {
        let config = RateConfig::default();
        assert_eq!(share_change(share(0, 0), share(1, 10), &config), None);
        let none = Rate {
            events: 3,
            exposure_micros: 0,
        };
        assert_eq!(rate_change(none, none), None);
    }

    #[test]
    fn nothing_on_both_sides_is_no_change() {
        let same = share_change(share(0, 10), share(0, 20), &RateConfig::default()).unwrap();
        assert_eq!((same.z, same.change.relative), (None, None));
        assert!((same.change.p_value - 1.0).abs() < 1e-12);
    }
}
