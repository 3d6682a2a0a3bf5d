//! The answer as a table of evaluated cells.

use std::collections::HashMap;
use std::sync::Arc;

use super::order;
use super::tally::{RowKey, Tally};
use crate::dataset::{Dataset, DatasetName};
use crate::error_code::Refusal;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{Component, Components, Found, MetricCell, NoteCode, evaluate};
use crate::money::Currency;
use crate::query::MetricQuery;

/// The most groups that one answer may have.
pub const GROUPS_MAX: usize = 100_000;

/// The names that go with the ids of an answer, as they stand at its catalogue version.
pub trait Labels {
    /// The brand's name.
    fn brand_name(&self, brand: BrandId) -> Option<Arc<str>>;
    /// The campaign's name.
    fn campaign_name(&self, campaign: CampaignId) -> Option<Arc<str>>;
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub key: RowKey,
    /// The brand's name, where the key has a brand.
    pub brand_name: Option<Arc<str>>,
    /// The campaign's name, where the key has a campaign.
    pub campaign_name: Option<Arc<str>>,
    /// The currency of its money; `None` without money or with several currencies.
    pub currency: Option<Currency>,
    /// Its cells, in the order of the query's metrics.
    pub cells: Vec<MetricCell>,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricTable {
    /// The question that it answers.
    pub query: MetricQuery,
    /// The groups, sorted.
    pub rows: Vec<Row>,
    /// The grand total over all groups, computed from components.
    pub total: Row,
}

impl MetricTable {
    /// The answer to a query from the tallies of its groups.
    pub fn build(
        query: MetricQuery,
        groups: HashMap<RowKey, Tally>,
        labels: &dyn Labels,
    ) -> Result<Self, Refusal> {
        if groups.len() > GROUPS_MAX {
            return Err(Refusal::limit(
                "groups_max",
                GROUPS_MAX,
                format!("an answer of {} groups", groups.len()),
            )
            .at("by"));
        }
        let mut grand = Tally::default();
        for tally in groups.values() {
            grand.merge(tally);
        }
        let mut rows: Vec<Row> = groups
            .into_iter()
            .map(|(key, tally)| row(&query, key, &tally, labels))
            .collect();
        order::sort(&mut rows, &query);
        let total = row(&query, RowKey::default(), &grand, labels);
        Ok(Self { query, rows, total })
    }

    /// Roughly how many bytes the table holds, for the cache's budget.
    pub fn size_bytes(&self) -> usize {
        let cells = self.query.metrics.len() * size_of::<MetricCell>();
        size_of::<Self>() + (self.rows.len() + 1) * (size_of::<Row>() + cells)
    }
}

fn row(query: &MetricQuery, key: RowKey, tally: &Tally, labels: &dyn Labels) -> Row {
    let components = AtGrain {
        dataset: query.dataset,
        tally,
    };
    Row {
        brand_name: key.brand.and_then(|brand| labels.brand_name(brand)),
        campaign_name: key
            .campaign
            .and_then(|campaign| labels.campaign_name(campaign)),
        currency: tally.currency(),
        cells: query
            .metrics
            .iter()
            .map(|metric| evaluate(*metric, &components))
            .collect(),
        key,
    }
}

/// A tally, with what its dataset can't know told apart from what nobody reported.
struct AtGrain<'a> {
    dataset: DatasetName,
    tally: &'a Tally,
}

impl Components for AtGrain<'_> {
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        let known = match component {
            Component::Measure(name) => Dataset::of(self.dataset).measure_index(name).is_some(),
            Component::Cost(_) => self.dataset == DatasetName::DeliveryDaily,
        };
        if known {
            self.tally.component(component)
        } else {
            Err(NoteCode::NotAtThisGrain)
        }
    }

    fn n_rows(&self) -> u64 {
        self.tally.n_rows()
    }
}
