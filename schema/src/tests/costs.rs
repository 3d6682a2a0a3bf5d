//! What requests cost, and what becomes of those that can't be paid.

use bellwether_domain::scope::BrandAccess;
use bellwether_domain::{ErrorCode, Scope};
use serde_json::{Value, json};

use super::given::{Answer, World, request};
use crate::{Method, ReplyOutcome};

impl World {
    /// Sends a document that asks what it costs.
    async fn ask_with_cost(&self, scope: &Scope, query: &str) -> Value {
        let mut asked = request(query);
        asked.extensions = json!({ "cost": true }).as_object().cloned();
        let scope = scope.clone();
        let reply = self
            .api
            .execute(scope, asked, Method::Post, "req_1", None)
            .await;
        serde_json::from_slice(&reply.body).unwrap()
    }

    /// Spends all that the agency has, and asks.
    async fn ask_without_means(&self) -> Answer {
        let available = self.services.balance(&self.scope).available;
        self.services.charge(&self.scope, available).unwrap();
        self.ask("{ brands { slug } }").await
    }
}

#[tokio::test]
async fn an_answer_tells_its_cost_only_when_it_is_asked_to() {
    let world = World::new();
    let answer = world.ask("{ brands { slug } }").await;
    assert_eq!(answer.body.get("extensions"), None);
    let told = world
        .ask_with_cost(&world.scope, "{ brands { slug } }")
        .await;
    assert_eq!(
        told["extensions"]["cost"],
        json!({ "requested": 1, "actual": 1, "available": 998, "restorePerSecond": 10 })
    );
}

#[tokio::test]
async fn large_pages_and_large_documents_cost_more() {
    let world = World::new();
    let page = "{ metrics(input: {range: {last: {n: 7, unit: DAY}}}, first: 1000) { rowCount } }";
    let told = world.ask_with_cost(&world.scope, page).await;
    assert_eq!(told["extensions"]["cost"]["requested"], 5, "{told}");
    let fields = format!("{{ brands {{ {} }} }}", "slug ".repeat(199));
    let told = world.ask_with_cost(&world.scope, &fields).await;
    assert_eq!(told["extensions"]["cost"]["requested"], 3, "{told}");
}

#[tokio::test]
async fn who_sees_only_some_brands_is_not_told_prices() {
    let world = World::new();
    let agency = world.scope.agency();
    let some = BrandAccess::Only([world.brand].into());
    let client = Scope::authorised(agency, None, world.scope.role(), some);
    let told = world.ask_with_cost(&client, "{ brands { slug } }").await;
    assert_eq!(told.get("extensions"), None);
}

#[tokio::test]
async fn a_request_that_cannot_be_paid_is_told_when_to_come_again() {
    let world = World::new();
    let answer = world.ask_without_means().await;
    let expected = ReplyOutcome::ComeBack {
        code: ErrorCode::RateLimited,
        after_s: 1,
    };
    assert_eq!(answer.outcome, expected);
    assert_eq!(answer.code(), "RATE_LIMITED");
    assert_eq!(answer.body.get("data"), None);
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["retryable"], &extensions["retryAfterSeconds"]),
        (&json!(true), &json!(1))
    );
}

#[tokio::test]
async fn points_come_back_with_time() {
    let world = World::new();
    world.ask_without_means().await;
    world.clock.pass(1);
    let answer = world.ask("{ brands { slug } }").await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed);
}
