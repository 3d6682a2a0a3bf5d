//! Results of experiments: each variant against the first, by the test that was stated before.
//!
//! Invariant: nothing is said of a difference before the stopping rule is reached, so that looking
//! early can't find one; several comparisons share the chance of error between them.

#[cfg(test)]
mod tests;

use bellwether_domain::closed_words;
use bellwether_domain::record::words::ComparisonTest;
use bellwether_domain::record::{Experiment, Observed};
use bellwether_statistics::distribution::{
    normal_quantile, normal_two_sided, students_t_two_sided, students_t_upper_quantile,
};
use bellwether_statistics::exact::fisher;

closed_words! {
    /// What a comparison comes to.
    pub enum ExperimentVerdict, "a verdict" {
        /// The stopping rule is not reached: nothing is said yet.
        Running => "RUNNING",
        /// The variants differ, by at least the effect that matters.
        Different => "DIFFERENT",
        /// They differ, by less than matters.
        TooSmall => "TOO_SMALL",
        /// No difference was found.
        NoDifference => "NO_DIFFERENCE",
        /// The observations allow no test, such as values without any variance.
        Undetermined => "UNDETERMINED",
    }
}

/// Below so many expected in a cell the normal distribution does not stand for proportions.
const EXPECTED_IN_CELL_MIN: f64 = 5.0;

/// What an experiment has found so far.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentResult {
    /// Whether every variant has as many observations as the stopping rule says.
    pub is_stopped: bool,
    /// The level of confidence of each comparison: higher than the experiment's where it has
    /// several, so that all of them together hold at the experiment's.
    pub confidence_each: f64,
    /// Every variant but the first, against the first.
    pub comparisons: Vec<VariantComparison>,
}

/// A variant against the first one.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantComparison {
    /// The variant's name.
    pub variant: String,
    /// The first variant's name.
    pub baseline: String,
    /// What it comes to.
    pub verdict: ExperimentVerdict,
    /// The figures, once the stopping rule is reached.
    pub figures: Option<ComparisonFigures>,
}

/// The figures of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComparisonFigures {
    /// The variant's share or mean less the first one's.
    pub difference: f64,
    /// The same as a part of the first one's; none when that is zero.
    pub relative: Option<f64>,
    /// The probability of such a difference or a greater one between variants that are the same.
    pub p_value: f64,
    /// The lower end of the confidence interval of the difference.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
}

/// What an experiment has found, by what was observed of its variants.
pub fn experiment_result(experiment: &Experiment) -> ExperimentResult {
    let needed = experiment.stopping_rule.observations_per_variant;
    let mut variants = experiment.variants.iter();
    let has_enough = |observed: &Option<Observed>| {
        observed
            .as_ref()
            .is_some_and(|observed| observed.count >= needed)
    };
    let is_stopped = variants.all(|variant| has_enough(&variant.observed));
    let n_comparisons = experiment.variants.len().saturating_sub(1).max(1);
    let error_each = (1.0 - experiment.confidence.to_float()) / count(n_comparisons);
    let Some((first, others)) = experiment.variants.split_first() else {
        return ExperimentResult {
            is_stopped,
            confidence_each: 1.0 - error_each,
            comparisons: Vec::new(),
        };
    };
    let comparisons = others.iter().map(|variant| {
        let figures = match (&first.observed, &variant.observed) {
            (Some(baseline), Some(observed)) if is_stopped => match experiment.test {
                ComparisonTest::TwoProportion => two_proportion(baseline, observed, error_each),
                ComparisonTest::Welch => welch(baseline, observed, error_each),
            },
            _ => None,
        };
        VariantComparison {
            variant: variant.name.clone(),
            baseline: first.name.clone(),
            verdict: verdict(experiment, is_stopped, figures, error_each),
            figures,
        }
    });
    ExperimentResult {
        is_stopped,
        confidence_each: 1.0 - error_each,
        comparisons: comparisons.collect(),
    }
}

