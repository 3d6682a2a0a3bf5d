//! The closed words of the API: the domain's words as GraphQL enums, and a few of the API's own.
//!
//! Each remote enum is converted by an exhaustive match, so a word that the domain gains stops
//! this crate from compiling until it is told here too.

mod calendar;
mod catalog;
mod metric;

use async_graphql::Enum;

pub(crate) use calendar::{Fill, Grain, MonthOfYear, RangeUnit, Weekday};
pub(crate) use catalog::{Better, MetricClass};
pub(crate) use metric::Metric;

/// What an answer can be grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::query::Dimension")]
pub(crate) enum Dimension {
    /// The day, week, month, quarter or year, by `grain`.
    Period,
    /// The hour of the day, 0 to 23, in the ad account's zone.
    Hour,
    /// The brand.
    Brand,
    /// The platform on which the campaign runs.
    Platform,
    /// The campaign.
    Campaign,
    /// The currency of the money.
    Currency,
    /// The country of the audience.
    Country,
    /// The age group of the audience.
    Age,
    /// The gender of the audience.
    Gender,
    /// The product that feedback speaks of.
    Product,
}

/// Which of a cell's numbers is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::query::CellPart")]
pub(crate) enum CellPart {
    /// The metric over the range asked for.
    Value,
    /// The metric over the range compared with; needs `compare`.
    Previous,
    /// The value less the previous one; needs `compare`.
    Delta,
    /// The delta over the size of the previous value, 0.25 for 25 % more; needs `compare`.
    DeltaRatio,
}

/// The name of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::dataset::DatasetName")]
pub(crate) enum DatasetName {
    /// What a platform delivered, by day and campaign, ad group or ad.
    DeliveryDaily,
    /// The same delivery by hour of the day; answers when `HOUR` is asked for.
    DeliveryHourly,
    /// The same delivery broken down by country, age and gender.
    AudienceDaily,
    /// How many people a campaign reached in a period, exactly as reported; never summed.
    Reach,
    /// What people say and send back: orders, refunds, reviews, ratings and comments.
    FeedbackDaily,
    /// What a campaign costs beside media: fees, production, influencers.
    Costs,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::BatchState")]
pub(crate) enum BatchState {
    /// On its way: its rows are being checked and written.
    Received,
    /// Written; answers see it unless it was retracted.
    Committed,
    /// Refused for its contents; nothing of it is written.
    Rejected,
    /// Given up without an answer; nothing of it is written and its key is free.
    Abandoned,
}

/// Why a cell is null, or how its number is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::metric::NoteCode")]
pub(crate) enum NoteCode {
    /// The denominator is zero.
    ZeroDenominator,
    /// The denominator is zero: no media was spent.
    NoSpend,
    /// The denominator is zero: nothing was paid, for media or otherwise.
    NoCost,
    /// No row reports a value that the metric needs.
    NotReported,
    /// Some rows don't report the measure; the value is the sum of those that do.
    Partial,
    /// Some rows lack a value that the metric needs, so that it would be wrong.
    ComponentMissing,
    /// The cost of goods is not reported for some rows.
    CogsMissing,
    /// The metric has no meaning at this grain: its costs or goods are not broken down so far.
    NotAtThisGrain,
    /// The cell would add up several currencies.
    MixedCurrency,
    /// The platform may still change the numbers of a day that the value is of.
    Provisional,
    /// A day's money has no rate into the currency asked for, and none is guessed.
    FxRateMissing,
    /// People reached can't be added up: the number exists only in a row of one campaign.
    NotAdditive,
    /// No report is of exactly the row's period.
    NotReportedForPeriod,
    /// No cost of goods is reported; it is estimated by the margin that the question assumes.
    Estimated,
    /// There are more conversions than clicks: some followed a view alone.
    ViewThrough,
    /// The campaigns cost more than they brought in.
    NegativeProfit,
    /// The goods cost more than they brought in, so that no return on ad spend breaks even.
    NegativeGrossProfit,
}

/// Why a subscriber is told that an answer may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::ChangeReason")]
pub(crate) enum ChangeReason {
    /// The subscription has just begun, perhaps again: load the answer.
    Subscribed,
    /// Facts changed.
    Facts,
    /// Names, platforms, labels, brands, exchange rates or a custom metric changed.
    Records,
    /// A day has passed, and a range relative to today moved.
    Day,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::CacheState")]
pub(crate) enum CacheState {
    /// The whole result was there.
    Hit,
    /// Sums of some partitions were there, those of the others were computed.
    Partial,
    /// The sums of every partition were computed.
    Miss,
}

/// What is wanted of the caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::CacheMode")]
pub(crate) enum CacheMode {
    /// Whatever is there is used.
    Use,
    /// Results, partial sums and roll-ups are made anew from the decoded columns, and kept.
    Refresh,
    /// Results, partial sums and roll-ups are neither used nor kept; decoded columns are.
    Bypass,
}

/// What becomes of a question whose facts are older than it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::OnStale")]
pub(crate) enum OnStale {
    /// It is answered, with the warning `STALE`.
    Serve,
    /// It is refused with the code `STALE`.
    Fail,
}

/// What the sums of a partition come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::PartitionSource")]
pub(crate) enum PartitionSource {
    /// Sums of this very question that are in the cache.
    Partial,
    /// Sums by brand, platform, currency and day.
    ClassRollUp,
    /// Sums by campaign and day.
    CampaignRollUp,
    /// Rows in decoded columns.
    Columns,
    /// Rows in segment files, which are decoded first.
    Segments,
}

/// What an analyst should know of an answer beside its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::WarningCode")]
pub(crate) enum WarningCode {
    /// Campaigns of different attribution windows stand in one answer.
    MixedAttribution,
    /// A campaign reports several windows; one of them was used.
    AttributionChosen,
    /// Costs of whole brands are left out, because a filter tells their campaigns apart.
    BrandCostsLeftOut,
    /// A brand's cost is not spread by spend, because its campaigns have several currencies.
    CostsNotSpread,
    /// Some day's money has no rate into the currency asked for; the message names the days.
    FxRateMissing,
    /// Days are added up that are cut in several time zones; the message names the zones.
    DayBoundaryMixed,
    /// The newest facts of what is asked are older than `staleness` accepts.
    Stale,
    /// The range compared with has more periods than the range; the last ones are left out.
    PreviousRangeCut,
}

/// Where a campaign runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::campaign::Platform")]
pub(crate) enum Platform {
    /// TikTok Ads.
    #[graphql(name = "TIKTOK")]
    TikTok,
    /// Douyin, by Ocean Engine.
    Douyin,
    /// Meta Ads: Facebook and Instagram.
    Meta,
    /// Google Ads, YouTube included.
    Google,
    /// Kuaishou.
    Kuaishou,
    /// Xiaohongshu.
    Xiaohongshu,
    /// Snapchat Ads.
    Snapchat,
    /// Pinterest Ads.
    Pinterest,
    /// Anything else.
    Other,
}

/// What a campaign is for; decides which metrics judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::campaign::Objective")]
pub(crate) enum Objective {
    /// To be seen.
    Awareness,
    /// To be reacted to.
    Engagement,
    /// To sell.
    Sales,
}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::campaign::CampaignStatus")]
pub(crate) enum CampaignStatus {
    /// Running, or able to.
    Active,
    /// Held for now.
    Paused,
    /// Over as planned.
    Ended,
    /// Ended early.
    Cancelled,
}

/// What a member may do; its word tells how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::member::Role")]
pub(crate) enum Role {
    /// Everything, members and tokens included.
    Owner,
    /// Everything but members and tokens.
    Manager,
    /// Reads all, ingests, saves metrics and reports.
    Analyst,
    /// Reads all brands.
    Viewer,
    /// Reads the brands it is limited to.
    Client,
}

/// What a row sums up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum TotalsLevel {
    /// One group of the answer.
    Group,
    /// All groups of the answer, on this page or not, computed from components.
    Grand,
    /// The groups that agree in the dimensions of `levelBy` and the labels of `levelLabels`, computed from components.
    Subtotal,
}

impl TotalsLevel {
    /// The level of totals of these dimensions.
    pub(crate) fn of(level: &bellwether_domain::query::Level) -> Self {
        if level.is_grand() {
            Self::Grand
        } else {
            Self::Subtotal
        }
    }
}

/// In which direction rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SortDirection {
    /// The smallest first; rows without a value last.
    Asc,
    /// The largest first; rows without a value last.
    Desc,
}

