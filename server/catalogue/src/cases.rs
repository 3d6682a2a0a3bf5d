//! Cases of workflows: where each stands, and what happened in it, event by event.
//!
//! Invariant: an entry is kept as the bytes that its hash was computed over; nothing here reads or
//! writes what they say.

#[cfg(test)]
mod tests;

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId, CaseId, MemberId};
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::case_tables::{case_events, case_timers, cases};
use crate::columns::{RowName, micros, only_brands, stored_count};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::{Catalogue, PAGE_ROWS_MAX};

/// What stands for no due moment, so that such cases sort last.
const NEVER_DUE: i64 = i64::MAX;

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its id.
    pub id: CaseId,
    /// The name of its definition.
    pub definition: String,
    /// The version of its definition, which it keeps.
    pub definition_version: u32,
    /// The brand that it is about; none when it is about the agency as a whole.
    pub brand: Option<BrandId>,
    /// The campaign that it is about.
    pub campaign: Option<CampaignId>,
    /// Its state.
    pub state: String,
    /// Whether it has ended.
    pub is_final: bool,
    /// How often it has changed.
    pub version: u64,
    /// How many events it has.
    pub n_events: u64,
    /// The hash of its last event, in hexadecimal.
    pub head: String,
    /// Who the present step is assigned to.
    pub assignee: Option<MemberId>,
    /// When the present step is due.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub began_at: Timestamp,
    /// When its last event was recorded.
    pub changed_at: Timestamp,
}

/// An event of a case as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry {
    /// Its number in the case, from 1.
    pub seq: u64,
    /// The bytes that the hash covers.
    pub entry: String,
    /// Their SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Which cases are meant; `None` leaves a condition out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Those of this definition.
    pub definition: Option<String>,
    /// Those in one of these states.
    pub states: Option<Vec<String>>,
    /// Those about this brand.
    pub brand: Option<BrandId>,
    /// Those about this campaign.
    pub campaign: Option<CampaignId>,
    /// Those whose step is assigned to this member.
    pub assignee: Option<MemberId>,
    /// Those that go on, or those that have ended.
    pub is_open: Option<bool>,
    /// Those that are due before this moment.
    pub due_before: Option<Timestamp>,
}

/// By what a list of cases is sorted; what is the same there is sorted by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseSort {
    /// By when the present step is due; last what isn't due at all.
    DueAt,
    /// By when they began.
    BeganAt,
    /// By when they last changed.
    ChangedAt,
}

/// Where a page of an order begins: after this case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CasePlace {
    /// The moment by which it is sorted, in microseconds.
    pub at_micros: i64,
    /// The case.
    pub id: CaseId,
}

impl CasePlace {
    /// The place of a case in an order.
    pub fn of(case: &CaseRecord, sort: CaseSort) -> Self {
        let at_micros = match sort {
            CaseSort::DueAt => case.due_at.map_or(NEVER_DUE, micros),
            CaseSort::BeganAt => micros(case.began_at),
            CaseSort::ChangedAt => micros(case.changed_at),
        };
        let id = case.id;
        Self { at_micros, id }
    }
}

/// Puts a boxed query of cases in the order of a column of moments, from a place on.
macro_rules! sorted {
    ($query:expr, $column:expr, $descending:expr, $after:expr) => {{
        let (query, column) = ($query, $column);
        match ($descending, $after) {
            (false, None) => query.order((column.asc(), cases::id.asc())),
            (true, None) => query.order((column.desc(), cases::id.desc())),
            (false, Some((at, id))) => query
                .filter(column.gt(at).or(column.eq(at).and(cases::id.gt(id))))
                .order((column.asc(), cases::id.asc())),
            (true, Some((at, id))) => query
                .filter(column.lt(at).or(column.eq(at).and(cases::id.lt(id))))
                .order((column.desc(), cases::id.desc())),
        }
    }};
}

