//! Evidence: taking it in, and asking whether it is all there.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::time::ZoneName;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::draft::Draft;
use super::{Actor, Case, EventBody, GivenEvidence, fields};
use crate::amounts::Worked;
use crate::business_days::BusinessDays;
use crate::chain::KeptText;
use crate::definition::{Definition, EvidenceKind};
use crate::refused::{Block, RefusalCode};

/// Evidence as it is recorded: personal text as hashes, amounts with their arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its kind.
    pub kind: String,
    /// The item that it is for; empty where the kind asks for one alone.
    pub item: String,
    /// Its fields; a text is `{ "sha256": ... }`.
    pub fields: Map<String, Value>,
    /// The input of the calculation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// The metric snapshot that the input was read at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
    /// What was computed from the input, and with which calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Computed>,
    /// The number of the event that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<u64>,
}

/// What was computed, with all that it takes to compute it again: neither the agency's calendar of
/// today nor a metric is looked at any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Computed {
    /// The figures and their arithmetic.
    pub worked: Worked,
    /// The agency's business days as they were.
    pub business_days: BusinessDays,
    /// The agency's zone as it was.
    pub zone: String,
}

impl Evidence {
    /// The same calculation again, from what is recorded; nothing where nothing was computed.
    pub fn computed_again(&self) -> Option<Result<Worked, Refusal>> {
        let (computed, input) = self.computed.as_ref().zip(self.input.as_ref())?;
        let calculation = computed.worked.calculation;
        let again = ZoneName::parse(&computed.zone)
            .and_then(|zone| calculation.run(input, &computed.business_days, &zone));
        Some(again)
    }
}

impl Draft<'_> {
    /// Records evidence if it belongs here, is complete, and the actor may give it.
    pub(super) fn give(&mut self, given: &GivenEvidence, actor: &Actor) -> Result<(), Block> {
        let definition = self.definition;
        let kind = definition.evidence_kind(&given.kind).ok_or_else(|| {
            let known = definition.evidence.iter().map(|one| one.kind.as_str());
            let known = known.collect::<Vec<_>>().join(", ");
            let message = format!("there is no evidence `{}`; use one of {known}", given.kind);
            Block::new(RefusalCode::Unknown, message).of(&given.kind)
        })?;
        self.may_give(kind, actor)?;
        self.case.in_order(kind)?;
        let item = self.case.item_of(kind, given)?;
        if let Some(seq) = given.corrects {
            self.case.is_there_to_correct(&given.kind, &item, seq)?;
        }
        let seq = self.case.n_events + 1;
        let (fields, texts) = fields::read(kind, definition, given, seq, &self.salt)?;
        let computed = self.compute(kind, given)?;
        self.record_evidence(given, item, fields, computed, texts)
    }

    fn may_give(&self, kind: &EvidenceKind, actor: &Actor) -> Result<(), Block> {
        let state = &self.case.state;
        let listed = self
            .definition
            .asked_in(state)
            .contains(&kind.kind.as_str());
        let earlier = self.case.evidence.contains_key(&kind.kind);
        if !listed && !earlier {
            let message = format!("`{}` isn't asked for in the state `{state}`", kind.kind);
            return Err(Block::new(RefusalCode::OutOfOrder, message).of(&kind.kind));
        }
        let givers = self.definition.givers(kind, state);
        if actor.holds(&givers) {
            return Ok(());
        }
        let message = format!("`{}` is given by {}", kind.kind, givers.join(" or "));
        Err(Block::new(RefusalCode::WrongRole, message).of(&kind.kind))
    }

    fn compute(
        &self,
        kind: &EvidenceKind,
        given: &GivenEvidence,
    ) -> Result<Option<Computed>, Block> {
        match (kind.calculation, &given.input) {
            (None, None) => Ok(None),
            (Some(calculation), Some(input)) => {
                fields::within_record("input", input)?;
                let there = self.circumstances;
                let worked = calculation.run(input, there.business_days, there.zone)?;
                Ok(Some(Computed {
                    worked,
                    business_days: there.business_days.clone(),
                    zone: there.zone.to_string(),
                }))
            }
            (Some(_), None) => {
                let message = format!("`{}` is computed; give its `input`", kind.kind);
                Err(Block::new(RefusalCode::InvalidEvidence, message).of(&kind.kind))
            }
            (None, Some(_)) => {
                let message = format!("`{}` computes nothing; leave `input` out", kind.kind);
                Err(Block::new(RefusalCode::InvalidEvidence, message).of(&kind.kind))
            }
        }
    }

    fn record_evidence(
        &mut self,
        given: &GivenEvidence,
        item: String,
        fields: Map<String, Value>,
        computed: Option<Computed>,
        texts: Vec<KeptText>,
    ) -> Result<(), Block> {
        if let Some(snapshot) = &given.snapshot {
            fields::within_field("snapshot", snapshot)?;
        }
        self.record(EventBody::EvidenceGiven(Box::new(Evidence {
            kind: given.kind.clone(),
            item,
            fields,
            input: given.input.clone(),
            snapshot: given.snapshot.clone(),
            computed,
            corrects: given.corrects,
        })));
        self.texts.extend(texts);
        self.drop_fallen_approvals();
        Ok(())
    }
}

