//! The cells of groups: every metric of a query, evaluated from the sums of one range.

use std::sync::Arc;

use super::sums::{GroupSums, PieceSums};
use super::tally::RowKey;
use crate::dataset::Dataset;
use crate::metric::{
    Component, ComponentSum, CustomMetric, Evaluator, Fineness, Found, MetricCell, NoteCode,
};
use crate::money::Currency;
use crate::provisional::Moving;
use crate::query::{Fill, MetricColumn, MetricQuery};

/// What is found of every component in a period that is filled with zeros.
const NOTHING_HAPPENED: Found = Found {
    sum: ComponentSum {
        sum: 0,
        count: 1,
        coverage: 1,
    },
    currency: None,
};

/// The metrics of a query over the groups of one range.
pub(super) struct Cells<'a> {
    query: &'a MetricQuery,
    pieces: PieceSums,
    columns: Vec<Column>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(query: &'a MetricQuery, sums: GroupSums) -> Self {
        let pieces = PieceSums::new(sums);
        let columns = query.columns();
        Self {
            columns: columns
                .map(|column| Column::new(column, query, &pieces))
                .collect(),
            query,
            pieces,
        }
    }

    /// The currency of a group's money; `None` when there is no money or several currencies.
    pub(super) fn currency(&self, group: usize) -> Option<Currency> {
        self.pieces.currency(group)
    }

    /// The cells of a group, in the order of the query's columns.
    pub(super) fn of(&self, group: usize, key: &RowKey) -> Vec<MetricCell> {
        let n_rows = self.pieces.n_rows(group);
        let standing = Standing::of(self.query, key, n_rows);
        let is_filled = self.query.fill == Fill::Zero && self.pieces.is_empty(group);
        let counted_rows = if is_filled { 1 } else { n_rows };
        let fineness = self.query.fineness();
        let moving = self.pieces.moving(group);
        let cell = |column: &Column| {
            let mut cell = column.rule.evaluate(counted_rows, fineness, |place| {
                standing.check()?;
                match column.terms[place] {
                    Term::At(_) if is_filled => Ok(NOTHING_HAPPENED),
                    Term::At(place) => self.pieces.found(group, place),
                    Term::NotAtThisGrain => Err(NoteCode::NotAtThisGrain),
                }
            });
            cell.is_provisional = cell.value.is_some() && column.may_move(moving);
            cell
        };
        self.columns.iter().map(cell).collect()
    }
}

/// A column of a query, with where each of its terms is found.
struct Column {
    rule: Rule,
    terms: Vec<Term>,
    /// Whether anything of it is reported by platforms, and whether that is attributed.
    is_reported: bool,
    is_attributed: bool,
}

/// How a column's cells are evaluated.
enum Rule {
    Metric(Box<Evaluator>),
    Custom(Arc<CustomMetric>),
}

impl Rule {
    fn components(&self) -> Vec<Component> {
        match self {
            Self::Metric(evaluator) => evaluator.components().collect(),
            Self::Custom(metric) => metric.draft.formula.components().to_vec(),
        }
    }

    fn evaluate(
        &self,
        n_rows: u64,
        fineness: Fineness,
        found: impl Fn(usize) -> Result<Found, NoteCode>,
    ) -> MetricCell {
        match self {
            Self::Metric(evaluator) => evaluator.evaluate(n_rows, fineness, found),
            Self::Custom(metric) => metric.draft.formula.evaluate(n_rows, fineness, found),
        }
    }
}

/// Where a term's sum is found.
#[derive(Clone, Copy)]
enum Term {
    /// In the column at this place.
    At(usize),
    /// Nowhere: the dataset can't know it.
    NotAtThisGrain,
}

impl Column {
    fn new(column: MetricColumn, query: &MetricQuery, pieces: &PieceSums) -> Self {
        let rule = match column {
            MetricColumn::Metric(metric) => {
                let evaluator = Evaluator::new(metric);
                Rule::Metric(Box::new(evaluator.assuming(query.assumed_margin)))
            }
            MetricColumn::Custom(place) => Rule::Custom(Arc::clone(&query.custom_metrics[place])),
        };
        let term = |component: Component| {
            let known = component.is_known_in(query.dataset);
            let place = pieces.place_of(component).filter(|_| known);
            place.map_or(Term::NotAtThisGrain, Term::At)
        };
        let components = rule.components();
        Self {
            is_reported: components
                .iter()
                .any(|it| matches!(it, Component::Measure(_))),
            is_attributed: components.iter().any(|it| it.is_attributed()),
            terms: components.into_iter().map(term).collect(),
            rule,
        }
    }

    fn may_move(&self, moving: Moving) -> bool {
        let attributed = self.is_attributed && moving.attributed;
        (self.is_reported && moving.delivery) || attributed
    }
}

/// Whether the numbers of a row can stand at all, where the dataset's rows don't add up.
#[derive(Clone, Copy)]
struct Standing(Result<(), NoteCode>);

impl Standing {
    /// A row stands when it is of one campaign whose report is of exactly its period; a total over
    /// several periods is of none that was reported.
    fn of(query: &MetricQuery, key: &RowKey, n_rows: u64) -> Self {
        let is_of_one_campaign = key.campaign.is_some() || query.is_of_one_campaign();
        let is_of_one_period = key.period.is_some() || query.grain.is_none();
        let is_one = is_of_one_campaign && is_of_one_period;
        Self(match (Dataset::of(query.dataset).adds_up, is_one, n_rows) {
            (true, ..) | (false, true, 1..) => Ok(()),
            (false, false, _) => Err(NoteCode::NotAdditive),
            (false, true, 0) => Err(NoteCode::NotReportedForPeriod),
        })
    }

    fn check(self) -> Result<(), NoteCode> {
        self.0
    }
}
