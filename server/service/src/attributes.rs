//! What the agency's campaigns are at one snapshot: the attributes that facts are grouped by,
//! looked up by the codes that facts carry.

mod classes;
mod held;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bellwether_domain::Scope;
use bellwether_domain::agency::Agency;
use bellwether_domain::answer::Labels;
use bellwether_domain::brand::Brand;
use bellwether_domain::calendar::Calendar;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::metric::CustomMetric;
use bellwether_domain::query::PlanContext;
use bellwether_domain::rates::RatesRevision;
use bellwether_domain::time::Timestamp;

pub(crate) use classes::AttributeClasses;
pub(crate) use held::AttributesCache;

use crate::error::Result;
use crate::services::Parts;

/// The dimension under which campaigns have their codes.
const CAMPAIGN_CODES: &str = "campaign";

/// An agency, its visible brands and campaigns, and its codes, at one snapshot.
#[derive(Debug)]
pub(crate) struct Attributes {
    pub(crate) agency: Agency,
    pub(crate) brands: Vec<Brand>,
    pub(crate) codes: CodeTable,
    /// By id, shared with other snapshots at which they are the same.
    campaigns: HashMap<CampaignId, Arc<Named>>,
    /// The visible campaigns that have facts, by code.
    coded: Vec<(u32, Arc<Named>)>,
    /// The names of the labels that visible campaigns have, sorted.
    label_names: Vec<String>,
    /// The newest revision of each of the agency's own metrics, by name.
    custom_metrics: Vec<Arc<CustomMetric>>,
    /// The present revision of exchange rates.
    rates: RatesRevision,
    classes: AttributeClasses,
    brand_names: HashMap<BrandId, Arc<str>>,
}

/// A campaign, and its name as answers share it.
#[derive(Debug)]
struct Named {
    campaign: Campaign,
    name: Arc<str>,
}

impl Named {
    fn of(campaign: Campaign) -> Self {
        let name = campaign.name.as_str().into();
        Self { campaign, name }
    }

    fn size_bytes(&self) -> usize {
        let Campaign {
            name,
            external_id,
            labels,
            ..
        } = &self.campaign;
        // The nodes of a tree are at least half full.
        let labels = labels.iter().map(|(name, value)| {
            2 * size_of::<(String, String)>() + name.capacity() + value.capacity()
        });
        size_of::<Self>()
            + self.name.len()
            + name.capacity()
            + external_id.capacity()
            + labels.sum::<usize>()
    }
}

impl Attributes {
    /// The attributes as they are now. What is the same in `known`, those of another snapshot, is
    /// shared with it.
    fn load(parts: &Parts, scope: &Scope, known: Option<&Self>) -> Result<Self> {
        let agency = parts.catalogue.get_agency(scope)?;
        let brands = parts.catalogue.list_brands(scope)?;
        let codes = parts.catalogue.codes(scope)?;
        let campaigns = parts.catalogue.all_campaigns(scope)?;
        let known_codes = known.map(|known| &known.codes).filter(|it| **it == codes);
        let codes = known_codes.cloned().unwrap_or(codes);
        let shared = |campaign: Campaign| {
            let same = known.and_then(|known| known.campaigns.get(&campaign.id));
            let same = same.filter(|same| same.campaign == campaign);
            same.map_or_else(|| Arc::new(Named::of(campaign)), Arc::clone)
        };
        let campaigns = campaigns.into_iter().map(shared).collect();
        let custom_metrics = parts.catalogue.list_custom_metrics(scope)?;
        let custom_metrics = custom_metrics.into_iter().map(Arc::new).collect();
        let rates = parts.catalogue.rates_revision(scope)?;
        Ok(Self {
            rates,
            ..Self::of(agency, brands, campaigns, codes, custom_metrics)
        })
    }

    fn of(
        agency: Agency,
        brands: Vec<Brand>,
        campaigns: Vec<Arc<Named>>,
        codes: CodeTable,
        custom_metrics: Vec<Arc<CustomMetric>>,
    ) -> Self {
        let code = |campaign: &Campaign| codes.code(CAMPAIGN_CODES, &campaign.id.to_string());
        let mut coded: Vec<(u32, Arc<Named>)> = campaigns
            .iter()
            .filter_map(|named| Some((code(&named.campaign)?, Arc::clone(named))))
            .collect();
        coded.sort_unstable_by_key(|(code, _)| *code);
        let classes = AttributeClasses::of(
            coded.iter().map(|(code, named)| (*code, &named.campaign)),
            codes.width(CAMPAIGN_CODES),
        );
        let labels = campaigns.iter().flat_map(|it| it.campaign.labels.keys());
        let label_names: BTreeSet<&String> = labels.collect();
        let label_names = label_names.into_iter().cloned().collect();
        let brand_names = brands.iter().map(|it| (it.id, it.name.as_str().into()));
        Self {
            brand_names: brand_names.collect(),
            campaigns: campaigns
                .into_iter()
                .map(|it| (it.campaign.id, it))
                .collect(),
            agency,
            brands,
            codes,
            coded,
            label_names,
            custom_metrics,
            rates: RatesRevision::default(),
            classes,
        }
    }

