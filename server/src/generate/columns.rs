//! How a generated row is laid out in the columns of a dataset.
//!
//! Invariant: the columns are the dataset's own, in its order; one that this generator doesn't
//! know stays empty.

use std::sync::Arc;

use bellwether_domain::dataset::{Dataset, MeasureKind};
use bellwether_domain::fact::Text;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::Date;

use super::funnel::Measures;
use super::row::{OwnedCell, Row};

/// One row before it is laid out in a dataset's columns.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    pub(super) day: Date,
    pub(super) campaign: Text,
    /// Texts of the key dimensions given, by the dimension's name.
    pub(super) texts: Vec<(&'static str, Text)>,
    pub(super) measures: Measures,
}

/// Where one column of a dataset comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    Day,
    Campaign,
    Text(&'static str),
    Count(usize),
    Conversions(usize),
    Money(usize),
    Nothing,
}

/// The columns of a dataset, matched once with where they come from.
#[derive(Debug)]
pub(super) struct Columns(Vec<Source>);

impl Columns {
    /// The dataset's columns in its order.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let source = |name| Self::source(dataset, name);
        Self(dataset.column_names().into_iter().map(source).collect())
    }

    fn source(dataset: &Dataset, name: &'static str) -> Source {
        let held = Measures::index_of(name);
        let measure = dataset
            .measure_index(name)
            .map(|index| dataset.measures[index].kind);
        match (measure, held) {
            (Some(MeasureKind::Count), Some(index)) => Source::Count(index),
            (Some(MeasureKind::Conversions), Some(index)) => Source::Conversions(index),
            (Some(MeasureKind::Money), Some(index)) => Source::Money(index),
            _ if name == "date" => Source::Day,
            _ if name == "campaign" => Source::Campaign,
            _ if dataset.dimension_index(name).is_some() => Source::Text(name),
            _ => Source::Nothing,
        }
    }

    /// The row as the dataset's columns.
    pub(super) fn row(&self, reported: &Reported) -> Row {
        Row(self
            .0
            .iter()
            .map(|source| cell(*source, reported))
            .collect())
    }
}

fn cell(source: Source, reported: &Reported) -> OwnedCell {
    let value = |index| reported.measures.value(index);
    match source {
        Source::Day => OwnedCell::Date(reported.day),
        Source::Campaign => OwnedCell::Text(Arc::clone(&reported.campaign)),
        Source::Text(name) => {
            let given = reported.texts.iter().find(|(known, _)| *known == name);
            OwnedCell::text(given.map(|(_, text)| text))
        }
        Source::Count(index) => OwnedCell::Integer(value(index)),
        Source::Conversions(index) => OwnedCell::Decimal(Decimal::new(value(index), 2).normalize()),
        Source::Money(index) => OwnedCell::Decimal(Decimal::new(value(index), 2)),
        Source::Nothing => OwnedCell::Missing,
    }
}
