//! An experiment: variants of content compared by a metric, as planned before it began.
//!
//! The result is computed from what is observed, never written down.

use rust_decimal::Decimal;

use crate::error_code::Refusal;
use crate::ids::RecordId;
use crate::metric::Metric;
use crate::record::values::{Exact, Period};
use crate::record::words::ComparisonTest;
use crate::record::{Faults, RecordKind, Reference};

body_types! {
    /// A comparison of variants.
    pub struct Experiment {
        /// Its name as shown.
        pub name: String,
        /// What it is to find out.
        pub hypothesis: Option<String>,
        /// When it runs.
        pub period: Period,
        /// By which metric the variants are compared.
        pub metric: Metric,
        /// By which test.
        pub test: ComparisonTest,
        /// What is compared: at least two, each name once; their allocations come to 1.
        pub variants: Vec<ExperimentVariant>,
        /// The smallest relative difference that matters, above 0.
        pub minimum_effect: Exact,
        /// The level of confidence, above 0 and below 1.
        pub confidence: Exact,
        /// When it ends.
        pub stopping_rule: StoppingRule,
    }

    /// A variant of an experiment.
    pub struct ExperimentVariant {
        /// Its name.
        pub name: String,
        /// What it shows.
        pub content: Option<RecordId>,
        /// The share of the audience that sees it, from 0 to 1.
        pub allocation: Exact,
        /// What was observed of it so far.
        pub observed: Option<Observed>,
    }

    /// What was observed of a variant: trials of which some succeeded, or values.
    pub struct Observed {
        /// How many trials or values.
        pub count: u32,
        /// How many of the trials succeeded; of the two-proportion test alone.
        pub successes: Option<u32>,
        /// The mean of the values; of Welch's test alone.
        pub mean: Option<Exact>,
        /// The standard deviation of the values, as of a sample; of Welch's test alone.
        pub deviation: Option<Exact>,
    }

    /// When an experiment ends, stated before it begins.
    pub struct StoppingRule {
        /// After how many observations of each variant, at least 1.
        pub observations_per_variant: u32,
        /// In words, when more is to be said.
        pub note: Option<String>,
    }
}

/// The fewest variants that can be compared.
const VARIANTS_MIN: usize = 2;

impl Experiment {
    pub(in crate::record) fn check(&self, faults: &mut Faults) {
        faults.name("name", &self.name);
        faults.text_if_any("hypothesis", self.hypothesis.as_deref());
        faults.period("period", &self.period);
        faults.each("variants", &self.variants, |faults, variant| {
            faults.name("name", &variant.name);
            if let Some(observed) = &variant.observed {
                faults.within("observed", |faults| observed.check(self.test, faults));
            }
        });
        faults.distinct("variants", self.variants.iter().map(|it| &it.name));
        if self.variants.len() < VARIANTS_MIN {
            let message = "an experiment compares at least two variants";
            faults.add("variants", Refusal::invalid(message));
        } else {
            let allocations = self.variants.iter().map(|variant| variant.allocation);
            faults.distribution("variants", &allocations.collect::<Vec<_>>());
        }
        if self.minimum_effect.0 <= Decimal::ZERO {
            let message = "the smallest difference that matters is above 0";
            faults.add("minimumEffect", Refusal::invalid(message));
        }
        if self.confidence.0 <= Decimal::ZERO || self.confidence.0 >= Decimal::ONE {
            let message = "a level of confidence is above 0 and below 1, such as `0.95`";
            faults.add("confidence", Refusal::invalid(message));
        }
        faults.within("stoppingRule", |faults| {
            let rule = &self.stopping_rule;
            if rule.observations_per_variant == 0 {
                let message = "an experiment needs at least one observation of each variant";
                faults.add("observationsPerVariant", Refusal::invalid(message));
            }
            faults.text_if_any("note", rule.note.as_deref());
        });
    }

    pub(in crate::record) fn references(&self) -> Vec<Reference> {
        let variants = self.variants.iter().enumerate();
        variants
            .filter_map(|(index, variant)| {
                let place = format!("variants.{index}.content");
                Some(Reference::new(place, RecordKind::Content, variant.content?))
            })
            .collect()
    }
}

impl Observed {
    fn check(&self, test: ComparisonTest, faults: &mut Faults) {
        let of_values = self.mean.is_some() || self.deviation.is_some();
        match test {
            ComparisonTest::TwoProportion if self.successes.is_none() || of_values => {
                let message = "the two-proportion test needs `successes` of `count` trials, and neither `mean` nor `deviation`";
                faults.add("successes", Refusal::invalid(message));
            }
            ComparisonTest::Welch
                if self.successes.is_some() || self.mean.is_none() || self.deviation.is_none() =>
            {
                let message = "Welch's test needs the `mean` and the `deviation` of `count` values, and no `successes`";
                faults.add("mean", Refusal::invalid(message));
            }
            ComparisonTest::TwoProportion | ComparisonTest::Welch => {}
        }
        if let Some(successes) = self.successes.filter(|successes| *successes > self.count) {
            let message = format!(
                "`{successes}` of `{}` trials can't have succeeded",
                self.count
            );
            faults.add("successes", Refusal::invalid(message));
        }
        if let Some(deviation) = self.deviation {
            faults.not_negative("deviation", deviation);
        }
    }
}
