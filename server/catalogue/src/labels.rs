//! Labels of campaigns: an agency's own text dimensions.
//!
//! Invariant: a campaign's labels change as a whole set, and with the agency's catalogue version.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bellwether_domain::Scope;
use bellwether_domain::campaign::{
    CAMPAIGN_LABELS_MAX, Campaign, LABEL_NAMES_MAX, LABEL_VALUE_BYTES_MAX, check_label_name,
};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CampaignId;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{lock_agency, raise_catalogue_version};
use crate::campaigns;
use crate::columns::{micros, require_text, texts};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{campaign_labels, campaigns as campaigns_table};

/// Up to how many campaigns are named one by one; above, all labels of the agency are read.
const NAMED_CAMPAIGNS_MAX: usize = 1_000;

impl Catalogue {
    /// Gives a campaign these labels and no others, raises the agency's catalogue version, and
    /// returns the campaign as it is now.
    pub fn set_campaign_labels(
        &self,
        scope: &Scope,
        id: CampaignId,
        labels: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Campaign> {
        check(labels)?;
        self.write(|connection| {
            lock_agency(connection, scope)?;
            raise_catalogue_version(connection, scope)?;
            let found = campaigns::find(connection, scope, id)?;
            let campaign = found.ok_or_else(|| Error::not_found("campaign", id))?;
            remove(connection, scope, id)?;
            insert_labels(connection, scope, id, labels)?;
            touch(connection, scope, id, now)?;
            Ok(Campaign {
                labels: labels.clone(),
                ..campaign
            })
        })
    }
}

/// Adds the labels of a campaign that has none, inside a transaction that raises the catalogue
/// version and holds the agency's row.
pub(crate) fn insert_labels(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: CampaignId,
    labels: &BTreeMap<String, String>,
) -> Result<()> {
    if labels.is_empty() {
        return Ok(());
    }
    check(labels)?;
    for (name, value) in labels {
        diesel::insert_into(campaign_labels::table)
            .values((
                campaign_labels::agency_id.eq(scope.agency().to_string()),
                campaign_labels::campaign_id.eq(id.to_string()),
                campaign_labels::name.eq(name),
                campaign_labels::value.eq(value),
            ))
            .execute(connection)
            .map_err(Error::insert("campaign label", name))?;
    }
    refuse_too_many_names(connection, scope)
}

/// Fills in the labels of campaigns that were read without.
pub(crate) fn with_labels(
    connection: &mut AnyConnection,
    scope: &Scope,
    mut campaigns: Vec<Campaign>,
) -> Result<Vec<Campaign>> {
    if campaigns.is_empty() {
        return Ok(campaigns);
    }
    let mut query = campaign_labels::table
        .into_boxed()
        .filter(campaign_labels::agency_id.eq(scope.agency().to_string()))
        .select((
            campaign_labels::campaign_id,
            campaign_labels::name,
            campaign_labels::value,
        ));
    if campaigns.len() <= NAMED_CAMPAIGNS_MAX {
        let ids = texts(campaigns.iter().map(|campaign| campaign.id));
        query = query.filter(campaign_labels::campaign_id.eq_any(ids));
    }
    let rows = query
        .load::<(String, String, String)>(connection)
        .map_err(Error::database("read campaign labels"))?;
    if rows.is_empty() {
        return Ok(campaigns);
    }
    let mut by_campaign: HashMap<String, BTreeMap<String, String>> = HashMap::new();
    for (campaign, name, value) in rows {
        by_campaign.entry(campaign).or_default().insert(name, value);
    }
    for campaign in &mut campaigns {
        let labels = by_campaign.remove(&campaign.id.to_string());
        campaign.labels = labels.unwrap_or_default();
    }
    Ok(campaigns)
}

fn check(labels: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if labels.len() > CAMPAIGN_LABELS_MAX {
        let what = format!("a campaign with {} labels", labels.len());
        return Err(Refusal::limit(
            "campaign_labels_max",
            CAMPAIGN_LABELS_MAX,
            what,
        ));
    }
    for (name, value) in labels {
        check_label_name(name)?;
        let (limit, bytes_max) = ("label_value_bytes_max", LABEL_VALUE_BYTES_MAX);
        require_text(&format!("label `{name}`"), value, limit, bytes_max)?;
    }
    Ok(())
}

fn refuse_too_many_names(connection: &mut AnyConnection, scope: &Scope) -> Result<()> {
    let names: BTreeSet<String> = campaign_labels::table
        .filter(campaign_labels::agency_id.eq(scope.agency().to_string()))
        .select(campaign_labels::name)
        .distinct()
        .load(connection)
        .map_err(Error::database("list label names"))?
        .into_iter()
        .collect();
    if names.len() > LABEL_NAMES_MAX {
        let what = "one more label name in the agency";
        return Err(Refusal::limit("label_names_max", LABEL_NAMES_MAX, what).into());
    }
    Ok(())
}

fn remove(connection: &mut AnyConnection, scope: &Scope, id: CampaignId) -> Result<()> {
    let of_campaign = campaign_labels::table
        .filter(campaign_labels::agency_id.eq(scope.agency().to_string()))
        .filter(campaign_labels::campaign_id.eq(id.to_string()));
    diesel::delete(of_campaign)
        .execute(connection)
        .map_err(Error::database("remove campaign labels"))?;
    Ok(())
}

fn touch(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: CampaignId,
    now: Timestamp,
) -> Result<()> {
    let row = campaigns_table::table.find((scope.agency().to_string(), id.to_string()));
    diesel::update(row)
        .set(campaigns_table::updated_at.eq(micros(now)))
        .execute(connection)
        .map_err(Error::database("change a campaign"))?;
    Ok(())
}
