//! An agency's own words about its campaigns: grouped by, filtered by, and changed at any time.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, brand_id, campaign_id, metrics, refused};

fn label(persona: &Persona, external_id: &str, labels: &str) -> Value {
    let campaign = campaign_id(persona, external_id);
    persona.data(&format!(
        "mutation {{ setCampaignLabels(input: {{campaign: \"{campaign}\", labels: [{labels}]}}) \
         {{ campaign {{ labels {{ name value }} }} userErrors {{ field code }} }} }}"
    ))["setCampaignLabels"]
        .take()
}

/// `a` and `d` are of the north, `b` of the south; `c` has no region. `a` has a season too.
pub(super) fn labelled() -> TestServer {
    let server = a_small_world();
    let owner = server.owner();
    label(
        &owner,
        "a",
        r#"{name: "region", value: "north"}, {name: "season", value: "spring"}"#,
    );
    label(&owner, "b", r#"{name: "region", value: "south"}"#);
    label(&owner, "d", r#"{name: "region", value: "north"}"#);
    server
}

fn by_region(persona: &Persona, more: &str) -> Value {
    let input = format!("{APRIL}, labels: [\"region\"]{more}");
    metrics(
        persona,
        &input,
        "rows { labels { name value } impressions }",
    )["rows"]
        .take()
}

fn row(region: Option<&str>, impressions: i64) -> Value {
    json!({ "labels": [{ "name": "region", "value": region }], "impressions": impressions })
}

#[test]
fn a_campaign_tells_its_labels() {
    let server = a_small_world();
    let payload = label(
        &server.owner(),
        "a",
        r#"{name: "team", value: "Video"}, {name: "region", value: "north"}"#,
    );
    assert_eq!(
        payload,
        json!({
            "campaign": { "labels": [
                { "name": "region", "value": "north" },
                { "name": "team", "value": "Video" },
            ] },
            "userErrors": [],
        })
    );
}

#[test]
fn rows_are_grouped_by_a_label_and_those_without_it_stand_together() {
    assert_eq!(
        by_region(&labelled().viewer(), ""),
        json!([
            row(None, 400),
            row(Some("north"), 900),
            row(Some("south"), 200)
        ])
    );
}

#[test]
fn rows_are_sorted_by_a_label() {
    let more = ", orderBy: [{label: \"region\", direction: DESC}]";
    assert_eq!(
        by_region(&labelled().viewer(), more),
        json!([
            row(Some("south"), 200),
            row(Some("north"), 900),
            row(None, 400)
        ])
    );
}

#[test]
fn labels_keep_only_the_campaigns_that_have_them() {
    let server = labelled();
    let viewer = server.viewer();
    let total = |labels: &str| {
        let input = format!("{APRIL}, where: {{labels: [{labels}]}}");
        let answer = metrics(&viewer, &input, "totals { impressions }");
        answer["totals"][0]["impressions"].clone()
    };
    assert_eq!(total(r#"{name: "region", eq: "north"}"#), json!(900));
    assert_eq!(
        total(r#"{name: "region", in: ["north", "south"]}"#),
        json!(1100)
    );
    let both = r#"{name: "region", eq: "north"}, {name: "season", eq: "spring"}"#;
    assert_eq!(total(both), json!(400));
    assert_eq!(total(r#"{name: "region", eq: "west"}"#), json!(null));
}

#[test]
fn labels_are_columns_of_tables_after_the_dimensions() {
    let input = format!(
        "{APRIL}, by: [PLATFORM], labels: [\"season\", \"region\"], metrics: [IMPRESSIONS], \
         where: {{labels: [{{name: \"region\", eq: \"north\"}}]}}"
    );
    let answer = metrics(
        &labelled().viewer(),
        &input,
        "table { columns { name type } rows }",
    );
    let names: Vec<&Value> = answer["table"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| &column["name"])
        .collect();
    assert_eq!(
        names,
        ["platform", "label_season", "label_region", "impressions"]
    );
    assert_eq!(
        answer["table"]["rows"],
        json!([
            ["TIKTOK", null, "north", 500],
            ["TIKTOK", "spring", "north", 400]
        ])
    );
}

#[test]
fn a_changed_label_shows_in_the_next_answer_though_its_facts_are_cached() {
    let server = labelled();
    let viewer = server.viewer();
    by_region(&viewer, "");
    label(&server.owner(), "c", r#"{name: "region", value: "south"}"#);
    assert_eq!(
        by_region(&viewer, ""),
        json!([row(Some("north"), 900), row(Some("south"), 600)])
    );
}

#[test]
fn brand_costs_are_left_out_where_labels_tell_campaigns_apart() {
    let server = labelled();
    server.analyst().commit_csv(
        "costs",
        server.brand(0),
        "from,until,campaign,kind,amount\n2026-04-01,2026-04-11,,agency_fee,100\n",
    );
    let viewer = server.viewer();
    let brand = brand_id(&viewer, server.brand(0));
    let input = format!(
        "{APRIL}, brands: [\"{brand}\"], where: {{labels: [{{name: \"region\", eq: \"north\"}}]}}"
    );
    let answer = metrics(
        &viewer,
        &input,
        "totals { totalCost } meta { warnings { code } }",
    );
    assert_eq!(
        answer,
        json!({
            "totals": [{ "totalCost": "4" }],
            "meta": { "warnings": [{ "code": "BRAND_COSTS_LEFT_OUT" }] },
        })
    );
}

#[test]
fn an_unknown_label_is_refused_with_those_that_exist() {
    let error = refused(
        &labelled().viewer(),
        &format!("{APRIL}, labels: [\"reigon\"]"),
        "rowCount",
    );
    assert_eq!(error["extensions"]["field"], "labels[0]");
    assert_eq!(error["extensions"]["allowed"], json!(["region", "season"]));
    assert_eq!(error["extensions"]["didYouMean"], "region");
}

#[test]
fn only_those_who_may_edit_label_and_what_can_be_mended_is_a_user_error() {
    let server = a_small_world();
    let payload = label(&server.owner(), "a", r#"{name: "Region", value: "north"}"#);
    assert_eq!(payload["campaign"], json!(null));
    assert_eq!(payload["userErrors"][0]["code"], "INVALID_INPUT");
    let twice = r#"{name: "x", value: "1"}, {name: "x", value: "2"}"#;
    let payload = label(&server.owner(), "a", twice);
    assert_eq!(
        payload["userErrors"][0]["field"],
        json!(["input", "labels", "1", "name"])
    );
    let campaign = campaign_id(&server.viewer(), "a");
    let error = server.viewer().error(&format!(
        "mutation {{ setCampaignLabels(input: {{campaign: \"{campaign}\", labels: []}}) {{ campaign {{ id }} }} }}"
    ));
    assert_eq!(error["extensions"]["code"], "FORBIDDEN");
}
