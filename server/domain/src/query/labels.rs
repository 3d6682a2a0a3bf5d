//! Labels in a question: by which an answer is grouped, and which campaigns they keep.

use super::canonical::{FILTER_VALUES_MAX, LABELS_MAX, LabelFilter, OrderKey};
use super::request::MetricRequest;
use crate::error_code::Refusal;
use crate::nearest::nearest;

/// Refuses labels that no visible campaign has, doubles, and what is over the limits.
pub(super) fn check(request: &MetricRequest, known: &[String]) -> Result<(), Refusal> {
    check_count(request.labels.len(), "labels")?;
    check_count(request.label_filters.len(), "where.labels")?;
    for (index, name) in request.labels.iter().enumerate() {
        let path = format!("labels[{index}]");
        check_name(name, known, &path)?;
        check_once(name, request.labels[..index].iter(), "labels", path)?;
    }
    for (index, filter) in request.label_filters.iter().enumerate() {
        let path = format!("where.labels[{index}]");
        let earlier = request.label_filters[..index].iter().map(|it| &it.name);
        check_name(&filter.name, known, &format!("{path}.name"))?;
        check_once(&filter.name, earlier, "where.labels", path.clone())?;
        check_values(filter, path)?;
    }
    for (index, order) in request.order_by.iter().enumerate() {
        if matches!(order.key, OrderKey::Label(place) if place >= request.labels.len()) {
            let message = "rows can't be sorted by a label that is not in `labels`";
            return Err(Refusal::invalid(message)
                .at(format!("orderBy[{index}].label"))
                .with_allowed(request.labels.iter()));
        }
    }
    Ok(())
}

/// The filters sorted by name, their values sorted and distinct.
pub(super) fn canonical_filters(filters: &[LabelFilter]) -> Vec<LabelFilter> {
    let mut canonical = filters.to_vec();
    for filter in &mut canonical {
        filter.values.sort_unstable();
        filter.values.dedup();
    }
    canonical.sort_by(|a, b| a.name.cmp(&b.name));
    canonical
}

fn check_count(n_labels: usize, path: &str) -> Result<(), Refusal> {
    if n_labels <= LABELS_MAX {
        return Ok(());
    }
    Err(Refusal::limit("labels_max", LABELS_MAX, format!("{n_labels} labels")).at(path))
}

fn check_name(name: &str, known: &[String], path: &str) -> Result<(), Refusal> {
    if known.iter().any(|label| label == name) {
        return Ok(());
    }
    let near = nearest(name, known.iter().map(String::as_str));
    Err(
        Refusal::invalid(format!("no campaign has a label `{name}`"))
            .at(path)
            .with_allowed(known.iter())
            .with_suggestion(near),
    )
}

fn check_once<'a>(
    name: &str,
    mut earlier: impl Iterator<Item = &'a String>,
    list: &str,
    path: String,
) -> Result<(), Refusal> {
    if earlier.any(|label| label == name) {
        let message = format!("the label `{name}` stands in `{list}` twice");
        return Err(Refusal::invalid(message).at(path));
    }
    Ok(())
}

fn check_values(filter: &LabelFilter, path: String) -> Result<(), Refusal> {
    let n_values = filter.values.len();
    if n_values == 0 {
        let message = "a filter without values keeps nothing; give at least one";
        return Err(Refusal::invalid(message).at(path));
    }
    if n_values > FILTER_VALUES_MAX {
        let what = format!("{n_values} values");
        return Err(Refusal::limit("filter_values_max", FILTER_VALUES_MAX, what).at(path));
    }
    Ok(())
}
