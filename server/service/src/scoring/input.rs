//! A plugin's input: the metric query that it declares, and its columns from the answer.

use bellwether_domain::answer::{MetricTable, Row};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{Metric, MetricCell, NoteCode, Unit, Value};
use bellwether_domain::money::micros_of;
use bellwether_domain::query::{
    Attribution, Dimension, MetricRequest, Order, OrderKey, RangeRequest, RangeUnit,
};
use bellwether_plugin_host::abi::{Column, ColumnType, Metadata};
use bellwether_plugin_host::{ColumnData, InputTable, NamedColumn};

use crate::attributes::Attributes;

/// The metric query that a plugin declares.
pub(super) fn request(metadata: &Metadata) -> Result<MetricRequest, Refusal> {
    let query = metadata.input.query.as_ref().ok_or_else(|| {
        Refusal::invalid("its metadata declares no `input.query`, so that its rows are brought by whoever runs it")
    })?;
    let by = query
        .by
        .iter()
        .map(|word| word.parse())
        .collect::<Result<Vec<Dimension>, _>>()?;
    let range = RangeRequest::Last {
        n: i64::from(query.window_days),
        unit: RangeUnit::Day,
    };
    Ok(MetricRequest {
        dataset: Some(query.dataset.parse::<DatasetName>()?),
        metrics: query
            .metrics
            .iter()
            .map(|word| word.parse())
            .collect::<Result<_, _>>()?,
        // By entity first: the host sends an entity's rows together.
        order_by: vec![Order {
            key: OrderKey::Dimension(Dimension::Campaign),
            descending: false,
        }],
        attribution: Attribution {
            window: None,
            accept_mixed: true,
        },
        by,
        ..MetricRequest::over(range)
    })
}

/// The columns that a plugin declares, row by row from the answer. Rows of no campaign, which
/// hold costs of a whole brand, are no entity and are left out.
pub(super) fn table(
    metadata: &Metadata,
    answer: &MetricTable,
    attributes: &Attributes,
) -> Result<InputTable, Refusal> {
    let rows: Vec<&Row> = answer
        .rows
        .iter()
        .filter(|row| row.key.campaign.is_some())
        .collect();
    let served = |column: &&Column| !column.optional || is_served(column, answer);
    let columns = metadata.input.columns.iter().filter(served).map(|column| {
        let data = column_data(column, answer, &rows, attributes)?;
        Ok(NamedColumn {
            name: column.name.clone(),
            data,
        })
    });
    Ok(InputTable {
        columns: columns.collect::<Result<_, Refusal>>()?,
    })
}

/// Whether the server has what a column asks for.
fn is_served(column: &Column, answer: &MetricTable) -> bool {
    ATTRIBUTES.contains(&column.name.as_str()) || metric_of(column, answer).is_ok()
}

fn column_data(
    column: &Column,
    answer: &MetricTable,
    rows: &[&Row],
    attributes: &Attributes,
) -> Result<ColumnData, Refusal> {
    if let Some(texts) = attribute(&column.name, rows, attributes) {
        return Ok(ColumnData::Utf8(texts));
    }
    let (metric, place) = metric_of(column, answer)?;
    // A plugin can't tell a partial sum from a whole one: it gets whole ones only.
    let whole = |cell: &MetricCell| cell.value.filter(|_| cell.note != Some(NoteCode::Partial));
    let values = rows.iter().map(|row| whole(&row.cells[place]));
    match (column.column_type, metric.definition().unit) {
        (ColumnType::Int64, Unit::Count) => Ok(ColumnData::Int64(
            values
                .map(|value| match value? {
                    Value::Count(count) => i64::try_from(count).ok(),
                    Value::Decimal(_) | Value::Ratio(_) => None,
                })
                .collect(),
        )),
        (ColumnType::Int64, Unit::Money | Unit::Conversions) => Ok(ColumnData::Int64(
            values
                .map(|value| micros_of(value?.decimal()).ok())
                .collect(),
        )),
        (ColumnType::Float64, _) => {
            let float = |value: Value| value.decimal().to_string().parse::<f64>().ok();
            Ok(ColumnData::Float64(
                values.map(|value| value.and_then(float)).collect(),
            ))
        }
        (other, _) => Err(Refusal::invalid(format!(
            "the plugin's input column `{}` can't be of type {other:?}; use int64 or float64",
            column.name
        ))),
    }
}

/// The metric that a column holds: its name, with the unit as suffix where it is scaled.
fn metric_of(column: &Column, answer: &MetricTable) -> Result<(Metric, usize), Refusal> {
    let bare = column
        .name
        .strip_suffix("_micros")
        .or_else(|| column.name.strip_suffix("_millionths"));
    let metric: Metric = bare.unwrap_or(&column.name).parse()?;
    let place = answer
        .query
        .metrics
        .iter()
        .position(|known| *known == metric);
    place.map(|place| (metric, place)).ok_or_else(|| {
        Refusal::invalid(format!(
            "the plugin's input column `{}` is not among its query's metrics",
            column.name
        ))
    })
}

/// What [`attribute`] knows.
const ATTRIBUTES: [&str; 6] = [
    "campaign_id",
    "brand_id",
    "platform",
    "objective",
    "currency",
    "status",
];

/// An attribute of the row's campaign, by the column's name.
fn attribute(name: &str, rows: &[&Row], attributes: &Attributes) -> Option<Vec<Option<String>>> {
    let campaigns = rows
        .iter()
        .map(|row| row.key.campaign.and_then(|id| attributes.campaign(id)));
    match name {
        "campaign_id" => Some(campaigns.map(|c| c.map(|c| c.id.to_string())).collect()),
        "brand_id" => Some(campaigns.map(|c| c.map(|c| c.brand.to_string())).collect()),
        "platform" => Some(
            campaigns
                .map(|c| c.map(|c| c.platform.to_string()))
                .collect(),
        ),
        "objective" => Some(
            campaigns
                .map(|c| c.map(|c| c.objective.to_string()))
                .collect(),
        ),
        "currency" => Some(
            campaigns
                .map(|c| c.map(|c| c.currency.to_string()))
                .collect(),
        ),
        "status" => Some(campaigns.map(|c| c.map(|c| c.status.to_string())).collect()),
        _ => None,
    }
}
