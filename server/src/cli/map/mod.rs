//! Maps of files: the shipped ones and the users' own, and files that are read through them.
//!
//! Invariant: a file is decoded whole and strictly; a byte that the encoding doesn't know stops it.
//!
//! Reading order: `shipped` (which maps there are), `decode` (bytes to text), `table` (text to
//! rows), `convert` (rows to a dataset's CSV or to records), `check` (the command).

mod check;
mod convert;
mod decode;
mod shipped;
mod table;

pub(super) use check::{MapCommand, run};
pub(super) use convert::{as_records, as_rows};
pub(super) use shipped::{LoadedMap, load};
