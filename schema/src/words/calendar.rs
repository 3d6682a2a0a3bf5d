//! The words of days, weeks and periods.

use async_graphql::Enum;
use bellwether_domain::time::Weekday as Day;

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::query::Grain")]
pub(crate) enum Grain {
    /// One day.
    Day,
    /// Seven days from the agency's week start; a period is named by its first day.
    Week,
    /// A calendar month; a period is named by its first day.
    Month,
    /// Three months, counted from the start of the agency's fiscal year.
    Quarter,
    /// Twelve months from the start of the agency's fiscal year.
    Year,
}

/// What stands in the periods of the range in which a group has no facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::query::Fill")]
pub(crate) enum Fill {
    /// Nothing: there is no row.
    None,
    /// A row in which every measure is zero; ratios are null with `ZERO_DENOMINATOR`.
    Zero,
    /// A row without values.
    Null,
}

/// What a range relative to today is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::query::RangeUnit")]
pub(crate) enum RangeUnit {
    /// Days; the last one is yesterday.
    Day,
    /// Whole weeks; the present one is not among them.
    Week,
    /// Whole calendar months; the present one is not among them.
    Month,
}

/// A month of any year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::calendar::MonthOfYear")]
pub(crate) enum MonthOfYear {
    /// The first month.
    January,
    /// The second month.
    February,
    /// The third month.
    March,
    /// The fourth month.
    April,
    /// The fifth month.
    May,
    /// The sixth month.
    June,
    /// The seventh month.
    July,
    /// The eighth month.
    August,
    /// The ninth month.
    September,
    /// The tenth month.
    October,
    /// The eleventh month.
    November,
    /// The twelfth month.
    December,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Weekday {
    /// The day after Sunday.
    Monday,
    /// The day after Monday.
    Tuesday,
    /// The day after Tuesday.
    Wednesday,
    /// The day after Wednesday.
    Thursday,
    /// The day after Thursday.
    Friday,
    /// The day after Friday.
    Saturday,
    /// The day after Saturday.
    Sunday,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}
