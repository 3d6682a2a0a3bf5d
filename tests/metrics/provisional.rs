//! Numbers of days that the platforms may still change.

use bellwether_domain::time::Date;
use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::{metrics, today};
use crate::given::{BELLWETHER, an_empty_server};

/// The day so many days before today in the agency's zone.
fn ago(server: &TestServer, days: u32) -> Date {
    let mut day = today(&server.viewer());
    for _ in 0..days {
        day = day.yesterday().expect("there is a day before");
    }
    day
}

/// Facts of a platform so many days ago.
fn reported(server: &TestServer, platform: &str, days: &[u32]) {
    let rows = days.iter().map(|days| {
        let day = ago(server, *days);
        format!("{day},{platform},{platform},10,4,20,1\n")
    });
    let rows: Vec<String> = rows.collect();
    let csv = format!(
        "date,campaign,platform,spend,conversions,revenue,clicks\n{}",
        rows.concat()
    );
    let analyst = server.analyst();
    analyst.commit_csv("delivery_daily", server.brand(0), &csv);
}

/// What is asked of the last 60 days.
fn asked(server: &TestServer, input: &str, selection: &str) -> Value {
    let (from, until) = (ago(server, 60), today(&server.viewer()));
    let input = format!(r#"range: {{between: {{from: "{from}", until: "{until}"}}}}, {input}"#);
    metrics(&server.viewer(), &input, selection)
}

/// The metrics of each row that are provisional.
fn provisional(answer: &Value) -> Vec<Vec<String>> {
    let rows = answer["rows"].as_array().unwrap().iter();
    let of_row = |row: &Value| {
        let notes = row["notes"].as_array().unwrap().iter();
        let notes = notes.filter(|note| note["code"] == "PROVISIONAL");
        notes
            .map(|note| note["metric"].as_str().unwrap().to_owned())
            .collect()
    };
    rows.map(of_row).collect()
}

const SELECTION: &str = "rows { period spend conversions roas notes { metric of code } } totals { notes { metric code } } meta { provisionalFrom }";

#[test]
fn spend_is_final_after_two_days_and_what_is_attributed_after_the_window() {
    let server = an_empty_server();
    reported(&server, "TIKTOK", &[1, 2, 8, 9]);
    let answer = asked(&server, "by: [PERIOD]", SELECTION);
    assert_eq!(answer["rows"][0]["conversions"], "4");
    assert_eq!(
        provisional(&answer),
        [
            vec![],
            vec!["CONVERSIONS".to_owned(), "ROAS".to_owned()],
            vec!["CONVERSIONS".to_owned(), "ROAS".to_owned()],
            vec![
                "CONVERSIONS".to_owned(),
                "SPEND".to_owned(),
                "ROAS".to_owned()
            ],
        ]
    );
    assert_eq!(
        answer["meta"]["provisionalFrom"],
        ago(&server, 8).to_string()
    );
}

#[test]
fn each_platform_has_a_window_of_its_own() {
    let server = an_empty_server();
    reported(&server, "TIKTOK", &[20]);
    reported(&server, "META", &[20]);
    let by_platform = asked(
        &server,
        "by: [PLATFORM], orderBy: [{dimension: PLATFORM}]",
        "rows { conversions notes { metric of code } } totals { notes { code } } meta { provisionalFrom }",
    );
    assert_eq!(
        provisional(&by_platform),
        [vec!["CONVERSIONS".to_owned()], vec![]]
    );
    assert_eq!(
        by_platform["totals"][0]["notes"],
        json!([{ "code": "PROVISIONAL" }])
    );
    assert_eq!(
        by_platform["meta"]["provisionalFrom"],
        ago(&server, 27).to_string()
    );
}

#[test]
fn a_campaign_that_ended_before_the_window_is_final() {
    let server = an_empty_server();
    reported(&server, "TIKTOK", &[40]);
    let answer = asked(
        &server,
        "by: [CAMPAIGN]",
        "rows { conversions notes { metric of code } } meta { provisionalFrom }",
    );
    assert_eq!(provisional(&answer), [Vec::<String>::new()]);
    assert_eq!(answer["meta"]["provisionalFrom"], json!(null));
}

#[test]
fn an_operator_sets_the_windows() {
    let config = "[restatement]\nTIKTOK = { delivery_days = 0, attributed_days = 41 }\n";
    let server = TestServer::with_config(BELLWETHER, config);
    reported(&server, "TIKTOK", &[40, 41]);
    let answer = asked(&server, "by: [PERIOD]", SELECTION);
    let moving = vec!["CONVERSIONS".to_owned(), "ROAS".to_owned()];
    assert_eq!(provisional(&answer), [vec![], moving]);
}

#[test]
fn a_change_from_what_is_provisional_is_provisional_too() {
    let server = an_empty_server();
    reported(&server, "TIKTOK", &[1, 2]);
    let (from, until) = (ago(&server, 1), today(&server.viewer()));
    let input = format!(
        r#"range: {{between: {{from: "{from}", until: "{until}"}}}}, metrics: [SPEND], compare: {{previousPeriod: {{}}}}"#
    );
    let answer = metrics(&server.viewer(), &input, "rows { spend notes { of code } }");
    let note = |of: &str| json!({ "of": of, "code": "PROVISIONAL" });
    assert_eq!(
        answer["rows"][0]["notes"],
        json!([note("VALUE"), note("DELTA"), note("DELTA_RATIO")])
    );
}

#[test]
fn with_currency_the_same_days_are_provisional() {
    let server = an_empty_server();
    reported(&server, "TIKTOK", &[1, 9]);
    let plain = asked(&server, "by: [PERIOD]", SELECTION);
    let converted = asked(&server, r#"by: [PERIOD], currency: "USD""#, SELECTION);
    assert_eq!(provisional(&converted), provisional(&plain));
    assert_eq!(converted["meta"], plain["meta"]);
}
