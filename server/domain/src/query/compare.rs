//! The range that an answer is compared with, and which of its periods stands beside which.
//!
//! Periods stand side by side by their places: the first with the first. So a previous range is
//! shifted by whole units of the grain, and one with more periods is cut to as many.

use jiff::{Span, ToSpan};

use super::range::{Grain, RANGE_DAYS_MAX, check_between};
use crate::calendar::Calendar;
use crate::error_code::Refusal;
use crate::time::{Date, DateRange};

/// How many days before a day the same weekday of the year before lies.
const YEAR_OF_WEEKS_DAYS: i64 = 364;

/// With which range an answer is compared, as a client asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareRequest {
    /// The range of the same length just before.
    PreviousPeriod {
        /// Whether it lies whole weeks earlier, so that weekdays meet their like.
        weekday_aligned: bool,
    },
    /// The same range of the year before.
    PreviousYear {
        /// Whether it lies 364 days earlier, so that weekdays meet their like.
        weekday_aligned: bool,
    },
    /// From a day up to and without another.
    Between {
        /// The first day.
        from: Date,
        /// The first day after.
        until: Date,
    },
}

/// The range that an answer is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Compare {
    /// Its days.
    pub range: DateRange,
    /// Whether it was longer, and cut to as many periods as the range of the answer has.
    pub is_cut: bool,
}

/// A range of an answer, with how it falls into periods.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) range: DateRange,
    pub(super) grain: Option<Grain>,
    pub(super) calendar: Calendar,
}

impl CompareRequest {
    pub(super) fn resolve(self, asked: Asked) -> Result<Compare, Refusal> {
        let range = match self {
            Self::PreviousPeriod { weekday_aligned } => {
                let path = "compare.previousPeriod";
                let shift = asked.shift_of_period(weekday_aligned, path)?;
                shifted(asked.range, shift, path)?
            }
            Self::PreviousYear { weekday_aligned } => {
                let path = "compare.previousYear";
                let is_by_weeks = asked.is_by_weeks(weekday_aligned, path)?;
                let shift = if is_by_weeks {
                    YEAR_OF_WEEKS_DAYS.days()
                } else {
                    1.year()
                };
                shifted(asked.range, shift, path)?
            }
            Self::Between { from, until } => check_between(from, until, "compare.between")?,
        };
        Ok(asked.cut(range))
    }
}

impl Asked {
    /// How far back the range just before lies.
    fn shift_of_period(&self, weekday_aligned: bool, path: &str) -> Result<Span, Refusal> {
        let days = i64::from(self.range.days());
        if self.is_by_weeks(weekday_aligned, path)? {
            return Ok((whole_weeks(days) * 7).days());
        }
        let months = self.grain.and_then(Grain::months);
        Ok(months.map_or_else(
            || days.days(),
            |months| (i64::from(months) * self.n_periods(self.range)).months(),
        ))
    }

    /// Whether the range is shifted by whole weeks: also for weeks, which else would not meet.
    fn is_by_weeks(&self, weekday_aligned: bool, path: &str) -> Result<bool, Refusal> {
        let is_by_months = self.grain.and_then(Grain::months).is_some();
        if weekday_aligned && is_by_months {
            let message = "months, quarters and years can't be shifted by whole weeks; use grain `DAY` or `WEEK`, or leave `weekdayAligned` out";
            return Err(Refusal::invalid(message).at(format!("{path}.weekdayAligned")));
        }
        Ok(weekday_aligned || self.grain == Some(Grain::Week))
    }

    fn n_periods(&self, range: DateRange) -> i64 {
        let Some(grain) = self.grain else {
            return 1;
        };
        let n_periods = grain.periods(range, self.calendar).count();
        // A range has at most `RANGE_DAYS_MAX` days.
        i64::try_from(n_periods).unwrap_or(i64::MAX)
    }

    /// The range without the periods that have no counterpart.
    fn cut(&self, range: DateRange) -> Compare {
        let whole = Compare {
            range,
            is_cut: false,
        };
        let Some(grain) = self.grain else {
            return whole;
        };
        let n_periods = usize::try_from(self.n_periods(self.range)).unwrap_or(usize::MAX);
        let mut periods = grain.periods(range, self.calendar);
        let first_beyond = periods.nth(n_periods);
        first_beyond
            .and_then(|until| DateRange::new(range.from(), until))
            .map_or(whole, |range| Compare {
                range,
                is_cut: true,
            })
    }
}

/// The fewest weeks that hold so many days.
fn whole_weeks(days: i64) -> i64 {
    (days + 6) / 7
}

