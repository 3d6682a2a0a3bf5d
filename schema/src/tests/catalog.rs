//! The catalog: that it tells what is true of queries, for the caller at hand.

use bellwether_domain::Scope;
use bellwether_domain::metric::Metric;
use serde_json::{Value, json};

use super::given::{World, limits, request};
use crate::Method;

const DATASETS: &str =
    "{ catalog { datasets { name dimensions needsOneOf grains metrics nullMetrics } } }";

async fn datasets(world: &World) -> Vec<Value> {
    let answer = world.ask(DATASETS).await;
    let datasets = &answer.body["data"]["catalog"]["datasets"];
    datasets.as_array().unwrap().clone()
}

/// A list of words as a document writes it.
fn words(list: &Value) -> String {
    let words = list.as_array().unwrap().iter();
    let words: Vec<&str> = words.map(|word| word.as_str().unwrap()).collect();
    words.join(", ")
}

/// Plans a query of a dataset in this world.
async fn plan(world: &World, dataset: &Value, input: &str) -> Value {
    let name = dataset["name"].as_str().unwrap();
    let document = format!(
        "{{ explainMetrics(input: {{range: {{last: {{n: 7, unit: DAY}}}}, dataset: {name}, {input}}}) {{ rows }} }}"
    );
    world.ask(&document).await.body
}

#[tokio::test]
async fn a_metric_is_told_with_its_meaning_formula_unit_and_datasets() {
    let world = World::new();
    let answer = world
        .ask("{ catalog { metrics { name field column meaning formula unit class better datasets nullIn isAttributed source } } }")
        .await;
    let metrics = answer.body["data"]["catalog"]["metrics"]
        .as_array()
        .unwrap();
    assert_eq!(metrics.len(), Metric::ALL.len());
    let roas = metrics.iter().find(|it| it["name"] == "ROAS").unwrap();
    assert_eq!(roas["formula"], "net_revenue / spend");
    assert_eq!(roas["class"], "RATIO");
    assert_eq!(
        roas["datasets"],
        json!(["DELIVERY_DAILY", "AUDIENCE_DAILY", "DELIVERY_HOURLY"])
    );
}

#[tokio::test]
async fn all_that_goes_together_is_planned() {
    let world = World::new();
    for dataset in datasets(&world).await {
        let (by, metrics) = (words(&dataset["dimensions"]), words(&dataset["metrics"]));
        let null = words(&dataset["nullMetrics"]);
        for grain in dataset["grains"].as_array().unwrap() {
            let grain = grain.as_str().unwrap();
            let input = format!("by: [{by}], metrics: [{metrics}, {null}], grain: {grain}");
            let planned = plan(&world, &dataset, &input).await;
            assert_eq!(planned["errors"], Value::Null, "{}", dataset["name"]);
        }
    }
}

#[tokio::test]
async fn a_metric_that_does_not_go_together_is_refused() {
    let world = World::new();
    for dataset in datasets(&world).await {
        let known = |word: &str| {
            let lists = [&dataset["metrics"], &dataset["nullMetrics"]];
            lists
                .iter()
                .any(|list| list.as_array().unwrap().contains(&json!(word)))
        };
        let by = words(&dataset["dimensions"]);
        for metric in Metric::ALL {
            let word = metric.as_str().to_ascii_uppercase();
            if known(&word) {
                continue;
            }
            let planned = plan(&world, &dataset, &format!("by: [{by}], metrics: [{word}]")).await;
            let code = &planned["errors"][0]["extensions"]["code"];
            assert_eq!(code, "INVALID_INPUT", "{word} in {}", dataset["name"]);
        }
    }
}

#[tokio::test]
async fn a_breakdown_is_refused_without_one_of_its_dimensions() {
    let world = World::new();
    let datasets = datasets(&world).await;
    let mut breakdowns = datasets.iter().filter(|it| it["needsOneOf"] != json!([]));
    let audience = breakdowns.next().unwrap();
    assert!(breakdowns.next().is_none());
    let planned = plan(&world, audience, "by: [BRAND]").await;
    assert_eq!(planned["errors"][0]["extensions"]["code"], "INVALID_INPUT");
    for dimension in audience["needsOneOf"].as_array().unwrap() {
        let input = format!("by: [{}]", dimension.as_str().unwrap());
        assert_eq!(plan(&world, audience, &input).await["errors"], Value::Null);
    }
}

#[tokio::test]
async fn limits_have_the_values_in_force() {
    let world = World::new();
    let answer = world.ask("{ catalog { limits { name value } } }").await;
    let told = &answer.body["data"]["catalog"]["limits"];
    let told = told.as_array().unwrap();
    for (name, value) in [
        ("aliases_max", limits().aliases_max as u64),
        ("ingest_rows_max", world.services.config().ingest_rows_max),
        ("groups_max", bellwether_domain::answer::GROUPS_MAX as u64),
    ] {
        assert!(
            told.contains(&json!({"name": name, "value": value})),
            "{name}"
        );
    }
}

#[tokio::test]
async fn labels_are_those_of_visible_campaigns() {
    let world = World::new();
    let campaign = world.campaigns[0];
    let label = format!(
        "mutation {{ setCampaignLabels(input: {{campaign: \"{campaign}\", labels: [{{name: \"region\", value: \"north\"}}]}}) {{ userErrors {{ message }} }} }}"
    );
    world.ask(&label).await;
    let answer = world.ask("{ catalog { labels } }").await;
    assert_eq!(answer.body["data"]["catalog"]["labels"], json!(["region"]));
}

#[tokio::test]
async fn a_member_learns_its_role_and_the_brands_that_it_is_limited_to() {
    let world = World::new();
    let scope = world.scope_of_a_limited_viewer().await;
    let answer = world
        .ask_as(
            &scope,
            "{ catalog { access { role allBrands brands { slug } mayIngest mayEdit mayExplain } } }",
        )
        .await;
    let expected = json!({"role": "VIEWER", "allBrands": false, "brands": [{"slug": "aurora"}],
        "mayIngest": false, "mayEdit": false, "mayExplain": false});
    assert_eq!(answer["data"]["catalog"]["access"], expected);
}

impl World {
    pub(super) async fn ask_as(&self, scope: &Scope, query: &str) -> Value {
        let (scope, request) = (scope.clone(), request(query));
        let reply = self
            .api
            .execute(scope, request, Method::Post, "req_8", None);
        serde_json::from_slice(&reply.await.body).unwrap()
    }
}
