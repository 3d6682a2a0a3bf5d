//! The scorer through its exported descriptor.

use bellwether_plugin_sdk::{Values, testing};
use serde_json::json;

use super::*;

/// Rows of `(campaign, aspect, label, observed)`.
fn rows(rows: &[(&'static str, &'static str, &'static str, f64)]) -> Table {
    Table::new()
        .with(
            "campaign_id",
            rows.iter().map(|row| Some(row.0)).collect::<Vec<_>>(),
        )
        .with(
            "aspect",
            rows.iter().map(|row| Some(row.1)).collect::<Vec<_>>(),
        )
        .with(
            "label",
            rows.iter().map(|row| Some(row.2)).collect::<Vec<_>>(),
        )
        .with(
            "observed",
            rows.iter().map(|row| Some(row.3)).collect::<Vec<_>>(),
        )
}

#[test]
fn campaigns_are_judged_each_by_its_own_rows() {
    let table = rows(&[
        ("cmp_1", "COMPONENT", "audience", 0.5),
        ("cmp_1", "COMPONENT", "offer", 0.3),
        ("cmp_2", "COMPONENT", "tone", 1.0),
    ]);
    let answer = testing::run(&bellwether_plugin, &json!({}), &table).unwrap();
    assert_eq!(
        answer.column("verdict"),
        Some(&Values::from(vec![
            Some("watch"),
            Some("insufficient_evidence")
        ]))
    );
    assert_eq!(
        answer.column("value"),
        Some(&Values::Float64(vec![Some(0.4), None]))
    );
}

#[test]
fn an_aspect_that_is_none_is_refused_with_those_there_are() {
    let table = rows(&[("cmp_1", "MOOD", "audience", 0.5)]);
    let refused = testing::run(&bellwether_plugin, &json!({}), &table).unwrap_err();
    assert!(
        refused.contains("`cmp_1`: aspect `MOOD` is none of AUDIENCE, "),
        "{refused}"
    );
}

#[test]
fn a_row_without_what_its_aspect_needs_is_refused() {
    let table = rows(&[("cmp_1", "AUDIENCE", "18-24", 0.5)]);
    let refused = testing::run(&bellwether_plugin, &json!({}), &table).unwrap_err();
    assert!(
        refused.contains("row 0 lacks `name`, which its aspect needs"),
        "{refused}"
    );
}
