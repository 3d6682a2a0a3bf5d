//! The one evaluation of formulas: a metric's cell from the sums of its components.

use super::NoteCode;
use super::catalogue::{Metric, MetricDefinition, Unit};
use super::formula::{
    Component, ComponentSum, Components, Fineness, Found, MetricCell, TERMS_MAX, Term, Value,
};
use super::margin::AssumedMargin;
use super::reading;
use crate::money::{Currency, Decimal, MICROS, RoundingStrategy, decimal_near, decimal_of_micros};

/// How many decimal places a quotient is rounded to, half away from zero.
pub(super) const QUOTIENT_SCALE: u32 = 10;

/// How many decimal places a millionth has.
const MICROS_PLACES: u32 = 6;

/// A quotient's last place as a factor: ten to the power of its scale.
const QUOTIENT_UNIT: i128 = 10_i128.pow(QUOTIENT_SCALE);

/// The metric's value from the components of one group.
pub fn evaluate(metric: Metric, components: &impl Components) -> MetricCell {
    evaluate_assuming(metric, components, None)
}

/// The metric's value from the components of one group, with the cost of goods estimated by the
/// margin where no row reports it.
pub fn evaluate_assuming(
    metric: Metric,
    components: &impl Components,
    margin: Option<AssumedMargin>,
) -> MetricCell {
    let evaluator = Evaluator::new(metric).assuming(margin);
    let terms: Vec<Component> = evaluator.components().collect();
    evaluator.evaluate(components.n_rows(), Fineness::Stored, |place| {
        components.component(terms[place])
    })
}

/// A metric made ready to be evaluated for many groups.
#[derive(Debug, Clone)]
pub struct Evaluator {
    metric: Metric,
    definition: MetricDefinition,
    is_measure: bool,
    margin: Option<AssumedMargin>,
    /// What a stored unit of each term is in millionths.
    millionths: [i64; TERMS_MAX],
}

impl Evaluator {
    /// The evaluator of a metric.
    pub fn new(metric: Metric) -> Self {
        let definition = metric.definition();
        let mut millionths = [0; TERMS_MAX];
        for (unit, term) in millionths.iter_mut().zip(definition.formula.terms()) {
            *unit = millionths_per_unit(term.component);
        }
        Self {
            metric,
            definition,
            is_measure: metric.is_measure(),
            margin: None,
            millionths,
        }
    }

    /// The evaluator that estimates the cost of goods by this margin where no row reports it.
    #[must_use]
    pub fn assuming(self, margin: Option<AssumedMargin>) -> Self {
        Self { margin, ..self }
    }

    /// The components of the formula's terms, above the line and then below; some come twice.
    pub fn components(&self) -> impl Iterator<Item = Component> {
        let formula = self.definition.formula;
        let terms = formula.numerator.iter().chain(formula.denominator);
        terms.map(|term| term.component)
    }

