//! The entries of metrics that tell how people went from seeing an ad to buying.

use super::catalogue::{Better, MetricClass, MetricDefinition, Unit};
use super::formula::{Component, Formula, Term};

const fn measure(name: &'static str) -> Term {
    Term {
        weight: 1,
        component: Component::Measure(name),
        required: true,
    }
}

const ENGAGED: &[Term] = &[measure("likes"), measure("comments"), measure("shares")];
const SPENT: &[Term] = &[measure("spend")];
const SHOWN: &[Term] = &[measure("impressions")];
const VIEWED: &[Term] = &[measure("video_views")];

/// What industry usage has in common; every entry names itself and what differs.
const QUOTIENT: MetricDefinition = MetricDefinition {
    meaning: "",
    formula_text: "",
    formula: Formula {
        factor: 1,
        numerator: SPENT,
        denominator: &[],
    },
    unit: Unit::MoneyPerEvent,
    class: MetricClass::Ratio,
    better: Better::Lower,
    source: "Industry usage, as TikTok, Meta and Google document it.",
};

const fn quotient(numerator: &'static [Term], denominator: &'static [Term]) -> Formula {
    Formula {
        factor: 1,
        numerator,
        denominator,
    }
}

pub(super) const AOV: MetricDefinition = MetricDefinition {
    meaning: "Revenue of a conversion on average.",
    formula_text: "revenue / conversions",
    formula: quotient(&[measure("revenue")], &[measure("conversions")]),
    better: Better::Higher,
    ..QUOTIENT
};

pub(super) const ENGAGEMENTS: MetricDefinition = MetricDefinition {
    meaning: "Likes, comments and shares together.",
    formula_text: "likes + comments + shares",
    formula: quotient(ENGAGED, &[]),
    unit: Unit::Count,
    class: MetricClass::Additive,
    better: Better::Higher,
    ..QUOTIENT
};

pub(super) const ENGAGEMENT_RATE_BY_IMPRESSIONS: MetricDefinition = MetricDefinition {
    meaning: "Likes, comments and shares for each impression.",
    formula_text: "(likes + comments + shares) / impressions",
    formula: quotient(ENGAGED, SHOWN),
    unit: Unit::Ratio,
    better: Better::Higher,
    ..QUOTIENT
};

pub(super) const CPE: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a like, comment or share.",
    formula_text: "spend / (likes + comments + shares)",
    formula: quotient(SPENT, ENGAGED),
    ..QUOTIENT
};

pub(super) const VIEW_RATE: MetricDefinition = MetricDefinition {
    meaning: "The share of impressions whose video started to play.",
    formula_text: "video_views / impressions",
    formula: quotient(VIEWED, SHOWN),
    unit: Unit::Ratio,
    better: Better::Higher,
    ..QUOTIENT
};

pub(super) const CPV: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a video view.",
    formula_text: "spend / video_views",
    formula: quotient(SPENT, VIEWED),
    ..QUOTIENT
};

pub(super) const COST_PER_FOLLOWER: MetricDefinition = MetricDefinition {
    meaning: "Media cost of a new follower.",
    formula_text: "spend / follows",
    formula: quotient(SPENT, &[measure("follows")]),
    ..QUOTIENT
};
