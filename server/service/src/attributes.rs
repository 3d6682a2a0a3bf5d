//! What the agency's campaigns are at one snapshot: the attributes that facts are grouped by,
//! looked up by the codes that facts carry.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::agency::Agency;
use bellwether_domain::answer::Labels;
use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::ids::{AgencyId, BrandId, CampaignId};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::Snapshot;
use moka::future::Cache;

use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;

/// How many agencies' attributes are held; a few hundred kilobytes for 2,000 campaigns.
const ATTRIBUTES_HELD_MAX: u64 = 256;

/// The dimension under which campaigns have their codes.
const CAMPAIGN_CODES: &str = "campaign";

/// An agency, its visible brands and campaigns, and its codes, at one snapshot.
#[derive(Debug)]
pub(crate) struct Attributes {
    pub(crate) agency: Agency,
    pub(crate) brands: Vec<Brand>,
    pub(crate) codes: CodeTable,
    campaigns: HashMap<CampaignId, Campaign>,
    by_code: HashMap<u32, CampaignId>,
    names: Names,
}

#[derive(Debug, Default)]
struct Names {
    brands: HashMap<BrandId, Arc<str>>,
    campaigns: HashMap<CampaignId, Arc<str>>,
}

impl Attributes {
    fn load(parts: &Parts, scope: &Scope) -> Result<Self> {
        let agency = parts.catalogue.get_agency(scope)?;
        let brands = parts.catalogue.list_brands(scope)?;
        let codes = parts.catalogue.codes(scope)?;
        let campaigns = parts.catalogue.all_campaigns(scope)?;
        let by_code = campaigns
            .iter()
            .filter_map(|campaign| {
                Some((
                    codes.code(CAMPAIGN_CODES, &campaign.id.to_string())?,
                    campaign.id,
                ))
            })
            .collect();
        let names = Names {
            brands: brands
                .iter()
                .map(|brand| (brand.id, brand.name.as_str().into()))
                .collect(),
            campaigns: campaigns
                .iter()
                .map(|c| (c.id, c.name.as_str().into()))
                .collect(),
        };
        let campaigns = campaigns
            .into_iter()
            .map(|campaign| (campaign.id, campaign))
            .collect();
        Ok(Self {
            agency,
            brands,
            codes,
            campaigns,
            by_code,
            names,
        })
    }

    /// The campaign of a code; `None` for one that the scope doesn't see.
    pub(crate) fn campaign_of_code(&self, code: u32) -> Option<&Campaign> {
        self.campaigns.get(self.by_code.get(&code)?)
    }

    /// The campaign of an id; `None` for one that the scope doesn't see.
    pub(crate) fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        self.campaigns.get(&id)
    }

    /// The names of the labels that visible campaigns have, sorted.
    pub(crate) fn label_names(&self) -> Vec<String> {
        let labels = self.campaigns.values().flat_map(|it| it.labels.keys());
        let names: BTreeSet<&String> = labels.collect();
        names.into_iter().cloned().collect()
    }

    /// Every visible campaign that has facts, with its code.
    pub(crate) fn coded_campaigns(&self) -> impl Iterator<Item = (u32, &Campaign)> {
        self.by_code
            .iter()
            .filter_map(|(code, id)| Some((*code, self.campaigns.get(id)?)))
    }
}

impl Labels for Attributes {
    fn brand_name(&self, brand: BrandId) -> Option<Arc<str>> {
        self.names.brands.get(&brand).map(Arc::clone)
    }

    fn campaign_name(&self, campaign: CampaignId) -> Option<Arc<str>> {
        self.names.campaigns.get(&campaign).map(Arc::clone)
    }
}

/// Attributes by who may see what at which snapshot.
#[derive(Debug)]
pub(crate) struct AttributesCache {
    held: Cache<(AgencyId, BrandAccess, Snapshot), Arc<Attributes>>,
}

impl AttributesCache {
    pub(crate) fn new() -> Self {
        Self {
            held: Cache::new(ATTRIBUTES_HELD_MAX),
        }
    }
}

impl Parts {
    /// The attributes as the scope sees them at its newest snapshot, and that snapshot.
    ///
    /// The snapshot is read first: attributes that are newer than it would only make its entry
    /// fresher, and the next change raises `catalogue_version` anyway.
    pub(crate) async fn attributes(
        self: &Arc<Self>,
        scope: &Scope,
    ) -> Result<(Snapshot, Arc<Attributes>)> {
        let snapshot = self.snapshot(scope).await?;
        let key = (scope.agency(), scope.brands().clone(), snapshot);
        let (parts, asker) = (Arc::clone(self), scope.clone());
        let load = blocking("load attributes", move || {
            Attributes::load(&parts, &asker).map(Arc::new)
        });
        let attributes = self
            .attributes
            .held
            .try_get_with(key, load)
            .await
            .map_err(|error: Arc<Error>| Error::clone(&error))?;
        Ok((snapshot, attributes))
    }
}
