//! A case: where it stands as its row says, everything else as its events say.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_service::{CaseRecord, CaseView};
use tokio::sync::OnceCell;

use super::actions::AvailableAction;
use super::event::{CaseActor, CaseEventConnection, event_page};
use super::json;
use super::words::{EffectStatus, TimerStatus};
use crate::context::{ContextExt, RequestState};
use crate::limits::NODES_PAGE_PRICED_MAX;
use crate::nouns::{Brand, Campaign, NODES_PER_PAGE};
use crate::paging::page_price;
use crate::query::find_campaign;
use crate::refusal::resolver_error;
use crate::scalars::{Count, DateTime, Json};

/// A case: one run of a workflow.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    record: CaseRecord,
    /// What its events say; read once, when it is first asked for.
    view: Arc<OnceCell<Box<CaseView>>>,
}

/// Evidence of a case that counts now.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseEvidence {
    /// Its kind.
    kind: String,
    /// The item that it is for; empty where the kind asks for one alone.
    item: String,
    /// Its fields; a personal text is `{"sha256": …}` here and stands in `texts` of its event.
    fields: Json,
    /// The input of its calculation, where it is computed.
    input: Option<Json>,
    /// The metric snapshot that the input was read at.
    snapshot: Option<String>,
    /// What was computed, with its arithmetic line by line.
    computed: Option<Json>,
    /// The number of the event in which it was given.
    seq: Count,
    /// Who gave it.
    by: CaseActor,
}

/// An approval that holds.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseApproval {
    /// Its name.
    name: String,
    /// Who gave it.
    by: CaseActor,
    /// The hash of what was approved; it falls when that changes.
    content_hash: String,
    /// The number of the event in which it was given.
    seq: Count,
}

/// Something that the case asked for outside.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseEffect {
    /// Its name.
    name: String,
    /// The key under which it was sent last: the same key never makes it happen twice.
    key: String,
    /// How it stands.
    status: EffectStatus,
    /// What it does, for people.
    label: String,
    /// The workflow role that does it by hand when no system answers.
    manual_role: String,
}

/// A timer of a case.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseTimer {
    /// Its name; a state's name for its due date.
    name: String,
    /// The workflow role that is reminded.
    owner: String,
    /// When it fires.
    due_at: DateTime,
    /// How it stands.
    status: TimerStatus,
}

impl Case {
    /// A case of a list, of which no more was read.
    pub(crate) fn listed(record: CaseRecord) -> Self {
        let view = Arc::default();
        Self { record, view }
    }

    /// A case that was read as a whole.
    pub(crate) fn seen(view: Box<CaseView>) -> Self {
        Self {
            record: view.record.clone(),
            view: Arc::new(OnceCell::new_with(Some(view))),
        }
    }

    async fn view(&self, state: &RequestState) -> Result<&CaseView> {
        let read = self.view.get_or_try_init(async || {
            let _read = state.reads.begin();
            let view = state.services.case(&state.scope, self.record.id).await;
            state.answer(view).map(Box::new)
        });
        read.await.map(|view| &**view)
    }
}

/// A case: one run of a workflow.
#[Object]
impl Case {
    /// Its id.
    async fn id(&self) -> ID {
        self.record.id.into()
    }

    /// The name of its workflow, such as `cancel_promotion`.
    async fn definition(&self) -> &str {
        &self.record.definition
    }

    /// The version of its workflow, which it keeps.
    async fn definition_version(&self) -> u32 {
        self.record.definition_version
    }

