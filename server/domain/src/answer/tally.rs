//! One group of an answer: its key and the sums of its components.

use crate::campaign::Platform;
use crate::fact::Text;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{Component, ComponentSum};
use crate::money::Currency;
use crate::query::{Dimension, Level};
use crate::time::Date;

/// What a row is about: the values of the dimensions that are grouped by; the rest is `None`.
///
/// Costs of a whole brand that can't be told apart by campaign stand in a row whose campaign,
/// platform and such are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RowKey {
    /// The first day of the period.
    pub period: Option<Date>,
    /// The hour of the day.
    pub hour: Option<u8>,
    /// The brand; also given where the campaign determines it.
    pub brand: Option<BrandId>,
    /// The platform; also given where the campaign determines it.
    pub platform: Option<Platform>,
    /// The campaign.
    pub campaign: Option<CampaignId>,
    /// The currency, when grouped by.
    pub currency: Option<Currency>,
    /// The country.
    pub country: Option<Text>,
    /// The age group.
    pub age: Option<Text>,
    /// The gender.
    pub gender: Option<Text>,
    /// The product.
    pub product: Option<Text>,
    /// The values of the campaign's labels that are grouped by, in the query's order; `None` where
    /// the campaign lacks the label. Empty when none are grouped by.
    pub labels: Vec<Option<Text>>,
}

impl RowKey {
    /// The key of the larger group of this level.
    pub(super) fn at_level(&self, level: &Level) -> Self {
        let by = |dimension| level.by.contains(&dimension);
        let by_campaign = by(Dimension::Campaign);
        let text = |text: &Option<Text>, dimension| text.clone().filter(|_| by(dimension));
        Self {
            period: self.period.filter(|_| by(Dimension::Period)),
            hour: self.hour.filter(|_| by(Dimension::Hour)),
            brand: self.brand.filter(|_| by_campaign || by(Dimension::Brand)),
            platform: self
                .platform
                .filter(|_| by_campaign || by(Dimension::Platform)),
            campaign: self.campaign.filter(|_| by_campaign),
            currency: self.currency.filter(|_| by(Dimension::Currency)),
            country: text(&self.country, Dimension::Country),
            age: text(&self.age, Dimension::Age),
            gender: text(&self.gender, Dimension::Gender),
            product: text(&self.product, Dimension::Product),
            labels: self.labels_at(level),
        }
    }
}

impl RowKey {
    /// The labels of the level in their places; none at all where it has none.
    fn labels_at(&self, level: &Level) -> Vec<Option<Text>> {
        if level.labels.is_empty() {
            return Vec::new();
        }
        let own = self.labels.iter().enumerate();
        own.map(|(place, label)| label.clone().filter(|_| level.labels.contains(&place)))
            .collect()
    }
}

/// The sums of one group's components, money apart by currency.
///
/// A group has a handful of components, so that a short list is quicker than a map.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    n_rows: u64,
    sums: Vec<TallySum>,
}

/// The sum of a component, of one currency where it is money.
#[derive(Debug, Clone, Copy)]
pub(super) struct TallySum {
    pub(super) component: Component,
    pub(super) currency: Option<Currency>,
    pub(super) sum: ComponentSum,
}

impl Tally {
    /// Counts rows of facts into the group.
    pub fn add_rows(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
    }

    /// Adds a sum of a component; `currency` is that of the campaign or cost it comes from.
    pub fn add(&mut self, component: Component, currency: Currency, sum: ComponentSum) {
        self.add_sum(component, Some(currency), sum);
    }

    pub(super) fn add_sum(
        &mut self,
        component: Component,
        currency: Option<Currency>,
        sum: ComponentSum,
    ) {
        if sum.count > 0 {
            self.put(TallySum {
                component,
                currency: currency.filter(|_| component.is_money()),
                sum,
            });
        }
    }

    /// Adds another group's sums to this one.
    pub fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        for sum in &other.sums {
            self.put(*sum);
        }
    }

    fn put(&mut self, added: TallySum) {
        let is_same = |known: &&mut TallySum| {
            known.currency == added.currency && known.component == added.component
        };
        match self.sums.iter_mut().find(is_same) {
            Some(known) => known.sum.add(added.sum),
            None => self.sums.push(added),
        }
    }

    pub(super) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    pub(super) fn sums(&self) -> &[TallySum] {
        &self.sums
    }
}
