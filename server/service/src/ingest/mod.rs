//! Reports in: `Received -> Validated -> Staged -> Committed`, each a type that holds just what
//! the next step may use, so that the order can't be broken.
//!
//! A body streams through: `reader` and `pipeline` cut it into pieces and parse them on all cores,
//! `gather` resolves campaigns in order and keeps rows in a `buffer` of bounded size, which is
//! sorted and written aside as a `run` when it is full; `merge` and `settle` bring runs to rows of
//! distinct keys, once to see what they come to (`survey`) and once to `write` them.
//! Invariant: nothing is acknowledged before the catalogue's transaction is through, and a
//! failure anywhere leaves nothing that an answer can see.

mod admission;
mod buffer;
mod commit;
mod csv;
mod finished;
mod flow;
mod gather;
mod merge;
mod months;
mod ndjson;
mod pack;
mod parquet;
mod pipeline;
mod places;
mod problems;
mod progress;
mod reader;
mod request;
mod run;
mod settle;
mod split;
mod spool;
mod survey;
#[cfg(test)]
mod tests;
mod validate;
mod write;

pub(crate) use admission::Admission;
pub use admission::OnItsWay;
pub(crate) use places::PlacesConfig;
pub use progress::Progress;
pub use request::{Format, IngestRequest, RegisterDefaults};
pub(crate) use spool::BODY_PREFIX;
pub use spool::{Spool, SpooledBody};
