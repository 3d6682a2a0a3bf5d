//! Answers: what comes back, in which form and order.

use serde_json::json;

use super::given::{World, request};
use crate::{Method, ReplyOutcome};

#[tokio::test]
async fn a_viewer_learns_the_agency_and_the_role() {
    let world = World::new();
    let answer = world
        .ask("{ viewer { role agency { slug reportingCurrency timezone weekStart } member { name } } }")
        .await;
    let expected = json!({"data": {"viewer": {
        "role": "OWNER",
        "agency": {"slug": "northwind", "reportingCurrency": "USD", "timezone": "UTC", "weekStart": "MONDAY"},
        "member": null,
    }}});
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn campaigns_come_in_pages_with_their_brand_and_scores() {
    let world = World::new();
    let answer = world
        .ask("{ campaigns(first: 1) { nodes { id name platform objective budget brand { name } scores { plugin name value verdict evidence } } pageInfo { hasNextPage endCursor } } }")
        .await;
    let first = world.campaigns[0].to_string();
    let expected = json!({"data": {"campaigns": {
        "nodes": [{
            "id": first, "name": "Autumn", "platform": "TIKTOK", "objective": "SALES",
            "budget": "5.5", "brand": {"name": "Aurora"}, "scores": [],
        }],
        "pageInfo": {"hasNextPage": true, "endCursor": first},
    }}});
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn the_next_page_begins_after_the_cursor() {
    let world = World::new();
    let query = format!(
        "{{ brand(id: \"{}\") {{ campaigns(after: \"{}\") {{ edges {{ node {{ name }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }} }}",
        world.brand, world.campaigns[0],
    );
    let expected = json!({"data": {"brand": {"campaigns": {
        "edges": [{"node": {"name": "Winter"}}],
        "pageInfo": {"hasNextPage": false, "hasPreviousPage": true},
    }}}});
    assert_eq!(world.ask(&query).await.body, expected);
}

#[tokio::test]
async fn fields_stand_in_the_order_of_the_document() {
    let world = World::new();
    let query =
        "{ campaigns(first: 1) { nodes { scores { name } brand { slug } name } } __typename }";
    let reply = world
        .api
        .execute(
            world.scope.clone(),
            request(query),
            Method::Post,
            "req_7",
            None,
        )
        .await;
    assert_eq!(
        String::from_utf8(reply.body.to_vec()).unwrap(),
        r#"{"data":{"campaigns":{"nodes":[{"scores":[],"brand":{"slug":"aurora"},"name":"Autumn"}]},"__typename":"Query"}}"#
    );
}

#[tokio::test]
async fn a_node_that_is_not_there_is_null_with_its_code_and_the_rest_stands() {
    let world = World::new();
    let answer = world
        .ask("{ brands { name } node(id: \"brd_01ARZ3NDEKTSV4RRFFQ69G5FAV\") { id } }")
        .await;
    assert_eq!(answer.outcome, ReplyOutcome::Executed);
    assert_eq!(
        answer.body["data"],
        json!({"brands": [{"name": "Aurora"}], "node": null})
    );
    assert_eq!(answer.code(), "NOT_FOUND");
    assert_eq!(answer.body["errors"][0]["path"], json!(["node"]));
}

#[tokio::test]
async fn a_node_is_found_by_the_id_of_any_kind() {
    let world = World::new();
    let query = format!(
        "{{ a: node(id: \"{}\") {{ id ... on Brand {{ slug }} }} b: node(id: \"{}\") {{ __typename ... on Campaign {{ name }} }} }}",
        world.brand, world.campaigns[1],
    );
    let expected = json!({"data": {
        "a": {"id": world.brand.to_string(), "slug": "aurora"},
        "b": {"__typename": "Campaign", "name": "Winter"},
    }});
    assert_eq!(world.ask(&query).await.body, expected);
}

#[tokio::test]
async fn a_tables_columns_do_not_depend_on_the_data() {
    let world = World::new();
    let answer = world
        .ask("{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [PERIOD, CAMPAIGN], metrics: [ROAS, IMPRESSIONS, SPEND]}) { rowCount pageInfo { hasNextPage endCursor } table { columns { name type unit currency } rows } meta { cache timezone dataThrough warnings { code } } } }")
        .await;
    let column =
        |name, kind, unit| json!({"name": name, "type": kind, "unit": unit, "currency": null});
    let expected = json!({"data": {"metrics": {
        "rowCount": 0,
        "pageInfo": {"hasNextPage": false, "endCursor": null},
        "table": {
            "columns": [
                column("period", "DATE", json!(null)),
                column("campaign_id", "ID", json!(null)),
                column("campaign_name", "STRING", json!(null)),
                column("roas", "FLOAT", json!("RATIO")),
                column("impressions", "COUNT", json!("COUNT")),
                column("spend", "DECIMAL", json!("MONEY")),
            ],
            "rows": [],
        },
        "meta": {"cache": "MISS", "timezone": "UTC", "dataThrough": null, "warnings": []},
    }}});
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn totals_without_facts_are_null_with_notes() {
    let world = World::new();
    let answer = world
        .ask("query Q($deep: Boolean = true) { metrics(input: {range: {last: {n: 7, unit: DAY}}, by: [PLATFORM], orderBy: [{metric: SPEND, direction: DESC}]}) { rows { platform ...F } totals { level ...F notes { metric code } } } } fragment F on MetricsRow { money: spend @include(if: $deep) }")
        .await;
    let expected = json!({"data": {"metrics": {
        "rows": [],
        "totals": [{"level": "GRAND", "money": null, "notes": [{"metric": "SPEND", "code": "NOT_REPORTED"}]}],
    }}});
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn a_renamed_brand_comes_back_with_its_new_name_everywhere() {
    let world = World::new();
    let query = format!(
        "mutation {{ renameBrand(input: {{brandId: \"{}\", name: \"Borealis\"}}) {{ brand {{ name }} userErrors {{ code }} }} updateCampaign(input: {{campaignId: \"{}\", budget: \"7.25\", platform: META}}) {{ campaign {{ platform budget brand {{ name }} }} userErrors {{ code }} }} }}",
        world.brand, world.campaigns[0],
    );
    let expected = json!({"data": {
        "renameBrand": {"brand": {"name": "Borealis"}, "userErrors": []},
        "updateCampaign": {
            "campaign": {"platform": "META", "budget": "7.25", "brand": {"name": "Borealis"}},
            "userErrors": [],
        },
    }});
    assert_eq!(world.ask(&query).await.body, expected);
}

#[tokio::test]
async fn what_a_person_can_mend_is_a_user_error() {
    let world = World::new();
    let query = format!(
        "mutation {{ renameBrand(input: {{brandId: \"{}\", name: \" \"}}) {{ brand {{ id }} userErrors {{ field message code }} }} }}",
        world.brand,
    );
    let expected = json!({"data": {"renameBrand": {
        "brand": null,
        "userErrors": [{"field": ["input", "name"], "message": "a name may not be empty", "code": "INVALID_INPUT"}],
    }}});
    assert_eq!(world.ask(&query).await.body, expected);
}

#[tokio::test]
async fn the_usual_introspection_passes_the_limits() {
    let world = World::new();
    let answer = world
        .ask("query IntrospectionQuery { __schema { queryType { name } mutationType { name } types { ...FullType } directives { name args { ...InputValue } } } } fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name args { ...InputValue } type { ...TypeRef } } inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name } possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name type { ...TypeRef } defaultValue } fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }")
        .await;
    assert_eq!(answer.body["errors"], json!(null));
    assert_eq!(
        answer.body["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
}

#[tokio::test]
async fn the_documents_of_the_readme_run_unchanged() {
    let world = World::new();
    let documents = [
        "{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [PLATFORM], orderBy: [{metric: SPEND, direction: DESC}]}) { rows { platform impressions spend roi } totals { level impressions spend roi } meta { cache snapshot dataThrough } } }",
        "{ metrics(input: {range: {between: {from: \"2021-09-01\", until: \"2021-10-01\"}}, by: [CAMPAIGN]}) { rows { campaignId campaignName impressions clicks conversions spend } totals { impressions clicks conversions spend } table { columns { name type unit } rows } } }",
        "{ campaigns(first: 5) { nodes { id name platform objective scores { plugin name value verdict evidence } } pageInfo { hasNextPage endCursor } } }",
    ];
    for document in documents {
        let answer = world.ask(document).await;
        assert_eq!(answer.body.get("errors"), None, "{document}");
    }
}
