//! What the server answered, in the form of the evaluator: from the tables, whose numbers the
//! typed rows must have too.

use serde_json::Value;

use super::ask::{Asked, PARTS};
use super::cells::{METRICS, shown_columns};
use super::input::word;
use super::keys::columns;
use super::shown::{Shown, name_of};
use super::world::Served;
use crate::differential::fold::text_of_double;

/// The arguments that ask for all rows of a random world.
const WHOLE: &str = "first: 100";

/// The typed fields of each part.
const FIELDS: [&str; 4] = ["", "previous", "delta", "deltaRatio"];

/// The answer to a question, its pages joined.
pub(super) fn read(asked: &Asked, served: &Served) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut arguments = asked
        .read
        .page
        .map_or(WHOLE.to_owned(), |n| format!("first: {n}"));
    loop {
        let document = document(asked, served, &arguments);
        let mut response = served.owner.graphql(&document);
        assert!(response["errors"].is_null(), "{document}\n{response:#}");
        let page = response["data"]["metrics"].take();
        shown.extend(rows(asked, &page, "table", "rows"));
        if page["pageInfo"]["hasNextPage"] != true {
            shown.extend(rows(asked, &page, "totalsTable", "totals"));
            return shown;
        }
        let n = asked.read.page.expect("100 rows hold all");
        let cursor = page["pageInfo"]["endCursor"].as_str().expect("a cursor");
        arguments = format!("first: {n}, after: \"{cursor}\"");
    }
}

fn document(asked: &Asked, served: &Served, arguments: &str) -> String {
    let fields: Vec<&str> = asked.metrics.iter().map(|it| METRICS[*it].field).collect();
    let fields = fields.join(" ");
    let typed = format!(
        "{fields} previous {{ {fields} }} delta {{ {fields} }} deltaRatio {{ {fields} }} \
         notes {{ metric of code }} VALUE: custom {{ value note }} \
         PREVIOUS: custom(of: PREVIOUS) {{ value note }} DELTA: custom(of: DELTA) {{ value note }} \
         DELTA_RATIO: custom(of: DELTA_RATIO) {{ value note }}"
    );
    format!(
        "{{ metrics(input: {{{}}}, {arguments}) {{ table {{ columns {{ name }} rows }} \
         totalsTable {{ columns {{ name }} rows }} rows {{ {typed} }} \
         totals {{ levelBy levelLabels {typed} }} pageInfo {{ hasNextPage endCursor }} }} }}",
        asked.input(served)
    )
}

fn rows(asked: &Asked, page: &Value, table: &str, typed: &str) -> Vec<Shown> {
    let table = &page[table];
    let places: Vec<&str> = array(&table["columns"])
        .iter()
        .filter_map(|column| column["name"].as_str())
        .collect();
    let typed = array(&page[typed]).iter();
    let both = array(&table["rows"]).iter().zip(typed);
    let read = both.map(|(row, typed)| {
        let cell = |column: &str| {
            let place = places.iter().position(|name| *name == column);
            &row[place.unwrap_or_else(|| panic!("no column `{column}` in {places:?}"))]
        };
        shown(asked, &cell, typed)
    });
    let read: Vec<Shown> = read.collect();
    assert_eq!(read.len(), array(&table["rows"]).len(), "fewer typed rows");
    read
}

fn shown<'a>(asked: &Asked, cell: &impl Fn(&str) -> &'a Value, typed: &Value) -> Shown {
    let level = if typed["levelBy"].is_null() {
        "rows".to_owned()
    } else {
        level_of(asked, typed)
    };
    let is_total = !typed["levelBy"].is_null();
    let is_of = |column: &str| match column.strip_prefix("label_") {
        _ if !is_total => true,
        Some(label) => array(&typed["levelLabels"]).iter().any(|it| it == label),
        None => {
            let dimension = column.strip_suffix("_name").unwrap_or(column);
            array(&typed["levelBy"])
                .iter()
                .any(|it| it.as_str().map(str::to_lowercase).as_deref() == Some(dimension))
        }
    };
    let names = columns(asked).into_iter().map(|column| {
        let name = cell(&column);
        (is_of(&column) && !name.is_null()).then(|| text(name))
    });
    let n_parts = if asked.compare.is_some() {
        PARTS.len()
    } else {
        1
    };
    let parts = (0..n_parts).map(|part| cells(asked, part, cell, typed));
    Shown {
        level,
        names: names.collect(),
        cells: parts.collect(),
    }
}

fn level_of(asked: &Asked, typed: &Value) -> String {
    let texts = |field: &str| -> Vec<String> {
        let texts = array(&typed[field]).iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let (by, labels) = (texts("levelBy"), texts("levelLabels"));
    let found = asked.totals.iter().find(|level| {
        let own = level.labels.iter().map(|place| asked.label(*place));
        level.by.len() == by.len()
            && level.by.iter().all(|it| by.iter().any(|name| name == it))
            && own.eq(labels.iter().map(String::as_str))
    });
    let found = found.unwrap_or_else(|| panic!("nobody asked for the level {by:?} {labels:?}"));
    name_of(found, asked)
}

/// The cells of a part with their notes; the typed ones must be the same.
fn cells<'a>(
    asked: &Asked,
    part: usize,
    cell: &impl Fn(&str) -> &'a Value,
    typed: &Value,
) -> Vec<(String, Option<String>)> {
    let suffix = ["", "_previous", "_delta", "_delta_ratio"][part];
    let n_metrics = asked.metrics.len();
    let read = (0..shown_columns(asked).len()).map(|place| {
        let Some(custom) = place.checked_sub(n_metrics) else {
            let field = METRICS[asked.metrics[place]].field;
            let value = text(cell(&format!("{}{suffix}", word(field).to_lowercase())));
            let typed_cell = match FIELDS[part] {
                "" => &typed[field],
                of => &typed[of][field],
            };
            assert_eq!(text(typed_cell), value, "{field} in typed rows");
            return (value, note(typed, &word(field), PARTS[part]));
        };
        let cell = cell(&format!("{}{suffix}", asked.custom(custom)));
        let value = text(cell);
        let typed_cell = &typed[PARTS[part]][custom];
        let typed_value = match (cell.is_f64(), typed_cell["value"].as_str()) {
            // A ratio is exact there and a double here.
            (true, Some(exact)) => text_of_double(exact.parse().expect("a decimal")),
            _ => text(&typed_cell["value"]),
        };
        assert_eq!(typed_value, value, "{custom} in typed rows");
        (value, typed_cell["note"].as_str().map(str::to_owned))
    });
    read.collect()
}

fn note(typed: &Value, metric: &str, part: &str) -> Option<String> {
    let mut notes = array(&typed["notes"]).iter();
    let note = notes.find(|note| note["metric"] == metric && note["of"] == part);
    note.and_then(|note| note["code"].as_str())
        .map(str::to_owned)
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A value of any type as text.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(decimal) => decimal.clone(),
        Value::Number(number) => number.as_i64().map_or_else(
            || text_of_double(number.as_f64().expect("a double")),
            |count| count.to_string(),
        ),
        other => panic!("{other} is no cell"),
    }
}
