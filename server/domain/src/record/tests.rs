//! What bodies and rules refuse, each with its code and place, and what they let pass.

pub(super) mod examples;
mod faults;
mod rules;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use examples::{example, examples};

#[test]
fn every_kind_has_an_example_that_passes_and_reads_back_as_written() {
    for kind in RecordKind::ALL {
        let body = example(*kind);
        assert_eq!(body.kind(), *kind);
        assert_eq!(body.check(), Ok(()), "{kind}");
        assert_eq!(Body::read(*kind, &body.to_json()), Ok(body), "{kind}");
    }
}

#[test]
fn a_field_that_a_body_does_not_know_is_refused() {
    for (kind, mut json) in examples() {
        json["colour"] = json!("red");
        let refusal = Body::read(kind, &json).unwrap_err();
        assert!(refusal.message.contains("colour"), "{kind}: {refusal}");
    }
}

proptest! {
    #[test]
    fn a_name_is_cut_for_lists_at_a_letter(text in "\\PC{1,300}") {
        let mut json = examples::json_of(RecordKind::FeedbackItem);
        json["text"] = Value::from(text.clone());
        let name = Body::read(RecordKind::FeedbackItem, &json).unwrap().name();
        prop_assert!(name.len() <= RECORD_NAME_BYTES_MAX && text.starts_with(&name));
    }
}
