//! A request and its reply, as the HTTP layer hands them over; it decides on statuses and headers.

use bytes::Bytes;
use serde::Deserialize;

/// The parameters of a GraphQL request.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphqlRequest {
    /// The document.
    pub query: String,
    /// Which operation of the document runs; needed when there are several.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// The values of the operation's variables.
    #[serde(default)]
    pub variables: Option<serde_json::Map<String, serde_json::Value>>,
    /// What clients send beside the document; nothing in it is used so far.
    #[serde(default)]
    pub extensions: Option<serde_json::Map<String, serde_json::Value>>,
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
