//! Ending an agency's contract: end date, pay in lieu of notice, penalty, and who pays whom.
//!
//! The remaining value counts from the later of the end and the earliest end, so that the days
//! paid in lieu of notice are not charged twice.

use std::collections::BTreeMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::clauses::check_rate;
use super::{Milestone, PassThrough, Penalty, Sheet, within, within_items};
use crate::business_days::{BusinessDays, DayRule};

mod dates;
mod penalty;
mod settlement;

pub use settlement::{Payer, Settlement, Termination};

/// Everything that the amounts of a termination follow from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TerminationInput {
    /// The day on which the agency received the notice: day 0.
    pub notice_received: Date,
    /// How long before the end the notice must be received.
    pub notice: DayRule,
    /// The contract's last day if nobody ends it.
    pub contract_end: Date,
    /// The day before which the contract can't be ended.
    #[serde(default)]
    pub minimum_term_end: Option<Date>,
    /// The day on which the client wants to end it, if another than the earliest possible.
    #[serde(default)]
    pub requested_end: Option<Date>,
    /// The fee of a month.
    pub monthly_fee: Decimal,
    /// What was paid of the fee of the last month.
    pub retainer_paid_for_last_month: Decimal,
    /// The penalty clause, if there is one.
    #[serde(default)]
    pub penalty: Option<Penalty>,
    /// Work with prices of its own.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Costs at third parties.
    #[serde(default)]
    pub pass_through: Vec<PassThrough>,
    /// Media money of the client that the agency still holds.
    #[serde(default)]
    pub unspent_ad_balance: Decimal,
    /// The client's deposit.
    #[serde(default)]
    pub deposit: Decimal,
    /// Credits and rebates that the agency owes the client.
    #[serde(default)]
    pub credits: Decimal,
    /// Business days from the end to the settlement.
    pub settlement_business_days: u32,
    /// Whether the agency broke the contract, which waives penalty and pay in lieu of notice.
    #[serde(default, alias = "breach_by_agency", alias = "agency_in_breach")]
    pub agency_breach: bool,
    /// Holidays beside those of the agency's calendar.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// Fields that no rule reads; each becomes a warning.
    #[serde(flatten)]
    pub unread: BTreeMap<String, Value>,
}

impl TerminationInput {
    /// The amounts, by the agency's calendar.
    pub fn run(&self, days: &BusinessDays) -> Result<Termination, Refusal> {
        self.check()?;
        let days = days.clone().and_holidays(self.holidays.iter().copied());
        let mut sheet = Sheet::default();
        sheet.warn_unread(self.unread.keys());
        let dates = dates::of(self, &days, &mut sheet)?;
        let extras = penalty::of(self, &dates, &mut sheet);
        Ok(settlement::of(self, &dates, &extras, sheet))
    }

    fn check(&self) -> Result<(), Refusal> {
        within("monthly_fee", self.monthly_fee)?;
        within(
            "retainer_paid_for_last_month",
            self.retainer_paid_for_last_month,
        )?;
        within("unspent_ad_balance", self.unspent_ad_balance)?;
        within("deposit", self.deposit)?;
        within("credits", self.credits)?;
        within_items("milestones", self.milestones.len())?;
        for (index, milestone) in self.milestones.iter().enumerate() {
            within(&format!("milestones[{index}].price"), milestone.price)?;
            within(&format!("milestones[{index}].paid"), milestone.paid)?;
            check_rate(
                &format!("milestones[{index}].percent_done"),
                milestone.percent_done,
            )?;
        }
        within_items("pass_through", self.pass_through.len())?;
        for (index, cost) in self.pass_through.iter().enumerate() {
            within(&format!("pass_through[{index}].amount"), cost.amount)?;
        }
        if self
            .requested_end
            .is_some_and(|end| end < self.notice_received)
        {
            let message = format!(
                "the requested end is before the notice was received on {}; use that day or a later one",
                self.notice_received
            );
            return Err(Refusal::invalid(message).at("requested_end"));
        }
        self.penalty.as_ref().map_or(Ok(()), penalty::check)
    }
}