    /// The workflow's name for people.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.view(ctx.state()).await?.definition.title.clone())
    }

    /// The brand that it is about; null when it is about the agency as a whole.
    async fn brand(&self, ctx: &Context<'_>) -> Result<Option<Brand>> {
        let Some(id) = self.record.brand else {
            return Ok(None);
        };
        let state = ctx.state();
        let brand = state.answer(state.brand(id).await)?;
        let missing = || resolver_error(&Refusal::not_found("brand", id));
        brand.map(Brand).ok_or_else(missing).map(Some)
    }

    /// The campaign that it is about; null when it is about none.
    async fn campaign(&self, ctx: &Context<'_>) -> Result<Option<Campaign>> {
        match self.record.campaign {
            Some(id) => find_campaign(ctx.state(), id).await.map(Some),
            None => Ok(None),
        }
    }

    /// What it is about, in ids and references, as conditions of the workflow see it.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Json> {
        let view = self.view(ctx.state()).await?;
        Ok(json(&serde_json::Value::Object(view.case.subject.clone())))
    }

    /// Its state.
    async fn state(&self) -> &str {
        &self.record.state
    }

    /// Whether it has ended: nothing about it changes any more.
    async fn is_final(&self) -> bool {
        self.record.is_final
    }

    /// How often it has changed: what a mutation names as `expectedVersion`.
    async fn version(&self) -> Count {
        Count::up_to_max(self.record.version)
    }

    /// How many events it has.
    async fn event_count(&self) -> Count {
        Count::up_to_max(self.record.n_events)
    }

    /// The SHA-256 of its last event: who keeps it elsewhere can prove the past of the case.
    async fn head(&self) -> &str {
        &self.record.head
    }

    /// The id of the member to whom the present step is assigned.
    async fn assignee(&self) -> Option<ID> {
        self.record.assignee.map(Into::into)
    }

    /// When the present step is due.
    async fn due_at(&self) -> Option<DateTime> {
        self.record.due_at.map(DateTime)
    }

    /// When it began.
    async fn began_at(&self) -> DateTime {
        DateTime(self.record.began_at)
    }

    /// When something was last recorded in it.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.record.changed_at)
    }

    /// Who began it.
    async fn requester(&self, ctx: &Context<'_>) -> Result<CaseActor> {
        let view = self.view(ctx.state()).await?;
        Ok((&view.case.requester).into())
    }

    /// The states that lie behind it, in order, and the present one.
    async fn visited(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(self.view(ctx.state()).await?.case.visited.clone())
    }

    /// The evidence that counts now, by kind and item.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<CaseEvidence>> {
        let view = self.view(ctx.state()).await?;
        let given = view.case.evidence.values().flat_map(|items| items.values());
        let evidence = given.map(|given| {
            let one = &given.evidence;
            CaseEvidence {
                kind: one.kind.clone(),
                item: one.item.clone(),
                fields: json(&serde_json::Value::Object(one.fields.clone())),
                input: one.input.as_ref().map(json),
                snapshot: one.snapshot.clone(),
                computed: one.computed.as_ref().map(|computed| {
                    json(&serde_json::to_value(&computed.worked).unwrap_or_default())
                }),
                seq: Count::up_to_max(given.seq),
                by: (&given.by).into(),
            }
        });
        Ok(evidence.collect())
    }

    /// The approvals that hold.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<CaseApproval>> {
        let view = self.view(ctx.state()).await?;
        let approvals = view.case.approvals.iter().map(|one| CaseApproval {
            name: one.name.clone(),
            by: (&one.by).into(),
            content_hash: one.content.to_string(),
            seq: Count::up_to_max(one.seq),
        });
        Ok(approvals.collect())
    }

    /// What it asked for outside, and how that stands.
    async fn effects(&self, ctx: &Context<'_>) -> Result<Vec<CaseEffect>> {
        let view = self.view(ctx.state()).await?;
        let effects = view.case.effects.iter().map(|(name, effect)| {
            let rule = view.definition.effect(name);
            CaseEffect {
                name: name.clone(),
                key: effect.key.clone(),
                status: effect.status.into(),
                label: rule.map(|it| it.label.clone()).unwrap_or_default(),
                manual_role: rule.map(|it| it.manual_role.clone()).unwrap_or_default(),
            }
        });
        Ok(effects.collect())
    }

    /// Its timers.
    async fn timers(&self, ctx: &Context<'_>) -> Result<Vec<CaseTimer>> {
        let view = self.view(ctx.state()).await?;
        let timers = view.case.timers.iter().map(|(name, timer)| CaseTimer {
            name: name.clone(),
            owner: timer.owner.clone(),
            due_at: DateTime(timer.due_at),
            status: timer.status.into(),
        });
        Ok(timers.collect())
    }

    /// What could be done now, what each takes, and what stands in your way; nothing once it has ended.
    async fn available_actions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableAction>> {
        let view = self.view(ctx.state()).await?;
        let actions = view.available_actions();
        Ok(actions.into_iter().map(Into::into).collect())
    }

    /// What happened in it, the first event first.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many events the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<CaseEventConnection> {
        event_page(ctx.state(), self.record.id, first, after).await
    }
}
