//! Records: what is promoted, promised and agreed, which no metric report brings.
//!
//! Every kind of record has one life: it is made, revised by whoever names the revision that they
//! saw, archived, and looked back at as of a moment. A kind is a typed [`Body`] with its checks;
//! all else is the same for all.
//! Invariant: a revision that was written never changes; deleting is archiving.
//!
//! Reading order: [`words`] and [`values`], `bodies/` (one file a kind), [`Body`], `faults.rs`
//! (how bodies are checked), `rules.rs` (what holds between records), `changes.rs`, `columns.rs` and
//! `line.rs` (records in files), `import.rs` (what becomes of such a file).

mod bodies;
mod body;
mod changes;
mod columns;
mod faults;
mod import;
mod limits;
mod line;
mod rules;
#[cfg(test)]
mod tests;
pub mod values;
pub mod words;

pub use bodies::*;
pub use body::{Body, Reference};
pub use changes::{Change, changes};
pub use columns::{
    ColumnForm, HEAD_COLUMNS, RecordColumn, cell_of, column_of, put_cell, record_columns,
};
pub use faults::Faults;
pub use import::{
    ImportAnswer, ImportOutcome, ImportedLine, LineAction, LineFault, entity_kind, entity_of,
};
pub use limits::*;
pub use line::{RecordLine, line_of};
pub use rules::{check_approval, check_key, check_peers, check_revision, has_peers, key_of};
pub use words::{RecordKind, RecordState};

use crate::ids::{BrandId, CampaignId, MemberId, RecordId};
use crate::time::Timestamp;

/// A record as one of its revisions has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The brand that it belongs to.
    pub brand: BrandId,
    /// The campaign that it is of, when it is of one.
    pub campaign: Option<CampaignId>,
    /// The agency's own name for it, unique among those of one kind and brand.
    pub key: String,
    /// Whether it is in use.
    pub state: RecordState,
    /// The number of the revision, from 1.
    pub revision: u32,
    /// Who made the revision; `None` for the operator.
    pub made_by: Option<MemberId>,
    /// When the revision was made.
    pub made_at: Timestamp,
    /// What it says.
    pub body: Body,
}

/// What a record is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDraft {
    /// The brand that it belongs to.
    pub brand: BrandId,
    /// The campaign that it is of.
    pub campaign: Option<CampaignId>,
    /// The agency's own name for it; made up when missing.
    pub key: Option<String>,
    /// What it says.
    pub body: Body,
}
