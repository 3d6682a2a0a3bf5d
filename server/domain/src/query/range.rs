//! Ranges and grains of time: what 'the last 8 weeks' means, and which period a day lies in.

use jiff::ToSpan;

use crate::calendar::Calendar;
use crate::closed_words;
use crate::error_code::Refusal;
use crate::time::{Date, DateRange, Weekday};

/// The most days that one query may cover: ten years and some.
pub const RANGE_DAYS_MAX: u32 = 3_700;

closed_words! {
    /// The length of a period.
    pub enum Grain, "a grain" {
        /// One day.
        Day => "DAY",
        /// Seven days from the week's start; a period is named by its first day.
        Week => "WEEK",
        /// A calendar month; a period is named by its first day.
        Month => "MONTH",
        /// Three months, counted from the start of the agency's fiscal year.
        Quarter => "QUARTER",
        /// Twelve months from the start of the agency's fiscal year.
        Year => "YEAR",
    }
}

impl Grain {
    /// The first day of the period in which the day lies.
    pub fn period_of(self, day: Date, calendar: Calendar) -> Date {
        let months = match self {
            Self::Day => return day,
            Self::Week => return week_of(day, calendar.week_start),
            Self::Month => return day.first_of_month(),
            Self::Quarter => 3,
            Self::Year => 12,
        };
        // Months of the year count from 1, places from 0.
        let month_place = i64::from(day.month()) - 1;
        let year_start = calendar.year_start as i64;
        let months_into_year = (month_place - year_start).rem_euclid(12);
        day.first_of_month()
            .checked_sub((months_into_year % months).months())
            .unwrap_or(day)
    }

    /// The first day after the period that begins on this day.
    pub fn end_of(self, first: Date) -> Date {
        let span = match self {
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::Year => 12.months(),
        };
        first.checked_add(span).unwrap_or(Date::MAX)
    }

    /// How many months a period has, where it is made of months.
    pub fn months(self) -> Option<u8> {
        match self {
            Self::Day | Self::Week => None,
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
        }
    }

    /// The first days of the periods that the range touches, in order; that of the first may lie
    /// before the range.
    pub fn periods(self, range: DateRange, calendar: Calendar) -> impl Iterator<Item = Date> {
        let first = self.period_of(range.from(), calendar);
        let firsts = std::iter::successors(Some(first), move |first| Some(self.end_of(*first)));
        firsts.take_while(move |first| *first < range.until())
    }
}

closed_words! {
    /// What a range relative to today is counted in.
    pub enum RangeUnit, "a unit" {
        /// Days; the last one is yesterday.
        Day => "DAY",
        /// Whole weeks; the present one is not among them.
        Week => "WEEK",
        /// Whole calendar months; the present one is not among them.
        Month => "MONTH",
    }
}

/// A range of time as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeRequest {
    /// The last `n` whole units before today in the agency's zone.
    Last {
        /// How many.
        n: i64,
        /// Of what.
        unit: RangeUnit,
    },
    /// From a day up to and without another.
    Between {
        /// The first day.
        from: Date,
        /// The first day after.
        until: Date,
    },
}

impl RangeRequest {
    /// The days that are meant when it is `today` in the agency's zone.
    pub fn resolve(self, today: Date, week_start: Weekday) -> Result<DateRange, Refusal> {
        let (range, path) = match self {
            Self::Last { n, unit } => (last(n, unit, today, week_start)?, "range.last.n"),
            Self::Between { from, until } => return check_between(from, until, "range.between"),
        };
        check_length(range, path)
    }
}

/// The range between two days, if it is not empty or too long; `path` is its place.
pub(super) fn check_between(from: Date, until: Date, path: &str) -> Result<DateRange, Refusal> {
    let range = DateRange::new(from, until).ok_or_else(|| {
        Refusal::invalid(format!(
            "`{until}` is not after `{from}`; `until` is the first day after the range"
        ))
        .at(format!("{path}.until"))
    })?;
    check_length(range, path)
}

fn check_length(range: DateRange, path: &str) -> Result<DateRange, Refusal> {
    if range.days() > RANGE_DAYS_MAX {
        let what = format!("a range of {} days", range.days());
        return Err(Refusal::limit("range_days_max", RANGE_DAYS_MAX, what).at(path));
    }
    Ok(range)
}

