//! What the services are configured with; the defaults live in the root crate's `config.rs`.

use std::path::PathBuf;

use bellwether_catalogue::RATES_MAX;
use bellwether_domain::compaction::CompactionPolicy;
use bellwether_domain::limits::Limit;
use bellwether_domain::provisional::RestatementWindows;

use crate::analytics::CONVERTED_AMOUNT_MAX;
use crate::budgets::BudgetConfig;
use crate::changes::CHANGED_PERIODS_MAX;
use crate::exchange_rates::{RATES_FILE_BYTES_MAX, RATES_PER_IMPORT_MAX};
use crate::export::ExportsConfig;
use crate::query_places::QueryPlacesConfig;
use crate::subscriptions::SubscriptionConfig;

/// Limits and budgets of the services.
#[derive(Debug, Clone)]
pub struct ServiceConfig {
    /// The folder for bodies that are being received.
    pub spool_folder: PathBuf,
    /// The most bytes of one ingest body.
    pub ingest_body_bytes_max: u64,
    /// The most rows of one ingest batch.
    pub ingest_rows_max: u64,
    /// The most bytes of one line of CSV or NDJSON.
    pub ingest_line_bytes_max: usize,
    /// The most ingest batches on their way at once, from their bodies' first byte to their
    /// answers; the next one is refused.
    pub concurrent_ingests_max: usize,
    /// The most of them that may be of one agency.
    pub agency_ingests_max: usize,
    /// The most bytes of all bodies that are being received or read.
    pub ingest_spool_bytes_max: u64,
    /// How long a sender may fall silent within a body.
    pub ingest_silence_s: u32,
    /// The most memory that the batches on their way may take together; one that finds too little
    /// left is refused.
    pub ingest_memory_bytes_max: u64,
    /// How long a batch may take until it can't be committed and its key may be taken over.
    pub staging_lease_s: u32,
    /// How long answers to idempotency keys are kept.
    pub idempotency_days: u32,
    /// The budget of finished answers, kept as the bytes that are sent.
    pub answer_cache_bytes: u64,
    /// The budget of the cache of whole results.
    pub result_cache_bytes: u64,
    /// The budget of the cache of sums of single partitions.
    pub partial_cache_bytes: u64,
    /// The budget of the cache of decoded columns.
    pub column_cache_bytes: u64,
    /// The budget of the cache of roll-ups.
    pub roll_up_cache_bytes: u64,
    /// The budget of the agencies' campaigns, brands and codes, by snapshot and by what of them is
    /// seen.
    pub attribute_cache_bytes: u64,
    /// The budget of the lists of partitions with their segments, and of which campaigns are in
    /// each.
    pub manifest_cache_bytes: u64,
    /// The budget of facts that are read row by row: recorded costs and reach.
    pub row_cache_bytes: u64,
    /// How many partitions are read and aggregated at once.
    pub query_parallelism: usize,
    /// What queries may cost.
    pub budget: BudgetConfig,
    /// Bytes of documents that clients registered by their hash.
    pub document_cache_bytes: u64,
    /// How many queries run and wait.
    pub query_places: QueryPlacesConfig,
    /// What exports may take.
    pub exports: ExportsConfig,
    /// What connections that stay open may take.
    pub subscriptions: SubscriptionConfig,
    /// What compaction may take, and when.
    pub compaction: CompactionConfig,
    /// For how long platforms change what they reported.
    pub restatement: RestatementWindows,
}

/// When segments are compacted, and how long old snapshots stay readable.
#[derive(Debug, Clone)]
pub struct CompactionConfig {
    /// Whether it runs by itself in the background.
    pub is_automatic: bool,
    /// How long it rests when nothing is committed.
    pub interval_s: u32,
    /// What one compaction may take.
    pub policy: CompactionPolicy,
    /// How long superseded, removed and retracted rows are kept, so that `asOf` sees them.
    pub retention_days: u32,
    /// How long after the retention rows may stay before a segment is rewritten just to drop them.
    pub overdue_days: u32,
    /// How long a file that gave way stays on the disk for those who are reading it.
    pub dropped_file_grace_s: u32,
}

