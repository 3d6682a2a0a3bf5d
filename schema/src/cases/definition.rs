//! Workflows as they are defined: what a case of each can become, and by whose hand.

use async_graphql::{ID, Object, SimpleObject};
use bellwether_service::KnownDefinition;

use super::json;
use crate::scalars::{DateTime, Json};

/// A version of a workflow; it never changes, and cases keep the one that they began with.
#[derive(Debug, Clone)]
pub(crate) struct WorkflowDefinition(pub(crate) KnownDefinition);

/// A workflow role: members are given it apart from their access role.
#[derive(Debug, SimpleObject)]
pub(crate) struct WorkflowRoleRule {
    /// Its name.
    name: String,
    /// Whether people outside the agency hold it.
    is_external: bool,
}

/// A state that a case passes.
#[derive(Debug, SimpleObject)]
pub(crate) struct WorkflowState {
    /// Its name.
    name: String,
    /// The workflow role that acts in it.
    role: String,
    /// The kinds of evidence that it takes to go on.
    evidence: Vec<String>,
    /// The section of the guide that it comes from.
    guide_section: String,
}

/// What leads from one state to another.
#[derive(Debug, SimpleObject)]
pub(crate) struct WorkflowTransition {
    /// Its name: what `advanceCase` takes.
    action: String,
    /// What it does, for people.
    label: String,
    /// The states in which it can be done.
    from: Vec<String>,
    /// The state that it leads to; null when the case stays where it is.
    to: Option<String>,
    /// The approvals that it takes.
    approvals: Vec<String>,
    /// What it makes happen outside.
    effects: Vec<String>,
}

/// A version of a workflow; it never changes, and cases keep the one that they began with.
#[Object]
impl WorkflowDefinition {
    /// Its name, such as `cancel_promotion`.
    async fn name(&self) -> &str {
        &self.0.definition.name
    }

    /// Its version.
    async fn version(&self) -> u32 {
        self.0.definition.version
    }

    /// Its name for people.
    async fn title(&self) -> &str {
        &self.0.definition.title
    }

    /// The guide that it follows.
    async fn guide(&self) -> &str {
        &self.0.definition.guide
    }

    /// Whether it comes with the product.
    async fn is_built_in(&self) -> bool {
        self.0.is_built_in
    }

    /// The id of the member who saved it; null for one that comes with the product.
    async fn saved_by(&self) -> Option<ID> {
        self.0.saved_by.map(Into::into)
    }

    /// When it was saved; null for one that comes with the product.
    async fn saved_at(&self) -> Option<DateTime> {
        self.0.saved_at.map(DateTime)
    }

    /// Who takes part.
    async fn roles(&self) -> Vec<WorkflowRoleRule> {
        let roles = self.0.definition.roles.iter();
        roles
            .map(|role| WorkflowRoleRule {
                name: role.name.clone(),
                is_external: role.external,
            })
            .collect()
    }

    /// The states that a case passes; it begins in the first.
    async fn states(&self) -> Vec<WorkflowState> {
        let states = self.0.definition.states.iter();
        states
            .map(|state| WorkflowState {
                name: state.name.clone(),
                role: state.role.clone(),
                evidence: state.evidence.clone(),
                guide_section: state.guide_section.clone(),
            })
            .collect()
    }

    /// The states in which a case ends.
    async fn finals(&self) -> &[String] {
        &self.0.definition.finals
    }

    /// What leads from one state to another.
    async fn transitions(&self) -> Vec<WorkflowTransition> {
        let transitions = self.0.definition.transitions.iter();
        transitions
            .map(|one| WorkflowTransition {
                action: one.action.clone(),
                label: one.label.clone(),
                from: one.from.clone(),
                to: one.to.clone(),
                approvals: one.approvals.clone(),
                effects: one.effects.clone(),
            })
            .collect()
    }

    /// The whole definition, as `saveWorkflowDefinition` takes it: change it, and raise its version.
    async fn definition(&self) -> Json {
        json(&serde_json::to_value(&*self.0.definition).unwrap_or_default())
    }

    /// The workflow as a Mermaid state diagram.
    async fn mermaid(&self) -> String {
        self.0.definition.mermaid()
    }
}
