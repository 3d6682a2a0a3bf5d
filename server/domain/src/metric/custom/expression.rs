//! A formula as a tree, and its one way to be written.

use std::fmt::{Display, Formatter, Result};

use crate::metric::Metric;
use crate::money::{Decimal, MICROS};

/// A formula, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression<Name = Metric> {
    /// A number in millionths; never below zero, for that is a negation.
    Number(i64),
    /// A metric.
    Metric(Name),
    /// A part with the other sign.
    Negated(Box<Self>),
    /// Two parts joined.
    Joined(Operator, Box<Self>, Box<Self>),
}

/// What joins two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }

    /// How tightly it binds.
    const fn strength(self) -> u8 {
        match self {
            Self::Add | Self::Subtract => 1,
            Self::Multiply | Self::Divide => 2,
        }
    }
}

/// How tightly a sign binds: it stands before a number, a name or a bracket.
const STRENGTH_OF_SIGN: u8 = 3;

/// How tightly a number, a name or a bracket holds together.
const STRENGTH_OF_OPERAND: u8 = 4;

impl<Name> Expression<Name> {
    /// The numbers and names in it, however often they come.
    pub(super) fn n_terms(&self) -> usize {
        match self {
            Self::Number(_) | Self::Metric(_) => 1,
            Self::Negated(part) => part.n_terms(),
            Self::Joined(_, left, right) => left.n_terms() + right.n_terms(),
        }
    }

    /// The same tree with every name looked up.
    pub(super) fn named<Other, E>(
        self,
        find: &impl Fn(Name) -> std::result::Result<Other, E>,
    ) -> std::result::Result<Expression<Other>, E> {
        Ok(match self {
            Self::Number(millionths) => Expression::Number(millionths),
            Self::Metric(name) => Expression::Metric(find(name)?),
            Self::Negated(part) => Expression::Negated(Box::new(part.named(find)?)),
            Self::Joined(operator, left, right) => Expression::Joined(
                operator,
                Box::new(left.named(find)?),
                Box::new(right.named(find)?),
            ),
        })
    }

    const fn strength(&self) -> u8 {
        match self {
            Self::Number(_) | Self::Metric(_) => STRENGTH_OF_OPERAND,
            Self::Negated(_) => STRENGTH_OF_SIGN,
            Self::Joined(operator, ..) => operator.strength(),
        }
    }
}

impl Expression {
    /// The metrics in it, sorted and distinct.
    pub(super) fn metrics(&self) -> Vec<Metric> {
        let mut metrics = Vec::new();
        self.collect_metrics(&mut metrics);
        metrics.sort_unstable();
        metrics.dedup();
        metrics
    }

    fn collect_metrics(&self, into: &mut Vec<Metric>) {
        match self {
            Self::Number(_) => {}
            Self::Metric(metric) => into.push(*metric),
            Self::Negated(part) => part.collect_metrics(into),
            Self::Joined(_, left, right) => {
                left.collect_metrics(into);
                right.collect_metrics(into);
            }
        }
    }

    /// Writes a part, in brackets when it binds less tightly than its place needs.
    fn write_part(&self, f: &mut Formatter<'_>, strength_min: u8) -> Result {
        if self.strength() < strength_min {
            write!(f, "({self})")
        } else {
            write!(f, "{self}")
        }
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Number(millionths) => {
                let number = Decimal::from(*millionths) / Decimal::from(MICROS);
                write!(f, "{}", number.normalize())
            }
            Self::Metric(metric) => write!(f, "{metric}"),
            Self::Negated(part) => {
                f.write_str("-")?;
                part.write_part(f, STRENGTH_OF_OPERAND)
            }
            Self::Joined(operator, left, right) => {
                let strength = operator.strength();
                left.write_part(f, strength)?;
                write!(f, " {} ", operator.symbol())?;
                // `a - (b - c)` is not `a - b - c`.
                right.write_part(f, strength + 1)
            }
        }
    }
}
