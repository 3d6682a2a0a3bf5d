//! What is different between two revisions: field by field, with the old and the new value.

use std::collections::BTreeMap;

use serde_json::Value;

/// A field that a revision changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The place of the field, such as `claims.0.text`.
    pub field: String,
    /// What it was; `None` when it was not there.
    pub old: Option<Value>,
    /// What it is; `None` when it is not there any more.
    pub new: Option<Value>,
}

/// The fields in which two bodies differ, by place. Lists are compared entry by entry.
pub fn changes(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (leaves(old), leaves(new));
    let mut places: Vec<&String> = old.keys().chain(new.keys()).collect();
    places.sort();
    places.dedup();
    let changed = places
        .into_iter()
        .filter(|place| old.get(*place) != new.get(*place));
    changed
        .map(|place| Change {
            field: place.clone(),
            old: old.get(place).cloned(),
            new: new.get(place).cloned(),
        })
        .collect()
}

/// Every value that holds no other, by its place.
fn leaves(value: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    gather("", value, &mut found);
    found
}

fn gather(place: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    let inner = |name: &str| match place {
        "" => name.to_owned(),
        place => format!("{place}.{name}"),
    };
    match value {
        // What is null is what is left out.
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                gather(&inner(name), value, found);
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                gather(&inner(&index.to_string()), entry, found);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.insert(place.to_owned(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn a_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            (0..3_i32).prop_map(Value::from),
            "[ab]?".prop_map(Value::String),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
                proptest::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_changes_applied_to_the_old_leaves_give_the_new_ones(old in a_value(), new in a_value()) {
            let mut told = leaves(&old);
            for change in changes(&old, &new) {
                prop_assert_eq!(told.get(&change.field), change.old.as_ref());
                prop_assert_ne!(&change.old, &change.new);
                match change.new {
                    Some(value) => told.insert(change.field, value),
                    None => told.remove(&change.field),
                };
            }
            prop_assert_eq!(told, leaves(&new));
        }
    }

    #[test]
    fn a_changed_field_is_told_with_its_place_and_both_values() {
        let old = json!({"name": "Tea", "claims": [{"text": "calms"}]});
        let new = json!({"name": "Tea", "claims": [{"text": "heals"}], "tone": "CALM"});
        let expected = [
            Change {
                field: "claims.0.text".into(),
                old: Some("calms".into()),
                new: Some("heals".into()),
            },
            Change {
                field: "tone".into(),
                old: None,
                new: Some("CALM".into()),
            },
        ];
        assert_eq!(changes(&old, &new), expected);
    }
}
