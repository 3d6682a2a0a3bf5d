//! When something is due.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::{Date, Timestamp, days_later, parse_date, seconds_after};
use serde::{Deserialize, Serialize};

use super::{Condition, Facts};
use crate::business_days::{DayRule, Unit};
use crate::case::Circumstances;

/// A rule for a due date: hours from the entry, or days from the entry or from a day of the facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DueRule {
    /// The rule as the guide's table writes it.
    pub label: String,
    /// Counts only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Where the day to count from stands, such as `facts.termination_amounts.end_date`; the day
    /// of entry when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Hours from the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// What is counted from the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// How many of it.
    #[serde(default)]
    pub n: u32,
    /// Days to go back from there, for what is due before a day.
    #[serde(default)]
    pub days_before: u16,
}

impl DueRule {
    /// The moment, or nothing while the day that it counts from isn't known.
    ///
    /// A day is over at midnight of the agency's zone: that is when it is due.
    pub fn due(
        &self,
        entered: Timestamp,
        facts: &Facts,
        circumstances: &Circumstances<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        if let Some(hours) = self.hours {
            return Ok(Some(seconds_after(entered, hours.saturating_mul(3_600))));
        }
        let zone = circumstances.zone;
        let day = match &self.from {
            Some(path) => facts.text_at(path).and_then(|text| parse_date(text).ok()),
            None => Some(zone.today(entered)),
        };
        let Some(day) = day else { return Ok(None) };
        let rule = DayRule {
            unit: self.unit.unwrap_or(Unit::CalendarDays),
            n: self.n,
            end_of_month: false,
        };
        let reached = rule.due(day, circumstances.business_days)?;
        let due = days_later(reached, -i32::from(self.days_before)).unwrap_or(Date::MIN);
        Ok(Some(zone.end_of(due)))
    }

    /// Whether the rule counts for these facts.
    pub fn counts(&self, facts: &Facts) -> bool {
        self.when
            .as_ref()
            .is_none_or(|when| when.holds(facts) == Ok(true))
    }
}
