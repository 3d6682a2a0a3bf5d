//! Campaigns of an agency's brands.

use std::collections::BTreeMap;

use bellwether_domain::Scope;
use bellwether_domain::agency::NAME_BYTES_MAX;
use bellwether_domain::campaign::{
    Campaign, CampaignStatus, EXTERNAL_ID_BYTES_MAX, Objective, Platform,
};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::money::Currency;
use bellwether_domain::time::{Date, Timestamp, ZoneName};
use diesel::prelude::*;

use crate::agencies::raise_catalogue_version;
use crate::columns::{RowName, day_text, micros, only_brands, require_brand, require_text};
use crate::connection::{AnyConnection, MultiBackend};
use crate::error::{Error, Result};
use crate::labels::{insert_labels, with_labels};
use crate::schema::campaigns;
use crate::{Catalogue, PAGE_ROWS_MAX};

/// What to change of a campaign; `None` leaves a value as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignChange {
    /// Its name as shown.
    pub name: Option<String>,
    /// Where it runs.
    pub platform: Option<Platform>,
    /// What it is for.
    pub objective: Option<Objective>,
    /// Where it stands.
    pub status: Option<CampaignStatus>,
    /// Its first day.
    pub starts_on: Option<Date>,
    /// Its last day.
    pub ends_on: Option<Date>,
    /// Its whole budget in micros of its currency.
    pub budget_micros: Option<i64>,
}

impl Catalogue {
    /// Adds a campaign to a brand, and raises the agency's catalogue version.
    pub fn create_campaign(
        &self,
        scope: &Scope,
        campaign: &Campaign,
        now: Timestamp,
    ) -> Result<()> {
        self.write(|connection| {
            raise_catalogue_version(connection, scope)?;
            insert_campaign(connection, scope, campaign, now)
        })
    }

    /// The campaign of this id, if the scope sees its brand.
    pub fn find_campaign(&self, scope: &Scope, id: CampaignId) -> Result<Option<Campaign>> {
        self.read_at_once(|connection| find(connection, scope, id))
    }

    /// One page of the campaigns that the scope sees, by id: those after `after`, of one brand
    /// when it is given. At most [`PAGE_ROWS_MAX`] at once.
    pub fn list_campaigns(
        &self,
        scope: &Scope,
        brand: Option<BrandId>,
        after: Option<CampaignId>,
        limit: u32,
    ) -> Result<Vec<Campaign>> {
        if limit > PAGE_ROWS_MAX {
            return Err(Refusal::limit(
                "page_rows_max",
                PAGE_ROWS_MAX,
                format!("a page of {limit}"),
            )
            .into());
        }
        let mut query = visible(scope, brand)
            .order(campaigns::id)
            .limit(i64::from(limit));
        if let Some(after) = after {
            query = query.filter(campaigns::id.gt(after.to_string()));
        }
        self.load(scope, query)
    }

    /// Every campaign of one brand, by id; none when the scope doesn't see the brand.
    pub fn campaigns_of_brand(&self, scope: &Scope, brand: BrandId) -> Result<Vec<Campaign>> {
        self.load(scope, visible(scope, Some(brand)).order(campaigns::id))
    }

    /// Every campaign that the scope sees, by id.
    pub fn all_campaigns(&self, scope: &Scope) -> Result<Vec<Campaign>> {
        self.load(scope, visible(scope, None).order(campaigns::id))
    }

    /// Changes a campaign's attributes, raises the agency's catalogue version, and returns the
    /// campaign as it is now.
    pub fn update_campaign(
        &self,
        scope: &Scope,
        id: CampaignId,
        change: &CampaignChange,
        now: Timestamp,
    ) -> Result<Campaign> {
        self.write(|connection| {
            raise_catalogue_version(connection, scope)?;
            let found = find(connection, scope, id)?;
            let before = found.ok_or_else(|| Error::not_found("campaign", id))?;
            let after = change.applied_to(before);
            check(&after)?;
            let row = CampaignChanged::new(&after, now);
            diesel::update(campaigns::table.find((scope.agency().to_string(), id.to_string())))
                .set(&row)
                .execute(connection)
                .map_err(Error::database("change a campaign"))?;
            Ok(after)
        })
    }

    fn load(&self, scope: &Scope, query: BoxedCampaigns<'_>) -> Result<Vec<Campaign>> {
        self.read_at_once(|connection| {
            let rows = query
                .load::<CampaignRow>(connection)
                .map_err(Error::database("list campaigns"))?;
            let campaigns = rows.into_iter().map(Campaign::try_from);
            let campaigns = campaigns.collect::<Result<Vec<_>>>()?;
            with_labels(connection, scope, campaigns)
        })
    }
}

impl CampaignChange {
    fn applied_to(&self, campaign: Campaign) -> Campaign {
        Campaign {
            name: self.name.clone().unwrap_or(campaign.name),
            platform: self.platform.unwrap_or(campaign.platform),
            objective: self.objective.unwrap_or(campaign.objective),
            status: self.status.unwrap_or(campaign.status),
            starts_on: self.starts_on.or(campaign.starts_on),
            ends_on: self.ends_on.or(campaign.ends_on),
            budget_micros: self.budget_micros.or(campaign.budget_micros),
            ..campaign
        }
    }
}

