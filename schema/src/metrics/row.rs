//! One row of an answer, every metric as a typed field.
//!
//! The look-ahead has put every selected metric into the question, so a field's cell is there; a
//! metric that was not asked for would be null.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use bellwether_domain::answer::Row;
use bellwether_domain::metric::{Metric, MetricCell, NoteCode as DomainNote};
use bellwether_domain::query::CellPart;

use super::answer::AnswerPage;
use super::fields::with_metric_fields;
use super::values::{FromCell, MetricsRatios, MetricsValues};
use crate::refusal::resolver_error;
use crate::scalars::{Count, Date, Decimal};
use crate::words::{self, Dimension, NoteCode, Platform, TotalsLevel};

/// A row of an answer.
#[derive(Debug, Clone)]
pub(crate) struct MetricsRow {
    pub(super) page: Arc<AnswerPage>,
    pub(super) place: RowPlace,
}

/// Which row of the answer it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowPlace {
    /// The group at this place.
    Group(usize),
    /// The total at this place.
    Total(usize),
}

impl MetricsRow {
    fn row(&self) -> &Row {
        let table = self.page.answer.table();
        match self.place {
            RowPlace::Group(index) => &table.rows[index],
            RowPlace::Total(index) => &table.totals[index].row,
        }
    }

    /// The number of a metric's cell in its field's type.
    pub(super) fn value<T: FromCell>(&self, metric: Metric, part: CellPart) -> Result<Option<T>> {
        let place = self.page.places[metric as usize];
        let cell = place.and_then(|place| self.row().cell(place, part));
        let Some(value) = cell.and_then(|cell| cell.value) else {
            return Ok(None);
        };
        T::from_cell(value).map_err(|refusal| resolver_error(&refusal))
    }

    fn level_of(&self) -> TotalsLevel {
        match self.place {
            RowPlace::Group(_) => TotalsLevel::Group,
            RowPlace::Total(index) => {
                let level = &self.page.answer.table().totals[index].level;
                TotalsLevel::of(level)
            }
        }
    }

    fn dimensions(&self) -> Vec<Dimension> {
        let table = self.page.answer.table();
        let dimensions = match self.place {
            RowPlace::Group(_) => &table.query.by,
            RowPlace::Total(index) => &table.totals[index].level.by,
        };
        dimensions.iter().map(|by| (*by).into()).collect()
    }

    /// The places of the labels that tell the row from others of its level.
    fn label_places(&self) -> Vec<usize> {
        let table = self.page.answer.table();
        match self.place {
            RowPlace::Group(_) => (0..table.query.labels.len()).collect(),
            RowPlace::Total(index) => table.totals[index].level.labels.clone(),
        }
    }

    fn is_compared(&self) -> bool {
        self.row().compared.is_some()
    }

    fn custom_values(&self, part: CellPart) -> Vec<CustomValue> {
        let query = &self.page.answer.table().query;
        let row = self.row();
        let customs = query.custom_metrics.iter().enumerate();
        let values = customs.map(|(place, metric)| {
            let cell = row.cell(query.metrics.len() + place, part);
            let value = cell.and_then(|cell| cell.value);
            CustomValue {
                name: metric.name().to_owned(),
                value: value.map(|value| Decimal(value.decimal())),
                note: cell.and_then(|cell| cell.notes().next()).map(Into::into),
            }
        });
        values.collect()
    }

    fn notes_of_cells(&self) -> Vec<CellNote> {
        let metrics = &self.page.answer.table().query.metrics;
        let row = self.row();
        let notes = CellPart::ALL.iter().flat_map(|part| {
            let cells = metrics.iter().enumerate();
            cells.flat_map(|(place, metric)| {
                let cell = row.cell(place, *part);
                let notes = cell.into_iter().flat_map(MetricCell::notes);
                notes.map(|note| CellNote::new(*metric, *part, note))
            })
        });
        notes.collect()
    }
}

/// Why a cell is null, or how its number is to be read.
#[derive(Debug, SimpleObject)]
pub(crate) struct CellNote {
    /// The metric whose cell it is.
    metric: words::Metric,
    /// Which number of the cell; `VALUE` unless the query compares.
    of: words::CellPart,
    /// What the note says, for programs.
    code: NoteCode,
    /// What the note says, for people.
    message: &'static str,
}

/// The value of one of the agency's own metrics.
#[derive(Debug, SimpleObject)]
pub(crate) struct CustomValue {
    /// The metric's name.
    name: String,
    /// The value, exactly; null where there is none.
    value: Option<Decimal>,
    /// Why it is null, or how it is to be read.
    note: Option<NoteCode>,
}

/// A label that rows are grouped by.
#[derive(Debug)]
pub(crate) struct RowLabel<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

/// A label that rows are grouped by.
#[Object]
impl RowLabel<'_> {
    /// The label's name.
    async fn name(&self) -> &str {
        self.name
    }

    /// The label's value; null where the row's campaigns lack the label.
    async fn value(&self) -> Option<&str> {
        self.value
    }
}

