//! How fresh facts are, how their days are cut, and what changed since a snapshot.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::{APRIL, brand_id, delivered, metrics, refused};
use crate::given::an_empty_server;

/// Campaigns of two ad accounts, in Shanghai and in Berlin.
fn two_zones() -> TestServer {
    let server = an_empty_server();
    let sent = |zone: &str, csv: &str| {
        let options = format!("register=true&platform=TIKTOK&timezone={zone}");
        let analyst = server.analyst();
        let reply = analyst.ingest_csv("delivery_daily", server.brand(0), &options, csv);
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    sent(
        "Asia/Shanghai",
        "date,campaign,impressions\n2026-04-01,east,1\n",
    );
    sent(
        "Europe/Berlin",
        "date,campaign,impressions\n2026-04-01,west,2\n",
    );
    server
}

fn impressions(server: &TestServer, input: &str) -> Value {
    let input = format!("{APRIL}, {input}");
    metrics(&server.viewer(), &input, "totals { impressions }")["totals"][0]["impressions"].clone()
}

#[test]
fn a_zone_that_all_days_are_cut_in_is_accepted() {
    let server = two_zones();
    let east = r#"timezone: "Asia/Shanghai", where: {campaignName: {eq: "east"}}"#;
    assert_eq!(impressions(&server, east), 1);
}

#[test]
fn a_zone_that_some_days_are_not_cut_in_is_refused_with_those_that_are() {
    let server = two_zones();
    let input = format!(r#"{APRIL}, timezone: "Asia/Shanghai""#);
    let error = refused(&server.viewer(), &input, "totals { impressions }");
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT");
    assert_eq!(error["extensions"]["field"], "timezone");
    assert_eq!(
        error["extensions"]["allowed"],
        json!(["Asia/Shanghai", "Europe/Berlin"])
    );
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("`west` are cut in `Europe/Berlin`"),
        "{message}"
    );
    let input = format!(r#"{APRIL}, timezone: "Mars/Olympus""#);
    let error = refused(&server.viewer(), &input, "totals { impressions }");
    assert_eq!(error["extensions"]["field"], "timezone");
}

#[test]
fn days_of_several_zones_that_are_added_up_come_with_a_warning() {
    let server = two_zones();
    let warnings = |input: &str| {
        let input = format!("{APRIL}, metrics: [IMPRESSIONS], {input}");
        let meta = "meta { warnings { code message } }";
        metrics(&server.viewer(), &input, meta)["meta"]["warnings"].take()
    };
    let told = warnings("by: [PERIOD]");
    assert_eq!(told[0]["code"], "DAY_BOUNDARY_MIXED");
    let message = told[0]["message"].as_str().expect("a sentence");
    assert!(
        message.contains("`Asia/Shanghai`, `Europe/Berlin`"),
        "{message}"
    );
    for apart in [
        r#"where: {campaignName: {eq: "east"}}"#,
        "by: [CAMPAIGN], totals: []",
        "by: [PERIOD], where: {platform: {eq: META}}",
    ] {
        assert_eq!(warnings(apart), json!([]), "{apart}");
    }
    let before =
        r#"{range: {between: {from: "2026-01-01", until: "2026-02-01"}}, metrics: [IMPRESSIONS]}"#;
    let document = format!("{{ metrics(input: {before}) {{ meta {{ warnings {{ code }} }} }} }}");
    let data = server.viewer().data(&document);
    assert_eq!(data["metrics"]["meta"]["warnings"], json!([]));
}

#[test]
fn an_answer_is_as_old_as_the_oldest_of_what_it_reads() {
    let server = an_impression();
    let analyst = server.analyst();
    let brand = server.brand(0);
    let stale = |metric: &str| {
        let input = format!(
            "{APRIL}, metrics: [{metric}], staleness: {{maxAgeSeconds: 0, onStale: SERVE}}"
        );
        let told = metrics(
            &server.viewer(),
            &input,
            "meta { warnings { code message } }",
        );
        let warnings = told["meta"]["warnings"].as_array().cloned();
        let mut warnings = warnings.unwrap_or_default().into_iter();
        warnings.find(|it| it["code"] == "STALE")
    };
    let costs =
        "from,until,campaign,kind,amount,spread\n2026-04-01,2026-04-02,a,production,1,day\n";
    analyst.commit_csv("costs", brand, costs);
    // A second passes until both are stale.
    let named = loop {
        if let Some(warning) = stale("TOTAL_COST") {
            break warning["message"].as_str().unwrap_or_default().to_owned();
        }
    };
    assert!(named.contains("`delivery_daily`"), "{named}");
    analyst.commit_csv(
        "delivery_daily",
        brand,
        "date,campaign,impressions\n2026-04-02,a,1\n",
    );
    let named = loop {
        if let Some(warning) = stale("TOTAL_COST") {
            break warning["message"].as_str().unwrap_or_default().to_owned();
        }
    };
    assert!(named.contains("`costs`"), "{named}");
}

fn an_impression() -> TestServer {
    delivered("date,campaign,impressions\n2026-04-01,a,1\n")
}

#[test]
fn fresh_facts_are_served_without_a_word() {
    let server = an_impression();
    let fresh = r"staleness: {maxAgeSeconds: 86400, onStale: FAIL}";
    assert_eq!(impressions(&server, fresh), 1);
}

#[test]
fn stale_facts_are_refused_or_served_with_a_warning_each_time() {
    let server = an_impression();
    // The brand's feedback was never sent, so that it is older than any age.
    let asked = |on_stale: &str| {
        format!(
            "{APRIL}, dataset: FEEDBACK_DAILY, metrics: [REVIEWS], staleness: {{maxAgeSeconds: 2147483647, onStale: {on_stale}}}"
        )
    };
    let error = refused(&server.viewer(), &asked("FAIL"), "rowCount");
    assert_eq!(error["extensions"]["code"], "STALE");
    assert_eq!(error["extensions"]["retryable"], true);
    for _ in 0..3 {
        let answer = metrics(
            &server.viewer(),
            &asked("SERVE"),
            "meta { warnings { code } committedAt }",
        );
        let expected = json!({ "warnings": [{ "code": "STALE" }], "committedAt": null });
        assert_eq!(answer["meta"], expected);
    }
}

#[test]
fn an_age_below_zero_is_refused() {
    let input = format!("{APRIL}, staleness: {{maxAgeSeconds: -1, onStale: SERVE}}");
    let error = refused(&an_impression().viewer(), &input, "rowCount");
    assert_eq!(error["extensions"]["code"], "INVALID_INPUT");
    assert_eq!(error["extensions"]["field"], "staleness.maxAgeSeconds");
}

#[test]
fn meta_tells_when_the_newest_batch_of_the_brands_was_committed() {
    let server = an_impression();
    let committed = |brand: usize| {
        let id = brand_id(&server.owner(), server.brand(brand));
        let input = format!(r#"{APRIL}, brands: ["{id}"], metrics: [SPEND]"#);
        metrics(&server.viewer(), &input, "meta { committedAt }")["meta"]["committedAt"].clone()
    };
    assert!(committed(0).is_string());
    assert_eq!(committed(1), json!(null));
}

fn snapshot(persona: &Persona) -> String {
    let answer = metrics(
        persona,
        &format!("{APRIL}, metrics: [SPEND]"),
        "meta { snapshot }",
    );
    answer["meta"]["snapshot"].as_str().unwrap().to_owned()
}

fn changed(persona: &Persona, arguments: &str) -> Value {
    let document = format!(
        "{{ changedSince({arguments}) {{ snapshot attributesChanged periods {{ brand {{ slug }} dataset from until }} }} }}"
    );
    persona.data(&document)["changedSince"].take()
}

#[test]
fn nothing_changed_since_the_present_snapshot() {
    let server = an_impression();
    let since = snapshot(&server.viewer());
    let changes = changed(&server.viewer(), &format!(r#"snapshot: "{since}""#));
    let expected = json!({ "snapshot": since, "attributesChanged": false, "periods": [] });
    assert_eq!(changes, expected);
}

#[test]
fn the_months_that_batches_and_retractions_touched_are_listed_by_brand() {
    let server = an_impression();
    let (analyst, viewer) = (server.analyst(), server.viewer());
    let since = snapshot(&viewer);
    let since = format!(r#"snapshot: "{since}""#);
    let later = "date,campaign,impressions\n2026-05-01,a,1\n2026-05-02,a,1\n";
    let batch = analyst.commit_csv("delivery_daily", server.brand(0), later);
    let costs = "from,until,campaign,kind,amount\n2026-04-01,2026-07-01,b,agency_fee,9\n";
    analyst.commit_csv(
        "delivery_daily",
        server.brand(1),
        "date,campaign,impressions\n2026-04-01,b,1\n",
    );
    analyst.commit_csv("costs", server.brand(1), costs);
    let month = |brand: usize, dataset: &str, from: &str, until: Value| json!({ "brand": { "slug": server.brand(brand) }, "dataset": dataset, "from": from, "until": until });
    let may = month(0, "DELIVERY_DAILY", "2026-05-01", json!("2026-06-01"));
    let april = month(1, "DELIVERY_DAILY", "2026-04-01", json!("2026-05-01"));
    let fees = month(1, "COSTS", "2026-04-01", json!(null));
    let listed = |arguments: &str| {
        let mut periods = changed(&viewer, arguments)["periods"].take();
        let list = periods.as_array_mut().unwrap();
        list.sort_by_key(|it| it["from"].to_string() + &it["dataset"].to_string());
        periods
    };
    assert_eq!(listed(&since), json!([fees, april, may]));
    assert_eq!(listed(&format!("{since}, dataset: COSTS")), json!([fees]));
    let first = brand_id(&server.owner(), server.brand(0));
    assert_eq!(
        listed(&format!(r#"{since}, brands: ["{first}"]"#)),
        json!([may])
    );
    let after = format!(r#"snapshot: "{}""#, snapshot(&viewer));
    let batch = batch["batch"].as_str().unwrap();
    analyst.data(&format!(
        r#"mutation {{ retractBatch(input: {{batchId: "{batch}"}}) {{ userErrors {{ code }} }} }}"#
    ));
    assert_eq!(listed(&after), json!([may]));
}

#[test]
fn a_renamed_brand_and_new_rates_change_attributes_and_no_facts() {
    let server = an_impression();
    let since = snapshot(&server.viewer());
    server
        .analyst()
        .import_rates("date,from,to,rate\n2026-04-01,EUR,USD,1.1\n");
    let changes = changed(&server.viewer(), &format!(r#"snapshot: "{since}""#));
    assert_eq!(changes["attributesChanged"], true);
    assert_eq!(changes["periods"], json!([]));
}

#[test]
fn a_snapshot_to_come_and_no_snapshot_are_refused() {
    let server = an_impression();
    for wrong in ["999.0", "0.999", "yesterday"] {
        let document = format!(r#"{{ changedSince(snapshot: "{wrong}") {{ snapshot }} }}"#);
        let error = server.viewer().error(&document);
        assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{wrong}");
        assert_eq!(error["extensions"]["field"], "snapshot", "{wrong}");
    }
}
