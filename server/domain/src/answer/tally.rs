//! One group of an answer: its key and the sums of its components.

use std::collections::BTreeMap;

use crate::campaign::Platform;
use crate::fact::Text;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{Component, ComponentSum, Components, Found, NoteCode};
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
    /// By component, and by currency where it is money.
    sums: BTreeMap<(Component, Option<Currency>), ComponentSum>,
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
        let currency = Some(currency).filter(|_| is_money(component));
        self.sums.entry((component, currency)).or_default().add(sum);
    }

    /// Adds another group's sums to this one.
    pub fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        for (key, sum) in &other.sums {
            self.sums.entry(*key).or_default().add(*sum);
        }
    }

    /// The currency of the group's money; `None` when there is no money or several currencies.
    pub fn currency(&self) -> Option<Currency> {
        let mut currencies = self.sums.keys().filter_map(|(_, currency)| *currency);
        let first = currencies.next()?;
        currencies.all(|other| other == first).then_some(first)
    }
}

impl Components for Tally {
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        let of_component = (component, None)..;
        let mut sums = self
            .sums
            .range(of_component)
            .take_while(|((found, _), _)| *found == component);
        let Some(((_, currency), sum)) = sums.next() else {
            return Ok(Found::default());
        };
        if sums.next().is_some() {
            return Err(NoteCode::MixedCurrency);
        }
        Ok(Found {
            sum: *sum,
            currency: *currency,
        })
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
