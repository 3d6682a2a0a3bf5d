//! Contents and agreements as they stood on a past day, and what experiments have found.

use serde_json::{Value, json};

use crate::tests::given::World;

impl World {
    /// Creates a record and gives its id.
    async fn make(&self, name: &str, one: &str, body: Value) -> Value {
        let document = format!(
            "mutation($input: Create{name}Input!) {{ create{name}(input: $input) {{ {one} {{ id }} userErrors {{ message }} }} }}"
        );
        let input = json!({"brand": self.brand.to_string(), one: body});
        let answer = self.put_as(&self.scope, &document, input).await;
        let payload = &answer["data"][format!("create{name}")];
        assert_eq!(payload["userErrors"], json!([]), "{answer}");
        payload[one]["id"].clone()
    }

    async fn change(&self, name: &str, one: &str, id: &Value, body: Value) {
        let document = format!(
            "mutation($input: Revise{name}Input!) {{ revise{name}(input: $input) {{ userErrors {{ message }} }} }}"
        );
        let input = json!({"id": id, "baseRevision": 1, one: body});
        let answer = self.put_as(&self.scope, &document, input).await;
        let payload = &answer["data"][format!("revise{name}")];
        assert_eq!(payload["userErrors"], json!([]), "{answer}");
    }
}

/// A day on which the first revision was the newest one.
const THEN: &str = "2026-11-22T12:00:00Z";

#[tokio::test]
async fn a_content_is_told_as_it_ran_on_a_past_day() {
    let world = World::new();
    let content = |offer: &str| {
        let price = json!({"amount": "4.95", "currency": "EUR"});
        json!({"name": "Evening", "offer": offer, "price": price, "claims": [offer], "approval": "PENDING"})
    };
    let id = world
        .make("Content", "content", content("two for one"))
        .await;
    world.clock.pass(86_400);
    world
        .change("Content", "content", &id, content("none"))
        .await;
    let document = format!(
        r#"{{ now: content(id: {id}) {{ offer claims }} then: content(id: {id}, asOf: "{THEN}") {{ revision offer claims price {{ amount }} }} }}"#
    );
    let answer = world.ask(&document).await;
    let expected = json!({
        "now": {"offer": "none", "claims": ["none"]},
        "then": {"revision": 1, "offer": "two for one", "claims": ["two for one"], "price": {"amount": "4.95"}},
    });
    assert_eq!(answer.body["data"], expected);
}

#[tokio::test]
async fn an_agreement_is_told_with_the_clauses_of_a_past_day() {
    let world = World::new();
    let party = world
        .make("Party", "party", json!({"name": "P", "role": "AGENCY"}))
        .await;
    let agreement = |days: u32, percent: &str| {
        json!({
            "name": "Operation", "parties": [party], "period": {"from": "2026-01-01"},
            "notice": {"days": days, "count": "CALENDAR"}, "cancellationFee": {"percent": percent},
        })
    };
    let id = world
        .make("Agreement", "agreement", agreement(30, "20"))
        .await;
    world.clock.pass(86_400);
    world
        .change("Agreement", "agreement", &id, agreement(60, "10"))
        .await;
    let clauses = "notice { days } cancellationFee { percent }";
    let document = format!(
        r#"{{ now: agreement(id: {id}) {{ {clauses} }} then: agreement(id: {id}, asOf: "{THEN}") {{ {clauses} }} }}"#
    );
    let answer = world.ask(&document).await;
    let expected = json!({
        "now": {"notice": {"days": 60}, "cancellationFee": {"percent": "10"}},
        "then": {"notice": {"days": 30}, "cancellationFee": {"percent": "20"}},
    });
    assert_eq!(answer.body["data"], expected);
}

/// An experiment over captions of which so many trials succeeded.
fn experiment(successes: [u32; 2]) -> Value {
    let [first, second] =
        successes.map(|successes| json!({"count": 1_000, "successes": successes}));
    json!({
        "name": "Caption", "period": {"from": "2026-01-01"}, "metric": "CVR",
        "test": "TWO_PROPORTION", "minimumEffect": "0.1", "confidence": "0.95",
        "stoppingRule": {"observationsPerVariant": 1_000},
        "variants": [
            {"name": "long", "allocation": "0.5", "observed": first},
            {"name": "short", "allocation": "0.5", "observed": second},
        ],
    })
}

#[tokio::test]
async fn an_experiment_tells_what_it_has_found() {
    let world = World::new();
    let id = world
        .make("Experiment", "experiment", experiment([200, 250]))
        .await;
    let fields = "result { isStopped confidenceEach comparisons { variant baseline verdict relativeEffect pValue lower upper } }";
    let document = format!("{{ experiment(id: {id}) {{ {fields} }} }}");
    let answer = world.ask(&document).await;
    let result = &answer.body["data"]["experiment"]["result"];
    let told = &result["comparisons"][0];
    assert_eq!(result["isStopped"], true);
    assert_eq!(
        (&told["variant"], &told["baseline"]),
        (&json!("short"), &json!("long"))
    );
    assert_eq!(told["verdict"], "DIFFERENT");
    let p_value = told["pValue"].as_f64().unwrap();
    assert!((p_value - 0.007_419_65).abs() < 1e-6, "{p_value}");
    world
        .change("Experiment", "experiment", &id, experiment([200, 205]))
        .await;
    let answer = world.ask(&document).await;
    let told = &answer.body["data"]["experiment"]["result"]["comparisons"][0];
    assert_eq!(told["verdict"], "NO_DIFFERENCE");
}
