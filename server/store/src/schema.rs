//! The columns of a segment file: names, types and order, derived from the dataset's entry.
//!
//! Texts are plain texts and units stand in the names, so that any engine can read a segment
//! without asking Bellwether. Invariant: this module holds no values, only their places.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bellwether_domain::dataset::{Dataset, Measure, MeasureKind, ShapeRule, TimeColumns};

/// The brand's id.
pub(crate) const BRAND: &str = "brand";
/// The campaign's id; null for a cost of the whole brand.
pub(crate) const CAMPAIGN: &str = "campaign";
/// The attribution window.
pub(crate) const ATTRIBUTION: &str = "attribution";
/// The commit of the row; null means the commit that the manifest gives the segment.
pub(crate) const COMMIT_NUMBER: &str = "commit_number";
/// The measures that a row speaks of, bit `i` for the dataset's measure `i`; null, as in files
/// without the column, means all of them.
pub(crate) const MERGED_MEASURES: &str = "merged_measures";

/// The name of the column with the first or only day.
pub(crate) fn first_day_column(dataset: &Dataset) -> &'static str {
    match dataset.time {
        TimeColumns::Day => "date",
        TimeColumns::Range => "from",
    }
}

/// The name of the column with the first day after the range, for datasets over ranges.
pub(crate) fn until_column(dataset: &Dataset) -> Option<&'static str> {
    match dataset.time {
        TimeColumns::Day => None,
        TimeColumns::Range => Some("until"),
    }
}

/// The name of the column that tells rows of different shapes apart. It is for other readers:
/// the store itself derives the shape from the key texts.
pub(crate) fn shape_column(dataset: &Dataset) -> Option<&'static str> {
    match dataset.shape_rule {
        ShapeRule::Level => Some("level"),
        ShapeRule::Breakdown => Some("breakdown"),
        ShapeRule::Additive => None,
    }
}

/// A measure's column: its name with the unit.
pub(crate) fn measure_column(measure: &Measure) -> String {
    let unit = match measure.kind {
        MeasureKind::Count | MeasureKind::Choice(_) => "",
        MeasureKind::Conversions => "_millionths",
        MeasureKind::Money => "_micros",
    };
    format!("{}{unit}", measure.name)
}

/// The schema of a dataset's segments.
pub(crate) fn segment_schema(dataset: &Dataset) -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    let day = |name: &str| Field::new(name, DataType::Date32, false);
    let mut fields = vec![
        Field::new(BRAND, DataType::Utf8, false),
        text(CAMPAIGN),
        day(first_day_column(dataset)),
    ];
    fields.extend(until_column(dataset).map(day));
    fields.extend(dataset.dimensions.iter().map(|it| text(it.name)));
    fields.extend(shape_column(dataset).map(|name| Field::new(name, DataType::Utf8, false)));
    if dataset.attribution {
        fields.push(text(ATTRIBUTION));
    }
    let number = |name: String| Field::new(name, DataType::Int64, true);
    fields.extend(dataset.measures.iter().map(measure_column).map(number));
    fields.push(number(COMMIT_NUMBER.to_owned()));
    fields.push(number(MERGED_MEASURES.to_owned()));
    Arc::new(Schema::new(fields))
}

/// A file's columns as the store reads them: texts as dictionaries, so that each distinct text
/// of a batch is looked at once and not once a row.
pub(crate) fn reading_schema(file: &Schema) -> SchemaRef {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = file.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Arc::new(field.as_ref().clone().with_data_type(dictionary.clone())),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::dataset::DatasetName;

    #[test]
    fn columns_carry_their_units_in_their_names() {
        let schema = segment_schema(Dataset::of(DatasetName::Costs));
        let names: Vec<_> = schema
            .fields()
            .iter()
            .map(|it| it.name().as_str())
            .collect();
        assert_eq!(
            names,
            [
                "brand",
                "campaign",
                "from",
                "until",
                "kind",
                "amount_micros",
                "spread",
                "commit_number",
                "merged_measures"
            ]
        );
    }
}
