//! Pay in lieu of notice and the penalty of ending early.
//!
//! Invariant: whether a court would lower a penalty is not computed; a warning asks for advice.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;

use super::TerminationInput;
use super::dates::Dates;
use crate::amounts::clauses::check_rate;
use crate::amounts::{Penalty, Sheet, percent, within, within_ratio};

/// Months of a year and days of a year: a monthly fee is spread as fee * 12 / 365.
const MONTHS: Decimal = Decimal::from_parts(12, 0, 0, false, 0);
const DAYS: Decimal = Decimal::from_parts(365, 0, 0, false, 0);

/// What is owed because the contract ends early, unrounded.
pub(super) struct Extras {
    pub(super) in_lieu: Decimal,
    pub(super) remaining_value: Decimal,
    pub(super) penalty: Decimal,
}

pub(super) fn of(input: &TerminationInput, dates: &Dates, sheet: &mut Sheet) -> Extras {
    let fee = input.monthly_fee;
    let over = |days: i32| fee * MONTHS * Decimal::from(days) / DAYS;
    let waived = input.agency_breach;
    let in_lieu = sheet.money(
        "pay in lieu of notice",
        if waived {
            "waived: the agency broke the contract"
        } else {
            "monthly_fee * 12 / 365 * days_short"
        },
        &[("monthly_fee", &fee), ("days_short", &dates.days_short)],
        if waived {
            Decimal::ZERO
        } else {
            over(dates.days_short)
        },
    );
    let remaining_value = sheet.money(
        "remaining value of the contract",
        "monthly_fee * 12 / 365 * days_remaining",
        &[
            ("monthly_fee", &fee),
            ("days_remaining", &dates.days_remaining),
        ],
        over(dates.days_remaining),
    );
    let penalty = penalty(input, dates, remaining_value, sheet);
    if penalty > Decimal::ZERO || in_lieu > Decimal::ZERO {
        sheet.warn(
            "SEEK_LEGAL_ADVICE",
            "the law that governs the contract may limit penalties and damages; take legal advice before agreeing to or claiming these amounts",
        );
    }
    Extras {
        in_lieu,
        remaining_value,
        penalty,
    }
}

fn penalty(
    input: &TerminationInput,
    dates: &Dates,
    remaining_value: Decimal,
    sheet: &mut Sheet,
) -> Decimal {
    let label = "penalty";
    let Some(clause) = input
        .penalty
        .as_ref()
        .filter(|clause| **clause != Penalty::None)
    else {
        return sheet.money(label, "no penalty agreed", &[], Decimal::ZERO);
    };
    if input.agency_breach {
        return sheet.money(
            label,
            "waived: the agency broke the contract",
            &[],
            Decimal::ZERO,
        );
    }
    let (cap, always) = clause.cap_and_always();
    if dates.days_short == 0 && !always {
        return sheet.money(label, "none: the notice is long enough", &[], Decimal::ZERO);
    }
    let shown = cap.map_or("none".to_owned(), |cap| cap.to_string());
    let capped = |amount: Decimal| cap.map_or(amount, |cap| amount.min(cap));
    match clause {
        Penalty::None => Decimal::ZERO,
        Penalty::Fixed { amount, .. } => {
            let inputs: &[(&str, &dyn ToString)] = &[("fixed", amount), ("cap", &shown)];
            sheet.money(label, "min(fixed, cap)", inputs, capped(*amount))
        }
        Penalty::Months { months, .. } => sheet.money(
            label,
            "min(months * monthly_fee, cap)",
            &[
                ("months", months),
                ("monthly_fee", &input.monthly_fee),
                ("cap", &shown),
            ],
            capped(*months * input.monthly_fee),
        ),
        Penalty::PercentOfRemainingValue { percent: rate, .. } => sheet.money(
            label,
            "min(remaining_value * percent / 100, cap)",
            &[
                ("remaining_value", &remaining_value),
                ("percent", rate),
                ("cap", &shown),
            ],
            capped(percent(*rate) * remaining_value),
        ),
    }
}

impl Penalty {
    fn cap_and_always(&self) -> (Option<Decimal>, bool) {
        match self {
            Self::None => (None, false),
            Self::Fixed { cap, always, .. }
            | Self::Months { cap, always, .. }
            | Self::PercentOfRemainingValue { cap, always, .. } => (*cap, *always),
        }
    }
}

pub(super) fn check(clause: &Penalty) -> Result<(), Refusal> {
    if let (Some(cap), _) = clause.cap_and_always() {
        within("penalty.cap", cap)?;
    }
    match clause {
        Penalty::None => Ok(()),
        Penalty::Fixed { amount, .. } => within("penalty.amount", *amount),
        Penalty::Months { months, .. } => within_ratio("penalty.months", *months),
        Penalty::PercentOfRemainingValue { percent, .. } => check_rate("penalty.percent", *percent),
    }
}
