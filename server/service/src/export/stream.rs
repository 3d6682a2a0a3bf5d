//! An export on its way to a client, encoded as fast as the client takes it.
//!
//! Invariant: a stream that did not come to its end fails, so that no client takes a part of a
//! file for the whole.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bellwether_domain::Scope;
use bellwether_domain::export::{CsvTexts, ExportFormat};
use bellwether_domain::segment::Snapshot;
use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc;

use super::content::ExportContent;
use super::encode::{Encoded, Encoding, FileEncoder, Rest};
use super::places::ExportPlace;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Services;

/// Rows that are written for one point, as in pages over GraphQL.
const ROWS_A_POINT: usize = 250;

/// An export that is ready to be sent.
#[derive(Debug)]
pub struct StreamedExport {
    /// What a client is told to call the file.
    pub file_name: String,
    /// The snapshot that its numbers were computed from.
    pub snapshot: Snapshot,
    /// How many rows it has.
    pub n_rows: usize,
    /// Its bytes.
    pub stream: ExportStream,
}

/// The bytes of an export.
#[derive(Debug)]
pub struct ExportStream {
    pieces: mpsc::Receiver<Piece>,
    has_ended: bool,
}

#[derive(Debug)]
pub(super) enum Piece {
    Bytes(Bytes),
    End,
}

impl Services {
    /// Begins to send an export. It is charged by its rows, and ends when the client goes away or
    /// takes nothing for `export_silence_s`.
    pub async fn stream_export(
        &self,
        scope: &Scope,
        place: ExportPlace,
        content: ExportContent,
        format: ExportFormat,
        texts: CsvTexts,
    ) -> Result<StreamedExport> {
        let (n_rows, snapshot) = (content.n_rows(), content.snapshot());
        let file_name = content.file_name(format);
        let encoding = self.begin_export(scope, content, format, texts).await?;
        let silence = Duration::from_secs(self.parts.config.exports.silence_s.into());
        let (sender, pieces) = mpsc::channel(1);
        self.parts.tasks.spawn(async move {
            let _place = place;
            if let Err(error) = send(encoding, &sender, silence).await {
                tracing::error!(error = error.chain(), "an export broke off");
            }
        });
        Ok(StreamedExport {
            file_name,
            snapshot,
            n_rows,
            stream: ExportStream::new(pieces),
        })
    }

    /// Checks and charges an export, and begins its file.
    async fn begin_export(
        &self,
        scope: &Scope,
        content: ExportContent,
        format: ExportFormat,
        texts: CsvTexts,
    ) -> Result<Encoding> {
        let (n_rows, rows_max) = (content.n_rows(), self.parts.config.exports.rows_max);
        let encoding = blocking("begin an export", move || {
            content.check(format, 0, rows_max)?;
            let file = FileEncoder::new(&content, format, texts)?;
            Ok(file.with(Arc::new(content), true))
        });
        let encoding = encoding.await?;
        self.charge(scope, points_of_export(n_rows))?;
        Ok(encoding)
    }
}

/// The points that rows of an export cost.
pub(super) fn points_of_export(n_rows: usize) -> u64 {
    n_rows.div_ceil(ROWS_A_POINT) as u64
}

/// Sends the pieces until the last one is taken, or nobody takes them any more.
async fn send(
    encoding: Encoding,
    sender: &mpsc::Sender<Piece>,
    silence: Duration,
) -> Result<(), Error> {
    let mut next = Some(encoding);
    while let Some(encoding) = next {
        let step = blocking("encode an export", move || encoding.step());
        let Encoded { bytes, rest, .. } = step.await?;
        next = match rest {
            Rest::Rows(encoding) => Some(encoding),
            Rest::File(_) | Rest::Nothing => None,
        };
        let piece = Piece::Bytes(bytes);
        if !matches!(sender.send_timeout(piece, silence).await, Ok(())) {
            return Ok(());
        }
    }
    // Nobody is there any more to hear of a failure.
    let _ = sender.send_timeout(Piece::End, silence).await;
    Ok(())
}

impl ExportStream {
    pub(super) fn new(pieces: mpsc::Receiver<Piece>) -> Self {
        Self {
            pieces,
            has_ended: false,
        }
    }
}

impl Stream for ExportStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.has_ended {
                return Poll::Ready(None);
            }
            match ready!(self.pieces.poll_recv(context)) {
                Some(Piece::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Piece::Bytes(bytes)) => return Poll::Ready(Some(Ok(bytes))),
                Some(Piece::End) => self.has_ended = true,
                None => {
                    self.has_ended = true;
                    let broken = "the export broke off before its end";
                    return Poll::Ready(Some(Err(io::Error::other(broken))));
                }
            }
        }
    }
}
