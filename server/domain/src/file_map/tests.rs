//! What maps take over, and how wrong ones are told.

use serde_json::{Value, json};

use super::*;
use crate::sample::ProblemCode;

/// A map of this JSON, as TOML has the same shape.
fn map(of: Value) -> FileMap {
    serde_json::from_value(of).unwrap()
}

/// A map of delivery with a column of spend that is written like this.
fn spend_map(more: Value) -> FileMap {
    let mut of = json!({
        "dataset": "delivery_daily",
        "columns": {
            "date": {"from": "Day"}, "campaign": {"from": "Id"}, "spend": {"from": "Cost"},
        },
    });
    let Value::Object(more) = more else {
        panic!("an object")
    };
    for (name, value) in more {
        of[name] = value;
    }
    map(of)
}

const HEADER: [&str; 3] = ["Day", "Id", "Cost"];

fn converted(map: &FileMap, day: &str, cost: &str) -> Result<Vec<String>, (ProblemCode, String)> {
    let plan = MapPlan::new(map, &HEADER).unwrap();
    let made = plan.convert(&[day, "7", cost]);
    made.map_err(|faults| (faults[0].code, faults[0].message.clone()))
}

fn faults(map: &FileMap, header: &[&str]) -> Vec<(String, String)> {
    let faults = MapPlan::new(map, header).unwrap_err();
    faults
        .into_iter()
        .map(|fault| (fault.path, fault.message))
        .collect()
}

#[test]
fn days_and_numbers_are_read_as_the_map_writes_them() {
    let german = spend_map(json!({
        "decimal_mark": ",", "group_mark": ".", "date_format": ["%d.%m.%Y", "%Y-%m-%d"], "strip": ["€"],
    }));
    for (day, cost, expected) in [
        ("01.11.2026", "1.234,50 €", ["7", "2026-11-01", "1234.50"]),
        ("2026-11-01", "-1,5", ["7", "2026-11-01", "-1.5"]),
        ("2026-11-01", "", ["7", "2026-11-01", ""]),
    ] {
        assert_eq!(converted(&german, day, cost).unwrap(), expected);
    }
}

#[test]
fn a_number_with_a_mark_in_the_wrong_place_and_a_day_in_another_form_are_refused() {
    let english = spend_map(json!({"group_mark": ","}));
    for cost in [
        "1,50",
        "1.234,50",
        "12,34,567",
        "1 000",
        "abc",
        "1.",
        ".5",
        ",123",
    ] {
        let (code, message) = converted(&english, "2026-11-01", cost).unwrap_err();
        assert_eq!(code, ProblemCode::WrongType, "{cost}");
        assert!(message.contains("`decimal_mark`"), "{message}");
    }
    let (code, message) = converted(&english, "01.11.2026", "1").unwrap_err();
    assert_eq!(code, ProblemCode::BadDate);
    assert!(
        message.contains("`%Y-%m-%d`; change `date_format`"),
        "{message}"
    );
}

#[test]
fn numbers_are_multiplied_exactly_and_words_are_those_of_the_map() {
    let cents = map(json!({
        "dataset": "audience_daily", "missing": ["--"],
        "columns": {
            "date": {"from": "Day"}, "campaign": {"from": "Id"}, "spend": {"from": "Cost", "factor": "0.01"},
            "country": {"from": "Land", "words": {"\u{7f8e}\u{56fd}": "US"}},
        },
    }));
    let plan = MapPlan::new(&cents, &["Day", "Id", "Cost", "Land"]).unwrap();
    let made = plan
        .convert(&["2026-11-01", "7", "1999", "\u{7f8e}\u{56fd}"])
        .unwrap();
    let named: Vec<(&str, &str)> = plan
        .columns()
        .zip(made.iter().map(String::as_str))
        .collect();
    let expected = [
        ("campaign", "7"),
        ("country", "US"),
        ("date", "2026-11-01"),
        ("spend", "19.99"),
    ];
    assert_eq!(named, expected);
    let wrong = plan
        .convert(&["2026-11-01", "7", "--", "Peru"])
        .unwrap_err();
    assert_eq!(wrong[0].column.as_deref(), Some("country"));
    assert_eq!(wrong[0].code, ProblemCode::UnknownWord);
}

#[test]
fn a_column_that_the_file_lacks_is_told_with_what_it_has_and_the_nearest() {
    let told = faults(&spend_map(json!({})), &["Day", "Id", "Costs"]);
    assert_eq!(told[0].0, "columns.spend.from");
    assert!(
        told[0].1.contains(
            "no column `Cost`, from which `spend` is to be filled; did you mean `Costs`?"
        ),
        "{told:?}"
    );
    assert!(told[0].1.contains("Day, Id, Costs"), "{told:?}");
}

