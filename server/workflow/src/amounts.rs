//! Amounts of money and days that follow from agreements: pure functions with their arithmetic.
//!
//! Every calculation takes its whole input as one value that can be stored, and returns its
//! figures beside a [`Sheet`]: line by line the label, the formula, the inputs and the amount, so
//! that a person can follow it and [`Calculation::run`] can repeat it years later.
//! Invariant: no floating point touches an amount, and no law is judged: where law may limit an
//! amount, a [`Warning`] asks for advice.

mod calculation;
mod cancellation;
mod clauses;
mod decision;
mod mismatch;
mod review;
mod sheet;
mod termination;

pub use calculation::{Calculation, DueInput, RULES_VERSION, Worked};
pub use cancellation::{Cancellation, CancellationInput};
pub use clauses::{
    CancellationClause, FEE_TIERS_MAX, Fee, FeeBounds, FeeTier, Milestone, NonRefundable,
    PassThrough, Penalty,
};
pub use decision::{Decision, DecisionInput};
pub use mismatch::{Mismatch, MismatchAfter, MismatchInput, Resolution};
pub use review::{Better, Review, ReviewInput, ReviewTarget, TargetResult};
pub use sheet::{Line, Rounding, Sheet, Warning};
pub use termination::{Payer, Settlement, Termination, TerminationInput};

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;

/// The most that an input may be: a trillion, so that no product of three overflows.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// The most that a ratio may be, such as a return on spend.
pub const RATIO_MAX: i64 = 1_000_000;

/// The most items of a list, such as milestones.
pub const ITEMS_MAX: usize = 1_000;

/// The most decimal places of an input, so that quotients stay within what a decimal holds.
pub const DECIMAL_PLACES_MAX: u32 = 9;

/// Refuses an input that is negative, beyond [`AMOUNT_MAX`], or finer than
/// [`DECIMAL_PLACES_MAX`]; `field` names it.
fn within(field: &str, amount: Decimal) -> Result<(), Refusal> {
    if amount.normalize().scale() > DECIMAL_PLACES_MAX {
        let asked = format!("`{field}` of {amount}");
        let limit = "workflow_decimal_places_max";
        return Err(Refusal::limit(limit, DECIMAL_PLACES_MAX, asked).at(field));
    }
    if amount.is_sign_negative() && !amount.is_zero() {
        let message = format!("`{field}` is {amount}; use 0 or more");
        return Err(Refusal::invalid(message).at(field));
    }
    if amount > Decimal::from(AMOUNT_MAX) {
        let asked = format!("`{field}` of {amount}");
        return Err(Refusal::limit("workflow_amount_max", AMOUNT_MAX, asked).at(field));
    }
    Ok(())
}

/// Refuses a ratio that is negative or beyond [`RATIO_MAX`]; `field` names it.
fn within_ratio(field: &str, ratio: Decimal) -> Result<(), Refusal> {
    within(field, ratio)?;
    if ratio > Decimal::from(RATIO_MAX) {
        let asked = format!("`{field}` of {ratio}");
        return Err(Refusal::limit("workflow_ratio_max", RATIO_MAX, asked).at(field));
    }
    Ok(())
}

/// Refuses a list beyond [`ITEMS_MAX`].
fn within_items(field: &str, n_items: usize) -> Result<(), Refusal> {
    if n_items > ITEMS_MAX {
        let asked = format!("`{field}` with {n_items} items");
        return Err(Refusal::limit("workflow_items_max", ITEMS_MAX, asked).at(field));
    }
    Ok(())
}

/// A quotient; 0 where there is nothing to divide by, refused beyond what a decimal holds.
fn quotient(field: &str, part: Decimal, whole: Decimal) -> Result<Decimal, Refusal> {
    if whole.is_zero() {
        return Ok(Decimal::ZERO);
    }
    part.checked_div(whole).ok_or_else(|| beyond(field))
}

fn beyond(field: &str) -> Refusal {
    let asked = format!("`{field}`, as it follows from the input,");
    Refusal::limit("workflow_amount_max", AMOUNT_MAX, asked).at(field)
}

/// Refuses a figure that follows from the input and is beyond [`AMOUNT_MAX`], before it is
/// multiplied further.
fn figure(field: &str, value: Decimal) -> Result<Decimal, Refusal> {
    if value > Decimal::from(AMOUNT_MAX) {
        Err(beyond(field))
    } else {
        Ok(value)
    }
}

/// A hundredth of it, for percentages.
fn percent(rate: Decimal) -> Decimal {
    rate / Decimal::ONE_HUNDRED
}
