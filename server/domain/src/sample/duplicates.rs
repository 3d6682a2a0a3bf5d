//! Two rows of one key in one batch: refused with both lines, unless the caller says how they
//! come to one.

use std::cmp::Ordering;

use super::problem::{LineProblem, ProblemCode};
use super::row::LinedFact;
use crate::closed_words;
use crate::dataset::{Dataset, MeasureKind};
use crate::fact::Fact;

closed_words! {
    /// What becomes of rows that share a key within one batch.
    pub enum Duplicates, "a rule for duplicates" {
        /// All of them are refused.
        Reject => "reject",
        /// Their measures are added; hourly rows become their day's.
        Sum => "sum",
        /// The last one in the file counts.
        Last => "last",
    }
}

/// Sorts the facts of a batch by key and makes keys distinct by the rule.
///
/// Returns the facts in key order and one problem for each row that is refused: every other row
/// is in, as a fact of its own or as a part of one.
pub fn settle_duplicates(
    dataset: &Dataset,
    mut facts: Vec<LinedFact>,
    rule: Duplicates,
) -> (Vec<Fact>, Vec<LineProblem>) {
    facts.sort_by(|a, b| match a.fact.key.cmp(&b.fact.key) {
        Ordering::Equal => a.line.cmp(&b.line),
        unequal => unequal,
    });
    let mut kept = Vec::with_capacity(facts.len());
    let mut problems = Vec::new();
    for twins in facts.chunk_by(|a, b| a.fact.key == b.fact.key) {
        match (twins, rule) {
            ([only], _) => kept.push(only.fact.clone()),
            (twins, Duplicates::Last) => kept.extend(twins.last().map(|twin| twin.fact.clone())),
            (twins, Duplicates::Sum) => match sum(dataset, twins) {
                Ok(fact) => kept.push(fact),
                Err((column, message)) => problems.extend(twins.iter().map(|twin| {
                    LineProblem::in_column(twin.line, column, ProblemCode::TooLarge, &*message)
                })),
            },
            (twins, Duplicates::Reject) => problems.extend(refuse(twins)),
        }
    }
    problems.sort_by_key(|problem| problem.line);
    (kept, problems)
}

fn refuse(twins: &[LinedFact]) -> impl Iterator<Item = LineProblem> {
    let (first, second) = (twins[0].line, twins[1].line);
    twins.iter().map(move |twin| {
        let other = if twin.line == first { second } else { first };
        let message = format!(
            "line {} has the same key as line {other}; send one row a key, or `duplicates=sum` or `duplicates=last`",
            twin.line,
        );
        LineProblem::of_line(twin.line, ProblemCode::DuplicateKey, message)
    })
}

/// The rows as one; else the measure whose sum has no place, and what is to be said of it.
fn sum(dataset: &Dataset, twins: &[LinedFact]) -> Result<Fact, (&'static str, String)> {
    let mut total = twins[0].fact.clone();
    for twin in &twins[1..] {
        for (index, measure) in dataset.measures.iter().enumerate() {
            let (left, right) = (total.measures[index], twin.fact.measures[index]);
            total.measures[index] = match (left, right, measure.kind) {
                (left, right, MeasureKind::Choice(_)) => right.or(left),
                (Some(left), Some(right), _) => Some(left.checked_add(right).ok_or_else(|| {
                    let message = format!(
                        "the sum of `{}` over the rows of this key is too large",
                        measure.name
                    );
                    (measure.name, message)
                })?),
                (left, right, _) => left.or(right),
            };
        }
    }
    Ok(total)
}
