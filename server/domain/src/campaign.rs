//! A campaign: one promotion of a brand on one platform.

use std::collections::BTreeMap;

use crate::closed_words;
use crate::error_code::Refusal;
use crate::ids::{BrandId, CampaignId};
use crate::money::Currency;
use crate::time::{Date, ZoneName};

/// The most bytes of the id that the platform gives a campaign.
pub const EXTERNAL_ID_BYTES_MAX: usize = 128;

/// The most labels of one campaign.
pub const CAMPAIGN_LABELS_MAX: usize = 8;

/// The most bytes of a label's name.
pub const LABEL_NAME_BYTES_MAX: usize = 32;

/// The most bytes of a label's value.
pub const LABEL_VALUE_BYTES_MAX: usize = 128;

/// The most different label names in one agency.
pub const LABEL_NAMES_MAX: usize = 64;

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
    /// The agency's own text dimensions of it: at most [`CAMPAIGN_LABELS_MAX`] values by name.
    pub labels: BTreeMap<String, String>,
}

/// Checks the name of a label: a small letter, then small letters, digits and underscores.
pub fn check_label_name(name: &str) -> Result<(), Refusal> {
    let is_inner = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    let is_name = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= LABEL_NAME_BYTES_MAX
        && name.bytes().all(is_inner);
    if is_name {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "`{name}` is not the name of a label; use a small letter, then up to {} small letters, digits or `_`",
        LABEL_NAME_BYTES_MAX - 1
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labels_name_is_a_short_word_of_small_letters() {
        let longest = "a".repeat(LABEL_NAME_BYTES_MAX);
        for name in ["team", "q3_push", "a", &longest] {
            assert_eq!(check_label_name(name), Ok(()));
        }
        let too_long = "a".repeat(LABEL_NAME_BYTES_MAX + 1);
        for name in ["", "Team", "3q", "_a", "a-b", "a b", "\u{e9}", &too_long] {
            assert!(check_label_name(name).is_err(), "{name}");
        }
    }
}
