//! The read path of a metric query, whole: request -> canonical query -> snapshot -> cached
//! result, or plan -> partials -> groups -> table.

use std::mem::size_of;
use std::sync::Arc;

use bellwether_domain::answer::MetricTable;
use bellwether_domain::closed_words;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{Dimension, MetricQuery, MetricRequest, PlanContext};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::time::{Date, Timestamp, date_of_day_number};
use bellwether_domain::{ErrorCode, Scope};

use super::costs::RecordedCosts;
use super::cursor::Cursor;
use super::group::Grouping;
use crate::attributes::Attributes;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};

closed_words! {
    /// How an answer came about.
    pub enum CacheState, "a cache state" {
        /// The whole result was there.
        Hit => "HIT",
        /// It was computed.
        Miss => "MISS",
    }
}

closed_words! {
    /// What an analyst should know of an answer beside its numbers.
    pub enum WarningCode, "a warning" {
        /// Campaigns of different attribution windows stand in one answer.
        MixedAttribution => "MIXED_ATTRIBUTION",
        /// A campaign reports several windows; one of them was used.
        AttributionChosen => "ATTRIBUTION_CHOSEN",
        /// Costs of whole brands are left out, because a filter tells their campaigns apart.
        BrandCostsLeftOut => "BRAND_COSTS_LEFT_OUT",
        /// A brand's cost is not spread by spend, because its campaigns have several currencies.
        CostsNotSpread => "COSTS_NOT_SPREAD",
    }
}

/// One thing to know of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// What kind of thing.
    pub code: WarningCode,
    /// The sentence.
    pub message: String,
}

/// A computed result as the cache holds it.
#[derive(Debug)]
pub(super) struct Computed {
    table: MetricTable,
    data_through: Option<Date>,
    warnings: Vec<Warning>,
    at: Timestamp,
}

impl Computed {
    pub(super) fn size_bytes(&self) -> usize {
        let warnings: usize = self
            .warnings
            .iter()
            .map(|warning| warning.message.len())
            .sum();
        size_of::<Self>() + self.table.size_bytes() + warnings
    }
}

/// The answer to a metric query.
#[derive(Debug, Clone)]
pub struct MetricsAnswer {
    computed: Arc<Computed>,
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// How it came about.
    pub cache: CacheState,
}

impl MetricsAnswer {
    /// The rows and totals.
    pub fn table(&self) -> &MetricTable {
        &self.computed.table
    }

    /// The last day of the range of which any fact is known; `None` when there is none.
    pub fn data_through(&self) -> Option<Date> {
        self.computed.data_through
    }

    /// The cursor of the page that begins after so many rows.
    pub fn cursor(&self, offset: usize) -> Cursor {
        let question = Cursor::question_of(&self.table().query);
        Cursor {
            snapshot: self.snapshot,
            offset,
            question,
        }
    }

    /// What to know beside the numbers.
    pub fn warnings(&self) -> &[Warning] {
        &self.computed.warnings
    }

    /// When the numbers were computed.
    pub fn computed_at(&self) -> Timestamp {
        self.computed.at
    }
}

impl Services {
    /// Answers a metric query for what the scope sees. A `cursor` pins the snapshot it is of, so
    /// that all pages of one walk come from the same numbers.
    pub async fn metrics(
        &self,
        scope: &Scope,
        request: &MetricRequest,
        cursor: Option<Cursor>,
    ) -> Result<MetricsAnswer> {
        let parts = &self.parts;
        let (newest, attributes) = parts.attributes(scope).await?;
        let snapshot = settle_snapshot(newest, cursor.map(|cursor| cursor.snapshot))?;
        let query = request.plan(&plan_context(parts, &attributes))?;
        check_filters(&query, &attributes)?;
        check_cursor(cursor, &query)?;
        let key = (scope.agency(), query.clone(), snapshot);
        let compute = compute(parts, scope, query, snapshot, attributes);
        let entry = parts
            .caches
            .results
            .entry(key)
            .or_try_insert_with(compute)
            .await;
        let entry = entry.map_err(|error: Arc<Error>| Error::clone(&error))?;
        let cache = if entry.is_fresh() {
            CacheState::Miss
        } else {
            CacheState::Hit
        };
        Ok(MetricsAnswer {
            computed: entry.into_value(),
            snapshot,
            cache,
        })
    }
}

async fn compute(
    parts: &Arc<Parts>,
    scope: &Scope,
    query: MetricQuery,
    snapshot: Snapshot,
    attributes: Arc<Attributes>,
) -> Result<Arc<Computed>> {
    let facts = parts
        .fact_sums(scope, &query, snapshot, &attributes)
        .await?;
    let costs = if query.needs_costs() {
        parts
            .recorded_costs(scope, &query, snapshot, &attributes)
            .await?
    } else {
        RecordedCosts::default()
    };
    let at = parts.clock.now();
    blocking("put an answer together", move || {
        let mut grouping = Grouping::new(&query, &attributes);
        grouping.add_facts(&facts)?;
        grouping.add_costs(&costs);
        let (groups, warnings) = grouping.finish();
        let data_through = facts.last_day().and_then(date_of_day_number);
        let table = MetricTable::build(query, groups, &*attributes)?;
        Ok(Arc::new(Computed {
            table,
            data_through,
            warnings,
            at,
        }))
    })
    .await
}

fn plan_context(parts: &Parts, attributes: &Attributes) -> PlanContext {
    PlanContext {
        visible_brands: attributes.brands.iter().map(|brand| brand.id).collect(),
        today: attributes.agency.timezone.today(parts.clock.now()),
        week_start: attributes.agency.week_start,
        label_names: attributes.label_names(),
    }
}

/// The snapshot to read: the newest, or a pinned one whose attributes still stand.
fn settle_snapshot(newest: Snapshot, pinned: Option<Snapshot>) -> Result<Snapshot, Refusal> {
    let Some(pinned) = pinned else {
        return Ok(newest);
    };
    if pinned.catalogue != newest.catalogue || pinned.commit > newest.commit {
        let message =
            format!("the records changed since snapshot `{pinned}`; begin again without `after`");
        return Err(Refusal::new(ErrorCode::Conflict, message).at("after"));
    }
    Ok(pinned)
}

/// A cursor pages through the question that it came from; 'the last 90 days' asked after midnight
/// is another one.
fn check_cursor(cursor: Option<Cursor>, query: &MetricQuery) -> Result<(), Refusal> {
    let is_of_another = |cursor: Cursor| cursor.question != Cursor::question_of(query);
    if cursor.is_some_and(is_of_another) {
        let message = "the cursor is of another question; begin again without `after`";
        return Err(Refusal::invalid(message).at("after"));
    }
    Ok(())
}

/// A campaign or brand that the scope can't see does not exist, in a filter as anywhere.
fn check_filters(query: &MetricQuery, attributes: &Attributes) -> Result<(), Refusal> {
    for id in query.filter(Dimension::Campaign).unwrap_or_default() {
        let known = id.parse().ok().and_then(|id| attributes.campaign(id));
        if known.is_none() {
            return Err(Refusal::not_found("campaign", id).at("where.campaign"));
        }
    }
    for id in query.filter(Dimension::Brand).unwrap_or_default() {
        if !attributes
            .brands
            .iter()
            .any(|brand| brand.id.to_string() == *id)
        {
            return Err(Refusal::not_found("brand", id).at("where.brand"));
        }
    }
    Ok(())
}
