//! A plugin's answer as CSV.

use bellwether_domain::time::{Timestamp, date_of_day_number};
use bellwether_plugin_host::{ColumnData, OutputTable};

/// A line of names, then a line a row; a missing value is an empty cell.
pub(super) fn csv(answer: &OutputTable) -> Result<String, String> {
    let failed = |error: csv::Error| error.to_string();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = answer.columns.iter().map(|column| &column.name);
    writer.write_record(names).map_err(failed)?;
    for row in 0..answer.rows() {
        let cells = answer.columns.iter();
        let cells = cells.map(|column| cell(&column.data, row).unwrap_or_default());
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn cell(data: &ColumnData, row: usize) -> Option<String> {
    match data {
        ColumnData::Bool(values) => values[row].map(|value| value.to_string()),
        ColumnData::Int64(values) => values[row].map(|value| value.to_string()),
        ColumnData::Float64(values) => values[row].map(|value| value.to_string()),
        ColumnData::Utf8(values) => values[row].clone(),
        ColumnData::Date(values) => values[row]
            .map(|day| date_of_day_number(day).map_or(day.to_string(), |date| date.to_string())),
        ColumnData::Timestamp(values) => values[row].map(|micros| {
            Timestamp::from_microsecond(micros).map_or(micros.to_string(), |at| at.to_string())
        }),
        ColumnData::Decimal(values) => values[row].map(decimal),
    }
}

fn decimal(millionths: i128) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

#[cfg(test)]
mod tests {
    use bellwether_plugin_host::NamedColumn;

    use super::*;

    #[test]
    fn every_type_has_its_form() {
        let column = |name: &str, data| NamedColumn {
            name: name.to_owned(),
            data,
        };
        let answer = OutputTable {
            columns: vec![
                column(
                    "text",
                    ColumnData::Utf8(vec![Some("a, b".to_owned()), None]),
                ),
                column("day", ColumnData::Date(vec![Some(0), Some(20_573)])),
                column(
                    "price",
                    ColumnData::Decimal(vec![Some(-1), Some(2_500_000)]),
                ),
            ],
        };
        assert_eq!(
            csv(&answer).unwrap(),
            "text,day,price\n\"a, b\",1970-01-01,-0.000001\n,2026-04-30,2.500000\n"
        );
    }
}
