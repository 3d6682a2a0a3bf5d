//! Connections that stay open: GraphQL over WebSocket (the protocol `graphql-transport-ws`) and
//! over event streams (graphql-sse in its mode of distinct connections).
//!
//! `message` is the WebSocket protocol's words, `conversation` one WebSocket, `operation` one
//! operation on it, `socket` the way in and out, `outbox` what waits to be read; `events` is the event stream; `caller` is who
//! speaks, looked at again and again.
//! Invariant: a request is prepared, priced and bounded as by POST, and nothing is sent to a token
//! that opens nothing any more.

mod caller;
mod conversation;
mod events;
mod message;
mod operation;
mod outbox;
mod socket;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(super) use events::{answered, streamed};
pub(super) use socket::{is_upgrade, upgrade};

/// The open connections of this process; a clone is the same list.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Streams {
    /// Tells all of them that the server stops.
    pub(super) fn stop(&self) {
        self.stopping.cancel();
    }

    /// Waits until they have said good-bye.
    pub(super) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
