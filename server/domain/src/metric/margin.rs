//! The margin that a question assumes where no cost of goods is reported.

use super::NoteCode;
use super::catalogue::Metric;
use super::evaluate::millionths_per_unit;
use super::formula::{Component, ComponentSum, Formula, Found};
use crate::error_code::Refusal;
use crate::money::{Decimal, MICROS, micros_of};

/// The measure that is estimated.
const COGS: Component = Component::Measure("cogs");

/// The share of net revenue that is left after the cost of goods: from 0 to 1, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssumedMargin(i64);

impl AssumedMargin {
    /// The margin of this share, such as 0.38; refuses what is not from 0 to 1 or is finer than
    /// millionths.
    pub fn new(share: Decimal) -> Result<Self, Refusal> {
        let millionths = micros_of(share).ok();
        let margin = millionths.filter(|millionths| (0..=MICROS).contains(millionths));
        margin.map(Self).ok_or_else(|| {
            Refusal::invalid(format!(
                "`{share}` is not a margin; use a share from 0 to 1 with at most 6 decimal places, such as `0.38`"
            ))
        })
    }

    /// Whether the metric is made of the cost of goods and of net revenue, so that it can be
    /// estimated.
    pub(crate) fn concerns(metric: Metric) -> bool {
        let formula = metric.definition().formula;
        has_revenue(&formula) && formula.terms().any(|term| term.component == COGS)
    }

    /// What is found at a place of the formula, with the cost of goods estimated where no row
    /// reports it: net revenue x (1 - margin), of the rows that report revenue.
    pub(super) fn found(
        self,
        formula: &Formula,
        place: usize,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> Result<Found, NoteCode> {
        let reported = found(place)?;
        if !is_lacking_cogs(formula, place, reported) {
            return Ok(reported);
        }
        let mut estimate = Found::default();
        let mut net_revenue = 0_i128;
        for (other, term) in formula.numerator.iter().enumerate() {
            let Component::Measure(name @ ("revenue" | "refunds")) = term.component else {
                continue;
            };
            let part = found(other)?;
            let unit = i128::from(term.weight) * i128::from(millionths_per_unit(term.component));
            net_revenue += unit * part.sum.sum;
            if name == "revenue" {
                estimate = part;
            }
        }
        estimate.sum.sum = self.cogs_of(net_revenue).ok_or(NoteCode::NotReported)?;
        Ok(estimate)
    }

    /// Whether a cell of the formula rests on an estimate.
    pub(super) fn is_used(
        formula: &Formula,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> bool {
        let n_terms = formula.terms().count();
        let is_lacking =
            |place| found(place).is_ok_and(|reported| is_lacking_cogs(formula, place, reported));
        (0..n_terms).any(is_lacking)
    }

    /// The cost of goods in parts of the net revenue's, rounded half away from zero; `None` where it
    /// is beyond what any sum can be.
    fn cogs_of(self, net_revenue: i128) -> Option<i128> {
        let one = i128::from(MICROS);
        let scaled = net_revenue.checked_mul(one - i128::from(self.0))?;
        let (whole, rest) = (scaled / one, scaled % one);
        let away = if rest.abs() * 2 >= one {
            rest.signum()
        } else {
            0
        };
        Some(whole + away)
    }
}

/// Whether the term is the cost of goods of a formula over net revenue, and no row reports it.
fn is_lacking_cogs(formula: &Formula, place: usize, reported: Found) -> bool {
    let term = formula.terms().nth(place);
    term.is_some_and(|term| term.component == COGS)
        && reported.sum == ComponentSum::default()
        && has_revenue(formula)
}

fn has_revenue(formula: &Formula) -> bool {
    let revenue = Component::Measure("revenue");
    let mut above = formula.numerator.iter();
    above.any(|term| term.component == revenue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_a_share_from_0_to_1() {
        let margin = |text: &str| AssumedMargin::new(text.parse().unwrap());
        assert_eq!(margin("0.38"), Ok(AssumedMargin(380_000)));
        for share in ["0", "1", "0.000001"] {
            assert!(margin(share).is_ok(), "{share}");
        }
        for share in ["-0.000001", "1.000001", "0.0000001", "38"] {
            let refusal = margin(share).unwrap_err();
            assert!(refusal.message.contains("from 0 to 1"), "{refusal}");
        }
    }

    #[test]
    fn half_a_millionth_is_rounded_away_from_zero() {
        let half = AssumedMargin::new("0.5".parse().unwrap()).unwrap();
        assert_eq!((half.cogs_of(3), half.cogs_of(-3)), (Some(2), Some(-2)));
        assert_eq!(half.cogs_of(i128::MAX), None);
    }
}
