//! What the agency's campaigns are at one snapshot: the attributes that facts are grouped by,
//! looked up by the codes that facts carry.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::agency::Agency;
use bellwether_domain::answer::Labels;
use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::ids::{AgencyId, BrandId, CampaignId};
use bellwether_domain::query::PlanContext;
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::Timestamp;
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
    campaigns: HashMap<CampaignId, Arc<Campaign>>,
    /// The visible campaigns that have facts, by code.
    coded: Vec<(u32, Arc<Campaign>)>,
    /// The names of the labels that visible campaigns have, sorted.
    label_names: Vec<String>,
    classes: AttributeClasses,
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
        let campaigns: Vec<Arc<Campaign>> = campaigns.into_iter().map(Arc::new).collect();
        let code = |campaign: &Campaign| codes.code(CAMPAIGN_CODES, &campaign.id.to_string());
        let mut coded: Vec<(u32, Arc<Campaign>)> = campaigns
            .iter()
            .filter_map(|campaign| Some((code(campaign)?, Arc::clone(campaign))))
            .collect();
        coded.sort_unstable_by_key(|(code, _)| *code);
        let classes = AttributeClasses::of(&coded, codes.width(CAMPAIGN_CODES));
        let labels = campaigns.iter().flat_map(|it| it.labels.keys());
        let label_names: BTreeSet<&String> = labels.collect();
        let label_names = label_names.into_iter().cloned().collect();
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
            coded,
            label_names,
            classes,
            names,
        })
    }

    /// The campaign of a code; `None` for one that the scope doesn't see.
    pub(crate) fn campaign_of_code(&self, code: u32) -> Option<&Campaign> {
        let place = self.coded.binary_search_by_key(&code, |(known, _)| *known);
        Some(&self.coded[place.ok()?].1)
    }

    /// The campaign of an id; `None` for one that the scope doesn't see.
    pub(crate) fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        self.campaigns.get(&id).map(Arc::as_ref)
    }

    /// Every visible campaign that has facts, with its code, by code.
    pub(crate) fn coded_campaigns(&self) -> impl Iterator<Item = (u32, &Campaign)> {
        self.coded
            .iter()
            .map(|(code, campaign)| (*code, campaign.as_ref()))
    }

    /// The number after the highest code of any campaign of the agency.
    pub(crate) fn code_width(&self) -> usize {
        self.codes.width(CAMPAIGN_CODES).max(1)
    }

    /// The visible campaigns by brand, platform and currency.
    pub(crate) fn classes(&self) -> &AttributeClasses {
        &self.classes
    }

    /// What a query is planned in at this moment.
    pub(crate) fn plan_context(&self, now: Timestamp) -> PlanContext {
        PlanContext {
            visible_brands: self.brands.iter().map(|brand| brand.id).collect(),
            today: self.agency.timezone.today(now),
            week_start: self.agency.week_start,
            label_names: self.label_names.clone(),
        }
    }
}

/// The code of campaigns that are in no class.
const NO_CLASS: u32 = u32::MAX;

/// Classes of campaigns that no query tells apart unless it asks for more than brand, platform
/// and currency.
#[derive(Debug)]
pub(crate) struct AttributeClasses {
    id: u64,
    /// By campaign code.
    of_campaign: Vec<u32>,
    /// By class, the code of its first campaign.
    members: Vec<u32>,
}

impl AttributeClasses {
    fn of(coded: &[(u32, Arc<Campaign>)], code_width: usize) -> Self {
        let mut places = HashMap::new();
        let mut classes = Self {
            id: 0,
            of_campaign: vec![NO_CLASS; code_width],
            members: Vec::new(),
        };
        for (code, campaign) in coded {
            let class = (campaign.brand, campaign.platform, campaign.currency);
            let place = *places.entry(class).or_insert_with(|| {
                classes.members.push(*code);
                u32::try_from(classes.members.len() - 1).unwrap_or(NO_CLASS)
            });
            if let Some(of) = classes.of_campaign.get_mut(*code as usize) {
                *of = place;
            }
        }
        let mut hasher = DefaultHasher::new();
        classes.of_campaign.hash(&mut hasher);
        classes.id = hasher.finish();
        classes
    }

    /// A digest of the classes: sums by equal classes are equal.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// By campaign code the class; `u32::MAX` for campaigns that the scope doesn't see.
    pub(crate) fn of_campaign(&self) -> &[u32] {
        &self.of_campaign
    }

    /// By class the code of one of its campaigns.
    pub(crate) fn members(&self) -> &[u32] {
        &self.members
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