/// The limits of exchange rates and changes, which every server has.
const FIXED: [Limit; 5] = [
    Limit::of_size(
        "rates_max",
        RATES_MAX,
        "Exchange rates of an agency, corrected ones too.",
    ),
    Limit::of_size(
        "rates_per_import_max",
        RATES_PER_IMPORT_MAX,
        "Exchange rates of one import, carried ones too.",
    ),
    Limit::of_size(
        "rates_file_bytes_max",
        RATES_FILE_BYTES_MAX,
        "Bytes of a file of exchange rates.",
    ),
    Limit::new(
        "converted_amount_max",
        CONVERTED_AMOUNT_MAX,
        "Units of the answer's currency that one day's money may come to.",
    ),
    Limit::of_size(
        "changed_periods_max",
        CHANGED_PERIODS_MAX,
        "Periods that `changedSince` lists.",
    ),
];

impl ServiceConfig {
    /// The limits of waiting, of what queries cost, of exports and of reports by name, with their values in force.
    pub fn limits(&self) -> Vec<Limit> {
        let queries = self.limits_of_queries();
        let exports = self.exports.limits();
        queries
            .into_iter()
            .chain(exports)
            .chain(self.limits_of_reports())
            .chain(FIXED)
            .chain(self.subscriptions.limits())
            .collect()
    }

    fn limits_of_queries(&self) -> [Limit; 6] {
        let places = &self.query_places;
        [
            Limit::of_size(
                "queries_at_once_max",
                places.queries_at_once_max,
                "Requests that run at once; further ones wait.",
            ),
            Limit::of_size(
                "queries_per_agency_max",
                places.queries_per_agency_max,
                "Requests of one agency that run at once; further ones wait.",
            ),
            Limit::of_size(
                "queries_waiting_max",
                places.queries_waiting_max,
                "Requests of one agency that wait; past them it is `QUEUE_FULL`.",
            ),
            Limit::new(
                "queue_wait_ms",
                places.queue_wait_ms,
                "Milliseconds that a request waits to run; past them it is `QUEUE_FULL`.",
            ),
            Limit::new(
                "token_points_max",
                self.budget.token.points_max(),
                "Points that one token may spend at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::new(
                "agency_points_max",
                self.budget.agency.points_max(),
                "Points that all tokens of an agency may spend at once; past them it is `RATE_LIMITED`.",
            ),
        ]
    }

    fn limits_of_reports(&self) -> [Limit; 8] {
        [
            Limit::new(
                "ingest_body_bytes_max",
                self.ingest_body_bytes_max,
                "Bytes of the body of one ingest.",
            ),
            Limit::new(
                "ingest_rows_max",
                self.ingest_rows_max,
                "Rows of one ingest.",
            ),
            Limit::of_size(
                "ingest_line_bytes_max",
                self.ingest_line_bytes_max,
                "Bytes of one line of CSV or NDJSON.",
            ),
            Limit::of_size(
                "concurrent_ingests_max",
                self.concurrent_ingests_max,
                "Batches on their way at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::of_size(
                "agency_ingests_max",
                self.agency_ingests_max,
                "Batches of one agency on their way at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::new(
                "ingest_spool_bytes_max",
                self.ingest_spool_bytes_max,
                "Bytes of all bodies that are being received or read; past them it is `RATE_LIMITED`.",
            ),
            Limit::new(
                "ingest_silence_s",
                self.ingest_silence_s.into(),
                "Seconds that a sender may fall silent within a body; past them it is `TIMEOUT`.",
            ),
            Limit::new(
                "ingest_memory_bytes_max",
                self.ingest_memory_bytes_max,
                "Memory of all batches on their way; past it, it is `RATE_LIMITED`.",
            ),
        ]
    }
}
