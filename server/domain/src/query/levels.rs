//! The levels of totals: over all rows, and over the rows that agree in some dimensions and labels.

use super::dimension::Dimension;
use super::labels;
use super::request::MetricRequest;
use crate::error_code::Refusal;

/// The most levels of totals in one query.
pub const TOTALS_LEVELS_MAX: usize = 16;

/// A level of totals that labels tell apart, as a client asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelLevelRequest {
    /// The names of some of the labels that are grouped by, at least one.
    pub labels: Vec<String>,
    /// Some of the dimensions that are grouped by.
    pub by: Vec<Dimension>,
}

/// What tells the groups of a level from one another: a part of what the answer is grouped by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Level {
    /// Dimensions, in the order of the query's `by`.
    pub by: Vec<Dimension>,
    /// The places of labels among the query's, ascending.
    pub labels: Vec<usize>,
}

impl Level {
    /// Whether there is one group of all rows.
    pub fn is_grand(&self) -> bool {
        self.by.is_empty() && self.labels.is_empty()
    }

    /// About how many bytes of memory it holds.
    pub(crate) fn size_bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(self.by.as_slice()) + size_of_val(self.labels.as_slice())
    }
}

/// The levels, each in the order of `by` and `labels`; refuses what is not grouped by, and doubles.
pub(super) fn canonical(request: &MetricRequest) -> Result<Vec<Level>, Refusal> {
    let n_levels = request.totals.len() + request.label_totals.len();
    if n_levels > TOTALS_LEVELS_MAX {
        let what = format!("{n_levels} levels");
        return Err(Refusal::limit("totals_levels_max", TOTALS_LEVELS_MAX, what).at("totals"));
    }
    let mut levels: Vec<Level> = Vec::with_capacity(n_levels);
    for (index, asked) in request.totals.iter().enumerate() {
        let path = format!("totals[{index}]");
        let by = dimensions(request, asked, &path)?;
        let labels = Vec::new();
        add(&mut levels, Level { by, labels }, path)?;
    }
    for (index, asked) in request.label_totals.iter().enumerate() {
        let path = format!("totalsByLabel[{index}]");
        let by = dimensions(request, &asked.by, &format!("{path}.by"))?;
        let labels = labels::places(request, &asked.labels, &format!("{path}.labels"))?;
        if labels.is_empty() {
            let message =
                "a level of `totalsByLabel` names at least one label; `totals` has those without";
            return Err(Refusal::invalid(message).at(format!("{path}.labels")));
        }
        add(&mut levels, Level { by, labels }, path)?;
    }
    Ok(levels)
}

fn add(levels: &mut Vec<Level>, level: Level, path: String) -> Result<(), Refusal> {
    if levels.contains(&level) {
        let message = "the same level of totals is asked for twice";
        return Err(Refusal::invalid(message).at(path));
    }
    levels.push(level);
    Ok(())
}

/// The dimensions in the order of `by`, of which each must be.
fn dimensions(
    request: &MetricRequest,
    asked: &[Dimension],
    path: &str,
) -> Result<Vec<Dimension>, Refusal> {
    if let Some(place) = asked.iter().position(|it| !request.by.contains(it)) {
        let message = format!("`{}` is not in `by`", asked[place]);
        return Err(Refusal::invalid(message)
            .at(format!("{path}[{place}]"))
            .with_allowed(request.by.iter().map(|by| by.as_str())));
    }
    let by = request.by.iter().copied();
    Ok(by.filter(|by| asked.contains(by)).collect())
}
