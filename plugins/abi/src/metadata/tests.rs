//! What the metadata of a plugin may and must say.

use super::*;
use serde_json::json;

fn minimal() -> Value {
    json!({
        "metadata": 1,
        "name": "margin",
        "version": "0.1.0",
        "kind": "SCORER",
        "description": "A margin.",
        "config_schema": {},
        "input": {
            "query": {
                "dataset": "delivery_daily",
                "by": ["CAMPAIGN"],
                "metrics": ["revenue"],
                "window_days": 30
            },
            "entity_key": "campaign_id",
            "columns": [
                {"name": "campaign_id", "type": "utf8"},
                {"name": "revenue_micros", "type": "int64", "nullable": true}
            ]
        },
        "output": {"columns": [{"name": "value", "type": "float64", "nullable": true}]}
    })
}

fn refusal(metadata: &Value) -> String {
    Metadata::parse(&metadata.to_string()).unwrap_err().0
}

#[test]
fn metadata_reads_back_as_written() {
    let metadata = Metadata::parse(&minimal().to_string()).unwrap();
    let again = Metadata::parse(&serde_json::to_string(&metadata).unwrap()).unwrap();
    assert_eq!(metadata, again);
    assert_eq!(metadata.kind, Kind::Scorer);
}

#[test]
fn a_newer_format_is_named_as_such() {
    let mut newer = minimal();
    newer["metadata"] = json!(2);
    newer["brand_new"] = json!(true);
    assert_eq!(refusal(&newer), "metadata format 2, this server reads 1");
}

#[test]
fn an_entity_key_must_be_a_text_that_is_always_there() {
    let mut keyed_by_number = minimal();
    keyed_by_number["input"]["entity_key"] = json!("revenue_micros");
    assert!(refusal(&keyed_by_number).contains("`input.entity_key` names `revenue_micros`"));
}

#[test]
fn a_column_named_twice_is_refused() {
    let mut twice = minimal();
    twice["output"]["columns"] = json!([
        {"name": "value", "type": "float64"},
        {"name": "value", "type": "int64"}
    ]);
    assert_eq!(
        refusal(&twice),
        "plugin `margin`: `output.columns` names `value` twice"
    );
}

#[test]
fn an_unknown_type_is_refused_with_the_known_ones() {
    let mut nested = minimal();
    nested["output"]["columns"][0]["type"] = json!("list");
    assert!(refusal(&nested).contains("expected one of `bool`, `int64`"));
}
