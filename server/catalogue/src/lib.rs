//! The catalogue: agencies, members, brands, campaigns, tokens, and which segments hold whose
//! facts. On SQLite in the data folder, or on PostgreSQL, by the same queries.
//!
//! Every method on tenant data takes a [`Scope`](bellwether_domain::Scope) first and touches that
//! scope's agency only, and only the brands that the scope sees: what lies outside is not found.
//! Methods without a scope are for the instance itself, and their documentation says so.
//! All methods block; an async caller runs them on threads that may block.
//!
//! Invariant: diesel is named in this crate only, and row types never leave it. The clock, ids
//! and secrets come in as arguments.
//!
//! To add a noun: a table with `agency_id` in both folders of `migrations/`, its `table!` in
//! [`schema`], and one file here with its private row type and the methods of [`Catalogue`].

mod agencies;
mod authorisation;
mod batch_list;
mod batches;
mod brands;
mod calendars;
mod campaigns;
mod case_tables;
mod case_texts;
mod case_writes;
mod cases;
mod catalogue;
mod changes;
mod codes;
mod columns;
mod commit_changes;
mod commits;
mod compaction;
mod connection;
mod copying;
mod custom_metrics;
mod data_store;
mod dropped_files;
mod error;
mod exchange_rates;
mod exports;
mod forgetting;
#[cfg(test)]
mod given;
mod horizon;
mod inspection;
mod integrity;
mod labels;
mod members;
mod migrations;
mod partitions;
mod publication;
mod rate_list;
mod record_imports;
mod record_revisions;
mod record_writes;
mod records;
mod removals;
mod repair;
mod retractions;
mod row_transfer;
mod schema;
mod scores;
mod segments;
mod snapshots;
mod staging;
mod tables;
mod tokens;
mod workflow_definitions;
mod workflow_roles;
mod writer;

pub use authorisation::{Authorisation, TOKEN_SECRET_PREFIX, TokenSecret};
pub use batch_list::{BatchFilter, BatchSummary};
pub use batches::{
    BatchStart, BatchState, FINGERPRINT_BYTES_MAX, IDEMPOTENCY_KEY_BYTES_MAX, NewBatch,
};
pub use calendars::{CALENDAR_DAYS_MAX, CalendarDay};
pub use campaigns::CampaignChange;
pub use case_texts::CaseText;
pub use case_writes::{CaseGround, CaseSubject, CaseTurn, CommandKey, Commanded};
pub use cases::{CaseEntry, CaseFilter, CasePlace, CaseRecord, CaseSort};
pub use catalogue::{Catalogue, CatalogueConfig};
pub use changes::ChangedMonths;
pub use codes::CODES_PER_DIMENSION_MAX;
pub use commit_changes::CommitChange;
pub use compaction::{CompactedSegment, REPLACED_SEGMENTS_MAX, Replacement};
pub use connection::Location;
pub use error::{Error, Result};
pub use exchange_rates::RATES_MAX;
pub use exports::{ExportLimits, ListedExport};
pub use inspection::TableShape;
pub use publication::{NewSegment, Publication, Published};
pub use rate_list::{ListedRate, RateFilter};
pub use record_imports::RecordImport;
pub use records::{RecordFilter, RecordOrder, RecordPlace, RecordSort};
pub use removals::NewRemoval;
pub use retractions::Retracted;
pub use scores::{RUNS_KEPT_MAX, SCORE_CAMPAIGNS_MAX};
pub use snapshots::{PIN_PURPOSE_BYTES_MAX, SnapshotPin};
pub use staging::{BATCH_MONTHS_MAX, StagingLease};
pub use tokens::NewToken;
pub use workflow_definitions::{SavedDefinition, WORKFLOW_VERSIONS_MAX};
pub use workflow_roles::{WORKFLOW_ROLES_MAX, WorkflowRole};

/// The most rows that one page of a list may ask for.
pub const PAGE_ROWS_MAX: u32 = 1_000;