fn last(n: i64, unit: RangeUnit, today: Date, week_start: Weekday) -> Result<DateRange, Refusal> {
    if n < 1 {
        return Err(Refusal::invalid(format!("`{n}` is too few; use 1 or more")).at("range.last.n"));
    }
    if n > i64::from(RANGE_DAYS_MAX) {
        return Err(
            Refusal::limit("range_days_max", RANGE_DAYS_MAX, format!("`{n}`")).at("range.last.n"),
        );
    }
    let (until, span) = match unit {
        RangeUnit::Day => (today, n.days()),
        RangeUnit::Week => (week_of(today, week_start), n.weeks()),
        RangeUnit::Month => (today.first_of_month(), n.months()),
    };
    let from = until
        .checked_sub(span)
        .ok()
        .and_then(|from| DateRange::new(from, until));
    from.ok_or_else(|| {
        Refusal::limit("range_days_max", RANGE_DAYS_MAX, format!("`{n}`")).at("range.last.n")
    })
}

fn week_of(day: Date, week_start: Weekday) -> Date {
    let days_into_week = week_start.until(day.weekday());
    day.checked_sub(i64::from(days_into_week).days())
        .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::MonthOfYear;
    use crate::time::{Weekday, date};

    fn resolve(request: RangeRequest) -> Result<(String, String), String> {
        // A Sunday.
        let range = request
            .resolve(date(2026, 11, 22), Weekday::Monday)
            .map_err(|refusal| refusal.path)?;
        Ok((range.from().to_string(), range.until().to_string()))
    }

    fn days(from: &str, until: &str) -> (String, String) {
        (from.to_owned(), until.to_owned())
    }

    #[test]
    fn relative_ranges_end_before_today_and_hold_whole_units() {
        let last = |n, unit| resolve(RangeRequest::Last { n, unit });
        assert_eq!(
            last(90, RangeUnit::Day),
            Ok(days("2026-08-24", "2026-11-22"))
        );
        assert_eq!(
            last(1, RangeUnit::Week),
            Ok(days("2026-11-09", "2026-11-16"))
        );
        assert_eq!(
            last(2, RangeUnit::Month),
            Ok(days("2026-09-01", "2026-11-01"))
        );
    }

    #[test]
    fn empty_and_overlong_ranges_are_refused_with_their_place() {
        let between = |from, until| resolve(RangeRequest::Between { from, until });
        assert_eq!(
            between(date(2026, 1, 2), date(2026, 1, 2)),
            Err("range.between.until".into())
        );
        assert_eq!(
            between(date(2000, 1, 1), date(2026, 1, 2)),
            Err("range.between".into())
        );
        assert_eq!(
            resolve(RangeRequest::Last {
                n: 0,
                unit: RangeUnit::Day
            }),
            Err("range.last.n".into())
        );
        assert!(
            resolve(RangeRequest::Last {
                n: 3_700,
                unit: RangeUnit::Day
            })
            .is_ok()
        );
        assert!(
            resolve(RangeRequest::Last {
                n: 3_701,
                unit: RangeUnit::Day
            })
            .is_err()
        );
    }

    #[test]
    fn a_week_starts_on_the_agencys_day() {
        let sunday = date(2026, 11, 22);
        let calendar = |week_start| Calendar {
            week_start,
            year_start: MonthOfYear::January,
        };
        let week_of = |start| Grain::Week.period_of(sunday, calendar(start));
        assert_eq!(week_of(Weekday::Sunday), sunday);
        assert_eq!(week_of(Weekday::Monday), date(2026, 11, 16));
        let month = Grain::Month.period_of(sunday, calendar(Weekday::Monday));
        assert_eq!(month, date(2026, 11, 1));
    }

    #[test]
    fn quarters_and_years_follow_the_fiscal_year() {
        let of = |grain: Grain, month, year_start| {
            let calendar = Calendar {
                week_start: Weekday::Monday,
                year_start,
            };
            grain.period_of(date(2026, month, 20), calendar).to_string()
        };
        let january = MonthOfYear::January;
        assert_eq!(of(Grain::Quarter, 5, january), "2026-04-01");
        assert_eq!(of(Grain::Year, 5, january), "2026-01-01");
        let february = MonthOfYear::February;
        assert_eq!(of(Grain::Quarter, 1, february), "2025-11-01");
        assert_eq!(of(Grain::Quarter, 4, february), "2026-02-01");
        assert_eq!(of(Grain::Year, 1, february), "2025-02-01");
        let july = MonthOfYear::July;
        assert_eq!(of(Grain::Year, 6, july), "2025-07-01");
        assert_eq!(of(Grain::Year, 7, july), "2026-07-01");
    }
}
