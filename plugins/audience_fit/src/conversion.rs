//! Whether those who come convert less than they used to, beyond chance.
//!
//! Newcombe's interval of the difference of two rates from Wilson's intervals (Newcombe, "Interval
//! estimation for the difference between independent proportions", 1998, method 10). The score rests
//! on the end nearest to no drop: `clamp(-upper / base rate, 0, 1) / cap`, so that few visitors
//! prove nothing. Invariant: a baseline without conversions is no baseline.

use bellwether_statistics::distribution::{normal_quantile, normal_two_sided};
use serde::Serialize;

use crate::config::ConversionConfig;
use crate::number::float_u64;

/// Conversions of visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversions {
    /// How many converted.
    pub converted: u64,
    /// How many came.
    pub visits: u64,
}

/// The comparison; its fields are the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Conversion {
    /// The baseline's rate.
    pub base_rate: f64,
    /// The current rate.
    pub current_rate: f64,
    /// The two-proportion z.
    pub z: Option<f64>,
    /// Its p-value.
    pub p_value: f64,
    /// The interval of current less baseline.
    pub diff_ci: [f64; 2],
    /// The drop by the baseline's rate; negative is a rise.
    pub relative_drop: f64,
    /// The least drop that the interval allows.
    pub relative_drop_lower_bound: f64,
    /// 0 to 1.
    pub score: f64,
}

/// Compares; `None` without visits on a side, or without conversions in the baseline.
pub fn conversion(
    baseline: Conversions,
    current: Conversions,
    config: &ConversionConfig,
) -> Option<Conversion> {
    let (base_rate, current_rate) = (baseline.rate()?, current.rate()?);
    if base_rate <= 0.0 {
        return None;
    }
    let z_of_interval = normal_quantile(f64::midpoint(1.0, config.confidence))?;
    let (base_low, base_high) = wilson(baseline, z_of_interval);
    let (current_low, current_high) = wilson(current, z_of_interval);
    let difference = current_rate - base_rate;
    let lower = difference - (current_rate - current_low).hypot(base_high - base_rate);
    let upper = difference + (current_high - current_rate).hypot(base_rate - base_low);
    let sure_drop = (-upper / base_rate).clamp(0.0, 1.0);
    let z = two_proportion_z(baseline, current);
    Some(Conversion {
        base_rate,
        current_rate,
        z,
        p_value: z.map_or(1.0, normal_two_sided),
        diff_ci: [lower, upper],
        relative_drop: -difference / base_rate,
        relative_drop_lower_bound: sure_drop,
        score: (sure_drop / config.cap).min(1.0),
    })
}

impl Conversions {
    fn rate(self) -> Option<f64> {
        let is_possible = self.visits > 0 && self.converted <= self.visits;
        is_possible.then(|| float_u64(self.converted) / float_u64(self.visits))
    }
}

/// Wilson's score interval.
fn wilson(conversions: Conversions, z: f64) -> (f64, f64) {
    let n = float_u64(conversions.visits);
    let rate = float_u64(conversions.converted) / n;
    let centre = (rate + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let spread = (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt();
    let half = z * spread / (1.0 + z * z / n);
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

fn two_proportion_z(baseline: Conversions, current: Conversions) -> Option<f64> {
    let (n_base, n_current) = (float_u64(baseline.visits), float_u64(current.visits));
    let converted = float_u64(baseline.converted) + float_u64(current.converted);
    let pooled = converted / (n_base + n_current);
    let error = (pooled * (1.0 - pooled) * (1.0 / n_base + 1.0 / n_current)).sqrt();
    let difference = current.rate()? - baseline.rate()?;
    (error > 0.0).then(|| difference / error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(baseline: (u64, u64), current: (u64, u64)) -> Option<Conversion> {
        let of = |(converted, visits)| Conversions { converted, visits };
        conversion(of(baseline), of(current), &ConversionConfig::default())
    }

    #[test]
    fn a_baseline_without_conversions_is_no_baseline() {
        assert_eq!(compared((0, 1_000), (1, 100)), None);
        assert_eq!(compared((5, 0), (1, 100)), None);
        assert_eq!(compared((5, 100), (0, 0)), None);
    }

    #[test]
    fn the_same_drop_counts_more_with_more_visits() {
        let thin = compared((300, 10_000), (15, 1_000)).unwrap();
        let thick = compared((3_000, 100_000), (1_500, 100_000)).unwrap();
        assert!((thin.relative_drop - thick.relative_drop).abs() < 1e-12);
        assert!(thick.score > thin.score);
    }
}
