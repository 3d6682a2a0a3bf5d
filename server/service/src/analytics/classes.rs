//! Classes of campaigns: which group of an answer each campaign's facts go to.
//!
//! Brand, platform, currency and labels follow from the campaign here and nowhere earlier, so that
//! a moved campaign's cached sums show under its new platform.

use bellwether_domain::answer::RowKey;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::fact::Text;
use bellwether_domain::money::Currency;
use bellwether_domain::query::{Dimension, MetricQuery};
use rustc_hash::FxHashMap;

use super::question::Keeps;
use crate::attributes::Attributes;

/// The class of campaigns that don't count.
pub(super) const NO_CLASS: u32 = u32::MAX;

/// What the facts of a class of campaigns have in common in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Class {
    /// The part of the row's key that follows from the campaign.
    pub(super) key: RowKey,
    /// The currency of their money, which never adds up with another.
    pub(super) currency: Currency,
}

/// The classes of one answer.
#[derive(Debug)]
pub(super) struct Classes {
    /// By the code of a campaign, its class. Also of the campaign that stands for a class of the
    /// attributes, where the query keeps those whole.
    pub(super) of_campaign: Vec<u32>,
    pub(super) list: Vec<Class>,
}

impl Classes {
    /// The classes of a query.
    pub(super) fn of(query: &MetricQuery, attributes: &Attributes) -> Self {
        let keeps = Keeps::of(query);
        let mut gathered = Gathered::default();
        let mut of_campaign = vec![NO_CLASS; attributes.code_width()];
        for (code, campaign) in attributes.coded_campaigns() {
            if keeps.campaign(campaign, campaign.currency) {
                of_campaign[code as usize] = gathered.place(class_of(query, campaign));
            }
        }
        Self {
            of_campaign,
            list: gathered.classes,
        }
    }

    /// Whether the facts of a campaign count.
    pub(super) fn counts(&self, campaign: u32) -> bool {
        let class = self.of_campaign.get(campaign as usize);
        class.is_some_and(|class| *class != NO_CLASS)
    }
}

#[derive(Default)]
struct Gathered {
    places: FxHashMap<Class, u32>,
    classes: Vec<Class>,
}

impl Gathered {
    fn place(&mut self, class: Class) -> u32 {
        if let Some(known) = self.places.get(&class) {
            return *known;
        }
        // Campaigns have codes of 32 bits, and there are no more classes than campaigns.
        let place = u32::try_from(self.classes.len()).unwrap_or(NO_CLASS);
        self.classes.push(class.clone());
        self.places.insert(class, place);
        place
    }
}

fn class_of(query: &MetricQuery, campaign: &Campaign) -> Class {
    Class {
        key: campaign_key(query, campaign),
        currency: campaign.currency,
    }
}

/// The part of a row's key that follows from the campaign.
pub(super) fn campaign_key(query: &MetricQuery, campaign: &Campaign) -> RowKey {
    let by = |dimension| query.by.contains(&dimension);
    let by_campaign = by(Dimension::Campaign);
    let label = |name: &String| Some(Text::from(campaign.labels.get(name)?.as_str()));
    RowKey {
        brand: (by_campaign || by(Dimension::Brand)).then_some(campaign.brand),
        platform: (by_campaign || by(Dimension::Platform)).then_some(campaign.platform),
        campaign: by_campaign.then_some(campaign.id),
        currency: by(Dimension::Currency).then_some(campaign.currency),
        labels: query.labels.iter().map(label).collect(),
        ..RowKey::default()
    }
}

/// Whether campaigns of one brand, platform and currency stay together in every row and filter of
/// the query.
pub(super) fn keeps_attribute_classes_whole(query: &MetricQuery) -> bool {
    let tells_apart = |dimension: Dimension| {
        !matches!(
            dimension,
            Dimension::Period | Dimension::Brand | Dimension::Platform | Dimension::Currency
        )
    };
    let filtered = query.filters.iter().map(|filter| filter.dimension);
    let has_labels = !query.labels.is_empty() || !query.label_filters.is_empty();
    !has_labels && !query.by.iter().copied().chain(filtered).any(tells_apart)
}
