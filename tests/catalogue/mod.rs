//! The catalogue on both databases: one list of cases, see `conformance.rs`.

mod attribute_cases;
mod conformance;
mod given;
mod ingest_cases;
mod lost_database;
mod tenancy_cases;
