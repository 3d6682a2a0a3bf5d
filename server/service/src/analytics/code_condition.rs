//! What must hold of a sum's codes: a condition over dimensions of facts, ready to be decided for
//! many sums.

use bellwether_domain::codes::CodeTable;
use bellwether_domain::query::{Condition, Dimension, Test};

/// A condition over codes.
#[derive(Debug)]
pub(super) enum CodeCondition {
    /// The code at this place passes: by code, whether it does. Codes beyond don't.
    Passes(usize, Vec<bool>),
    /// All of these hold.
    All(Vec<CodeCondition>),
    /// Any of these holds.
    Any(Vec<CodeCondition>),
    /// This does not hold.
    Not(Box<CodeCondition>),
}

impl CodeCondition {
    /// The condition over codes of these dimensions, in this order. A test of another subject
    /// never passes; there is none left where campaigns have decided theirs.
    pub(super) fn of(condition: &Condition, columns: &[Dimension], codes: &CodeTable) -> Self {
        let each = |inner: &[Condition]| -> Vec<Self> {
            let inner = inner.iter();
            inner.map(|it| Self::of(it, columns, codes)).collect()
        };
        match condition {
            Condition::Test(test) => Self::of_test(test, columns, codes),
            Condition::All(all) => Self::All(each(all)),
            Condition::Any(any) => Self::Any(each(any)),
            Condition::Not(not) => Self::Not(Box::new(Self::of(not, columns, codes))),
        }
    }

    fn of_test(test: &Test, columns: &[Dimension], codes: &CodeTable) -> Self {
        let dimension = test.subject.fact_dimension();
        let place = columns.iter().position(|column| Some(*column) == dimension);
        let column = dimension.and_then(Dimension::fact_column);
        match place.zip(column) {
            None => Self::Any(Vec::new()),
            Some((place, column)) => {
                let texts = codes.texts(column).iter();
                let passes = texts.map(|text| test.passes(text.as_deref()));
                Self::Passes(place, passes.collect())
            }
        }
    }

    /// Whether it holds of a sum with these codes.
    pub(super) fn holds(&self, codes: &[u32]) -> bool {
        match self {
            Self::Passes(place, passes) => {
                let code = codes.get(*place).map(|code| *code as usize);
                code.is_some_and(|code| passes.get(code).copied().unwrap_or(false))
            }
            Self::All(all) => all.iter().all(|inner| inner.holds(codes)),
            Self::Any(any) => any.iter().any(|inner| inner.holds(codes)),
            Self::Not(not) => !not.holds(codes),
        }
    }
}
