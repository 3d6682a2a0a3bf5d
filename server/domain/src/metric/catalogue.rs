//! The metrics by name, and what an entry of the catalogue tells; the entries themselves stand in
//! `measures.rs` and `formulas.rs`.

use super::formula::{Component, Formula, Term};
use super::{feedback, formulas, funnel, measures};
use crate::closed_words;
use crate::dataset::{Dataset, DatasetName};

closed_words! {
    /// What a metric's number is counted in.
    pub enum Unit, "a unit" {
        /// Whole events; a JSON integer.
        Count => "COUNT",
        /// Events with fractions; a decimal.
        Conversions => "CONVERSIONS",
        /// Money of one currency; a decimal.
        Money => "MONEY",
        /// Money of one currency for each event; a decimal.
        MoneyPerEvent => "MONEY_PER_EVENT",
        /// Events for each unit of money of one currency; a decimal.
        EventsPerMoney => "EVENTS_PER_MONEY",
        /// No unit; a float. Of a share, 0.25 means 25 %.
        Ratio => "RATIO",
    }
}

impl Unit {
    /// Whether its numbers are told in a currency, so that those of two can't be compared.
    pub const fn is_of_currency(self) -> bool {
        match self {
            Self::Money | Self::MoneyPerEvent | Self::EventsPerMoney => true,
            Self::Count | Self::Conversions | Self::Ratio => false,
        }
    }
}

closed_words! {
    /// How a metric's totals come about.
    pub enum MetricClass, "a class of metrics" {
        /// Totals are sums.
        Additive => "ADDITIVE",
        /// Totals are computed anew from summed components.
        Ratio => "RATIO",
        /// There are no totals: the number stands only in a row of one campaign and exactly the
        /// period that was reported.
        Deduplicated => "DEDUPLICATED",
    }
}

closed_words! {
    /// In which direction a metric is better.
    pub enum Better, "a direction" {
        /// More is better.
        Higher => "HIGHER",
        /// Less is better.
        Lower => "LOWER",
        /// Neither by itself.
        Neither => "NEITHER",
    }
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
        /// Net revenue for each unit of total cost.
        BlendedRoas => "blended_roas",
        /// Profit on ad spend: gross profit for each unit of media.
        Poas => "poas",
        /// The return on ad spend at which the goods' profit just pays for the media.
        BreakEvenRoas => "break_even_roas",
        /// Net return on the total cost; 0.25 means 25 %, break-even is 0.
        Roi => "roi",
        /// Gross profit for each unit of total cost; break-even is 1.
        GrossRoi => "gross_roi",
        /// Revenue of a conversion on average.
        Aov => "aov",
        /// Likes, comments and shares together.
        Engagements => "engagements",
        /// Likes, comments and shares for each impression.
        EngagementRateByImpressions => "engagement_rate_by_impressions",
        /// Media cost of a like, comment or share.
        Cpe => "cpe",
        /// The share of impressions whose video started to play.
        ViewRate => "view_rate",
        /// Media cost of a video view.
        Cpv => "cpv",
        /// Media cost of a new follower.
        CostPerFollower => "cost_per_follower",
        /// Different people who saw an ad of the campaign in exactly the row's period; never summed.
        Reach => "reach",
        /// How often each person reached saw an ad in exactly the row's period; never summed.
        Frequency => "frequency",
        /// Orders that came through the campaign.
        Orders => "orders",
        /// Orders of which anything was given back.
        RefundOrders => "refund_orders",
        /// The share of orders of which anything was given back.
        RefundRate => "refund_rate",
        /// Reviews that buyers wrote.
        Reviews => "reviews",
        /// Reviews that count as negative.
        NegativeReviews => "negative_reviews",
        /// The share of reviews that count as negative.
        NegativeReviewRate => "negative_review_rate",
        /// Ratings that buyers gave.
        Ratings => "ratings",
        /// The stars of all ratings together.
        RatingSum => "rating_sum",
        /// The stars of a rating on average.
        AverageRating => "average_rating",
        /// Comments that count as negative.
        NegativeComments => "negative_comments",
        /// The share of comments that count as negative.
        NegativeCommentRate => "negative_comment_rate",
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
            Self::BlendedRoas => formulas::BLENDED_ROAS,
            Self::Poas => formulas::POAS,
            Self::BreakEvenRoas => formulas::BREAK_EVEN_ROAS,
            Self::Roi => formulas::ROI,
            Self::GrossRoi => formulas::GROSS_ROI,
            Self::Aov => funnel::AOV,
            Self::Engagements => funnel::ENGAGEMENTS,
            Self::EngagementRateByImpressions => funnel::ENGAGEMENT_RATE_BY_IMPRESSIONS,
            Self::Cpe => funnel::CPE,
            Self::ViewRate => funnel::VIEW_RATE,
            Self::Cpv => funnel::CPV,
            Self::CostPerFollower => funnel::COST_PER_FOLLOWER,
            Self::Reach => measures::REACH,
            Self::Frequency => feedback::FREQUENCY,
            Self::Orders => measures::ORDERS,
            Self::RefundOrders => measures::REFUND_ORDERS,
            Self::RefundRate => feedback::REFUND_RATE,
            Self::Reviews => measures::REVIEWS,
            Self::NegativeReviews => measures::NEGATIVE_REVIEWS,
            Self::NegativeReviewRate => feedback::NEGATIVE_REVIEW_RATE,
            Self::Ratings => measures::RATINGS,
            Self::RatingSum => measures::RATING_SUM,
            Self::AverageRating => feedback::AVERAGE_RATING,
            Self::NegativeComments => measures::NEGATIVE_COMMENTS,
            Self::NegativeCommentRate => feedback::NEGATIVE_COMMENT_RATE,
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
        formula
            .terms()
            .all(|term| term.component.is_known_in(dataset))
    }

    /// Whether a query of the dataset may ask for the metric: the dataset knows it, or is a finer
    /// view of one that does. There a formula is null with a note, so that one document serves
    /// every grain; a lacking measure is a mistake.
    pub fn may_be_asked_of(self, dataset: DatasetName) -> bool {
        let coarser = Dataset::of(dataset).refines;
        self.is_known_in(dataset)
            || (!self.is_measure() && coarser.is_some_and(|coarser| self.is_known_in(coarser)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_of_the_datasets_is_a_metric() {
        let answering = |dataset: &&Dataset| dataset.name != DatasetName::Costs;
        for dataset in Dataset::ALL.iter().filter(answering) {
            for measure in dataset.measures {
                let metric: Metric = measure.name.parse().unwrap();
                assert_eq!(metric.measure(), Some(measure.name));
            }
        }
    }

    #[test]
    fn formulas_with_a_denominator_are_ratios_and_the_rest_adds_up_but_for_reach() {
        for metric in Metric::ALL {
            let formula = metric.definition().formula;
            let reach = Component::Measure("reach");
            let class = if formula.terms().any(|term| term.component == reach) {
                MetricClass::Deduplicated
            } else if formula.denominator.is_empty() {
                MetricClass::Additive
            } else {
                MetricClass::Ratio
            };
            assert_eq!(metric.definition().class, class, "{metric}");
        }
    }

    #[test]
    fn every_metric_is_known_in_some_dataset() {
        for metric in Metric::ALL {
            let knows = |dataset: &&Dataset| metric.is_known_in(dataset.name);
            assert!(Dataset::ALL.iter().any(|it| knows(&it)), "{metric}");
        }
    }
}
