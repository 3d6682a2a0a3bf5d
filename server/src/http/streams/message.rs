//! The words of `graphql-transport-ws`: messages in, messages out, and why a socket is closed.

use std::borrow::Cow;

use bellwether_domain::error_code::Refusal;
use bellwether_schema::{GraphqlReply, GraphqlRequest, ReplyOutcome};
use poem::web::websocket::{CloseCode, Message};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::caller::is_about_token;
use crate::http::error::refusal_json;

/// The subprotocol, the only one that is spoken.
pub(super) const PROTOCOL: &str = "graphql-transport-ws";

/// The most bytes of a reason that a close frame can carry.
const REASON_BYTES_MAX: usize = 123;

/// What a client says.
#[derive(Debug)]
pub(super) enum Said {
    /// `connection_init`, with the bearer token that its payload names.
    Init { token: Option<String> },
    /// `ping`, with its payload.
    Ping { payload: Option<Box<RawValue>> },
    /// `pong`.
    Pong,
    /// `subscribe`: an operation under an id of the client's.
    Subscribe {
        id: String,
        request: Box<GraphqlRequest>,
    },
    /// `complete`: the client wants no more of the operation.
    Complete { id: String },
}

/// Why a socket is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// By the server, with this code and reason.
    For(u16, String),
    /// The client has gone.
    Gone,
    /// The client doesn't read what it is sent.
    Slow,
}

impl Close {
    pub(super) fn invalid(reason: impl Into<String>) -> Self {
        Self::For(4400, reason.into())
    }

    pub(super) fn unauthorized() -> Self {
        Self::For(4401, "Unauthorized".to_owned())
    }

    pub(super) fn forbidden(refusal: &Refusal) -> Self {
        Self::For(4403, format!("Forbidden: {}", refusal.message))
    }

