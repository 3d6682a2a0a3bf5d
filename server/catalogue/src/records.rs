//! Lists of records: those that the scope sees, filtered, in an order, in pages, as they are or as
//! they were at a moment.

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId, RecordId};
use bellwether_domain::record::{Record, RecordKind, RecordState};
use bellwether_domain::time::{Date, Timestamp};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{day_text, micros, only_brands};
use crate::error::{Error, Result};
use crate::record_revisions::{RecordRow, RevisionRow, joined, refuse_large_page};
use crate::schema::{record_revisions, records};

/// Which records are meant; `None` leaves a condition out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFilter {
    /// Those of this kind.
    pub kind: RecordKind,
    /// Those of this brand.
    pub brand: Option<BrandId>,
    /// Those of this campaign.
    pub campaign: Option<CampaignId>,
    /// Those in this state.
    pub state: Option<RecordState>,
    /// Those of this key.
    pub key: Option<String>,
    /// Those whose days hold this one, and those without days.
    pub on: Option<Date>,
}

impl RecordFilter {
    /// All records of a kind.
    pub fn of_kind(kind: RecordKind) -> Self {
        Self {
            kind,
            brand: None,
            campaign: None,
            state: None,
            key: None,
            on: None,
        }
    }
}

/// By what a list is sorted; what is the same there is sorted by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordSort {
    /// By the agency's own name for them.
    Key,
    /// By the name as shown.
    Name,
    /// By when they were made.
    CreatedAt,
    /// By when they were last revised.
    RevisedAt,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordOrder {
    /// By what.
    pub by: RecordSort,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

/// Where a page of an order begins: after this record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// What the record is sorted by, as text; a moment in microseconds.
    pub value: String,
    /// The record.
    pub id: RecordId,
}

impl RecordPlace {
    /// The place of a record in an order.
    pub fn of(record: &Record, by: RecordSort) -> Self {
        let value = match by {
            RecordSort::Key => record.key.clone(),
            RecordSort::Name => record.body.name(),
            RecordSort::CreatedAt => String::new(),
            RecordSort::RevisedAt => micros(record.made_at).to_string(),
        };
        let id = record.id;
        Self { value, id }
    }
}

/// Puts a boxed query in the order of two columns, from a place on.
macro_rules! sorted {
    ($query:expr, $order:expr, $column:expr, $id:expr, $after:expr) => {{
        let (query, after) = ($query, $after);
        match ($order.is_descending, after) {
            (false, None) => query.order(($column.asc(), $id.asc())),
            (true, None) => query.order(($column.desc(), $id.desc())),
            (false, Some((value, id))) => query
                .filter(
                    $column
                        .gt(value.clone())
                        .or($column.eq(value).and($id.gt(id))),
                )
                .order(($column.asc(), $id.asc())),
            (true, Some((value, id))) => query
                .filter(
                    $column
                        .lt(value.clone())
                        .or($column.eq(value).and($id.lt(id))),
                )
                .order(($column.desc(), $id.desc())),
        }
    }};
}

impl Catalogue {
    #[expect(
        clippy::too_many_lines,
        reason = "one condition after another; the type of the joined query can't be written down"
    )]
    /// One page of the records that the scope sees, those after `after`: as they are, or as they
    /// were at a moment, without those that were not there yet. At most `PAGE_ROWS_MAX` at once.
    pub fn list_records(
        &self,
        scope: &Scope,
        filter: &RecordFilter,
        order: RecordOrder,
        as_of: Option<Timestamp>,
        after: Option<&RecordPlace>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        refuse_large_page(limit)?;
        let newer = diesel::alias!(record_revisions as newer);
        let joined_on = record_revisions::agency_id
            .eq(records::agency_id)
            .and(record_revisions::record_id.eq(records::id));
        let mut query = records::table
            .inner_join(record_revisions::table.on(joined_on))
            .select((RecordRow::as_select(), RevisionRow::as_select()))
            .filter(records::agency_id.eq(scope.agency().to_string()))
            .filter(records::kind.eq(filter.kind.as_str()))
            .limit(limit.into())
            .into_boxed();
        query = match as_of {
            None => query.filter(record_revisions::revision.eq(records::revision)),
            Some(as_of) => {
                let newest = newer
                    .filter(
                        newer
                            .field(record_revisions::agency_id)
                            .eq(records::agency_id),
                    )
                    .filter(newer.field(record_revisions::record_id).eq(records::id))
                    .filter(newer.field(record_revisions::made_at).le(micros(as_of)))
                    .select(max(newer.field(record_revisions::revision)));
                query.filter(
                    record_revisions::revision
                        .nullable()
                        .eq(newest.single_value()),
                )
            }
        };
        if let Some(brands) = only_brands(scope) {
            query = query.filter(records::brand_id.eq_any(brands));
        }
        if let Some(brand) = filter.brand {
            query = query.filter(records::brand_id.eq(brand.to_string()));
        }
        if let Some(campaign) = filter.campaign {
            query = query.filter(records::campaign_id.eq(campaign.to_string()));
        }
        if let Some(state) = filter.state {
            query = query.filter(record_revisions::state.eq(state.as_str()));
        }
        if let Some(key) = &filter.key {
            query = query.filter(records::key.eq(key.clone()));
        }
        if let Some(day) = filter.on.map(day_text) {
            let begun = record_revisions::starts_on.is_null();
            let open = record_revisions::ends_on.is_null();
            query = query
                .filter(
                    begun.or(record_revisions::starts_on
                        .assume_not_null()
                        .le(day.clone())),
                )
                .filter(open.or(record_revisions::ends_on.assume_not_null().gt(day)));
        }
        let after = after.map(|place| (place.value.clone(), place.id.to_string()));
        let query = match order.by {
            RecordSort::Key => sorted!(query, order, records::key, records::id, after),
            RecordSort::Name => sorted!(query, order, record_revisions::name, records::id, after),
            RecordSort::CreatedAt => {
                let after = after.map(|(_, id)| (id.clone(), id));
                sorted!(query, order, records::id, records::id, after)
            }
            RecordSort::RevisedAt => {
                let after = after.map(moment_and_id).transpose()?;
                sorted!(query, order, record_revisions::made_at, records::id, after)
            }
        };
        let rows = self.read(|connection| {
            query
                .load::<(RecordRow, RevisionRow)>(connection)
                .map_err(Error::database("list records"))
        })?;
        let rows = rows.into_iter();
        rows.map(|(record, revision)| joined(&record, &revision))
            .collect()
    }
}

fn moment_and_id((moment, id): (String, String)) -> Result<(i64, String), Refusal> {
    let moment = moment.parse().map_err(|_| {
        Refusal::invalid("the cursor is of another order; use one of the same list").at("after")
    })?;
    Ok((moment, id))
}
