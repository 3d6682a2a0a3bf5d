//! A campaign's last final day against its days before.
//!
//! Platforms restate their last days, so a drop there is often none: days after `final_through` are
//! cut off before anything is looked at. Invariant: a day that is absent is absent, never zero; when
//! the last final day has no value there is nothing to judge.

use crate::config::Config;
use crate::season::{Sample, Season, Seasonal, judge};

/// One day's value of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DailyValue {
    /// Days since 1970-01-01.
    pub day: i32,
    /// The value.
    pub value: f64,
}

/// Judges the value of the day `final_through` against those of the window of weeks before it; days
/// in any order. `None` when that day has no value.
pub fn judge_last_final_day(
    days: &[DailyValue],
    final_through: i32,
    config: &Config,
) -> Option<(DailyValue, Seasonal)> {
    let last = *days.iter().find(|day| day.day == final_through)?;
    let n_days = config.window_seasons * Season::Weekday.slots();
    let n_days = i32::try_from(n_days).unwrap_or(i32::MAX);
    let window = final_through.saturating_sub(n_days)..final_through;
    let past = days.iter().filter(|day| window.contains(&day.day));
    let past: Vec<Sample> = past.copied().map(sample).collect();
    Some((last, judge(&past, sample(last), config)))
}

fn sample(day: DailyValue) -> Sample {
    Sample {
        slot: Season::Weekday.slot(i64::from(day.day) * 86_400),
        value: day.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::robust::Verdict;

    /// Three weeks of about 100, then a day of 5 that may yet be restated.
    fn days() -> Vec<DailyValue> {
        let of = |day: i32| DailyValue {
            day,
            value: if day == 21 {
                5.0
            } else {
                100.0 + f64::from(day % 4)
            },
        };
        (0..22).map(of).collect()
    }

    fn judged(final_through: i32) -> Option<(DailyValue, Seasonal)> {
        judge_last_final_day(&days(), final_through, &Config::default())
    }

    #[test]
    fn a_drop_is_no_alert_until_its_day_is_final() {
        assert!(!judged(20).unwrap().1.verdict.is_alert());
        assert!(judged(21).unwrap().1.verdict.is_alert());
    }

    #[test]
    fn a_final_day_without_a_value_is_not_judged() {
        assert_eq!(judged(22), None);
    }

    #[test]
    fn the_window_ends_where_it_is_said_to() {
        let config = Config {
            window_seasons: 1,
            ..Config::default()
        };
        let (_, judged) = judge_last_final_day(&days(), 20, &config).unwrap();
        assert!(matches!(judged.verdict, Verdict::Judged(judgement) if judgement.n == 7));
    }
}
