//! A request and its reply, as the HTTP layer hands them over; it decides on statuses and headers.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The parameters of a GraphQL request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GraphqlRequest {
    /// The document.
    pub query: Option<String>,
    /// The id of a trusted document, in place of its text.
    pub document_id: Option<String>,
    /// Which operation of the document runs; needed when there are several.
    pub operation_name: Option<String>,
    /// The values of the operation's variables, a JSON object; read once its size is known to be
    /// within the limits.
    pub variables: Option<Box<RawValue>>,
    /// What clients send beside the document.
    pub extensions: Option<Map<String, Value>>,
}

impl GraphqlRequest {
    /// The request that a body of JSON holds; refuses one that no document can be run by.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let is_list = body.trim_ascii_start().first() == Some(&b'[');
        if is_list && serde_json::from_slice::<&RawValue>(body).is_ok() {
            let message = "several requests in one array are not accepted; send one at a time";
            return Err(Refusal::new(ErrorCode::BatchingDisabled, message));
        }
        let request: Self = serde_json::from_slice(body).map_err(|error| {
            Refusal::invalid(if error.is_data() {
                format!("the request is malformed: {error}")
            } else {
                format!("the body is not JSON: {error}")
            })
        })?;
        request.checked()
    }

    /// The request of an address's parameters by name; those that are JSON are texts as yet.
    pub fn from_parameters(mut given: impl FnMut(&str) -> Option<String>) -> Result<Self, Refusal> {
        let variables = given("variables").map(RawValue::from_string).transpose();
        let extensions = given("extensions");
        let extensions = extensions.as_deref().map(serde_json::from_str).transpose();
        let request = Self {
            query: given("query"),
            document_id: given("documentId"),
            operation_name: given("operationName"),
            variables: variables.map_err(|_| not_an_object("variables"))?,
            extensions: extensions.map_err(|_| not_an_object("extensions"))?,
        };
        request.checked()
    }

    fn checked(self) -> Result<Self, Refusal> {
        let names_one = self.document_id.is_some() || self.extension("persistedQuery").is_some();
        if self.query.is_none() && !names_one {
            let message =
                "the request needs a text `query`, or the `documentId` of a trusted document";
            return Err(Refusal::invalid(message).at("query"));
        }
        let variables = self.variables.as_ref().map(|variables| variables.get());
        if variables.is_some_and(|text| !text.starts_with('{')) {
            return Err(not_an_object("variables"));
        }
        Ok(self)
    }

    fn extension(&self, name: &str) -> Option<&Value> {
        self.extensions.as_ref()?.get(name)
    }

    /// Whether the answer shall tell what it cost.
    pub(crate) fn wants_cost(&self) -> bool {
        self.extension("cost") == Some(&Value::Bool(true))
    }
}

fn not_an_object(name: &str) -> Refusal {
    Refusal::invalid(format!("`{name}` is not a JSON object")).at(name)
}

/// The HTTP method by which a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Queries and mutations.
    Post,
    /// Queries only.
    Get,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyOutcome {
    /// It ran: the body has `data`, and `errors` where fields failed.
    Executed,
    /// It did not run, because it can't be read, is not valid or passes a limit: no `data`.
    RequestError,
    /// It did not run, because a mutation came by GET: no `data`.
    MutationByGet,
    /// It did not run to its end, because too much is asked for at the moment: no `data`.
    ComeBack {
        /// The code of its error.
        code: ErrorCode,
        /// After how many seconds it can be sent again.
        after_s: u32,
    },
}

/// The reply to a request.
#[derive(Debug, Clone)]
pub struct GraphqlReply {
    /// The body as JSON text in UTF-8.
    pub body: Bytes,
    /// What became of the request.
    pub outcome: ReplyOutcome,
    /// Whether it ran without any error.
    pub is_whole: bool,
}