impl Catalogue {
    /// The case of this id, if the scope sees what it is about. A case about the agency as a whole
    /// is seen by those who see all its brands.
    pub fn find_case(&self, scope: &Scope, id: CaseId) -> Result<Option<CaseRecord>> {
        self.read(|connection| find(connection, scope, id))
    }

    /// One page of the cases that the scope sees, those after `after`. At most [`PAGE_ROWS_MAX`]
    /// at once.
    pub fn list_cases(
        &self,
        scope: &Scope,
        filter: &CaseFilter,
        sort: CaseSort,
        is_descending: bool,
        after: Option<CasePlace>,
        limit: u32,
    ) -> Result<Vec<CaseRecord>> {
        if limit > PAGE_ROWS_MAX {
            let what = format!("a page of {limit}");
            return Err(Refusal::limit("page_rows_max", PAGE_ROWS_MAX, what).into());
        }
        let mut query = cases::table
            .filter(cases::agency_id.eq(scope.agency().to_string()))
            .limit(limit.into())
            .into_boxed();
        if let Some(brands) = only_brands(scope) {
            query = query.filter(cases::brand_id.eq_any(brands));
        }
        if let Some(definition) = &filter.definition {
            query = query.filter(cases::definition.eq(definition.clone()));
        }
        if let Some(states) = &filter.states {
            query = query.filter(cases::state.eq_any(states.clone()));
        }
        if let Some(brand) = filter.brand {
            query = query.filter(cases::brand_id.eq(brand.to_string()));
        }
        if let Some(campaign) = filter.campaign {
            query = query.filter(cases::campaign_id.eq(campaign.to_string()));
        }
        if let Some(assignee) = filter.assignee {
            query = query.filter(cases::assignee.eq(assignee.to_string()));
        }
        if let Some(is_open) = filter.is_open {
            query = query.filter(cases::is_final.eq(i64::from(!is_open)));
        }
        if let Some(moment) = filter.due_before {
            query = query.filter(cases::due_at.lt(micros(moment)));
        }
        let after = after.map(|place| (place.at_micros, place.id.to_string()));
        let query = match sort {
            CaseSort::DueAt => sorted!(query, cases::due_at, is_descending, after),
            CaseSort::BeganAt => sorted!(query, cases::began_at, is_descending, after),
            CaseSort::ChangedAt => sorted!(query, cases::changed_at, is_descending, after),
        };
        let rows = self.read(|connection| {
            query
                .load::<CaseRow>(connection)
                .map_err(Error::database("list cases"))
        })?;
        rows.into_iter().map(CaseRecord::try_from).collect()
    }

    /// The events of a case after the one of this number, in order: at most `limit`. The case must
    /// have been found by the same scope.
    pub fn case_entries(
        &self,
        scope: &Scope,
        case: &CaseRecord,
        after_seq: u64,
        limit: u32,
    ) -> Result<Vec<CaseEntry>> {
        require_seen(scope, case)?;
        self.read(|connection| entries(connection, scope, case.id, after_seq, limit))
    }

    /// The timers of the scope's agency that are due at a moment, the oldest ones first: case and
    /// name, at most `limit`.
    pub fn due_timers(
        &self,
        scope: &Scope,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CaseId, String)>> {
        let rows = self.read(|connection| {
            case_timers::table
                .filter(case_timers::agency_id.eq(scope.agency().to_string()))
                .filter(case_timers::due_at.le(micros(now)))
                .order((case_timers::due_at, case_timers::case_id))
                .limit(limit.into())
                .select((case_timers::case_id, case_timers::timer))
                .load::<(String, String)>(connection)
                .map_err(Error::database("list timers that are due"))
        })?;
        let read = rows.into_iter().map(|(case, timer)| {
            let name = RowName {
                table: "case_timers",
                row: &case,
            };
            Ok((name.parse(&case)?, timer))
        });
        read.collect()
    }
}

pub(crate) fn find(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: CaseId,
) -> Result<Option<CaseRecord>> {
    let row = cases::table
        .find((scope.agency().to_string(), id.to_string()))
        .first::<CaseRow>(connection)
        .optional()
        .map_err(Error::database("find a case"))?;
    let case = row.map(CaseRecord::try_from).transpose()?;
    Ok(case.filter(|case| sees(scope, case.brand)))
}

