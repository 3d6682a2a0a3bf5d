//! Periods and ranges, one day after the other.

use bellwether_domain::time::{Date, date, day_number, parse_weekday};

use super::ask::{Asked, Compare, Range};
use super::world::{MONTH_PLACES, TODAY, World};
use crate::differential::report::{DAYS, END};

/// Days from one up to and without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) from: Date,
    pub(super) until: Date,
}

impl Days {
    pub(super) fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.until
    }
}

/// The day at a place among those that have facts, or the first after them.
pub(super) fn day(place: usize) -> Date {
    let text = DAYS.get(place).copied().unwrap_or(END);
    text.parse().expect("a day")
}

fn back(day: Date, n: i32) -> Date {
    (0..n).fold(day, |day, _| {
        day.yesterday().expect("there is a day before")
    })
}

/// The day so many months before; one that the month lacks is its last.
fn months_back(day: Date, months: i32) -> Date {
    let month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 - months;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let small = |n: i32| i8::try_from(n).expect("a month");
    let year = i16::try_from(year).expect("a year");
    let last = date(year, small(month), 1).days_in_month();
    date(year, small(month), day.day().min(last))
}

/// The first day of the period of a day.
pub(super) fn first_day(world: &World, asked: &Asked, grain: &str, day: Date) -> Date {
    let week_start = asked.week_start.unwrap_or(world.week_start);
    let month = |day: Date| i32::from(day.month()) - 1 - MONTH_PLACES[world.year_start];
    let begins = |day: Date| match grain {
        "WEEK" => day.weekday() == parse_weekday(week_start).expect("a weekday"),
        "MONTH" => day.day() == 1,
        "QUARTER" => day.day() == 1 && month(day).rem_euclid(3) == 0,
        "YEAR" => day.day() == 1 && month(day).rem_euclid(12) == 0,
        _ => true,
    };
    let mut first = day;
    while !begins(first) {
        first = first.yesterday().expect("there is a day before");
    }
    first
}

/// The first days of the periods of some days; none where all days are one.
pub(super) fn periods(world: &World, asked: &Asked, days: Days) -> Vec<Date> {
    let Some(grain) = asked.grain() else {
        return Vec::new();
    };
    let mut periods = Vec::new();
    let mut day = days.from;
    while day < days.until {
        let first = first_day(world, asked, grain, day);
        if periods.last() != Some(&first) {
            periods.push(first);
        }
        day = day.tomorrow().expect("there is a next day");
    }
    periods
}

/// The days that are asked for.
pub(super) fn range(world: &World, asked: &Asked) -> Days {
    let today: Date = TODAY.parse().expect("a day");
    match asked.range {
        Range::Between(from, until) => Days {
            from: day(from),
            until: day(until),
        },
        Range::LastDays(from) => Days {
            from: day(from),
            until: today,
        },
        Range::LastWeeks(n) => {
            let until = first_day(world, asked, "WEEK", today);
            let from = back(until, n * 7);
            Days { from, until }
        }
        Range::LastMonths(n) => {
            let until = first_day(world, asked, "MONTH", today);
            let from = months_back(until, n);
            Days { from, until }
        }
    }
}

/// How many days lie between the first day of facts and today.
pub(super) fn days_until_today(from: usize) -> i32 {
    day_number(TODAY.parse().expect("a day")) - day_number(day(from))
}

/// The days compared with, cut to as many periods as are asked for.
pub(super) fn previous(world: &World, asked: &Asked, compare: Compare) -> Days {
    let days = range(world, asked);
    let n_own = periods(world, asked, days).len();
    let earlier = earlier(asked, compare, days, i32::try_from(n_own).expect("few"));
    let theirs = periods(world, asked, earlier);
    let until = match theirs.get(n_own) {
        Some(beyond) if asked.grain().is_some() => *beyond,
        _ => earlier.until,
    };
    Days { until, ..earlier }
}

fn earlier(asked: &Asked, compare: Compare, days: Days, n_periods: i32) -> Days {
    let n_days = day_number(days.until) - day_number(days.from);
    let by_weeks = asked.grain() == Some("WEEK");
    let months = match asked.grain() {
        Some("MONTH") => 1,
        Some("QUARTER") => 3,
        Some("YEAR") => 12,
        _ => 0,
    };
    let by_days = |n: i32| Days {
        from: back(days.from, n),
        until: back(days.until, n),
    };
    let by_months = |n: i32| {
        let (from, until) = (months_back(days.from, n), months_back(days.until, n));
        let next = from.tomorrow().expect("there is a next day");
        Days {
            from,
            until: until.max(next),
        }
    };
    match compare {
        Compare::Between(from, until) => Days {
            from: day(from),
            until: day(until),
        },
        Compare::PreviousPeriod { weekday_aligned } if weekday_aligned || by_weeks => {
            by_days((n_days + 6) / 7 * 7)
        }
        Compare::PreviousYear { weekday_aligned } if weekday_aligned || by_weeks => by_days(364),
        Compare::PreviousPeriod { .. } if months == 0 => by_days(n_days),
        Compare::PreviousPeriod { .. } => by_months(months * n_periods),
        Compare::PreviousYear { .. } => by_months(12),
    }
}
