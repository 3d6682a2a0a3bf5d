//! Subscriptions: what is told and when, and what is refused.

use async_graphql::futures_util::StreamExt;
use async_graphql::futures_util::stream::BoxStream;
use bellwether_service::CampaignChange;
use serde_json::{Value, json};

use super::given::{Answer, World, request};
use crate::{GraphqlReply, Method, ReplyOutcome, Started};

const YESTERDAY: &str = "subscription { metricsChanged(input: {range: {last: {n: 1, unit: DAY}}}) { reason periods { from until } } }";

/// The events of a subscription.
struct Events(BoxStream<'static, GraphqlReply>);

impl Events {
    async fn next(&mut self) -> Value {
        let event = self.0.next().await.expect("the subscription goes on");
        serde_json::from_slice(&event.body).unwrap()
    }

    async fn next_reason(&mut self) -> Value {
        self.next().await["data"]["metricsChanged"]["reason"].take()
    }
}

impl World {
    async fn start(&self, query: &str) -> Started {
        let scope = self.scope.clone();
        let started = self
            .api
            .start(scope, request(query), Method::Post, "req_9", None);
        started.await
    }

    async fn events(&self, query: &str) -> Events {
        match self.start(query).await {
            Started::Streaming(events) => Events(events),
            Started::Answered(reply) => panic!("{:?}", reply.body),
        }
    }

    async fn refused(&self, query: &str) -> Answer {
        match self.start(query).await {
            Started::Answered(reply) => Answer {
                outcome: reply.outcome,
                body: serde_json::from_slice(&reply.body).unwrap(),
            },
            Started::Streaming(_) => panic!("it started: {query}"),
        }
    }

    async fn rename(&self, campaign: usize, name: &str) {
        let change = CampaignChange {
            name: Some(name.to_owned()),
            ..CampaignChange::default()
        };
        let id = self.campaigns[campaign];
        let changed = self.services.update_campaign(&self.scope, id, change);
        changed.await.unwrap();
    }
}

#[tokio::test]
async fn the_first_event_comes_at_once_with_all_days_of_the_question() {
    let world = World::new();
    let mut events = world.events(YESTERDAY).await;
    assert_eq!(
        events.next().await,
        json!({ "data": { "metricsChanged": {
            "reason": "SUBSCRIBED",
            "periods": [{ "from": "2026-11-21", "until": "2026-11-22" }],
        } } })
    );
}

#[tokio::test]
async fn a_campaign_that_is_renamed_is_told_of() {
    let world = World::new();
    let mut events = world.events(YESTERDAY).await;
    assert_eq!(events.next_reason().await, "SUBSCRIBED");
    world.rename(0, "Spring").await;
    assert_eq!(events.next_reason().await, "RECORDS");
}

#[tokio::test]
async fn an_event_has_the_answer_for_whoever_selects_it() {
    let world = World::new();
    let document = "subscription { metricsChanged(input: {range: {last: {n: 1, unit: DAY}}, metrics: [SPEND]}) { snapshot metrics { rowCount meta { snapshot } table { columns { name } } } } }";
    let event = world.events(document).await.next().await;
    let change = &event["data"]["metricsChanged"];
    assert_eq!(change["metrics"]["meta"]["snapshot"], change["snapshot"]);
    let table = &change["metrics"]["table"];
    assert_eq!(table["columns"][0]["name"], "spend", "{event}");
}

#[tokio::test]
async fn what_is_wrong_with_the_question_is_told_before_any_event() {
    let world = World::new();
    let cases = [
        (
            "{ metricsChanged(input: {range: {last: {n: 0, unit: DAY}}}) { reason } }",
            "INVALID_INPUT",
        ),
        (
            "{ metricsChanged(input: {range: {last: {n: 1, unit: DAY}}, asOf: \"2026-11-01T00:00:00Z\"}) { reason } }",
            "INVALID_INPUT",
        ),
        (
            "{ metricsChanged(input: {range: {last: {n: 1, unit: DAY}}, brands: [\"brd_01K00000000000000000000000\"]}) { reason } }",
            "NOT_FOUND",
        ),
        (
            "{ metricsChanged(input: {range: {last: {n: 1, unit: DAY}}}) { nothing } }",
            "INVALID_INPUT",
        ),
    ];
    for (selection, code) in cases {
        let answer = world.refused(&format!("subscription {selection}")).await;
        assert_eq!(answer.code(), code, "{selection}");
        assert_eq!(answer.outcome, ReplyOutcome::RequestError, "{selection}");
        assert!(answer.body.get("data").is_none(), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_subscription_has_one_field_without_fragment_or_directive() {
    let world = World::new();
    let field = "metricsChanged(input: {range: {last: {n: 1, unit: DAY}}})";
    for document in [
        format!("subscription {{ a: {field} {{ reason }} b: {field} {{ reason }} }}"),
        format!("subscription {{ ... {{ {field} {{ reason }} }} }}"),
        format!("subscription {{ {field} @include(if: true) {{ reason }} }}"),
        "subscription { __typename }".to_owned(),
    ] {
        let answer = world.refused(&document).await;
        assert!(answer.message().contains("exactly one field"), "{document}");
    }
}

#[tokio::test]
async fn the_limits_of_documents_hold_for_subscriptions() {
    let world = World::new();
    let many = "a: reason ".repeat(51);
    let document = format!(
        "subscription {{ metricsChanged(input: {{range: {{last: {{n: 1, unit: DAY}}}}}}) {{ {many} }} }}"
    );
    let answer = world.refused(&document).await;
    assert_eq!(answer.code(), "QUERY_TOO_COMPLEX");
    assert!(answer.message().contains("aliases_max"));
}

#[tokio::test]
async fn without_a_stream_a_subscription_is_told_where_to_go() {
    let world = World::new();
    let answer = world.ask(YESTERDAY).await;
    assert!(
        answer.message().contains("graphql-transport-ws"),
        "{}",
        answer.body
    );
    assert_eq!(answer.code(), "INVALID_INPUT");
}

#[tokio::test]
async fn a_query_over_a_stream_has_one_answer() {
    let world = World::new();
    match world.start("{ brands { slug } }").await {
        Started::Answered(reply) => assert!(reply.is_whole),
        Started::Streaming(_) => panic!("a query is no subscription"),
    }
}

#[tokio::test]
async fn a_day_that_passes_is_told_of_at_the_next_look() {
    let world = World::new();
    let mut events = world.events(YESTERDAY).await;
    assert_eq!(events.next_reason().await, "SUBSCRIBED");
    world.clock.pass(86_400);
    // It is of no concern to the question, but has the listener look.
    world
        .ask(r#"mutation { saveCustomMetric(input: {name: "joy", formula: "likes", meaning: "Likes."}) { userErrors { code } } }"#)
        .await;
    assert_eq!(events.next_reason().await, "DAY");
}
