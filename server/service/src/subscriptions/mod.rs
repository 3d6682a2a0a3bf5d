//! Subscriptions: who is connected, and when the answer to a question has changed.
//!
//! `recent` knows the newest commits of the agencies that somebody listens to, `watch` tells one
//! listener what they mean for its question, `places` bounds connections and what runs on them.
//! Invariant: nobody is told of a brand that they don't see; what is told may be too much, never
//! too little.

mod places;
mod recent;
#[cfg(test)]
mod tests;
mod watch;

use bellwether_domain::limits::Limit;

pub(crate) use places::ConnectionPlaces;
pub use places::{ConnectionCounts, ConnectionPlace, OperationPlace};
pub(crate) use recent::RecentCommits;
pub use watch::{ChangeReason, MetricsChanged, MetricsWatch};

/// What connections that stay open may take.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionConfig {
    /// The most connections of this process.
    pub connections_max: usize,
    /// The most connections whose client hasn't said who it is.
    pub unclaimed_connections_max: usize,
    /// The most connections of one agency.
    pub connections_per_agency_max: usize,
    /// The most connections of one token.
    pub connections_per_token_max: usize,
    /// The most operations that run on one connection at once.
    pub operations_per_connection_max: usize,
    /// The most subscriptions of one agency, on all of its connections.
    pub subscriptions_per_agency_max: usize,
    /// How long a WebSocket may take until it says who it is, in milliseconds.
    pub init_timeout_ms: u64,
    /// The most bytes of a message before it has said so.
    pub init_message_bytes_max: usize,
    /// How often a silent connection is sent a sign of life; one that answers none until the next
    /// is closed. In milliseconds.
    pub keep_alive_ms: u64,
    /// How often the token of a connection is looked at, in milliseconds; it also is before every
    /// event.
    pub token_check_ms: u64,
    /// The most messages that wait for a client to read them.
    pub queued_messages_max: usize,
    /// The most bytes of them; one message alone may be longer.
    pub queued_bytes_max: usize,
    /// How long a message may wait for room among them, in milliseconds.
    pub send_wait_ms: u64,
    /// Commits within so many milliseconds are told of in one event.
    pub coalesce_ms: u64,
    /// How often a catalogue that others may write to is asked for commits, in milliseconds.
    pub poll_ms: u64,
}

impl SubscriptionConfig {
    /// Few places, and everything soon.
    #[cfg(test)]
    pub(crate) const fn of_tests() -> Self {
        Self {
            connections_max: 4,
            unclaimed_connections_max: 2,
            connections_per_agency_max: 3,
            connections_per_token_max: 2,
            operations_per_connection_max: 2,
            subscriptions_per_agency_max: 2,
            init_timeout_ms: 1_000,
            init_message_bytes_max: 1_000,
            keep_alive_ms: 1_000,
            token_check_ms: 1_000,
            queued_messages_max: 4,
            queued_bytes_max: 1_000_000,
            send_wait_ms: 1_000,
            coalesce_ms: 1,
            poll_ms: 1,
        }
    }

    /// The limits by name, with their values in force.
    pub(crate) fn limits(&self) -> Vec<Limit> {
        vec![
            Limit::of_size(
                "connections_max",
                self.connections_max,
                "WebSockets and event streams that are open at once.",
            ),
            Limit::of_size(
                "unclaimed_connections_max",
                self.unclaimed_connections_max,
                "WebSockets that are open at once and whose `connection_init` hasn't been accepted.",
            ),
            Limit::of_size(
                "connections_per_agency_max",
                self.connections_per_agency_max,
                "WebSockets and event streams of one agency that are open at once.",
            ),
            Limit::of_size(
                "connections_per_token_max",
                self.connections_per_token_max,
                "WebSockets and event streams of one token that are open at once.",
            ),
            Limit::of_size(
                "operations_per_connection_max",
                self.operations_per_connection_max,
                "Operations, subscriptions among them, that run on one WebSocket at once.",
            ),
            Limit::of_size(
                "subscriptions_per_agency_max",
                self.subscriptions_per_agency_max,
                "Subscriptions of one agency, on all of its connections; past them it is `RATE_LIMITED`.",
            ),
            Limit::new(
                "init_timeout_ms",
                self.init_timeout_ms,
                "Milliseconds until a WebSocket must have sent `connection_init`.",
            ),
            Limit::of_size(
                "init_message_bytes_max",
                self.init_message_bytes_max,
                "Bytes of a message on a WebSocket whose `connection_init` hasn't been accepted.",
            ),
            Limit::of_size(
                "queued_messages_max",
                self.queued_messages_max,
                "Messages that wait for a client to read them.",
            ),
            Limit::of_size(
                "queued_bytes_max",
                self.queued_bytes_max,
                "Bytes of the messages that wait for a client to read them; one message alone may be longer.",
            ),
            Limit::new(
                "send_wait_ms",
                self.send_wait_ms,
                "Milliseconds that a further message waits; then the client is disconnected.",
            ),
        ]
    }
}
