//! Records: made, revised, archived, listed and looked back at.

use bellwether_catalogue::{RecordFilter, RecordOrder, RecordPlace};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::RecordId;
use bellwether_domain::record::{Body, RECORDS_PER_KIND_MAX, Record, RecordDraft, RecordKind};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};

use crate::error::Result;
use crate::services::Services;

/// What a change of a record came to.
#[derive(Debug, Clone)]
pub enum RecordOutcome {
    /// It is kept, as this revision.
    Kept(Box<Record>),
    /// Nothing was written; this is all that the input has against it.
    Refused(Vec<Refusal>),
}

/// A page of records in some order.
#[derive(Debug, Clone)]
pub struct RecordPage {
    /// The records of the page.
    pub items: Vec<Record>,
    /// Whether more follow.
    pub has_next: bool,
}

impl Services {
    /// Makes a record: its first revision.
    pub async fn create_record(&self, scope: &Scope, draft: RecordDraft) -> Result<RecordOutcome> {
        require_keeping(scope)?;
        if let Err(faults) = checked(&draft.body) {
            return Ok(RecordOutcome::Refused(faults));
        }
        self.read("create a record", scope, move |parts, scope| {
            let now = parts.clock.now();
            let id = RecordId::from_parts(now, parts.ids.random());
            let catalogue = &parts.catalogue;
            let record = catalogue.create_record(scope, id, &draft, RECORDS_PER_KIND_MAX, now)?;
            Ok(RecordOutcome::Kept(record.into()))
        })
        .await
    }

    /// Writes the next revision of a record; `base` is the revision that the caller saw. A record
    /// that was archived is in use again.
    pub async fn revise_record(
        &self,
        scope: &Scope,
        id: RecordId,
        base: u32,
        body: Body,
    ) -> Result<RecordOutcome> {
        require_keeping(scope)?;
        if let Err(faults) = checked(&body) {
            return Ok(RecordOutcome::Refused(faults));
        }
        self.read("revise a record", scope, move |parts, scope| {
            let now = parts.clock.now();
            let catalogue = &parts.catalogue;
            let record = catalogue.revise_record(scope, id, base, &body, now)?;
            Ok(RecordOutcome::Kept(record.into()))
        })
        .await
    }

    /// Takes a record out of use; its history can still be read.
    pub async fn archive_record(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        base: u32,
    ) -> Result<RecordOutcome> {
        require_keeping(scope)?;
        self.read("archive a record", scope, move |parts, scope| {
            let now = parts.clock.now();
            let catalogue = &parts.catalogue;
            let record = catalogue.archive_record(scope, kind, id, base, now)?;
            Ok(RecordOutcome::Kept(record.into()))
        })
        .await
    }

    /// The record of this kind and id, as it is or as it was at a moment.
    pub async fn record(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        as_of: Option<Timestamp>,
    ) -> Result<Record> {
        self.read("find a record", scope, move |parts, scope| {
            refuse_to_come(as_of, parts.clock.now())?;
            let found = parts.catalogue.find_record(scope, kind, id, as_of)?;
            Ok(found.ok_or_else(|| Refusal::not_found(kind.field(), id).at("id"))?)
        })
        .await
    }

    /// A page of records in an order, as they are or as they were at a moment.
    pub async fn records(
        &self,
        scope: &Scope,
        filter: RecordFilter,
        order: RecordOrder,
        as_of: Option<Timestamp>,
        after: Option<RecordPlace>,
        limit: u32,
    ) -> Result<RecordPage> {
        self.read("list records", scope, move |parts, scope| {
            refuse_to_come(as_of, parts.clock.now())?;
            let (catalogue, one_more) = (&parts.catalogue, limit + 1);
            let items =
                catalogue.list_records(scope, &filter, order, as_of, after.as_ref(), one_more)?;
            Ok(page(items, limit))
        })
        .await
    }

    /// The revisions of a record before one of them, the newest first: at most `limit`, and one
    /// more when there is one, to tell what the last of them changed.
    pub async fn record_history(
        &self,
        scope: &Scope,
        kind: RecordKind,
        id: RecordId,
        before: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Record>> {
        self.read("list revisions of a record", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            Ok(catalogue.record_history(scope, kind, id, before, limit + 1)?)
        })
        .await
    }
}

fn page(mut items: Vec<Record>, limit: u32) -> RecordPage {
    let has_next = items.len() > limit as usize;
    items.truncate(limit as usize);
    RecordPage { items, has_next }
}

/// Everything that a body has against it, at places that begin with the kind.
fn checked(body: &Body) -> Result<(), Vec<Refusal>> {
    let field = body.kind().field();
    body.check().map_err(|faults| {
        let faults = faults.into_iter();
        let placed = faults.map(|fault| {
            let place = match fault.path.as_str() {
                "" => field.to_owned(),
                inner => format!("{field}.{inner}"),
            };
            fault.at(place)
        });
        placed.collect()
    })
}

fn refuse_to_come(as_of: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    match as_of {
        Some(as_of) if as_of > now => {
            let message = format!("`{as_of}` is yet to come; use a moment up to now, `{now}`");
            Err(Refusal::invalid(message).at("asOf"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn require_keeping(scope: &Scope) -> Result<(), Refusal> {
    if scope.role().may_keep_records() {
        return Ok(());
    }
    let message = format!(
        "role `{}` may not change records; `OWNER`, `MANAGER` or `ANALYST` may",
        scope.role()
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}
