//! The catalog as a page of the documentation.

use std::fmt::Write;

use bellwether_domain::catalog::{
    Catalog, CatalogDataset, CatalogDimension, CatalogMetric, CatalogObjective,
};
use bellwether_domain::limits::Limit;
use bellwether_domain::metric::Metric;

const HEAD: &str = "\
# What can be asked

Printed by `bellwether catalog --markdown`; a test compares.
`bellwether catalog --json` has the same for programs, and the field `catalog` of the API says it for the caller at hand, with the agency's own labels and the limits in force.

Inputs of the API write names in capitals (`VIDEO_VIEWS`), typed rows in camel case (`videoViews`), tables and exports as here.
";

const METRICS: &str = "
## Metrics

Totals of ADDITIVE metrics are sums; those of RATIO metrics are computed anew from summed components; DEDUPLICATED ones stand only in a row of one campaign and exactly the period that was reported.
A RATIO is a share: 0.25 means 25 %.

| Metric | What it tells | Formula | Unit | Class | Better | Datasets | Source |
| --- | --- | --- | --- | --- | --- | --- | --- |
";

const DIMENSIONS: &str = "
## Dimensions

Beside them an agency has labels of its own for campaigns.

| Dimension | What it tells apart | Columns | Datasets |
| --- | --- | --- | --- |
";

const OBJECTIVES: &str = "
## What judges a campaign

Its objective decides. The primary metric is the first of those named that is reported.

| Objective | Primary | Metrics |
| --- | --- | --- |
";

const DATASETS: &str = "
## What goes together

One query reads one dataset: the first of these that knows every dimension and metric, unless `dataset` names one.
Any of its dimensions, grains and metrics go together.
";

const LIMITS: &str = "
## Limits

The values are those of a server that nobody configured.

| Limit | Value | What it bounds |
| --- | --- | --- |
";

const CUSTOM: &str = "
## An agency's own metrics

`saveCustomMetric` keeps a named formula: numbers of at most six decimal places, names of the metrics above, `+`, `-`, `*`, `/` and brackets, such as `(revenue - refunds) / spend` or `1000 * likes / impressions`.
A query asks for it by `customMetrics`; it is computed from summed components like any other, in totals too.

- Its unit follows from the formula: only like is added to like, and the result is events, money, money for each event, events for each unit of money, or a number without unit.
- A sum of ADDITIVE metrics, each some times, is ADDITIVE; whatever divides or multiplies metrics is a RATIO. DEDUPLICATED metrics stand only with each other.
- All its metrics are in one dataset. `refunds` that nobody reports count as none, as in `net_revenue`.
- Its name is a small letter, then small letters, digits or `_`, and no other column's. Each save is another revision; old ones can be read.
";

/// The whole page.
pub(super) fn page(catalog: &Catalog, limits: &[Limit]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str(METRICS);
    page.extend(catalog.metrics.iter().map(metric));
    page.push_str(DIMENSIONS);
    page.extend(catalog.dimensions.iter().map(dimension));
    page.push_str(OBJECTIVES);
    page.extend(catalog.objectives.iter().map(objective));
    page.push_str(DATASETS);
    page.extend(catalog.datasets.iter().map(dataset));
    page.push_str(CUSTOM);
    page.push_str(LIMITS);
    for limit in limits {
        let Limit {
            name,
            value,
            meaning,
        } = limit;
        // Writing into a text can't fail.
        let _ = writeln!(page, "| `{name}` | {value} | {meaning} |");
    }
    page
}

fn metric(entry: &CatalogMetric) -> String {
    let it = &entry.definition;
    let datasets = quoted(entry.datasets.iter().map(|name| name.as_str()));
    format!(
        "| `{}` | {} | `{}` | {} | {} | {} | {datasets} | {} |\n",
        entry.metric, it.meaning, it.formula_text, it.unit, it.class, it.better, it.source,
    )
}

fn dimension(entry: &CatalogDimension) -> String {
    let columns = entry.dimension.columns().iter().map(|column| column.name);
    let (columns, meaning) = (quoted(columns), entry.dimension.meaning());
    let datasets = quoted(entry.datasets.iter().map(|name| name.as_str()));
    let name = entry.dimension;
    format!("| `{name}` | {meaning} | {columns} | {datasets} |\n")
}

fn objective(entry: &CatalogObjective) -> String {
    let names = |metrics: &[Metric]| quoted(metrics.iter().map(|it| it.as_str()));
    let (primary, metrics) = (names(entry.kpis.primary), names(entry.kpis.metrics));
    format!("| `{}` | {primary} | {metrics} |\n", entry.objective)
}

fn dataset(entry: &CatalogDataset) -> String {
    let mut text = format!(
        "\n### {}\n\n{}\n\n",
        entry.dataset.name, entry.dataset.meaning
    );
    let mut line = |what: &str, names: String| {
        if !names.is_empty() {
            let _ = writeln!(text, "- {what}: {names}");
        }
    };
    let dimensions = entry.dimensions.iter().map(|it| it.as_str());
    line("Dimensions", quoted(dimensions));
    let needed = entry.needs_one_of.iter().map(|it| it.as_str());
    line("One of these is needed in `by` or `where`", quoted(needed));
    line("Grains", quoted(entry.grains.iter().map(|it| it.as_str())));
    line(
        "Metrics",
        quoted(entry.metrics.iter().map(|it| it.as_str())),
    );
    let null = entry.null_metrics.iter().map(|it| it.as_str());
    line("Null with `NOT_AT_THIS_GRAIN`", quoted(null));
    text
}

/// Names in back-ticks, with commas.
fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
