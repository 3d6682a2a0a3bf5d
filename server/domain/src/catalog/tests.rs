//! The catalog says what is true of queries.

use super::{Catalog, CatalogDataset};
use crate::dataset::DatasetName;
use crate::metric::Metric;
use crate::query::Dimension;

fn dataset(name: DatasetName) -> CatalogDataset {
    let datasets = Catalog::new().datasets.into_iter();
    let mut found = datasets.filter(|it| it.dataset.name == name);
    found.next().unwrap_or_else(|| panic!("no `{name}`"))
}

#[test]
fn every_metric_and_dimension_is_in_a_dataset_that_answers() {
    let catalog = Catalog::new();
    assert!(catalog.metrics.iter().all(|it| !it.datasets.is_empty()));
    assert!(catalog.dimensions.iter().all(|it| !it.datasets.is_empty()));
}

#[test]
fn costs_are_no_dataset_to_be_asked() {
    let datasets = Catalog::new().datasets;
    assert!(
        datasets
            .iter()
            .all(|it| it.dataset.name != DatasetName::Costs)
    );
}

#[test]
fn a_breakdown_needs_one_of_its_dimensions() {
    assert_eq!(
        dataset(DatasetName::AudienceDaily).needs_one_of,
        [Dimension::Country, Dimension::Age, Dimension::Gender]
    );
    assert_eq!(dataset(DatasetName::DeliveryDaily).needs_one_of, []);
}

#[test]
fn a_finer_view_is_null_in_formulas_that_need_costs() {
    let hourly = dataset(DatasetName::DeliveryHourly);
    assert!(hourly.null_metrics.contains(&Metric::Roi));
    assert!(!hourly.metrics.contains(&Metric::Roi));
}
