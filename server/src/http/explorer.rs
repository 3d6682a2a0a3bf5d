//! `GET /explorer`: `GraphiQL` with a box for the token and sample queries, for people.
//!
//! Loading the page needs no token, because it holds no data: whoever uses it asks `/graphql` with
//! a token of their own. Invariant: the page comes from this executable alone, and its policy lets
//! the browser reach no other address.

mod assets;

use poem::http::{HeaderMap, HeaderName, StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse, Request, Response, handler};

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

use self::assets::{Asset, Representation};
use super::error::HttpError;

/// What the browser may do on behalf of the page. Scripts and workers are files of this server and
/// nothing else. Styles may stand in the page, because the editor sets the place of every line and
/// the colour of every word by them; a style can't send anything anywhere, since no other address
/// may be loaded.
const POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
     connect-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers of every file. Names stay the same from version to version, so a browser asks each time
/// whether its copy still is the one: mostly it is, and nothing is sent.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-cache"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// `GET /explorer`.
#[handler]
pub(super) fn page(request: &Request) -> Response {
    answered(request.headers(), "")
}

/// `GET /explorer/{name}`: a file that the page refers to.
#[handler]
pub(super) fn file(request: &Request, Path(name): Path<String>) -> Response {
    answered(request.headers(), &name)
}

fn answered(asked: &HeaderMap, name: &str) -> Response {
    let Some(asset) = Asset::named(name) else {
        let message = "the explorer has no such file; `GET /explorer` is its page";
        return HttpError::from(Refusal::new(ErrorCode::NotFound, message)).into_response();
    };
    let Representation {
        etag,
        is_gzip,
        body,
    } = asset.represented(takes_gzip(asked));
    let mut response = Response::builder().header(header::ETAG, &etag);
    for (name, value) in HEADERS {
        response = response.header(name, value);
    }
    if asset.varies() {
        response = response.header(header::VARY, "Accept-Encoding");
    }
    if has_copy(asked, &etag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    if is_gzip {
        response = response.header(header::CONTENT_ENCODING, "gzip");
    }
    response.content_type(asset.content_type).body(body)
}

/// Whether the client takes gzip. Without a word about it, it gets the file as it is.
fn takes_gzip(asked: &HeaderMap) -> bool {
    items(asked, &header::ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let is_refused = parts
            .filter_map(|parameter| parameter.strip_prefix("q="))
            .any(|weight| weight.parse() == Ok(0.0_f32));
        is_gzip && !is_refused
    })
}

/// Whether the client says that it has this representation.
fn has_copy(asked: &HeaderMap, etag: &str) -> bool {
    items(asked, &header::IF_NONE_MATCH).any(|tag| {
        // A cache on the way may have weakened the tag; for a GET it is the same still.
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

/// The items of a header's comma-separated lists.
fn items<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lists = asked.get_all(name).iter();
    let lists = lists.filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim)
}
