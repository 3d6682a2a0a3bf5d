//! The fields of evidence: each checked by its type, personal text turned into hashes.

use bellwether_domain::money::Decimal;
use bellwether_domain::time::{Timestamp, parse_date};
use serde_json::{Map, Value, json};

use super::GivenEvidence;
use crate::chain::{Hash, KeptText, Salt};
use crate::definition::{Definition, EvidenceKind, Field, FieldType};
use crate::refused::{Block, RefusalCode};

/// The most bytes of a reference, a code or a day.
pub const FIELD_BYTES_MAX: usize = 500;

/// The most bytes of a person's words.
pub const TEXT_BYTES_MAX: usize = 20_000;

/// The most bytes of figures of any shape, or of a calculation's input.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;

/// The most items of a list, and so of a kind of evidence.
pub const ITEMS_OF_A_KIND_MAX: usize = 200;

/// The fields as they are recorded, and the texts that are kept beside them.
pub(super) fn read(
    kind: &EvidenceKind,
    definition: &Definition,
    given: &GivenEvidence,
    seq: u64,
    salt: &Salt,
) -> Result<(Map<String, Value>, Vec<KeptText>), Block> {
    let known = |name: &str| kind.fields.iter().any(|field| field.name == name);
    if let Some(name) = given.fields.keys().find(|name| !known(name)) {
        let names = kind
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect::<Vec<_>>();
        let message = format!(
            "`{}` has no field `{name}`; it has {}",
            kind.kind,
            names.join(", ")
        );
        return Err(Block::new(RefusalCode::InvalidEvidence, message).of(place(kind, name)));
    }
    let mut fields = Map::new();
    let mut texts = Vec::new();
    for field in &kind.fields {
        let value = match given.fields.get(&field.name) {
            Some(value) if !value.is_null() => value,
            _ if field.optional => continue,
            _ => return Err(wrong(kind, field, "is missing")),
        };
        let value = if field.of == FieldType::Text {
            let text =
                text(value).ok_or_else(|| wrong(kind, field, "must be a text that isn't empty"))?;
            let kept = KeptText::new(seq, &place(kind, &field.name), text, salt);
            let hash = kept.hash();
            texts.push(kept);
            json!({ "sha256": hash })
        } else {
            check(field, definition, value).map_err(|must| wrong(kind, field, &must))?;
            value.clone()
        };
        fields.insert(field.name.clone(), value);
    }
    Ok((fields, texts))
}

/// The greatest whole number that every reader of JSON holds exactly.
const EXACT_MAX: i64 = 1 << 53;

/// Refuses figures beyond [`RECORD_BYTES_MAX`], and numbers that canonical JSON would change.
pub(super) fn within_record(name: &str, value: &Value) -> Result<(), Block> {
    if !is_exact(value) {
        let message = format!("`{name}` has a whole number beyond {EXACT_MAX}; write it as text");
        return Err(Block::new(RefusalCode::InvalidEvidence, message).of(name));
    }
    within(
        name,
        value.to_string().len(),
        RECORD_BYTES_MAX,
        "workflow_record_bytes_max",
    )
}

fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => (-EXACT_MAX..=EXACT_MAX).contains(&whole),
            None => !number.is_u64(),
        },
        Value::Array(items) => items.iter().all(is_exact),
        Value::Object(fields) => fields.values().all(is_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// Refuses a short text beyond [`FIELD_BYTES_MAX`].
pub(super) fn within_field(name: &str, text: &str) -> Result<(), Block> {
    within(
        name,
        text.len(),
        FIELD_BYTES_MAX,
        "workflow_field_bytes_max",
    )
}

/// Refuses words beyond [`TEXT_BYTES_MAX`].
pub(super) fn within_text(name: &str, text: &str) -> Result<(), Block> {
    within(name, text.len(), TEXT_BYTES_MAX, "workflow_text_bytes_max")
}

fn within(name: &str, n_bytes: usize, max: usize, limit: &str) -> Result<(), Block> {
    if n_bytes <= max {
        return Ok(());
    }
    let message = format!("`{name}` of {n_bytes} bytes is over the limit `{limit}` of {max}");
    Err(Block::new(RefusalCode::LimitExceeded, message).of(name))
}

fn place(kind: &EvidenceKind, field: &str) -> String {
    format!("{}.{field}", kind.kind)
}

fn wrong(kind: &EvidenceKind, field: &Field, must: &str) -> Block {
    let message = format!("`{}` of `{}` {must}", field.name, kind.kind);
    Block::new(RefusalCode::InvalidEvidence, message).of(place(kind, &field.name))
}

/// A text that says something and isn't too long.
fn text(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    (!text.trim().is_empty() && text.len() <= TEXT_BYTES_MAX).then_some(text)
}

fn short(value: &Value) -> Option<&str> {
    text(value).filter(|text| text.len() <= FIELD_BYTES_MAX)
}

/// Says what a value must be when it isn't that.
fn check(field: &Field, definition: &Definition, value: &Value) -> Result<(), String> {
    let words = field
        .one_of
        .as_ref()
        .and_then(|list| definition.codes.get(list));
    let is_word = |value: &Value| {
        let word = value.as_str().unwrap_or_default();
        words.is_none_or(|words| words.iter().any(|known| known == word))
    };
    let shown = || words.map(|words| words.join(", ")).unwrap_or_default();
    let all = |accepts: &dyn Fn(&Value) -> bool| {
        value.as_array().is_some_and(|items| {
            (1..=ITEMS_OF_A_KIND_MAX).contains(&items.len()) && items.iter().all(accepts)
        })
    };
    let list = format!("a list of 1 to {ITEMS_OF_A_KIND_MAX}");
    let (fits, must) = match field.of {
        FieldType::Text => (text(value).is_some(), "a text".to_owned()),
        FieldType::Reference => (
            short(value).is_some(),
            format!("a reference of 1 to {FIELD_BYTES_MAX} bytes"),
        ),
        FieldType::Code => (
            is_word(value) && short(value).is_some(),
            format!("one of {}", shown()),
        ),
        FieldType::Codes => (all(&is_word), format!("{list} of {}", shown())),
        FieldType::List => (
            all(&|item| short(item).is_some()),
            format!("{list} references"),
        ),
        FieldType::Date => (
            short(value).is_some_and(|day| parse_date(day).is_ok()),
            "a day such as 2026-04-01".to_owned(),
        ),
        FieldType::Moment => (
            short(value).is_some_and(|moment| moment.parse::<Timestamp>().is_ok()),
            "a moment such as 2026-04-01T08:00:00Z".to_owned(),
        ),
        FieldType::Amount => (
            short(value).is_some_and(|amount| amount.parse::<Decimal>().is_ok()),
            "an amount written as text, such as \"1020.00\"".to_owned(),
        ),
        FieldType::Flag => (value.is_boolean(), "true or false".to_owned()),
        FieldType::File => (
            short(value).is_some_and(|hash| hash.parse::<Hash>().is_ok()),
            "the SHA-256 of an uploaded file in hexadecimal".to_owned(),
        ),
        FieldType::Record => (
            within_record(&field.name, value).is_ok(),
            format!(
                "figures of at most {RECORD_BYTES_MAX} bytes, without whole numbers beyond {EXACT_MAX}"
            ),
        ),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("must be {must}"))
    }
}
