//! Which campaigns a query reads: what its filters decide of a campaign, and what they leave to
//! be decided of its facts.

use bellwether_domain::campaign::{Campaign, Platform};
use bellwether_domain::cost::Cost;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Condition, Dimension, MetricQuery, Reduced, Subject, Test};

use crate::attributes::Attributes;

/// What a query's filters let through, parsed once.
pub(super) struct Keeps<'a> {
    query: &'a MetricQuery,
    attributes: &'a Attributes,
    brands: Option<Vec<BrandId>>,
    platforms: Option<Vec<Platform>>,
    campaigns: Option<Vec<CampaignId>>,
}

impl<'a> Keeps<'a> {
    pub(super) fn of(query: &'a MetricQuery, attributes: &'a Attributes) -> Self {
        Self {
            query,
            attributes,
            brands: parsed(query, Dimension::Brand),
            platforms: parsed(query, Dimension::Platform),
            campaigns: parsed(query, Dimension::Campaign),
        }
    }

    /// Whether the query reads the campaign: its brand is asked for, and its attributes pass the
    /// filters, unless a condition leaves that to its facts. `currency` is that of the money at
    /// hand, the campaign's own or its cost's.
    pub(super) fn campaign(&self, campaign: &Campaign, currency: Currency) -> Reduced {
        if !self.passes_sets(campaign, currency) {
            return Reduced::Known(false);
        }
        let Some(condition) = &self.query.condition else {
            return Reduced::Known(true);
        };
        condition.reduced(&|test| self.decide(test, campaign, currency))
    }

    /// Whether the query may read anything of the campaign.
    pub(super) fn some_of(&self, campaign: &Campaign) -> bool {
        self.campaign(campaign, campaign.currency) != Reduced::Known(false)
    }

    /// Whether the query reads a cost of the whole brand, which passes only filters that speak of
    /// brands or its currency; `None` where a filter tells the brand's campaigns apart.
    pub(super) fn brand_cost(&self, cost: &Cost, currency: Currency) -> Option<bool> {
        let query = self.query;
        let passes = |dimension, value: &str| {
            let accepted = query.filter(dimension);
            accepted.is_none_or(|values| values.iter().any(|accepted| accepted == value))
        };
        let of_brand = passes(Dimension::Brand, &cost.brand.to_string())
            && passes(Dimension::Currency, currency.code());
        if !of_brand {
            return Some(false);
        }
        let filters = query.filters.iter();
        let tells_apart = |dimension| !matches!(dimension, Dimension::Brand | Dimension::Currency);
        let has_sets = filters.map(|filter| filter.dimension).any(tells_apart)
            || !query.label_filters.is_empty();
        let decide = |test: &Test| self.decide_of_brand(test, cost.brand, currency);
        let condition = query.condition.as_ref().map(|it| it.reduced(&decide));
        match condition {
            Some(Reduced::Known(false)) => Some(false),
            Some(Reduced::Open(_)) => None,
            Some(Reduced::Known(true)) | None => (!has_sets).then_some(true),
        }
    }

    fn passes_sets(&self, campaign: &Campaign, currency: Currency) -> bool {
        self.query.brands.binary_search(&campaign.brand).is_ok()
            && passes(self.brands.as_deref(), &campaign.brand)
            && passes(self.platforms.as_deref(), &campaign.platform)
            && passes(self.campaigns.as_deref(), &campaign.id)
            && self
                .query
                .filter(Dimension::Currency)
                .is_none_or(|codes| codes.iter().any(|code| code == currency.code()))
            && self
                .query
                .keeps_labels(|name| campaign.labels.get(name).map(String::as_str))
    }

    /// Whether a test passes, where the campaign decides it.
    fn decide(&self, test: &Test, campaign: &Campaign, currency: Currency) -> Option<bool> {
        let passes = |text: &str| Some(test.passes(Some(text)));
        match &test.subject {
            Subject::Dimension(Dimension::Platform) => passes(campaign.platform.as_str()),
            Subject::Dimension(Dimension::Campaign) => passes(&campaign.id.to_string()),
            Subject::Label(name) => {
                let value = campaign.labels.get(name).map(String::as_str);
                Some(test.passes(value))
            }
            Subject::CampaignName => passes(&campaign.name.to_lowercase()),
            Subject::Objective => passes(campaign.objective.as_str()),
            Subject::Status => passes(campaign.status.as_str()),
            Subject::Dimension(_) | Subject::BrandName => {
                self.decide_of_brand(test, campaign.brand, currency)
            }
        }
    }

    /// Whether a test passes, where the brand and the currency decide it.
    fn decide_of_brand(&self, test: &Test, brand: BrandId, currency: Currency) -> Option<bool> {
        match &test.subject {
            Subject::Dimension(Dimension::Brand) => Some(test.passes(Some(&brand.to_string()))),
            Subject::Dimension(Dimension::Currency) => Some(test.passes(Some(currency.code()))),
            Subject::BrandName => {
                let mut brands = self.attributes.brands.iter();
                let found = brands.find(|known| known.id == brand);
                let name = found.map(|found| found.name.to_lowercase());
                Some(test.passes(name.as_deref()))
            }
            _ => None,
        }
    }
}

/// Whether the condition keeps campaigns of one brand, platform and currency together.
pub(super) fn keeps_classes_whole(condition: &Condition) -> bool {
    condition.tests().iter().all(|test| {
        matches!(
            test.subject,
            Subject::BrandName
                | Subject::Dimension(Dimension::Brand | Dimension::Platform | Dimension::Currency)
        )
    })
}

fn parsed<T: std::str::FromStr>(query: &MetricQuery, dimension: Dimension) -> Option<Vec<T>> {
    let values = query.filter(dimension)?;
    Some(
        values
            .iter()
            .filter_map(|value| value.parse().ok())
            .collect(),
    )
}

fn passes<T: PartialEq>(accepted: Option<&[T]>, value: &T) -> bool {
    accepted.is_none_or(|accepted| accepted.contains(value))
}
