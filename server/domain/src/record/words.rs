//! The closed words of records, and how words are written in their JSON.

use crate::campaign::{Objective, Platform};
use crate::closed_words;
use crate::dataset::DatasetName;
use crate::metric::Metric;

closed_words! {
    /// What a record is about.
    pub enum RecordKind, "a kind of record" {
        /// What is promoted.
        Product => "PRODUCT",
        /// What a promotion shows and says.
        Content => "CONTENT",
        /// Whom a campaign is meant for.
        Audience => "AUDIENCE",
        /// Somebody a brand deals with.
        Party => "PARTY",
        /// What parties have agreed.
        Agreement => "AGREEMENT",
        /// What a brand means to do, as written down.
        MarketingPlan => "MARKETING_PLAN",
        /// What one customer said.
        FeedbackItem => "FEEDBACK_ITEM",
        /// A comparison of variants.
        Experiment => "EXPERIMENT",
        /// Where reports come from, and when they are due.
        Source => "SOURCE",
        /// A campaign's targets, budget, bounds and links.
        CampaignPlan => "CAMPAIGN_PLAN",
        /// A brand's voice, values, margin and calendar.
        BrandProfile => "BRAND_PROFILE",
    }
}

impl RecordKind {
    /// The kind as a field of inputs, such as `marketingPlan`.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Content => "content",
            Self::Audience => "audience",
            Self::Party => "party",
            Self::Agreement => "agreement",
            Self::MarketingPlan => "marketingPlan",
            Self::FeedbackItem => "feedbackItem",
            Self::Experiment => "experiment",
            Self::Source => "source",
            Self::CampaignPlan => "campaignPlan",
            Self::BrandProfile => "brandProfile",
        }
    }
}

closed_words! {
    /// Whether a record is in use.
    pub enum RecordState, "a state of a record" {
        /// It is in use.
        Active => "ACTIVE",
        /// It is kept for its history alone.
        Archived => "ARCHIVED",
    }
}

closed_words! {
    /// How something sounds, or is meant to.
    pub enum Tone, "a tone" {
        /// Calm and soothing.
        Calm => "CALM",
        /// Fast and loud.
        Energetic => "ENERGETIC",
        /// Light and joking.
        Playful => "PLAYFUL",
        /// Sober, without jokes.
        Serious => "SERIOUS",
        /// Exclusive and refined.
        Luxurious => "LUXURIOUS",
        /// Warm, as among friends.
        Friendly => "FRIENDLY",
        /// Explaining, with facts.
        Informative => "INFORMATIVE",
    }
}

closed_words! {
    /// Where a price stands among its like.
    pub enum PriceTier, "a price tier" {
        /// Among the cheapest.
        Budget => "BUDGET",
        /// In the middle.
        Mid => "MID",
        /// Above the middle.
        Premium => "PREMIUM",
        /// Among the dearest.
        Luxury => "LUXURY",
    }
}

closed_words! {
    /// Whether a product can be had.
    pub enum StockStatus, "a stock status" {
        /// It can be had.
        InStock => "IN_STOCK",
        /// It runs out.
        Low => "LOW",
        /// It can't be had now.
        OutOfStock => "OUT_OF_STOCK",
        /// It will not be had any more.
        Discontinued => "DISCONTINUED",
    }
}

closed_words! {
    /// Whether somebody other than the author has approved a content.
    pub enum Approval, "a state of approval" {
        /// Nobody has yet.
        Pending => "PENDING",
        /// Somebody has.
        Approved => "APPROVED",
    }
}

closed_words! {
    /// By what an audience is divided.
    pub enum AudienceTrait, "a trait of an audience" {
        /// By age group.
        Age => "AGE",
        /// By gender.
        Gender => "GENDER",
        /// By country, as ISO 3166 codes.
        Country => "COUNTRY",
        /// By interest.
        Interest => "INTEREST",
        /// By price tier.
        PriceTier => "PRICE_TIER",
    }
}

closed_words! {
    /// What a party is to the brand.
    pub enum PartyRole, "a role of a party" {
        /// It runs the place where promotions run.
        Platform => "PLATFORM",
        /// It operates promotions for the brand.
        Agency => "AGENCY",
        /// It pays for promotions.
        Advertiser => "ADVERTISER",
        /// It promotes in its own name.
        Influencer => "INFLUENCER",
        /// Anybody else.
        Partner => "PARTNER",
    }
}

closed_words! {
    /// What an account gives access to.
    pub enum AccountKind, "a kind of account" {
        /// An account that places ads.
        AdAccount => "AD_ACCOUNT",
        /// A pixel or another counter of events.
        Pixel => "PIXEL",
        /// A catalogue of products on a platform.
        Catalogue => "CATALOGUE",
        /// A domain.
        Domain => "DOMAIN",
    }
}

closed_words! {
    /// Which days a notice period counts.
    pub enum DayCount, "a way to count days" {
        /// Every day.
        Calendar => "CALENDAR",
        /// Days on which business is done.
        Business => "BUSINESS",
    }
}

closed_words! {
    /// How a customer spoke.
    pub enum FeedbackKind, "a kind of feedback" {
        /// A review of a product.
        Review => "REVIEW",
        /// A comment under content.
        Comment => "COMMENT",
        /// A message to the brand.
        Message => "MESSAGE",
        /// The reason given with a refund.
        RefundReason => "REFUND_REASON",
    }
}

closed_words! {
    /// How a customer meant it, as the source gives it.
    pub enum Sentiment, "a sentiment" {
        /// Pleased.
        Positive => "POSITIVE",
        /// Neither.
        Neutral => "NEUTRAL",
        /// Displeased.
        Negative => "NEGATIVE",
    }
}

closed_words! {
    /// Whether feedback was answered.
    pub enum ReplyState, "a state of a reply" {
        /// Not yet.
        Open => "OPEN",
        /// It was.
        Replied => "REPLIED",
        /// It was passed on to somebody who decides.
        Escalated => "ESCALATED",
    }
}

closed_words! {
    /// By which test variants are compared.
    pub enum ComparisonTest, "a test" {
        /// Shares of trials that succeeded.
        TwoProportion => "TWO_PROPORTION",
        /// Means of unequal variance.
        Welch => "WELCH",
    }
}

closed_words! {
    /// How a campaign hangs on another.
    pub enum CampaignLinkKind, "a kind of link" {
        /// It can't run without the other.
        DependsOn => "DEPENDS_ON",
        /// It begins after the other.
        Follows => "FOLLOWS",
        /// It shows the other's content.
        SharesContent => "SHARES_CONTENT",
    }
}

/// Writes words of closed sets as text in JSON, and reads them back.
macro_rules! words_in_json {
    ($($word:ty),* $(,)?) => {
        $(
            impl serde::Serialize for $word {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }

            impl<'de> serde::Deserialize<'de> for $word {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                    text.parse().map_err(|refusal: crate::error_code::Refusal| {
                        serde::de::Error::custom(refusal.message)
                    })
                }
            }
        )*
    };
}

words_in_json! {
    Tone, PriceTier, StockStatus, Approval, AudienceTrait, PartyRole, AccountKind, DayCount,
    FeedbackKind, Sentiment, ReplyState, ComparisonTest, CampaignLinkKind,
    Platform, Objective, Metric, DatasetName,
}
