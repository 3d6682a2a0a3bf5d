//! What can be said of a formula before it is computed: what it counts, how its totals come about,
//! and whether any dataset can fill it.

use super::compiled::components_of;
use super::evaluate::constant_is_zero;
use super::expression::{Expression, Operator};
use crate::error_code::Refusal;
use crate::metric::{Metric, MetricClass, Unit};
use crate::query::ANSWERING;

/// The unit and the class of a formula, or what is wrong with it.
pub(super) fn check(
    expression: &Expression,
    metrics: &[Metric],
) -> Result<(Unit, MetricClass), Refusal> {
    if metrics.is_empty() {
        let message = "a formula needs at least one metric, such as `likes / impressions`";
        return Err(Refusal::invalid(message));
    }
    let is_deduplicated = refuse_reach_among_sums(metrics)?;
    refuse_apart(metrics)?;
    let counted = Counted::of(expression)?;
    let sum = Sum::of(expression);
    let is_whole = sum == Sum::OfMetrics { is_whole: true };
    let unit = counted.unit(is_whole).ok_or_else(|| {
        Refusal::invalid(format!(
            "the formula gives {}, which is nothing that reports tell; it has to come to events, money, money for each event, events for each unit of money, or a number without unit",
            counted.in_words()
        ))
    })?;
    let class = match sum {
        _ if is_deduplicated => MetricClass::Deduplicated,
        Sum::OfMetrics { .. } => MetricClass::Additive,
        Sum::Constant { .. } | Sum::No => MetricClass::Ratio,
    };
    Ok((unit, class))
}

/// Whether the formula is of people reached; refuses one that mixes them with what adds up.
fn refuse_reach_among_sums(metrics: &[Metric]) -> Result<bool, Refusal> {
    let is_deduplicated = |metric: &&Metric| metric.definition().class == MetricClass::Deduplicated;
    let reached = metrics.iter().find(is_deduplicated);
    let summed = metrics.iter().find(|metric| !is_deduplicated(metric));
    if let (Some(reached), Some(summed)) = (reached, summed) {
        return Err(Refusal::invalid(format!(
            "`{reached}` never adds up, so that it can't stand in a formula with `{summed}`, which does; `frequency` is impressions for each person reached"
        )));
    }
    Ok(reached.is_some())
}

/// Refuses metrics that no dataset has together.
fn refuse_apart(metrics: &[Metric]) -> Result<(), Refusal> {
    let components = components_of(metrics);
    let has_all = |dataset| components.iter().all(|it| it.is_known_in(dataset));
    if ANSWERING.into_iter().any(has_all) {
        return Ok(());
    }
    let places: Vec<String> = metrics
        .iter()
        .map(|metric| {
            let datasets = ANSWERING.into_iter().filter(|it| metric.is_known_in(*it));
            let datasets: Vec<String> = datasets.map(|it| format!("`{it}`")).collect();
            format!("`{metric}` is in {}", datasets.join(", "))
        })
        .collect();
    Err(Refusal::invalid(format!(
        "no dataset has all metrics of the formula, and one query reads one dataset: {}",
        places.join("; ")
    )))
}

/// What an expression counts, as powers of money and of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counted {
    money: i32,
    events: i32,
}

impl Counted {
    const NOTHING: Self = Self {
        money: 0,
        events: 0,
    };

    fn of(expression: &Expression) -> Result<Self, Refusal> {
        Ok(match expression {
            Expression::Number(_) => Self::NOTHING,
            Expression::Metric(metric) => Self::of_unit(metric.definition().unit),
            Expression::Negated(part) => Self::of(part)?,
            Expression::Joined(operator, left, right) => {
                let (one, other) = (Self::of(left)?, Self::of(right)?);
                if *operator == Operator::Divide && constant_is_zero(right) {
                    let message = format!("`{right}` is zero, and nothing can be divided by it");
                    return Err(Refusal::invalid(message));
                }
                match operator {
                    Operator::Multiply => one.times(other, 1),
                    Operator::Divide => one.times(other, -1),
                    Operator::Add | Operator::Subtract if one == other => one,
                    Operator::Add | Operator::Subtract => {
                        return Err(Refusal::invalid(format!(
                            "`{left}` is {} and `{right}` is {}; only like can be added to like",
                            one.in_words(),
                            other.in_words()
                        )));
                    }
                }
            }
        })
    }