impl CellNote {
    fn new(metric: Metric, of: CellPart, note: DomainNote) -> Self {
        Self {
            metric: metric.into(),
            of: of.into(),
            code: note.into(),
            message: note.meaning(),
        }
    }
}

/// Declares the row's fields: those of dimensions as they stand, and one for each metric.
macro_rules! metrics_row {
    ($($(#[$($attribute:tt)*])* $field:ident: $wire:ty = $metric:ident;)*) => {
        /// One row of an answer; the fields of dimensions need them in `by`.
        #[Object]
        impl MetricsRow {
            /// What the row sums up.
            async fn level(&self) -> TotalsLevel {
                self.level_of()
            }

            /// The dimensions that tell the row from others of its level: `by` for rows, those of the level for totals.
            async fn level_by(&self) -> Vec<Dimension> {
                self.dimensions()
            }

            /// The labels that tell the row from others of its level: `labels` for rows, those of the level for totals.
            async fn level_labels(&self) -> Vec<String> {
                let names = &self.page.answer.table().query.labels;
                let places = self.label_places().into_iter();
                places.filter_map(|place| names.get(place).cloned()).collect()
            }

            /// The first day of the period; needs `PERIOD`.
            async fn period(&self) -> Option<Date> {
                self.row().key.period.map(Date)
            }

            /// The hour of the day, 0 to 23, in the ad account's zone; needs `HOUR`.
            async fn hour(&self) -> Option<i32> {
                self.row().key.hour.map(i32::from)
            }

            /// The brand's id; needs `BRAND` or `CAMPAIGN`.
            async fn brand_id(&self) -> Option<ID> {
                self.row().key.brand.map(ID::from)
            }

            /// The brand's present name; needs `BRAND` or `CAMPAIGN`.
            async fn brand_name(&self) -> Option<&str> {
                self.row().brand_name.as_deref()
            }

            /// The campaign's platform; needs `PLATFORM` or `CAMPAIGN`.
            async fn platform(&self) -> Option<Platform> {
                self.row().key.platform.map(Into::into)
            }

            /// The campaign's id; needs `CAMPAIGN`.
            async fn campaign_id(&self) -> Option<ID> {
                self.row().key.campaign.map(ID::from)
            }

            /// The campaign's present name; needs `CAMPAIGN`.
            async fn campaign_name(&self) -> Option<&str> {
                self.row().campaign_name.as_deref()
            }

            /// The currency of the row's money; null without money or with several currencies. Grouped by `CURRENCY`, the one of the row's campaigns, also where their money is converted.
            async fn currency(&self) -> Option<&str> {
                let row = self.row();
                row.key.currency.or(row.currency).map(|currency| currency.code())
            }

            /// The audience's country; needs `COUNTRY`.
            async fn country(&self) -> Option<&str> {
                self.row().key.country.as_deref()
            }

            /// The audience's age group; needs `AGE`.
            async fn age(&self) -> Option<&str> {
                self.row().key.age.as_deref()
            }

            /// The audience's gender; needs `GENDER`.
            async fn gender(&self) -> Option<&str> {
                self.row().key.gender.as_deref()
            }

            /// The product that feedback speaks of; needs `PRODUCT`.
            async fn product(&self) -> Option<&str> {
                self.row().key.product.as_deref()
            }

            /// The campaign's labels that `labels` groups by, in that order; in totals those of the level.
            async fn labels(&self) -> Vec<RowLabel<'_>> {
                let names = &self.page.answer.table().query.labels;
                let values = &self.row().key.labels;
                let labels = self.label_places().into_iter().filter_map(|place| {
                    let name = names.get(place)?;
                    let value = values.get(place)?.as_deref();
                    Some(RowLabel { name, value })
                });
                labels.collect()
            }

            $(
                $(#[$($attribute)*])*
                async fn $field(&self) -> Result<Option<$wire>> {
                    self.value(Metric::$metric, CellPart::Value)
                }
            )*

            /// The metrics of the range compared with; null without `compare`.
            async fn previous(&self) -> Option<MetricsValues> {
                let part = CellPart::Previous;
                self.is_compared().then(|| MetricsValues { row: self.clone(), part })
            }

            /// The metrics less those of the range compared with; null without `compare`.
            async fn delta(&self) -> Option<MetricsValues> {
                let part = CellPart::Delta;
                self.is_compared().then(|| MetricsValues { row: self.clone(), part })
            }

            /// The deltas over the size of the previous values, 0.25 for 25 % more; null without `compare`.
            async fn delta_ratio(&self) -> Option<MetricsRatios> {
                self.is_compared().then(|| MetricsRatios { row: self.clone() })
            }

            /// The agency's own metrics that `customMetrics` asks for, in that order.
            async fn custom(
                &self,
                #[graphql(
                    desc = "Which number of each; all but `VALUE` need `compare`.",
                    default_with = "words::CellPart::Value"
                )]
                of: words::CellPart,
            ) -> Vec<CustomValue> {
                self.custom_values(of.into())
            }

            /// Why cells of the row are null, or how their numbers are to be read.
            async fn notes(&self) -> Vec<CellNote> {
                self.notes_of_cells()
            }
        }
    };
}

with_metric_fields!(metrics_row);
