//! What waits for a client to read it: so many messages, and so many bytes of them.

use std::sync::Arc;
use std::time::Duration;

use bellwether_service::SubscriptionConfig;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{error::Elapsed, timeout};

/// A message, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(super) struct Waiting<M> {
    pub(super) message: M,
    pub(super) room: OwnedSemaphorePermit,
}

/// The way in; a clone leads to the same queue.
#[derive(Debug)]
pub(super) struct Outbox<M> {
    messages: Sender<Waiting<M>>,
    bytes: Arc<Semaphore>,
    bytes_max: u32,
    send_wait: Duration,
}

/// A client that left a message without room for too long.
#[derive(Debug)]
pub(super) struct SlowClient;

impl From<Elapsed> for SlowClient {
    fn from(_: Elapsed) -> Self {
        Self
    }
}

impl<M> Clone for Outbox<M> {
    fn clone(&self) -> Self {
        Self {
            messages: self.messages.clone(),
            bytes: Arc::clone(&self.bytes),
            ..*self
        }
    }
}

impl<M> Outbox<M> {
    /// The two ends of a queue.
    pub(super) fn new(config: &SubscriptionConfig) -> (Self, Receiver<Waiting<M>>) {
        let (messages, queue) = channel(config.queued_messages_max);
        let most = Semaphore::MAX_PERMITS.min(config.queued_bytes_max);
        let bytes_max = u32::try_from(most).unwrap_or(u32::MAX);
        let outbox = Self {
            messages,
            bytes: Arc::new(Semaphore::new(bytes_max as usize)),
            bytes_max,
            send_wait: Duration::from_millis(config.send_wait_ms),
        };
        (outbox, queue)
    }

    /// Puts a message of so many bytes in, when there is room for it. One that is longer than all
    /// the room waits until nothing else does. A client that has gone needs none.
    pub(super) async fn put(&self, message: M, n_bytes: usize) -> Result<(), SlowClient> {
        let n_bytes = u32::try_from(n_bytes).unwrap_or(u32::MAX);
        let n_bytes = n_bytes.min(self.bytes_max);
        let putting = async {
            let room = Arc::clone(&self.bytes).acquire_many_owned(n_bytes).await;
            // Nothing closes the semaphore.
            if let Ok(room) = room {
                let waiting = Waiting { message, room };
                // Its reader notices by itself that it has gone.
                let _ = self.messages.send(waiting).await;
            }
        };
        Ok(timeout(self.send_wait, putting).await?)
    }

    /// Waits until nobody reads any more.
    pub(super) async fn closed(&self) {
        self.messages.closed().await;
    }
}
