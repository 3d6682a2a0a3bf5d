//! Custom metrics in a question: which revisions are meant, and that every use of one names one
//! that is asked for.

use std::sync::Arc;

use super::canonical::OrderKey;
use super::column::MetricColumn;
use super::request::MetricRequest;
use crate::dataset::DatasetName;
use crate::error_code::{ErrorCode, Refusal};
use crate::metric::{CUSTOM_METRICS_ASKED_MAX, CustomMetric};
use crate::nearest::nearest;

/// The revisions in force of the custom metrics that a question names, each once, in its order;
/// `known` are the newest ones of the agency.
pub(super) fn asked(
    request: &MetricRequest,
    known: &[Arc<CustomMetric>],
) -> Result<Vec<Arc<CustomMetric>>, Refusal> {
    let n_asked = request.custom_metrics.len();
    if n_asked > CUSTOM_METRICS_ASKED_MAX {
        let (limit, max) = ("custom_metrics_asked_max", CUSTOM_METRICS_ASKED_MAX);
        let what = format!("{n_asked} custom metrics");
        return Err(Refusal::limit(limit, max, what).at("customMetrics"));
    }
    let mut asked: Vec<Arc<CustomMetric>> = Vec::new();
    for (index, name) in request.custom_metrics.iter().enumerate() {
        let path = format!("customMetrics[{index}]");
        let metric = in_force(name, known).map_err(|refusal| refusal.at(path.clone()))?;
        if asked.contains(metric) {
            let message = format!("`{name}` stands in `customMetrics` twice");
            return Err(Refusal::invalid(message).at(path));
        }
        asked.push(Arc::clone(metric));
    }
    refuse_others(request)?;
    Ok(asked)
}

/// Refuses custom metrics that the dataset can't have.
pub(super) fn check_dataset(
    asked: &[Arc<CustomMetric>],
    dataset: DatasetName,
) -> Result<(), Refusal> {
    let misfit = asked
        .iter()
        .position(|metric| !metric.draft.formula.may_be_asked_of(dataset));
    let Some(index) = misfit else {
        return Ok(());
    };
    let metric = &asked[index];
    let datasets = metric.draft.formula.datasets();
    let datasets: Vec<String> = datasets.iter().map(|it| format!("`{it}`")).collect();
    let message = format!(
        "`{}` is `{}`, which `{dataset}` can't fill; it is in {}",
        metric.name(),
        metric.draft.formula.text(),
        datasets.join(", ")
    );
    Err(Refusal::invalid(message).at(format!("customMetrics[{index}]")))
}

fn in_force<'a>(
    name: &str,
    known: &'a [Arc<CustomMetric>],
) -> Result<&'a Arc<CustomMetric>, Refusal> {
    let names = || {
        let in_use = known.iter().filter(|metric| !metric.is_archived);
        in_use.map(|metric| metric.name())
    };
    let found = known.iter().find(|metric| metric.name() == name);
    match found {
        Some(metric) if metric.is_archived => {
            let message = format!("custom metric `{name}` is archived; save it to bring it back");
            Err(Refusal::new(ErrorCode::NotFound, message))
        }
        Some(metric) => Ok(metric),
        None => Err(Refusal::not_found("custom metric", name)
            .with_allowed(names())
            .with_suggestion(nearest(name, names()))),
    }
}

/// Refuses sort keys and conditions by a custom metric that the question does not ask for, which
/// have a place behind the last.
fn refuse_others(request: &MetricRequest) -> Result<(), Refusal> {
    let orders = request.order_by.iter().enumerate();
    let orders = orders.filter_map(|(index, order)| match order.key {
        OrderKey::Metric(column, _) => Some((column, format!("orderBy[{index}].customMetric"))),
        OrderKey::Dimension(_) | OrderKey::Label(_) => None,
    });
    let conditions = request.having.iter().enumerate();
    let conditions =
        conditions.map(|(index, having)| (having.column, format!("having[{index}].customMetric")));
    for (column, path) in orders.chain(conditions) {
        if matches!(column, MetricColumn::Custom(place) if place >= request.custom_metrics.len()) {
            let message =
                "a custom metric that rows are sorted or chosen by has to stand in `customMetrics`";
            return Err(Refusal::invalid(message)
                .at(path)
                .with_allowed(request.custom_metrics.iter()));
        }
    }
    Ok(())
}
