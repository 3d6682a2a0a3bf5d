//! Where an agency's weeks and fiscal years begin.

use crate::closed_words;
use crate::time::Weekday;

closed_words! {
    /// A month of any year.
    pub enum MonthOfYear, "a month" {
        /// The first.
        January => "JANUARY",
        /// The second.
        February => "FEBRUARY",
        /// The third.
        March => "MARCH",
        /// The fourth.
        April => "APRIL",
        /// The fifth.
        May => "MAY",
        /// The sixth.
        June => "JUNE",
        /// The seventh.
        July => "JULY",
        /// The eighth.
        August => "AUGUST",
        /// The ninth.
        September => "SEPTEMBER",
        /// The tenth.
        October => "OCTOBER",
        /// The eleventh.
        November => "NOVEMBER",
        /// The twelfth.
        December => "DECEMBER",
    }
}

impl MonthOfYear {
    /// The month in whose quarters the same quarters begin: one of the first three.
    pub(crate) fn in_first_quarter(self) -> Self {
        Self::ALL[self as usize % 3]
    }
}

/// Where the periods of an agency begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Calendar {
    /// The day its weeks start on.
    pub week_start: Weekday,
    /// The month its fiscal years start in.
    pub year_start: MonthOfYear,
}
