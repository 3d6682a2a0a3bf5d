//! A report's header: which column of the file is what in the dataset.

use std::collections::BTreeSet;

use super::number::shown;
use crate::dataset::{Dataset, TimeColumns};
use crate::error_code::Refusal;

/// What one column of a report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The day.
    Date,
    /// The first day of a range.
    From,
    /// The first day after a range.
    Until,
    /// The campaign's external id.
    Campaign,
    /// The key dimension at this place in the dataset.
    Dimension(usize),
    /// The attribution window.
    Attribution,
    /// The measure at this place in the dataset.
    Measure(usize),
    /// The name for a campaign that is registered by this row.
    CampaignName,
    /// The platform for a campaign that is registered by this row.
    Platform,
    /// The currency, which must be the campaign's.
    Currency,
    /// The line of the original file, when this file was made from another one.
    /// Problems of columns before it can't name it yet, so that it should stand first.
    SourceLine,
}

/// Columns that any dataset's file may have beside the dataset's own.
const BESIDE: &[(&str, Column)] = &[
    ("campaign_name", Column::CampaignName),
    ("platform", Column::Platform),
    ("currency", Column::Currency),
    ("source_line", Column::SourceLine),
];

/// The columns of one report, checked against its dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    columns: Vec<Column>,
}

impl Header {
    /// Reads a header; names are compared without case and surrounding blanks.
    pub fn parse<'a>(
        dataset: &Dataset,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Refusal> {
        let columns = names
            .into_iter()
            .map(|name| Self::column(dataset, name))
            .collect::<Result<Vec<_>, _>>()?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = columns.iter().find(|column| !seen.insert(**column)) {
            let name = column_name(dataset, *twice);
            return Err(
                Refusal::invalid(format!("column `{name}` stands in the header twice"))
                    .at("header"),
            );
        }
        for required in required_columns(dataset) {
            if !seen.contains(&required) {
                let name = column_name(dataset, required);
                return Err(Refusal::invalid(format!(
                    "`{}` needs the column `{name}`",
                    dataset.name
                ))
                .at("header")
                .with_allowed(dataset.column_names()));
            }
        }
        Ok(Self { columns })
    }

    /// What the column of this name holds in the dataset.
    pub fn column(dataset: &Dataset, name: &str) -> Result<Column, Refusal> {
        let name = name
            .trim()
            .trim_start_matches('\u{feff}')
            .to_ascii_lowercase();
        let of_time = match (dataset.time, name.as_str()) {
            (TimeColumns::Day, "date") => Some(Column::Date),
            (TimeColumns::Range, "from") => Some(Column::From),
            (TimeColumns::Range, "until") => Some(Column::Until),
            _ => None,
        };
        of_time
            .or_else(|| (name == "campaign").then_some(Column::Campaign))
            .or_else(|| {
                (name == "attribution" && dataset.attribution).then_some(Column::Attribution)
            })
            .or_else(|| dataset.dimension_index(&name).map(Column::Dimension))
            .or_else(|| dataset.measure_index(&name).map(Column::Measure))
            .or_else(|| {
                BESIDE
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, column)| *column)
            })
            .ok_or_else(|| {
                let beside: Vec<&str> = BESIDE.iter().map(|(known, _)| *known).collect();
                dataset.unknown_column(&shown(&name), &beside).at("header")
            })
    }

    /// What each column of the file holds, in the file's order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }
}

/// The column's name in files of the dataset.
pub(super) fn column_name(dataset: &Dataset, column: Column) -> &'static str {
    match column {
        Column::Date => "date",
        Column::From => "from",
        Column::Until => "until",
        Column::Campaign => "campaign",
        Column::Dimension(index) => dataset.dimensions[index].name,
        Column::Attribution => "attribution",
        Column::Measure(index) => dataset.measures[index].name,
        Column::CampaignName => "campaign_name",
        Column::Platform => "platform",
        Column::Currency => "currency",
        Column::SourceLine => "source_line",
    }
}

/// The names of the columns that a file of the dataset must have.
pub fn required_names(dataset: &Dataset) -> Vec<&'static str> {
    let required = required_columns(dataset).into_iter();
    required
        .map(|column| column_name(dataset, column))
        .collect()
}

fn required_columns(dataset: &Dataset) -> Vec<Column> {
    let mut required = match dataset.time {
        TimeColumns::Day => vec![Column::Date],
        TimeColumns::Range => vec![Column::From, Column::Until],
    };
    if dataset.campaign_required {
        required.push(Column::Campaign);
    }
    let dimensions = dataset.dimensions.iter().enumerate();
    required.extend(
        dimensions
            .filter(|(_, d)| d.required)
            .map(|(index, _)| Column::Dimension(index)),
    );
    required
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetName;

    fn parse(names: &[&str]) -> Result<Header, Refusal> {
        Header::parse(
            Dataset::of(DatasetName::DeliveryDaily),
            names.iter().copied(),
        )
    }

    #[test]
    fn columns_may_come_in_any_order_and_case() {
        let header = parse(&["\u{feff}Campaign", " DATE ", "spend"]).unwrap();
        assert_eq!(
            header.columns(),
            [Column::Campaign, Column::Date, Column::Measure(14)]
        );
    }

    #[test]
    fn unknown_double_and_lacking_columns_are_refused_by_name() {
        assert!(
            parse(&["date", "campaign", "impresions"])
                .unwrap_err()
                .message
                .contains("`impressions`")
        );
        assert!(
            parse(&["date", "campaign", "spend", "Spend"])
                .unwrap_err()
                .message
                .contains("twice")
        );
        assert!(
            parse(&["date", "spend"])
                .unwrap_err()
                .message
                .contains("needs the column `campaign`")
        );
    }
}
