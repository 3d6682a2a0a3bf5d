//! What the services are configured with; the defaults live in the root crate's `config.rs`.

use std::path::PathBuf;

/// Limits and budgets of the services.
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    /// The folder for bodies that are being received.
    pub spool_folder: PathBuf,
    /// The most bytes of one ingest body.
    pub ingest_body_bytes_max: u64,
    /// The most rows of one ingest batch; a batch is held in memory while it is checked.
    pub ingest_rows_max: u64,
    /// The most bytes of one line of CSV or NDJSON.
    pub ingest_line_bytes_max: usize,
    /// The most ingest batches on their way at once; the next one is refused.
    pub concurrent_ingests_max: usize,
    /// How long a batch may take until it can't be committed and its key may be taken over.
    pub staging_lease_s: u32,
    /// How long answers to idempotency keys are kept.
    pub idempotency_days: u32,
    /// The budget of finished answers, kept as the bytes that are sent.
    pub answer_cache_bytes: u64,
    /// The budget of the cache of whole results.
    pub result_cache_bytes: u64,
    /// The budget of the cache of decoded partitions.
    pub partition_cache_bytes: u64,
    /// How many partitions are read and aggregated at once.
    pub query_parallelism: usize,
}
