//! The catalogue on both databases: one list of cases, see `conformance.rs`.

mod attribute_cases;
mod compaction_cases;
mod conformance;
mod copy_cases;
mod custom_metric_cases;
mod exchange_rate_cases;
mod export_cases;
mod given;
mod ingest_cases;
mod lost_database;
mod record_cases;
mod record_rule_cases;
mod repair_cases;
mod tenancy_cases;
mod version_cases;
mod workflow_cases;
