//! What an agency sets for its workflows: roles, its own versions, its calendar, closed books.

use std::sync::Arc;

use bellwether_catalogue::{CalendarDay, SavedDefinition, WorkflowRole};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::MemberId;
use bellwether_domain::time::{Date, Timestamp};
use bellwether_domain::{ErrorCode, Scope};
use bellwether_workflow::definition::{Definition, Format, SYSTEM_ROLE, built_in};

use super::ground::load;
use crate::error::Result;
use crate::services::Services;

/// A workflow that cases can begin with or keep.
#[derive(Debug, Clone)]
pub struct KnownDefinition {
    /// The definition.
    pub definition: Arc<Definition>,
    /// Whether it comes with the product.
    pub is_built_in: bool,
    /// Who saved it; none for the built-in ones and the operator's.
    pub saved_by: Option<MemberId>,
    /// When it was saved; none for the built-in ones.
    pub saved_at: Option<Timestamp>,
}

/// Days for a calendar.
#[derive(Debug, Clone)]
pub struct CalendarImport {
    /// The first day that the list speaks of; what was known of it and later days is replaced.
    pub first: Date,
    /// The last day that it speaks of.
    pub last: Date,
    /// The days on which the agency works otherwise than on the same weekdays.
    pub days: Vec<CalendarDay>,
}

impl Services {
    /// Every version of every workflow that the agency has, by name and version.
    pub async fn workflow_definitions(&self, scope: &Scope) -> Result<Vec<KnownDefinition>> {
        self.read("list workflows", scope, |parts, scope| {
            let saved = parts.catalogue.workflow_definitions(scope)?;
            let mut known = Vec::new();
            for one in built_in() {
                known.push(KnownDefinition {
                    definition: Arc::new(one.clone()),
                    is_built_in: true,
                    saved_by: None,
                    saved_at: None,
                });
            }
            for one in &saved {
                known.push(KnownDefinition {
                    definition: load(one)?,
                    is_built_in: false,
                    saved_by: one.saved_by,
                    saved_at: Some(one.saved_at),
                });
            }
            known.sort_by(|a, b| {
                let key =
                    |it: &KnownDefinition| (it.definition.name.clone(), it.definition.version);
                key(a).cmp(&key(b))
            });
            Ok(known)
        })
        .await
    }

    /// Saves the agency's own version of a workflow; its number must be higher than every one there.
    pub async fn save_workflow_definition(
        &self,
        scope: &Scope,
        text: String,
    ) -> Result<KnownDefinition> {
        require_editing(scope, "save workflows")?;
        let definition = Definition::load(&text, Format::Json)
            .map_err(|error| Refusal::new(error.code(), error.public_message()).at("definition"))?;
        self.read("save a workflow", scope, move |parts, scope| {
            let known = parts.catalogue.workflow_definitions(scope)?;
            let own = known.iter().filter(|it| it.name == definition.name);
            let given = built_in().iter().filter(|it| it.name == definition.name);
            let versions = own.map(|it| it.version).chain(given.map(|it| it.version));
            let highest = versions.max().unwrap_or(0);
            if definition.version <= highest {
                let message = format!(
                    "`{}` is at version {highest}; give the new one version {}",
                    definition.name,
                    highest + 1
                );
                let refusal = Refusal::new(ErrorCode::Conflict, message);
                return Err(refusal.at("definition.version").into());
            }
            let saved = SavedDefinition {
                name: definition.name.clone(),
                version: definition.version,
                json: text.clone(),
                saved_by: scope.member(),
                saved_at: parts.clock.now(),
            };
            parts.catalogue.save_workflow_definition(scope, &saved)?;
            Ok(KnownDefinition {
                definition: Arc::new(definition),
                is_built_in: false,
                saved_by: saved.saved_by,
                saved_at: Some(saved.saved_at),
            })
        })
        .await
    }

