//! Days, half-open ranges of days, months, and the clock.
//!
//! A *day* is a civil date cut in the ad account's time zone; it is never shifted afterwards.
//! Ranges are half-open: `from` is in, `until` is not.

pub use jiff::Timestamp;
use jiff::civil::DateTime;
pub use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::error_code::Refusal;

/// Where the present moment comes from: the machine's clock, or one that a test moves.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A named IANA time zone that is known to exist, such as `Asia/Shanghai`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ZoneName(String);

impl ZoneName {
    /// The zone of this name; refuses a name that is not in the time zone database.
    pub fn parse(name: &str) -> Result<Self, Refusal> {
        TimeZone::get(name).map_err(|_| {
            Refusal::invalid(format!(
                "time zone `{name}` is unknown; use an IANA name such as `Asia/Shanghai` or `UTC`"
            ))
        })?;
        Ok(Self(name.to_owned()))
    }

    /// The name as the IANA writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The date of `now` in this zone.
    pub fn today(&self, now: Timestamp) -> Date {
        let zone = TimeZone::get(&self.0).unwrap_or(TimeZone::UTC);
        now.to_zoned(zone).date()
    }

    /// The moment at which this day is over in the zone: the first of the next one.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let zone = TimeZone::get(&self.0).unwrap_or(TimeZone::UTC);
        day.tomorrow()
            .and_then(|next| next.to_zoned(zone))
            .map_or(Timestamp::MAX, |start| start.timestamp())
    }
}

impl std::fmt::Display for ZoneName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of the day since 1970-01-01; what segments store.
pub fn day_number(date: Date) -> i32 {
    // By hand, because ingest asks it of every row: the days of the years before, the leap days
    // among them, and the days of this year; 719,163 is what that gives for 1970-01-01.
    let years = i32::from(date.year()) - 1;
    let leap_days = years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400);
    years * 365 + leap_days + i32::from(date.day_of_year()) - 719_163
}

/// The date of a day number; `None` outside the years -9999 to 9999.
pub fn date_of_day_number(number: i32) -> Option<Date> {
    let since_epoch = Span::new().try_days(number).ok()?;
    Date::constant(1970, 1, 1).checked_add(since_epoch).ok()
}

/// The day so many days later, or earlier when negative; `None` outside the years -9999 to 9999.
pub fn days_later(day: Date, days: i32) -> Option<Date> {
    date_of_day_number(day_number(day).checked_add(days)?)
}

/// The same day so many months later, or the month's last one where it has no such day.
pub fn months_later(day: Date, months: i32) -> Option<Date> {
    day.checked_add(Span::new().try_months(months).ok()?).ok()
}

/// The date of a moment in UTC.
pub fn utc_date(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// The moment so many days of 24 hours earlier.
pub fn days_before(moment: Timestamp, days: u32) -> Timestamp {
    moment
        .checked_sub((i64::from(days) * 24).hours())
        .unwrap_or(Timestamp::MIN)
}

/// The moment so many milliseconds later.
pub fn milliseconds_after(moment: Timestamp, milliseconds: usize) -> Timestamp {
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    Span::new()
        .try_milliseconds(milliseconds)
        .and_then(|span| moment.checked_add(span))
        .unwrap_or(Timestamp::MAX)
}

/// The moment so many seconds later.
pub fn seconds_after(moment: Timestamp, seconds: u32) -> Timestamp {
    moment
        .checked_add(i64::from(seconds).seconds())
        .unwrap_or(Timestamp::MAX)
}

/// The moment so many seconds earlier.
pub fn seconds_before(moment: Timestamp, seconds: u32) -> Timestamp {
    moment
        .checked_sub(i64::from(seconds).seconds())
        .unwrap_or(Timestamp::MIN)
}

/// The day that a text writes in a form of `strptime`, such as `%d.%m.%Y`.
pub fn date_in_form(text: &str, form: &str) -> Option<Date> {
    Date::strptime(form, text).ok()
}

/// The moment that a text writes in a form of `strptime`; in this zone when the form has none.
pub fn moment_in_form(text: &str, form: &str, zone: &str) -> Option<Timestamp> {
    if let Ok(moment) = Timestamp::strptime(form, text) {
        return Some(moment);
    }
    let local = DateTime::strptime(form, text).ok()?;
    let zoned = local.in_tz(zone).ok()?;
    Some(zoned.timestamp())
}

/// Whether a form of `strptime` says a whole day.
pub fn is_date_form(form: &str) -> bool {
    let day = date(2026, 11, 23);
    let written = jiff::fmt::strtime::format(form, day.at(0, 0, 0, 0));
    written.is_ok_and(|written| date_in_form(&written, form) == Some(day))
}

/// Reads `2026-04-01`; nothing else is a date here.
pub fn parse_date(text: &str) -> Result<Date, Refusal> {
    let well_formed = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let parsed = if well_formed {
        text.parse::<Date>().ok()
    } else {
        None
    };
    parsed.ok_or_else(|| {
        Refusal::invalid(format!(
            "`{text}` is not a date; use YYYY-MM-DD, such as `2026-04-01`"
        ))
    })
}

/// A half-open range of days that holds at least one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateRange {
    from: Date,
    until: Date,
}

