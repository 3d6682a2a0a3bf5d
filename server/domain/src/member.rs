//! Members of an agency and what their roles allow.

use crate::closed_words;
use crate::ids::{AgencyId, MemberId};

closed_words! {
    /// What a member may do; each role is described where it is used.
    pub enum Role, "a role" {
        /// Everything, members and tokens included.
        Owner => "OWNER",
        /// Everything but members and tokens.
        Manager => "MANAGER",
        /// Reads all, ingests, saves metrics and reports.
        Analyst => "ANALYST",
        /// Reads all brands.
        Viewer => "VIEWER",
        /// Reads the brands it is limited to.
        Client => "CLIENT",
    }
}

impl Role {
    /// Whether the role may write facts.
    pub fn may_ingest(self) -> bool {
        matches!(self, Self::Owner | Self::Manager | Self::Analyst)
    }

    /// Whether the role may save custom metrics.
    pub fn may_save_metrics(self) -> bool {
        matches!(self, Self::Owner | Self::Manager | Self::Analyst)
    }

    /// Whether the role may make, revise and archive records.
    pub fn may_keep_records(self) -> bool {
        matches!(self, Self::Owner | Self::Manager | Self::Analyst)
    }

    /// Whether the role may change brands and campaigns.
    pub fn may_edit(self) -> bool {
        matches!(self, Self::Owner | Self::Manager)
    }
}

/// A person or program that belongs to an agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The agency it belongs to.
    pub agency: AgencyId,
    /// Its name as shown, 1 to 128 bytes.
    pub name: String,
    /// What it may do.
    pub role: Role,
}
