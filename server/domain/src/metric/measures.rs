//! The entries of metrics that are measures: sums of what reports bring.

use super::catalogue::{Better, MetricClass, MetricDefinition, Unit};
use super::formula::{Component, Formula, Term};

/// The entry of a measure: its own sum. A macro, because a slice made from a function's argument
/// is not static.
macro_rules! measured {
    ($name:literal, $unit:ident, $better:ident, $meaning:literal) => {
        measured!($name, $unit, $better, Additive, $meaning)
    };
    ($name:literal, $unit:ident, $better:ident, $class:ident, $meaning:literal) => {
        MetricDefinition {
            meaning: $meaning,
            formula_text: $name,
            formula: Formula {
                factor: 1,
                numerator: &[Term {
                    weight: 1,
                    component: Component::Measure($name),
                    required: true,
                }],
                denominator: &[],
            },
            unit: Unit::$unit,
            class: MetricClass::$class,
            better: Better::$better,
            source: "As the platform reports it.",
        }
    };
}

pub(super) const IMPRESSIONS: MetricDefinition =
    measured!("impressions", Count, Neither, "Times an ad was shown.");
pub(super) const CLICKS: MetricDefinition = measured!(
    "clicks",
    Count,
    Higher,
    "Clicks on an ad, as the platform counts them."
);
pub(super) const VIDEO_VIEWS: MetricDefinition = measured!(
    "video_views",
    Count,
    Higher,
    "Times a video started to play."
);
pub(super) const VIDEO_VIEWS_2S: MetricDefinition = measured!(
    "video_views_2s",
    Count,
    Higher,
    "Video plays of at least two seconds; not comparable across platforms."
);
pub(super) const VIDEO_VIEWS_6S: MetricDefinition = measured!(
    "video_views_6s",
    Count,
    Higher,
    "Video plays of at least six seconds; not comparable across platforms."
);
pub(super) const VIDEO_P25: MetricDefinition = measured!(
    "video_p25",
    Count,
    Higher,
    "Video plays that reached a quarter of the video."
);
pub(super) const VIDEO_P50: MetricDefinition = measured!(
    "video_p50",
    Count,
    Higher,
    "Video plays that reached half of the video."
);
pub(super) const VIDEO_P75: MetricDefinition = measured!(
    "video_p75",
    Count,
    Higher,
    "Video plays that reached three quarters of the video."
);
pub(super) const VIDEO_P100: MetricDefinition = measured!(
    "video_p100",
    Count,
    Higher,
    "Video plays that reached the video's end."
);
pub(super) const LIKES: MetricDefinition =
    measured!("likes", Count, Higher, "Likes that ads received.");
pub(super) const COMMENTS: MetricDefinition =
    measured!("comments", Count, Higher, "Comments that ads received.");
pub(super) const SHARES: MetricDefinition =
    measured!("shares", Count, Higher, "Times ads were shared.");
pub(super) const FOLLOWS: MetricDefinition =
    measured!("follows", Count, Higher, "New followers won through ads.");
pub(super) const CONVERSIONS: MetricDefinition = measured!(
    "conversions",
    Conversions,
    Higher,
    "Conversions in the attribution window; platforms report fractions and restate them."
);
pub(super) const SPEND: MetricDefinition = measured!(
    "spend",
    Money,
    Neither,
    "Media cost charged by the platform."
);
pub(super) const REVENUE: MetricDefinition = measured!(
    "revenue",
    Money,
    Higher,
    "Value of the conversions, before refunds."
);
pub(super) const REFUNDS: MetricDefinition =
    measured!("refunds", Money, Lower, "Money given back to buyers.");
pub(super) const COGS: MetricDefinition =
    measured!("cogs", Money, Neither, "Cost of the goods sold.");
pub(super) const REACH: MetricDefinition = measured!(
    "reach",
    Count,
    Higher,
    Deduplicated,
    "Different people who saw an ad of the campaign in exactly the row's period; never summed."
);
pub(super) const ORDERS: MetricDefinition = measured!(
    "orders",
    Count,
    Higher,
    "Orders that came through the campaign."
);
pub(super) const REFUND_ORDERS: MetricDefinition = measured!(
    "refund_orders",
    Count,
    Lower,
    "Orders of which anything was given back."
);
pub(super) const REVIEWS: MetricDefinition =
    measured!("reviews", Count, Neither, "Reviews that buyers wrote.");
pub(super) const NEGATIVE_REVIEWS: MetricDefinition = measured!(
    "negative_reviews",
    Count,
    Lower,
    "Reviews that count as negative."
);
pub(super) const RATINGS: MetricDefinition =
    measured!("ratings", Count, Neither, "Ratings that buyers gave.");
pub(super) const RATING_SUM: MetricDefinition = measured!(
    "rating_sum",
    Conversions,
    Neither,
    "The stars of all ratings together."
);
pub(super) const NEGATIVE_COMMENTS: MetricDefinition = measured!(
    "negative_comments",
    Count,
    Lower,
    "Comments that count as negative."
);
