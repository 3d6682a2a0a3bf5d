//! The fields of metrics, once for every type that has them.
//!
//! Invariant: each metric of the catalogue has one line here; what the line says holds in rows,
//! in previous values, in deltas and in their ratios.

/// Calls a macro with every metric's field: description, name, wire type and metric.
macro_rules! with_metric_fields {
    ($macro:ident) => {
        $macro! {
            /// Times an ad was shown.
            impressions: Count = Impressions;
            /// Clicks on an ad, as the platform counts them.
            clicks: Count = Clicks;
            /// Times a video started to play.
            video_views: Count = VideoViews;
            /// Video plays of at least two seconds; not comparable across platforms.
            #[graphql(name = "videoViews2s")]
            video_views_2s: Count = VideoViews2s;
            /// Video plays of at least six seconds; not comparable across platforms.
            #[graphql(name = "videoViews6s")]
            video_views_6s: Count = VideoViews6s;
            /// Video plays that reached a quarter of the video.
            video_p25: Count = VideoP25;
            /// Video plays that reached half of the video.
            video_p50: Count = VideoP50;
            /// Video plays that reached three quarters of the video.
            video_p75: Count = VideoP75;
            /// Video plays that reached the video's end.
            video_p100: Count = VideoP100;
            /// Likes that ads received.
            likes: Count = Likes;
            /// Comments that ads received.
            comments: Count = Comments;
            /// Times ads were shared.
            shares: Count = Shares;
            /// New followers won through ads.
            follows: Count = Follows;
            /// Conversions in the attribution window; platforms report fractions and restate them.
            conversions: Decimal = Conversions;
            /// Media cost charged by the platform.
            spend: Decimal = Spend;
            /// Value of the conversions, before refunds.
            revenue: Decimal = Revenue;
            /// Money given back to buyers.
            refunds: Decimal = Refunds;
            /// Cost of the goods sold.
            cogs: Decimal = Cogs;
            /// Agency fees accrued in the range.
            agency_fees: Decimal = AgencyFees;
            /// Production costs accrued in the range.
            production_costs: Decimal = ProductionCosts;
            /// Influencer costs accrued in the range.
            influencer_costs: Decimal = InfluencerCosts;
            /// All that the campaigns cost: media, fees, production and influencers.
            total_cost: Decimal = TotalCost;
            /// Revenue after refunds.
            net_revenue: Decimal = NetRevenue;
            /// Net revenue less the cost of the goods; campaign costs are not taken off.
            gross_profit: Decimal = GrossProfit;
            /// Gross profit less total cost.
            net_profit: Decimal = NetProfit;
            /// Click-through rate.
            ctr: f64 = Ctr;
            /// Media cost of a click.
            cpc: Decimal = Cpc;
            /// Media cost of a thousand impressions.
            cpm: Decimal = Cpm;
            /// Media cost of a conversion.
            cpa: Decimal = Cpa;
            /// Conversion rate of clicks.
            cvr: f64 = Cvr;
            /// Return on ad spend: net revenue for each unit of media.
            roas: f64 = Roas;
            /// Net revenue for each unit of total cost.
            blended_roas: f64 = BlendedRoas;
            /// Profit on ad spend: gross profit for each unit of media.
            poas: f64 = Poas;
            /// The return on ad spend at which the goods' profit just pays for the media.
            break_even_roas: f64 = BreakEvenRoas;
            /// Net return on the total cost; 0.25 means 25 %, break-even is 0.
            roi: f64 = Roi;
            /// Gross profit for each unit of total cost; break-even is 1.
            gross_roi: f64 = GrossRoi;
            /// Revenue of a conversion on average.
            aov: Decimal = Aov;
            /// Likes, comments and shares together.
            engagements: Count = Engagements;
            /// Likes, comments and shares for each impression.
            engagement_rate_by_impressions: f64 = EngagementRateByImpressions;
            /// Media cost of a like, comment or share.
            cpe: Decimal = Cpe;
            /// The share of impressions whose video started to play.
            view_rate: f64 = ViewRate;
            /// Media cost of a video view.
            cpv: Decimal = Cpv;
            /// Media cost of a new follower.
            cost_per_follower: Decimal = CostPerFollower;
            /// Different people who saw an ad of the campaign in exactly the row's period; never summed.
            reach: Count = Reach;
            /// How often each person reached saw an ad in exactly the row's period; never summed.
            frequency: f64 = Frequency;
            /// Orders that came through the campaign.
            orders: Count = Orders;
            /// Orders of which anything was given back.
            refund_orders: Count = RefundOrders;
            /// The share of orders of which anything was given back.
            refund_rate: f64 = RefundRate;
            /// Reviews that buyers wrote.
            reviews: Count = Reviews;
            /// Reviews that count as negative.
            negative_reviews: Count = NegativeReviews;
            /// The share of reviews that count as negative.
            negative_review_rate: f64 = NegativeReviewRate;
            /// Ratings that buyers gave.
            ratings: Count = Ratings;
            /// The stars of all ratings together.
            rating_sum: Decimal = RatingSum;
            /// The stars of a rating on average.
            average_rating: f64 = AverageRating;
            /// Comments that count as negative.
            negative_comments: Count = NegativeComments;
            /// The share of comments that count as negative.
            negative_comment_rate: f64 = NegativeCommentRate;
        }
    };
}

pub(super) use with_metric_fields;
