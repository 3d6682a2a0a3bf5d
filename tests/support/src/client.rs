//! Personas: clients with a token, who speak HTTP as any client does.

use std::io::Read;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

/// Somebody who calls the server.
#[derive(Debug, Clone)]
pub struct Persona {
    pub(crate) url: String,
    token: Option<String>,
    agent: Agent,
}

/// An HTTP answer: status, headers and body.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers by lower-case name; the last one of a name.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The body.
    pub text: String,
}

/// An HTTP answer whose body is any bytes.
#[derive(Debug, Clone)]
pub struct BytesReply {
    /// The status.
    pub status: u16,
    /// The headers by lower-case name; the last one of a name.
    pub headers: std::collections::BTreeMap<String, String>,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    fn of(response: Response<ureq::Body>) -> Self {
        let reply = BytesReply::of(response).expect("the body comes whole");
        Self {
            status: reply.status,
            headers: reply.headers,
            text: String::from_utf8(reply.bytes).expect("the body is text"),
        }
    }
}

impl BytesReply {
    fn of(response: Response<ureq::Body>) -> Option<Self> {
        let (parts, body) = response.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                value.to_str().unwrap_or("").to_owned(),
            )
        });
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).ok()?;
        Some(Self {
            status: parts.status.as_u16(),
            headers: headers.collect(),
            bytes,
        })
    }
}

impl Persona {
    /// A client of this server with this token, or none.
    pub fn new(url: &str, token: Option<&str>) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self {
            url: url.to_owned(),
            token: token.map(str::to_owned),
            agent: config.into(),
        }
    }

    /// The token, for command lines.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("this persona has a token")
    }

    /// Runs a GraphQL document and returns the whole response object.
    pub fn graphql(&self, query: &str) -> Value {
        self.post_json("/graphql", &json!({ "query": query }))
            .json()
    }

    /// Runs a GraphQL document that must succeed, and returns its `data`.
    pub fn data(&self, query: &str) -> Value {
        let mut response = self.graphql(query);
        assert!(
            response["errors"].is_null(),
            "{query}\nfailed: {response:#}"
        );
        response["data"].take()
    }

    /// Runs a GraphQL document that must fail, and returns its first error.
    pub fn error(&self, query: &str) -> Value {
        let mut response = self.graphql(query);
        assert!(
            response["errors"].is_array(),
            "{query}\nsucceeded: {response:#}"
        );
        response["errors"][0].take()
    }

    /// Posts JSON to an address.
    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        self.post(
            path,
            &[("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    /// Posts bytes to an address with these headers.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_post(path, headers, body)
            .expect("the server answers")
    }

    /// Posts bytes to an address; `None` when the server dies before it has answered.
    pub fn try_post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Reply> {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.send(body).ok().map(Reply::of)
    }

    /// Sends a request of any method, such as PUT, with these headers.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request
            .body(body.to_vec())
            .expect("the request is well-formed");
        Reply::of(self.agent.run(request).expect("the server answers"))
    }

    /// Gets an address with these headers.
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        Reply::of(self.response(path, headers))
    }

    /// Gets any bytes of an address; `None` when they break off.
    pub fn get_bytes(&self, path: &str, headers: &[(&str, &str)]) -> Option<BytesReply> {
        BytesReply::of(self.response(path, headers))
    }

    fn response(&self, path: &str, headers: &[(&str, &str)]) -> Response<ureq::Body> {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.call().expect("the server answers")
    }

    /// Sends a CSV report, with options such as `register=true`, and returns the answer.
    pub fn ingest_csv(&self, dataset: &str, brand: &str, options: &str, csv: &str) -> Reply {
        let path = format!("/v1/ingest/{dataset}?brand={brand}&{options}");
        self.post(&path, &[("content-type", "text/csv")], csv.as_bytes())
    }

    /// Sends a CSV report that must be committed whole; unknown campaigns are registered.
    pub fn commit_csv(&self, dataset: &str, brand: &str, csv: &str) -> Value {
        let reply = self.ingest_csv(dataset, brand, "register=true&platform=TIKTOK", csv);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    /// Sends a CSV file of exchange rates.
    pub fn send_rates(&self, options: &str, csv: &str) -> Reply {
        let path = format!("/v1/rates{options}");
        self.post(&path, &[("Content-Type", "text/csv")], csv.as_bytes())
    }

    /// Imports a CSV file of exchange rates.
    pub fn import_rates(&self, csv: &str) -> Value {
        let reply = self.send_rates("", csv);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }
}
