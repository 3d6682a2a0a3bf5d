//! Classes of campaigns: which group of an answer each campaign's facts go to.
//!
//! Brand, platform, currency and labels follow from the campaign here and nowhere earlier, so that
//! a moved campaign's cached sums show under its new platform. So do conditions; what a campaign
//! leaves open of one is decided for each sum by its codes.

use std::sync::Arc;

use bellwether_domain::answer::RowKey;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::dataset::KEY_DIMENSIONS_MAX;
use bellwether_domain::fact::Text;
use bellwether_domain::money::Currency;
use bellwether_domain::provisional::RestatementWindows;
use bellwether_domain::query::{Condition, Dimension, MetricQuery, Reduced};
use bellwether_domain::rates::RateTable;
use bellwether_store::{Bucket, Group};
use rustc_hash::FxHashMap;

use super::code_condition::CodeCondition;
use super::conversion::Converting;
use super::keeps::{Keeps, keeps_classes_whole};
use super::moving::MovesFrom;
use super::question::bucket;
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
    /// From which days on their platform may change numbers, where the query has such days.
    pub(super) moves_from: Option<MovesFrom>,
    /// What must hold of a sum's codes for it to count, where the campaign does not decide it.
    open: Option<Condition>,
}

/// The classes of one answer.
#[derive(Debug)]
pub(super) struct Classes {
    /// By the code of a campaign, its class. Also of the campaign that stands for a class of the
    /// attributes, where the query keeps those whole.
    pub(super) of_campaign: Vec<u32>,
    pub(super) list: Vec<Class>,
    /// By class, its open condition over codes; empty where no class has one.
    open: Vec<Option<CodeCondition>>,
    /// The periods of the sums.
    pub(super) bucket: Bucket,
    /// How money is converted, if it is.
    pub(super) converting: Option<Converting>,
    /// How many dimensions of facts are grouped by; the codes after them are only for conditions.
    n_grouped: usize,
}

impl Classes {
    /// The classes of a query, with the rates by which it converts money, if it does.
    pub(super) fn of(
        query: &MetricQuery,
        attributes: &Attributes,
        rates: Option<&Arc<RateTable>>,
        windows: &RestatementWindows,
    ) -> Self {
        let keeps = Keeps::of(query, attributes);
        let mut gathered = Gathered::default();
        let mut of_campaign = vec![NO_CLASS; attributes.code_width()];
        for (code, campaign) in attributes.coded_campaigns() {
            let open = match keeps.campaign(campaign, campaign.currency) {
                Reduced::Known(false) => continue,
                Reduced::Known(true) => None,
                Reduced::Open(condition) => Some(condition),
            };
            let class = Class {
                key: campaign_key(query, campaign),
                currency: campaign.currency,
                moves_from: MovesFrom::of(query, campaign.platform, windows),
                open,
            };
            of_campaign[code as usize] = gathered.place(class);
        }
        let by = query.by.iter();
        Self {
            of_campaign,
            open: open_conditions(query, attributes, &gathered.classes),
            bucket: bucket(query, attributes),
            converting: Converting::of(query, attributes, rates),
            n_grouped: by.filter(|by| by.fact_column().is_some()).count(),
            list: gathered.classes,
        }
    }

    /// The place of the class that a sum counts in; `None` for one that does not count.
    pub(super) fn class_of(&self, group: &Group) -> Option<u32> {
        let class = *self.of_campaign.get(group.campaign as usize)?;
        if class == NO_CLASS {
            return None;
        }
        let open = self.open.get(class as usize).and_then(Option::as_ref);
        open.is_none_or(|condition| condition.holds(&group.codes))
            .then_some(class)
    }

    /// Whether a sum counts.
    pub(super) fn counts(&self, group: &Group) -> bool {
        self.class_of(group).is_some()
    }

    /// The codes of a sum in the dimensions that are grouped by; 0 beyond.
    pub(super) fn grouped_codes(
        &self,
        mut codes: [u32; KEY_DIMENSIONS_MAX],
    ) -> [u32; KEY_DIMENSIONS_MAX] {
        codes[self.n_grouped..].fill(0);
        codes
    }
}

/// The open conditions of the classes, over the codes that the query's plan groups by.
fn open_conditions(
    query: &MetricQuery,
    attributes: &Attributes,
    classes: &[Class],
) -> Vec<Option<CodeCondition>> {
    if classes.iter().all(|class| class.open.is_none()) {
        return Vec::new();
    }
    let tested = query.tested_dimensions();
    let dimensions = query.by.iter().chain(&tested).copied();
    let columns: Vec<Dimension> = dimensions
        .filter(|dimension| dimension.fact_column().is_some())
        .collect();
    let compiled = |class: &Class| {
        let condition = class.open.as_ref()?;
        Some(CodeCondition::of(condition, &columns, &attributes.codes))
    };
    classes.iter().map(compiled).collect()
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
    let condition = query.condition.as_ref();
    let keeps_whole = condition.is_none_or(keeps_classes_whole);
    keeps_whole && !has_labels && !query.by.iter().copied().chain(filtered).any(tells_apart)
}
