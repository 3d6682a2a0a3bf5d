//! What mutations of cases take.

use async_graphql::{ID, InputObject, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_service::CaseCommand;
use bellwether_workflow::case::{GivenEvidence, Verb};
use serde_json::{Map, Value};

use super::words::EffectOutcome;
use crate::scalars::{Count, Date, DateTime, Decimal, Json};

/// What a case is begun with.
#[derive(Debug, InputObject)]
pub(crate) struct StartCaseInput {
    /// The workflow, such as `cancel_promotion`; its newest version is taken.
    pub(crate) definition: String,
    /// The id of the brand that it is about; left out when it is about the agency as a whole.
    pub(crate) brand: Option<ID>,
    /// The id of the campaign that it is about, one of the brand.
    pub(crate) campaign: Option<ID>,
    /// What else conditions of the workflow look at, in ids and references, such as `{"start": "2026-04-10"}`; it stays for ever, so no personal text belongs here.
    pub(crate) subject: Option<Json>,
    /// The key under which it begins once, however often it is sent, such as a UUID.
    pub(crate) idempotency_key: Option<String>,
}

/// Evidence that is given.
#[derive(Debug, InputObject)]
pub(crate) struct EvidenceInput {
    /// Its kind, one of those that `availableActions` names, such as `reason_code`.
    pub(crate) kind: String,
    /// The item that it is for, where the kind asks for several.
    pub(crate) item: Option<String>,
    /// Its fields, such as `{"codes": ["BUDGET_CONSTRAINTS"]}`; amounts are written as text.
    pub(crate) fields: Option<Json>,
    /// The input of the kind's calculation.
    pub(crate) input: Option<Json>,
    /// The metric snapshot that the input was read at, as `meta.snapshot` of an answer says it.
    pub(crate) snapshot: Option<String>,
    /// The number of the event that it corrects.
    pub(crate) corrects: Option<Count>,
}

/// Which case is changed, and how sure the caller is of it.
#[derive(Debug, InputObject)]
pub(crate) struct CaseChangeInput {
    /// The case's id.
    pub(crate) case: ID,
    /// The version that you looked at; `CONFLICT` with the case as it is when it has changed since.
    pub(crate) expected_version: Option<Count>,
    /// When it happened, where that is earlier than now.
    pub(crate) occurred_at: Option<DateTime>,
    /// The key under which it is done once, however often it is sent, such as a UUID.
    pub(crate) idempotency_key: Option<String>,
}

impl CaseChangeInput {
    /// The command that asks this of the case.
    pub(crate) fn command(self, verb: Verb) -> Result<(ID, CaseCommand), Refusal> {
        let expected_version = self
            .expected_version
            .map(|version| whole(version, "expectedVersion"));
        let command = CaseCommand {
            expected_version: expected_version.transpose()?,
            occurred_at: self.occurred_at.map(|moment| moment.0),
            idempotency_key: self.idempotency_key,
            verb,
        };
        Ok((self.case, command))
    }
}

/// Money that moved.
#[derive(Debug, InputObject)]
pub(crate) struct TransactionInput {
    /// What for, such as `refund of the deposit`.
    pub(crate) what: String,
    /// How much; negative when it was given back.
    pub(crate) amount: Decimal,
    /// In which currency, by its ISO 4217 code, such as `EUR`.
    pub(crate) currency: String,
    /// On which day.
    pub(crate) date: Date,
    /// The number of the invoice or transfer.
    pub(crate) reference: String,
}

/// Somebody who was told, or told something.
#[derive(Debug, InputObject)]
pub(crate) struct CommunicationInput {
    /// With whom, such as `influencer` or `platform support`; a reference, no name.
    pub(crate) party: String,
    /// How, such as `letter` or `ticket`.
    pub(crate) channel: String,
    /// On which day.
    pub(crate) date: Date,
    /// What shows it, such as the number of the ticket.
    pub(crate) receipt: String,
}

/// What became of something that was to be done outside, by hand.
#[derive(Debug, InputObject)]
pub(crate) struct EffectReportInput {
    /// The effect's key, as `effects` of the case says it.
    pub(crate) key: String,
    /// What became of it.
    pub(crate) outcome: EffectOutcome,
    /// What shows it: a ticket, a document, an answer's id.
    pub(crate) reference: String,
}

impl EvidenceInput {
    /// The evidence as the rules take it.
    pub(crate) fn given(self) -> Result<GivenEvidence, Refusal> {
        let corrects = self.corrects.map(|seq| whole(seq, "evidence.corrects"));
        Ok(GivenEvidence {
            kind: self.kind,
            item: self.item,
            fields: object(self.fields, "evidence.fields")?,
            input: self
                .input
                .map(|input| plain(&input, "evidence.input"))
                .transpose()?,
            snapshot: self.snapshot,
            corrects: corrects.transpose()?,
        })
    }
}

/// The fields of a JSON object; none when it is left out.
pub(crate) fn object(json: Option<Json>, place: &str) -> Result<Map<String, Value>, Refusal> {
    let Some(json) = json else {
        return Ok(Map::new());
    };
    match plain(&json, place)? {
        Value::Object(fields) => Ok(fields),
        _ => Err(Refusal::invalid(format!("`{place}` is a JSON object, such as `{{}}`")).at(place)),
    }
}

/// A JSON value as the rules take it.
pub(crate) fn plain(json: &Json, place: &str) -> Result<Value, Refusal> {
    let plain = json.0.clone().into_json();
    plain.map_err(|_| Refusal::invalid(format!("`{place}` is no JSON")).at(place))
}

fn whole(count: Count, place: &str) -> Result<u64, Refusal> {
    let message = format!("`{place}` is a number from 0 on");
    u64::try_from(count.get()).map_err(|_| Refusal::invalid(message).at(place))
}
