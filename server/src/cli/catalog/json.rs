//! The catalog as JSON, under the names that the API gives.

use bellwether_domain::catalog::{
    Catalog, CatalogDataset, CatalogDimension, CatalogMetric, CatalogObjective,
};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::limits::Limit;
use bellwether_domain::metric::Metric;
use serde_json::{Value, json};

/// The whole catalog.
pub(super) fn catalog(catalog: &Catalog, limits: &[Limit]) -> Value {
    json!({
        "metrics": catalog.metrics.iter().map(metric).collect::<Vec<_>>(),
        "dimensions": catalog.dimensions.iter().map(dimension).collect::<Vec<_>>(),
        "datasets": catalog.datasets.iter().map(dataset).collect::<Vec<_>>(),
        "objectives": catalog.objectives.iter().map(objective).collect::<Vec<_>>(),
        "limits": limits.iter().map(limit).collect::<Vec<_>>(),
    })
}

fn metric(entry: &CatalogMetric) -> Value {
    let definition = &entry.definition;
    json!({
        "name": word(entry.metric.as_str()),
        "column": entry.metric.as_str(),
        "meaning": definition.meaning,
        "formula": definition.formula_text,
        "unit": definition.unit.as_str(),
        "class": definition.class.as_str(),
        "better": definition.better.as_str(),
        "datasets": names(&entry.datasets),
        "nullIn": names(&entry.null_in),
        "isAttributed": entry.metric.is_attributed(),
        "source": definition.source,
    })
}

fn dimension(entry: &CatalogDimension) -> Value {
    let columns = entry.dimension.columns().iter();
    let columns = columns.map(|it| json!({"column": it.name, "field": it.field}));
    json!({
        "name": entry.dimension.as_str(),
        "meaning": entry.dimension.meaning(),
        "columns": columns.collect::<Vec<_>>(),
        "datasets": names(&entry.datasets),
        "isFilter": entry.is_filter,
    })
}

fn objective(entry: &CatalogObjective) -> Value {
    json!({
        "objective": entry.objective.as_str(),
        "primary": words(entry.kpis.primary),
        "metrics": words(entry.kpis.metrics),
    })
}

fn dataset(entry: &CatalogDataset) -> Value {
    let dimensions = |dimensions: &[bellwether_domain::query::Dimension]| {
        let dimensions = dimensions.iter().map(|dimension| dimension.as_str());
        dimensions.collect::<Vec<_>>()
    };
    json!({
        "name": word(entry.dataset.name.as_str()),
        "meaning": entry.dataset.meaning,
        "dimensions": dimensions(&entry.dimensions),
        "needsOneOf": dimensions(&entry.needs_one_of),
        "grains": entry.grains.iter().map(|grain| grain.as_str()).collect::<Vec<_>>(),
        "metrics": words(&entry.metrics),
        "nullMetrics": words(&entry.null_metrics),
    })
}

fn limit(limit: &Limit) -> Value {
    json!({"name": limit.name, "value": limit.value, "meaning": limit.meaning})
}

fn words(metrics: &[Metric]) -> Vec<String> {
    let words = metrics.iter().map(|metric| word(metric.as_str()));
    words.collect()
}

fn names(datasets: &[DatasetName]) -> Vec<String> {
    let names = datasets.iter().map(|name| word(name.as_str()));
    names.collect()
}

/// A name as the API's enums write it.
fn word(name: &str) -> String {
    name.to_ascii_uppercase()
}
