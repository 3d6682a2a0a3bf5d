//! One row of an answer, every metric as a typed field.
//!
//! The look-ahead has put every selected metric into the question, so a field's cell is there; a
//! metric that was not asked for would be null.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use bellwether_domain::answer::Row;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{Metric, NoteCode as DomainNote, Value};

use super::answer::AnswerPage;
use crate::refusal::resolver_error;
use crate::scalars::{Count, Date, Decimal, float};
use crate::words::{self, NoteCode, Platform, TotalsLevel};

/// A row of an answer.
#[derive(Debug)]
pub(crate) struct MetricsRow {
    pub(super) page: Arc<AnswerPage>,
    pub(super) place: RowPlace,
}

/// Which row of the answer it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowPlace {
    /// The group at this place.
    Group(usize),
    /// The grand total.
    Grand,
}

impl MetricsRow {
    fn row(&self) -> &Row {
        let table = self.page.answer.table();
        match self.place {
            RowPlace::Group(index) => &table.rows[index],
            RowPlace::Grand => &table.total,
        }
    }

    fn value<T: FromCell>(&self, metric: Metric) -> Result<Option<T>> {
        let place = self.page.places[metric as usize];
        let cell = place.map(|place| self.row().cells[place]);
        let Some(value) = cell.and_then(|cell| cell.value) else {
            return Ok(None);
        };
        T::from_cell(value).map_err(|refusal| resolver_error(&refusal))
    }

    fn notes_of_cells(&self) -> Vec<CellNote> {
        let metrics = &self.page.answer.table().query.metrics;
        let cells = metrics.iter().zip(&self.row().cells);
        cells
            .filter_map(|(metric, cell)| Some(CellNote::new(*metric, cell.note?)))
            .collect()
    }
}

/// The way from a cell's value to the type of its field.
trait FromCell: Sized {
    fn from_cell(value: Value) -> Result<Option<Self>, Refusal>;
}

impl FromCell for Count {
    fn from_cell(value: Value) -> Result<Option<Self>, Refusal> {
        match value {
            Value::Count(count) => Self::new(count).map(Some),
            Value::Decimal(_) | Value::Ratio(_) => Ok(None),
        }
    }
}

impl FromCell for Decimal {
    fn from_cell(value: Value) -> Result<Option<Self>, Refusal> {
        Ok(Some(Self(value.decimal())))
    }
}

impl FromCell for f64 {
    fn from_cell(value: Value) -> Result<Option<Self>, Refusal> {
        Ok(float(value.decimal()))
    }
}

/// Why a cell is null, or how its number is to be read.
#[derive(Debug, SimpleObject)]
pub(crate) struct CellNote {
    /// The metric whose cell it is.
    metric: words::Metric,
    /// What the note says, for programs.
    code: NoteCode,
    /// What the note says, for people.
    message: &'static str,
}

/// A label that rows are grouped by.
#[derive(Debug)]
pub(crate) struct RowLabel<'a> {
    name: &'a str,
    value: Option<&'a str>,
}

/// A label that rows are grouped by.
#[Object]
impl RowLabel<'_> {
    /// The label's name.
    async fn name(&self) -> &str {
        self.name
    }

    /// The label's value; null where the row's campaigns lack the label.
    async fn value(&self) -> Option<&str> {
        self.value
    }
}

impl CellNote {
    fn new(metric: Metric, note: DomainNote) -> Self {
        Self {
            metric: metric.into(),
            code: note.into(),
            message: note.meaning(),
        }
    }
}

/// Declares the row's fields: those of dimensions as they stand, and one for each metric.
macro_rules! metrics_row {
    ($($(#[$($attribute:tt)*])* $field:ident: $wire:ty = $metric:ident;)*) => {
        /// One row of an answer; the fields of dimensions need them in `by`.
        #[Object]
        impl MetricsRow {
            /// What the row sums up.
            async fn level(&self) -> TotalsLevel {
                match self.place {
                    RowPlace::Group(_) => TotalsLevel::Group,
                    RowPlace::Grand => TotalsLevel::Grand,
                }
            }

            /// The first day of the period; needs `PERIOD`.
            async fn period(&self) -> Option<Date> {
                self.row().key.period.map(Date)
            }

            /// The hour of the day, 0 to 23, in the ad account's zone; needs `HOUR`.
            async fn hour(&self) -> Option<i32> {
                self.row().key.hour.map(i32::from)
            }

            /// The brand's id; needs `BRAND` or `CAMPAIGN`.
            async fn brand_id(&self) -> Option<ID> {
                self.row().key.brand.map(ID::from)
            }

            /// The brand's present name; needs `BRAND` or `CAMPAIGN`.
            async fn brand_name(&self) -> Option<&str> {
                self.row().brand_name.as_deref()
            }

            /// The campaign's platform; needs `PLATFORM` or `CAMPAIGN`.
            async fn platform(&self) -> Option<Platform> {
                self.row().key.platform.map(Into::into)
            }

            /// The campaign's id; needs `CAMPAIGN`.
            async fn campaign_id(&self) -> Option<ID> {
                self.row().key.campaign.map(ID::from)
            }

            /// The campaign's present name; needs `CAMPAIGN`.
            async fn campaign_name(&self) -> Option<&str> {
                self.row().campaign_name.as_deref()
            }

            /// The currency of the row's money; null without money or with several currencies.
            async fn currency(&self) -> Option<&str> {
                let row = self.row();
                row.key.currency.or(row.currency).map(|currency| currency.code())
            }

            /// The audience's country; needs `COUNTRY`.
            async fn country(&self) -> Option<&str> {
                self.row().key.country.as_deref()
            }

            /// The audience's age group; needs `AGE`.
            async fn age(&self) -> Option<&str> {
                self.row().key.age.as_deref()
            }

            /// The audience's gender; needs `GENDER`.
            async fn gender(&self) -> Option<&str> {
                self.row().key.gender.as_deref()
            }

            /// The product that feedback speaks of; needs `PRODUCT`.
            async fn product(&self) -> Option<&str> {
                self.row().key.product.as_deref()
            }

            /// The campaign's labels that `labels` groups by, in that order; none in totals.
            async fn labels(&self) -> Vec<RowLabel<'_>> {
                let names = &self.page.answer.table().query.labels;
                let values = self.row().key.labels.iter().map(|value| value.as_deref());
                let labels = names.iter().zip(values);
                labels.map(|(name, value)| RowLabel { name, value }).collect()
            }

            $(
                $(#[$($attribute)*])*
                async fn $field(&self) -> Result<Option<$wire>> {
                    self.value(Metric::$metric)
                }
            )*

            /// Why cells of the row are null, or how their numbers are to be read.
            async fn notes(&self) -> Vec<CellNote> {
                self.notes_of_cells()
            }
        }
    };
}

metrics_row! {
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
    /// Profit on ad spend: gross profit for each unit of media.
    poas: f64 = Poas;
    /// Net return on the total cost; 0.25 means 25 %, break-even is 0.
    roi: f64 = Roi;
    /// Gross profit for each unit of total cost; break-even is 1.
    gross_roi: f64 = GrossRoi;
    /// Likes, comments and shares for each impression.
    engagement_rate_by_impressions: f64 = EngagementRateByImpressions;
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
