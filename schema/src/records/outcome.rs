//! Changes of records: from inputs to the service, and from what became of it to payloads.

use async_graphql::{ID, InputObject, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::RecordId;
use bellwether_domain::record::{Body, Record, RecordDraft, RecordKind};
use bellwether_service::{Error, RecordOutcome};

use super::mirror::within;
use crate::context::RequestState;
use crate::mutation::{UserError, outcome};
use crate::query::parse;

/// Which record to take out of use.
#[derive(Debug, InputObject)]
pub(crate) struct ArchiveRecordInput {
    /// The record's id.
    id: ID,
    /// The newest revision that the caller saw.
    base_revision: u32,
}

/// What a change came to: the record, or what the input has against it.
pub(crate) type Changed = (Option<Record>, Vec<UserError>);

/// Where a record is to be made.
#[derive(Debug)]
pub(crate) struct NewRecord {
    pub(crate) brand: ID,
    pub(crate) campaign: Option<ID>,
    pub(crate) key: Option<String>,
}

/// Makes a record of what the client means.
pub(crate) async fn create(
    state: &RequestState,
    place: NewRecord,
    kind: RecordKind,
    body: Result<Body, Refusal>,
) -> Result<Changed> {
    let brand = parse(&place.brand, "input.brand")?;
    let campaign = place.campaign.map(|id| parse(&id, "input.campaign"));
    let draft = |body| RecordDraft {
        brand,
        campaign: None,
        key: place.key,
        body,
    };
    let changed = match body.map(draft) {
        Ok(draft) => {
            let campaign = campaign.transpose()?;
            let draft = RecordDraft { campaign, ..draft };
            state.services.create_record(&state.scope, draft).await
        }
        Err(refusal) => Err(within(kind.field(), refusal).into()),
    };
    told(state, changed).await
}

/// Writes the next revision of a record.
pub(crate) async fn revise(
    state: &RequestState,
    (id, base): (ID, u32),
    kind: RecordKind,
    body: Result<Body, Refusal>,
) -> Result<Changed> {
    let id: RecordId = parse(&id, "input.id")?;
    let changed = match body {
        Ok(body) => {
            let services = &state.services;
            services.revise_record(&state.scope, id, base, body).await
        }
        Err(refusal) => Err(within(kind.field(), refusal).into()),
    };
    told(state, changed).await
}

/// Takes a record out of use.
pub(crate) async fn archive(
    state: &RequestState,
    kind: RecordKind,
    input: ArchiveRecordInput,
) -> Result<Changed> {
    let id: RecordId = parse(&input.id, "input.id")?;
    let services = &state.services;
    let archived = services
        .archive_record(&state.scope, kind, id, input.base_revision)
        .await;
    told(state, archived).await
}

/// Tells a change, with the places of refusals inside `input`.
async fn told(state: &RequestState, changed: Result<RecordOutcome, Error>) -> Result<Changed> {
    let changed = changed.map_err(|error| match error.refusal() {
        refusal if refusal.path.is_empty() || refusal.code.http_status() >= 500 => error,
        refusal => within("input", refusal).into(),
    });
    let (changed, user_errors) = outcome(state, changed).await?;
    Ok(match changed {
        None => (None, user_errors),
        Some(RecordOutcome::Kept(record)) => (Some(*record), user_errors),
        Some(RecordOutcome::Refused(faults)) => {
            let faults = faults.into_iter().map(|fault| within("input", fault));
            (None, faults.map(UserError::from).collect())
        }
    })
}
