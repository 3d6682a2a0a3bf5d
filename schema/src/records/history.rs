//! The revisions of a record: when, by whom, and what each changed.

use async_graphql::{ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::record::{Record, changes};

use super::words::RecordState;
use crate::context::RequestState;
use crate::nouns::NODES_PER_PAGE;
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;
use crate::scalars::{DateTime, Json};

/// One revision of a record.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct RecordRevision {
    /// Its number, from 1.
    revision: u32,
    /// When it was made.
    at: DateTime,
    /// The id of the member who made it; null for the operator.
    by: Option<ID>,
    /// Whether the record was in use from then on.
    state: RecordState,
    /// The fields that it changed; those of the first revision are all that it says.
    changes: Vec<FieldChange>,
}

/// A field that a revision changed.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct FieldChange {
    /// The place of the field, such as `claims.0.text`.
    field: String,
    /// What it was; null when it was not there.
    old: Option<Json>,
    /// What it became; null when it went.
    new: Option<Json>,
}

/// A page of the revisions of a record, the newest first.
#[derive(Debug)]
pub(crate) struct RecordRevisionConnection {
    revisions: Vec<RecordRevision>,
    has_next: bool,
    is_first: bool,
}

/// One revision of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct RecordRevisionEdge {
    /// The place of the revision, for `after`.
    cursor: String,
    /// The revision.
    node: RecordRevision,
}

/// A page of the revisions of a record, the newest first.
#[Object]
impl RecordRevisionConnection {
    /// The revisions of the page.
    async fn nodes(&self) -> Vec<RecordRevision> {
        self.revisions.clone()
    }

    /// The revisions of the page with their cursors.
    async fn edges(&self) -> Vec<RecordRevisionEdge> {
        let revisions = self.revisions.iter();
        let edges = revisions.map(|revision| RecordRevisionEdge {
            cursor: revision.revision.to_string(),
            node: revision.clone(),
        });
        edges.collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        let cursor = |revision: &RecordRevision| revision.revision.to_string();
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: !self.is_first,
            start_cursor: self.revisions.first().map(cursor),
            end_cursor: self.revisions.last().map(cursor),
        }
    }
}

/// Reads a page of the revisions of a record up to and with the one at hand.
pub(crate) async fn read_history(
    state: &RequestState,
    record: &Record,
    first: Option<i32>,
    after: Option<String>,
) -> Result<RecordRevisionConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let max = state.limits.nodes_page_max;
    let default = NODES_PER_PAGE.unsigned_abs();
    let size = page_size(first, default, "nodes_page_max", max).map_err(refused)?;
    let is_first = after.is_none();
    let before = match after {
        None => record.revision.saturating_add(1),
        Some(text) => text.parse().map_err(|_| {
            let message =
                format!("`{text}` is not a cursor; use `pageInfo.endCursor` of the page before");
            refused(Refusal::invalid(message).at("after"))
        })?,
    };
    let (kind, services) = (record.body.kind(), &state.services);
    let _read = state.reads.begin();
    let revisions = services
        .record_history(&state.scope, kind, record.id, Some(before), size)
        .await;
    let revisions = state.answer(revisions)?;
    let size = size as usize;
    let shown = revisions.iter().take(size).enumerate();
    Ok(RecordRevisionConnection {
        has_next: revisions.len() > size,
        is_first,
        revisions: shown
            .map(|(index, revision)| told(revision, revisions.get(index + 1)))
            .collect(),
    })
}

fn told(revision: &Record, before: Option<&Record>) -> RecordRevision {
    let nothing = serde_json::Value::Null;
    let old = before.map_or(nothing, |before| before.body.to_json());
    let changes = changes(&old, &revision.body.to_json()).into_iter();
    RecordRevision {
        revision: revision.revision,
        at: DateTime(revision.made_at),
        by: revision.made_by.map(Into::into),
        state: revision.state.into(),
        changes: changes
            .map(|change| FieldChange {
                field: change.field,
                old: json(change.old),
                new: json(change.new),
            })
            .collect(),
    }
}

fn json(value: Option<serde_json::Value>) -> Option<Json> {
    let value = async_graphql::Value::from_json(value?).ok()?;
    Some(Json(value))
}