    const fn of_unit(unit: Unit) -> Self {
        let (money, events) = match unit {
            Unit::Count | Unit::Conversions => (0, 1),
            Unit::Money => (1, 0),
            Unit::MoneyPerEvent => (1, -1),
            Unit::EventsPerMoney => (-1, 1),
            Unit::Ratio => (0, 0),
        };
        Self { money, events }
    }

    const fn times(self, other: Self, power: i32) -> Self {
        Self {
            money: self.money + power * other.money,
            events: self.events + power * other.events,
        }
    }

    /// The unit of such a quantity, if metrics have one; `is_whole` is whether it is a sum of
    /// metrics, each some whole times.
    fn unit(self, is_whole: bool) -> Option<Unit> {
        Some(match (self.money, self.events) {
            (0, 0) => Unit::Ratio,
            (0, 1) if is_whole => Unit::Count,
            (0, 1) => Unit::Conversions,
            (1, 0) => Unit::Money,
            (1, -1) => Unit::MoneyPerEvent,
            (-1, 1) => Unit::EventsPerMoney,
            _ => return None,
        })
    }

    fn in_words(self) -> String {
        let power = |name: &str, power: i32| match power {
            1 => name.to_owned(),
            power => format!("{name} to the power of {power}"),
        };
        match (self.money, self.events) {
            (0, 0) => "a number without unit".to_owned(),
            (1, -1) => "money for each event".to_owned(),
            (-1, 1) => "events for each unit of money".to_owned(),
            (0, events) => power("events", events),
            (money, 0) => power("money", money),
            (money, events) => {
                format!(
                    "{} times {}",
                    power("money", money),
                    power("events", events)
                )
            }
        }
    }
}

/// Whether an expression is a weighted sum of metrics that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sum {
    /// A number, whole or not.
    Constant { is_whole: bool },
    /// Such a sum; `is_whole` when whole events are each taken some whole times.
    OfMetrics { is_whole: bool },
    /// Neither.
    No,
}

impl Sum {
    fn of(expression: &Expression) -> Self {
        match expression {
            Expression::Number(millionths) => Self::Constant {
                is_whole: millionths % crate::money::MICROS == 0,
            },
            Expression::Metric(metric) => {
                let definition = metric.definition();
                match definition.class {
                    MetricClass::Additive => Self::OfMetrics {
                        is_whole: definition.unit == Unit::Count,
                    },
                    MetricClass::Ratio | MetricClass::Deduplicated => Self::No,
                }
            }
            Expression::Negated(part) => Self::of(part),
            Expression::Joined(operator, left, right) => {
                Self::of(left).joined(*operator, Self::of(right))
            }
        }
    }

    fn joined(self, operator: Operator, other: Self) -> Self {
        use Operator::{Add, Divide, Multiply, Subtract};
        use Sum::{Constant, OfMetrics};
        match (operator, self, other) {
            (Add | Subtract | Multiply, Constant { is_whole: a }, Constant { is_whole: b }) => {
                Constant { is_whole: a && b }
            }
            (Divide, Constant { .. }, Constant { .. }) => Constant { is_whole: false },
            (Add | Subtract, OfMetrics { is_whole: a }, OfMetrics { is_whole: b })
            | (Multiply, OfMetrics { is_whole: a }, Constant { is_whole: b })
            | (Multiply, Constant { is_whole: a }, OfMetrics { is_whole: b }) => {
                OfMetrics { is_whole: a && b }
            }
            (Divide, OfMetrics { .. }, Constant { .. }) => OfMetrics { is_whole: false },
            _ => Self::No,
        }
    }
}
