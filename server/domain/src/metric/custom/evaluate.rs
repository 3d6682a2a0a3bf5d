//! Computes a formula from the sums of its components: exactly in fractions, and where those don't
//! fit 128 bits, in decimals.

use super::compiled::CustomFormula;
use super::expression::{Expression, Operator};
use crate::metric::evaluate::{
    QUOTIENT_SCALE, Reported, decimal_near_micros, exact_quotient, millionths_per_unit,
};
use crate::metric::{Component, Fineness, Found, Metric, MetricCell, NoteCode, Term, Unit, Value};
use crate::money::{Decimal, MICROS, RoundingStrategy};

/// The most components of a formula: more than any dataset has.
const COMPONENTS_MAX: usize = 32;

/// A formula whose metrics are told by the places of their components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// A number in millionths.
    Number(i64),
    /// A metric: `factor` x above / below; an empty sum below is 1.
    Metric {
        factor: i64,
        above: Vec<Weighted>,
        below: Vec<Weighted>,
    },
    Negated(Box<Self>),
    Joined(Operator, Box<Self>, Box<Self>),
}

/// A component by its place, with what a stored unit of it counts in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weighted {
    place: usize,
    millionths: i64,
}

impl Node {
    /// The tree over these components, among which are all that its metrics need.
    pub(super) fn new(expression: &Expression, components: &[Component]) -> Self {
        let part = |part: &Expression| Box::new(Self::new(part, components));
        match expression {
            Expression::Number(millionths) => Self::Number(*millionths),
            Expression::Metric(metric) => {
                let formula = metric.definition().formula;
                Self::Metric {
                    factor: formula.factor,
                    above: weighted(formula.numerator, components),
                    below: weighted(formula.denominator, components),
                }
            }
            Expression::Negated(inner) => Self::Negated(part(inner)),
            Expression::Joined(operator, left, right) => {
                Self::Joined(*operator, part(left), part(right))
            }
        }
    }
}

impl Node {
    /// About how many bytes of memory it holds, itself included.
    pub(super) fn size_bytes(&self) -> usize {
        let parts = match self {
            Self::Number(_) => 0,
            Self::Metric { above, below, .. } => {
                size_of_val(above.as_slice()) + size_of_val(below.as_slice())
            }
            Self::Negated(part) => part.size_bytes(),
            Self::Joined(_, left, right) => left.size_bytes() + right.size_bytes(),
        };
        size_of::<Self>() + parts
    }
}

fn weighted(terms: &[Term], components: &[Component]) -> Vec<Weighted> {
    let place = |component: Component| components.iter().position(|it| *it == component);
    let weighted = terms.iter().filter_map(|term| {
        Some(Weighted {
            place: place(term.component)?,
            millionths: i64::from(term.weight) * millionths_per_unit(term.component),
        })
    });
    weighted.collect()
}

/// Which components rows must have. One that counts as none where it is absent, in the
/// catalogue's own formulas, does so here too, unless there is no other.
pub(super) fn required(components: &[Component]) -> Vec<bool> {
    let is_optional = |component: Component| {
        let mut formulas = Metric::ALL.iter().map(|metric| metric.definition().formula);
        formulas.any(|formula| {
            formula
                .terms()
                .any(|term| term.component == component && !term.required)
        })
    };
    let is_only = components.len() == 1;
    let required = components.iter().map(|it| is_only || !is_optional(*it));
    required.collect()
}

impl CustomFormula {
    /// The cell of a group with `n_rows` rows; `found` gives the sum of the component at a place
    /// of [`components`](Self::components), counted as `fineness` says.
    pub fn evaluate(
        &self,
        n_rows: u64,
        fineness: Fineness,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> MetricCell {
        match self.sums(n_rows, found) {
            Ok(sums) => self.value(&Sums::new(&sums, fineness)),
            Err(note) => MetricCell::null(note),
        }
    }

    /// The sum of each component, if nothing that is needed lacks.
    fn sums(
        &self,
        n_rows: u64,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> Result<Vec<i128>, NoteCode> {
        let mut reported = Reported::<COMPONENTS_MAX>::new();
        let mut sums = Vec::with_capacity(self.components().len());
        for (place, component) in self.components().iter().enumerate() {
            let found = found(place)?;
            let term = Term {
                weight: 1,
                component: *component,
                required: self.required[place],
            };
            reported.see(&term, found)?;
            sums.push(found.sum.sum);
        }
        reported.check(n_rows)?;
        Ok(sums)
    }

    fn value(&self, sums: &Sums<'_>) -> MetricCell {
        let value = match compute::<Fraction>(&self.node, sums) {
            Ok(fraction) => fraction.value(self.unit()),
            Err(Fault::ZeroDenominator) => return MetricCell::null(NoteCode::ZeroDenominator),
            Err(Fault::DoesNotFit) => None,
        };
        let value = value.map_or_else(|| self.rounded(sums), Ok);
        value.map_or_else(MetricCell::null, MetricCell::of)
    }

    fn rounded(&self, sums: &Sums<'_>) -> Result<Value, NoteCode> {
        match compute::<Decimal>(&self.node, sums) {
            Ok(value) => {
                let away = RoundingStrategy::MidpointAwayFromZero;
                let rounded = value.round_dp_with_strategy(QUOTIENT_SCALE, away);
                Ok(in_unit(self.unit(), rounded.normalize()))
            }
            Err(Fault::ZeroDenominator) => Err(NoteCode::ZeroDenominator),
            // A number that doesn't fit 96 bits is told as the catalogue's own metrics tell it.
            Err(Fault::DoesNotFit) => Err(NoteCode::NotReported),
        }
    }
}

fn in_unit(unit: Unit, value: Decimal) -> Value {
    match unit {
        Unit::Ratio => Value::Ratio(value),
        Unit::Count
        | Unit::Conversions
        | Unit::Money
        | Unit::MoneyPerEvent
        | Unit::EventsPerMoney => Value::Decimal(value),
    }
}

/// Whether an expression is zero whatever is reported, because no metric is in it.
pub(super) fn constant_is_zero(expression: &Expression) -> bool {
    if !expression.metrics().is_empty() {
        return false;
    }
    let computed = compute::<Fraction>(
        &Node::new(expression, &[]),
        &Sums::new(&[], Fineness::Stored),
    );
    computed.is_ok_and(|fraction| fraction.above == 0)
}

/// Why a value can't be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    ZeroDenominator,
    DoesNotFit,
}

/// A kind of number that formulas are computed in; `None` is what does not fit.
trait Quantity: Sized {
    /// `above / below`, of which the second is not zero.
    fn quotient(above: i128, below: i128) -> Option<Self>;
    fn is_zero(&self) -> bool;
    fn negated(self) -> Self;
    fn joined(self, operator: Operator, other: Self) -> Option<Self>;
}

/// The sums of components, and what a unit counts in them.
#[derive(Debug, Clone, Copy)]
struct Sums<'a> {
    by_place: &'a [i128],
    one: i128,
}