    /// The cell of a group with `n_rows` rows; `found` gives the sum of the component at a place
    /// of [`Self::components`], counted as `fineness` says.
    pub fn evaluate(
        &self,
        n_rows: u64,
        fineness: Fineness,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> MetricCell {
        let Some(margin) = self.margin else {
            return self.of_reported(n_rows, fineness, found);
        };
        let formula = &self.definition.formula;
        let mut cell = self.of_reported(n_rows, fineness, |place| {
            margin.found(formula, place, &found)
        });
        // That a number is below zero can be seen of it; that it is an estimate can't.
        if cell.value.is_some() && AssumedMargin::is_used(formula, &found) {
            cell.note = Some(NoteCode::Estimated);
        }
        cell
    }

    fn of_reported(
        &self,
        n_rows: u64,
        fineness: Fineness,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> MetricCell {
        let formula = &self.definition.formula;
        match self.weighted_sums(n_rows, &found) {
            Err(note) => MetricCell::null(note),
            Ok((numerator, None)) => {
                let mut cell = value_of_sum(self.definition.unit, numerator, fineness.parts());
                let is_partial = || found(0).is_ok_and(|found| found.sum.count < n_rows);
                if self.is_measure && cell.value.is_some() && is_partial() {
                    cell.note = Some(NoteCode::Partial);
                }
                self.read(cell, numerator, None)
            }
            Ok((numerator, Some(denominator))) => {
                if let Some(note) = reading::why_none(self.metric, formula, numerator, denominator)
                {
                    return MetricCell::null(note);
                }
                let unit = self.definition.unit;
                let cell = value_of_quotient(unit, formula.factor, numerator, denominator);
                self.read(cell, numerator, Some(denominator))
            }
        }
    }

    /// The cell with what is to be known of its number.
    fn read(&self, cell: MetricCell, above: i128, below: Option<i128>) -> MetricCell {
        if cell.value.is_none() || cell.note.is_some() {
            return cell;
        }
        let note = reading::caveat(self.metric, above, below);
        MetricCell { note, ..cell }
    }

    /// The sums above and below the line in millionths, if nothing that is needed lacks.
    fn weighted_sums(
        &self,
        n_rows: u64,
        found: &impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> Result<(i128, Option<i128>), NoteCode> {
        let formula = &self.definition.formula;
        let n_above = formula.numerator.len();
        let mut reported = Reported::<TERMS_MAX>::new();
        let (mut above, mut below) = (0_i128, 0_i128);
        for (place, term) in formula.terms().enumerate() {
            let found = found(place)?;
            reported.see(term, found)?;
            let unit = i128::from(term.weight) * i128::from(self.millionths[place]);
            let side = if place < n_above {
                &mut above
            } else {
                &mut below
            };
            let weighted = unit.checked_mul(found.sum.sum);
            let sum = weighted.and_then(|weighted| side.checked_add(weighted));
            // What does not fit is no number, as where a decimal can't hold it.
            *side = sum.ok_or(NoteCode::NotReported)?;
        }
        reported.check(n_rows)?;
        Ok((above, (!formula.denominator.is_empty()).then_some(below)))
    }
}

/// What the terms of one formula rest on: rows that differ, or currencies that do, would make a
/// wrong number.
pub(super) struct Reported<const N: usize> {
    /// The required measures' sums, the first `n_measures` of them.
    measures: [Option<(Component, ComponentSum)>; N],
    n_measures: usize,
    n_costs: u64,
    currency: Option<Currency>,
}

impl<const N: usize> Reported<N> {
    /// Nothing seen yet, of at most `N` terms.
    pub(super) fn new() -> Self {
        Self {
            measures: [None; N],
            n_measures: 0,
            n_costs: 0,
            currency: None,
        }
    }

    pub(super) fn see(&mut self, term: &Term, found: Found) -> Result<(), NoteCode> {
        match (self.currency, found.currency) {
            (Some(one), Some(other)) if one != other => return Err(NoteCode::MixedCurrency),
            (None, Some(_)) => self.currency = found.currency,
            _ => {}
        }
        match term.component {
            Component::Measure(_) if term.required => {
                self.measures[self.n_measures] = Some((term.component, found.sum));
                self.n_measures += 1;
            }
            Component::Measure(_) => {}
            Component::Cost(_) => self.n_costs += found.sum.count,
        }
        Ok(())
    }

    pub(super) fn check(&self, n_rows: u64) -> Result<(), NoteCode> {
        let measures = || self.measures[..self.n_measures].iter().flatten();
        let covers = |sum: &ComponentSum| (sum.count, sum.coverage);
        // The first of those that most rows reported; the others are held against it.
        let most = measures()
            .rev()
            .max_by_key(|(_, sum)| sum.count)
            .map_or((1, 0), |(_, sum)| covers(sum));
        // Where nothing ran, no media was spent: costs alone are the total cost.
        let is_spend = |component: Component| component == Component::Measure("spend");
        let only_costs = n_rows == 0
            && self.n_costs > 0
            && measures().all(|(component, _)| is_spend(*component));
        if most.0 == 0 && !only_costs {
            return Err(NoteCode::NotReported);
        }
        match measures().find(|(_, sum)| covers(sum) != most) {
            None => Ok(()),
            Some((Component::Measure("cogs"), _)) => Err(NoteCode::CogsMissing),
            Some(_) => Err(NoteCode::ComponentMissing),
        }
    }
}

/// Brings a stored unit to millionths: counts are whole, the rest is stored in millionths.
pub(super) fn millionths_per_unit(component: Component) -> i64 {
    match component {
        Component::Measure(
            "conversions" | "rating_sum" | "spend" | "revenue" | "refunds" | "cogs",
        )
        | Component::Cost(_) => 1,
        Component::Measure(_) => MICROS,
    }
}

/// The value of a sum in `parts` of a millionth each, rounded to millionths half away from zero.
fn value_of_sum(unit: Unit, sum: i128, parts: i128) -> MetricCell {
    let (whole, rest) = (sum / parts, sum % parts);
    let away = if rest.abs() >= parts - rest.abs() {
        rest.signum()
    } else {
        0
    };
    let millionths = whole + away;
    let value = match unit {
        Unit::Count => Some(Value::Count(millionths / i128::from(MICROS))),
        Unit::Conversions
        | Unit::Money
        | Unit::MoneyPerEvent
        | Unit::EventsPerMoney
        | Unit::Ratio => decimal_of_micros(millionths).map(Value::Decimal),
    };
    value.map_or(MetricCell::null(NoteCode::NotReported), MetricCell::of)
}

/// The value of a quotient whose denominator is not zero.
fn value_of_quotient(unit: Unit, factor: i64, numerator: i128, denominator: i128) -> MetricCell {
    let quotient = exact_quotient(factor, numerator, denominator)
        .or_else(|| quotient_of_sums(factor, numerator, denominator));
    let Some(quotient) = quotient else {
        return MetricCell::null(NoteCode::NotReported);
    };
    let value = if unit == Unit::Ratio {
        Value::Ratio(quotient)
    } else {
        Value::Decimal(quotient)
    };
    MetricCell::of(value)
}

/// The quotient in whole numbers, several times faster than in decimals; `None` when a step does
/// not fit 128 bits.
pub(super) fn exact_quotient(factor: i64, numerator: i128, denominator: i128) -> Option<Decimal> {
    let scaled = numerator.checked_mul(i128::from(factor).checked_mul(QUOTIENT_UNIT)?)?;
    let (whole, rest) = (scaled / denominator, scaled % denominator);
    // Half away from zero: the rest has the sign of the dividend.
    let rounds_up = rest.unsigned_abs() >= denominator.unsigned_abs() - rest.unsigned_abs();
    let away = if rounds_up && rest != 0 {
        scaled.signum() * denominator.signum()
    } else {
        0
    };
    let (mut quotient, mut scale) = (whole + away, QUOTIENT_SCALE);
    while scale > 0 && quotient % 10 == 0 {
        quotient /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(quotient, scale).ok()
}

fn quotient_of_sums(factor: i64, numerator: i128, denominator: i128) -> Option<Decimal> {
    let above = decimal_near_micros(numerator).checked_mul(Decimal::from(factor))?;
    decimal_quotient(above, decimal_near_micros(denominator))
}

/// Millionths as a decimal, rounded to 28 figures where there are more.
pub(super) fn decimal_near_micros(millionths: i128) -> Decimal {
    decimal_near(millionths, MICROS_PLACES)
}

/// A quotient rounded as metrics are: to ten places, half away from zero. `None` when it does not
/// fit a decimal or the denominator is zero.
pub(crate) fn decimal_quotient(above: Decimal, below: Decimal) -> Option<Decimal> {
    let quotient = above.checked_div(below)?;
    let rounded =
        quotient.round_dp_with_strategy(QUOTIENT_SCALE, RoundingStrategy::MidpointAwayFromZero);
    Some(rounded.normalize())
}

#[cfg(test)]
mod tests;
