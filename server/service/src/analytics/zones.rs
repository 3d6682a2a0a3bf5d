//! Whether the days of facts are cut in the time zone that a question means.
//!
//! Facts are of whole days, cut in their ad account's zone; nothing cuts them anew.

use std::collections::BTreeSet;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::MetricQuery;
use bellwether_domain::time::ZoneName;

use super::keeps::Keeps;
use crate::attributes::Attributes;

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
