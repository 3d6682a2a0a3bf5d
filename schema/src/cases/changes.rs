//! The mutations of cases. Each is one command: done whole, or refused with the case as it is.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_service::{CaseOutcome, Error, StartCase};
use bellwether_workflow::case::{Communication, Transaction, Verb};
use bellwether_workflow::refused::Block;

use super::case::Case;
use super::inputs::{
    CaseChangeInput, CommunicationInput, EffectReportInput, EvidenceInput, StartCaseInput,
    TransactionInput, object,
};
use crate::context::{ContextExt, RequestState};
use crate::mutation::{UserError, outcome};
use crate::query::parse;
use crate::scalars::Count;

#[derive(Debug, Default)]
pub(crate) struct CaseMutation;

/// What the workflow has against a change of a case.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseUserError {
    /// What kind of thing, as in the table of `schema/README.md`, such as `WRONG_ROLE` or `CONFLICT`.
    code: String,
    /// The place in the input, or the evidence, approval or effect that is meant.
    field: Vec<String>,
    /// What is wrong and what would be accepted, as a sentence.
    message: String,
    /// The workflow's own word for it, such as `ALTERNATIVE_CHOSEN`, where it has one.
    reason: Option<String>,
}

/// What became of a change of a case.
#[derive(Debug, SimpleObject)]
pub(crate) struct CasePayload {
    /// The case as it is now, also when the change was refused; null when there is none.
    case: Option<Case>,
    /// What stands in the way; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

impl From<Block> for CaseUserError {
    fn from(block: Block) -> Self {
        let place = block.field.split('.').filter(|name| !name.is_empty());
        Self {
            code: block.code.as_str().to_owned(),
            field: place.map(str::to_owned).collect(),
            message: block.message,
            reason: block.reason,
        }
    }
}

impl From<UserError> for CaseUserError {
    fn from(error: UserError) -> Self {
        Self {
            code: error.code,
            field: error.field,
            message: error.message,
            reason: None,
        }
    }
}

#[Object]
impl CaseMutation {
    /// Begins a case of a workflow; you need the workflow role that begins it.
    async fn start_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which workflow, and what it is about.")] input: StartCaseInput,
    ) -> Result<CasePayload> {
        let state = ctx.state();
        let brand = input
            .brand
            .map(|id| parse(&id, "input.brand"))
            .transpose()?;
        let campaign = input.campaign.map(|id| parse(&id, "input.campaign"));
        let campaign = campaign.transpose()?;
        let begun = match object(input.subject, "subject") {
            Ok(subject) => {
                let asked = StartCase {
                    definition: input.definition,
                    brand,
                    campaign,
                    subject,
                    idempotency_key: input.idempotency_key,
                };
                state.services.start_case(&state.scope, asked).await
            }
            Err(refusal) => Err(refusal.into()),
        };
        payload(state, begun).await
    }

    /// Does an action that leads the case on, giving evidence along with it: all of it, or none.
    async fn advance_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "The action, one of `availableActions`, such as `submit`.")]
        action: String,
        #[graphql(desc = "Evidence that is given first.", default)] evidence: Vec<EvidenceInput>,
    ) -> Result<CasePayload> {
        let given = evidence.into_iter().map(EvidenceInput::given);
        let verb = given
            .collect::<Result<Vec<_>, _>>()
            .map(|evidence| Verb::Advance { action, evidence });
        command(ctx.state(), input, verb).await
    }

    /// Gives evidence, or corrects what was given; an approval of what changes falls.
    async fn add_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "The evidence.")] evidence: EvidenceInput,
    ) -> Result<CasePayload> {
        command(ctx.state(), input, evidence.given().map(Verb::Give)).await
    }

    /// Approves what is there now; nobody approves what they asked for or wrote themselves.
    async fn approve_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "The approval, one of `availableActions`, such as `cancellation`.")]
        approval: String,
        #[graphql(desc = "The `contentHash` of what you looked at.")] content_hash: String,
    ) -> Result<CasePayload> {
        let content = content_hash.parse();
        let verb = content.map(|content| Verb::Approve { approval, content });
        let verb = verb.map_err(|refusal: Refusal| refusal.at("contentHash"));
        command(ctx.state(), input, verb).await
    }

    /// Assigns the present step to a member, or to nobody.
    async fn assign_step(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "The member's id; nobody when left out.")] member: Option<ID>,
    ) -> Result<CasePayload> {
        let member = member.map(|id| parse(&id, "member")).transpose()?;
        command(ctx.state(), input, Ok(Verb::Assign(member))).await
    }

    /// Says something about a case; the text can be erased later without breaking its chain.
    async fn comment_on_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "The text.")] text: String,
    ) -> Result<CasePayload> {
        command(ctx.state(), input, Ok(Verb::Comment(text))).await
    }

    /// Records that somebody was told, or told something.
    async fn record_communication(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "Who, how and when.")] communication: CommunicationInput,
    ) -> Result<CasePayload> {
        let verb = Verb::Communicate(Communication {
            party: communication.party,
            channel: communication.channel,
            date: communication.date.0,
            receipt: communication.receipt,
        });
        command(ctx.state(), input, Ok(verb)).await
    }

    /// Records that money moved.
    async fn record_transaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "What for, how much and when.")] transaction: TransactionInput,
    ) -> Result<CasePayload> {
        let verb = Verb::Transact(Transaction {
            what: transaction.what,
            amount: transaction.amount.0,
            currency: transaction.currency,
            date: transaction.date.0,
            reference: transaction.reference,
        });
        command(ctx.state(), input, Ok(verb)).await
    }

    /// Tells what became of something that was to be done outside by hand.
    async fn report_effect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseChangeInput,
        #[graphql(desc = "Which effect, and what became of it.")] report: EffectReportInput,
    ) -> Result<CasePayload> {
        let verb = Verb::Report {
            key: report.key,
            outcome: report.outcome.into(),
            reference: report.reference,
        };
        command(ctx.state(), input, Ok(verb)).await
    }

    /// Erases the personal texts of a case, or of one of its events; the chain stays whole. Returns how many were there.
    async fn erase_case_texts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case's id.")] case: ID,
        #[graphql(desc = "The number of the event; all events when left out.")] seq: Option<u32>,
    ) -> Result<Count> {
        let state = ctx.state();
        let id = parse(&case, "case")?;
        let services = &state.services;
        let erased = services
            .erase_case_texts(&state.scope, id, seq.map(u64::from))
            .await;
        let n_erased = state.answer(erased)?;
        Ok(Count::up_to_max(n_erased as u64))
    }
}

async fn command(
    state: &RequestState,
    input: CaseChangeInput,
    verb: Result<Verb, Refusal>,
) -> Result<CasePayload> {
    let asked = match verb.and_then(|verb| input.command(verb)) {
        Ok((case, command)) => {
            let id = parse(&case, "input.case")?;
            state.services.command_case(&state.scope, id, command).await
        }
        Err(refusal) => Err(refusal.into()),
    };
    payload(state, asked).await
}

async fn payload(state: &RequestState, changed: Result<CaseOutcome, Error>) -> Result<CasePayload> {
    let (changed, user_errors) = outcome(state, changed).await?;
    let user_errors = user_errors.into_iter().map(Into::into).collect();
    Ok(match changed {
        None => CasePayload {
            case: None,
            user_errors,
        },
        Some(CaseOutcome::Done(view)) => CasePayload {
            case: Some(Case::seen(view)),
            user_errors,
        },
        Some(CaseOutcome::Refused(refused, view)) => CasePayload {
            case: view.map(Case::seen),
            user_errors: vec![refused.block.into()],
        },
    })
}
