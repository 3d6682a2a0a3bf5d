//! The entries of metrics that are computed from what people say and from whom ads reached.

use super::catalogue::{Better, MetricClass, MetricDefinition, Unit};
use super::formula::{Component, Formula, Term};

/// A share or an average of two measures. A macro, because a slice made from a function's argument
/// is not static.
macro_rules! quotient {
    ($above:literal / $below:literal) => {
        Formula {
            factor: 1,
            numerator: &[Term {
                weight: 1,
                component: Component::Measure($above),
                required: true,
            }],
            denominator: &[Term {
                weight: 1,
                component: Component::Measure($below),
                required: true,
            }],
        }
    };
}

pub(super) const FREQUENCY: MetricDefinition = MetricDefinition {
    meaning: "How often each person reached saw an ad in exactly the row's period; never summed.",
    formula_text: "impressions / reach",
    formula: quotient!("impressions" / "reach"),
    unit: Unit::Ratio,
    class: MetricClass::Deduplicated,
    better: Better::Neither,
    source: "Industry usage, as TikTok and Meta document it; both numbers of one report.",
};

pub(super) const REFUND_RATE: MetricDefinition = MetricDefinition {
    meaning: "The share of orders of which anything was given back.",
    formula_text: "refund_orders / orders",
    formula: quotient!("refund_orders" / "orders"),
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "requirements.md MIS-3; mismatch_cases.json, feedback",
};

pub(super) const AVERAGE_RATING: MetricDefinition = MetricDefinition {
    meaning: "The stars of a rating on average.",
    formula_text: "rating_sum / ratings",
    formula: quotient!("rating_sum" / "ratings"),
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Higher,
    source: "requirements.md MIS-4; the mean of all ratings, never of daily means.",
};

pub(super) const NEGATIVE_REVIEW_RATE: MetricDefinition = MetricDefinition {
    meaning: "The share of reviews that count as negative.",
    formula_text: "negative_reviews / reviews",
    formula: quotient!("negative_reviews" / "reviews"),
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "requirements.md MIS-3; mismatch_cases.json, feedback",
};

pub(super) const NEGATIVE_COMMENT_RATE: MetricDefinition = MetricDefinition {
    meaning: "The share of comments that count as negative.",
    formula_text: "negative_comments / comments",
    formula: quotient!("negative_comments" / "comments"),
    unit: Unit::Ratio,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "requirements.md MIS-3; mismatch_cases.json, feedback",
};
