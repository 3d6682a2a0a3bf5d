//! What a map fills: the columns of a dataset or of a kind of record, and how each is written.

use super::{CellForm, FileMap};
use crate::dataset::{Dataset, DatasetName, MeasureKind};
use crate::error_code::Refusal;
use crate::record::{ColumnForm, RecordKind, column_of, entity_kind};
use crate::sample::{Column, Header, required_names};

/// What a map fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapTarget {
    /// Rows of a dataset.
    Dataset(DatasetName),
    /// Records of a kind.
    Records(RecordKind),
}

impl MapTarget {
    /// The target that a map names.
    pub fn of(map: &FileMap) -> Result<Self, Refusal> {
        match (&map.dataset, &map.records) {
            (Some(name), None) => name
                .parse()
                .map(Self::Dataset)
                .map_err(|refusal: Refusal| refusal.at("dataset")),
            (None, Some(name)) => {
                let kind = entity_kind(name).map(Self::Records);
                kind.map_err(|refusal| refusal.at("records"))
            }
            _ => {
                let message = "a map fills one thing: say `dataset = \"delivery_daily\"` or `records = \"product\"`";
                Err(Refusal::invalid(message).at("dataset"))
            }
        }
    }

    /// How cells of a column of this name are written, or that there is none.
    pub(super) fn form(self, column: &str) -> Result<CellForm, Refusal> {
        match self {
            Self::Dataset(name) => {
                let dataset = Dataset::of(name);
                Ok(match Header::column(dataset, column)? {
                    Column::Date | Column::From | Column::Until => CellForm::Day,
                    Column::Measure(place) => match dataset.measures[place].kind {
                        MeasureKind::Choice(_) => CellForm::Text,
                        MeasureKind::Count | MeasureKind::Conversions | MeasureKind::Money => {
                            CellForm::Number
                        }
                    },
                    Column::Campaign
                    | Column::Dimension(_)
                    | Column::Attribution
                    | Column::CampaignName
                    | Column::Platform
                    | Column::Currency
                    | Column::SourceLine => CellForm::Text,
                })
            }
            Self::Records(kind) => Ok(match column_of(kind, column)?.form {
                ColumnForm::Text => CellForm::Text,
                ColumnForm::Count | ColumnForm::Number => CellForm::Number,
                ColumnForm::Day => CellForm::Day,
                ColumnForm::Moment => CellForm::Moment,
                ColumnForm::List => CellForm::List,
            }),
        }
    }

    /// The columns without which nothing can be taken in.
    pub(super) fn required(self) -> Vec<&'static str> {
        match self {
            Self::Dataset(name) => required_names(Dataset::of(name)),
            Self::Records(_) => Vec::new(),
        }
    }
}

impl std::fmt::Display for MapTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dataset(name) => write!(f, "{name}"),
            Self::Records(kind) => write!(f, "{}", crate::record::entity_of(*kind)),
        }
    }
}
