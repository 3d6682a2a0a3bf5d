//! Answers as files: CSV, Arrow and Parquet, piece by piece.
//!
//! `content` is what of an answer is exported, `encode` turns its rows into bytes, `stream` hands
//! these to a client as it takes them, and `places` bounds how many do so at once. `jobs` are those
//! in the background: `work` writes them to `files`, which `download` sends and `upkeep` removes.
//! Invariant: nothing of an answer is computed here, and no place of the engine is held once there
//! is an answer.

mod content;
mod download;
mod encode;
mod files;
mod jobs;
mod places;
mod progress;
mod stream;
mod upkeep;
mod work;

pub use content::ExportContent;
pub use download::DownloadedExport;
pub use jobs::{ExportOrder, ExportPage, ExportStatus};
pub(crate) use places::ExportPlaces;
pub use places::{ExportPlace, ExportsConfig};
pub(crate) use progress::ExportJobs;
pub use stream::{ExportStream, StreamedExport};
