//! What a child prints, taken while it works and put into the server's log.
//!
//! Invariant: bounded; a child that prints without end costs its own time only.

use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;
use tokio::time::timeout;

/// Bytes of a child's prints that are logged; the rest is read and dropped.
const LOGGED_BYTES_MAX: usize = 16 * 1024;

/// Milliseconds for the last prints of a child that has ended.
const LAST_PRINTS_MS: u64 = 50;

/// Runs `work` while it takes what the child prints, then logs it line by line.
pub(super) async fn log_while<T>(
    plugin: &str,
    mut errors: ChildStderr,
    mut work: Pin<&mut impl Future<Output = T>>,
) -> T {
    let mut printed = Vec::new();
    let outcome = {
        let mut taking = pin!(take(&mut errors, &mut printed));
        tokio::select! {
            outcome = &mut work => {
                // The pipe stays open only where the child has left a process behind.
                let _ = timeout(Duration::from_millis(LAST_PRINTS_MS), taking).await;
                outcome
            }
            () = &mut taking => work.await,
        }
    };
    for line in String::from_utf8_lossy(&printed).lines() {
        tracing::warn!(plugin, line, "a plugin printed");
    }
    outcome
}

async fn take(errors: &mut ChildStderr, printed: &mut Vec<u8>) {
    let mut chunk = vec![0; 4096];
    while let Ok(length @ 1..) = errors.read(&mut chunk).await {
        let room = LOGGED_BYTES_MAX.saturating_sub(printed.len());
        printed.extend_from_slice(&chunk[..length.min(room)]);
    }
}
