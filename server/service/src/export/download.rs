//! The file of an export on its way to its client, read as fast as the client takes it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::time::Duration;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{Export, ExportState};
use bellwether_domain::ids::ExportId;
use bellwether_domain::{ErrorCode, Scope};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::files;
use super::places::ExportPlace;
use super::stream::{ExportStream, Piece};
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Services;

/// Bytes that are read at once.
const PIECE_BYTES: usize = 256 * 1024;

/// What somebody who asks too early is told to wait, in seconds.
const COME_BACK_AFTER_S: u32 = 2;

/// A file that is ready to be sent.
#[derive(Debug)]
pub struct DownloadedExport {
    /// What is known of it.
    pub export: Export,
    /// Its size.
    pub size_bytes: u64,
    /// Its bytes.
    pub stream: ExportStream,
}

impl Services {
    /// Begins to send the file of an export of the caller's; `BUSY` while it is written, `CONFLICT`
    /// when it never will be.
    pub async fn download_export(
        &self,
        scope: &Scope,
        place: ExportPlace,
        id: ExportId,
    ) -> Result<DownloadedExport> {
        let export = self.find_export(scope, id).await?;
        require_done(&export)?;
        let path = files::path_of(self.parts.store.root(), scope.agency(), &export);
        let opened = blocking("open an export", move || {
            let file = File::open(path).map_err(|error| unopened(id, error))?;
            let size_bytes = file
                .metadata()
                .map_err(Error::disk("open an export"))?
                .len();
            Ok((file, size_bytes))
        });
        let (file, size_bytes) = opened.await?;
        let silence = Duration::from_secs(self.parts.config.exports.silence_s.into());
        let (sender, pieces) = mpsc::channel(1);
        self.parts.tasks.spawn(async move {
            let _place = place;
            if let Err(error) = send(file, &sender, silence).await {
                tracing::error!(export.id = %id, error = error.chain(), "the file of an export broke off");
            }
        });
        Ok(DownloadedExport {
            export,
            size_bytes,
            stream: ExportStream::new(pieces),
        })
    }
}

/// A file that somebody has taken away is not a fault of the disk: nothing brings it back.
fn unopened(id: ExportId, error: std::io::Error) -> Error {
    if error.kind() != ErrorKind::NotFound {
        return Error::disk("open an export")(error);
    }
    let message = format!("the file of export `{id}` is not there any more; start it again");
    Refusal::new(ErrorCode::NotFound, message).into()
}

fn require_done(export: &Export) -> Result<(), Refusal> {
    let id = export.id;
    match export.state {
        ExportState::Done => Ok(()),
        ExportState::Running => {
            let message = format!("export `{id}` is being written; ask again when it is `DONE`");
            Err(Refusal::new(ErrorCode::Busy, message).with_retry_after(COME_BACK_AFTER_S))
        }
        ExportState::Failed | ExportState::Cancelled => {
            let message = format!("export `{id}` is `{}`; it has no file", export.state);
            Err(Refusal::new(ErrorCode::Conflict, message))
        }
    }
}

async fn send(mut file: File, sender: &mpsc::Sender<Piece>, silence: Duration) -> Result<()> {
    loop {
        let piece = blocking("read an export", move || {
            let mut piece = Vec::with_capacity(PIECE_BYTES);
            let limit = PIECE_BYTES as u64;
            let read = file.by_ref().take(limit).read_to_end(&mut piece);
            read.map_err(Error::disk("read an export"))?;
            Ok((file, piece))
        });
        let bytes;
        (file, bytes) = piece.await?;
        let is_end = bytes.is_empty();
        let piece = if is_end {
            Piece::End
        } else {
            Piece::Bytes(Bytes::from(bytes))
        };
        if sender.send_timeout(piece, silence).await.is_err() || is_end {
            return Ok(());
        }
    }
}