#[test]
fn a_column_that_the_map_does_not_name_is_refused_unless_it_is_ignored() {
    let header = ["Day", "Id", "Cost", "CTR (all)", ""];
    let told = faults(&spend_map(json!({})), &header);
    assert!(told[0].1.contains("`CTR (all)`"), "{told:?}");
    let ignoring = spend_map(json!({"ignore": ["CTR (*)"]}));
    assert!(MapPlan::new(&ignoring, &header).is_ok());
    let careless = spend_map(json!({"others": "ignore"}));
    assert!(MapPlan::new(&careless, &header).is_ok());
}

#[test]
fn the_text_in_a_columns_name_fills_every_row() {
    let meta = map(json!({
        "dataset": "delivery_daily",
        "columns": {
            "date": {"from": "Day"}, "campaign": {"from": "Id"},
            "spend": {"from": "Amount spent (*)"}, "currency": {"header": "Amount spent (*)"},
        },
    }));
    let plan = MapPlan::new(&meta, &["Day", "Id", "Amount spent (EUR)"]).unwrap();
    let made = plan.convert(&["2026-11-01", "7", "1.5"]).unwrap();
    assert_eq!(made, ["7", "EUR", "2026-11-01", "1.5"]);
}

#[test]
fn a_wrong_map_tells_each_column_and_what_it_would_need() {
    let wrong = map(json!({
        "dataset": "delivery_daily", "decimal_mark": ",", "group_mark": ",", "header_line": 0,
        "date_format": "%Y-%m", "timezone": "Mars/Olympus",
        "columns": {
            "spent": {"from": "Cost"}, "impressions": {"from": "Impr", "constant": "1"},
            "campaign": {"from": "Id", "factor": "2", "split": ";", "date_format": "%d"},
            "currency": {"header": "Cost"},
        },
    }));
    let told: Vec<String> = wrong
        .check()
        .unwrap_err()
        .into_iter()
        .map(|it| it.path)
        .collect();
    let expected = [
        "columns.campaign.factor",
        "columns.campaign.split",
        "columns.campaign.date_format",
        "columns.currency.header",
        "columns.impressions.from",
        "columns.spent",
        "columns.date",
        "date_format",
        "timezone",
        "group_mark",
        "header_line",
    ];
    assert_eq!(told, expected);
    let nothing = map(json!({"columns": {}})).check().unwrap_err();
    assert_eq!(nothing[0].path, "dataset");
}

#[test]
fn records_have_lists_moments_and_days_too() {
    let feedback = map(json!({
        "records": "feedback_item", "timezone": "Asia/Shanghai",
        "columns": {
            "kind": {"constant": "REVIEW"}, "reply.state": {"constant": "OPEN"},
            "saidAt": {"from": "When", "date_format": "%Y/%m/%d %H:%M"},
            "rating": {"from": "Stars"},
        },
    }));
    let plan = MapPlan::new(&feedback, &["When", "Stars"]).unwrap();
    let made = plan.convert(&["2026/11/01 08:30", "4.5"]).unwrap();
    assert_eq!(made, ["REVIEW", "4.5", "OPEN", "2026-11-01T00:30:00Z"]);
    let content =
        map(json!({"records": "content", "columns": {"hashtags": {"from": "Tags", "split": ","}}}));
    let plan = MapPlan::new(&content, &["Tags"]).unwrap();
    assert_eq!(
        plan.convert(&["tea, sleep,"]).unwrap(),
        [r#"["tea","sleep"]"#]
    );
}

#[test]
fn totals_and_empty_rows_are_skipped() {
    let map = spend_map(json!({"skip_rows": ["Total"]}));
    let plan = MapPlan::new(&map, &HEADER).unwrap();
    assert!(plan.skips(&["", "Total: all", "9"]) && plan.skips(&["", " "]));
    assert!(!plan.skips(&["2026-11-01", "Total", "9"]));
}

#[test]
fn a_file_has_so_many_columns_and_no_more() {
    let map = spend_map(json!({"others": "ignore"}));
    let mut header = HEADER.to_vec();
    header.resize(MAPPED_COLUMNS_MAX, "other");
    assert!(MapPlan::new(&map, &header).is_ok());
    header.push("other");
    assert!(faults(&map, &header)[0].1.contains("mapped_columns_max"));
}
