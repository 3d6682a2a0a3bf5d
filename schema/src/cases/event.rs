//! What happened in a case, event by event, with what proves it.

use async_graphql::{ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CaseId;
use bellwether_service::CaseEvent as Event;
use bellwether_workflow::case::ActorRecord;

use super::json;
use super::words::CaseActorKind;
use crate::context::RequestState;
use crate::nouns::NODES_PER_PAGE;
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;
use crate::scalars::{Count, DateTime, Json};

/// Who acted in a case.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct CaseActor {
    /// What kind of actor.
    kind: CaseActorKind,
    /// The member's id, for a member.
    member: Option<ID>,
    /// The workflow role for which the link was made, for somebody outside.
    role: Option<String>,
    /// The id of the link, for somebody outside.
    link: Option<String>,
}

impl From<&ActorRecord> for CaseActor {
    fn from(by: &ActorRecord) -> Self {
        let mut actor = Self {
            kind: CaseActorKind::System,
            member: None,
            role: None,
            link: None,
        };
        match by {
            ActorRecord::System => {}
            ActorRecord::Member { id } => {
                actor.kind = CaseActorKind::Member;
                actor.member = Some((*id).into());
            }
            ActorRecord::External { role, link } => {
                actor.kind = CaseActorKind::External;
                actor.role = Some(role.clone());
                actor.link = Some(link.clone());
            }
        }
        actor
    }
}

/// Something that happened in a case; it never changes and never goes.
#[derive(Debug, Clone)]
pub(crate) struct CaseEvent(Event);

/// A personal text beside an event.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseEventText {
    /// The field of the event that holds the text's hash.
    field: String,
    /// The text.
    text: String,
}

/// Something that happened in a case; it never changes and never goes.
#[Object]
impl CaseEvent {
    /// Its number in the case, from 1.
    async fn seq(&self) -> Count {
        Count::up_to_max(self.0.event.seq)
    }

    /// What happened, such as `acted`, `evidence_given`, `approved`, `attempt_refused`.
    #[graphql(name = "type")]
    async fn kind(&self) -> String {
        let body = serde_json::to_value(&self.0.event.body).unwrap_or_default();
        body["type"].as_str().unwrap_or_default().to_owned()
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.event.recorded_at)
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.event.occurred_at)
    }

    /// Who did it.
    async fn by(&self) -> CaseActor {
        (&self.0.event.by).into()
    }

    /// All that it says, by names in small letters; personal texts stand as salted hashes.
    async fn body(&self) -> Json {
        json(&serde_json::to_value(&self.0.event.body).unwrap_or_default())
    }

    /// The personal texts beside it that were not erased.
    async fn texts(&self) -> Vec<CaseEventText> {
        let texts = self.0.texts.iter().cloned();
        texts
            .map(|(field, text)| CaseEventText { field, text })
            .collect()
    }

    /// The SHA-256 of `entry`, in hexadecimal.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The bytes that the hash covers: canonical JSON (RFC 8785) of the event, the hash before, agency and case.
    async fn entry(&self) -> &str {
        &self.0.entry
    }
}

/// A page of the events of a case.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseEventConnection {
    /// The events of the page, the first one first.
    nodes: Vec<CaseEvent>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// A page of the events of a case, in order.
pub(crate) async fn event_page(
    state: &RequestState,
    case: CaseId,
    first: Option<i32>,
    after: Option<String>,
) -> Result<CaseEventConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let (default, max) = (NODES_PER_PAGE.unsigned_abs(), state.limits.nodes_page_max);
    let size = page_size(first, default, "nodes_page_max", max).map_err(refused)?;
    let after = after.map(|cursor| seq(&cursor)).transpose();
    let after = after.map_err(refused)?;
    let _read = state.reads.begin();
    let services = &state.services;
    let read = services.case_events(&state.scope, case, after.unwrap_or(0), size);
    let (events, has_next_page) = state.answer(read.await)?;
    let cursor = |event: Option<&Event>| event.map(|event| event.event.seq.to_string());
    let page_info = PageInfo {
        has_next_page,
        has_previous_page: after.is_some_and(|after| after > 0),
        start_cursor: cursor(events.first()),
        end_cursor: cursor(events.last()),
    };
    let nodes = events.into_iter().map(CaseEvent).collect();
    Ok(CaseEventConnection { nodes, page_info })
}

/// An event's cursor is its number.
fn seq(cursor: &str) -> Result<u64, Refusal> {
    cursor.parse().map_err(|_| {
        let message =
            format!("`{cursor}` is not a cursor; use `pageInfo.endCursor` of the page before");
        Refusal::invalid(message).at("after")
    })
}