/// Adds a campaign inside a transaction that raises the catalogue version.
pub(crate) fn insert_campaign(
    connection: &mut AnyConnection,
    scope: &Scope,
    campaign: &Campaign,
    now: Timestamp,
) -> Result<()> {
    require_brand(scope, campaign.brand)?;
    check(campaign)?;
    let row = CampaignRow::new(scope, campaign, now);
    diesel::insert_into(campaigns::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("campaign", &campaign.external_id))?;
    insert_labels(connection, scope, campaign.id, &campaign.labels)
}

fn check(campaign: &Campaign) -> Result<(), Refusal> {
    require_text(
        "the campaign's name",
        &campaign.name,
        "name_bytes_max",
        NAME_BYTES_MAX,
    )?;
    require_text(
        "the campaign's external id",
        &campaign.external_id,
        "external_id_bytes_max",
        EXTERNAL_ID_BYTES_MAX,
    )?;
    if let (Some(first), Some(last)) = (campaign.starts_on, campaign.ends_on)
        && last < first
    {
        return Err(Refusal::invalid(format!(
            "the campaign ends on `{last}`, before it starts on `{first}`"
        )));
    }
    if campaign.budget_micros.is_some_and(i64::is_negative) {
        return Err(Refusal::invalid("the campaign's budget is negative"));
    }
    Ok(())
}

type BoxedCampaigns<'a> = campaigns::BoxedQuery<'a, MultiBackend>;

/// The scope's campaigns, of one brand when it is given.
fn visible(scope: &Scope, brand: Option<BrandId>) -> BoxedCampaigns<'static> {
    let mut query = campaigns::table
        .into_boxed()
        .filter(campaigns::agency_id.eq(scope.agency().to_string()));
    if let Some(brands) = only_brands(scope) {
        query = query.filter(campaigns::brand_id.eq_any(brands));
    }
    if let Some(brand) = brand {
        query = query.filter(campaigns::brand_id.eq(brand.to_string()));
    }
    query
}

/// The campaign of this id with its labels, if the scope sees its brand.
pub(crate) fn find(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>> {
    let row = campaigns::table
        .find((scope.agency().to_string(), id.to_string()))
        .first::<CampaignRow>(connection)
        .optional()
        .map_err(Error::database("find a campaign"))?;
    let campaign = row.map(Campaign::try_from).transpose()?;
    let seen = campaign.filter(|campaign| scope.sees_brand(campaign.brand));
    let mut labelled = with_labels(connection, scope, seen.into_iter().collect())?;
    Ok(labelled.pop())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = campaigns, treat_none_as_default_value = false)]
struct CampaignRow {
    agency_id: String,
    id: String,
    brand_id: String,
    external_id: String,
    name: String,
    platform: String,
    objective: String,
    status: String,
    currency: String,
    timezone: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    budget_micros: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

#[derive(AsChangeset)]
#[diesel(table_name = campaigns, treat_none_as_null = true)]
struct CampaignChanged {
    name: String,
    platform: String,
    objective: String,
    status: String,
    starts_on: Option<String>,
    ends_on: Option<String>,
    budget_micros: Option<i64>,
    updated_at: i64,
}

impl CampaignChanged {
    fn new(campaign: &Campaign, now: Timestamp) -> Self {
        Self {
            name: campaign.name.clone(),
            platform: campaign.platform.to_string(),
            objective: campaign.objective.to_string(),
            status: campaign.status.to_string(),
            starts_on: campaign.starts_on.map(day_text),
            ends_on: campaign.ends_on.map(day_text),
            budget_micros: campaign.budget_micros,
            updated_at: micros(now),
        }
    }
}

impl CampaignRow {
    fn new(scope: &Scope, campaign: &Campaign, now: Timestamp) -> Self {
        Self {
            agency_id: scope.agency().to_string(),
            id: campaign.id.to_string(),
            brand_id: campaign.brand.to_string(),
            external_id: campaign.external_id.clone(),
            name: campaign.name.clone(),
            platform: campaign.platform.to_string(),
            objective: campaign.objective.to_string(),
            status: campaign.status.to_string(),
            currency: campaign.currency.to_string(),
            timezone: campaign.timezone.to_string(),
            starts_on: campaign.starts_on.map(day_text),
            ends_on: campaign.ends_on.map(day_text),
            budget_micros: campaign.budget_micros,
            created_at: micros(now),
            updated_at: micros(now),
        }
    }
}

impl TryFrom<CampaignRow> for Campaign {
    type Error = Error;

    fn try_from(row: CampaignRow) -> Result<Self> {
        let name = RowName {
            table: "campaigns",
            row: &row.id,
        };
        let bad = |refusal| name.unreadable(refusal);
        Ok(Self {
            id: name.parse(&row.id)?,
            brand: name.parse(&row.brand_id)?,
            platform: name.parse(&row.platform)?,
            objective: name.parse(&row.objective)?,
            status: name.parse(&row.status)?,
            currency: Currency::parse(&row.currency).map_err(bad)?,
            timezone: ZoneName::parse(&row.timezone).map_err(bad)?,
            starts_on: name.day_if_any(row.starts_on.as_deref())?,
            ends_on: name.day_if_any(row.ends_on.as_deref())?,
            budget_micros: row.budget_micros,
            external_id: row.external_id,
            name: row.name,
            labels: BTreeMap::new(),
        })
    }
}
