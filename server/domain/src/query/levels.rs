//! The levels of totals: over all rows, and over the rows that agree in some dimensions.

use super::dimension::Dimension;
use super::request::MetricRequest;
use crate::error_code::Refusal;

/// The most levels of totals in one query.
pub const TOTALS_LEVELS_MAX: usize = 16;

/// The levels, each as a part of `by` in the order of `by`; refuses other dimensions and doubles.
pub(super) fn canonical(request: &MetricRequest) -> Result<Vec<Vec<Dimension>>, Refusal> {
    let n_levels = request.totals.len();
    if n_levels > TOTALS_LEVELS_MAX {
        let what = format!("{n_levels} levels");
        return Err(Refusal::limit("totals_levels_max", TOTALS_LEVELS_MAX, what).at("totals"));
    }
    let mut levels: Vec<Vec<Dimension>> = Vec::with_capacity(n_levels);
    for (index, asked) in request.totals.iter().enumerate() {
        if let Some(place) = asked.iter().position(|it| !request.by.contains(it)) {
            let message = format!("`{}` is not in `by`", asked[place]);
            return Err(Refusal::invalid(message)
                .at(format!("totals[{index}][{place}]"))
                .with_allowed(request.by.iter().map(|by| by.as_str())));
        }
        let level: Vec<Dimension> = request
            .by
            .iter()
            .copied()
            .filter(|by| asked.contains(by))
            .collect();
        if levels.contains(&level) {
            let message = "the same level of totals is asked for twice";
            return Err(Refusal::invalid(message).at(format!("totals[{index}]")));
        }
        levels.push(level);
    }
    Ok(levels)
}