/// How exact decimals are written in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DecimalForm {
    /// As JSON strings, exactly.
    String,
    /// As JSON numbers, rounded to what a double holds.
    Number,
}

/// What a row of a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum TableShape {
    /// A list of values in the order of the columns.
    Arrays,
    /// An object with the columns' names as keys.
    Records,
}

/// As what an answer is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::export::ExportFormat")]
pub(crate) enum ExportFormat {
    /// Comma-separated values in UTF-8, with a line of names.
    Csv,
    /// An Arrow IPC stream.
    Arrow,
    /// A Parquet file.
    Parquet,
}

/// How texts stand in CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::export::CsvTexts")]
pub(crate) enum CsvTexts {
    /// A text that a spreadsheet would run as a formula has an apostrophe before it.
    Guarded,
    /// As they are.
    Exact,
}

/// How an export stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::export::ExportState")]
pub(crate) enum ExportState {
    /// It is being computed or written.
    Running,
    /// Its file is there.
    Done,
    /// It did not come to its end.
    Failed,
    /// Somebody gave it up; its file is gone.
    Cancelled,
}

/// The type of a table's column; it follows from the question alone, never from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::answer::ColumnType")]
pub(crate) enum ColumnType {
    /// A day written as YYYY-MM-DD.
    Date,
    /// An id, as a string.
    Id,
    /// A text.
    String,
    /// A whole number of at most 2^53.
    Count,
    /// An exact decimal, written as `decimals` asks.
    Decimal,
    /// A number with a fraction.
    Float,
}

/// What the numbers of a column are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "MetricUnit", remote = "bellwether_domain::metric::Unit")]
pub(crate) enum Unit {
    /// Whole events.
    Count,
    /// Events with fractions.
    Conversions,
    /// Money of the column's currency.
    Money,
    /// Money of the column's currency for each event.
    MoneyPerEvent,
    /// Events for each unit of money of the column's currency.
    EventsPerMoney,
    /// No unit; of a share, 0.25 means 25 %.
    Ratio,
}
