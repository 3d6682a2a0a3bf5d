//! The metrics by name, and what an entry of the catalogue tells; the entries themselves stand in
//! `measures.rs` and `formulas.rs`.

use super::formula::{Component, Formula, Term};
use super::{formulas, measures};
use crate::closed_words;
use crate::dataset::{Dataset, DatasetName};

/// What a metric's number is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Whole events; a JSON integer.
    Count,
    /// Events with fractions; a decimal.
    Conversions,
    /// Money of one currency; a decimal.
    Money,
    /// Money of one currency for each event; a decimal.
    MoneyPerEvent,
    /// No unit; a float, 0.25 means 25 %.
    Ratio,
}

/// How a metric's totals come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetricClass {
    /// Totals are sums.
    Additive,
    /// Totals are computed anew from summed components.
    Ratio,
}

/// In which direction a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither by itself.
    Neither,
}

/// One entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricDefinition {
    /// What it tells, as a sentence.
    pub meaning: &'static str,
    /// The formula as people read it, in metric names.
    pub formula_text: &'static str,
    /// The formula as it is computed.
    pub formula: Formula,
    /// What it is counted in.
    pub unit: Unit,
    /// How totals come about.
    pub class: MetricClass,
    /// Which direction is better.
    pub better: Better,
    /// Where the definition comes from.
    pub source: &'static str,
}

closed_words! {
    /// The name of a metric.
    pub enum Metric, "a metric" {
        /// Times an ad was shown.
        Impressions => "impressions",
        /// Clicks on an ad, as the platform counts them.
        Clicks => "clicks",
        /// Times a video started to play.
        VideoViews => "video_views",
        /// Video plays of at least two seconds; not comparable across platforms.
        VideoViews2s => "video_views_2s",
        /// Video plays of at least six seconds; not comparable across platforms.
        VideoViews6s => "video_views_6s",
        /// Video plays that reached a quarter of the video.
        VideoP25 => "video_p25",
        /// Video plays that reached half of the video.
        VideoP50 => "video_p50",
        /// Video plays that reached three quarters of the video.
        VideoP75 => "video_p75",
        /// Video plays that reached the video's end.
        VideoP100 => "video_p100",
        /// Likes that ads received.
        Likes => "likes",
        /// Comments that ads received.
        Comments => "comments",
        /// Times ads were shared.
        Shares => "shares",
        /// New followers won through ads.
        Follows => "follows",
        /// Conversions in the attribution window; platforms report fractions and restate them.
        Conversions => "conversions",
        /// Media cost charged by the platform.
        Spend => "spend",
        /// Value of the conversions, before refunds.
        Revenue => "revenue",
        /// Money given back to buyers.
        Refunds => "refunds",
        /// Cost of the goods sold.
        Cogs => "cogs",
        /// Agency fees accrued in the range.
        AgencyFees => "agency_fees",
        /// Production costs accrued in the range.
        ProductionCosts => "production_costs",
        /// Influencer costs accrued in the range.
        InfluencerCosts => "influencer_costs",
        /// All that the campaigns cost: media, fees, production and influencers.
        TotalCost => "total_cost",
        /// Revenue after refunds.
        NetRevenue => "net_revenue",
        /// Net revenue less the cost of the goods; campaign costs are not taken off.
        GrossProfit => "gross_profit",
        /// Gross profit less total cost.
        NetProfit => "net_profit",
        /// Click-through rate.
        Ctr => "ctr",
        /// Media cost of a click.
        Cpc => "cpc",
        /// Media cost of a thousand impressions.
        Cpm => "cpm",
        /// Media cost of a conversion.
        Cpa => "cpa",
        /// Conversion rate of clicks.
        Cvr => "cvr",
        /// Return on ad spend: net revenue for each unit of media.
        Roas => "roas",
        /// Profit on ad spend: gross profit for each unit of media.
        Poas => "poas",
        /// Net return on the total cost; 0.25 means 25 %, break-even is 0.
        Roi => "roi",
        /// Gross profit for each unit of total cost; break-even is 1.
        GrossRoi => "gross_roi",
        /// Likes, comments and shares for each impression.
        EngagementRateByImpressions => "engagement_rate_by_impressions",
    }
}

