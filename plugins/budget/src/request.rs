//! What is asked for: campaigns with their days and limits, and a budget for all of them.
//!
//! Invariant: money is whole micros a day, of one currency.

use crate::error::Error;

/// One day of a campaign. Money in micros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub day: i32,
    /// What was spent.
    pub spend_micros: i64,
    /// What it brought: revenue, or another value in micros.
    pub value_micros: i64,
}

/// One campaign. Money in micros a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// The group whose limits it counts for.
    pub group: Option<String>,
    /// Its present budget.
    pub budget_micros: i64,
    /// The least, by contract.
    pub min_micros: Option<i64>,
    /// The most, by contract.
    pub max_micros: Option<i64>,
    /// Its days, rising.
    pub days: Vec<Day>,
}

/// Limits on the sum of a group's budgets, in micros a day.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupLimit {
    /// The group's name, such as a platform's.
    pub group: String,
    /// The least.
    pub min_micros: Option<i64>,
    /// The most.
    pub max_micros: Option<i64>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The campaigns, all of one currency.
    pub campaigns: Vec<Campaign>,
    /// The budget of all of them, in micros a day.
    pub total_micros: i64,
    /// Limits on groups.
    pub groups: Vec<GroupLimit>,
    /// The last day whose figures no longer change.
    pub final_through: i32,
    /// The currency's minor unit in micros: 10,000 where it has cents.
    pub minor_unit_micros: i64,
}

impl Request {
    /// Says what is wrong with it, if anything is.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.minor_unit_micros < 1 || self.total_micros % self.minor_unit_micros != 0 {
            return Err(Error::Invalid(format!(
                "the budget of {} micros must be whole minor units of {} micros",
                self.total_micros, self.minor_unit_micros
            )));
        }
        if self.total_micros < 0
            || self
                .campaigns
                .iter()
                .any(|campaign| campaign.budget_micros < 0)
        {
            return Err(Error::Invalid("budgets must be 0 or more".to_owned()));
        }
        let is_rising = |campaign: &Campaign| campaign.days.is_sorted_by_key(|day| day.day);
        match self.campaigns.iter().find(|campaign| !is_rising(campaign)) {
            Some(campaign) => Err(Error::Invalid(format!(
                "the days of campaign `{}` must rise",
                campaign.id
            ))),
            None => Ok(()),
        }
    }
}
