//! Whether the days of facts are cut in the time zone that a question means.
//!
//! Facts are of whole days, cut in their ad account's zone; nothing cuts them anew.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{Dimension, MetricQuery};
use bellwether_domain::time::ZoneName;

use super::Asked;
use super::answer::{Warning, WarningCode};
use super::keeps::Keeps;
use crate::attributes::Attributes;
use crate::error::Result;
use crate::services::Parts;

/// Refuses a zone that the days of some campaign asked for are not cut in.
pub(super) fn check(
    timezone: Option<&str>,
    query: &MetricQuery,
    attributes: &Attributes,
) -> Result<(), Refusal> {
    let Some(name) = timezone else {
        return Ok(());
    };
    let asked = ZoneName::parse(name).map_err(|refusal| refusal.at("timezone"))?;
    let keeps = Keeps::of(query, attributes);
    let campaigns = || attributes.coded_campaigns().map(|(_, campaign)| campaign);
    let read = || campaigns().filter(|campaign| keeps.some_of(campaign));
    let others: Vec<_> = read().filter(|it| it.timezone != asked).collect();
    let Some(first) = others.first() else {
        return Ok(());
    };
    let zones: BTreeSet<&str> = read().map(|campaign| campaign.timezone.as_str()).collect();
    let (campaign, zone) = (&first.name, &first.timezone);
    let more = match others.len() - 1 {
        0 => String::new(),
        n => format!(", and so are those of {n} more campaigns in other zones than asked for"),
    };
    let message = format!(
        "the days of campaign `{campaign}` are cut in `{zone}`, not in `{asked}`{more}; days can't be cut anew, so leave `timezone` out or ask for campaigns of one zone"
    );
    Err(Refusal::invalid(message).at("timezone").with_allowed(zones))
}

impl Parts {
    /// The zones in which the days of the range are cut: those of the campaigns asked for that have
    /// facts in its months.
    pub(super) async fn zones(self: &Arc<Self>, asked: &Asked) -> Result<BTreeSet<String>> {
        let (query, attributes) = (&asked.query, &asked.attributes);
        let asked_for = {
            let keeps = Keeps::of(query, attributes);
            let kept = attributes.coded_campaigns();
            let kept = kept.filter(|(_, campaign)| keeps.some_of(campaign));
            kept.map(|(code, campaign)| (code, campaign.timezone.as_str()))
                .collect::<Vec<_>>()
        };
        let zones = |campaigns: &mut dyn Iterator<Item = &(u32, &str)>| -> BTreeSet<String> {
            campaigns.map(|(_, zone)| (*zone).to_owned()).collect()
        };
        let all = zones(&mut asked_for.iter());
        if all.len() < 2 {
            return Ok(all);
        }
        let commit = asked.snapshot.commit;
        let versions = self.partition_versions(&asked.scope, query.dataset, commit);
        let mut present: HashSet<u32> = HashSet::new();
        for version in versions.await?.iter() {
            if version.name.month.days().intersect(&query.range).is_none() {
                continue;
            }
            // They are known once the month's sums were asked for, unless a cache is too small.
            let Some(campaigns) = self.known_campaigns(version).await else {
                return Ok(all);
            };
            present.extend(campaigns.iter());
        }
        let mut present = asked_for.iter().filter(|(code, _)| present.contains(code));
        Ok(zones(&mut present))
    }
}

/// The warning of an answer that adds up days which begin at different moments.
pub(super) fn warning(query: &MetricQuery, zones: &BTreeSet<String>) -> Option<Warning> {
    let adds_up = !query.by.contains(&Dimension::Campaign) || !query.totals.is_empty();
    if zones.len() < 2 || !adds_up {
        return None;
    }
    let told = zones.iter().map(String::as_str).collect::<Vec<_>>();
    let message = format!(
        "the days of these campaigns are cut in several time zones: `{}`; a day, week or month of one does not begin when that of another does",
        told.join("`, `")
    );
    Some(Warning {
        code: WarningCode::DayBoundaryMixed,
        message,
    })
}
