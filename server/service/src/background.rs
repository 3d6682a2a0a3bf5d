//! The way from async code to work that blocks: catalogue calls and kernels.

use tokio::task::spawn_blocking;

use crate::error::{Error, Result};

/// Runs blocking work on the blocking pool and waits for it.
///
/// When the waiter goes away the work still runs to its end: it is short, or a transaction.
pub(crate) async fn blocking<T, F>(attempted: &'static str, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    spawn_blocking(work)
        .await
        .map_err(|_| Error::TaskEnded { attempted })?
}
