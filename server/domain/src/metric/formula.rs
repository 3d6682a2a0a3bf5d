//! Formulas as data, and their one evaluation.

use super::NoteCode;
use super::catalogue::{Metric, Unit};
use crate::money::{Currency, Decimal, MICROS, RoundingStrategy, decimal_of_micros};

/// How many decimal places a quotient is rounded to, half away from zero.
const QUOTIENT_SCALE: u32 = 10;

/// Something that adds up, of which metrics are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// The measure of this name in the dataset that is read.
    Measure(&'static str),
    /// The accrued costs of this kind, from the dataset `costs`; none recorded means zero.
    Cost(&'static str),
}

impl Component {
    /// Whether its number depends on the attribution window of its facts.
    pub fn is_attributed(self) -> bool {
        matches!(
            self,
            Self::Measure("conversions" | "revenue" | "refunds" | "cogs")
        )
    }
}

/// A weighted component of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The weight: 1 or -1.
    pub weight: i32,
    /// What is weighted.
    pub component: Component,
    /// Whether the metric is null where rows lack it; an optional one counts as zero.
    pub required: bool,
}

/// A metric's formula: `factor` x numerator / denominator; an empty denominator is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formula {
    /// A constant: 1000 for cpm, else 1.
    pub factor: i64,
    /// The sum above the line.
    pub numerator: &'static [Term],
    /// The sum below the line.
    pub denominator: &'static [Term],
}

impl Formula {
    /// Every term, above the line and below.
    pub fn terms(&self) -> impl Iterator<Item = &'static Term> {
        self.numerator.iter().chain(self.denominator)
    }
}

/// What is known of one component in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComponentSum {
    /// The sum, in the component's stored unit.
    pub sum: i128,
    /// How many rows reported it.
    pub count: u64,
    /// Which rows those were, as far as partial sums tell: the sum over them of a hash of their
    /// partial group. Components that cover the same rows have equal coverage.
    pub coverage: u64,
}

/// A component's sum with the currency that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// The sum.
    pub sum: ComponentSum,
    /// The currency of money; `None` for counts, and where nothing was found.
    pub currency: Option<Currency>,
}

impl ComponentSum {
    /// Adds another group's sum to this one.
    pub fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
        self.coverage = self.coverage.wrapping_add(other.coverage);
    }
}

/// Where an evaluation finds its components.
pub trait Components {
    /// The sum of a component in the group at hand, or why there is none.
    fn component(&self, component: Component) -> Result<Found, NoteCode>;

    /// How many rows of facts the group at hand has; one that only costs fall into has none.
    fn n_rows(&self) -> u64;
}

/// A metric's value in its wire form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A whole number of events.
    Count(i128),
    /// An exact decimal: money or conversions.
    Decimal(Decimal),
    /// A quotient without unit, rounded to ten places; 0.25 means 25 %.
    Ratio(Decimal),
}

impl Value {
    /// The value as a decimal, for ordering.
    pub fn decimal(self) -> Decimal {
        match self {
            Self::Count(count) => {
                Decimal::try_from_i128_with_scale(count, 0).unwrap_or(Decimal::MAX)
            }
            Self::Decimal(amount) | Self::Ratio(amount) => amount,
        }
    }
}

/// One cell of an answer: a value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricCell {
    /// The value; `None` comes with a note.
    pub value: Option<Value>,
    /// The reason or caveat.
    pub note: Option<NoteCode>,
}

impl MetricCell {
    fn null(note: NoteCode) -> Self {
        Self {
            value: None,
            note: Some(note),
        }
    }
}

/// The metric's value from the components of one group.
pub fn evaluate(metric: Metric, components: &impl Components) -> MetricCell {
    let definition = metric.definition();
    match weighted_sums(&definition.formula, components) {
        Err(note) => MetricCell::null(note),
        Ok((numerator, None)) => {
            let mut cell = value_of_sum(definition.unit, numerator);
            if cell.value.is_some() && is_partial(metric, components) {
                cell.note = Some(NoteCode::Partial);
            }
            cell
        }
        Ok((numerator, Some(denominator))) => value_of_quotient(
            definition.unit,
            definition.formula.factor,
            numerator,
            denominator,
        ),
    }
}

/// Whether a measure is reported by some rows of the group but not by all.
fn is_partial(metric: Metric, components: &impl Components) -> bool {
    let measure = metric.measure().map(Component::Measure);
    let found = measure.and_then(|measure| components.component(measure).ok());
    found.is_some_and(|found| found.sum.count < components.n_rows())
}

