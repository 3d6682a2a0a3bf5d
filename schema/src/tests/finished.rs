//! Finished answers: sent again as bytes while they are true, and to nobody else.

use bellwether_domain::Scope;
use bellwether_service::CampaignChange;
use bytes::Bytes;
use serde_json::{Value, json};

use super::given::{World, an_agency};
use crate::{Known, Method};

const YESTERDAY: &str = "{ metrics(input: {range: {last: {n: 1, unit: DAY}}}) { totals { clicks } meta { snapshot cache computedAt } } }";

impl World {
    /// Sends a request as the server does, and returns the bytes of its answer.
    async fn post(&self, scope: &Scope, query: &str) -> Bytes {
        let body = json!({ "query": query }).to_string();
        let place = match self.api.recall(scope, body.as_bytes()).await {
            Known::Answered(answer) => return answer,
            Known::Unanswered(place) => place,
        };
        let request = serde_json::from_str(&body).unwrap();
        let asker = scope.clone();
        let api = &self.api;
        let reply = api
            .execute(asker, request, Method::Post, "req_8", place)
            .await;
        reply.body
    }

    /// The cache state of an answer, and whether it was sent without running.
    async fn ask_again(&self, scope: &Scope) -> (String, bool) {
        let found_before = self.services.finished_counts().found;
        let answer: Value = serde_json::from_slice(&self.post(scope, YESTERDAY).await).unwrap();
        let cache = &answer["data"]["metrics"]["meta"]["cache"];
        let cache = cache.as_str().unwrap_or_else(|| panic!("{answer}"));
        let is_finished = self.services.finished_counts().found > found_before;
        (cache.to_owned(), is_finished)
    }

    /// A world whose answer to the question is finished.
    async fn with_a_finished_answer() -> Self {
        let world = Self::new();
        for expected in [("MISS", false), ("HIT", false), ("HIT", true)] {
            let (cache, is_finished) = world.ask_again(&world.scope).await;
            assert_eq!((cache.as_str(), is_finished), expected);
        }
        world
    }
}

#[tokio::test]
async fn the_third_answer_is_the_second_ones_bytes() {
    let world = World::new();
    let first = world.post(&world.scope, YESTERDAY).await;
    let second = world.post(&world.scope, YESTERDAY).await;
    let third = world.post(&world.scope, YESTERDAY).await;
    assert_ne!(first, second, "one was computed, one was a hit");
    assert_eq!(second.as_ptr(), third.as_ptr());
}

#[tokio::test]
async fn a_change_of_the_records_ends_every_finished_answer_of_the_agency() {
    let world = World::with_a_finished_answer().await;
    let change = CampaignChange {
        name: Some("Spring".to_owned()),
        ..CampaignChange::default()
    };
    let services = &world.services;
    let changed = services.update_campaign(&world.scope, world.campaigns[0], change);
    changed.await.unwrap();
    let asked = world.ask_again(&world.scope).await;
    assert_eq!(asked, ("MISS".to_owned(), false));
}

#[tokio::test]
async fn after_midnight_the_answer_is_computed_for_the_new_day() {
    let world = World::with_a_finished_answer().await;
    world.clock.pass(16 * 3_600 - 1);
    assert_eq!(
        world.ask_again(&world.scope).await,
        ("HIT".to_owned(), true)
    );
    world.clock.pass(1);
    assert_eq!(
        world.ask_again(&world.scope).await,
        ("MISS".to_owned(), false)
    );
}

#[tokio::test]
async fn another_agency_never_gets_a_finished_answer() {
    let world = World::with_a_finished_answer().await;
    let other = an_agency(world.services.catalogue(), "southwind", 2);
    assert_eq!(world.ask_again(&other).await, ("MISS".to_owned(), false));
}

#[tokio::test]
async fn an_answer_with_an_error_is_not_kept() {
    let world = World::new();
    let unknown = "{ metrics(input: {range: {last: {n: 1, unit: DAY}}, brands: [\"brd_01ARZ3NDEKTSV4RRFFQ69G5FAV\"]}) { rowCount } }";
    for _ in 0..3 {
        world.post(&world.scope, unknown).await;
    }
    assert_eq!(world.services.finished_counts().found, 0);
}

#[tokio::test]
async fn an_answer_about_records_is_not_kept() {
    let world = World::new();
    for _ in 0..3 {
        world.post(&world.scope, "{ brands { name } }").await;
    }
    assert_eq!(world.services.finished_counts().found, 0);
}
