//! A client of event streams, as graphql-sse describes them.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::client::Persona;

/// How long a test waits until it fails in place of hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open event stream.
pub struct EventStream {
    lines: BufReader<Box<dyn Read + Send>>,
    /// The status of the response.
    pub status: u16,
    /// Its content type.
    pub content_type: String,
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Persona {
    /// The event stream of a document that is sent by POST.
    pub fn events(&self, query: &str) -> EventStream {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        let agent: Agent = config.into();
        let request = agent
            .post(format!("{}/graphql", self.url))
            .header("accept", "text/event-stream")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token()));
        let body = json!({ "query": query }).to_string();
        let response = request.send(body.as_bytes()).expect("the server answers");
        let content_type = response.headers().get("content-type");
        let content_type = content_type.and_then(|it| it.to_str().ok()).unwrap_or("");
        EventStream {
            status: response.status().as_u16(),
            content_type: content_type.to_owned(),
            lines: BufReader::new(Box::new(response.into_body().into_reader())),
        }
    }
}

impl EventStream {
    /// The next event and its data, which is null where it has none; `None` at the end.
    pub fn next_event(&mut self) -> Option<(String, Value)> {
        let (mut event, mut data) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            let n_bytes = self.lines.read_line(&mut line).ok()?;
            if n_bytes == 0 {
                return None;
            }
            let line = line.trim_end_matches('\n');
            if let Some(name) = line.strip_prefix("event: ") {
                name.clone_into(&mut event);
            } else if let Some(text) = line.strip_prefix("data:") {
                data.push_str(text.trim_start());
            } else if line.is_empty() && !event.is_empty() {
                return Some((event, serde_json::from_str(&data).unwrap_or_default()));
            }
        }
    }

    /// Reads comments until one comes; false at the end.
    pub fn hears_sign_of_life(&mut self) -> bool {
        let mut line = String::new();
        while self.lines.read_line(&mut line).is_ok_and(|n| n > 0) {
            if line.starts_with(':') {
                return true;
            }
            line.clear();
        }
        false
    }

    /// The data of the next `next`.
    pub fn data(&mut self) -> Value {
        match self.next_event() {
            Some((event, mut data)) if event == "next" => data["data"].take(),
            other => panic!("the stream has no event: {other:?}"),
        }
    }
}
