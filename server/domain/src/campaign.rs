//! A campaign: one promotion of a brand on one platform.

use crate::closed_words;
use crate::ids::{BrandId, CampaignId};
use crate::money::Currency;
use crate::time::{Date, ZoneName};

/// The most bytes of the id that the platform gives a campaign.
pub const EXTERNAL_ID_BYTES_MAX: usize = 128;

closed_words! {
    /// Where a campaign runs.
    pub enum Platform, "a platform" {
        /// TikTok Ads.
        TikTok => "TIKTOK",
        /// Douyin, by Ocean Engine.
        Douyin => "DOUYIN",
        /// Meta Ads: Facebook and Instagram.
        Meta => "META",
        /// Google Ads, YouTube included.
        Google => "GOOGLE",
        /// Kuaishou.
        Kuaishou => "KUAISHOU",
        /// Xiaohongshu.
        Xiaohongshu => "XIAOHONGSHU",
        /// Snapchat Ads.
        Snapchat => "SNAPCHAT",
        /// Pinterest Ads.
        Pinterest => "PINTEREST",
        /// Anything else.
        Other => "OTHER",
    }
}

closed_words! {
    /// What a campaign is for; decides which metrics judge it (ROI-1 of requirements.md).
    pub enum Objective, "an objective" {
        /// To be seen.
        Awareness => "AWARENESS",
        /// To be reacted to.
        Engagement => "ENGAGEMENT",
        /// To sell.
        Sales => "SALES",
    }
}

closed_words! {
    /// Where a campaign stands.
    pub enum CampaignStatus, "a campaign status" {
        /// Running, or able to.
        Active => "ACTIVE",
        /// Held for now.
        Paused => "PAUSED",
        /// Over as planned.
        Ended => "ENDED",
        /// Ended early.
        Cancelled => "CANCELLED",
    }
}

/// A campaign with the attributes that its facts are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The brand it promotes.
    pub brand: BrandId,
    /// The platform's own id, unique in the brand.
    pub external_id: String,
    /// Its name as shown.
    pub name: String,
    /// Where it runs.
    pub platform: Platform,
    /// What it is for.
    pub objective: Objective,
    /// Where it stands.
    pub status: CampaignStatus,
    /// The currency of all its money.
    pub currency: Currency,
    /// The ad account's zone, in which its days are cut.
    pub timezone: ZoneName,
    /// Its first day, when known.
    pub starts_on: Option<Date>,
    /// Its last day, when known.
    pub ends_on: Option<Date>,
    /// Its whole budget in micros of its currency, when known.
    pub budget_micros: Option<i64>,
}
