//! Who acts: members with workflow roles, the product itself, and outsiders with a link.

use std::collections::BTreeSet;

use bellwether_domain::ids::MemberId;
use serde::{Deserialize, Serialize};

use crate::definition::SYSTEM_ROLE;

/// Who gives a command, with the workflow roles that hold for this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A member of the agency. The roles are apart from the member's access role, and come from
    /// assignments for the agency, the brand or the case.
    Member {
        /// Who.
        id: MemberId,
        /// The workflow roles assigned to them.
        roles: BTreeSet<String>,
    },
    /// The product: detection, the ticker, answers to effects.
    System,
    /// Somebody outside, by a link that was made for this one case and role.
    External {
        /// The role that the link stands for.
        role: String,
        /// The id of the link.
        link: String,
    },
}

impl Actor {
    /// Whether the actor holds one of these roles.
    pub(crate) fn holds(&self, roles: &[impl AsRef<str>]) -> bool {
        let mut roles = roles.iter().map(AsRef::as_ref);
        match self {
            Self::Member { roles: held, .. } => roles.any(|role| held.contains(role)),
            Self::System => roles.any(|role| role == SYSTEM_ROLE),
            Self::External { role: held, .. } => roles.any(|role| role == held),
        }
    }

    /// Who it is, as events say it.
    pub fn record(&self) -> ActorRecord {
        match self {
            Self::Member { id, .. } => ActorRecord::Member { id: *id },
            Self::System => ActorRecord::System,
            Self::External { role, link } => ActorRecord::External {
                role: role.clone(),
                link: link.clone(),
            },
        }
    }
}

/// Who acted, as events say it: the same person whatever roles they held.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ActorRecord {
    /// A member of the agency.
    Member {
        /// Who.
        id: MemberId,
    },
    /// The product.
    System,
    /// Somebody outside.
    External {
        /// The role of the link.
        role: String,
        /// The id of the link.
        link: String,
    },
}

impl std::fmt::Display for ActorRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Member { id } => write!(f, "{id}"),
            Self::System => f.write_str(SYSTEM_ROLE),
            Self::External { role, link } => write!(f, "{role} by link {link}"),
        }
    }
}
