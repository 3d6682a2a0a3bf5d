//! Documents that requests name in place of carrying them.

use bellwether_domain::Scope;
use bellwether_domain::ids::TokenId;
use bellwether_domain::scope::TokenGrant;
use bellwether_service::DocumentHash;
use serde_json::{Value, json};

use super::given::{Answer, World, an_agency, request};
use crate::{GraphqlRequest, Method, ReplyOutcome};

const SLUGS: &str = "{ brands { slug } }";
const NAMES: &str = "{ brands { name } }";

/// A request with a document's hash, and perhaps its text.
fn hashed(hash_of: &str, text: Option<&str>) -> GraphqlRequest {
    let hash = DocumentHash::of(hash_of).to_string();
    let named = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    GraphqlRequest {
        query: text.map(str::to_owned),
        extensions: named.as_object().cloned(),
        ..GraphqlRequest::default()
    }
}

fn by_id(id: &str) -> GraphqlRequest {
    GraphqlRequest {
        document_id: Some(id.to_owned()),
        ..GraphqlRequest::default()
    }
}

impl World {
    /// The same caller by a token of these terms.
    fn by_token(&self, trusted_documents_only: bool, may_introspect: bool) -> Scope {
        let token = TokenId::from_parts(self.clock_now(), self.services.ids().random());
        self.scope.clone().by_token(TokenGrant {
            token,
            trusted_documents_only,
            may_introspect,
        })
    }

    fn clock_now(&self) -> bellwether_domain::time::Timestamp {
        self.services.clock().now()
    }

    async fn send_as(&self, scope: &Scope, request: GraphqlRequest) -> Answer {
        let scope = scope.clone();
        let reply = self
            .api
            .execute(scope, request, Method::Post, "req_9", None)
            .await;
        Answer {
            outcome: reply.outcome,
            body: serde_json::from_slice(&reply.body).unwrap(),
        }
    }
}

fn slugs() -> Value {
    json!({ "data": { "brands": [{ "slug": "aurora" }] } })
}

#[tokio::test]
async fn a_document_is_registered_with_its_hash_and_then_named_by_it() {
    let world = World::new();
    let unknown = world.send(hashed(NAMES, None), Method::Post).await;
    assert_eq!(unknown.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(unknown.message(), "PersistedQueryNotFound");
    assert_eq!(unknown.body.get("data"), None);
    let registered = world.send(hashed(NAMES, Some(NAMES)), Method::Post).await;
    let named = world.send(hashed(NAMES, None), Method::Get).await;
    assert_eq!(named.outcome, ReplyOutcome::Executed);
    assert_eq!(named.body, registered.body);
}

#[tokio::test]
async fn what_one_agency_registered_no_other_finds() {
    let world = World::new();
    world.send(hashed(NAMES, Some(NAMES)), Method::Post).await;
    let other = an_agency(world.services.catalogue(), "other", 2);
    let answer = world.send_as(&other, hashed(NAMES, None)).await;
    assert_eq!(answer.code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_hash_of_another_text_or_of_another_protocol_is_refused() {
    let world = World::new();
    let answer = world.send(hashed(NAMES, Some(SLUGS)), Method::Post).await;
    assert_eq!(answer.code(), "INVALID_INPUT");
    let place = &answer.body["errors"][0]["extensions"]["field"];
    assert_eq!(place, "extensions.persistedQuery.sha256Hash");
    let mut asked = request(NAMES);
    asked.extensions = json!({ "persistedQuery": { "version": 2 } })
        .as_object()
        .cloned();
    let answer = world.send(asked, Method::Post).await;
    assert_eq!(
        answer.body["errors"][0]["extensions"]["allowed"],
        json!(["1"])
    );
}

#[tokio::test]
async fn a_document_that_is_refused_is_not_registered() {
    let world = World::new();
    let costly = "{ brands { slug } ".repeat(200);
    let refused = world
        .send(hashed(&costly, Some(&costly)), Method::Post)
        .await;
    assert_eq!(refused.code(), "QUERY_TOO_COMPLEX");
    let named = world.send(hashed(&costly, None), Method::Post).await;
    assert_eq!(named.code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_trusted_document_is_named_by_its_id_or_its_hash() {
    let world = World::new();
    for asked in [by_id("slugs"), by_id("sha256:slugs")] {
        assert_eq!(world.send(asked, Method::Post).await.body, slugs());
    }
    let unknown = world.send(by_id("others"), Method::Post).await;
    assert_eq!(unknown.code(), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(
        unknown.body["errors"][0]["extensions"]["field"],
        "documentId"
    );
}

#[tokio::test]
async fn a_token_held_to_trusted_documents_runs_no_other() {
    let world = World::new();
    let held = world.by_token(true, true);
    for asked in [by_id("slugs"), request(SLUGS)] {
        assert_eq!(world.send_as(&held, asked).await.body, slugs());
    }
    world.send(hashed(NAMES, Some(NAMES)), Method::Post).await;
    for asked in [
        request(NAMES),
        hashed(NAMES, Some(NAMES)),
        hashed(NAMES, None),
    ] {
        let answer = world.send_as(&held, asked).await;
        assert_eq!(answer.code(), "DOCUMENT_NOT_TRUSTED");
        assert_eq!(answer.body.get("data"), None);
    }
}

#[tokio::test]
async fn a_token_without_introspection_is_told_so() {
    let world = World::new();
    let blind = world.by_token(false, false);
    for document in [
        "{ __schema { queryType { name } } }",
        "{ ...F } fragment F on Query { __type(name: \"Brand\") { name } }",
    ] {
        let answer = world.send_as(&blind, request(document)).await;
        assert_eq!(answer.code(), "INTROSPECTION_DISABLED", "{document}");
        let seeing = world.by_token(false, true);
        let answer = world.send_as(&seeing, request(document)).await;
        assert_eq!(answer.outcome, ReplyOutcome::Executed, "{}", answer.body);
    }
    let answer = world.send_as(&blind, request("{ __typename }")).await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed);
}