fn verdict(
    experiment: &Experiment,
    is_stopped: bool,
    figures: Option<ComparisonFigures>,
    error_each: f64,
) -> ExperimentVerdict {
    let minimum = experiment.minimum_effect.to_float();
    match figures {
        _ if !is_stopped => ExperimentVerdict::Running,
        None => ExperimentVerdict::Undetermined,
        Some(figures) if figures.p_value >= error_each => ExperimentVerdict::NoDifference,
        // What grew from nothing grew by more than any part of it.
        Some(figures) if figures.relative.is_none_or(|part| part.abs() >= minimum) => {
            ExperimentVerdict::Different
        }
        Some(_) => ExperimentVerdict::TooSmall,
    }
}

/// Shares of trials: by the pooled z-test, or by Fisher's exact test where few are expected.
fn two_proportion(
    baseline: &Observed,
    observed: &Observed,
    error: f64,
) -> Option<ComparisonFigures> {
    let (trials_a, successes_a) = (baseline.count, baseline.successes?);
    let (trials_b, successes_b) = (observed.count, observed.successes?);
    let (n_a, n_b) = (f64::from(trials_a), f64::from(trials_b));
    if trials_a == 0 || trials_b == 0 {
        return None;
    }
    let (share_a, share_b) = (f64::from(successes_a) / n_a, f64::from(successes_b) / n_b);
    let pooled = (f64::from(successes_a) + f64::from(successes_b)) / (n_a + n_b);
    let expected_min = pooled.min(1.0 - pooled) * n_a.min(n_b);
    let difference = share_b - share_a;
    let p_value = if expected_min < EXPECTED_IN_CELL_MIN {
        let [successes_a, trials_a] = [successes_a, trials_a].map(u64::from);
        fisher(successes_a, trials_a, successes_b.into(), trials_b.into())?
    } else {
        let spread = (pooled * (1.0 - pooled) * (1.0 / n_a + 1.0 / n_b)).sqrt();
        normal_two_sided(difference / spread)
    };
    let own_spread = (share_a * (1.0 - share_a) / n_a + share_b * (1.0 - share_b) / n_b).sqrt();
    let reach = normal_quantile(1.0 - error / 2.0)? * own_spread;
    Some(figures(difference, share_a, p_value, reach))
}

/// Means of values of unequal variance, by Welch's test.
fn welch(baseline: &Observed, observed: &Observed, error: f64) -> Option<ComparisonFigures> {
    let of = |observed: &Observed| {
        let (mean, deviation) = (observed.mean?, observed.deviation?);
        let n = f64::from(observed.count);
        let variance_of_mean = deviation.to_float().powi(2) / n;
        (observed.count >= 2).then(|| (mean.to_float(), variance_of_mean, n - 1.0))
    };
    let (mean_a, variance_a, degrees_a) = of(baseline)?;
    let (mean_b, variance_b, degrees_b) = of(observed)?;
    let variance = variance_a + variance_b;
    if variance <= 0.0 {
        return None;
    }
    let degrees =
        variance.powi(2) / (variance_a.powi(2) / degrees_a + variance_b.powi(2) / degrees_b);
    let difference = mean_b - mean_a;
    let p_value = students_t_two_sided(difference / variance.sqrt(), degrees)?;
    let reach = students_t_upper_quantile(error / 2.0, degrees)? * variance.sqrt();
    Some(figures(difference, mean_a, p_value, reach))
}

fn figures(difference: f64, baseline: f64, p_value: f64, reach: f64) -> ComparisonFigures {
    let is_something = baseline.abs() > 0.0;
    ComparisonFigures {
        difference,
        relative: is_something.then(|| difference / baseline.abs()),
        p_value,
        lower: difference - reach,
        upper: difference + reach,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an experiment has at most as many variants as a list of a record"
)]
fn count(n: usize) -> f64 {
    n as f64
}
