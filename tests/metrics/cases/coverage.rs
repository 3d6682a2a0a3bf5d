//! Whether the files of cases are about everything that a question can have: each field and word
//! of its input, each note and warning of an answer, and each pair of options that interact.

use std::collections::BTreeSet;

use super::file::CaseFile;
use super::words::Inputs;
use super::{case_paths, read};

/// Enums whose values are not options of their own: each metric's meaning has its own tests, weeks
/// start on any day alike, and the others are what campaigns are.
const NOT_OPTIONS: [&str; 5] = [
    "CampaignStatus",
    "Metric",
    "Objective",
    "Platform",
    "Weekday",
];

/// What interacts: an option, and the options that some case must use together with it. Options
/// are paths of the input, values such as `grain=WEEK`, and what the answer notes.
const PAIRS: &[(&str, &[&str])] = &[
    (
        "where",
        &[
            "by",
            "compare",
            "currency",
            "fill",
            "having",
            "labels",
            "orderBy",
            "timezone",
            "top",
            "totals",
            "weekStart",
        ],
    ),
    (
        "grain",
        &[
            "compare", "currency", "fill", "having", "labels", "orderBy", "top", "totals", "where",
        ],
    ),
    (
        "weekStart",
        &[
            "compare", "currency", "fill", "having", "orderBy", "top", "totals",
        ],
    ),
    (
        "compare",
        &[
            "asOf",
            "assumedMargin",
            "attribution",
            "currency",
            "customMetrics",
            "fill",
            "having",
            "labels",
            "orderBy",
            "top",
            "totals",
        ],
    ),
    (
        "fill",
        &[
            "attribution",
            "currency",
            "customMetrics",
            "having",
            "labels",
            "orderBy",
            "top",
            "totals",
        ],
    ),
    (
        "having",
        &["orderBy", "top", "totals", "having.customMetric"],
    ),
    ("top", &["orderBy", "totals", "top.per", "top.perLabels"]),
    (
        "currency",
        &[
            "asOf",
            "assumedMargin",
            "by=COUNTRY",
            "by=CURRENCY",
            "by=HOUR",
            "having",
            "labels",
            "metrics=TOTAL_COST",
            "orderBy",
            "top",
            "totals",
            "totalsByLabel",
            "warning COSTS_NOT_SPREAD",
        ],
    ),
    (
        "note FX_RATE_MISSING",
        &[
            "compare",
            "customMetrics",
            "fill",
            "grain=MONTH",
            "having",
            "orderBy",
            "top",
            "totals",
        ],
    ),
    (
        "customMetrics",
        &[
            "asOf",
            "attribution",
            "currency",
            "having",
            "labels",
            "note MIXED_CURRENCY",
            "note PROVISIONAL",
            "orderBy",
            "top",
            "totals",
            "totalsByLabel",
        ],
    ),
    (
        "note PROVISIONAL",
        &[
            "asOf",
            "attribution",
            "compare",
            "fill",
            "grain=MONTH",
            "grain=WEEK",
            "labels",
            "totals",
        ],
    ),
    (
        "labels",
        &[
            "attribution",
            "having",
            "orderBy",
            "totals",
            "totalsByLabel",
            "metrics=TOTAL_COST",
        ],
    ),
    ("assumedMargin", &["having", "totals", "refused"]),
    ("attribution", &["top", "where", "grain"]),
    ("asOf", &["cache", "grain", "staleness"]),
    (
        "staleness",
        &[
            "brands",
            "metrics=TOTAL_COST",
            "page",
            "warning STALE",
            "refused",
        ],
    ),
    ("brands", &["by=BRAND", "metrics=TOTAL_COST", "where"]),
    ("range.last", &["asOf", "grain", "weekStart"]),
    ("page", &["orderBy", "totals"]),
];

/// What some case is about, all files taken together, case by case.
fn words_of_cases(inputs: &Inputs) -> Vec<BTreeSet<String>> {
    let files: Vec<_> = case_paths().iter().map(|path| read(path)).collect();
    let cases = files.iter().flat_map(CaseFile::cases);
    cases.map(|case| inputs.words_of(case)).collect()
}

fn inputs() -> Inputs {
    Inputs::read(bellwether_schema::SDL)
}

#[test]
fn every_field_and_word_of_a_question_has_a_case() {
    let inputs = inputs();
    let used: BTreeSet<String> = words_of_cases(&inputs).into_iter().flatten().collect();
    let all = inputs.of_questions(&NOT_OPTIONS);
    assert!(all.contains("MetricsInput.by") && all.contains("Fill=ZERO"));
    let unused: Vec<_> = all.difference(&used).collect();
    assert!(unused.is_empty(), "no case uses {unused:#?}");
}

#[test]
fn every_note_and_warning_of_an_answer_has_a_case() {
    let inputs = inputs();
    let used: BTreeSet<String> = words_of_cases(&inputs).into_iter().flatten().collect();
    let all = [("note", "NoteCode"), ("warning", "WarningCode")]
        .into_iter()
        .flat_map(|(word, name)| {
            inputs
                .values(name)
                .iter()
                .map(move |it| format!("{word} {it}"))
        });
    let unused: Vec<_> = all.filter(|word| !used.contains(word)).collect();
    assert!(unused.is_empty(), "no case shows {unused:#?}");
}

#[test]
fn every_pair_of_options_that_interact_has_a_case() {
    let cases = words_of_cases(&inputs());
    let lacking: Vec<_> = PAIRS
        .iter()
        .flat_map(|(one, others)| others.iter().map(move |other| (*one, *other)))
        .filter(|(one, other)| {
            !cases
                .iter()
                .any(|words| words.contains(*one) && words.contains(*other))
        })
        .collect();
    assert!(lacking.is_empty(), "no case has both of {lacking:#?}");
}
