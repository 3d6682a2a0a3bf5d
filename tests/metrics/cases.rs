//! Golden cases: a few rows, a question, and the whole answer as a table. `cases/README.md` tells
//! the format; `UPDATE=1` writes what is answered into the files, to be read before it is kept.
//!
//! Every case is asked past the caches and page by page too, which must show the same. That each
//! option and each pair of options has a case is checked in `coverage.rs`.

mod answer;
mod coverage;
mod file;
mod given;
mod words;

use std::path::PathBuf;

use bellwether_test_support::Persona;

use super::{brand_id, campaign_id};
use file::{Case, CaseFile, Section};
use given::World;

/// The arguments that ask for all rows of a case, of which none has more.
const WHOLE: &str = "first: 100";

/// How many rows a page has where the answer is put together from pages.
const PAGE_ROWS: usize = 2;

#[test]
fn every_case_answers_what_it_expects() {
    let updates = std::env::vars_os().any(|(name, _)| name == "UPDATE");
    let (mut n_cases, mut failures) = (0, Vec::new());
    for path in case_paths() {
        let mut file = read(&path);
        n_cases += file.cases().count();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for failure in run(&mut file, updates) {
            failures.push(format!("{name}: {failure}"));
        }
        if updates {
            std::fs::write(&path, file.to_string()).expect("the file can be written");
        }
    }
    println!("{} of {n_cases} cases passed", n_cases - failures.len());
    assert!(n_cases > 0, "there are no cases");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The files of cases, in the order of their names; where `CASES` is set, those whose name has it.
fn case_paths() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/metrics/cases");
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "case"))
        .collect();
    let named = std::env::vars().find(|(name, _)| name == "CASES");
    if let Some((_, part)) = named {
        paths.retain(|path| path.to_string_lossy().contains(&part));
    }
    paths.sort();
    paths
}

fn read(path: &std::path::Path) -> CaseFile {
    CaseFile::parse(&std::fs::read_to_string(path).expect("a text"))
}

/// Runs a file and tells what failed; `updates` writes what is answered into it instead.
fn run(file: &mut CaseFile, updates: bool) -> Vec<String> {
    let (mut world, mut cursor, mut failures) = (World::new(), String::new(), Vec::new());
    for section in &mut file.sections {
        let case = match section {
            Section::Given(given) => {
                world.give(given);
                continue;
            }
            Section::Case(case) => case,
        };
        let (answered, problems) = ask(&mut world, case, &mut cursor);
        failures.extend(problems);
        if updates {
            case.expected = answered;
        } else if answered != case.expected {
            failures.push(format!(
                "{}\nexpected:\n{}answered:\n{answered}",
                case.name, case.expected
            ));
        }
    }
    failures
}

/// The sections of the answer to a case, and what other ways of asking show otherwise; `cursor`
/// is where the last page ended.
fn ask(world: &mut World, case: &Case, cursor: &mut String) -> (String, Vec<String>) {
    let reader = world.reader();
    let input = with_ids(world, &reader, &case.query);
    if let Some(page) = &case.page {
        let response = answer::response(&reader, &input, &page.replace("@cursor", cursor));
        let page_info = &response["data"]["metrics"]["pageInfo"];
        page_info["endCursor"]
            .as_str()
            .unwrap_or_default()
            .clone_into(cursor);
        return (answer::sections(&response, case), Vec::new());
    }
    let whole = answer::response(&reader, &input, WHOLE);
    let sections = answer::sections(&whole, case);
    let mut problems = Vec::new();
    if whole["errors"].is_null() {
        if pages(&reader, &input) != answer::rows_of(&whole["data"]["metrics"]) {
            problems.push(format!("{}: other rows page by page", case.name));
        }
        if !input.contains("cache:") {
            let input = format!("{input}, cache: BYPASS");
            let bypassed = answer::response(&reader, &input, WHOLE);
            let bypassed = answer::sections(&bypassed, case);
            if without_meta(&bypassed) != without_meta(&sections) {
                problems.push(format!("{}: past the caches\n{bypassed}", case.name));
            }
        }
    }
    (sections, problems)
}

/// What says nothing of how it was computed.
fn without_meta(sections: &str) -> &str {
    sections.split("--- meta").next().unwrap_or_default()
}

/// The input with the ids of the brands and campaigns that it names, as `@brand 0` and
/// `@campaign summer`.
fn with_ids(world: &mut World, reader: &Persona, query: &str) -> String {
    let mut input = query.trim_end().to_owned();
    while let Some((before, rest)) = input.split_once("\"@") {
        let (named, after) = rest.split_once('"').expect("a name ends");
        let id = match named.split_once(' ') {
            Some(("brand", place)) => {
                let slug = world.brand(place.parse().expect("the place of a brand"));
                brand_id(reader, &slug)
            }
            Some(("campaign", name)) => campaign_id(reader, name),
            _ => panic!("`@{named}` is neither a brand nor a campaign"),
        };
        input = format!("{before}\"{id}\"{after}");
    }
    input
}

/// The rows of all pages.
fn pages(reader: &Persona, input: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut arguments = format!("first: {PAGE_ROWS}");
    loop {
        let mut response = answer::response(reader, input, &arguments);
        let page = response["data"]["metrics"].take();
        assert!(page.is_object(), "{input}: {response}");
        rows.extend(answer::rows_of(&page));
        if page["pageInfo"]["hasNextPage"] != true {
            return rows;
        }
        let cursor = page["pageInfo"]["endCursor"].as_str().expect("a cursor");
        arguments = format!("first: {PAGE_ROWS}, after: \"{cursor}\"");
    }
}
