//! The days of a termination: what the notice requires, when it ends, what is due then.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::Date;

use super::TerminationInput;
use crate::amounts::Sheet;
use crate::business_days::{BusinessDays, DayRule, Unit, days_between};

/// The days that the amounts follow from.
pub(super) struct Dates {
    pub(super) required_end: Date,
    pub(super) earliest_end: Date,
    pub(super) end: Date,
    pub(super) days_short: i32,
    pub(super) days_remaining: i32,
    pub(super) settlement_due: Date,
}

pub(super) fn of(
    input: &TerminationInput,
    days: &BusinessDays,
    sheet: &mut Sheet,
) -> Result<Dates, Refusal> {
    let (required_end, earliest_end, end) = ends(input, days, sheet)?;
    let days_short = sheet.days(
        "days of notice short",
        "earliest_end - end_date, not below 0",
        &[("earliest_end", &earliest_end), ("end_date", &end)],
        days_between(end, earliest_end).max(0),
    );
    let charged_to = end.max(earliest_end);
    let days_remaining = sheet.days(
        "days that remain of the contract",
        "contract_end - the later of end_date and earliest_end, not below 0",
        &[
            ("contract_end", &input.contract_end),
            ("later", &charged_to),
        ],
        days_between(charged_to, input.contract_end).max(0),
    );
    let settlement = DayRule {
        unit: Unit::BusinessDays,
        n: input.settlement_business_days,
        end_of_month: false,
    };
    let settlement_due = sheet.day(
        "settlement due",
        "end_date + business days",
        &[("end_date", &end), ("business days", &settlement.n)],
        settlement.due(end, days)?,
    );
    Ok(Dates {
        required_end,
        earliest_end,
        end,
        days_short,
        days_remaining,
        settlement_due,
    })
}

/// What the notice requires, the earliest possible end, and the end.
fn ends(
    input: &TerminationInput,
    days: &BusinessDays,
    sheet: &mut Sheet,
) -> Result<(Date, Date, Date), Refusal> {
    let received = input.notice_received;
    let required_end = sheet.day(
        "end that the notice requires",
        "notice_received + notice",
        &[("notice_received", &received), ("notice", &input.notice)],
        input.notice.due(received, days)?,
    );
    let minimum = input.minimum_term_end;
    let shown = |day: Option<Date>| day.map_or("none".to_owned(), |day| day.to_string());
    let earliest_end = sheet.day(
        "earliest end",
        "the later of required_end and minimum_term_end",
        &[
            ("required_end", &required_end),
            ("minimum_term_end", &shown(minimum)),
        ],
        minimum.map_or(required_end, |minimum| minimum.max(required_end)),
    );
    let end = sheet.day(
        "end date",
        "requested_end, else earliest_end",
        &[
            ("requested_end", &shown(input.requested_end)),
            ("earliest_end", &earliest_end),
        ],
        input.requested_end.unwrap_or(earliest_end),
    );
    Ok((required_end, earliest_end, end))
}
