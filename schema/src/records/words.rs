//! The closed words of records as GraphQL enums.

use async_graphql::Enum;
use bellwether_domain::error_code::Refusal;

use super::mirror::Mirror;
use crate::words;

/// Whether a record is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::RecordState")]
pub(crate) enum RecordState {
    /// It is in use.
    Active,
    /// It is kept for its history alone.
    Archived,
}

/// How something sounds, or is meant to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::Tone")]
pub(crate) enum Tone {
    /// Calm and soothing.
    Calm,
    /// Fast and loud.
    Energetic,
    /// Light and joking.
    Playful,
    /// Sober, without jokes.
    Serious,
    /// Exclusive and refined.
    Luxurious,
    /// Warm, as among friends.
    Friendly,
    /// Explaining, with facts.
    Informative,
}

/// Where a price stands among its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::PriceTier")]
pub(crate) enum PriceTier {
    /// Among the cheapest.
    Budget,
    /// In the middle.
    Mid,
    /// Above the middle.
    Premium,
    /// Among the dearest.
    Luxury,
}

/// Whether a product can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::StockStatus")]
pub(crate) enum StockStatus {
    /// It can be had.
    InStock,
    /// It runs out.
    Low,
    /// It can't be had now.
    OutOfStock,
    /// It will not be had any more.
    Discontinued,
}

/// Whether somebody other than the author has approved a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::Approval")]
pub(crate) enum Approval {
    /// Nobody has yet.
    Pending,
    /// Somebody has.
    Approved,
}

/// By what an audience is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::AudienceTrait")]
pub(crate) enum AudienceTrait {
    /// By age group.
    Age,
    /// By gender.
    Gender,
    /// By country, as ISO 3166 codes.
    Country,
    /// By interest.
    Interest,
    /// By price tier.
    PriceTier,
}

/// What a party is to the brand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::PartyRole")]
pub(crate) enum PartyRole {
    /// It runs the place where promotions run.
    Platform,
    /// It operates promotions for the brand.
    Agency,
    /// It pays for promotions.
    Advertiser,
    /// It promotes in its own name.
    Influencer,
    /// Anybody else.
    Partner,
}

/// What an account gives access to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::AccountKind")]
pub(crate) enum AccountKind {
    /// An account that places ads.
    AdAccount,
    /// A pixel or another counter of events.
    Pixel,
    /// A catalogue of products on a platform.
    Catalogue,
    /// A domain.
    Domain,
}

/// Which days a notice period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::DayCount")]
pub(crate) enum DayCount {
    /// Every day.
    Calendar,
    /// Days on which business is done.
    Business,
}

/// How a customer spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::FeedbackKind")]
pub(crate) enum FeedbackKind {
    /// A review of a product.
    Review,
    /// A comment under content.
    Comment,
    /// A message to the brand.
    Message,
    /// The reason given with a refund.
    RefundReason,
}

/// How a customer meant it, as the source gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::Sentiment")]
pub(crate) enum Sentiment {
    /// Pleased.
    Positive,
    /// Neither.
    Neutral,
    /// Displeased.
    Negative,
}

/// Whether feedback was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::ReplyState")]
pub(crate) enum ReplyState {
    /// Not yet.
    Open,
    /// It was.
    Replied,
    /// It was passed on to somebody who decides.
    Escalated,
}

/// By which test variants are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::ComparisonTest")]
pub(crate) enum ComparisonTest {
    /// Shares of trials that succeeded.
    TwoProportion,
    /// Means of unequal variance.
    Welch,
}

/// How a campaign hangs on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_domain::record::words::CampaignLinkKind")]
pub(crate) enum CampaignLinkKind {
    /// It can't run without the other.
    DependsOn,
    /// It begins after the other.
    Follows,
    /// It shows the other's content.
    SharesContent,
}

/// Words are told and meant one for one.
macro_rules! words_mirrored {
    ($($word:ty, $kept:ty;)*) => {
        $(impl Mirror<$kept> for $word {
            fn told(value: &$kept) -> Self {
                (*value).into()
            }

            fn meant(self) -> Result<$kept, Refusal> {
                Ok(self.into())
            }
        })*
    };
}

words_mirrored! {
    Tone, bellwether_domain::record::words::Tone;
    PriceTier, bellwether_domain::record::words::PriceTier;
    StockStatus, bellwether_domain::record::words::StockStatus;
    Approval, bellwether_domain::record::words::Approval;
    AudienceTrait, bellwether_domain::record::words::AudienceTrait;
    PartyRole, bellwether_domain::record::words::PartyRole;
    AccountKind, bellwether_domain::record::words::AccountKind;
    DayCount, bellwether_domain::record::words::DayCount;
    FeedbackKind, bellwether_domain::record::words::FeedbackKind;
    Sentiment, bellwether_domain::record::words::Sentiment;
    ReplyState, bellwether_domain::record::words::ReplyState;
    ComparisonTest, bellwether_domain::record::words::ComparisonTest;
    CampaignLinkKind, bellwether_domain::record::words::CampaignLinkKind;
    words::Platform, bellwether_domain::campaign::Platform;
    words::Objective, bellwether_domain::campaign::Objective;
    words::Metric, bellwether_domain::metric::Metric;
    words::DatasetName, bellwether_domain::dataset::DatasetName;
}
