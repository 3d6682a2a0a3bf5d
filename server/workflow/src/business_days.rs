//! The days on which an agency works, and the days that a rule counts.
//!
//! The day of receipt is day 0. Business days are Monday to Friday without the holidays, and with
//! the weekend days that are worked instead (as China's state council fixes them each year).
//! Invariant: no clock; every day comes in as an argument.

use std::collections::BTreeSet;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::{Date, Weekday, day_number, days_later, months_later};
use serde::{Deserialize, Serialize};

/// The most units that a rule may count: ten years of days.
pub const RULE_UNITS_MAX: u32 = 3_660;

/// The holidays and the worked weekends of an agency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessDays {
    #[serde(default)]
    holidays: BTreeSet<Date>,
    #[serde(default)]
    worked_weekends: BTreeSet<Date>,
}

impl BusinessDays {
    /// Monday to Friday without these holidays.
    pub fn with_holidays(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self {
            holidays: holidays.into_iter().collect(),
            worked_weekends: BTreeSet::new(),
        }
    }

    /// The same calendar, with these days of weekends worked.
    pub fn with_worked_weekends(mut self, days: impl IntoIterator<Item = Date>) -> Self {
        self.worked_weekends = days.into_iter().collect();
        self
    }

    /// The same calendar with further holidays.
    pub fn and_holidays(mut self, holidays: impl IntoIterator<Item = Date>) -> Self {
        self.holidays.extend(holidays);
        self
    }

    /// Whether the agency works on this day.
    pub fn is_worked(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if self.holidays.contains(&day) {
            return false;
        }
        !weekend || self.worked_weekends.contains(&day)
    }

    /// The n-th business day after `day`; `day` itself when n is 0.
    pub fn after(&self, day: Date, n: u32) -> Result<Date, Refusal> {
        let mut reached = day;
        let mut left = n;
        // Holidays can stretch the way, but not for ever: a calendar without work ends here.
        for _ in 0..u64::from(n) * 10 + 400 {
            if left == 0 {
                return Ok(reached);
            }
            reached = days_later(reached, 1).ok_or_else(|| out_of_calendar(day))?;
            left -= u32::from(self.is_worked(reached));
        }
        Err(out_of_calendar(day))
    }
}

/// What a rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days of the calendar.
    CalendarDays,
    /// Days on which the agency works.
    BusinessDays,
    /// Seven days each.
    Weeks,
    /// Months; a day that the month lacks becomes its last one.
    Months,
}

/// So many units after a day, as contracts write their notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayRule {
    /// What is counted.
    pub unit: Unit,
    /// How many, at most [`RULE_UNITS_MAX`].
    pub n: u32,
    /// Whether the day reached moves on to the last one of its month.
    #[serde(default, skip_serializing_if = "is_false")]
    pub end_of_month: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl DayRule {
    /// The day that the rule reaches from the day of receipt, which is day 0.
    pub fn due(&self, received: Date, days: &BusinessDays) -> Result<Date, Refusal> {
        if self.n > RULE_UNITS_MAX {
            let asked = format!("a rule of {} units", self.n);
            return Err(Refusal::limit(
                "workflow_rule_units_max",
                RULE_UNITS_MAX,
                asked,
            ));
        }
        let n = i32::try_from(self.n).unwrap_or(i32::MAX);
        let reached = match self.unit {
            Unit::BusinessDays => Some(days.after(received, self.n)?),
            Unit::CalendarDays => days_later(received, n),
            Unit::Weeks => days_later(received, n.saturating_mul(7)),
            Unit::Months => months_later(received, n),
        };
        let reached = reached.ok_or_else(|| out_of_calendar(received))?;
        Ok(if self.end_of_month {
            reached.last_of_month()
        } else {
            reached
        })
    }
}

impl std::fmt::Display for DayRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.unit {
            Unit::CalendarDays => "calendar days",
            Unit::BusinessDays => "business days",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
        };
        let end = if self.end_of_month {
            ", then to the end of the month"
        } else {
            ""
        };
        write!(f, "{} {unit}{end}", self.n)
    }
}

/// How many days lie between two days; negative when `until` comes first.
pub fn days_between(from: Date, until: Date) -> i32 {
    day_number(until) - day_number(from)
}

fn out_of_calendar(day: Date) -> Refusal {
    Refusal::new(
        ErrorCode::InvalidInput,
        format!("no day can be reached from `{day}`; the calendar ends before it"),
    )
}

#[cfg(test)]
mod tests {
    use bellwether_domain::time::date;

    use super::*;

    #[test]
    fn holidays_and_weekends_are_not_counted_but_worked_weekends_are() {
        let days = BusinessDays::with_holidays([date(2026, 10, 1), date(2026, 10, 2)])
            .with_worked_weekends([date(2026, 10, 10)]);
        assert_eq!(days.after(date(2026, 9, 30), 1).unwrap(), date(2026, 10, 5));
        assert_eq!(
            days.after(date(2026, 10, 9), 1).unwrap(),
            date(2026, 10, 10)
        );
    }

    #[test]
    fn a_rule_counts_up_to_its_limit_and_no_further() {
        let rule = |n| DayRule {
            unit: Unit::CalendarDays,
            n,
            end_of_month: false,
        };
        let from = date(2026, 1, 1);
        assert!(
            rule(RULE_UNITS_MAX)
                .due(from, &BusinessDays::default())
                .is_ok()
        );
        let refusal = rule(RULE_UNITS_MAX + 1)
            .due(from, &BusinessDays::default())
            .unwrap_err();
        assert_eq!(refusal.code, ErrorCode::LimitExceeded);
    }

    #[test]
    fn a_calendar_without_work_is_refused_instead_of_searched_for_ever() {
        let all = (0..2_000).filter_map(|n| days_later(date(2026, 1, 1), n));
        let days = BusinessDays::with_holidays(all);
        assert!(days.after(date(2026, 1, 1), 1).is_err());
    }
}
