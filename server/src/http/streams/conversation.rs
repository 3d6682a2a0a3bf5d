//! One WebSocket's conversation: what the client may say when, and what it hears.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::Result as IoResult;
use std::time::Duration;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_schema::{ApiSchema, GraphqlRequest};
use bellwether_service::{ConnectionPlace, Services};
use futures_util::future::{AbortHandle, Abortable, BoxFuture, abortable};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, Stream, StreamExt};
use poem::web::websocket::Message;
use tokio::time::{Instant, Interval, interval_at};
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::message::{self, Close, Said};
use super::operation::{Ended, Operation};
use super::outbox::Outbox;

/// The operations that run.
type Running = FuturesUnordered<Abortable<BoxFuture<'static, Ended>>>;

/// What a conversation begins with.
pub(super) struct Conversation {
    pub(super) services: Services,
    pub(super) schema: ApiSchema,
    /// The bearer token of the request that opened the socket, for clients that can set headers.
    pub(super) header_token: Option<String>,
    pub(super) request_id: String,
    pub(super) message_bytes_max: usize,
    pub(super) outbox: Outbox<Message>,
    pub(super) place: ConnectionPlace,
    pub(super) stopping: CancellationToken,
    /// Known once `connection_init` is acknowledged.
    pub(super) caller: Option<Caller>,
    /// How to end the operations that run, by the client's ids.
    pub(super) running: HashMap<String, AbortHandle>,
}

/// What comes by itself.
struct Clocks {
    init: Interval,
    keep_alive: Interval,
    token_check: Interval,
}

impl Clocks {
    fn start(services: &Services) -> Self {
        let config = services.config().subscriptions;
        let every = |milliseconds| {
            let period = Duration::from_millis(milliseconds);
            interval_at(Instant::now() + period, period)
        };
        Self {
            init: every(config.init_timeout_ms),
            keep_alive: every(config.keep_alive_ms),
            token_check: every(config.token_check_ms),
        }
    }
}

impl Conversation {
    /// Speaks until there is a reason to close the socket.
    pub(super) async fn run(
        &mut self,
        incoming: impl Stream<Item = IoResult<Message>> + Unpin,
    ) -> Close {
        let Err(close) = self.speak(incoming).await;
        if close == Close::Slow {
            self.place.note_dropped();
        }
        close
    }

    async fn speak(
        &mut self,
        mut incoming: impl Stream<Item = IoResult<Message>> + Unpin,
    ) -> Result<Infallible, Close> {
        let mut clocks = Clocks::start(&self.services);
        let mut operations = Running::new();
        let stopping = self.stopping.clone();
        let mut is_alive = true;
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Err(Close::stopping()),
                _ = clocks.init.tick(), if self.caller.is_none() => {
                    return Err(Close::init_timeout());
                }
                _ = clocks.keep_alive.tick() => {
                    if !is_alive {
                        return Err(Close::silent());
                    }
                    is_alive = false;
                    self.say(Message::ping(Vec::new())).await?;
                }
                _ = clocks.token_check.tick() => self.check_token().await?,
                Some(ended) = operations.next(), if !operations.is_empty() => {
                    // One that its client has ended is forgotten already.
                    if let Ok(ended) = ended {
                        self.ended(ended)?;
                    }
                }
                heard = incoming.next() => {
                    let Some(Ok(heard)) = heard else {
                        return Err(Close::Gone);
                    };
                    is_alive = true;
                    if let Some(operation) = self.hear(heard).await? {
                        operations.push(operation);
                    }
                }
            }
        }
    }

    async fn say(&self, message: Message) -> Result<(), Close> {
        let n_bytes = message::length(&message);
        let said = self.outbox.put(message, n_bytes).await;
        said.map_err(|_| Close::Slow)
    }

    async fn check_token(&self) -> Result<(), Close> {
        let Some(caller) = &self.caller else {
            return Ok(());
        };
        match caller.has_fallen().await {
            Some(refusal) => Err(Close::forbidden(&refusal)),
            None => Ok(()),
        }
    }

    fn ended(&mut self, ended: Ended) -> Result<(), Close> {
        match ended {
            Ended::Whole(id) => {
                self.running.remove(&id);
                Ok(())
            }
            Ended::Slow => Err(Close::Slow),
            Ended::Refused(refusal) => Err(Close::refused(&refusal)),
        }
    }

    async fn hear(
        &mut self,
        heard: Message,
    ) -> Result<Option<Abortable<BoxFuture<'static, Ended>>>, Close> {
        let text = match heard {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Close::invalid("a message is text, not bytes")),
            Message::Close(_) => return Err(Close::Gone),
            Message::Ping(_) | Message::Pong(_) => return Ok(None),
        };
        let (limit, max) = self.message_bytes_max();
        if text.len() > max {
            return Err(Close::too_large(limit, max));
        }
        match message::read(&text)? {
            Said::Init { token } => self.greet(token).await?,
            Said::Ping { payload } => self.say(message::pong(payload.as_deref())).await?,
            Said::Pong => {}
            Said::Subscribe { id, request } => return self.subscribe(id, *request).await,
            Said::Complete { id } => {
                if let Some(running) = self.running.remove(&id) {
                    running.abort();
                }
            }
        }
        Ok(None)
    }

    /// How long a message may be, and which limit says so.
    fn message_bytes_max(&self) -> (&'static str, usize) {
        if self.caller.is_some() {
            return ("graphql_body_bytes_max", self.message_bytes_max);
        }
        let of_strangers = self.services.config().subscriptions.init_message_bytes_max;
        ("init_message_bytes_max", of_strangers)
    }

    async fn greet(&mut self, token: Option<String>) -> Result<(), Close> {
        if self.caller.is_some() {
            return Err(Close::too_many_inits());
        }
        let token = token.or_else(|| self.header_token.take());
        let token = token.ok_or_else(|| Close::forbidden(&no_token()))?;
        let caller = Caller::known_by(&self.services, token).await;
        let caller = caller.map_err(|refusal| Close::refused(&refusal))?;
        let claimed = self.place.claim(&caller.scope);
        claimed.map_err(|refusal| Close::try_later(&refusal))?;
        self.caller = Some(caller);
        self.say(message::acknowledged()).await
    }

    async fn subscribe(
        &mut self,
        id: String,
        request: GraphqlRequest,
    ) -> Result<Option<Abortable<BoxFuture<'static, Ended>>>, Close> {
        let caller = self.caller.clone().ok_or_else(Close::unauthorized)?;
        if self.running.contains_key(&id) {
            return Err(Close::duplicate(&id));
        }
        let place = match self.place.operation(self.running.len()) {
            Ok(place) => place,
            Err(refusal) => {
                self.say(message::refused(&id, &refusal)).await?;
                return Ok(None);
            }
        };
        let operation = Operation {
            id: id.clone(),
            request,
            request_id: self.request_id.clone(),
            caller,
            outbox: self.outbox.clone(),
            place,
        };
        let (running, end) = abortable(operation.run(self.schema.clone()).boxed());
        self.running.insert(id, end);
        Ok(Some(running))
    }
}

fn no_token() -> Refusal {
    let message =
        r#"no token; send {"Authorization": "Bearer bw_…"} as payload of connection_init"#;
    Refusal::new(ErrorCode::Unauthenticated, message)
}
