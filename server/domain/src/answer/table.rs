//! The answer as a table of evaluated cells.

use std::collections::HashMap;
use std::sync::Arc;

use super::order;
use super::sums::{GroupSums, PieceSums};
use super::tally::{RowKey, Tally};
use crate::dataset::{Dataset, DatasetName};
use crate::error_code::Refusal;
use crate::fact::Text;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{
    Component, Components, Evaluator, Found, Metric, MetricCell, NoteCode, evaluate,
};
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
        check_size(groups.len())?;
        let sums = GroupSums::of_tallies(&query, groups);
        Self::of_sums(query, sums, labels)
    }

    /// The answer to a query from the sums of its groups, which were made for its components.
    pub fn of_sums(
        query: MetricQuery,
        sums: GroupSums,
        labels: &dyn Labels,
    ) -> Result<Self, Refusal> {
        check_size(sums.n_groups())?;
        let total = total_row(&query, &sums.total());
        let (keys, pieces) = sums.into_groups();
        let metrics: Vec<Column> = query
            .metrics
            .iter()
            .map(|metric| Column::new(*metric, &query, &pieces))
            .collect();
        let rows = keys.into_iter().enumerate().map(|(group, key)| Row {
            brand_name: key.brand.and_then(|brand| labels.brand_name(brand)),
            campaign_name: key.campaign.and_then(|id| labels.campaign_name(id)),
            currency: pieces.currency(group),
            cells: cells(&query, &key, &metrics, &pieces, group),
            key,
        });
        let rows = order::sorted(rows.collect(), &query);
        Ok(Self { query, rows, total })
    }

    /// Roughly how many bytes the table holds, for the cache's budget.
    pub fn size_bytes(&self) -> usize {
        let rows = self.rows.iter().chain([&self.total]);
        self.query.size_bytes() + rows.map(Row::size_bytes).sum::<usize>()
    }
}

impl Row {
    /// How many bytes it takes. Texts count whole: they are shared with other rows and with the
    /// agency's codes and campaigns, but may outlive those here.
    fn size_bytes(&self) -> usize {
        let RowKey {
            country,
            age,
            gender,
            product,
            ..
        } = &self.key;
        let texts = [country, age, gender, product];
        let texts = texts.into_iter().chain(&self.key.labels).flatten();
        let names = self.brand_name.iter().chain(&self.campaign_name);
        size_of::<Self>()
            + self.cells.capacity() * size_of::<MetricCell>()
            + self.key.labels.capacity() * size_of::<Option<Text>>()
            + texts.chain(names).map(|text| text.len()).sum::<usize>()
    }
}

fn check_size(n_groups: usize) -> Result<(), Refusal> {
    if n_groups <= GROUPS_MAX {
        return Ok(());
    }
    Err(Refusal::limit(
        "groups_max",
        GROUPS_MAX,
        format!("an answer of {n_groups} groups"),
    )
    .at("by"))
}

/// A metric of a query, with where each of its terms is found.
struct Column {
    evaluator: Evaluator,
    terms: Vec<Term>,
}

/// Where a term's sum is found.
#[derive(Clone, Copy)]
enum Term {
    /// In the column at this place.
    At(usize),
    /// Nowhere: the dataset can't know it.
    NotAtThisGrain,
}

impl Column {
    fn new(metric: Metric, query: &MetricQuery, pieces: &PieceSums) -> Self {
        let evaluator = Evaluator::new(metric);
        let term = |component: Component| {
            let known = component.is_known_in(query.dataset);
            let place = pieces.place_of(component).filter(|_| known);
            place.map_or(Term::NotAtThisGrain, Term::At)
        };
        let terms = evaluator.components().map(term).collect();
        Self { evaluator, terms }
    }
}

fn cells(
    query: &MetricQuery,
    key: &RowKey,
    metrics: &[Column],
    pieces: &PieceSums,
    group: usize,
) -> Vec<MetricCell> {
    let n_rows = pieces.n_rows(group);
    let standing = Standing::of_group(query, key, n_rows);
    let cell = |column: &Column| {
        column.evaluator.evaluate(n_rows, |place| {
            standing.check()?;
            match column.terms[place] {
                Term::At(place) => pieces.found(group, place),
                Term::NotAtThisGrain => Err(NoteCode::NotAtThisGrain),
            }
        })
    };
    metrics.iter().map(cell).collect()
}

fn total_row(query: &MetricQuery, tally: &Tally) -> Row {
    let components = Total {
        standing: Standing::of_total(query, tally.n_rows()),
        dataset: query.dataset,
        tally,
    };
    let cells = query.metrics.iter();
    Row {
        key: RowKey::default(),
        brand_name: None,
        campaign_name: None,
        currency: tally.currency(),
        cells: cells.map(|metric| evaluate(*metric, &components)).collect(),
    }
}

/// Whether the numbers of a row can stand at all, where the dataset's rows don't add up.
#[derive(Clone, Copy)]
struct Standing(Result<(), NoteCode>);

impl Standing {
    /// A group stands when it is of one campaign whose report is of exactly its period.
    fn of_group(query: &MetricQuery, key: &RowKey, n_rows: u64) -> Self {
        let is_one = key.campaign.is_some() || query.is_of_one_campaign();
        Self::of(query, is_one, n_rows)
    }

    /// A total over several periods is of none that was reported.
    fn of_total(query: &MetricQuery, n_rows: u64) -> Self {
        let is_one = query.is_of_one_campaign() && query.grain.is_none();
        Self::of(query, is_one, n_rows)
    }

    fn of(query: &MetricQuery, is_one: bool, n_rows: u64) -> Self {
        Self(match (Dataset::of(query.dataset).adds_up, is_one, n_rows) {
            (true, ..) | (false, true, 1..) => Ok(()),
            (false, false, _) => Err(NoteCode::NotAdditive),
            (false, true, 0) => Err(NoteCode::NotReportedForPeriod),
        })
    }

    fn check(self) -> Result<(), NoteCode> {
        self.0
    }
}

/// The grand total, with what its dataset can't know told apart from what nobody reported.
struct Total<'a> {
    standing: Standing,
    dataset: DatasetName,
    tally: &'a Tally,
}

impl Components for Total<'_> {
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        self.standing.check()?;
        if component.is_known_in(self.dataset) {
            self.tally.component(component)
        } else {
            Err(NoteCode::NotAtThisGrain)
        }
    }

    fn n_rows(&self) -> u64 {
        self.tally.n_rows()
    }
}
