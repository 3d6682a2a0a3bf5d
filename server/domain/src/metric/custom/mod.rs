//! Custom metrics: an agency's own named formulas over the metrics of the catalogue.
//!
//! `name.rs` says what a name may be, `parse.rs` reads a formula, `check.rs` says what it counts
//! and where it can be asked for, and `evaluate.rs` computes it from components, as the
//! catalogue's own metrics are.
//! Invariant: a revision never changes; another formula under the name is another revision.

mod check;
mod compiled;
mod evaluate;
mod expression;
mod name;
mod parse;
#[cfg(test)]
mod tests;

pub use compiled::{CustomFormula, FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX, FORMULA_TERMS_MAX};
pub use name::CUSTOM_METRIC_NAME_BYTES_MAX;

use std::hash::{Hash, Hasher};

use self::name::check_name;
use super::Better;
use crate::error_code::Refusal;
use crate::ids::MemberId;
use crate::time::Timestamp;

/// The most bytes of a custom metric's meaning.
pub const CUSTOM_METRIC_MEANING_BYTES_MAX: usize = 512;

/// The most custom metrics of one agency, archived ones included.
pub const CUSTOM_METRICS_MAX: usize = 200;

/// The most revisions of one custom metric.
pub const CUSTOM_METRIC_REVISIONS_MAX: u32 = 200;

/// The most custom metrics that one query may ask for.
pub const CUSTOM_METRICS_ASKED_MAX: usize = 16;

/// What somebody saves under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomMetricDraft {
    /// The name.
    pub name: String,
    /// The formula.
    pub formula: CustomFormula,
    /// What it tells, as a sentence.
    pub meaning: String,
    /// In which direction it is better.
    pub better: Better,
}

impl CustomMetricDraft {
    /// The draft of these texts, or the first thing that is wrong with them; `path` is the field.
    pub fn new(name: &str, formula: &str, meaning: &str, better: Better) -> Result<Self, Refusal> {
        check_name(name).map_err(|refusal| refusal.at("input.name"))?;
        let formula =
            CustomFormula::parse(formula).map_err(|refusal| refusal.at("input.formula"))?;
        let meaning = checked_meaning(meaning).map_err(|refusal| refusal.at("input.meaning"))?;
        Ok(Self {
            name: name.to_owned(),
            formula,
            meaning,
            better,
        })
    }
}

fn checked_meaning(meaning: &str) -> Result<String, Refusal> {
    let trimmed = meaning.trim();
    if trimmed.is_empty() {
        return Err(Refusal::invalid(
            "say in a sentence what the metric tells its readers",
        ));
    }
    if trimmed.len() > CUSTOM_METRIC_MEANING_BYTES_MAX {
        let what = format!("a meaning of {} bytes", trimmed.len());
        let (limit, max) = (
            "custom_metric_meaning_bytes_max",
            CUSTOM_METRIC_MEANING_BYTES_MAX,
        );
        return Err(Refusal::limit(limit, max, what));
    }
    if trimmed.contains(char::is_control) {
        let message = "a meaning may not hold control characters, such as line breaks";
        return Err(Refusal::invalid(message));
    }
    Ok(trimmed.to_owned())
}

/// One revision of a custom metric.
///
/// Within an agency a name and a revision say it all: revisions are equal, and hashed, by them.
#[derive(Debug, Clone)]
pub struct CustomMetric {
    /// What was saved.
    pub draft: CustomMetricDraft,
    /// The number of the revision, from 1.
    pub revision: u32,
    /// Whether the revision took the metric out of use.
    pub is_archived: bool,
    /// The member who made the revision; `None` for the operator.
    pub made_by: Option<MemberId>,
    /// When the revision was made.
    pub made_at: Timestamp,
}

impl CustomMetric {
    /// The name.
    pub fn name(&self) -> &str {
        &self.draft.name
    }

    /// About how many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let draft = &self.draft;
        size_of::<Self>() + draft.name.len() + draft.meaning.len() + draft.formula.size_bytes()
    }
}

impl PartialEq for CustomMetric {
    fn eq(&self, other: &Self) -> bool {
        (self.name(), self.revision) == (other.name(), other.revision)
    }
}

impl Eq for CustomMetric {}

impl Hash for CustomMetric {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name(), self.revision).hash(state);
    }
}
