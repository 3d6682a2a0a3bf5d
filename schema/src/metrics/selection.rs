//! The look-ahead: which metrics and dimensions a client selected as fields under `rows` and
//! `totals`.
//!
//! Fragments, aliases, `@skip` and `@include` make no difference: the executor has removed what is
//! skipped before a resolver runs, and fields go by their names.

use async_graphql::SelectionField;
use bellwether_domain::metric::Metric;
use bellwether_domain::query::{Dimension, SelectedField};

/// The field of an object that is a row about it.
const OF_OBJECT: &str = "metrics";

/// What of an answer's rows and totals is selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// The metrics, each once, with the place where it is first selected.
    pub(crate) metrics: Vec<SelectedField<Metric>>,
    /// The dimensions selected under `rows` or in an object's row; totals have none.
    pub(crate) dimensions: Vec<SelectedField<Dimension>>,
    /// Whether `rows` are selected, whose pages are shorter than those of a table.
    pub(crate) has_rows: bool,
}

impl Selection {
    /// What is selected under a field of type `MetricsResult`.
    pub(crate) fn of(result: SelectionField<'_>) -> Self {
        let mut selection = Self::default();
        for part in result.selection_set() {
            let part_name = part.name();
            if !matches!(part_name, "rows" | "totals") {
                continue;
            }
            selection.has_rows |= part_name == "rows";
            for field in part.selection_set() {
                selection.add(part_name, field.name());
                if matches!(field.name(), "previous" | "delta" | "deltaRatio") {
                    let part_name = format!("{part_name}.{}", field.name());
                    for field in field.selection_set() {
                        selection.add(&part_name, field.name());
                    }
                }
            }
        }
        selection
    }

    /// What is selected under a field of type `MetricsRow` of an object.
    pub(crate) fn of_row(row: SelectionField<'_>) -> Self {
        let mut selection = Self::default();
        for field in row.selection_set() {
            selection.add(OF_OBJECT, field.name());
            if matches!(field.name(), "previous" | "delta" | "deltaRatio") {
                let part = format!("{OF_OBJECT}.{}", field.name());
                for field in field.selection_set() {
                    selection.add(&part, field.name());
                }
            }
        }
        selection
    }

    fn add(&mut self, part: &str, field: &str) {
        let path = format!("{part}.{field}");
        if let Some(what) = metric_of_field(field) {
            if !self.metrics.iter().any(|known| known.what == what) {
                self.metrics.push(SelectedField { what, path });
            }
        } else if let Some(what) =
            dimension_of_field(field).filter(|_| matches!(part, "rows" | OF_OBJECT))
            && !self.dimensions.iter().any(|known| known.what == what)
        {
            self.dimensions.push(SelectedField { what, path });
        }
    }
}

/// The name of a metric's field in `MetricsRow`: its word in camel case.
pub(crate) fn field_of_metric(metric: Metric) -> String {
    let mut name = String::new();
    for (index, part) in metric.as_str().split('_').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if index > 0 => name.push(first.to_ascii_uppercase()),
            Some(first) => name.push(first),
            None => {}
        }
        name.push_str(letters.as_str());
    }
    name
}

fn metric_of_field(field: &str) -> Option<Metric> {
    Metric::ALL
        .iter()
        .copied()
        .find(|metric| field_of_metric(*metric) == field)
}

fn dimension_of_field(field: &str) -> Option<Dimension> {
    Dimension::ALL.iter().copied().find(|dimension| {
        dimension
            .columns()
            .iter()
            .any(|column| column.field == field)
    })
}
