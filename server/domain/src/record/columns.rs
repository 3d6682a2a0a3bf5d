//! The columns that files of records have: dotted places of a body, one for every value that is
//! not inside a list, and the same ones for every file of a kind.
//!
//! Invariant: a record that is written in columns and read back is the same. So an empty cell is
//! what is missing, a list is JSON in one cell, and a text that a spreadsheet would run as a
//! formula carries an apostrophe that reading takes away.

use serde_json::{Map, Value};

use super::RecordKind;
use crate::error_code::Refusal;
use crate::nearest::nearest;

/// The columns that records of every kind have, before those of the body.
pub const HEAD_COLUMNS: [&str; 5] = ["brand", "key", "campaign", "state", "revision"];

/// How the values of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnForm {
    /// As they are: texts, words, ids.
    Text,
    /// As decimals.
    Number,
    /// As days, `YYYY-MM-DD`.
    Day,
    /// As moments, such as `2026-04-01T08:00:00Z`.
    Moment,
    /// As whole numbers.
    Count,
    /// As JSON lists.
    List,
}

/// A column of the files of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordColumn {
    /// Its place in the body, such as `price.amount`; or one of [`HEAD_COLUMNS`].
    pub place: &'static str,
    /// How its values are written.
    pub form: ColumnForm,
}

/// Declares the columns of a kind: `*` before a list, `#` before a whole number, `%` before a
/// decimal, `@` before a day, `!` before a moment.
macro_rules! columns {
    ($($place:literal)*) => {
        const { &[$(declared($place),)*] }
    };
}

const fn declared(place: &'static str) -> RecordColumn {
    let form = match place.as_bytes()[0] {
        b'*' => ColumnForm::List,
        b'#' => ColumnForm::Count,
        b'%' => ColumnForm::Number,
        b'@' => ColumnForm::Day,
        b'!' => ColumnForm::Moment,
        _ => ColumnForm::Text,
    };
    let place = match form {
        ColumnForm::Text => place,
        _ => place.split_at(1).1,
    };
    RecordColumn { place, form }
}

/// The columns of the body of a kind, in the order in which they are written.
fn body_columns(kind: RecordKind) -> &'static [RecordColumn] {
    match kind {
        RecordKind::Product => columns! {
            "name" "description" "%price.amount" "price.currency" "priceTier" "*attributes" "*claims"
            "tone" "intendedUse" "stock"
        },
        RecordKind::Content => columns! {
            "name" "product" "@runs.from" "@runs.until" "*variants" "*claims" "%price.amount"
            "price.currency" "offer" "tone" "*hashtags" "approval"
        },
        RecordKind::Audience => columns! { "name" "note" "*distributions" },
        RecordKind::Party => columns! { "name" "role" "note" "*contacts" "*accounts" },
        RecordKind::Agreement => columns! {
            "name" "*parties" "@period.from" "@period.until" "#notice.days" "notice.count"
            "notice.form" "%cancellationFee.amount.amount" "cancellationFee.amount.currency"
            "%cancellationFee.percent" "cancellationFee.terms" "%penalty.amount.amount"
            "penalty.amount.currency" "%penalty.percent" "penalty.terms" "%payInLieu.amount.amount"
            "payInLieu.amount.currency" "%payInLieu.percent" "payInLieu.terms" "*deposits"
            "*milestones" "*nonRefundable" "*passThrough" "terminationForCause" "document"
        },
        RecordKind::MarketingPlan => columns! {
            "name" "@period.from" "@period.until" "summary" "%budget.amount" "budget.currency"
            "*goals" "*channels"
        },
        RecordKind::FeedbackItem => columns! {
            "kind" "!saidAt" "text" "%rating" "sentiment" "language" "product" "reply.state"
            "!reply.dueAt" "reply.text"
        },
        RecordKind::Experiment => columns! {
            "name" "hypothesis" "@period.from" "@period.until" "metric" "test" "*variants"
            "%minimumEffect" "%confidence" "#stoppingRule.observationsPerVariant" "stoppingRule.note"
        },
        RecordKind::Source => columns! {
            "name" "platform" "account" "dataset" "#arrival.lagDays" "#arrival.byHour" "owner"
        },
        RecordKind::CampaignPlan => columns! {
            "objective" "*targets" "*budget" "%bounds.dailyMin.amount" "bounds.dailyMin.currency"
            "%bounds.dailyMax.amount" "bounds.dailyMax.currency" "%bounds.changePercentMax" "*links"
            "*collaborations" "note"
        },
        RecordKind::BrandProfile => columns! {
            "voice" "*tones" "*values" "%marginPercent" "attributionWindow" "*restatements"
            "*holidays"
        },
    }
}

/// All columns of the files of a kind, those of every kind first.
pub fn record_columns(kind: RecordKind) -> impl Iterator<Item = RecordColumn> {
    let head = HEAD_COLUMNS.iter().map(|place| RecordColumn {
        place,
        form: match *place {
            "revision" => ColumnForm::Count,
            _ => ColumnForm::Text,
        },
    });
    head.chain(body_columns(kind).iter().copied())
}

/// The column of this name, or what is wrong with it.
pub fn column_of(kind: RecordKind, name: &str) -> Result<RecordColumn, Refusal> {
    if let Some(column) = record_columns(kind).find(|column| column.place == name) {
        return Ok(column);
    }
    let known: Vec<&str> = record_columns(kind).map(|column| column.place).collect();
    let near = nearest(name, known.iter().copied());
    let hint = near.map(|near| format!("; did you mean `{near}`?"));
    let message = format!(
        "records of kind `{kind}` have no column `{name}`{}",
        hint.unwrap_or_default()
    );
    let refusal = Refusal::invalid(message).at(name).with_suggestion(near);
    Err(refusal.with_allowed(known))
}

