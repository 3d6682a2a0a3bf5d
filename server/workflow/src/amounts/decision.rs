//! Going on or cancelling: what each is expected to bring.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use serde::{Deserialize, Serialize};

use super::{Rounding, Sheet, within_ratio};

/// What is expected of either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {
    /// Revenue per unit of media spend if the promotion goes on.
    pub expected_roas_if_continued: Decimal,
    /// Revenue per unit of media spend where the money would go instead.
    pub expected_roas_elsewhere: Decimal,
    /// The gross margin of that revenue, as a fraction.
    pub margin: Decimal,
}

/// The comparison, rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What going on is worth.
    pub net_value_continue: Decimal,
    /// What cancelling and spending elsewhere is worth.
    pub net_value_cancel: Decimal,
    /// The second less the first.
    pub difference: Decimal,
    /// `cancel`, or `continue_or_alternative`: people decide.
    pub recommend: &'static str,
}

/// Compares going on with `remaining` and cancelling at `costs` with `reallocatable` to spend.
pub(super) fn compare(
    expected: &DecisionInput,
    remaining: Decimal,
    reallocatable: Decimal,
    costs: Decimal,
    sheet: &mut Sheet,
) -> Result<Decision, Refusal> {
    let (going_on, elsewhere, margin) = (
        expected.expected_roas_if_continued,
        expected.expected_roas_elsewhere,
        expected.margin,
    );
    for (field, ratio) in [
        ("decision.expected_roas_if_continued", going_on),
        ("decision.expected_roas_elsewhere", elsewhere),
        ("decision.margin", margin),
    ] {
        within_ratio(field, ratio)?;
    }
    let continued = sheet.money(
        "net value of going on",
        "remaining * roas * margin - remaining",
        &[
            ("remaining", &remaining),
            ("roas", &going_on),
            ("margin", &margin),
        ],
        remaining * going_on * margin - remaining,
    );
    let cancelled = sheet.money(
        "net value of cancelling",
        "reallocatable * roas_elsewhere * margin - reallocatable - fee and unpaid non_refundable",
        &[
            ("reallocatable", &reallocatable),
            ("roas_elsewhere", &elsewhere),
            ("margin", &margin),
            ("fee and unpaid non_refundable", &costs),
        ],
        reallocatable * elsewhere * margin - reallocatable - costs,
    );
    let difference = sheet.money(
        "difference",
        "cancelling - going on",
        &[("cancelling", &cancelled), ("going on", &continued)],
        cancelled - continued,
    );
    let better = difference > Decimal::ZERO;
    Ok(Decision {
        net_value_continue: Rounding::HalfUp2.round(continued),
        net_value_cancel: Rounding::HalfUp2.round(cancelled),
        difference: Rounding::HalfUp2.round(difference),
        recommend: if better {
            "cancel"
        } else {
            "continue_or_alternative"
        },
    })
}
