//! Custom metrics: saving, reading back, refusals.

use serde_json::{Value, json};

use super::given::World;

impl World {
    /// Saves a custom metric and gives the payload.
    async fn save(&self, name: &str, formula: &str) -> Value {
        let document = format!(
            r#"mutation {{ saveCustomMetric(input: {{name: "{name}", formula: "{formula}", meaning: "Told in a sentence.", better: HIGHER}}) {{ customMetric {{ name formula unit class datasets revision isArchived madeBy madeAt }} userErrors {{ field message code }} }} }}"#
        );
        let answer = self.ask(&document).await;
        answer.body["data"]["saveCustomMetric"].clone()
    }
}

#[tokio::test]
async fn a_saved_metric_tells_what_follows_from_its_formula() {
    let world = World::new();
    let saved = world.save("joy", "1000*(likes+shares)/impressions").await;
    let expected = json!({
        "customMetric": {
            "name": "joy", "formula": "1000 * (likes + shares) / impressions",
            "unit": "RATIO", "class": "RATIO",
            "datasets": ["DELIVERY_DAILY", "AUDIENCE_DAILY", "DELIVERY_HOURLY"],
            "revision": 1, "isArchived": false, "madeBy": null,
            "madeAt": "2026-11-22T08:00:00Z",
        },
        "userErrors": [],
    });
    assert_eq!(saved, expected);
}

#[tokio::test]
async fn the_catalog_has_the_newest_revisions_and_the_old_ones_by_name() {
    let world = World::new();
    world.save("joy", "likes").await;
    world.save("joy", "likes + shares").await;
    let answer = world
        .ask(r#"{ catalog { customMetrics { name revision } customMetricRevisions(name: "joy") { revision formula } } }"#)
        .await;
    let expected = json!({
        "customMetrics": [{"name": "joy", "revision": 2}],
        "customMetricRevisions": [
            {"revision": 2, "formula": "likes + shares"},
            {"revision": 1, "formula": "likes"},
        ],
    });
    assert_eq!(answer.body["data"]["catalog"], expected);
}

#[tokio::test]
async fn what_is_wrong_with_a_metric_is_told_at_its_field() {
    let world = World::new();
    for (name, formula, field) in [
        ("roas", "likes", "name"),
        ("joy", "lykes", "formula"),
        ("joy", "likes +", "formula"),
        ("joy", "reach / likes", "formula"),
    ] {
        let saved = world.save(name, formula).await;
        assert_eq!(saved["customMetric"], Value::Null);
        let error = &saved["userErrors"][0];
        assert_eq!(error["field"], json!(["input", field]), "{error}");
        assert_eq!(error["code"], "INVALID_INPUT");
    }
}

#[tokio::test]
async fn a_change_made_meanwhile_is_a_conflict() {
    let world = World::new();
    world.save("joy", "likes").await;
    let answer = world
        .ask(r#"mutation { archiveCustomMetric(input: {name: "joy", expectedRevision: 0}) { customMetric { revision } userErrors { field code } } }"#)
        .await;
    let expected = json!({"customMetric": null,
        "userErrors": [{"field": ["input", "expectedRevision"], "code": "CONFLICT"}]});
    assert_eq!(answer.body["data"]["archiveCustomMetric"], expected);
}

#[tokio::test]
async fn an_archived_metric_is_listed_when_asked_for() {
    let world = World::new();
    world.save("joy", "likes").await;
    world
        .ask(r#"mutation { archiveCustomMetric(input: {name: "joy"}) { customMetric { isArchived } } }"#)
        .await;
    let answer = world
        .ask("{ catalog { customMetrics { name } all: customMetrics(archived: true) { name isArchived } } }")
        .await;
    let expected = json!({"customMetrics": [], "all": [{"name": "joy", "isArchived": true}]});
    assert_eq!(answer.body["data"]["catalog"], expected);
}

#[tokio::test]
async fn a_metric_that_is_not_there_is_not_found() {
    let world = World::new();
    let revisions = world
        .ask(r#"{ catalog { customMetricRevisions(name: "joy") { revision } } }"#)
        .await;
    assert_eq!(revisions.code(), "NOT_FOUND");
    let archived = world
        .ask(r#"mutation { archiveCustomMetric(input: {name: "joy"}) { userErrors { code } } }"#)
        .await;
    assert_eq!(archived.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_viewer_saves_nothing() {
    let world = World::new();
    let scope = world.scope_of_a_limited_viewer().await;
    let answer = world
        .ask_as(
            &scope,
            r#"mutation { saveCustomMetric(input: {name: "joy", formula: "likes", meaning: "Likes."}) { customMetric { name } } }"#,
        )
        .await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
}