/// The cell of a value.
pub fn cell_of(column: RecordColumn, line: &Map<String, Value>) -> String {
    let mut parts = column.place.split('.');
    let first = parts.next().and_then(|part| line.get(part));
    let value = parts.try_fold(first.unwrap_or(&Value::Null), |value, part| value.get(part));
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(entries)) if entries.is_empty() => String::new(),
        Some(Value::String(text)) => guarded(text),
        Some(value) => value.to_string(),
    }
}

/// Puts what a cell says in its place in a line; an empty cell says nothing but of a list, which
/// is empty then.
pub fn put_cell(
    column: RecordColumn,
    cell: &str,
    line: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let value = match column.form {
        ColumnForm::List if cell.is_empty() => Value::Array(Vec::new()),
        _ if cell.is_empty() => return Ok(()),
        ColumnForm::Text | ColumnForm::Number | ColumnForm::Day | ColumnForm::Moment => {
            Value::String(unguarded(cell).to_owned())
        }
        ColumnForm::Count => {
            let count: Result<u32, _> = cell.trim().parse();
            let message = format!("`{cell}` is not a whole number from 0 to {}", u32::MAX);
            Value::from(count.map_err(|_| Refusal::invalid(message).at(column.place))?)
        }
        ColumnForm::List => {
            let list = serde_json::from_str(cell).ok();
            let list = list.filter(Value::is_array).ok_or_else(|| {
                let message = format!(
                    "`{cell}` is not a JSON list, such as `[\"a\"]` or `[{{\"name\": \"a\"}}]`"
                );
                Refusal::invalid(message).at(column.place)
            });
            list?
        }
    };
    put(column.place, value, line);
    Ok(())
}

fn put(place: &str, value: Value, line: &mut Map<String, Value>) {
    match place.split_once('.') {
        None => drop(line.insert(place.to_owned(), value)),
        Some((first, rest)) => {
            let inner = line
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(rest, value, inner);
            }
        }
    }
}

/// What makes a spreadsheet run a text, when it comes first.
const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a text begins like a formula, or like one that is guarded.
fn begins_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA_SIGNS)
}

fn guarded(text: &str) -> String {
    if begins_like_a_formula(text) {
        return format!("'{text}");
    }
    text.to_owned()
}

fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if begins_like_a_formula(text) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::record::tests::examples::examples;

    /// The places of all values of a body that lie in no list.
    fn places(prefix: &str, value: &Value, found: &mut BTreeSet<String>) {
        let Value::Object(fields) = value else {
            found.insert(prefix.to_owned());
            return;
        };
        for (name, value) in fields {
            let place = match prefix {
                "" => name.clone(),
                prefix => format!("{prefix}.{name}"),
            };
            places(&place, value, found);
        }
    }

    #[test]
    fn every_value_of_an_example_has_its_column_and_none_is_a_head_column() {
        for (kind, example) in examples() {
            let mut expected = BTreeSet::new();
            places("", &example, &mut expected);
            let columns = body_columns(kind);
            let known: BTreeSet<String> = columns.iter().map(|it| it.place.to_owned()).collect();
            let unknown: Vec<_> = expected.difference(&known).collect();
            assert!(unknown.is_empty(), "{kind}: {unknown:?}");
            assert_eq!(known.len(), columns.len(), "{kind}");
            assert!(HEAD_COLUMNS.iter().all(|head| !known.contains(*head)));
        }
    }

    #[test]
    fn an_example_in_cells_and_back_is_the_same() {
        for (kind, example) in examples() {
            let example = crate::record::Body::read(kind, &example).unwrap();
            let Value::Object(line) = example.to_json() else {
                panic!("a body is an object");
            };
            let mut read = Map::new();
            for column in body_columns(kind) {
                put_cell(*column, &cell_of(*column, &line), &mut read).unwrap();
            }
            let read = crate::record::Body::read(kind, &Value::Object(read)).unwrap();
            assert_eq!(read, example);
        }
    }

    #[test]
    fn a_misspelt_column_is_told_with_the_nearest() {
        let refusal = column_of(RecordKind::Product, "price.ammount").unwrap_err();
        assert_eq!(refusal.did_you_mean.as_deref(), Some("price.amount"));
        assert_eq!(refusal.path, "price.ammount");
    }

    #[test]
    fn a_cell_of_a_list_or_a_number_is_read_as_one() {
        let list = RecordColumn {
            place: "claims",
            form: ColumnForm::List,
        };
        let mut line = Map::new();
        assert!(put_cell(list, "calms", &mut line).is_err());
        put_cell(list, r#"[{"text":"calms"}]"#, &mut line).unwrap();
        assert_eq!(line["claims"], json!([{"text": "calms"}]));
        let count = RecordColumn {
            place: "notice.days",
            form: ColumnForm::Count,
        };
        assert!(put_cell(count, "a month", &mut line).is_err());
        put_cell(count, "30", &mut line).unwrap();
        assert_eq!(line["notice"], json!({"days": 30}));
    }

    proptest! {
        #[test]
        fn a_text_in_a_cell_never_begins_like_a_formula_and_reads_back(text in "['=+@a-]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(FORMULA_SIGNS));
            prop_assert_eq!(unguarded(&cell), text);
        }
    }
}
