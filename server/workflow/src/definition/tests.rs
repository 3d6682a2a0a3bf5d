//! Definitions that can't be used, each with what is said of it, and the published schema.

use super::*;

const SMALL: &str = r#"
name = "small"
version = 1
title = "Small"
guide = "none"
roles = [{ name = "doer" }]
finals = ["done"]
evidence = [{ kind = "note", label = "a note", fields = [{ name = "id", type = "reference" }] }]
states = [
    { name = "begun", role = "doer", evidence = ["note"], guide_section = "1" },
    { name = "checked", role = "doer", guide_section = "2" },
]
transitions = [
    { action = "check", label = "check", from = ["begun"], to = "checked" },
    { action = "finish", label = "finish", from = ["checked"], to = "done" },
]
"#;

/// What is said of the small definition with one text in place of another.
fn problem(text: &str, instead: &str) -> String {
    assert!(SMALL.contains(text), "{text} isn't there to be replaced");
    let changed = SMALL.replace(text, instead);
    Definition::load(&changed, Format::Toml)
        .expect_err("it is broken")
        .public_message()
}

#[test]
fn a_definition_reads_the_same_from_toml_and_json() {
    let from_toml = Definition::load(SMALL, Format::Toml).unwrap();
    let json = serde_json::to_string(&from_toml).unwrap();
    let from_json = Definition::load(&json, Format::Json).unwrap();
    assert_eq!(serde_json::to_string(&from_json).unwrap(), json);
}

#[test]
fn a_state_that_nothing_leads_to_is_named() {
    let said = problem(
        r#"from = ["begun"], to = "checked""#,
        r#"from = ["begun"], to = "done""#,
    );
    assert_eq!(said, "`states.checked`: can't be reached from `begun`");
}

#[test]
fn a_state_without_a_way_out_is_named() {
    let said = problem(
        r#"{ action = "finish", label = "finish", from = ["checked"], to = "done" }"#,
        r#"{ action = "leave", label = "leave", from = ["begun"], to = "done" }"#,
    );
    assert_eq!(
        said,
        "`states.checked`: no final state can be reached from it"
    );
}

#[test]
fn a_role_that_nobody_defines_is_named_with_those_there_are() {
    let said = problem(
        r#"{ name = "checked", role = "doer""#,
        r#"{ name = "checked", role = "dor""#,
    );
    assert_eq!(
        said,
        "`states.checked.role`: role `dor` isn't defined; use one of doer, system"
    );
}

#[test]
fn a_timer_needs_an_owner_that_there_is() {
    let timer = r#"to = "done", opens = [{ name = "watch", owner = "nobody", due = { label = "1 h", hours = 1 } }] }"#;
    let said = problem(r#"to = "done" }"#, timer);
    assert_eq!(
        said,
        "`transitions.finish.opens.watch.owner`: role `nobody` isn't defined; use one of doer, system"
    );
}

#[test]
fn a_condition_on_evidence_that_isnt_there_is_found_when_it_is_read() {
    let guard = r#"to = "done", guards = [{ holds = "facts.notes.id == 'x' && fact.y", code = "X", message = "x" }] }"#;
    let said = problem(r#"to = "done" }"#, guard);
    assert!(
        said.contains("evidence `notes` isn't defined; use one of note"),
        "{said}"
    );
    assert!(said.contains("looks at `fact`"), "{said}");
}

#[test]
fn a_condition_that_isnt_one_is_refused_with_its_place() {
    let guard = r#"to = "done", guards = [{ holds = "facts.", code = "X", message = "x" }] }"#;
    let said = problem(r#"to = "done" }"#, guard);
    assert!(said.contains("is not a CEL expression"), "{said}");
}

#[test]
fn a_word_that_the_schema_doesnt_know_is_refused() {
    let said = problem(r#"guide = "none""#, r#"guidance = "none""#);
    assert!(said.contains("unknown field `guidance`"), "{said}");
}

#[test]
fn evidence_that_waits_for_itself_is_found() {
    let said = problem(
        r#"label = "a note","#,
        r#"label = "a note", after = ["note"],"#,
    );
    assert_eq!(
        said,
        "`evidence.note.after`: it would come after itself, so it could never be given"
    );
}

#[test]
fn a_definition_has_parts_up_to_the_limit_and_no_more() {
    let of = |n_kinds: usize| {
        let kind = |n| format!(r#"{{ kind = "k{n}", label = "one of many" }}"#);
        let kinds = (1..n_kinds).map(kind).collect::<Vec<_>>().join(", ");
        SMALL.replace(
            "evidence = [{ kind",
            &format!("evidence = [{kinds}, {{ kind"),
        )
    };
    assert!(Definition::load(&of(check::PARTS_MAX), Format::Toml).is_ok());
    let said = Definition::load(&of(check::PARTS_MAX + 1), Format::Toml).unwrap_err();
    assert_eq!(said.problems[0].path, "evidence");
}

#[test]
fn a_file_is_read_up_to_its_limit_and_no_further() {
    let filled = |n: usize| format!("{SMALL}#{}", " ".repeat(n - SMALL.len() - 1));
    let max = load::DEFINITION_BYTES_MAX;
    assert!(Definition::load(&filled(max), Format::Toml).is_ok());
    assert!(Definition::load(&filled(max + 1), Format::Toml).is_err());
}

#[test]
fn an_approval_asks_for_one_person_up_to_the_limit() {
    let of = |count: u8| {
        let approval = format!(
            r#"approvals = [{{ name = "yes", label = "yes", role = "doer", covers = ["note"], count = {count} }}]"#
        );
        Definition::load(
            &SMALL.replace("finals = ", &format!("{approval}\nfinals = ")),
            Format::Toml,
        )
    };
    assert!(of(1).is_ok() && of(approval::APPROVERS_MAX).is_ok());
    assert!(of(0).is_err() && of(approval::APPROVERS_MAX + 1).is_err());
}

/// `UPDATE=1 cargo test -p bellwether-workflow schema` writes it anew.
#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = schemars::schema_for!(Definition);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/definitions/definition.schema.json"
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by the environment to write anew"
    )]
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        published, text,
        "run `UPDATE=1 cargo test -p bellwether-workflow schema`"
    );
}
