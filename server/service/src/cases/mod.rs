//! Cases: begun, changed, looked at and verified. The rules are `bellwether-workflow`'s; here they
//! meet the catalogue, the clock and who asks.
//!
//! Reading order: [`command`] (the one way to change a case), [`ground`] (what the rules look at),
//! [`turn`] (what they write), [`reading`] (lists, one case, its events, its chain), [`settings`]
//! (roles, calendar, closed books, an agency's own workflows), [`ticker`] (what is due),
//! [`verification`] (every chain of an agency).
//! Invariant: whatever a case says came out of its events; every turn verifies their chain first.

mod command;
mod ground;
mod reading;
mod settings;
mod ticker;
mod turn;
mod verification;

use std::sync::Arc;

use bellwether_catalogue::{CaseRecord, WorkflowRole};
use bellwether_domain::ids::{BrandId, CampaignId, CaseId};
use bellwether_domain::time::{Timestamp, ZoneName};
use bellwether_workflow::business_days::BusinessDays;
use bellwether_workflow::case::{Actor, Case, Circumstances, Verb};
use bellwether_workflow::definition::Definition;
use bellwether_workflow::refused::Refused;
use serde_json::{Map, Value};

pub use reading::{CaseEvent, CasePage, VerifiedCase};
pub use settings::{CalendarImport, KnownDefinition};
pub(crate) use ticker::Ticker;
pub use verification::DamagedCase;
pub(crate) use verification::damaged_cases;

/// The most bytes of an idempotency key of a command.
pub const COMMAND_KEY_BYTES_MAX: usize = 256;
/// The most cases of an agency that go on.
pub const OPEN_CASES_MAX: u32 = 10_000;

/// What a new case is about.
#[derive(Debug, Clone)]
pub struct StartCase {
    /// The workflow; its newest version is taken.
    pub definition: String,
    /// The brand; none when it is about the agency as a whole.
    pub brand: Option<BrandId>,
    /// The campaign, one of the brand's.
    pub campaign: Option<CampaignId>,
    /// What else conditions look at, in ids and references: no personal text.
    pub subject: Map<String, Value>,
    /// The key under which it begins once.
    pub idempotency_key: Option<String>,
}

/// A command on a case.
#[derive(Debug, Clone)]
pub struct CaseCommand {
    /// The version of the case that the caller looked at.
    pub expected_version: Option<u64>,
    /// When it happened, where that is earlier than now.
    pub occurred_at: Option<Timestamp>,
    /// The key under which it is done once.
    pub idempotency_key: Option<String>,
    /// What is asked.
    pub verb: Verb,
}

/// A case with everything that its events and its definition say.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Where it stands, as it is listed.
    pub record: CaseRecord,
    /// The fold of its events.
    pub case: Case,
    /// The version of the definition that it keeps.
    pub definition: Arc<Definition>,
    /// The asker, with the workflow roles that they hold in it; none for the operator.
    pub actor: Option<Actor>,
    surroundings: Surroundings,
}

/// What became of a command.
#[derive(Debug, Clone)]
pub enum CaseOutcome {
    /// It was done, now or before under the same key; this is the case as it is now.
    Done(Box<CaseView>),
    /// It was refused; the case stayed as it was, and the attempt is recorded.
    Refused(Refused, Option<Box<CaseView>>),
}

/// What is true around a case at a moment.
#[derive(Debug, Clone)]
struct Surroundings {
    now: Timestamp,
    zone: ZoneName,
    business_days: BusinessDays,
    closed_through: Option<bellwether_domain::time::Date>,
}

impl Surroundings {
    fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            now: self.now,
            zone: &self.zone,
            business_days: &self.business_days,
            closed_through: self.closed_through,
        }
    }
}

impl CaseView {
    /// What could be done now, by the asker; nothing for the operator, who takes part in no case.
    pub fn available_actions(&self) -> Vec<bellwether_workflow::case::AvailableAction> {
        let Some(actor) = &self.actor else {
            return Vec::new();
        };
        let there = self.surroundings.circumstances();
        self.case.available_actions(&self.definition, actor, &there)
    }
}

/// The workflow roles of one member that hold in a case about this brand.
fn roles_in_case(
    roles: &[WorkflowRole],
    case: CaseId,
    brand: Option<BrandId>,
) -> std::collections::BTreeSet<String> {
    use bellwether_workflow::assignments::{Assignment, Reach, roles_in};
    let Some(member) = roles.first().map(|role| role.member) else {
        return std::collections::BTreeSet::new();
    };
    let assignments: Vec<Assignment> = roles
        .iter()
        .map(|role| Assignment {
            member: role.member,
            role: role.role.clone(),
            reach: match (role.brand, role.case) {
                (_, Some(case)) => Reach::Case(case),
                (Some(brand), None) => Reach::Brand(brand),
                (None, None) => Reach::Agency,
            },
        })
        .collect();
    let brands: Vec<BrandId> = brand.into_iter().collect();
    roles_in(member, case, &brands, &assignments)
}
