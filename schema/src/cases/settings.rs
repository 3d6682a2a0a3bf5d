//! What an agency sets for its workflows: roles, versions of its own, its calendar, closed books.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_service::{
    CalendarDay as Day, CalendarImport, KnownDefinition, WorkflowRole as Role,
};

use super::definition::WorkflowDefinition;
use super::inputs::plain;
use crate::context::ContextExt;
use crate::mutation::{UserError, outcome};
use crate::query::parse;
use crate::scalars::{Date, Json};

#[derive(Debug, Default)]
pub(crate) struct WorkflowSettingsMutation;

/// A workflow role that a member holds: in every case, in those of a brand, or in one.
#[derive(Debug, SimpleObject)]
pub(crate) struct WorkflowRole {
    /// The member's id.
    member: ID,
    /// The role.
    role: String,
    /// The id of the brand that it is limited to.
    brand: Option<ID>,
    /// The id of the case that it is limited to.
    case: Option<ID>,
}

/// A day on which the agency works otherwise than on the same weekdays.
#[derive(Debug, SimpleObject)]
pub(crate) struct CalendarDay {
    /// The day.
    date: Date,
    /// Whether it is worked: a weekend's day that is, or a holiday.
    is_worked: bool,
    /// What it is called.
    name: String,
}

impl From<Role> for WorkflowRole {
    fn from(role: Role) -> Self {
        Self {
            member: role.member.into(),
            role: role.role,
            brand: role.brand.map(Into::into),
            case: role.case.map(Into::into),
        }
    }
}

impl From<Day> for CalendarDay {
    fn from(day: Day) -> Self {
        Self {
            date: Date(day.day),
            is_worked: day.is_worked,
            name: day.name,
        }
    }
}

/// Which workflow roles a member holds, or holds no more.
#[derive(Debug, InputObject)]
pub(crate) struct WorkflowRolesInput {
    /// The member's id.
    member: ID,
    /// The roles, such as `["requester", "finance"]`; `workflowDefinitions { roles { name } }` lists them.
    roles: Vec<String>,
    /// The id of the brand that they are limited to.
    brand: Option<ID>,
    /// The id of the case that they are limited to.
    case: Option<ID>,
}

/// What became of a change of workflow roles.
#[derive(Debug, SimpleObject)]
pub(crate) struct WorkflowRolesPayload {
    /// The member's roles as they are now.
    roles: Vec<WorkflowRole>,
    /// What the input has against it; empty when it was done.
    user_errors: Vec<UserError>,
}

/// What became of saving a workflow.
#[derive(Debug, SimpleObject)]
pub(crate) struct SaveWorkflowDefinitionPayload {
    /// The version that was saved; null when the input was not accepted.
    definition: Option<WorkflowDefinition>,
    /// What the input has against it; empty when it was saved.
    user_errors: Vec<UserError>,
}

/// A day for the calendar.
#[derive(Debug, InputObject)]
pub(crate) struct CalendarDayInput {
    /// The day.
    date: Date,
    /// `false` for a holiday, `true` for a weekend's day that is worked.
    #[graphql(default)]
    is_worked: bool,
    /// What it is called, such as `Spring Festival`.
    #[graphql(default)]
    name: String,
}

/// A stretch of the calendar.
#[derive(Debug, InputObject)]
pub(crate) struct SetCalendarInput {
    /// The first day of the stretch.
    from: Date,
    /// The last day of the stretch.
    to: Date,
    /// The days within it on which the agency works otherwise; what was known of the stretch goes.
    days: Vec<CalendarDayInput>,
}

/// What became of a change of the calendar.
#[derive(Debug, SimpleObject)]
pub(crate) struct SetCalendarPayload {
    /// The whole calendar as it is now.
    days: Vec<CalendarDay>,
    /// What the input has against it; empty when it was done.
    user_errors: Vec<UserError>,
}

