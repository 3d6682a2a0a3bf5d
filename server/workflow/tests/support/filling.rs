//! Evidence that fits its kind: each field filled by its type, amounts from the reference cases.

use bellwether_workflow::amounts::Calculation;
use bellwether_workflow::case::GivenEvidence;
use bellwether_workflow::definition::{EvidenceKind, Field, FieldType};
use serde_json::{Map, Value, json};

use super::World;

/// The input of the first reference case of a calculation.
pub(crate) fn input(calculation: Calculation, id: &str) -> Value {
    let text = include_str!("../reference/workflow_cases.json");
    let file: Value = serde_json::from_str(text).expect("the file is JSON");
    let workflow = match calculation {
        Calculation::Due => "any",
        Calculation::Cancellation => "cancel_promotion",
        Calculation::Termination => "terminate_agency",
        Calculation::Mismatch => "resolve_mismatch",
        Calculation::Review => "performance_review",
    };
    let cases = file["cases"].as_array().expect("the file has cases");
    let fits = |case: &&Value| {
        case["workflow"] == workflow && case["id"].as_str().is_some_and(|name| name.starts_with(id))
    };
    cases.iter().find(fits).expect("there is such a case")["input"].clone()
}

impl World {
    /// Evidence for every item of a kind.
    pub(crate) fn filling(&self, kind: &str) -> Vec<GivenEvidence> {
        let kind = self
            .definition
            .evidence_kind(kind)
            .expect("the kind is defined");
        let one = |item: Option<String>| GivenEvidence {
            kind: kind.kind.clone(),
            item,
            fields: self.fields_of(kind),
            input: kind.calculation.map(|calculation| input(calculation, "")),
            ..GivenEvidence::default()
        };
        if let Some(list) = &kind.each_of {
            assert_eq!(list, "linked.parties", "the only list there is");
            return ["influencer", "partner"]
                .map(|item| one(Some(item.to_owned())))
                .to_vec();
        }
        if kind.each.is_empty() {
            return vec![one(None)];
        }
        kind.each
            .iter()
            .map(|item| one(Some(item.clone())))
            .collect()
    }

    fn fields_of(&self, kind: &EvidenceKind) -> Map<String, Value> {
        let named = |field: &Field| (field.name.clone(), self.value(field));
        kind.fields.iter().map(named).collect()
    }

    fn value(&self, field: &Field) -> Value {
        let word = || {
            let list = field.one_of.as_ref().expect("a field of codes has a list");
            self.definition.codes[list][0].clone()
        };
        match field.of {
            FieldType::Text => json!("as we talked about"),
            FieldType::Reference => json!("REF-1"),
            FieldType::Code => json!(word()),
            FieldType::Codes => json!([word()]),
            FieldType::List => json!(["influencer", "partner"]),
            FieldType::Date => json!("2026-04-10"),
            FieldType::Moment => json!("2026-03-27T08:00:00Z"),
            FieldType::Amount => json!("100.00"),
            // An alternative isn't chosen, everything else is so.
            FieldType::Flag => json!(field.name != "chosen"),
            FieldType::File => json!("ab".repeat(32)),
            FieldType::Record => json!({"any": 1}),
        }
    }
}
