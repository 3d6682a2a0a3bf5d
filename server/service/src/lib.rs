//! The services: where the catalogue, the store and the plugins come together.
//!
//! [`Services`] is the one handle that the API and the command line hold; every method that
//! touches tenant data takes a [`Scope`](bellwether_domain::Scope) first.
//! Invariant: this crate speaks neither HTTP nor GraphQL nor SQL nor Arrow.
//!
//! Reading order: [`services`] (the handle), `ingest/` (reports in), `analytics/` (numbers out),
//! `scoring/` (plugins), `query_places` (how many queries run at once), `export/` (answers as files), `nouns` (brands and campaigns), `subscriptions/` (who listens), `records`, `custom_metrics`, `exchange_rates`, `steps` (where tests may stop it).

mod analytics;
mod attributes;
mod authorisation;
mod background;
mod backup;
mod batches;
mod budget;
mod budgets;
mod cases;
mod changes;
mod compaction;
mod config;
mod custom_metrics;
mod documents;
mod error;
mod exchange_rates;
mod experiments;
mod export;
mod finished;
mod ingest;
mod nouns;
mod query_places;
mod record_files;
mod record_transfer;
mod records;
mod scoring;
mod services;
mod snapshot;
mod startup;
mod steps;
mod subscriptions;
mod tasks;
mod verification;

pub use bellwether_catalogue::{
    BatchFilter, BatchState, BatchSummary, CalendarDay, CampaignChange, CaseFilter, CasePlace,
    CaseRecord, CaseSort, RecordFilter, RecordOrder, RecordPlace, RecordSort, Retracted,
    WorkflowRole,
};

pub use analytics::{
    CacheHeld, CacheMode, CacheState, Cursor, Explanation, MetricsAnswer, OnStale,
    PartitionExplained, PartitionSource, Reading, Staleness, Warning, WarningCode,
};
pub use backup::{BackupReport, OnDamage, RESTORING, RestoreReport, restore};
pub use batches::BatchPage;
pub use bellwether_catalogue::{ListedRate, RateFilter};
pub use budgets::{Balance, BudgetConfig, Cost};
pub use cases::{
    COMMAND_KEY_BYTES_MAX, CalendarImport, CaseCommand, CaseEvent, CaseOutcome, CasePage, CaseView,
    DamagedCase, KnownDefinition, OPEN_CASES_MAX, StartCase, VerifiedCase,
};
pub use changes::{CHANGED_PERIODS_MAX, ChangedPeriod, Changes};
pub use compaction::{Compacted, CompactionFailure, CompactionReport};
pub use config::{CompactionConfig, ServiceConfig};
pub use documents::DocumentHash;
pub use error::{Error, Result};
pub use exchange_rates::{RATES_FILE_BYTES_MAX, RATES_PER_IMPORT_MAX, RatePage, RatesOutcome};
pub use experiments::{
    ComparisonFigures, ExperimentResult, ExperimentVerdict, VariantComparison, experiment_result,
};
pub use export::{
    DownloadedExport, ExportContent, ExportOrder, ExportPage, ExportPlace, ExportStatus,
    ExportStream, ExportsConfig, StreamedExport,
};
pub use finished::{FinishedCounts, FinishedKey};
pub use ingest::{Format, IngestRequest, OnItsWay, Progress, RegisterDefaults, Spool, SpooledBody};
pub use nouns::{CampaignPage, Viewer};
pub use query_places::{QueryCounts, QueryPlace, QueryPlacesConfig};
pub use record_files::RecordFormat;
pub use record_transfer::{ExportPart, ImportRequest, RecordExport, RecordExportPlace};
pub use records::{RecordOutcome, RecordPage};
pub use scoring::{PLUGIN_CONFIG_DEFAULT, ScoresByCampaign};
pub use services::Services;
pub use startup::SweepReport;
pub use steps::{Step, Steps};
pub use subscriptions::{
    ChangeReason, ConnectionCounts, ConnectionPlace, MetricsChanged, MetricsWatch, OperationPlace,
    SubscriptionConfig,
};
pub use verification::{DamagedSegment, VerificationReport};