impl Metric {
    /// The metric's entry.
    pub fn definition(self) -> MetricDefinition {
        match self {
            Self::Impressions => measures::IMPRESSIONS,
            Self::Clicks => measures::CLICKS,
            Self::VideoViews => measures::VIDEO_VIEWS,
            Self::VideoViews2s => measures::VIDEO_VIEWS_2S,
            Self::VideoViews6s => measures::VIDEO_VIEWS_6S,
            Self::VideoP25 => measures::VIDEO_P25,
            Self::VideoP50 => measures::VIDEO_P50,
            Self::VideoP75 => measures::VIDEO_P75,
            Self::VideoP100 => measures::VIDEO_P100,
            Self::Likes => measures::LIKES,
            Self::Comments => measures::COMMENTS,
            Self::Shares => measures::SHARES,
            Self::Follows => measures::FOLLOWS,
            Self::Conversions => measures::CONVERSIONS,
            Self::Spend => measures::SPEND,
            Self::Revenue => measures::REVENUE,
            Self::Refunds => measures::REFUNDS,
            Self::Cogs => measures::COGS,
            Self::AgencyFees => formulas::AGENCY_FEES,
            Self::ProductionCosts => formulas::PRODUCTION_COSTS,
            Self::InfluencerCosts => formulas::INFLUENCER_COSTS,
            Self::TotalCost => formulas::TOTAL_COST,
            Self::NetRevenue => formulas::NET_REVENUE,
            Self::GrossProfit => formulas::GROSS_PROFIT,
            Self::NetProfit => formulas::NET_PROFIT,
            Self::Ctr => formulas::CTR,
            Self::Cpc => formulas::CPC,
            Self::Cpm => formulas::CPM,
            Self::Cpa => formulas::CPA,
            Self::Cvr => formulas::CVR,
            Self::Roas => formulas::ROAS,
            Self::Poas => formulas::POAS,
            Self::Roi => formulas::ROI,
            Self::GrossRoi => formulas::GROSS_ROI,
            Self::EngagementRateByImpressions => formulas::ENGAGEMENT_RATE_BY_IMPRESSIONS,
        }
    }

    /// Whether the metric is a measure that reports bring, not a formula over measures.
    pub fn is_measure(self) -> bool {
        self.measure().is_some()
    }

    /// The measure that the metric is the sum of, if it is one.
    pub fn measure(self) -> Option<&'static str> {
        match self.definition().formula {
            Formula {
                numerator:
                    [
                        Term {
                            component: Component::Measure(name),
                            ..
                        },
                    ],
                denominator: [],
                ..
            } => Some(name),
            _ => None,
        }
    }

    /// Whether the number depends on the attribution window of its facts.
    pub fn is_attributed(self) -> bool {
        let formula = self.definition().formula;
        formula.terms().any(|term| term.component.is_attributed())
    }

    /// Whether the metric needs costs beside media.
    pub fn needs_costs(self) -> bool {
        let formula = self.definition().formula;
        formula
            .terms()
            .any(|term| matches!(term.component, Component::Cost(_)))
    }

    /// Whether every measure of the formula is in the dataset, and costs where it needs them.
    pub fn is_known_in(self, dataset: DatasetName) -> bool {
        let formula = self.definition().formula;
        formula.terms().all(|term| match term.component {
            Component::Measure(name) => Dataset::of(dataset).measure_index(name).is_some(),
            Component::Cost(_) => dataset == DatasetName::DeliveryDaily,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_of_the_datasets_is_a_metric() {
        for dataset in [DatasetName::DeliveryDaily, DatasetName::AudienceDaily] {
            for measure in Dataset::of(dataset).measures {
                let metric: Metric = measure.name.parse().unwrap();
                assert_eq!(metric.measure(), Some(measure.name));
            }
        }
    }

    #[test]
    fn formulas_with_a_denominator_are_ratios_and_the_rest_adds_up() {
        for metric in Metric::ALL {
            let definition = metric.definition();
            let has_denominator = !definition.formula.denominator.is_empty();
            assert_eq!(
                definition.class == MetricClass::Ratio,
                has_denominator,
                "{metric}"
            );
        }
    }
}
