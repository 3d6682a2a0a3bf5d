//! Cancelling a promotion: effective date, fee, loss, refund, and what can be spent elsewhere.

use std::collections::BTreeMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    CancellationClause, Decision, DecisionInput, NonRefundable, Rounding, Sheet, decision, within,
    within_items,
};
use crate::business_days::{BusinessDays, days_between};

/// Everything that the amounts of a cancellation follow from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CancellationInput {
    /// The promotion's first day.
    pub start: Date,
    /// The promotion's last day.
    pub end: Date,
    /// The day on which the other side received the notice: day 0.
    pub notice_received: Date,
    /// The media budget that was agreed.
    pub media_committed: Decimal,
    /// What of it was spent when the notice was received.
    pub media_spent: Decimal,
    /// What was paid in advance.
    pub prepaid_media: Decimal,
    /// What the promotion spends on a day while it still runs.
    pub daily_spend: Decimal,
    /// Whether the promotion stops at the notice instead of at its effect.
    pub pause_at_once: bool,
    /// What the agreement says.
    pub clause: CancellationClause,
    /// Expenses that nobody gives back.
    #[serde(default)]
    pub non_refundable: Vec<NonRefundable>,
    /// Holidays beside those of the agency's calendar.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// What is expected of going on and of cancelling, when they are to be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionInput>,
    /// Fields that no rule reads; each becomes a warning.
    #[serde(flatten)]
    pub unread: BTreeMap<String, Value>,
}

/// The amounts of a cancellation, rounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cancellation {
    /// The day from which the promotion is cancelled.
    pub effective_date: Date,
    /// Days from the receipt of the notice to the effect.
    pub days_notice: i32,
    /// Days from the effect to the promotion's end.
    pub days_before_end: i32,
    /// What is spent at the effective date.
    pub media_spent_at_effective: Decimal,
    /// What remains of the committed budget then.
    pub media_remaining: Decimal,
    /// What cancelling costs.
    pub cancellation_fee: Decimal,
    /// All non-refundable expenses, paid or not.
    pub non_refundable: Decimal,
    /// Fee and non-refundable expenses.
    pub financial_loss: Decimal,
    /// What the client gets back.
    pub refund_due: Decimal,
    /// What the client still has to pay.
    pub payment_due: Decimal,
    /// What can be spent elsewhere.
    pub reallocatable_budget: Decimal,
    /// The comparison of going on and cancelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The arithmetic.
    #[serde(skip)]
    pub sheet: Sheet,
}

/// Media money at the effective date, unrounded.
struct Media {
    spent: Decimal,
    remaining: Decimal,
}

/// The expenses that nobody gives back, unrounded.
struct Lost {
    all: Decimal,
    unpaid: Decimal,
}

