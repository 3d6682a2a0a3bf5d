//! Reports in: `Received -> Validated -> Staged -> Committed`, each a type that holds just what
//! the next step may use, so that the order can't be broken.
//!
//! Invariant: nothing is acknowledged before the catalogue's transaction is through, and a
//! failure anywhere leaves nothing that an answer can see.

mod admission;
mod commit;
mod csv;
mod flow;
mod ndjson;
mod parquet;
mod request;
mod spool;
mod validate;

pub(crate) use admission::Admission;
pub use request::{Format, IngestRequest, RegisterDefaults};
pub(crate) use spool::BODY_PREFIX;
pub use spool::{Spool, SpooledBody};