/// The sums above and below the line in millionths, if nothing that is needed lacks.
fn weighted_sums(
    formula: &Formula,
    components: &impl Components,
) -> Result<(i128, Option<i128>), NoteCode> {
    let mut reported = Reported::default();
    let mut sum_of = |terms: &[Term]| -> Result<i128, NoteCode> {
        let mut total = 0_i128;
        for term in terms {
            let found = components.component(term.component)?;
            reported.see(term, found)?;
            total += i128::from(term.weight)
                * found.sum.sum
                * i128::from(millionths_per_unit(term.component));
        }
        Ok(total)
    };
    let numerator = sum_of(formula.numerator)?;
    let denominator = match formula.denominator {
        [] => None,
        terms => Some(sum_of(terms)?),
    };
    reported.check(components.n_rows())?;
    Ok((numerator, denominator))
}

/// What the terms of one formula rest on: rows that differ, or currencies that do, would make a
/// wrong number.
#[derive(Default)]
struct Reported {
    measures: Vec<(Component, ComponentSum)>,
    n_costs: u64,
    currency: Option<Currency>,
}

impl Reported {
    fn see(&mut self, term: &Term, found: Found) -> Result<(), NoteCode> {
        match (self.currency, found.currency) {
            (Some(one), Some(other)) if one != other => return Err(NoteCode::MixedCurrency),
            (None, Some(_)) => self.currency = found.currency,
            _ => {}
        }
        match term.component {
            Component::Measure(_) if term.required => {
                self.measures.push((term.component, found.sum));
            }
            Component::Measure(_) => {}
            Component::Cost(_) => self.n_costs += found.sum.count,
        }
        Ok(())
    }

    fn check(&self, n_rows: u64) -> Result<(), NoteCode> {
        let covers = |sum: &ComponentSum| (sum.count, sum.coverage);
        // The first of those that most rows reported; the others are held against it.
        let most = self
            .measures
            .iter()
            .rev()
            .max_by_key(|(_, sum)| sum.count)
            .map_or((1, 0), |(_, sum)| covers(sum));
        // Where nothing ran, no media was spent: costs alone are the total cost.
        let only_spend = self
            .measures
            .iter()
            .all(|(component, _)| *component == Component::Measure("spend"));
        let only_costs = n_rows == 0 && self.n_costs > 0 && only_spend;
        if most.0 == 0 && !only_costs {
            return Err(NoteCode::NotReported);
        }
        match self.measures.iter().find(|(_, sum)| covers(sum) != most) {
            None => Ok(()),
            Some((Component::Measure("cogs"), _)) => Err(NoteCode::CogsMissing),
            Some(_) => Err(NoteCode::ComponentMissing),
        }
    }
}

/// Brings a stored unit to millionths: counts are whole, the rest is stored in millionths.
fn millionths_per_unit(component: Component) -> i64 {
    match component {
        Component::Measure("conversions" | "spend" | "revenue" | "refunds" | "cogs")
        | Component::Cost(_) => 1,
        Component::Measure(_) => MICROS,
    }
}

fn value_of_sum(unit: Unit, millionths: i128) -> MetricCell {
    let value = match unit {
        Unit::Count => Some(Value::Count(millionths / i128::from(MICROS))),
        Unit::Conversions | Unit::Money | Unit::MoneyPerEvent | Unit::Ratio => {
            decimal_of_micros(millionths).map(Value::Decimal)
        }
    };
    value.map_or(MetricCell::null(NoteCode::NotReported), |value| {
        MetricCell {
            value: Some(value),
            note: None,
        }
    })
}

fn value_of_quotient(unit: Unit, factor: i64, numerator: i128, denominator: i128) -> MetricCell {
    if denominator == 0 {
        return MetricCell::null(NoteCode::ZeroDenominator);
    }
    let quotient = decimal_of_micros(numerator)
        .and_then(|above| above.checked_mul(Decimal::from(factor)))
        .zip(decimal_of_micros(denominator))
        .and_then(|(above, below)| above.checked_div(below))
        .map(|quotient| {
            quotient
                .round_dp_with_strategy(QUOTIENT_SCALE, RoundingStrategy::MidpointAwayFromZero)
                .normalize()
        });
    let Some(quotient) = quotient else {
        return MetricCell::null(NoteCode::NotReported);
    };
    let value = if unit == Unit::Ratio {
        Value::Ratio(quotient)
    } else {
        Value::Decimal(quotient)
    };
    MetricCell {
        value: Some(value),
        note: None,
    }
}

#[cfg(test)]
mod tests;
