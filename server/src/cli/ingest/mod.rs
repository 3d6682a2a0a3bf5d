//! `bellwether ingest`: files in, whether to a server over HTTP or to the local data folder.
//!
//! The command is three steps, so that both ways share all but the middle one: [`plan()`] reads the
//! arguments and converts what has to be converted; [`send_over_http`] or the caller's own
//! `Services::ingest` takes one [`PreparedBatch`]; [`report()`] says how it ended. Between the
//! first two, [`unsent`] stops a strict command whose files have lines that can't be converted.
//! Invariant: this module opens no data folder and starts no runtime; sending blocks its thread.
//!
//! Reading order: `args`, `plan`, `tiktok/` (platform files to canonical ones), `sources`, `send`, `report`.

mod args;
mod plan;
mod report;
mod send;
mod sources;
#[cfg(test)]
mod tests;
mod tiktok;

pub use args::{BearerToken, FileFormat, IngestArgs, word};
pub use plan::{PreparedBatch, plan};
pub use report::{Report, failed_json, report, unsent};
pub use send::{SendFailure, send_over_http};
pub use sources::Sources;
