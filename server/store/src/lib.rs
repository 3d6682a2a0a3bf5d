//! The store: immutable Parquet segments and the kernels that aggregate them.
//!
//! A segment is written once ([`Store::stage`]), made durable, and listed in the catalogue's
//! manifest by whoever calls; this crate never sees the catalogue. An answer loads a
//! [`Partition`] (segments merged, newest commit per key) and folds it with [`aggregate`].
//! Invariant: Arrow, Parquet and `object_store` appear in no signature that other crates need.
//!
//! Reading order: [`store`] (files), `schema`, `encode`, `decode`, `merge` (a segment's inside),
//! [`partition`], then [`kernel`] (plan, grouping, sums, partials), and `report_reader` and
//! `report_writer` (a user's own Parquet files).

pub mod store;

mod decode;
mod encode;
mod error;
pub mod kernel;
mod merge;
pub mod partition;
mod report_column;
mod report_reader;
mod report_writer;
mod schema;

#[cfg(test)]
mod sample_facts;
#[cfg(test)]
mod tests;

pub use error::{Error, Result};
pub use kernel::{Bucket, DimensionFilter, Group, Partial, PartialPlan, WHOLE_PERIOD, aggregate};
pub use partition::{ATTRIBUTION_CODES, CAMPAIGN_CODES, Partition};
pub use report_reader::ReportReader;
pub use report_writer::ReportWriter;
pub use store::{StagedSegment, Store, StoreConfig};
