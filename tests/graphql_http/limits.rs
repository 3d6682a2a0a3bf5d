//! The limits: each holds on both sides, names itself, and costs the server next to nothing.

use std::time::{Duration, Instant};

use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::{Value, json};

use super::assert_refused;
use crate::given::{BELLWETHER, an_empty_server};
use crate::metrics::APRIL;

/// Small limits, so that both sides of each are short to write.
fn tight() -> TestServer {
    TestServer::with_config(
        BELLWETHER,
        "[limits]\ngraphql_body_bytes_max = 2000\ndocument_bytes_max = 1000\ndepth_max = 4\naliases_max = 3\n\
         directives_max = 3\nroot_fields_max = 2\ncomplexity_max = 100\nexpanded_selections_max = 30\n",
    )
}

fn run(persona: &Persona, query: &str) -> Reply {
    persona.post_json("/graphql", &json!({ "query": query }))
}

fn assert_accepted(persona: &Persona, query: &str) {
    let reply = run(persona, query);
    assert!(reply.json()["errors"].is_null(), "{query}\n{}", reply.text);
}

/// Refused as too complex, with the limit's name in the message.
fn assert_too_complex(persona: &Persona, query: &str, limit: &str) {
    let reply = run(persona, query);
    assert_refused(&reply, 200, "QUERY_TOO_COMPLEX");
    let message = reply.json()["errors"][0]["message"].take();
    assert!(
        message
            .as_str()
            .is_some_and(|message| message.contains(limit)),
        "{query}\n{message}"
    );
}

/// Two spreads of the next fragment in each fragment: `levels` of them double the work each.
fn exponential(levels: usize) -> String {
    let fragment = |n: usize| format!("fragment f{n} on Query{{...f{0} ...f{0}}}", n + 1);
    let doubling: String = (0..levels).map(fragment).collect();
    format!("{{...f0}}{doubling}fragment f{levels} on Query{{__typename}}")
}

/// A valid document padded with a comment to this many bytes.
fn of_length(bytes: usize) -> String {
    let document = "{ viewer { role } } #";
    format!("{document}{}", "x".repeat(bytes - document.len()))
}

#[test]
fn a_document_of_848_bytes_that_doubles_in_every_fragment_costs_nothing() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let attack = (1..40)
        .map(exponential)
        .find(|document| document.len() >= 848)
        .expect("it grows");
    assert!(attack.len() < 900, "{} bytes", attack.len());
    let started = Instant::now();
    assert_refused(&run(&viewer, &attack), 200, "QUERY_TOO_COMPLEX");
    assert_refused(&run(&viewer, &exponential(60)), 200, "QUERY_TOO_COMPLEX");
    assert_accepted(&viewer, "{ viewer { role } }");
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "took {:?}",
        started.elapsed()
    );
}

#[test]
fn fragments_in_a_circle_are_refused() {
    let server = an_empty_server();
    let circle = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }";
    assert_refused(&run(&server.viewer(), circle), 200, "INVALID_INPUT");
}

#[test]
fn a_body_over_its_limit_is_413() {
    let server = tight();
    let body = |bytes: usize| {
        let start = r#"{"query": "{ viewer { role } }", "extensions": {"padding": ""#;
        format!("{start}{}\"}}}}", "x".repeat(bytes - start.len() - 3))
    };
    let post = |body: String| {
        server.viewer().post(
            "/graphql",
            &[("content-type", "application/json")],
            body.as_bytes(),
        )
    };
    assert_eq!(post(body(2000)).status, 200);
    let refused = post(body(2001));
    assert_refused(&refused, 413, "LIMIT_EXCEEDED");
    assert!(
        refused.text.contains("graphql_body_bytes_max"),
        "{}",
        refused.text
    );
}

#[test]
fn a_document_has_at_most_its_bytes() {
    let server = tight();
    let viewer = server.viewer();
    assert_accepted(&viewer, &of_length(1000));
    assert_too_complex(&viewer, &of_length(1001), "document_bytes_max");
}

#[test]
fn a_document_is_at_most_so_deep() {
    let server = tight();
    let viewer = server.viewer();
    assert_accepted(
        &viewer,
        "{ campaigns(first: 1) { nodes { brand { id } } } }",
    );
    assert_too_complex(
        &viewer,
        "{ campaigns(first: 1) { nodes { brand { campaigns(first: 1) { nodes { id } } } } } }",
        "depth_max",
    );
    // A fragment hides no depth.
    assert_too_complex(
        &viewer,
        "{ campaigns(first: 1) { nodes { brand { ...deep } } } } fragment deep on Brand { campaigns(first: 1) { nodes { id } } }",
        "depth_max",
    );
}

#[test]
fn aliases_directives_and_root_fields_are_counted() {
    let server = tight();
    let viewer = server.viewer();
    assert_accepted(&viewer, "{ viewer { a: role b: role c: role } }");
    assert_too_complex(
        &viewer,
        "{ viewer { a: role b: role c: role d: role } }",
        "aliases_max",
    );
    let directives = |n: usize| {
        format!(
            "{{ viewer {{ role {} }} }}",
            "... @include(if: true) { role }".repeat(n)
        )
    };
    assert_accepted(&viewer, &directives(3));
    assert_too_complex(&viewer, &directives(4), "directives_max");
    assert_accepted(&viewer, "{ viewer { role } brands { id } }");
    assert_too_complex(
        &viewer,
        "{ viewer { role } brands { id } x: viewer { role } }",
        "root_fields_max",
    );
}

