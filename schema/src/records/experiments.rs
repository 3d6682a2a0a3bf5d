//! What experiments have found: computed when it is asked for, and never written down.

use async_graphql::{Enum, SimpleObject};
use bellwether_domain::record::{Experiment, Record};
use bellwether_service::experiment_result;

/// The fields of an experiment that are computed of what it says.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExperimentComputed {
    /// What it has found so far, by what was observed of its variants.
    result: ExperimentResult,
}

impl ExperimentComputed {
    /// The fields of a record that is an experiment.
    pub(crate) fn of(record: &Record) -> Self {
        let experiment = Experiment::try_from(record.body.clone())
            .expect("a node of the schema holds a record of its own kind");
        let result = experiment_result(&experiment);
        let comparisons = result.comparisons.into_iter().map(VariantComparison::from);
        Self {
            result: ExperimentResult {
                is_stopped: result.is_stopped,
                confidence_each: result.confidence_each,
                comparisons: comparisons.collect(),
            },
        }
    }
}

/// What an experiment has found so far.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExperimentResult {
    /// Whether every variant has as many observations as the stopping rule says.
    is_stopped: bool,
    /// The level of confidence of each comparison: higher than the experiment's where it has several, so that all together hold at the experiment's.
    confidence_each: f64,
    /// Every variant but the first, against the first.
    comparisons: Vec<VariantComparison>,
}

/// A variant of an experiment against the first one.
#[derive(Debug, SimpleObject)]
pub(crate) struct VariantComparison {
    /// The variant's name.
    variant: String,
    /// The first variant's name.
    baseline: String,
    /// What it comes to.
    verdict: ExperimentVerdict,
    /// The variant's share or mean less the first one's; null before the stopping rule is reached, as all figures are.
    difference: Option<f64>,
    /// The difference as a part of the first one's share or mean; null when that is zero.
    relative_effect: Option<f64>,
    /// The probability of such a difference or a greater one between variants that are the same.
    p_value: Option<f64>,
    /// The lower end of the confidence interval of the difference.
    lower: Option<f64>,
    /// The upper end of the confidence interval of the difference.
    upper: Option<f64>,
}

impl From<bellwether_service::VariantComparison> for VariantComparison {
    fn from(compared: bellwether_service::VariantComparison) -> Self {
        let figures = compared.figures;
        Self {
            variant: compared.variant,
            baseline: compared.baseline,
            verdict: compared.verdict.into(),
            difference: figures.map(|figures| figures.difference),
            relative_effect: figures.and_then(|figures| figures.relative),
            p_value: figures.map(|figures| figures.p_value),
            lower: figures.map(|figures| figures.lower),
            upper: figures.map(|figures| figures.upper),
        }
    }
}

/// What a comparison of variants comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::ExperimentVerdict")]
pub(crate) enum ExperimentVerdict {
    /// The stopping rule is not reached: nothing is said yet.
    Running,
    /// The variants differ, by at least the effect that matters.
    Different,
    /// They differ, by less than matters.
    TooSmall,
    /// No difference was found.
    NoDifference,
    /// The observations allow no test, such as values without any variance.
    Undetermined,
}