impl CancellationInput {
    /// The amounts, by the agency's calendar.
    pub fn run(&self, days: &BusinessDays) -> Result<Cancellation, Refusal> {
        self.check()?;
        let mut sheet = Sheet::default();
        sheet.warn_unread(self.unread.keys());
        let (effective, days_notice, days_before_end) = self.dates(days, &mut sheet)?;
        let media = self.media(days_notice, &mut sheet);
        let fee = self.clause.fee.amount(
            self.media_committed,
            media.remaining,
            days_before_end,
            &mut sheet,
        )?;
        let lost = self.lost(&mut sheet);
        let loss = sheet.money(
            "financial loss",
            "fee + non_refundable",
            &[("fee", &fee), ("non_refundable", &lost.all)],
            fee + lost.all,
        );
        let refund = self.refund(&media, fee, &lost, &mut sheet);
        let reallocatable = reallocatable(&media, fee, &lost, &mut sheet);
        let decision = match &self.decision {
            Some(expected) => {
                let costs = fee + lost.unpaid;
                let decided =
                    decision::compare(expected, media.remaining, reallocatable, costs, &mut sheet)?;
                Some(decided)
            }
            None => None,
        };
        let money = |value: Decimal| Rounding::HalfUp2.round(value);
        Ok(Cancellation {
            effective_date: effective,
            days_notice,
            days_before_end,
            media_spent_at_effective: money(media.spent),
            media_remaining: money(media.remaining),
            cancellation_fee: money(fee),
            non_refundable: money(lost.all),
            financial_loss: money(loss),
            refund_due: money(refund.max(Decimal::ZERO)),
            payment_due: money((-refund).max(Decimal::ZERO)),
            reallocatable_budget: money(reallocatable),
            decision,
            sheet,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.end < self.start {
            let message = format!(
                "the promotion ends on {} before it starts on {}",
                self.end, self.start
            );
            return Err(Refusal::invalid(message).at("end"));
        }
        within_items("non_refundable", self.non_refundable.len())?;
        within("media_committed", self.media_committed)?;
        within("media_spent", self.media_spent)?;
        within("prepaid_media", self.prepaid_media)?;
        within("daily_spend", self.daily_spend)?;
        for (index, item) in self.non_refundable.iter().enumerate() {
            within(&format!("non_refundable[{index}].amount"), item.amount)?;
        }
        Ok(())
    }

    fn dates(&self, days: &BusinessDays, sheet: &mut Sheet) -> Result<(Date, i32, i32), Refusal> {
        let days = days.clone().and_holidays(self.holidays.iter().copied());
        let received = self.notice_received;
        let effective = sheet.day(
            "effective date",
            "notice_received + notice",
            &[
                ("notice_received", &received),
                ("notice", &self.clause.notice),
            ],
            self.clause.notice.due(received, &days)?,
        );
        let between = [
            ("notice_received", &received as &dyn ToString),
            ("effective_date", &effective),
        ];
        let days_notice = days_between(received, effective);
        sheet.days(
            "days of notice",
            "effective_date - notice_received",
            &between,
            days_notice,
        );
        let days_before_end = days_between(effective, self.end).max(0);
        sheet.days(
            "days before the end",
            "end - effective_date, not below 0",
            &[("end", &self.end), ("effective_date", &effective)],
            days_before_end,
        );
        Ok((effective, days_notice, days_before_end))
    }

    /// A promotion that can't be paused spends on through the notice, but no more than agreed.
    fn media(&self, days_notice: i32, sheet: &mut Sheet) -> Media {
        let (committed, spent) = (self.media_committed, self.media_spent);
        let spent = if self.pause_at_once {
            let inputs: &[(&str, &dyn ToString)] = &[("media_spent", &spent)];
            sheet.money(
                "media spent at the effective date",
                "media_spent, paused at once",
                inputs,
                spent,
            )
        } else {
            let left = days_between(self.notice_received, self.end) + 1;
            let run = days_notice.min(left.max(0));
            let on = spent + self.daily_spend * Decimal::from(run);
            sheet.money(
                "media spent at the effective date",
                "min(media_spent + daily_spend * days, media_committed)",
                &[
                    ("media_spent", &spent),
                    ("daily_spend", &self.daily_spend),
                    ("days", &run),
                    ("media_committed", &committed),
                ],
                on.min(committed.max(spent)),
            )
        };
        let remaining = sheet.money(
            "media remaining",
            "media_committed - media_spent_at_effective, not below 0",
            &[
                ("media_committed", &committed),
                ("media_spent_at_effective", &spent),
            ],
            (committed - spent).max(Decimal::ZERO),
        );
        Media { spent, remaining }
    }

    fn lost(&self, sheet: &mut Sheet) -> Lost {
        let sum = |unpaid_only: bool| -> Decimal {
            let items = self.non_refundable.iter();
            items
                .filter(|item| !(unpaid_only && item.paid))
                .map(|item| item.amount)
                .sum()
        };
        let items: Vec<_> = self
            .non_refundable
            .iter()
            .map(|item| (item.what.as_str(), &item.amount as &dyn ToString))
            .collect();
        Lost {
            all: sheet.money(
                "non-refundable expenses",
                "sum of all, paid or not",
                &items,
                sum(false),
            ),
            unpaid: sheet.money("unpaid of these", "sum of those not paid", &[], sum(true)),
        }
    }

    /// What is left of the prepayment; negative when the client still has to pay.
    fn refund(&self, media: &Media, fee: Decimal, lost: &Lost, sheet: &mut Sheet) -> Decimal {
        sheet.money(
            "refund, or payment when negative",
            "prepaid_media - media_spent_at_effective - fee - unpaid non_refundable",
            &[
                ("prepaid_media", &self.prepaid_media),
                ("media_spent_at_effective", &media.spent),
                ("fee", &fee),
                ("unpaid non_refundable", &lost.unpaid),
            ],
            self.prepaid_media - media.spent - fee - lost.unpaid,
        )
    }
}

fn reallocatable(media: &Media, fee: Decimal, lost: &Lost, sheet: &mut Sheet) -> Decimal {
    sheet.money(
        "reallocatable budget",
        "media_remaining - fee - unpaid non_refundable, not below 0",
        &[
            ("media_remaining", &media.remaining),
            ("fee", &fee),
            ("unpaid non_refundable", &lost.unpaid),
        ],
        (media.remaining - fee - lost.unpaid).max(Decimal::ZERO),
    )
}