    /// Where a token doesn't open the connection: for good, or because nobody can tell at the
    /// moment. Clients come back after 1013 and after 4403 they don't.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        if is_about_token(refusal) {
            Self::forbidden(refusal)
        } else {
            Self::try_later(refusal)
        }
    }

    pub(super) fn not_acceptable() -> Self {
        Self::For(4406, format!("Subprotocol not acceptable; use {PROTOCOL}"))
    }

    pub(super) fn init_timeout() -> Self {
        Self::For(4408, "Connection initialisation timeout".to_owned())
    }

    pub(super) fn duplicate(id: &str) -> Self {
        Self::For(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn too_many_inits() -> Self {
        Self::For(4429, "Too many initialisation requests".to_owned())
    }

    pub(super) fn stopping() -> Self {
        Self::For(1001, "The server stops; connect again".to_owned())
    }

    pub(super) fn silent() -> Self {
        Self::For(1001, "No sign of life within keep_alive_ms".to_owned())
    }

    pub(super) fn too_large(limit: &str, max: usize) -> Self {
        Self::For(
            1009,
            format!("a message is over the limit {limit} of {max}"),
        )
    }

    /// Where there is no place at the moment; clients come back after a while.
    pub(super) fn try_later(refusal: &Refusal) -> Self {
        Self::For(1013, refusal.message.clone())
    }

    /// The frame, unless nobody is there to read it.
    pub(super) fn frame(&self) -> Option<Message> {
        let Self::For(code, reason) = self else {
            return None;
        };
        let end = reason.floor_char_boundary(REASON_BYTES_MAX);
        let reason = reason[..end].to_owned();
        Some(Message::Close(Some((CloseCode::from(*code), reason))))
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    id: Option<String>,
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

/// What a text says; a message that the protocol doesn't have closes the socket.
pub(super) fn read(text: &str) -> Result<Said, Close> {
    let envelope: Envelope<'_> = serde_json::from_str(text)
        .map_err(|_| Close::invalid("a message is a JSON object with a text `type`"))?;
    // A payload that is null is none.
    let payload = envelope.payload.filter(|payload| payload.get() != "null");
    match &*envelope.kind {
        "connection_init" => Ok(Said::Init {
            token: token_of(object(payload, "connection_init")?),
        }),
        "ping" => Ok(Said::Ping {
            payload: object(payload, "ping")?.map(ToOwned::to_owned),
        }),
        "pong" => object(payload, "pong").map(|_| Said::Pong),
        "subscribe" => Ok(Said::Subscribe {
            id: id_of(envelope.id, "subscribe")?,
            request: request_of(payload)?,
        }),
        "complete" => Ok(Said::Complete {
            id: id_of(envelope.id, "complete")?,
        }),
        other => Err(Close::invalid(format!("no message has the type `{other}`"))),
    }
}

fn object<'a>(payload: Option<&'a RawValue>, of: &str) -> Result<Option<&'a RawValue>, Close> {
    match payload {
        Some(other) if !other.get().starts_with('{') => {
            let message = format!("the payload of `{of}` is an object or null");
            Err(Close::invalid(message))
        }
        payload => Ok(payload),
    }
}

fn id_of(id: Option<String>, of: &str) -> Result<String, Close> {
    let id = id.filter(|id| !id.is_empty());
    id.ok_or_else(|| Close::invalid(format!("`{of}` needs an `id`, a text that isn't empty")))
}

fn request_of(payload: Option<&RawValue>) -> Result<Box<GraphqlRequest>, Close> {
    let payload = object(payload, "subscribe")?;
    let payload = payload.ok_or_else(|| Close::invalid("`subscribe` needs a payload"))?;
    let request = GraphqlRequest::from_json(payload.get().as_bytes());
    let request = request.map_err(|refusal| Close::invalid(refusal.message))?;
    Ok(Box::new(request))
}

/// The bearer token of a `connection_init`: `{"Authorization": "Bearer bw_…"}`, in any case, or the
/// same in an object `headers`, as some clients put it.
fn token_of(payload: Option<&RawValue>) -> Option<String> {
    let payload: Value = serde_json::from_str(payload?.get()).ok()?;
    let entry = |of: &Value, name: &str| {
        let mut entries = of.as_object()?.iter();
        let found = entries.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    let name = "authorization";
    let given = entry(&payload, name).or_else(|| entry(&entry(&payload, "headers")?, name))?;
    let (scheme, token) = given.as_str()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// `connection_ack`.
pub(super) fn acknowledged() -> Message {
    Message::text(json!({ "type": "connection_ack" }).to_string())
}

/// `pong`, with the payload of its ping.
pub(super) fn pong(payload: Option<&RawValue>) -> Message {
    Message::text(match payload {
        Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
        None => r#"{"type":"pong"}"#.to_owned(),
    })
}

/// `next` of an operation that goes on or has run; `error` of one that did not run.
pub(super) fn answer(id: &str, reply: &GraphqlReply) -> Message {
    let body = str::from_utf8(&reply.body).unwrap_or("null");
    match errors_alone(reply, body) {
        Some(errors) => of_operation("error", id, errors),
        None => of_operation("next", id, body),
    }
}

/// How many bytes a message has, its frame apart.
pub(super) fn length(message: &Message) -> usize {
    match message {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => REASON_BYTES_MAX,
    }
}

/// Whether the reply ends its operation by itself, without a `complete`.
pub(super) fn is_error(reply: &GraphqlReply) -> bool {
    reply.outcome != ReplyOutcome::Executed
}

/// `error` of an operation that can't begin.
pub(super) fn refused(id: &str, refusal: &Refusal) -> Message {
    of_operation("error", id, &json!([error_of(refusal)]).to_string())
}

/// `complete`.
pub(super) fn complete(id: &str) -> Message {
    Message::text(json!({ "id": id, "type": "complete" }).to_string())
}

/// A refusal as GraphQL's errors are.
pub(super) fn error_of(refusal: &Refusal) -> Value {
    let mut extensions = refusal_json(refusal);
    if let Some(object) = extensions.as_object_mut() {
        object.remove("message");
    }
    json!({ "message": refusal.message, "extensions": extensions })
}

fn of_operation(kind: &str, id: &str, payload: &str) -> Message {
    let id = Value::from(id);
    Message::text(format!(
        r#"{{"id":{id},"type":"{kind}","payload":{payload}}}"#
    ))
}

/// The list of errors of a reply to a request that did not run.
fn errors_alone<'a>(reply: &GraphqlReply, body: &'a str) -> Option<&'a str> {
    #[derive(Deserialize)]
    struct Errors<'a> {
        #[serde(borrow)]
        errors: &'a RawValue,
    }
    if !is_error(reply) {
        return None;
    }
    let body: Errors<'a> = serde_json::from_str(body).ok()?;
    Some(body.errors.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> u16 {
        match read(text) {
            Err(Close::For(code, _)) => code,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn what_the_protocol_does_not_have_is_4400() {
        for text in [
            "",
            "[]",
            "7",
            "{}",
            r#"{"type": 7}"#,
            r#"{"type": "start", "id": "1"}"#,
            r#"{"type": "connection_init", "payload": "bw_"}"#,
            r#"{"type": "ping", "payload": []}"#,
            r#"{"type": "pong", "payload": 1}"#,
            r#"{"type": "complete"}"#,
            r#"{"type": "complete", "id": ""}"#,
            r#"{"type": "subscribe", "payload": {"query": "{ a }"}}"#,
            r#"{"type": "subscribe", "id": 1, "payload": {"query": "{ a }"}}"#,
            r#"{"type": "subscribe", "id": "1"}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {}}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {"query": 7}}"#,
            r#"{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}}"#,
        ] {
            assert_eq!(code(text), 4400, "{text}");
        }
    }

    #[test]
    fn every_message_of_the_protocol_is_read() {
        let init = read(r#"{"type": "connection_init", "payload": null, "more": 1}"#);
        assert!(matches!(init, Ok(Said::Init { token: None })));
        assert!(matches!(read(r#"{"type": "pong"}"#), Ok(Said::Pong)));
        let ping = read(r#"{"type": "ping", "payload": {"a": 1}}"#);
        assert!(matches!(ping, Ok(Said::Ping { payload: Some(it) }) if it.get() == r#"{"a": 1}"#));
        let subscribe = r#"{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "operationName": null, "variables": null, "extensions": null}}"#;
        assert!(matches!(read(subscribe), Ok(Said::Subscribe { id, .. }) if id == "1"));
        let complete = read(r#"{"type": "complete", "id": "1"}"#);
        assert!(matches!(complete, Ok(Said::Complete { id }) if id == "1"));
    }

    #[test]
    fn the_token_is_found_where_clients_put_it() {
        for payload in [
            r#"{"Authorization": "Bearer bw_x"}"#,
            r#"{"authorization": "bearer bw_x "}"#,
            r#"{"headers": {"Authorization": "Bearer bw_x"}}"#,
        ] {
            let text = format!(r#"{{"type": "connection_init", "payload": {payload}}}"#);
            assert!(
                matches!(read(&text), Ok(Said::Init { token: Some(token) }) if token == "bw_x"),
                "{payload}"
            );
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let frame = Close::For(4400, "ü".repeat(100)).frame();
        let Some(Message::Close(Some((_, reason)))) = frame else {
            panic!("a close has a frame");
        };
        assert_eq!(reason.len(), 122);
    }
}
