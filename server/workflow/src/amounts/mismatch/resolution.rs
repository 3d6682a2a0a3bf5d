//! Whether a mismatch is mended, by the figures after its correction.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use serde::{Deserialize, Serialize};

use super::{MismatchInput, WATCH};
use crate::amounts::{Rounding, Sheet, quotient, within};

/// Orders below which nothing is concluded.
const ORDERS_MIN: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

/// Refunds may be a quarter above the usual rate, conversion a tenth below it.
const REFUND_RATE_TIMES: Decimal = Decimal::from_parts(125, 0, 0, false, 2);
const CONVERSION_TIMES: Decimal = Decimal::from_parts(90, 0, 0, false, 2);

/// The figures after the correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MismatchAfter {
    /// The composite score.
    pub score: Decimal,
    /// Orders since.
    pub orders: Decimal,
    /// Clicks since.
    pub clicks: Decimal,
    /// Refunds since.
    pub refunds: Decimal,
}

/// The four conditions, and what follows from them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four conditions that are shown one by one"
)]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Resolution {
    /// The score is back in the aligned band.
    pub score_below_0_25: bool,
    /// Refunds per order are at most a quarter above the usual.
    pub refund_rate_within_125pct: bool,
    /// Orders per click are at most a tenth below the usual.
    pub conversion_within_90pct: bool,
    /// There are enough orders to conclude anything.
    pub enough_orders_30: bool,
    /// `resolved`, `reopened` or `keep_monitoring`.
    pub state: &'static str,
}

impl MismatchAfter {
    pub(super) fn judge(
        &self,
        before: &MismatchInput,
        sheet: &mut Sheet,
    ) -> Result<Resolution, Refusal> {
        for (field, amount) in [
            ("after.score", self.score),
            ("after.orders", self.orders),
            ("after.clicks", self.clicks),
            ("after.refunds", self.refunds),
        ] {
            within(field, amount)?;
        }
        let refund_rate = sheet.value(
            "refund rate after the correction",
            "refunds / orders",
            &[("refunds", &self.refunds), ("orders", &self.orders)],
            quotient("after.orders", self.refunds, self.orders)?,
            Rounding::HalfUp4,
        );
        let conversion = sheet.value(
            "conversion after the correction",
            "orders / clicks",
            &[("orders", &self.orders), ("clicks", &self.clicks)],
            quotient("after.clicks", self.orders, self.clicks)?,
            Rounding::HalfUp4,
        );
        let score_ok = self.score < WATCH;
        let refunds_ok = refund_rate <= before.baseline_refund_rate * REFUND_RATE_TIMES;
        let conversion_ok = conversion >= before.baseline_conversion()? * CONVERSION_TIMES;
        let enough = self.orders >= ORDERS_MIN;
        let state = match (enough, score_ok && refunds_ok && conversion_ok) {
            (false, _) => "keep_monitoring",
            (true, true) => "resolved",
            (true, false) => "reopened",
        };
        Ok(Resolution {
            score_below_0_25: score_ok,
            refund_rate_within_125pct: refunds_ok,
            conversion_within_90pct: conversion_ok,
            enough_orders_30: enough,
            state,
        })
    }
}