impl Case {
    /// Refuses evidence before that which must come first, as access is revoked only after the
    /// new ownership is confirmed.
    fn in_order(&self, kind: &EvidenceKind) -> Result<(), Block> {
        if let Some(first) = kind
            .after
            .iter()
            .find(|first| !self.evidence.contains_key(*first))
        {
            let message = format!("`{}` comes only after `{first}`", kind.kind);
            return Err(Block::new(RefusalCode::OutOfOrder, message).of(first));
        }
        match kind.awaits.iter().find(|effect| !self.is_confirmed(effect)) {
            None => Ok(()),
            Some(effect) => {
                let message = format!("`{}` comes only after `{effect}` is confirmed", kind.kind);
                Err(Block::new(RefusalCode::EffectPending, message).of(effect))
            }
        }
    }

    /// The item that the evidence is for, one of those asked for.
    fn item_of(&self, kind: &EvidenceKind, given: &GivenEvidence) -> Result<String, Block> {
        let asked = self.items_asked(kind);
        let item = given.item.clone().unwrap_or_default();
        let fits = match &asked {
            None => item.is_empty(),
            Some(items) => items.contains(&item),
        };
        if fits {
            return Ok(item);
        }
        let message = match asked {
            None => format!("`{}` is given once; leave `item` out", kind.kind),
            Some(items) => format!(
                "`{}` is given for each of {}; `{item}` is none of them",
                kind.kind,
                items.join(", ")
            ),
        };
        Err(Block::new(RefusalCode::InvalidEvidence, message).of(&kind.kind))
    }

    fn is_there_to_correct(&self, kind: &str, item: &str, seq: u64) -> Result<(), Block> {
        let present = self.evidence.get(kind).and_then(|items| items.get(item));
        if present.is_some_and(|present| present.seq == seq) {
            return Ok(());
        }
        let message =
            format!("event {seq} isn't the present evidence `{kind}`; nothing is corrected");
        Err(Block::new(RefusalCode::InvalidEvidence, message).of("corrects"))
    }

    /// The items that each need their own evidence; none where one is enough.
    pub(super) fn items_asked(&self, kind: &EvidenceKind) -> Option<Vec<String>> {
        if !kind.each.is_empty() {
            return Some(kind.each.clone());
        }
        let list = kind.each_of.as_ref()?;
        let facts = self.evidence_facts();
        let (first, rest) = list.split_once('.').unwrap_or((list, ""));
        let items = facts
            .get(first)
            .and_then(|record| record.get(rest))
            .and_then(Value::as_array);
        let items = items.map(Vec::as_slice).unwrap_or_default();
        Some(
            items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        )
    }

    /// What is missing of a kind: its name, or its items that have none.
    pub(super) fn missing(&self, definition: &Definition, kind: &str) -> Vec<String> {
        let Some(kind) = definition.evidence_kind(kind) else {
            return vec![kind.to_owned()];
        };
        let given = self.evidence.get(&kind.kind);
        let has = |item: &str| given.is_some_and(|items| items.contains_key(item));
        match self.items_asked(kind) {
            None if has("") => Vec::new(),
            None => vec![kind.kind.clone()],
            Some(items) => {
                let missing = items.into_iter().filter(|item| !has(item));
                missing
                    .map(|item| format!("{}.{item}", kind.kind))
                    .collect()
            }
        }
    }
}
