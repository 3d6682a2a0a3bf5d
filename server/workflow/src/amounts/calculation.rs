//! The calculations by their names: what a case stores, and how it is computed again.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::ZoneName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{CancellationInput, MismatchInput, ReviewInput, Sheet, TerminationInput};
use crate::business_days::{BusinessDays, DayRule};

/// The version of all rules of this module: it goes up when any result of the same input changes.
pub const RULES_VERSION: u32 = 1;

/// A calculation by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Calculation {
    /// The day that a rule reaches: [`DueInput`].
    Due,
    /// [`CancellationInput`].
    Cancellation,
    /// [`TerminationInput`].
    Termination,
    /// [`MismatchInput`].
    Mismatch,
    /// [`ReviewInput`].
    Review,
}

/// A day, and the rule that counts from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueInput {
    /// Day 0.
    pub received: bellwether_domain::time::Date,
    /// What is counted from it.
    pub rule: DayRule,
    /// Holidays beside those of the agency's calendar.
    #[serde(default)]
    pub holidays: Vec<bellwether_domain::time::Date>,
}

/// What came out of a calculation: its figures, and how they came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// The calculation.
    pub calculation: Calculation,
    /// The version of its rules.
    pub rules: u32,
    /// The figures by name; amounts and days as text.
    pub figures: Value,
    /// The arithmetic.
    pub sheet: Sheet,
}

impl Calculation {
    /// Computes from an input as it is stored; the same input gives the same figures for ever.
    pub fn run(
        self,
        input: &Value,
        days: &BusinessDays,
        zone: &ZoneName,
    ) -> Result<Worked, Refusal> {
        let (figures, sheet) = match self {
            Self::Due => due(&read::<DueInput>(input)?, days)?,
            Self::Cancellation => {
                let worked = read::<CancellationInput>(input)?.run(days)?;
                (figures(&worked), worked.sheet)
            }
            Self::Termination => {
                let worked = read::<TerminationInput>(input)?.run(days)?;
                (figures(&worked), worked.sheet)
            }
            Self::Mismatch => {
                let worked = read::<MismatchInput>(input)?.run(days, zone)?;
                (figures(&worked), worked.sheet)
            }
            Self::Review => {
                let worked = read::<ReviewInput>(input)?.run()?;
                (figures(&worked), worked.sheet)
            }
        };
        Ok(Worked {
            calculation: self,
            rules: RULES_VERSION,
            figures,
            sheet,
        })
    }
}

fn read<T: DeserializeOwned>(input: &Value) -> Result<T, Refusal> {
    T::deserialize(input)
        .map_err(|error| Refusal::invalid(format!("the input can't be read: {error}")).at("input"))
}

fn figures(worked: &impl Serialize) -> Value {
    serde_json::to_value(worked).expect("figures are texts, numbers and lists under text keys")
}

fn due(input: &DueInput, days: &BusinessDays) -> Result<(Value, Sheet), Refusal> {
    let days = days.clone().and_holidays(input.holidays.iter().copied());
    let mut sheet = Sheet::default();
    let due = sheet.day(
        "due",
        "received + rule",
        &[("received", &input.received), ("rule", &input.rule)],
        input.rule.due(input.received, &days)?,
    );
    let weekday = due.strftime("%A").to_string();
    Ok((serde_json::json!({ "due": due, "weekday": weekday }), sheet))
}
