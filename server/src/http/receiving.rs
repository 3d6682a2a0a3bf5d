//! The body of an ingest, from the connection to the spool folder.
//!
//! Its place is taken before its first byte is read and given back however this ends: the body and
//! its file are gone with the request when the client goes away in its midst.
//! Invariant: a sender who is refused hears why, as far as the connection allows.

use std::time::Duration;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::{Error, Services, Spool, SpooledBody};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use poem::Body;
use poem::http::{HeaderMap, header};

/// What it takes to receive a body.
#[derive(Debug)]
pub(super) struct Receiving<'a> {
    pub(super) services: &'a Services,
    pub(super) scope: &'a Scope,
    pub(super) headers: &'a HeaderMap,
}

impl Receiving<'_> {
    /// The whole body, on the disk.
    pub(super) async fn body(&self, body: Body) -> Result<SpooledBody, Error> {
        let mut chunks = body.into_bytes_stream();
        let spool = match self.services.spool(self.scope, self.announced_bytes()) {
            Ok(spool) => spool,
            Err(error) => {
                if is_passing(&error) && !self.waits_for_leave() {
                    self.let_finish(&mut chunks, 0).await?;
                }
                return Err(error);
            }
        };
        self.fill(spool, &mut chunks).await
    }

    async fn fill(
        &self,
        mut spool: Spool,
        chunks: &mut (impl Stream<Item = std::io::Result<Bytes>> + Unpin),
    ) -> Result<SpooledBody, Error> {
        let mut n_bytes = 0;
        while let Some(chunk) = self.next(chunks).await? {
            n_bytes += chunk.len() as u64;
            if let Err(error) = spool.write(&chunk).await {
                // The file, its room and the place go before the rest is waited for.
                drop(spool);
                if is_passing(&error) {
                    self.let_finish(chunks, n_bytes).await?;
                }
                return Err(error);
            }
        }
        spool.finish().await
    }

    /// Reads and drops the rest of a body, because a sender who is cut off in the middle never
    /// hears why. A body over the limit may have no end.
    async fn let_finish(
        &self,
        chunks: &mut (impl Stream<Item = std::io::Result<Bytes>> + Unpin),
        mut n_bytes: u64,
    ) -> Result<(), Error> {
        let bytes_max = self.services.config().ingest_body_bytes_max;
        while n_bytes <= bytes_max
            && let Some(chunk) = self.next(chunks).await?
        {
            n_bytes += chunk.len() as u64;
        }
        Ok(())
    }

    /// The next bytes, if they come in time: a silent sender would keep its place for ever.
    async fn next(
        &self,
        chunks: &mut (impl Stream<Item = std::io::Result<Bytes>> + Unpin),
    ) -> Result<Option<Bytes>, Error> {
        let silence_s = self.services.config().ingest_silence_s;
        let silence = Duration::from_secs(u64::from(silence_s));
        let Ok(next) = tokio::time::timeout(silence, chunks.next()).await else {
            let message = format!(
                "nothing of the body came for as long as the limit `ingest_silence_s` of {silence_s}; send it again"
            );
            return Err(Refusal::new(ErrorCode::Timeout, message).into());
        };
        next.transpose().map_err(|_| {
            Refusal::invalid("the body ended before it was whole; send it again").into()
        })
    }

    fn announced_bytes(&self) -> Option<u64> {
        let length = self.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }

    /// Whether the client sends its body only when it is told to; a refusal reaches it before.
    fn waits_for_leave(&self) -> bool {
        self.headers.contains_key(header::EXPECT)
    }
}

/// Whether the same body may be taken in later: no place now, or a full disk.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Disk { .. }) || error.code() == ErrorCode::RateLimited
}
