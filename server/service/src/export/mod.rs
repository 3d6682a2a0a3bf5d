//! Answers as files: CSV, Arrow and Parquet, piece by piece.
//!
//! `content` is what of an answer is exported, `encode` turns its rows into bytes, `stream` hands
//! these to a client as it takes them, and `places` bounds how many do so at once.
//! Invariant: nothing of an answer is computed here, and no place of the engine is held.

mod content;
mod encode;
mod places;
mod stream;

pub use content::ExportContent;
pub(crate) use places::ExportPlaces;
pub use places::{ExportPlace, ExportsConfig};
pub use stream::{ExportStream, StreamedExport};