/// The range so much earlier. Days that the earlier month lacks fall on its last one, so that a
/// range of only such days is the last one.
fn shifted(range: DateRange, by: Span, path: &str) -> Result<DateRange, Refusal> {
    let earlier = |day: Date| day.checked_sub(by).ok();
    let shifted = earlier(range.from()).and_then(|from| {
        let until = earlier(range.until())?;
        DateRange::new(from, until).or_else(|| DateRange::new(from, from.tomorrow().ok()?))
    });
    let shifted = shifted.filter(|shifted| shifted.days() <= RANGE_DAYS_MAX + 1);
    shifted.ok_or_else(|| {
        Refusal::invalid("the range begins too early to be compared with one before it").at(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::MonthOfYear;
    use crate::time::{Weekday, date};

    fn asked(from: Date, until: Date, grain: Option<Grain>) -> Asked {
        Asked {
            range: DateRange::new(from, until).unwrap(),
            grain,
            calendar: Calendar {
                week_start: Weekday::Monday,
                year_start: MonthOfYear::January,
            },
        }
    }

    fn days(compare: Compare) -> (String, String, bool) {
        let (from, until) = (compare.range.from(), compare.range.until());
        (from.to_string(), until.to_string(), compare.is_cut)
    }

    fn told(from: &str, until: &str) -> (String, String, bool) {
        (from.into(), until.into(), false)
    }

    const PERIOD: CompareRequest = CompareRequest::PreviousPeriod {
        weekday_aligned: false,
    };
    const YEAR: CompareRequest = CompareRequest::PreviousYear {
        weekday_aligned: false,
    };

    #[test]
    fn the_period_before_has_as_many_days() {
        let compare = PERIOD.resolve(asked(date(2026, 4, 8), date(2026, 4, 11), None));
        assert_eq!(days(compare.unwrap()), told("2026-04-05", "2026-04-08"));
    }

    #[test]
    fn the_period_before_by_months_has_as_many_months() {
        let two_months = asked(date(2026, 3, 1), date(2026, 5, 1), Some(Grain::Month));
        let compare = PERIOD.resolve(two_months).unwrap();
        assert_eq!(days(compare), told("2026-01-01", "2026-03-01"));
        let parts = asked(date(2026, 3, 15), date(2026, 4, 10), Some(Grain::Quarter));
        let compare = PERIOD.resolve(parts).unwrap();
        assert_eq!(days(compare), told("2025-09-15", "2025-10-10"));
    }

    #[test]
    fn weeks_and_aligned_weekdays_are_shifted_by_whole_weeks() {
        let aligned = CompareRequest::PreviousPeriod {
            weekday_aligned: true,
        };
        let ten_days = |grain| asked(date(2026, 4, 8), date(2026, 4, 18), grain);
        let expected = told("2026-03-25", "2026-04-04");
        assert_eq!(days(aligned.resolve(ten_days(None)).unwrap()), expected);
        let weekly = PERIOD.resolve(ten_days(Some(Grain::Week))).unwrap();
        assert_eq!(days(weekly), expected);
        let year = CompareRequest::PreviousYear {
            weekday_aligned: true,
        };
        let compare = year.resolve(ten_days(Some(Grain::Day))).unwrap();
        assert_eq!(days(compare), told("2025-04-09", "2025-04-19"));
    }

    #[test]
    fn months_are_not_shifted_by_weeks() {
        let aligned = CompareRequest::PreviousYear {
            weekday_aligned: true,
        };
        let monthly = asked(date(2026, 4, 1), date(2026, 5, 1), Some(Grain::Month));
        let refusal = aligned.resolve(monthly).unwrap_err();
        assert_eq!(refusal.path, "compare.previousYear.weekdayAligned");
    }

    #[test]
    fn a_year_before_keeps_whole_months_whole() {
        let february = asked(date(2025, 2, 1), date(2025, 3, 1), Some(Grain::Month));
        let compare = YEAR.resolve(february).unwrap();
        assert_eq!(days(compare), told("2024-02-01", "2024-03-01"));
        let leap_day = asked(date(2024, 2, 29), date(2024, 3, 1), None);
        assert_eq!(
            days(YEAR.resolve(leap_day).unwrap()),
            told("2023-02-28", "2023-03-01")
        );
    }

    #[test]
    fn days_without_a_counterpart_are_cut_off() {
        let february = asked(date(2025, 2, 1), date(2025, 3, 1), Some(Grain::Day));
        let compare = YEAR.resolve(february).unwrap();
        let expected = ("2024-02-01".into(), "2024-02-29".into(), true);
        assert_eq!(days(compare), expected);
    }
}