pub(crate) fn entries(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: CaseId,
    after_seq: u64,
    limit: u32,
) -> Result<Vec<CaseEntry>> {
    let rows = case_events::table
        .filter(case_events::agency_id.eq(scope.agency().to_string()))
        .filter(case_events::case_id.eq(id.to_string()))
        .filter(case_events::seq.gt(stored_count(after_seq)))
        .order(case_events::seq)
        .limit(limit.into())
        .select((case_events::seq, case_events::entry, case_events::sha256))
        .load::<(i64, String, String)>(connection)
        .map_err(Error::database("list events of a case"))?;
    let id = id.to_string();
    let name = RowName {
        table: "case_events",
        row: &id,
    };
    let read = rows.into_iter().map(|(seq, entry, sha256)| {
        let seq = name.count(seq)?;
        Ok(CaseEntry { seq, entry, sha256 })
    });
    read.collect()
}

/// Whether the scope sees cases about this brand, or about the agency as a whole.
pub(crate) fn sees(scope: &Scope, brand: Option<BrandId>) -> bool {
    match brand {
        Some(brand) => scope.sees_brand(brand),
        None => *scope.brands() == BrandAccess::All,
    }
}

pub(crate) fn require_seen(scope: &Scope, case: &CaseRecord) -> Result<()> {
    if sees(scope, case.brand) {
        return Ok(());
    }
    Err(Error::not_found("case", case.id))
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = cases)]
#[diesel(treat_none_as_null = true)]
pub(crate) struct CaseRow {
    agency_id: String,
    id: String,
    definition: String,
    definition_version: i64,
    brand_id: Option<String>,
    campaign_id: Option<String>,
    state: String,
    is_final: i64,
    version: i64,
    n_events: i64,
    head_sha256: String,
    assignee: Option<String>,
    due_at: i64,
    began_at: i64,
    changed_at: i64,
}

impl CaseRow {
    pub(crate) fn new(scope: &Scope, case: &CaseRecord) -> Self {
        Self {
            agency_id: scope.agency().to_string(),
            id: case.id.to_string(),
            definition: case.definition.clone(),
            definition_version: case.definition_version.into(),
            brand_id: case.brand.map(|brand| brand.to_string()),
            campaign_id: case.campaign.map(|campaign| campaign.to_string()),
            state: case.state.clone(),
            is_final: case.is_final.into(),
            version: stored_count(case.version),
            n_events: stored_count(case.n_events),
            head_sha256: case.head.clone(),
            assignee: case.assignee.map(|member| member.to_string()),
            due_at: case.due_at.map_or(NEVER_DUE, micros),
            began_at: micros(case.began_at),
            changed_at: micros(case.changed_at),
        }
    }
}

impl TryFrom<CaseRow> for CaseRecord {
    type Error = Error;

    fn try_from(row: CaseRow) -> Result<Self> {
        let name = RowName {
            table: "cases",
            row: &row.id,
        };
        let parse_brand = row.brand_id.as_deref().map(|it| name.parse(it));
        let parse_campaign = row.campaign_id.as_deref().map(|it| name.parse(it));
        let parse_member = row.assignee.as_deref().map(|it| name.parse(it));
        let due_at = (row.due_at != NEVER_DUE).then(|| name.moment(row.due_at));
        Ok(Self {
            id: name.parse(&row.id)?,
            definition_version: name.count(row.definition_version)?,
            brand: parse_brand.transpose()?,
            campaign: parse_campaign.transpose()?,
            is_final: row.is_final != 0,
            version: name.count(row.version)?,
            n_events: name.count(row.n_events)?,
            assignee: parse_member.transpose()?,
            due_at: due_at.transpose()?,
            began_at: name.moment(row.began_at)?,
            changed_at: name.moment(row.changed_at)?,
            definition: row.definition,
            state: row.state,
            head: row.head_sha256,
        })
    }
}
