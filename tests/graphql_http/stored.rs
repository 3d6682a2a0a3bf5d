//! Documents that requests name, and prices, as a client sees them over HTTP.

use bellwether_test_support::{Persona, TestServer, run};
use serde_json::{Value, json};

use super::assert_refused;
use crate::given::{BELLWETHER, an_empty_server};

const ROLE: &str = "{ viewer { role } }";
/// The SHA-256 of `ROLE`, as `sha256sum` tells it.
const ROLE_SHA256: &str = "f63c1d1d984628060baf66f876c2c675ee7a472f114e839c75f247e0cc7ba64f";

fn persisted(query: Option<&str>) -> Value {
    let named = json!({ "persistedQuery": { "version": 1, "sha256Hash": ROLE_SHA256 } });
    let mut request = json!({ "extensions": named });
    if let Some(query) = query {
        request["query"] = query.into();
    }
    request
}

#[test]
fn a_document_is_sent_once_and_then_named_by_its_hash() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let unknown = viewer.post_json("/graphql", &persisted(None));
    assert_refused(&unknown, 200, "PERSISTED_QUERY_NOT_FOUND");
    let registered = viewer.post_json("/graphql", &persisted(Some(ROLE)));
    assert_eq!(registered.json()["data"]["viewer"]["role"], "VIEWER");
    let path = format!(
        "/graphql?extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{ROLE_SHA256}%22%7D%7D"
    );
    let by_get = viewer.get(&path, &[]);
    assert_eq!((by_get.status, by_get.json()), (200, registered.json()));
}

#[test]
fn a_token_for_trusted_documents_runs_those_of_the_manifest() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let manifest = folder.path().join("documents.json");
    std::fs::write(&manifest, json!({ "role": ROLE }).to_string()).expect("it is writable");
    let config = format!("[documents]\ntrusted = \"{}\"\n", manifest.display());
    let server = TestServer::with_config(BELLWETHER, &config);
    let (agency, stopped) = (server.agency().to_owned(), server.kill());
    let data_dir = stopped.data_dir().display().to_string();
    let arguments = [
        "admin",
        "add-member",
        "--data-dir",
        &data_dir,
        "--agency",
        &agency,
        "app",
    ];
    let terms = ["--role", "VIEWER", "--trusted-documents-only"];
    let token = run(BELLWETHER, arguments.iter().chain(&terms))
        .succeeded()
        .stdout;
    let server = stopped.restart_configured(&config, None);
    let app = Persona::new(server.url(), Some(token.trim()));
    let named = app.post_json("/graphql", &json!({ "documentId": "role" }));
    assert_eq!(named.json()["data"]["viewer"]["role"], "VIEWER");
    let other = app.post_json("/graphql", &json!({ "query": "{ brands { slug } }" }));
    assert_refused(&other, 200, "DOCUMENT_NOT_TRUSTED");
    server.viewer().data("{ brands { slug } }");
}

#[test]
fn introspection_can_be_off_for_all() {
    let server = TestServer::with_config(BELLWETHER, "[documents]\nintrospection = false\n");
    let query = json!({ "query": "{ __schema { queryType { name } } }" });
    let reply = server.owner().post_json("/graphql", &query);
    assert_refused(&reply, 200, "INTROSPECTION_DISABLED");
}

#[test]
fn an_answer_tells_its_cost_when_asked_and_never_stale() {
    let server = an_empty_server();
    let owner = server.owner();
    let request = json!({ "query": ROLE, "extensions": { "cost": true } });
    let told = || owner.post_json("/graphql", &request).json()["extensions"]["cost"].take();
    let (first, second) = (told(), told());
    assert_eq!(
        (&first["requested"], &first["actual"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(first["restorePerSecond"], second["restorePerSecond"]);
    assert!(first["available"].is_u64() && second["available"].is_u64());
}

#[test]
fn a_token_that_has_spent_its_points_is_told_when_to_come_again() {
    let config = "[budget]\ntoken_points_max = 100\ntoken_points_per_s = 1\n";
    let server = TestServer::with_config(BELLWETHER, config);
    // A hundred points but for the request's own: only once a minute and a half.
    let page = "{ metrics(input: {range: {last: {n: 7, unit: DAY}}}, first: FIRST) { rowCount } }";
    let costly = json!({ "query": page.replace("FIRST", "10000").replace("{ metrics", "{ a: metrics(input: {range: {last: {n: 7, unit: DAY}}}, first: 10000) { rowCount } metrics") });
    let viewer = server.viewer();
    let first = viewer.post_json("/graphql", &costly);
    assert_eq!(first.status, 200, "{}", first.text);
    assert!(first.json()["errors"].is_null(), "{}", first.text);
    let second = viewer.post_json("/graphql", &costly);
    assert_refused(&second, 429, "RATE_LIMITED");
    let after_s: u32 = second.headers["retry-after"]
        .parse()
        .expect("a number of seconds");
    assert!((1..=100).contains(&after_s), "{after_s}");
    server.owner().data(ROLE);
}
