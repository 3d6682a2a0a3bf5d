//! What can be asked of cases and workflows.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_service::CaseFilter as Filter;

use super::case::Case;
use super::definition::WorkflowDefinition;
use super::listing::{CaseConnection, CaseFilter, CaseListing, CaseOrder, case_page, page_of};
use super::settings::{CalendarDay, WorkflowRole};
use crate::context::ContextExt;
use crate::limits::NODES_PAGE_PRICED_MAX;
use crate::nouns::NODES_PER_PAGE;
use crate::paging::page_price;
use crate::query::parse;
use crate::refusal::resolver_error;
use crate::scalars::Count;

#[derive(Debug, Default)]
pub(crate) struct CaseQuery;

/// Whether the chain of a case is whole.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseVerification {
    /// Whether every event is the one that was recorded, in its place, and none is missing.
    is_whole: bool,
    /// How many events were found whole.
    event_count: Count,
    /// The SHA-256 of the last whole event.
    head: Option<String>,
    /// The number of the first event that is broken.
    broken_at: Option<Count>,
    /// What is wrong with it.
    fault: Option<String>,
}

#[Object]
impl CaseQuery {
    /// The workflows of the agency, every version: those that come with the product, and its own.
    async fn workflow_definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the versions of this one, such as `cancel_promotion`.")]
        name: Option<String>,
    ) -> Result<Vec<WorkflowDefinition>> {
        let state = ctx.state();
        let known = state.services.workflow_definitions(&state.scope).await;
        let known = state.answer(known)?.into_iter();
        let meant = known.filter(|one| name.as_ref().is_none_or(|it| one.definition.name == *it));
        Ok(meant.map(WorkflowDefinition).collect())
    }

    /// The cases that the token may see; by due date, when no order is given.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn cases(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "where", desc = "Which cases; all when left out.")] filter: Option<
            CaseFilter,
        >,
        #[graphql(desc = "The order.")] order_by: Option<CaseOrder>,
        #[graphql(
            desc = "How many cases the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, of the same list.")] after: Option<
            String,
        >,
    ) -> Result<CaseConnection> {
        let listing = CaseListing {
            filter,
            order: order_by,
            first,
            after,
        };
        case_page(ctx.state(), listing).await
    }

    /// The case of this id; null with an error of code `NOT_FOUND` when there is none for this token.
    async fn case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case's id.")] id: ID,
    ) -> Result<Option<Case>> {
        let state = ctx.state();
        let id = parse(&id, "id")?;
        let _read = state.reads.begin();
        let view = state.services.case(&state.scope, id).await;
        Ok(Some(Case::seen(Box::new(state.answer(view)?))))
    }

    /// The open cases whose present step is assigned to you, by due date.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn my_open_steps(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many cases the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<CaseConnection> {
        let state = ctx.state();
        let Some(member) = state.scope.member() else {
            let message = "the operator has no steps; come with a member's token";
            return Err(resolver_error(&Refusal::invalid(message)));
        };
        let filter = Filter {
            assignee: Some(member),
            is_open: Some(true),
            ..Filter::default()
        };
        page_of(state, filter, None, first, after).await
    }

    /// Verifies the chain of a case, from its first event to its last.
    async fn verify_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case's id.")] id: ID,
    ) -> Result<CaseVerification> {
        let state = ctx.state();
        let id = parse(&id, "id")?;
        let verified = state.services.verify_case(&state.scope, id).await;
        let verified = state.answer(verified)?;
        Ok(match verified.outcome {
            Ok(head) => CaseVerification {
                is_whole: true,
                event_count: Count::up_to_max(head.seq),
                head: Some(head.hash.to_string()),
                broken_at: None,
                fault: None,
            },
            Err(broken) => CaseVerification {
                is_whole: false,
                event_count: Count::up_to_max(broken.seq.saturating_sub(1)),
                head: None,
                broken_at: Some(Count::up_to_max(broken.seq)),
                fault: Some(broken.fault.to_string()),
            },
        })
    }

    /// The workflow roles of the agency's members, or of one.
    async fn workflow_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this member's.")] member: Option<ID>,
    ) -> Result<Vec<WorkflowRole>> {
        let state = ctx.state();
        let member = member.map(|id| parse(&id, "member")).transpose()?;
        let roles = state.services.workflow_roles(&state.scope, member).await;
        Ok(state.answer(roles)?.into_iter().map(Into::into).collect())
    }

    /// The days on which the agency works otherwise than Monday to Friday.
    async fn calendar_days(&self, ctx: &Context<'_>) -> Result<Vec<CalendarDay>> {
        let state = ctx.state();
        let days = state.services.calendar_days(&state.scope).await;
        Ok(state.answer(days)?.into_iter().map(Into::into).collect())
    }
}
