//! Which attribution window counts, for each campaign and day.
//!
//! Platforms repeat a day's delivery once a window, with other conversions. So numbers that
//! depend on the window come from one window a campaign: the unspecified one if the campaign has
//! facts without a window, else the first by name. Impressions, spend and the like are the same
//! in every window: for a day that the campaign's window doesn't cover they come from another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_domain::attribution;
use bellwether_domain::codes::CODE_OF_NOTHING;
use bellwether_domain::dataset::ATTRIBUTION_UNSPECIFIED;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::MetricQuery;
use bellwether_store::{ATTRIBUTION_CODES, Group, Partial};

use super::answer::{Warning, WarningCode};
use super::classes::Classes;
use crate::attributes::Attributes;

/// The windows of one answer.
pub(super) struct Windows {
    /// By campaign, the window of everything that depends on one.
    of_campaign: BTreeMap<u32, u32>,
    /// The campaigns that report several, whose sums are taken day by day.
    several: BTreeSet<u32>,
    /// By campaign and day, the window of everything else, for the campaigns of several.
    of_day: BTreeMap<(u32, i32), u32>,
}

impl Windows {
    /// The windows of these sums; refuses campaigns of different windows in one answer where
    /// that matters and was not accepted.
    pub(super) fn choose(
        query: &MetricQuery,
        by_period: &[Arc<Partial>],
        by_day: &[Arc<Partial>],
        classes: &Classes,
        attributes: &Attributes,
    ) -> Result<(Self, Vec<Warning>), Refusal> {
        let name = |code: u32| attributes.codes.text(ATTRIBUTION_CODES, code);
        let first = |codes: &BTreeSet<u32>| {
            codes
                .iter()
                .copied()
                .min_by_key(|code| (*code != CODE_OF_NOTHING, name(*code)))
        };
        let present = present(by_period, classes, |group| group.campaign);
        let of_campaign: BTreeMap<u32, u32> = present
            .iter()
            .filter_map(|(campaign, codes)| Some((*campaign, first(codes)?)))
            .collect();
        let several = present
            .iter()
            .filter(|(_, codes)| codes.len() > 1)
            .map(|(campaign, _)| *campaign);
        let by_day = self::present(by_day, classes, |group| (group.campaign, group.bucket));
        let of_day = by_day.iter().filter_map(|(day, codes)| {
            let own = of_campaign
                .get(&day.0)
                .copied()
                .filter(|own| codes.contains(own));
            Some((*day, own.or_else(|| first(codes))?))
        });
        let windows = Self {
            several: several.collect(),
            of_day: of_day.collect(),
            of_campaign,
        };
        let warnings = windows.judge(query, name)?;
        Ok((windows, warnings))
    }

    /// The names of the windows of everything that depends on one.
    pub(super) fn names(&self, attributes: &Attributes) -> BTreeSet<String> {
        let codes = self.of_campaign.values();
        codes.map(|code| name_of(*code, attributes)).collect()
    }

    /// Whether a campaign's sums are taken day by day.
    pub(super) fn are_several(&self, campaign: u32) -> bool {
        self.several.contains(&campaign)
    }

    /// Whether this group, of one day, counts for what depends on the window.
    pub(super) fn counts_attributed(&self, group: &Group) -> bool {
        self.of_campaign.get(&group.campaign) == Some(&group.attribution)
    }

    /// Whether this group, of one day, counts for what is the same in every window.
    pub(super) fn counts_delivery(&self, group: &Group) -> bool {
        self.of_day.get(&(group.campaign, group.bucket)) == Some(&group.attribution)
    }

    fn judge<'a>(
        &self,
        query: &MetricQuery,
        name: impl Fn(u32) -> Option<&'a str>,
    ) -> Result<Vec<Warning>, Refusal> {
        if !query.is_attributed() {
            return Ok(Vec::new());
        }
        let mut warnings = Vec::new();
        if !self.several.is_empty() {
            let message = "campaigns report several attribution windows; conversions and revenue are those of each one's unspecified or first window";
            warnings.push(Warning {
                code: WarningCode::AttributionChosen,
                message: message.to_owned(),
            });
        }
        let used: BTreeSet<&str> = self
            .of_campaign
            .values()
            .map(|code| name(*code).unwrap_or(ATTRIBUTION_UNSPECIFIED))
            .collect();
        attribution::check_alike(&used, query.attribution.accept_mixed)
            .map_err(|refusal| refusal.at("attribution"))?;
        if used.len() > 1 {
            warnings.push(mixed(&used));
        }
        Ok(warnings)
    }
}

/// The name of a window.
pub(super) fn name_of(code: u32, attributes: &Attributes) -> String {
    let name = attributes.codes.text(ATTRIBUTION_CODES, code);
    name.unwrap_or(ATTRIBUTION_UNSPECIFIED).to_owned()
}

/// The warning of a range that is compared with one of other windows; refused where that was not
/// accepted.
pub(super) fn warning_of_ranges<'a>(
    query: &MetricQuery,
    used: impl Iterator<Item = &'a String>,
) -> Result<Option<Warning>, Refusal> {
    let used: BTreeSet<&str> = used.map(String::as_str).collect();
    if !query.is_attributed() {
        return Ok(None);
    }
    attribution::check_alike(&used, query.attribution.accept_mixed)
        .map_err(|refusal| refusal.at("attribution"))?;
    Ok((used.len() > 1).then(|| mixed(&used)))
}

fn mixed(used: &BTreeSet<&str>) -> Warning {
    let told = used.iter().copied().collect::<Vec<_>>().join("`, `");
    let message =
        format!("campaigns of different attribution windows stand in this answer: `{told}`");
    Warning {
        code: WarningCode::MixedAttribution,
        message,
    }
}

/// The windows that are present in the facts that count, by whatever the groups are told apart by.
fn present<K: Ord>(
    partials: &[Arc<Partial>],
    classes: &Classes,
    key: impl Fn(&Group) -> K,
) -> BTreeMap<K, BTreeSet<u32>> {
    let mut present: BTreeMap<K, BTreeSet<u32>> = BTreeMap::new();
    let groups = partials.iter().flat_map(|partial| &partial.groups);
    for group in groups.filter(|group| classes.counts(group)) {
        present
            .entry(key(group))
            .or_default()
            .insert(group.attribution);
    }
    present
}