    /// The same with newer codes: texts that had none may have one, no code means another text.
    pub(crate) fn with_codes(&self, codes: CodeTable) -> Self {
        let campaigns = self.campaigns.values().map(Arc::clone).collect();
        let custom_metrics = self.custom_metrics.clone();
        let (agency, brands) = (self.agency.clone(), self.brands.clone());
        Self {
            rates: self.rates,
            ..Self::of(agency, brands, campaigns, codes, custom_metrics)
        }
    }

    /// About how many bytes of memory it holds; campaigns and codes count whole also where they
    /// are shared.
    fn size_bytes(&self) -> usize {
        let entry = size_of::<(CampaignId, Arc<Named>)>() + size_of::<(u32, Arc<Named>)>();
        let campaigns = self.campaigns.values();
        let campaigns = campaigns.map(|campaign| entry + campaign.size_bytes());
        let brands = self.brands.iter().map(|brand| {
            size_of::<Brand>() + size_of::<(BrandId, Arc<str>)>() + 2 * brand.name.len()
        });
        let customs = self.custom_metrics.iter().map(|it| it.size_bytes());
        size_of::<Self>()
            + customs.sum::<usize>()
            + self.codes.size_bytes()
            + campaigns.sum::<usize>()
            + brands.sum::<usize>()
            + self.classes.size_bytes()
    }

    /// The campaign of a code; `None` for one that the scope doesn't see.
    pub(crate) fn campaign_of_code(&self, code: u32) -> Option<&Campaign> {
        let place = self.coded.binary_search_by_key(&code, |(known, _)| *known);
        Some(&self.coded[place.ok()?].1.campaign)
    }

    /// The campaign of an id; `None` for one that the scope doesn't see.
    pub(crate) fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        Some(&self.campaigns.get(&id)?.campaign)
    }

    /// Whether a brand of these, or a campaign of theirs that was known before, is no longer what
    /// it was.
    pub(crate) fn differ_in_known(&self, before: &Self, brands: &[BrandId]) -> bool {
        let is_renamed = |brand: &BrandId| {
            let name = |of: &Self| of.brand_names.get(brand).map(Arc::clone);
            name(self) != name(before)
        };
        let differs = |(id, known): (&CampaignId, &Arc<Named>)| {
            let is_asked_of = brands.binary_search(&known.campaign.brand).is_ok();
            let is_same =
                |now: &Arc<Named>| Arc::ptr_eq(now, known) || now.campaign == known.campaign;
            is_asked_of && !self.campaigns.get(id).is_some_and(is_same)
        };
        brands.iter().any(is_renamed) || before.campaigns.iter().any(differs)
    }

    /// Every visible campaign that has facts, with its code, by code.
    pub(crate) fn coded_campaigns(&self) -> impl Iterator<Item = (u32, &Campaign)> {
        self.coded
            .iter()
            .map(|(code, named)| (*code, &named.campaign))
    }

    /// The number after the highest code of any campaign of the agency.
    pub(crate) fn code_width(&self) -> usize {
        self.codes.width(CAMPAIGN_CODES).max(1)
    }

    /// How many campaigns of the agency have facts, also those that the scope doesn't see.
    pub(crate) fn n_campaign_codes(&self) -> usize {
        let texts = self.codes.texts(CAMPAIGN_CODES);
        texts.iter().flatten().count()
    }

    /// The visible campaigns by brand, platform and currency.
    pub(crate) fn classes(&self) -> &AttributeClasses {
        &self.classes
    }

    /// The names of the labels that visible campaigns have, sorted.
    pub(crate) fn label_names(&self) -> &[String] {
        &self.label_names
    }

    /// What a query is planned in at this moment.
    pub(crate) fn plan_context(&self, now: Timestamp) -> PlanContext {
        PlanContext {
            visible_brands: self.brands.iter().map(|brand| brand.id).collect(),
            today: self.agency.timezone.today(now),
            calendar: Calendar {
                week_start: self.agency.week_start,
                year_start: self.agency.fiscal_year_start,
            },
            label_names: self.label_names.clone(),
            custom_metrics: self.custom_metrics.clone(),
            rates: self.rates,
        }
    }
}

impl Labels for Attributes {
    fn brand_name(&self, brand: BrandId) -> Option<Arc<str>> {
        self.brand_names.get(&brand).map(Arc::clone)
    }

    fn campaign_name(&self, campaign: CampaignId) -> Option<Arc<str>> {
        Some(Arc::clone(&self.campaigns.get(&campaign)?.name))
    }
}
