//! A promotion that doesn't fit its product: what it may cost, by when what is due, and whether
//! it is mended.

use std::collections::BTreeMap;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::{Date, Timestamp, ZoneName, days_later, seconds_after};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Rounding, Sheet, figure, quotient, within, within_ratio};
use crate::business_days::BusinessDays;

mod resolution;

pub use resolution::{MismatchAfter, Resolution};

/// From these scores on a mismatch is watched, opens a case, and is severe.
const WATCH: Decimal = Decimal::from_parts(25, 0, 0, false, 2);
const MISMATCH: Decimal = Decimal::from_parts(50, 0, 0, false, 2);
const SEVERE: Decimal = Decimal::from_parts(70, 0, 0, false, 2);

/// A severe mismatch is decided on (pause or not) within a day.
const PAUSE_DECISION_S: u32 = 24 * 3_600;

/// Business days in which content is corrected: a severe mismatch, and a lesser one.
const SEVERE_FIX_BUSINESS_DAYS: u32 = 2;
const FIX_BUSINESS_DAYS: u32 = 5;

/// Days that the correction is watched.
const MONITOR_DAYS: i32 = 14;

/// Everything that the figures of a mismatch follow from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MismatchInput {
    /// The composite score, 0 to 1.
    pub score: Decimal,
    /// When it was detected.
    pub detected_at: Timestamp,
    /// Orders and clicks of a period without the mismatch.
    pub baseline_orders: Decimal,
    /// See `baseline_orders`.
    pub baseline_clicks: Decimal,
    /// Orders and clicks since.
    pub orders: Decimal,
    /// See `orders`.
    pub clicks: Decimal,
    /// The value of an average order.
    pub aov: Decimal,
    /// Refunds since.
    pub refunds: Decimal,
    /// Refunds per order without the mismatch.
    pub baseline_refund_rate: Decimal,
    /// What handling a refund costs.
    pub refund_handling: Decimal,
    /// Customers who are told and compensated.
    pub affected_orders_to_notify: Decimal,
    /// What each of them gets.
    pub voucher: Decimal,
    /// The same figures after the correction, once there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<MismatchAfter>,
    /// Holidays beside those of the agency's calendar.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// Fields that no rule reads; each becomes a warning.
    #[serde(flatten)]
    pub unread: BTreeMap<String, Value>,
}

/// The figures of a mismatch, rounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mismatch {
    /// `aligned`, `watch`, `mismatch` or `severe`.
    pub band: &'static str,
    /// Orders that didn't come.
    pub lost_orders: Decimal,
    /// Their value.
    pub lost_revenue: Decimal,
    /// Refunds beyond the usual.
    pub excess_refunds: Decimal,
    /// Their value and handling.
    pub excess_refund_cost: Decimal,
    /// Vouchers.
    pub compensation: Decimal,
    /// All three.
    pub total_exposure: Decimal,
    /// By when it must be decided whether to pause; only for a severe one.
    pub pause_decision_due: Option<Timestamp>,
    /// By when the content must be corrected.
    pub content_fix_due: Date,
    /// Until when the correction is watched.
    pub monitor_until: Date,
    /// Whether it is mended, once there are figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// The arithmetic.
    #[serde(skip)]
    pub sheet: Sheet,
}

