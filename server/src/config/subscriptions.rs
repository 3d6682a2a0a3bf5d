//! `[subscriptions]`: connections that stay open, and what they may take.

use bellwether_service::SubscriptionConfig;
use serde::Deserialize;

/// `[subscriptions]`
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionsSection {
    /// Sockets and event streams that are open at once.
    pub connections_max: usize,
    /// Of these, those whose client hasn't said who it is.
    pub unclaimed_connections_max: usize,
    /// Of these, those of one agency.
    pub connections_per_agency_max: usize,
    /// Of these, those of one token.
    pub connections_per_token_max: usize,
    /// Operations that run on one WebSocket at once.
    pub operations_per_connection_max: usize,
    /// Subscriptions of one agency, on all of its connections.
    pub subscriptions_per_agency_max: usize,
    /// How long a WebSocket may take until it sends `connection_init`.
    pub init_timeout_ms: u64,
    /// Bytes of a message before that.
    pub init_message_bytes_max: usize,
    /// How often a connection is sent a sign of life; a WebSocket that answers none is closed.
    pub keep_alive_ms: u64,
    /// How often the tokens of open connections are looked at, beside before every event.
    pub token_check_ms: u64,
    /// Messages that wait for a client to read them.
    pub queued_messages_max: usize,
    /// Bytes of these; one message alone may be longer.
    pub queued_bytes_max: usize,
    /// How long one more message waits for room; then the client is disconnected.
    pub send_wait_ms: u64,
    /// Commits that come within so long are told of in one event.
    pub coalesce_ms: u64,
    /// How often a catalogue on PostgreSQL is asked for commits.
    pub poll_ms: u64,
}

impl Default for SubscriptionsSection {
    fn default() -> Self {
        Self {
            connections_max: 2_000,
            unclaimed_connections_max: 200,
            connections_per_agency_max: 500,
            connections_per_token_max: 50,
            operations_per_connection_max: 50,
            subscriptions_per_agency_max: 1_000,
            init_timeout_ms: 5_000,
            init_message_bytes_max: 8 * 1024,
            keep_alive_ms: 15_000,
            token_check_ms: 10_000,
            queued_messages_max: 64,
            queued_bytes_max: 8 * 1024 * 1024,
            send_wait_ms: 10_000,
            coalesce_ms: 250,
            poll_ms: 1_000,
        }
    }
}

impl SubscriptionsSection {
    /// What the services are configured with.
    pub(super) fn read(&self) -> SubscriptionConfig {
        SubscriptionConfig {
            connections_max: self.connections_max,
            unclaimed_connections_max: self.unclaimed_connections_max,
            connections_per_agency_max: self.connections_per_agency_max,
            connections_per_token_max: self.connections_per_token_max,
            operations_per_connection_max: self.operations_per_connection_max,
            subscriptions_per_agency_max: self.subscriptions_per_agency_max,
            // An interval of nothing would be one without end.
            init_timeout_ms: self.init_timeout_ms.max(1),
            init_message_bytes_max: self.init_message_bytes_max,
            keep_alive_ms: self.keep_alive_ms.max(1),
            token_check_ms: self.token_check_ms.max(1),
            queued_messages_max: self.queued_messages_max.max(1),
            queued_bytes_max: self.queued_bytes_max.max(1),
            send_wait_ms: self.send_wait_ms,
            coalesce_ms: self.coalesce_ms.max(1),
            poll_ms: self.poll_ms.max(1),
        }
    }
}
