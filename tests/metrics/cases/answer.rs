//! The answer to a case, as the sections that a file has of it.

use bellwether_test_support::Persona;
use serde_json::Value;

use super::file::Case;

/// What is asked for of every answer.
const SELECTION: &str = "table { columns { name } rows } totalsTable { columns { name } rows } \
    rows { ...row } totals { ...row } pageInfo { hasNextPage endCursor } \
    meta { warnings { code } cache currency provisionalFrom timezone range { from until } \
    previousRange { from until } dataThrough }";

/// What is asked for of every row.
const ROW: &str = "fragment row on MetricsRow { notes { metric of code } \
    VALUE: custom { name note } PREVIOUS: custom(of: PREVIOUS) { name note } \
    DELTA: custom(of: DELTA) { name note } DELTA_RATIO: custom(of: DELTA_RATIO) { name note } }";

/// The response to a question with these arguments beside its input.
pub(super) fn response(persona: &Persona, input: &str, arguments: &str) -> Value {
    persona.graphql(&format!(
        "{{ metrics(input: {{{input}}}, {arguments}) {{ {SELECTION} }} }} {ROW}"
    ))
}

/// The sections of a response; of `meta` only what the case expects.
pub(super) fn sections(response: &Value, case: &Case) -> String {
    if let Some(error) = response["errors"].get(0) {
        let extensions = &error["extensions"];
        let field = extensions["field"].as_str().unwrap_or_default();
        let code = plain(&extensions["code"]);
        assert_ne!(code, "null", "{}: {error:#}", case.name);
        return section("refused", &[format!("{code} {field}")]);
    }
    let answer = &response["data"]["metrics"];
    let mut text = section("table", &table_of(&answer["table"]));
    text += &section("totals", &table_of(&answer["totalsTable"]));
    let mut notes = notes_of("row", &answer["rows"]);
    notes.extend(notes_of("total", &answer["totals"]));
    text += &section("notes", &notes);
    let meta = &answer["meta"];
    let warnings = meta["warnings"].as_array().expect("a list");
    let warnings: Vec<String> = warnings.iter().map(|it| plain(&it["code"])).collect();
    text += &section("warnings", &warnings);
    let of_meta = case.expected_of("meta").into_iter().map(|line| {
        let (field, _) = line.split_once(": ").expect("`field: value`");
        format!("{field}: {}", plain_meta(&meta[field]))
    });
    text + &section("meta", &of_meta.collect::<Vec<_>>())
}

/// The rows of the table of an answer, ids left out.
pub(super) fn rows_of(answer: &Value) -> Vec<String> {
    let lines = table_of(&answer["table"]);
    lines.into_iter().skip(1).collect()
}

/// A section of lines; none without lines.
fn section(name: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("--- {name}\n{}\n", lines.join("\n"))
}

/// The columns' names and the rows; nothing for a table without rows.
fn table_of(table: &Value) -> Vec<String> {
    let names = table["columns"].as_array().expect("a list").iter();
    let names: Vec<String> = names.map(|column| plain(&column["name"])).collect();
    // Ids differ from run to run.
    let shown: Vec<usize> = (0..names.len())
        .filter(|place| !names[*place].ends_with("_id"))
        .collect();
    let line = |cells: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = shown.iter().map(|place| cells(*place)).collect();
        cells.join(" | ")
    };
    let rows = table["rows"].as_array().expect("a list");
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| line(&|place| plain(&row[place])))
        .collect();
    if !lines.is_empty() {
        lines.insert(0, line(&|place| names[place].clone()));
    }
    lines
}

/// The notes of rows: the row's place, the metric, the part where it is not the value, the code.
fn notes_of(what: &str, rows: &Value) -> Vec<String> {
    let rows = rows.as_array().expect("a list").iter().enumerate();
    let lines = rows.flat_map(|(place, row)| {
        let notes = row["notes"].as_array().expect("a list").iter();
        let of_metrics = notes.map(|note| (&note["metric"], plain(&note["of"]), &note["code"]));
        let of_customs = ["VALUE", "PREVIOUS", "DELTA", "DELTA_RATIO"]
            .into_iter()
            .flat_map(|of| {
                let customs = row[of].as_array().expect("a list").iter();
                let noted = customs.filter(|custom| !custom["note"].is_null());
                noted.map(move |custom| (&custom["name"], of.to_owned(), &custom["note"]))
            });
        let lines = of_metrics.chain(of_customs).map(move |(metric, of, code)| {
            let of = match of.as_str() {
                "VALUE" => String::new(),
                part => format!(" {part}"),
            };
            let (metric, code) = (plain(metric), plain(code));
            format!("{what} {} {metric}{of}: {code}", place + 1)
        });
        lines.collect::<Vec<_>>()
    });
    lines.collect()
}

/// A value without quotes; `-` for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The same; a range as its days.
fn plain_meta(value: &Value) -> String {
    match value {
        Value::Object(range) => format!("{} to {}", plain(&range["from"]), plain(&range["until"])),
        other => plain(other),
    }
}