#[test]
fn the_selections_of_a_document_are_counted_with_fragments_written_out() {
    let server = tight();
    let viewer = server.viewer();
    let document = |n: usize| {
        format!(
            "{{ viewer {{ {} }} }} fragment f on Viewer {{ role }}",
            "...f ".repeat(n)
        )
    };
    // A spread and its field are two; the viewer is one more.
    assert_accepted(&viewer, &document(14));
    assert_too_complex(&viewer, &document(15), "expanded_selections_max");
}

#[test]
fn a_page_has_its_price() {
    let server = tight();
    let viewer = server.viewer();
    assert_accepted(&viewer, "{ campaigns(first: 20) { nodes { id } } }");
    assert_too_complex(
        &viewer,
        "{ campaigns(first: 100) { nodes { id name } } }",
        "complexity_max",
    );
}

#[test]
fn neither_zero_nor_negative_pages_make_a_document_cheap() {
    let server = an_empty_server();
    let viewer = server.viewer();
    for first in [0, -1, i32::MIN] {
        let rows = format!(
            "{{ metrics(input: {{{APRIL}}}, first: {first}) {{ rows {{ impressions }} }} }}"
        );
        let error = run(&viewer, &rows).json()["errors"][0].take();
        assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{first}");
        assert_eq!(error["extensions"]["field"], "first", "{first}");
    }
}

#[test]
fn pages_end_at_their_largest_size() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let rows = |first: i32| {
        format!("{{ metrics(input: {{{APRIL}}}, first: {first}) {{ rows {{ impressions }} }} }}")
    };
    let table = |first: i32| {
        format!(
            "{{ metrics(input: {{{APRIL}, metrics: [SPEND]}}, first: {first}) {{ table {{ rows }} }} }}"
        )
    };
    let nodes = |first: i32| format!("{{ campaigns(first: {first}) {{ nodes {{ id }} }} }}");
    let limit_of = |query: String| -> Value {
        let error = run(&viewer, &query).json()["errors"][0].take();
        assert_eq!(error["extensions"]["code"], "LIMIT_EXCEEDED", "{query}");
        error["message"].clone()
    };
    assert_accepted(&viewer, &rows(1));
    assert_accepted(&viewer, &rows(1_000));
    assert_accepted(&viewer, &table(10_000));
    assert_accepted(&viewer, &nodes(100));
    assert!(
        limit_of(rows(1_001))
            .as_str()
            .unwrap()
            .contains("rows_page_max")
    );
    assert!(
        limit_of(table(10_001))
            .as_str()
            .unwrap()
            .contains("table_page_max")
    );
    assert!(
        limit_of(nodes(101))
            .as_str()
            .unwrap()
            .contains("nodes_page_max")
    );
}

#[test]
fn a_page_far_too_large_is_refused_by_its_own_limit_before_its_price() {
    let server = an_empty_server();
    let query =
        format!("{{ metrics(input: {{{APRIL}}}, first: 1000000) {{ rows {{ impressions }} }} }}");
    let error = run(&server.viewer(), &query).json()["errors"][0].take();
    assert_eq!(
        error["message"],
        "a page of 1000000 is over the limit `rows_page_max` of 1000; use 1 to 1000"
    );
}

#[test]
fn the_usual_clients_introspection_passes_the_limits() {
    let server = an_empty_server();
    let of_type = "ofType { kind name ".repeat(7) + &"}".repeat(7);
    let query = format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name description \
         fields(includeDeprecated: true) {{ name args {{ name type {{ kind name {of_type} }} defaultValue }} type {{ kind name {of_type} }} }} \
         inputFields {{ name type {{ kind name {of_type} }} }} enumValues {{ name }} }} directives {{ name locations }} }} }}"
    );
    assert_accepted(&server.viewer(), &query);
}

#[test]
fn introspection_in_circles_is_refused() {
    let server = an_empty_server();
    let circle =
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_refused(&run(&server.viewer(), circle), 200, "QUERY_TOO_COMPLEX");
}

#[test]
fn fields_and_fragments_nest_so_deep_and_no_deeper() {
    let server = an_empty_server();
    let viewer = server.viewer();
    // Inline fragments nest without making an answer deeper.
    let nested = |levels: usize| {
        let (open, close) = ("... on Query { ".repeat(levels), " }".repeat(levels));
        format!("{{ {open}viewer {{ role }}{close} }}")
    };
    let first_refused = (50..80)
        .find(|levels| !run(&viewer, &nested(*levels)).json()["errors"].is_null())
        .expect("some depth is refused");
    assert_accepted(&viewer, &nested(first_refused - 1));
    assert_too_complex(&viewer, &nested(first_refused), "nesting_max");
}