impl<'a> Sums<'a> {
    fn new(by_place: &'a [i128], fineness: Fineness) -> Self {
        let one = i128::from(MICROS) * fineness.parts();
        Self { by_place, one }
    }
}

fn compute<Q: Quantity>(node: &Node, sums: &Sums<'_>) -> Result<Q, Fault> {
    match node {
        Node::Number(millionths) => {
            let number = Q::quotient((*millionths).into(), MICROS.into());
            number.ok_or(Fault::DoesNotFit)
        }
        Node::Metric {
            factor,
            above,
            below,
        } => {
            let above = sum(above, sums.by_place).and_then(|sum| sum.checked_mul((*factor).into()));
            let below = if below.is_empty() {
                Some(sums.one)
            } else {
                sum(below, sums.by_place)
            };
            let (above, below) = above.zip(below).ok_or(Fault::DoesNotFit)?;
            if below == 0 {
                return Err(Fault::ZeroDenominator);
            }
            Q::quotient(above, below).ok_or(Fault::DoesNotFit)
        }
        Node::Negated(part) => Ok(compute::<Q>(part, sums)?.negated()),
        Node::Joined(operator, left, right) => {
            let (left, right) = (compute::<Q>(left, sums)?, compute::<Q>(right, sums)?);
            if *operator == Operator::Divide && right.is_zero() {
                return Err(Fault::ZeroDenominator);
            }
            left.joined(*operator, right).ok_or(Fault::DoesNotFit)
        }
    }
}

/// A weighted sum in millionths.
fn sum(terms: &[Weighted], sums: &[i128]) -> Option<i128> {
    terms.iter().try_fold(0_i128, |total, term| {
        total.checked_add(sums[term.place].checked_mul(term.millionths.into())?)
    })
}

/// An exact quotient in lowest terms; what is below the line is above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    fn value(self, unit: Unit) -> Option<Value> {
        if unit == Unit::Count && self.below == 1 {
            return Some(Value::Count(self.above));
        }
        Some(in_unit(unit, exact_quotient(1, self.above, self.below)?))
    }
}

impl Quantity for Fraction {
    fn quotient(above: i128, below: i128) -> Option<Self> {
        let divisor = i128::try_from(greatest_common_divisor(
            above.unsigned_abs(),
            below.unsigned_abs(),
        ));
        let divisor = divisor.ok()? * below.signum();
        Some(Self {
            above: above / divisor,
            below: below / divisor,
        })
    }

    fn is_zero(&self) -> bool {
        self.above == 0
    }

    fn negated(self) -> Self {
        Self {
            above: -self.above,
            ..self
        }
    }

    fn joined(self, operator: Operator, other: Self) -> Option<Self> {
        let (a, b) = (self, other);
        match operator {
            Operator::Multiply => {
                Self::quotient(a.above.checked_mul(b.above)?, a.below.checked_mul(b.below)?)
            }
            Operator::Divide => {
                Self::quotient(a.above.checked_mul(b.below)?, a.below.checked_mul(b.above)?)
            }
            Operator::Add => {
                let one = a.above.checked_mul(b.below)?;
                let other = b.above.checked_mul(a.below)?;
                Self::quotient(one.checked_add(other)?, a.below.checked_mul(b.below)?)
            }
            Operator::Subtract => a.joined(Operator::Add, b.negated()),
        }
    }
}

/// Euclid's; the second is not zero.
fn greatest_common_divisor(one: u128, other: u128) -> u128 {
    let (mut larger, mut smaller) = (one, other);
    while smaller != 0 {
        (larger, smaller) = (smaller, larger % smaller);
    }
    larger
}

impl Quantity for Decimal {
    fn quotient(above: i128, below: i128) -> Option<Self> {
        decimal_near_micros(above).checked_div(decimal_near_micros(below))
    }

    fn is_zero(&self) -> bool {
        Self::is_zero(self)
    }

    fn negated(self) -> Self {
        -self
    }

    fn joined(self, operator: Operator, other: Self) -> Option<Self> {
        match operator {
            Operator::Add => self.checked_add(other),
            Operator::Subtract => self.checked_sub(other),
            Operator::Multiply => self.checked_mul(other),
            Operator::Divide => self.checked_div(other),
        }
    }
}
