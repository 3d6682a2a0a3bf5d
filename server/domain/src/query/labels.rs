//! Labels in a question, by which an answer is grouped.

use super::canonical::{LABELS_MAX, OrderKey};
use super::request::MetricRequest;
use crate::error_code::Refusal;
use crate::nearest::nearest;

/// Refuses labels that no visible campaign has, doubles, and what is over the limits.
pub(super) fn check(request: &MetricRequest, known: &[String]) -> Result<(), Refusal> {
    check_count(request.labels.len(), "labels")?;
    for (index, name) in request.labels.iter().enumerate() {
        let path = format!("labels[{index}]");
        check_name(name, known, &path)?;
        check_once(name, request.labels[..index].iter(), "labels", path)?;
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

fn check_count(n_labels: usize, path: &str) -> Result<(), Refusal> {
    if n_labels <= LABELS_MAX {
        return Ok(());
    }
    Err(Refusal::limit("labels_max", LABELS_MAX, format!("{n_labels} labels")).at(path))
}

pub(super) fn check_name(name: &str, known: &[String], path: &str) -> Result<(), Refusal> {
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

/// The places of these labels among those that are grouped by, ascending and distinct.
pub(super) fn places(
    request: &MetricRequest,
    asked: &[String],
    path: &str,
) -> Result<Vec<usize>, Refusal> {
    let place_of = |(index, name): (usize, &String)| {
        let place = request.labels.iter().position(|label| label == name);
        place.ok_or_else(|| {
            Refusal::invalid(format!("`{name}` is not in `labels`"))
                .at(format!("{path}[{index}]"))
                .with_allowed(request.labels.iter())
        })
    };
    let places = asked.iter().enumerate().map(place_of);
    let mut places: Vec<usize> = places.collect::<Result<_, _>>()?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
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