impl DateRange {
    /// The days from `from` up to and without `until`; `None` when that is none.
    pub fn new(from: Date, until: Date) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// The first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// The first day after the range.
    pub fn until(&self) -> Date {
        self.until
    }

    /// How many days it holds, at least one.
    pub fn days(&self) -> u32 {
        u32::try_from(day_number(self.until) - day_number(self.from)).unwrap_or(0)
    }

    /// Whether the day lies in the range.
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day < self.until
    }

    /// The days that both ranges hold.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.until.min(other.until))
    }

    /// Every day in order.
    pub fn iter(&self) -> impl Iterator<Item = Date> + use<> {
        let (first, last) = (day_number(self.from), day_number(self.until));
        (first..last).filter_map(date_of_day_number)
    }
}

/// A calendar month: what a partition covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    first: Date,
}

impl Month {
    /// The month in which the day lies.
    pub fn of(day: Date) -> Self {
        Self {
            first: day.first_of_month(),
        }
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.first
    }

    /// All its days.
    pub fn days(self) -> DateRange {
        let until = self.first.checked_add(1.month()).unwrap_or(Date::MAX);
        DateRange {
            from: self.first,
            until,
        }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl std::str::FromStr for Month {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        parse_date(&format!("{text}-01"))
            .map(Self::of)
            .map_err(|_| Refusal::invalid(format!("`{text}` is not a month; use YYYY-MM")))
    }
}

/// The day a week starts on, as an agency configures it.
pub fn parse_weekday(text: &str) -> Result<Weekday, Refusal> {
    WEEKDAYS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, day)| *day)
        .ok_or_else(|| {
            Refusal::invalid(format!("`{text}` is not a weekday"))
                .with_allowed(WEEKDAYS.iter().map(|(name, _)| *name))
        })
}

/// The weekday's name on the wire, such as `MONDAY`.
pub fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)].0
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MONDAY", Weekday::Monday),
    ("TUESDAY", Weekday::Tuesday),
    ("WEDNESDAY", Weekday::Wednesday),
    ("THURSDAY", Weekday::Thursday),
    ("FRIDAY", Weekday::Friday),
    ("SATURDAY", Weekday::Saturday),
    ("SUNDAY", Weekday::Sunday),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_count_from_1970_in_both_directions() {
        assert_eq!(day_number(date(1970, 1, 2)), 1);
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        assert_eq!(day_number(date(2026, 11, 22)), 20_779);
        for day in [
            date(0, 2, 29),
            date(-9999, 1, 1),
            date(2000, 12, 31),
            Date::MAX,
        ] {
            let span = day - date(1970, 1, 1);
            assert_eq!(day_number(day), span.get_days(), "{day}");
        }
        assert_eq!(date_of_day_number(20_779), Some(date(2026, 11, 22)));
        assert_eq!(days_later(date(2026, 3, 1), -1), Some(date(2026, 2, 28)));
        assert_eq!(days_later(Date::MAX, 1), None);
        assert_eq!(date_of_day_number(i32::MIN), None);
    }

    #[test]
    fn months_end_on_their_last_day_where_the_day_is_missing() {
        assert_eq!(months_later(date(2028, 1, 31), 1), Some(date(2028, 2, 29)));
        assert_eq!(months_later(date(2026, 11, 30), 3), Some(date(2027, 2, 28)));
        assert_eq!(months_later(Date::MAX, 1), None);
    }

    #[test]
    fn a_day_ends_when_the_next_begins_in_its_zone() {
        let shanghai = ZoneName::parse("Asia/Shanghai").unwrap();
        let end = shanghai.end_of(date(2026, 5, 12));
        assert_eq!(end.to_string(), "2026-05-12T16:00:00Z");
    }

    #[test]
    fn a_range_is_half_open_and_never_empty() {
        assert_eq!(DateRange::new(date(2026, 1, 1), date(2026, 1, 1)), None);
        let range = DateRange::new(date(2026, 1, 31), date(2026, 2, 2)).unwrap();
        assert_eq!(range.days(), 2);
        assert_eq!(
            range.iter().collect::<Vec<_>>(),
            [date(2026, 1, 31), date(2026, 2, 1)]
        );
        assert!(!range.contains(date(2026, 2, 2)));
    }

    #[test]
    fn only_iso_dates_are_dates() {
        assert!(parse_date("2026-02-29").is_err());
        assert!(parse_date("2026-4-1").is_err());
        assert_eq!(parse_date("2026-04-01"), Ok(date(2026, 4, 1)));
    }

    #[test]
    fn a_month_names_itself_and_knows_its_days() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.to_string(), "2024-02");
        assert_eq!(month.days().days(), 29);
    }
}
