//! The answer as a table of evaluated cells.

use std::collections::HashMap;
use std::sync::Arc;

use super::cells::Cells;
use super::compared::{Compared, common_currency};
use super::sides::Sides;
use super::sums::GroupSums;
use super::tally::{RowKey, Tally};
use super::{cut, order};
use crate::error_code::Refusal;
use crate::fact::Text;
use crate::ids::{BrandId, CampaignId};
use crate::metric::{MetricCell, Unit};
use crate::money::Currency;
use crate::query::{CellPart, Level, MetricQuery};

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
    /// The currency of its money, previous money included; `None` without money or with several
    /// currencies.
    pub currency: Option<Currency>,
    /// Its cells, in the order of the query's metrics, then of its custom metrics.
    pub cells: Vec<MetricCell>,
    /// The same of the range compared with, where the query compares.
    pub compared: Option<Box<Compared>>,
}

impl Row {
    /// A number of the cell at a metric's place; `None` for a part that only a comparison has.
    pub fn cell(&self, place: usize, part: CellPart) -> Option<MetricCell> {
        match part {
            CellPart::Value => self.cells.get(place).copied(),
            _ => self.compared.as_ref()?.part(part)?.get(place).copied(),
        }
    }
}

/// A total over the rows that agree in some dimensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The dimensions, in the order of the query's; none for the grand total.
    pub level: Level,
    /// The numbers.
    pub row: Row,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricTable {
    /// The question that it answers.
    pub query: MetricQuery,
    /// The groups that are shown, sorted.
    pub rows: Vec<Row>,
    /// The grand total over all groups, computed from components.
    pub total: Row,
    /// The totals asked for, level by level, each level sorted as the rows are.
    pub totals: Vec<Total>,
}

impl MetricTable {
    /// The answer to a query that compares with nothing, from the tallies of its groups.
    pub fn build(
        query: MetricQuery,
        groups: HashMap<RowKey, Tally>,
        labels: &dyn Labels,
    ) -> Result<Self, Refusal> {
        check_size(groups.len())?;
        let sums = GroupSums::of_tallies(&query, groups);
        Self::of_sums(query, sums, None, labels)
    }

    /// The answer to a query from the sums of its groups, which were made for its components, and
    /// of those of the range that it compares with.
    pub fn of_sums(
        query: MetricQuery,
        now: GroupSums,
        before: Option<GroupSums>,
        labels: &dyn Labels,
    ) -> Result<Self, Refusal> {
        let sides = Sides::new(&query, now, before)?;
        let totals = totals(&query, &sides, labels)?;
        let total = match totals.iter().find(|total| total.level.is_grand()) {
            Some(asked) => asked.row.clone(),
            None => rows_of(&query, sides.level(&Level::default()), labels)
                .pop()
                .expect("the level of no dimensions has one group"),
        };
        let rows = cut::passing(rows_of(&query, sides, labels), &query);
        let rows = cut::first(order::sorted(rows, &query), &query);
        Ok(Self {
            query,
            rows,
            total,
            totals,
        })
    }

    /// Roughly how many bytes the table holds, for the cache's budget.
    pub fn size_bytes(&self) -> usize {
        let levels = self.totals.iter();
        let levels = levels.map(|it| it.level.size_bytes() + it.row.size_bytes());
        let rows = self.rows.iter().chain([&self.total]);
        self.query.size_bytes() + rows.map(Row::size_bytes).sum::<usize>() + levels.sum::<usize>()
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
            + self.compared.as_ref().map_or(0, |it| it.size_bytes())
            + self.key.labels.capacity() * size_of::<Option<Text>>()
            + texts.chain(names).map(|text| text.len()).sum::<usize>()
    }
}

pub(super) fn check_size(n_groups: usize) -> Result<(), Refusal> {
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

/// The rows of groups, in no order.
fn rows_of(query: &MetricQuery, sides: Sides, labels: &dyn Labels) -> Vec<Row> {
    let now = Cells::new(query, sides.now);
    let before = sides.before.map(|sums| Cells::new(query, sums));
    let units: Vec<Unit> = query.columns().map(|it| query.unit_of(it)).collect();
    let row = |(group, key): (usize, RowKey)| {
        let cells = now.of(group, &key);
        let mut currency = now.currency(group);
        let compared = before.as_ref().map(|before| {
            let (common, are_alike) = common_currency(currency, before.currency(group));
            currency = common;
            let previous = before.of(group, &key);
            Box::new(Compared::new(&units, &cells, previous, are_alike))
        });
        Row {
            brand_name: key.brand.and_then(|brand| labels.brand_name(brand)),
            campaign_name: key.campaign.and_then(|id| labels.campaign_name(id)),
            currency,
            cells,
            compared,
            key,
        }
    };
    sides.keys.into_iter().enumerate().map(row).collect()
}

/// The totals asked for; together they are as few as the groups of an answer may be.
fn totals(query: &MetricQuery, sides: &Sides, labels: &dyn Labels) -> Result<Vec<Total>, Refusal> {
    let mut totals: Vec<Total> = Vec::new();
    for level in &query.totals {
        let groups = sides.level(level);
        let n_totals = totals.len() + groups.keys.len();
        if n_totals > GROUPS_MAX {
            let what = format!("{n_totals} totals");
            return Err(Refusal::limit("groups_max", GROUPS_MAX, what).at("totals"));
        }
        let rows = order::sorted(rows_of(query, groups, labels), query);
        totals.extend(rows.into_iter().map(|row| Total {
            level: level.clone(),
            row,
        }));
    }
    Ok(totals)
}
