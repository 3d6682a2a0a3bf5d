//! `[limits]`: what one request may ask for, and how many run at once.

use bellwether_schema::SchemaLimits;
use bellwether_service::{ExportsConfig, QueryPlacesConfig};
use serde::Deserialize;

/// `[limits]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsSection {
    /// Bytes of one ingest body.
    pub ingest_body_bytes_max: u64,
    /// Rows of one ingest batch.
    pub ingest_rows_max: u64,
    /// Bytes of one line of CSV or NDJSON.
    pub ingest_line_bytes_max: usize,
    /// Ingest batches on their way at once.
    pub concurrent_ingests_max: usize,
    /// Of these, batches of one agency; absent means all but one, so that no agency keeps the
    /// others out.
    pub agency_ingests_max: Option<usize>,
    /// Bytes of all bodies that are being received or read, which lie in the data folder.
    pub ingest_spool_bytes_max: u64,
    /// How long a sender may fall silent within a body.
    pub ingest_silence_s: u32,
    /// Bytes of memory that the batches on their way may take together.
    pub ingest_memory_bytes_max: u64,
    /// Bytes of one GraphQL request, variables included.
    pub graphql_body_bytes_max: usize,
    /// Bytes of the variables of one GraphQL request.
    pub variables_bytes_max: usize,
    /// How deep lists and objects of variables may nest.
    pub variables_depth_max: usize,
    /// Bytes of one GraphQL document.
    pub document_bytes_max: usize,
    /// Selections of a document once its fragments are written out.
    pub expanded_selections_max: u64,
    /// How deep selections may nest.
    pub depth_max: usize,
    /// The price of a document.
    pub complexity_max: usize,
    /// Aliases in a document.
    pub aliases_max: usize,
    /// Directives in a document.
    pub directives_max: usize,
    /// Fields at the root of a document.
    pub root_fields_max: usize,
    /// How long one GraphQL request may take once it runs.
    pub wall_time_ms: u64,
    /// GraphQL requests that run at once.
    pub queries_at_once_max: usize,
    /// GraphQL requests of one agency that run at once.
    pub queries_per_agency_max: usize,
    /// GraphQL requests of one agency that wait for others to end.
    pub queries_waiting_max: usize,
    /// How long a GraphQL request waits for a place to run in.
    pub queue_wait_ms: u64,
    /// Rows of one export.
    pub export_rows_max: usize,
    /// Bytes of the file of one export that is written in the background.
    pub export_bytes_max: u64,
    /// Bytes that these files leave free on their disk.
    pub export_disk_free_bytes_min: u64,
    /// Exports that are sent at once.
    pub exports_at_once_max: usize,
    /// Exports of one agency that are sent at once.
    pub exports_per_agency_max: usize,
    /// How long a client may take nothing of an export.
    pub export_silence_s: u32,
    /// Exports of one agency that are written to files at once.
    pub export_jobs_per_agency_max: usize,
    /// Exports of one agency that are kept.
    pub exports_kept_max: usize,
    /// How long the answer to an export's question may take, when it is written to a file.
    pub export_wall_time_s: u32,
    /// How long an export is kept once it has ended.
    pub export_kept_s: u32,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            ingest_body_bytes_max: 4 << 30,
            ingest_rows_max: 100_000_000,
            ingest_line_bytes_max: 1 << 20,
            concurrent_ingests_max: 4,
            agency_ingests_max: None,
            ingest_spool_bytes_max: 8 << 30,
            ingest_silence_s: 60,
            ingest_memory_bytes_max: 512 << 20,
            graphql_body_bytes_max: 256 * 1024,
            variables_bytes_max: 128 * 1024,
            variables_depth_max: 32,
            document_bytes_max: 64 * 1024,
            expanded_selections_max: 5_000,
            depth_max: 12,
            complexity_max: 50_000,
            aliases_max: 50,
            directives_max: 50,
            root_fields_max: 10,
            wall_time_ms: 30_000,
            // More than cores, because some wait for a plugin or the disk; few enough that what
            // they hold in memory stays bounded.
            queries_at_once_max: 64,
            queries_per_agency_max: 48,
            queries_waiting_max: 1_000,
            queue_wait_ms: 5_000,
            export_rows_max: 10_000_000,
            export_bytes_max: 4 << 30,
            export_disk_free_bytes_min: 1 << 30,
            // Each holds an answer of up to some 100 MB until its client has it.
            exports_at_once_max: 16,
            exports_per_agency_max: 4,
            export_silence_s: 60,
            export_jobs_per_agency_max: 4,
            exports_kept_max: 50,
            export_wall_time_s: 600,
            export_kept_s: 24 * 3_600,
        }
    }
}

impl LimitsSection {
    /// The limits of one GraphQL request.
    pub(super) fn schema(&self) -> SchemaLimits {
        SchemaLimits {
            variables_bytes_max: self.variables_bytes_max,
            variables_depth_max: self.variables_depth_max,
            document_bytes_max: self.document_bytes_max,
            expanded_selections_max: self.expanded_selections_max,
            depth_max: self.depth_max,
            complexity_max: self.complexity_max,
            aliases_max: self.aliases_max,
            directives_max: self.directives_max,
            root_fields_max: self.root_fields_max,
            rows_page_max: 1_000,
            table_page_max: 10_000,
            nodes_page_max: 100,
            wall_time_ms: self.wall_time_ms,
        }
    }

    /// What exports may take.
    pub(super) fn exports(&self) -> ExportsConfig {
        ExportsConfig {
            rows_max: self.export_rows_max,
            bytes_max: self.export_bytes_max,
            disk_free_bytes_min: self.export_disk_free_bytes_min,
            at_once_max: self.exports_at_once_max,
            per_agency_max: self.exports_per_agency_max,
            silence_s: self.export_silence_s,
            jobs_per_agency_max: self.export_jobs_per_agency_max,
            kept_max: self.exports_kept_max,
            wall_time_s: self.export_wall_time_s,
            kept_s: self.export_kept_s,
        }
    }

    /// How many GraphQL requests run and wait.
    pub(super) fn query_places(&self) -> QueryPlacesConfig {
        QueryPlacesConfig {
            queries_at_once_max: self.queries_at_once_max,
            queries_per_agency_max: self.queries_per_agency_max,
            queries_waiting_max: self.queries_waiting_max,
            queue_wait_ms: self.queue_wait_ms,
        }
    }
}
