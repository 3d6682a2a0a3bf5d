//! The settlement of an ended contract: what each side owes the other, set off against each other.

use bellwether_domain::money::Decimal;
use bellwether_domain::time::Date;
use serde::Serialize;

use super::TerminationInput;
use super::dates::Dates;
use super::penalty::Extras;
use crate::amounts::{Rounding, Sheet, percent};

/// Who pays the settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// The agency whose contract ends.
    Agency,
    /// Its client.
    Client,
    /// Nobody: both sides owe the same.
    Nobody,
}

/// One payment that settles everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Who pays.
    pub payer: Payer,
    /// How much.
    pub amount: Decimal,
}

/// The amounts of a termination, rounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Termination {
    /// The day that the notice requires.
    pub required_end_by_notice: Date,
    /// The first day on which the contract can end.
    pub earliest_end: Date,
    /// The day on which it ends.
    pub end_date: Date,
    /// Days by which the notice is too short.
    pub notice_days_short: i32,
    /// What is paid for these days.
    pub pay_in_lieu: Decimal,
    /// What the contract would still have cost.
    pub remaining_value: Decimal,
    /// The penalty.
    pub penalty: Decimal,
    /// The part of the last month's fee that was earned.
    pub retainer_earned_last_month: Decimal,
    /// Work done by milestones.
    pub milestones_earned: Decimal,
    /// Third parties' costs that can't be cancelled.
    pub pass_through_non_cancellable: Decimal,
    /// All that the agency is owed.
    pub agency_is_owed: Decimal,
    /// All that the agency holds of the client's.
    pub agency_holds: Decimal,
    /// The payment that settles both.
    pub settlement: Settlement,
    /// When it is due.
    pub settlement_due: Date,
    /// When work and assets must be handed over.
    pub handover_due: Date,
    /// When the agency's access must be gone.
    pub access_revoked_by: Date,
    /// The arithmetic.
    #[serde(skip)]
    pub sheet: Sheet,
}

/// What the agency earned, unrounded.
struct Earned {
    retainer: Decimal,
    milestones: Decimal,
    pass_through: Decimal,
}

pub(super) fn of(
    input: &TerminationInput,
    dates: &Dates,
    extras: &Extras,
    mut sheet: Sheet,
) -> Termination {
    let earned = earned(input, dates.end, &mut sheet);
    let owed = sheet.money(
        "the agency is owed",
        "retainer + milestones + pass_through + penalty + pay_in_lieu",
        &[
            ("retainer", &earned.retainer),
            ("milestones", &earned.milestones),
            ("pass_through", &earned.pass_through),
            ("penalty", &extras.penalty),
            ("pay_in_lieu", &extras.in_lieu),
        ],
        earned.retainer + earned.milestones + earned.pass_through + extras.penalty + extras.in_lieu,
    );
    let holds = holds(input, &mut sheet);
    let net = sheet.money(
        "settlement; negative when the agency pays",
        "owed - holds",
        &[("owed", &owed), ("holds", &holds)],
        owed - holds,
    );
    let money = |value: Decimal| Rounding::HalfUp2.round(value);
    Termination {
        required_end_by_notice: dates.required_end,
        earliest_end: dates.earliest_end,
        end_date: dates.end,
        notice_days_short: dates.days_short,
        pay_in_lieu: money(extras.in_lieu),
        remaining_value: money(extras.remaining_value),
        penalty: money(extras.penalty),
        retainer_earned_last_month: money(earned.retainer),
        milestones_earned: money(earned.milestones),
        pass_through_non_cancellable: money(earned.pass_through),
        agency_is_owed: money(owed),
        agency_holds: money(holds),
        settlement: Settlement {
            payer: payer(money(net)),
            amount: money(net.abs()),
        },
        settlement_due: dates.settlement_due,
        handover_due: dates.end,
        access_revoked_by: dates.end,
        sheet,
    }
}

fn payer(net: Decimal) -> Payer {
    match net.cmp(&Decimal::ZERO) {
        std::cmp::Ordering::Less => Payer::Agency,
        std::cmp::Ordering::Equal => Payer::Nobody,
        std::cmp::Ordering::Greater => Payer::Client,
    }
}

fn earned(input: &TerminationInput, end: Date, sheet: &mut Sheet) -> Earned {
    let (day, days_in_month) = (end.day(), end.days_in_month());
    let retainer = sheet.money(
        "retainer earned in the last month",
        "monthly_fee * day / days_in_month",
        &[
            ("monthly_fee", &input.monthly_fee),
            ("day", &day),
            ("days_in_month", &days_in_month),
        ],
        input.monthly_fee * Decimal::from(day) / Decimal::from(days_in_month),
    );
    let each: Vec<(String, String)> = input
        .milestones
        .iter()
        .map(|one| {
            (
                one.name.clone(),
                format!("{} * {} %", one.price, one.percent_done),
            )
        })
        .collect();
    let milestones = sheet.money(
        "milestones earned",
        "sum of price * percent_done / 100",
        &shown(&each),
        input
            .milestones
            .iter()
            .map(|one| one.price * percent(one.percent_done))
            .sum(),
    );
    let kept = || input.pass_through.iter().filter(|cost| !cost.cancellable);
    let each: Vec<_> = kept()
        .map(|cost| (cost.what.clone(), cost.amount.to_string()))
        .collect();
    let pass_through = sheet.money(
        "third parties' costs that can't be cancelled",
        "sum of those not cancellable",
        &shown(&each),
        kept().map(|cost| cost.amount).sum(),
    );
    Earned {
        retainer,
        milestones,
        pass_through,
    }
}

fn holds(input: &TerminationInput, sheet: &mut Sheet) -> Decimal {
    let paid: Decimal = input.milestones.iter().map(|one| one.paid).sum();
    sheet.money(
        "the agency holds",
        "retainer_paid + milestones_paid + unspent_ad_balance + deposit + credits",
        &[
            ("retainer_paid", &input.retainer_paid_for_last_month),
            ("milestones_paid", &paid),
            ("unspent_ad_balance", &input.unspent_ad_balance),
            ("deposit", &input.deposit),
            ("credits", &input.credits),
        ],
        input.retainer_paid_for_last_month
            + paid
            + input.unspent_ad_balance
            + input.deposit
            + input.credits,
    )
}

fn shown(each: &[(String, String)]) -> Vec<(&str, &dyn ToString)> {
    each.iter()
        .map(|(name, value)| (name.as_str(), value as &dyn ToString))
        .collect()
}