impl MismatchInput {
    /// The figures, by the agency's calendar and zone.
    pub fn run(&self, days: &BusinessDays, zone: &ZoneName) -> Result<Mismatch, Refusal> {
        self.check()?;
        let days = days.clone().and_holidays(self.holidays.iter().copied());
        let mut sheet = Sheet::default();
        sheet.warn_unread(self.unread.keys());
        let severe = self.score >= SEVERE;
        let (lost_orders, lost_revenue) = self.lost(&mut sheet)?;
        let (excess, refund_cost) = self.excess_refunds(&mut sheet);
        let compensation = sheet.money(
            "compensation",
            "affected_orders_to_notify * voucher",
            &[
                ("affected_orders_to_notify", &self.affected_orders_to_notify),
                ("voucher", &self.voucher),
            ],
            self.affected_orders_to_notify * self.voucher,
        );
        let total = sheet.money(
            "total exposure",
            "lost_revenue + excess_refund_cost + compensation",
            &[
                ("lost_revenue", &lost_revenue),
                ("excess_refund_cost", &refund_cost),
                ("compensation", &compensation),
            ],
            lost_revenue + refund_cost + compensation,
        );
        let (fix_due, monitor_until) = self.dates(severe, &days, zone, &mut sheet)?;
        let resolution = self
            .after
            .as_ref()
            .map(|after| after.judge(self, &mut sheet))
            .transpose()?;
        let money = |value: Decimal| Rounding::HalfUp2.round(value);
        Ok(Mismatch {
            band: band(self.score),
            lost_orders: Rounding::HalfUp4.round(lost_orders),
            lost_revenue: money(lost_revenue),
            excess_refunds: Rounding::HalfUp4.round(excess),
            excess_refund_cost: money(refund_cost),
            compensation: money(compensation),
            total_exposure: money(total),
            pause_decision_due: severe.then(|| seconds_after(self.detected_at, PAUSE_DECISION_S)),
            content_fix_due: fix_due,
            monitor_until,
            resolution,
            sheet,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.score < Decimal::ZERO || self.score > Decimal::ONE {
            let message = format!("`score` is {}; use 0 to 1", self.score);
            return Err(Refusal::invalid(message).at("score"));
        }
        within_ratio("baseline_refund_rate", self.baseline_refund_rate)?;
        for (field, amount) in [
            ("baseline_orders", self.baseline_orders),
            ("baseline_clicks", self.baseline_clicks),
            ("orders", self.orders),
            ("clicks", self.clicks),
            ("aov", self.aov),
            ("refunds", self.refunds),
            ("refund_handling", self.refund_handling),
            ("affected_orders_to_notify", self.affected_orders_to_notify),
            ("voucher", self.voucher),
        ] {
            within(field, amount)?;
        }
        Ok(())
    }

    /// Orders per click without the mismatch; 0 where nobody clicked.
    fn baseline_conversion(&self) -> Result<Decimal, Refusal> {
        quotient(
            "baseline_clicks",
            self.baseline_orders,
            self.baseline_clicks,
        )
    }

    fn lost(&self, sheet: &mut Sheet) -> Result<(Decimal, Decimal), Refusal> {
        // Multiplied before it is divided, so that no digit is lost on the way.
        let reached = self.baseline_orders * self.clicks;
        let expected = figure(
            "lost_orders",
            quotient("baseline_clicks", reached, self.baseline_clicks)?,
        )?;
        let orders = sheet.value(
            "lost orders",
            "baseline_orders / baseline_clicks * clicks - orders, not below 0",
            &[
                ("baseline_orders", &self.baseline_orders),
                ("baseline_clicks", &self.baseline_clicks),
                ("clicks", &self.clicks),
                ("orders", &self.orders),
            ],
            (expected - self.orders).max(Decimal::ZERO),
            Rounding::HalfUp4,
        );
        let revenue = sheet.money(
            "lost revenue",
            "lost_orders * aov",
            &[("lost_orders", &orders), ("aov", &self.aov)],
            figure("lost_revenue", orders * self.aov)?,
        );
        Ok((orders, revenue))
    }

    fn excess_refunds(&self, sheet: &mut Sheet) -> (Decimal, Decimal) {
        let excess = sheet.value(
            "refunds beyond the usual",
            "refunds - baseline_refund_rate * orders, not below 0",
            &[
                ("refunds", &self.refunds),
                ("baseline_refund_rate", &self.baseline_refund_rate),
                ("orders", &self.orders),
            ],
            (self.refunds - self.baseline_refund_rate * self.orders).max(Decimal::ZERO),
            Rounding::HalfUp4,
        );
        let cost = sheet.money(
            "cost of these refunds",
            "excess_refunds * (aov + refund_handling)",
            &[
                ("excess_refunds", &excess),
                ("aov", &self.aov),
                ("refund_handling", &self.refund_handling),
            ],
            excess * (self.aov + self.refund_handling),
        );
        (excess, cost)
    }

    fn dates(
        &self,
        severe: bool,
        days: &BusinessDays,
        zone: &ZoneName,
        sheet: &mut Sheet,
    ) -> Result<(Date, Date), Refusal> {
        let detected = zone.today(self.detected_at);
        let n = if severe {
            SEVERE_FIX_BUSINESS_DAYS
        } else {
            FIX_BUSINESS_DAYS
        };
        let fix_due = sheet.day(
            "content corrected by",
            "day of detection + business days",
            &[("day of detection", &detected), ("business days", &n)],
            days.after(detected, n)?,
        );
        let monitor_until = days_later(fix_due, MONITOR_DAYS).unwrap_or(Date::MAX);
        sheet.day(
            "watched until",
            "content_fix_due + days",
            &[("content_fix_due", &fix_due), ("days", &MONITOR_DAYS)],
            monitor_until,
        );
        Ok((fix_due, monitor_until))
    }
}

/// The band of a composite score.
fn band(score: Decimal) -> &'static str {
    match score {
        score if score >= SEVERE => "severe",
        score if score >= MISMATCH => "mismatch",
        score if score >= WATCH => "watch",
        _ => "aligned",
    }
}
