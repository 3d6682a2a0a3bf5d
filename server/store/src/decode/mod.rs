//! The bytes of segment files to cells, values, keys and facts.
//!
//! Rows are numbered through all segments of a partition, in their order. Texts never leave here
//! but as codes, as numbers, or in facts.
//! Invariant: nothing is dropped here; which rows count is decided in `merge`.

mod cells;
mod facts;
mod file;
mod keys;
mod texts;
mod values;

pub(crate) use cells::{StoredCell, WHOLE_ROW, stored_cells};
pub use facts::StoredRow;
pub(crate) use facts::StoredRows;
pub(crate) use file::SegmentFile;
pub(crate) use keys::{TextKey, text_keys};
pub(crate) use texts::shape_of_texts;
pub(crate) use values::stored_columns;
