//! What a row was in the range compared with, and how it changed: every metric as a typed field.

use async_graphql::{Object, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{Metric, Value};
use bellwether_domain::query::CellPart;

use super::fields::with_metric_fields;
use super::row::MetricsRow;
use crate::scalars::{Count, Decimal, float};

/// The way from a cell's value to the type of its field.
pub(super) trait FromCell: Sized {
    fn from_cell(value: Value) -> std::result::Result<Option<Self>, Refusal>;
}

impl FromCell for Count {
    fn from_cell(value: Value) -> std::result::Result<Option<Self>, Refusal> {
        match value {
            Value::Count(count) => Self::new(count).map(Some),
            Value::Decimal(_) | Value::Ratio(_) => Ok(None),
        }
    }
}

impl FromCell for Decimal {
    fn from_cell(value: Value) -> std::result::Result<Option<Self>, Refusal> {
        Ok(Some(Self(value.decimal())))
    }
}

impl FromCell for f64 {
    fn from_cell(value: Value) -> std::result::Result<Option<Self>, Refusal> {
        Ok(float(value.decimal()))
    }
}

/// The metrics of a row in one of their parts.
#[derive(Debug)]
pub(crate) struct MetricsValues {
    pub(super) row: MetricsRow,
    pub(super) part: CellPart,
}

/// How the metrics of a row changed, as ratios.
#[derive(Debug)]
pub(crate) struct MetricsRatios {
    pub(super) row: MetricsRow,
}

/// Declares a field for each metric: in its own type, and as a ratio.
macro_rules! metrics_values {
    ($($(#[$($attribute:tt)*])* $field:ident: $wire:ty = $metric:ident;)*) => {
        /// The metrics of a row in the range compared with, or by how much they changed since.
        #[Object]
        impl MetricsValues {
            $(
                $(#[$($attribute)*])*
                async fn $field(&self) -> Result<Option<$wire>> {
                    self.row.value(Metric::$metric, self.part)
                }
            )*
        }

        /// By how much the metrics of a row changed, over the size of their previous values.
        #[Object]
        impl MetricsRatios {
            $(
                $(#[$($attribute)*])*
                async fn $field(&self) -> Result<Option<f64>> {
                    self.row.value(Metric::$metric, CellPart::DeltaRatio)
                }
            )*
        }
    };
}

with_metric_fields!(metrics_values);
