//! The store: immutable Parquet segments and the kernels that aggregate them.
//!
//! A segment is written once ([`Store::stage`]), made durable, and listed in the catalogue's
//! manifest by whoever calls; this crate never sees the catalogue. An answer loads a
//! [`PartitionIndex`] and [`Column`]s (segments merged, the rows that count) and folds a
//! [`PartitionView`] of them with [`aggregate`], or one of a [`RollUp`].
//! Invariant: Arrow, Parquet and `object_store` appear in no signature that other crates need.
//!
//! Reading order: [`store`] (writing files), `schema`, `encode`, `read` (reading them), `files`,
//! `decode`, `merge` (a partition's making), [`partition`], [`mod@column`], then [`kernel`] (plan,
//! selection, sums, partials) and [`roll_up`], and `report_reader` and `report_writer` (a user's
//! own Parquet files) and `table_writer` (answers as files),
//! and `free_space` (room on the disk).

pub mod store;

pub mod column;
mod decode;
mod encode;
mod error;
mod files;
mod free_space;
pub mod kernel;
mod merge;
pub mod partition;
mod read;
mod report_column;
mod report_reader;
mod report_writer;
mod rewrite;
pub mod roll_up;
mod schema;
mod segment_writer;
mod table_writer;
mod winners;

#[cfg(test)]
mod sample_facts;
#[cfg(test)]
mod tests;

pub use column::{Column, ColumnName};
pub use decode::StoredRow;
pub use error::{Error, Result};
pub use free_space::free_bytes;
pub use kernel::{
    Bucket, DimensionFilter, Estimate, Group, Partial, PartialPlan, WHOLE_PERIOD, aggregate,
};
pub use partition::{ATTRIBUTION_CODES, CAMPAIGN_CODES, PartitionIndex, PartitionView};
pub use report_reader::{ReportBatch, ReportBatches, ReportReader, ReportRows};
pub use report_writer::ReportWriter;
pub use roll_up::{NO_CLASS, RollUp, roll_up_by_day};
pub use segment_writer::SegmentWriter;
pub use store::{StagedSegment, Store, StoreConfig};
pub use table_writer::{TableFormat, TableWriter, fits_decimal_column};
