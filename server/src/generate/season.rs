//! When people buy: weekdays, holidays, the slow trend, a campaign's launch and its fatigue.
//!
//! Every function gives a factor around 1. Invariant: no chance in here.

use bellwether_domain::time::{Date, Weekday, date, day_number};

/// A shopping holiday that spend and sales rise towards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holiday {
    /// The Friday after the fourth Thursday of November, with Cyber Monday.
    BlackFriday,
    /// The run-up to Christmas; the peak is the last day that parcels arrive in time.
    Christmas,
    /// The middle-of-the-year sale on 18 June.
    Midyear618,
    /// Singles' Day on 11 November.
    Double11,
}

/// Where the buyers are, which decides their holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Market {
    America,
    China,
}

impl Market {
    fn holidays(self) -> &'static [Holiday] {
        match self {
            Self::America => &[Holiday::BlackFriday, Holiday::Christmas],
            Self::China => &[Holiday::Midyear618, Holiday::Double11],
        }
    }
}

/// How a holiday's lift is shaped: days before and after the peak, and the factor at the peak.
struct Lift {
    before: i32,
    after: i32,
    peak: f64,
}

impl Holiday {
    /// Its day in that year.
    pub(super) fn in_year(self, year: i16) -> Date {
        match self {
            Self::BlackFriday => date(year, 11, 1)
                .nth_weekday_of_month(4, Weekday::Thursday)
                .and_then(Date::tomorrow)
                .unwrap_or(date(year, 11, 27)),
            Self::Christmas => date(year, 12, 18),
            Self::Midyear618 => date(year, 6, 18),
            Self::Double11 => date(year, 11, 11),
        }
    }

    /// The latest one that was over, `after` days and all, before `today`.
    pub(super) fn latest_over(self, today: Date, after: i32) -> Date {
        let this_year = self.in_year(today.year());
        if day_number(this_year) + after < day_number(today) {
            return this_year;
        }
        self.in_year(today.year() - 1)
    }

    fn lift(self) -> Lift {
        let (before, after, peak) = match self {
            Self::BlackFriday => (6, 4, 1.9),
            Self::Christmas => (12, 3, 1.35),
            Self::Midyear618 => (10, 2, 1.8),
            Self::Double11 => (11, 2, 2.2),
        };
        Lift {
            before,
            after,
            peak,
        }
    }

    fn factor(self, day: Date) -> f64 {
        let lift = self.lift();
        let distance = day_number(day) - day_number(self.in_year(day.year()));
        let side = if distance < 0 {
            lift.before
        } else {
            lift.after
        };
        if distance.abs() > side {
            return 1.0;
        }
        let nearness = 1.0 - f64::from(distance.abs()) / f64::from(side + 1);
        1.0 + (lift.peak - 1.0) * nearness
    }
}

/// How much more is spent on this day for the market's holidays.
pub(super) fn holiday(market: Market, day: Date) -> f64 {
    market
        .holidays()
        .iter()
        .map(|holiday| holiday.factor(day))
        .fold(1.0, f64::max)
}

/// The week's rhythm: quiet on Tuesday, busy at the weekend.
pub(super) fn weekday(day: Date) -> f64 {
    match day.weekday() {
        Weekday::Monday => 0.97,
        Weekday::Tuesday => 0.92,
        Weekday::Wednesday => 0.94,
        Weekday::Thursday => 0.98,
        Weekday::Friday => 1.04,
        Weekday::Saturday => 1.11,
        Weekday::Sunday => 1.06,
    }
}

/// Slow growth (or decline) over the history: `growth` is the change from its first day to its
/// last, `elapsed` the part of it that has passed.
pub(super) fn trend(growth: f64, elapsed: f64) -> f64 {
    1.0 + growth * (elapsed - 0.5)
}

/// Days that a platform takes to learn whom to show a new campaign.
const LAUNCH_DAYS: i32 = 12;

/// The launch: a third of the spend on the first day, all of it after [`LAUNCH_DAYS`].
pub(super) fn launch(age_days: i32) -> f64 {
    let learned = f64::from(age_days.min(LAUNCH_DAYS)) / f64::from(LAUNCH_DAYS);
    0.35 + 0.65 * learned
}

/// Days after which a campaign gets new creatives.
const REFRESH_DAYS: i32 = 56;

/// Fatigue: clicks fade as people have seen the creatives, and recover with new ones.
pub(super) fn freshness(age_days: i32) -> f64 {
    1.1 - 0.2 * f64::from(age_days % REFRESH_DAYS) / f64::from(REFRESH_DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_friday_follows_the_fourth_thursday() {
        assert_eq!(Holiday::BlackFriday.in_year(2024), date(2024, 11, 29));
        assert_eq!(Holiday::BlackFriday.in_year(2025), date(2025, 11, 28));
    }

    #[test]
    fn a_holiday_lifts_its_own_market_only() {
        assert!(holiday(Market::China, date(2025, 11, 11)) > 2.0);
        assert!((holiday(Market::America, date(2025, 11, 11)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_latest_holiday_is_over() {
        let of = |today| Holiday::Double11.latest_over(today, 3);
        assert_eq!(of(date(2025, 11, 14)), date(2024, 11, 11));
        assert_eq!(of(date(2025, 11, 15)), date(2025, 11, 11));
    }
}
