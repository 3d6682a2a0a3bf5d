//! Looking at cases: one, a list, the events of one, whether its chain is whole.

use bellwether_catalogue::{CaseFilter, CasePlace, CaseRecord, CaseSort};
use bellwether_domain::Scope;
use bellwether_domain::ids::CaseId;
use bellwether_workflow::case::Event;
use bellwether_workflow::chain::{Broken, Head};

use super::CaseView;
use super::ground::{event_of, verify_entries, view};
use crate::error::Result;
use crate::services::Services;

/// A page of cases in some order.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The cases of the page.
    pub items: Vec<CaseRecord>,
    /// Whether more follow.
    pub has_next: bool,
}

/// An event of a case, with its hash and the personal texts that are still there.
#[derive(Debug, Clone)]
pub struct CaseEvent {
    /// What happened.
    pub event: Event,
    /// The hash of its entry in the chain.
    pub sha256: String,
    /// The bytes that the hash covers.
    pub entry: String,
    /// The texts: field of the event, and text.
    pub texts: Vec<(String, String)>,
}

/// What verifying a case came to.
#[derive(Debug, Clone)]
pub struct VerifiedCase {
    /// The case.
    pub case: CaseRecord,
    /// The end of its chain, or the first event that is broken.
    pub outcome: std::result::Result<Head, Broken>,
}

impl Services {
    /// The case of this id, with what could be done in it; `NOT_FOUND` when the scope doesn't see it.
    pub async fn case(&self, scope: &Scope, id: CaseId) -> Result<CaseView> {
        self.read("find a case", scope, move |parts, scope| {
            let ground = parts.catalogue.case_ground(scope, id)?;
            Ok(view(scope, &ground, parts.clock.now())?)
        })
        .await
    }

    /// A page of cases in an order.
    pub async fn cases(
        &self,
        scope: &Scope,
        filter: CaseFilter,
        sort: CaseSort,
        is_descending: bool,
        after: Option<CasePlace>,
        limit: u32,
    ) -> Result<CasePage> {
        self.read("list cases", scope, move |parts, scope| {
            let (catalogue, one_more) = (&parts.catalogue, limit + 1);
            let mut items =
                catalogue.list_cases(scope, &filter, sort, is_descending, after, one_more)?;
            let has_next = items.len() > limit as usize;
            items.truncate(limit as usize);
            Ok(CasePage { items, has_next })
        })
        .await
    }

    /// The events of a case after the one of this number: at most `limit`, and whether more follow.
    pub async fn case_events(
        &self,
        scope: &Scope,
        id: CaseId,
        after_seq: u64,
        limit: u32,
    ) -> Result<(Vec<CaseEvent>, bool)> {
        self.read("list events of a case", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            let record = catalogue.find_case(scope, id)?;
            let record = record
                .ok_or_else(|| bellwether_domain::error_code::Refusal::not_found("case", id))?;
            let mut entries = catalogue.case_entries(scope, &record, after_seq, limit + 1)?;
            let has_next = entries.len() > limit as usize;
            entries.truncate(limit as usize);
            let texts = catalogue.case_texts(scope, &record)?;
            let events = entries.into_iter().map(|entry| {
                let of_it = texts.iter().filter(|text| text.seq == entry.seq);
                Ok(CaseEvent {
                    event: event_of(id, &entry)?,
                    texts: of_it
                        .map(|it| (it.field.clone(), it.text.clone()))
                        .collect(),
                    sha256: entry.sha256,
                    entry: entry.entry,
                })
            });
            Ok((events.collect::<Result<Vec<_>>>()?, has_next))
        })
        .await
    }

    /// Verifies the chain of a case from its first event to its last.
    pub async fn verify_case(&self, scope: &Scope, id: CaseId) -> Result<VerifiedCase> {
        self.read("verify a case", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            let case = catalogue.find_case(scope, id)?;
            let case =
                case.ok_or_else(|| bellwether_domain::error_code::Refusal::not_found("case", id))?;
            let entries = catalogue.case_entries(scope, &case, 0, u32::MAX)?;
            let outcome = verify_entries(scope, &case, &entries);
            Ok(VerifiedCase { case, outcome })
        })
        .await
    }

    /// Erases the personal texts of a case, or of one of its events; the chain stays whole. How many
    /// were there is returned.
    pub async fn erase_case_texts(
        &self,
        scope: &Scope,
        id: CaseId,
        seq: Option<u64>,
    ) -> Result<usize> {
        super::settings::require_editing(scope, "erase personal texts")?;
        self.read("erase texts of a case", scope, move |parts, scope| {
            let catalogue = &parts.catalogue;
            let case = catalogue.find_case(scope, id)?;
            let case =
                case.ok_or_else(|| bellwether_domain::error_code::Refusal::not_found("case", id))?;
            Ok(catalogue.erase_case_texts(scope, &case, seq)?)
        })
        .await
    }
}
