//! A client of `graphql-transport-ws` that says just what a test has it say.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Error, Message, WebSocket, connect};

use crate::client::Persona;

/// How long a test waits until it fails in place of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    inner: WebSocket<MaybeTlsStream<TcpStream>>,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A message of the protocol.
    Message(Value),
    /// The server closed the socket with this code and reason.
    Closed(u16, String),
    /// The connection ended without a word.
    Gone,
}

impl Persona {
    /// A WebSocket on which nothing has been said yet, with these headers besides.
    pub fn socket(&self, protocol: Option<&str>, headers: &[(&'static str, &str)]) -> Socket {
        let url = self.url.replacen("http", "ws", 1) + "/graphql";
        let mut request = url.into_client_request().expect("the address is one");
        let value = |text: &str| HeaderValue::from_str(text).expect("the header is text");
        if let Some(protocol) = protocol {
            let sent = request.headers_mut();
            sent.insert("sec-websocket-protocol", value(protocol));
        }
        for (name, text) in headers {
            request.headers_mut().insert(*name, value(text));
        }
        // A server that chooses no protocol is for the test to judge.
        let opened = connect(request);
        let (inner, _) = match opened {
            Ok(opened) => opened,
            Err(error) => panic!("the WebSocket doesn't open: {error}"),
        };
        let MaybeTlsStream::Plain(stream) = inner.get_ref() else {
            panic!("tests speak without TLS");
        };
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("the socket takes a timeout");
        Socket { inner }
    }

    /// A WebSocket of the protocol on which nothing has been said yet.
    pub fn silent_socket(&self) -> Socket {
        self.socket(Some("graphql-transport-ws"), &[])
    }

    /// A WebSocket whose `connection_init` with the persona's token is acknowledged.
    pub fn connected(&self) -> Socket {
        let mut socket = self.silent_socket();
        socket.say(&self.init());
        assert_eq!(
            socket.hear(),
            Heard::Message(json!({ "type": "connection_ack" }))
        );
        socket
    }

    /// `connection_init` with the persona's token.
    pub fn init(&self) -> Value {
        let token = format!("Bearer {}", self.token());
        json!({ "type": "connection_init", "payload": { "Authorization": token } })
    }
}

impl Socket {
    /// Says a message of the protocol.
    pub fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string());
    }

    /// Says whatever text; who has gone doesn't hear it.
    pub fn say_text(&mut self, text: &str) {
        let _ = self.inner.send(Message::text(text));
    }

    /// Says bytes.
    pub fn say_bytes(&mut self, bytes: &[u8]) {
        let _ = self.inner.send(Message::binary(bytes.to_vec()));
    }

    /// Asks for an operation under an id.
    pub fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({ "id": id, "type": "subscribe", "payload": { "query": query } }));
    }

    /// Wants no more of an operation.
    pub fn complete(&mut self, id: &str) {
        self.say(&json!({ "id": id, "type": "complete" }));
    }

    /// What the server says next; pings are answered on the way.
    pub fn hear(&mut self) -> Heard {
        loop {
            match self.inner.read() {
                Ok(Message::Text(text)) => {
                    let message = serde_json::from_str(&text);
                    return Heard::Message(message.expect("the server speaks JSON"));
                }
                Ok(Message::Close(Some(frame))) => {
                    return Heard::Closed(frame.code.into(), frame.reason.to_string());
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("the server says nothing");
                }
                Err(_) => return Heard::Gone,
            }
        }
    }

    /// Waits for a sign of life.
    pub fn hear_ping(&mut self) {
        while !matches!(self.inner.read(), Ok(Message::Ping(_))) {}
    }

    /// Reads what comes, answering nothing, until the connection is over.
    pub fn read_deaf(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        if let MaybeTlsStream::Plain(stream) = self.inner.get_mut() {
            // A reset is an end too.
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    }

    /// The next message, which must not be a good-bye.
    pub fn message(&mut self) -> Value {
        match self.hear() {
            Heard::Message(message) => message,
            other => panic!("the server says no more: {other:?}"),
        }
    }

    /// The code and reason of the good-bye, which must come next.
    pub fn closed(&mut self) -> (u16, String) {
        match self.hear() {
            Heard::Closed(code, reason) => (code, reason),
            other => panic!("the server doesn't say good-bye: {other:?}"),
        }
    }

    /// Reads until the connection is over, and tells how.
    pub fn end(&mut self) -> Heard {
        loop {
            match self.hear() {
                Heard::Message(_) => {}
                end => return end,
            }
        }
    }

    /// The data of the next event of a subscription under this id.
    pub fn event(&mut self, id: &str) -> Value {
        let mut message = self.message();
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("next"), &json!(id)),
            "{message}"
        );
        message["payload"]["data"].take()
    }
}