    /// The workflow roles of the agency's members, or of one.
    pub async fn workflow_roles(
        &self,
        scope: &Scope,
        member: Option<MemberId>,
    ) -> Result<Vec<WorkflowRole>> {
        self.read("list workflow roles", scope, move |parts, scope| {
            let roles = parts.catalogue.workflow_roles(scope, member)?;
            let seen = roles
                .into_iter()
                .filter(|role| role.brand.is_none_or(|brand| scope.sees_brand(brand)));
            Ok(seen.collect())
        })
        .await
    }

    /// Gives a member workflow roles, or takes them.
    pub async fn set_workflow_roles(
        &self,
        scope: &Scope,
        roles: Vec<WorkflowRole>,
        hold: bool,
    ) -> Result<()> {
        require_editing(scope, "assign workflow roles")?;
        self.read("assign workflow roles", scope, move |parts, scope| {
            let known = known_roles(&parts.catalogue.workflow_definitions(scope)?)?;
            for role in &roles {
                parts.catalogue.get_member(scope, role.member)?;
                if hold && !known.contains(&role.role) {
                    let message = format!("no workflow has a role `{}`", role.role);
                    let refusal = Refusal::invalid(message).at("roles");
                    return Err(refusal.with_allowed(known.iter().cloned()).into());
                }
            }
            for role in &roles {
                parts.catalogue.set_workflow_role(scope, role, hold)?;
            }
            Ok(())
        })
        .await
    }

    /// The days on which the agency works otherwise than its weekdays say.
    pub async fn calendar_days(&self, scope: &Scope) -> Result<Vec<CalendarDay>> {
        self.read("list days of a calendar", scope, |parts, scope| {
            Ok(parts.catalogue.calendar_days(scope)?)
        })
        .await
    }

    /// Replaces a stretch of the agency's calendar.
    pub async fn set_calendar(&self, scope: &Scope, import: CalendarImport) -> Result<()> {
        require_editing(scope, "change the calendar")?;
        let outside = import
            .days
            .iter()
            .find(|it| it.day < import.first || it.day > import.last);
        if let Some(outside) = outside {
            let message = format!(
                "{} lies outside of {} to {}; widen the stretch, or leave the day out",
                outside.day, import.first, import.last
            );
            return Err(Refusal::invalid(message).at("days").into());
        }
        self.read("change a calendar", scope, move |parts, scope| {
            let within = (import.first, import.last);
            Ok(parts
                .catalogue
                .set_calendar_days(scope, within, &import.days)?)
        })
        .await
    }

    /// Closes the agency's books up to a day: nothing more is recorded as happened on it or before.
    pub async fn close_books(&self, scope: &Scope, through: Date) -> Result<()> {
        require_editing(scope, "close the books")?;
        self.read("close the books", scope, move |parts, scope| {
            let now = parts.clock.now();
            let agency = parts.catalogue.get_agency(scope)?;
            if through >= agency.timezone.today(now) {
                let message =
                    format!("{through} isn't over; books are closed for days that have passed");
                return Err(Refusal::invalid(message).at("through").into());
            }
            Ok(parts.catalogue.close_books(scope, through, now)?)
        })
        .await
    }
}

/// The roles of all workflows that the agency has; nobody is given the product's own.
fn known_roles(saved: &[SavedDefinition]) -> Result<std::collections::BTreeSet<String>> {
    let mut known = std::collections::BTreeSet::new();
    let mut add = |definition: &Definition| {
        let roles = definition.roles.iter().map(|role| role.name.clone());
        known.extend(roles.filter(|role| role != SYSTEM_ROLE));
    };
    built_in().iter().for_each(&mut add);
    for one in saved {
        add(&*load(one)?);
    }
    Ok(known)
}

pub(super) fn require_editing(scope: &Scope, what: &str) -> std::result::Result<(), Refusal> {
    if scope.role().may_edit() {
        return Ok(());
    }
    let message = format!(
        "role `{}` may not {what}; `OWNER` or `MANAGER` may",
        scope.role()
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}
