//! A WebSocket's way in and out: the handshake, the frames, and the good-bye.

use std::collections::HashMap;
use std::io::Result as IoResult;
use std::pin::pin;
use std::time::Duration;

use bellwether_domain::error_code::Refusal;
use bellwether_service::ConnectionPlace;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use poem::http::{HeaderMap, header};
use poem::web::websocket::{Message, WebSocket, WebSocketConfig, WebSocketStream};
use poem::{IntoResponse, Request, Response};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::conversation::Conversation;
use super::message::{Close, PROTOCOL};
use super::outbox::{Outbox, Waiting};
use crate::http::auth::bearer;
use crate::http::error::HttpError;
use crate::http::request_id::RequestId;
use crate::http::server::HttpState;

/// How long a client may take to answer a good-bye.
const GOOD_BYE: Duration = Duration::from_secs(1);

/// What is read of a connection at once; most messages are short.
const READ_BUFFER_BYTES: usize = 8 * 1024;

/// How many bytes longer than it may be a message is read, so that its sender hears which limit it
/// is over. A longer one ends the connection without a word.
const TOO_LARGE_BY_BYTES: usize = 4 * 1024;

/// Whether a request asks for a WebSocket.
pub(in crate::http) fn is_upgrade(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE);
    let upgrade = upgrade.and_then(|upgrade| upgrade.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Opens a WebSocket.
pub(in crate::http) async fn upgrade(
    request: &Request,
    state: &HttpState,
    id: &RequestId,
) -> Response {
    let socket = match opened(request, state).await {
        Ok(socket) => socket,
        Err(error) => return error.into_response(),
    };
    let (socket, place) = socket;
    let speaks_protocol = offers_protocol(request.headers());
    let header_token = bearer(request).ok().map(str::to_owned);
    let (state, id) = (state.clone(), id.as_str().to_owned());
    let tasks = state.streams.tasks.clone();
    let upgraded = socket.on_upgrade(move |socket| {
        tasks.track_future(async move {
            if speaks_protocol {
                converse(socket, &state, header_token, id, place).await;
            } else {
                let (sink, incoming) = socket.split();
                say_good_bye(sink, incoming, &Close::not_acceptable()).await;
            }
        })
    });
    upgraded.into_response()
}

async fn opened(
    request: &Request,
    state: &HttpState,
) -> Result<(WebSocket, ConnectionPlace), HttpError> {
    let place = state.services.connection_place()?;
    let socket = <WebSocket as poem::FromRequest>::from_request_without_body(request).await;
    let socket = socket.map_err(|error| {
        let message = format!("the WebSocket can't be opened: {error}");
        Refusal::invalid(message)
    })?;
    let bytes_max = state.graphql_body_bytes_max + TOO_LARGE_BY_BYTES;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .max_message_size(Some(bytes_max))
        .max_frame_size(Some(bytes_max));
    Ok((socket.protocols([PROTOCOL]).config(config), place))
}

/// Whether the client offers the one protocol that is spoken.
fn offers_protocol(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    offered
        .filter_map(|offered| offered.to_str().ok())
        .flat_map(|offered| offered.split(','))
        .any(|offered| offered.trim() == PROTOCOL)
}

async fn converse(
    socket: WebSocketStream,
    state: &HttpState,
    header_token: Option<String>,
    request_id: String,
    place: ConnectionPlace,
) {
    let config = state.services.config().subscriptions;
    let (mut sink, mut incoming) = socket.split();
    let (outbox, mut queue) = Outbox::new(&config);
    let mut conversation = Conversation {
        services: state.services.clone(),
        schema: state.schema.clone(),
        header_token,
        request_id: request_id.clone(),
        message_bytes_max: state.graphql_body_bytes_max,
        outbox,
        place,
        stopping: state.streams.stopping.clone(),
        caller: None,
        running: HashMap::new(),
    };
    let close = {
        let mut writing = pin!(write(&mut sink, &mut queue));
        tokio::select! {
            close = conversation.run(&mut incoming) => close,
            () = &mut writing => Close::Gone,
        }
    };
    // What waits for the client is for its operations, which end here.
    drop(conversation);
    if matches!(close, Close::For(..)) {
        tracing::debug!(request.id = %request_id, ?close, "a WebSocket is closed");
        say_good_bye(sink, incoming, &close).await;
    }
}

/// Writes what there is to write, until it can't.
async fn write(sink: &mut (impl Sink<Message> + Unpin), queue: &mut Receiver<Waiting<Message>>) {
    while let Some(waiting) = queue.recv().await {
        // Its room is taken until it is written.
        let Waiting { message, room } = waiting;
        if sink.send(message).await.is_err() {
            return;
        }
        drop(room);
    }
}

/// Tells the client why, and waits for its answer: closed with bytes unread, a connection is reset,
/// and the client may never see the reason.
async fn say_good_bye(
    mut sink: impl Sink<Message> + Unpin,
    mut incoming: impl Stream<Item = IoResult<Message>> + Unpin,
    close: &Close,
) {
    let Some(frame) = close.frame() else {
        return;
    };
    let good_bye = async {
        if sink.send(frame).await.is_ok() {
            while let Some(Ok(heard)) = incoming.next().await {
                if matches!(heard, Message::Close(_)) {
                    break;
                }
            }
        }
    };
    // Who doesn't answer is gone anyway.
    let _ = timeout(GOOD_BYE, good_bye).await;
}
