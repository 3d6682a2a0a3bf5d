//! One group of an answer: its key and the sums of its components.

use std::collections::BTreeMap;

use crate::campaign::Platform;
use crate::fact::Text;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{Component, ComponentSum, Components, NoteCode};
use crate::money::Currency;
use crate::time::Date;

/// What a row is about: the values of the dimensions that are grouped by; the rest is `None`.
///
/// Costs of a whole brand that can't be told apart by campaign stand in a row whose campaign,
/// platform and such are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RowKey {
    /// The first day of the period.
    pub period: Option<Date>,
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
}

/// The sums of one group's components, money apart by currency.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    n_rows: u64,
    plain: BTreeMap<Component, ComponentSum>,
    money: BTreeMap<Currency, BTreeMap<Component, ComponentSum>>,
}

impl Tally {
    /// Counts rows of facts into the group.
    pub fn add_rows(&mut self, n_rows: u64) {
        self.n_rows += n_rows;
    }

    /// Adds a sum of a component; `currency` is that of the campaign or cost it comes from.
    pub fn add(&mut self, component: Component, currency: Currency, sum: ComponentSum) {
        if sum.count == 0 {
            return;
        }
        let sums = if is_money(component) {
            self.money.entry(currency).or_default()
        } else {
            &mut self.plain
        };
        sums.entry(component).or_default().add(sum);
    }

    /// Adds another group's sums to this one.
    pub fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        for (component, sum) in &other.plain {
            self.plain.entry(*component).or_default().add(*sum);
        }
        for (currency, sums) in &other.money {
            let mine = self.money.entry(*currency).or_default();
            for (component, sum) in sums {
                mine.entry(*component).or_default().add(*sum);
            }
        }
    }

    /// The currency of the group's money; `None` when there is no money or several currencies.
    pub fn currency(&self) -> Option<Currency> {
        let mut currencies = self.money.keys();
        let only = currencies.next().copied();
        only.filter(|_| currencies.next().is_none())
    }
}

impl Components for Tally {
    fn component(&self, component: Component) -> Result<ComponentSum, NoteCode> {
        if !is_money(component) {
            return Ok(self.plain.get(&component).copied().unwrap_or_default());
        }
        if self.money.len() > 1 {
            return Err(NoteCode::MixedCurrency);
        }
        let sums = self.money.values().next();
        Ok(sums
            .and_then(|sums| sums.get(&component))
            .copied()
            .unwrap_or_default())
    }

    fn n_rows(&self) -> u64 {
        self.n_rows
    }
}

fn is_money(component: Component) -> bool {
    match component {
        Component::Cost(_) => true,
        Component::Measure(name) => matches!(name, "spend" | "revenue" | "refunds" | "cogs"),
    }
}