/// What became of closing the books.
#[derive(Debug, SimpleObject)]
pub(crate) struct CloseBooksPayload {
    /// The last day that is closed; null when the input was not accepted.
    through: Option<Date>,
    /// What the input has against it; empty when it was done.
    user_errors: Vec<UserError>,
}

#[Object]
impl WorkflowSettingsMutation {
    /// Gives a member workflow roles, apart from the access role; owners and managers do it.
    async fn assign_workflow_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, which, and where.")] input: WorkflowRolesInput,
    ) -> Result<WorkflowRolesPayload> {
        set_roles(ctx, input, true).await
    }

    /// Takes workflow roles from a member; owners and managers do it.
    async fn remove_workflow_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, which, and where.")] input: WorkflowRolesInput,
    ) -> Result<WorkflowRolesPayload> {
        set_roles(ctx, input, false).await
    }

    /// Saves the agency's own version of a workflow; new cases begin with it, those that run keep theirs.
    async fn save_workflow_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The whole definition, as `workflowDefinitions { definition }` gives it, with a higher `version`."
        )]
        definition: Json,
    ) -> Result<SaveWorkflowDefinitionPayload> {
        let state = ctx.state();
        let saved = match plain(&definition, "definition") {
            Ok(definition) => {
                let text = definition.to_string();
                state
                    .services
                    .save_workflow_definition(&state.scope, text)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        let (saved, user_errors) = outcome::<KnownDefinition>(state, saved).await?;
        Ok(SaveWorkflowDefinitionPayload {
            definition: saved.map(WorkflowDefinition),
            user_errors,
        })
    }

    /// Replaces a stretch of the agency's calendar; owners and managers do it.
    async fn set_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The stretch, and its days.")] input: SetCalendarInput,
    ) -> Result<SetCalendarPayload> {
        let state = ctx.state();
        let import = CalendarImport {
            first: input.from.0,
            last: input.to.0,
            days: input
                .days
                .into_iter()
                .map(|day| Day {
                    day: day.date.0,
                    is_worked: day.is_worked,
                    name: day.name,
                })
                .collect(),
        };
        let set = state.services.set_calendar(&state.scope, import).await;
        let (_, user_errors) = outcome(state, set).await?;
        let days = state.services.calendar_days(&state.scope).await;
        Ok(SetCalendarPayload {
            days: state.answer(days)?.into_iter().map(Into::into).collect(),
            user_errors,
        })
    }

    /// Closes the agency's books up to a day, for good: no case records anything as happened on it or before.
    async fn close_books(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The last day to close; it has passed.")] through: Date,
    ) -> Result<CloseBooksPayload> {
        let state = ctx.state();
        let closed = state.services.close_books(&state.scope, through.0).await;
        let (closed, user_errors) = outcome(state, closed).await?;
        Ok(CloseBooksPayload {
            through: closed.map(|()| through),
            user_errors,
        })
    }
}

async fn set_roles(
    ctx: &Context<'_>,
    input: WorkflowRolesInput,
    hold: bool,
) -> Result<WorkflowRolesPayload> {
    let state = ctx.state();
    let member = parse(&input.member, "input.member")?;
    let brand = input
        .brand
        .map(|id| parse(&id, "input.brand"))
        .transpose()?;
    let case = input.case.map(|id| parse(&id, "input.case")).transpose()?;
    let set = if brand.is_some() && case.is_some() {
        let message = "a role is limited to a brand or to a case, not to both; leave one out";
        Err(Refusal::invalid(message).at("input.case").into())
    } else {
        let roles = input.roles.into_iter().map(|role| Role {
            member,
            role,
            brand,
            case,
        });
        let services = &state.services;
        services
            .set_workflow_roles(&state.scope, roles.collect(), hold)
            .await
    };
    let (_, user_errors) = outcome(state, set).await?;
    let roles = state.services.workflow_roles(&state.scope, Some(member));
    Ok(WorkflowRolesPayload {
        roles: state
            .answer(roles.await)?
            .into_iter()
            .map(Into::into)
            .collect(),
        user_errors,
    })
}
