//! What a client of GraphQL accepts: one of the two media types of answers, an event stream, or
//! both.

use bellwether_domain::error_code::Refusal;
use poem::http::{HeaderMap, header};

/// The two media types of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: request errors are 400.
    GraphqlResponse,
    /// `application/json`: a well-formed request with an invalid document is 200.
    Json,
}

impl Media {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// When an answer is an event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamUse {
    /// Never: the client doesn't accept one.
    Never,
    /// When it can't be anything else: clients that list all that they can read list this too.
    ForSubscriptions,
    /// Always: the client accepts nothing else, or nothing rather.
    Always,
}

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The media type of an answer that is no stream, and of refusals.
    pub(super) media: Media,
    /// When it is a stream.
    pub(super) stream: StreamUse,
}

/// What the headers accept; without an `Accept` it is `application/json`, as clients before 2025
/// expect.
pub(super) fn accepted(headers: &HeaderMap) -> Result<Accepted, Refusal> {
    let accept = headers.get(header::ACCEPT);
    let Some(accept) = accept.and_then(|value| value.to_str().ok()) else {
        return Ok(Accepted {
            media: Media::Json,
            stream: StreamUse::Never,
        });
    };
    read(accept).ok_or_else(|| {
        Refusal::invalid(
            "answers come as `application/graphql-response+json` or `application/json`, subscriptions also as `text/event-stream`; accept one of them",
        )
    })
}

fn read(accept: &str) -> Option<Accepted> {
    let mut accepted = None;
    let mut stream = StreamUse::Never;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        if parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000")) {
            continue;
        }
        match media.as_str() {
            "application/graphql-response+json" => accepted = Some(Media::GraphqlResponse),
            "application/json" | "application/*" | "*/*" => {
                accepted = accepted.or(Some(Media::Json));
            }
            "text/event-stream" => {
                stream = match accepted {
                    None => StreamUse::Always,
                    Some(_) => StreamUse::ForSubscriptions,
                };
            }
            _ => {}
        }
    }
    match (accepted, stream) {
        (None, StreamUse::Never) => None,
        (media, stream) => Some(Accepted {
            media: media.unwrap_or(Media::Json),
            stream,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_for_whoever_names_it_first_and_else_for_subscriptions_alone() {
        let cases = [
            ("text/event-stream", Some((Media::Json, StreamUse::Always))),
            (
                "text/event-stream, multipart/mixed",
                Some((Media::Json, StreamUse::Always)),
            ),
            (
                "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
                Some((Media::GraphqlResponse, StreamUse::ForSubscriptions)),
            ),
            ("*/*", Some((Media::Json, StreamUse::Never))),
            (
                "application/json, text/event-stream;q=0",
                Some((Media::Json, StreamUse::Never)),
            ),
            ("text/html", None),
        ];
        for (accept, expected) in cases {
            let read = read(accept).map(|accepted| (accepted.media, accepted.stream));
            assert_eq!(read, expected, "{accept}");
        }
    }
}
