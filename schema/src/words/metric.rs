//! The metrics as words of the API; their meanings stand in the domain's catalogue too.

use async_graphql::Enum;

/// The name of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::metric::Metric")]
pub(crate) enum Metric {
    /// Times an ad was shown.
    Impressions,
    /// Clicks on an ad, as the platform counts them.
    Clicks,
    /// Times a video started to play.
    VideoViews,
    /// Video plays of at least two seconds; not comparable across platforms.
    #[graphql(name = "VIDEO_VIEWS_2S")]
    VideoViews2s,
    /// Video plays of at least six seconds; not comparable across platforms.
    #[graphql(name = "VIDEO_VIEWS_6S")]
    VideoViews6s,
    /// Video plays that reached a quarter of the video.
    #[graphql(name = "VIDEO_P25")]
    VideoP25,
    /// Video plays that reached half of the video.
    #[graphql(name = "VIDEO_P50")]
    VideoP50,
    /// Video plays that reached three quarters of the video.
    #[graphql(name = "VIDEO_P75")]
    VideoP75,
    /// Video plays that reached the video's end.
    #[graphql(name = "VIDEO_P100")]
    VideoP100,
    /// Likes that ads received.
    Likes,
    /// Comments that ads received.
    Comments,
    /// Times ads were shared.
    Shares,
    /// New followers won through ads.
    Follows,
    /// Conversions in the attribution window; platforms report fractions and restate them.
    Conversions,
    /// Media cost charged by the platform.
    Spend,
    /// Value of the conversions, before refunds.
    Revenue,
    /// Money given back to buyers.
    Refunds,
    /// Cost of the goods sold.
    Cogs,
    /// Agency fees accrued in the range.
    AgencyFees,
    /// Production costs accrued in the range.
    ProductionCosts,
    /// Influencer costs accrued in the range.
    InfluencerCosts,
    /// All that the campaigns cost: media, fees, production and influencers.
    TotalCost,
    /// Revenue after refunds.
    NetRevenue,
    /// Net revenue less the cost of the goods; campaign costs are not taken off.
    GrossProfit,
    /// Gross profit less total cost.
    NetProfit,
    /// Click-through rate.
    Ctr,
    /// Media cost of a click.
    Cpc,
    /// Media cost of a thousand impressions.
    Cpm,
    /// Media cost of a conversion.
    Cpa,
    /// Conversion rate of clicks.
    Cvr,
    /// Return on ad spend: net revenue for each unit of media.
    Roas,
    /// Net revenue for each unit of total cost.
    BlendedRoas,
    /// Profit on ad spend: gross profit for each unit of media.
    Poas,
    /// The return on ad spend at which the goods' profit just pays for the media.
    BreakEvenRoas,
    /// Net return on the total cost; 0.25 means 25 %, break-even is 0.
    Roi,
    /// Gross profit for each unit of total cost; break-even is 1.
    GrossRoi,
    /// Revenue of a conversion on average.
    Aov,
    /// Likes, comments and shares together.
    Engagements,
    /// Likes, comments and shares for each impression.
    EngagementRateByImpressions,
    /// Media cost of a like, comment or share.
    Cpe,
    /// The share of impressions whose video started to play.
    ViewRate,
    /// Media cost of a video view.
    Cpv,
    /// Media cost of a new follower.
    CostPerFollower,
    /// Different people who saw an ad of the campaign in exactly the row's period; never summed.
    Reach,
    /// How often each person reached saw an ad in exactly the row's period; never summed.
    Frequency,
    /// Orders that came through the campaign.
    Orders,
    /// Orders of which anything was given back.
    RefundOrders,
    /// The share of orders of which anything was given back.
    RefundRate,
    /// Reviews that buyers wrote.
    Reviews,
    /// Reviews that count as negative.
    NegativeReviews,
    /// The share of reviews that count as negative.
    NegativeReviewRate,
    /// Ratings that buyers gave.
    Ratings,
    /// The stars of all ratings together.
    RatingSum,
    /// The stars of a rating on average.
    AverageRating,
    /// Comments that count as negative.
    NegativeComments,
    /// The share of comments that count as negative.
    NegativeCommentRate,
}
