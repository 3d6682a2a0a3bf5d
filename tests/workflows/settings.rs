//! An agency's own workflows, calendar and closed books, and what cases make of them.

use serde_json::json;

use super::drive::{Drive, a_server_for, answered, begun, definition, staff};

const SAVE: &str = "mutation($definition: JSON!) { saveWorkflowDefinition(definition: $definition) { definition { version isBuiltIn mermaid } userErrors { code field message } } }";

#[test]
fn new_cases_begin_with_the_agencys_version_and_running_ones_keep_theirs() {
    let (server, built_in) = a_server_for("cancel_promotion");
    let owner = server.owner();
    let running = begun(&owner, &server, "cancel_promotion", None)["case"]["id"].clone();
    let mut own = built_in.clone();
    own["version"] = json!(2);
    own["title"] = json!("Cancel, our way");
    let saved = answered(
        &owner,
        "saveWorkflowDefinition",
        SAVE,
        &json!({ "definition": own }),
    );
    assert_eq!(saved["userErrors"], json!([]));
    assert_eq!(saved["definition"]["isBuiltIn"], false);
    staff(&server, &own);
    let begun = begun(&owner, &server, "cancel_promotion", None)["case"]["id"].clone();
    let title = |id| {
        answered(
            &owner,
            "case",
            "query($id: ID!) { case(id: $id) { definitionVersion title } }",
            &json!({ "id": id }),
        )
    };
    assert_eq!(
        title(running),
        json!({ "definitionVersion": 1, "title": "Cancel a promotion" })
    );
    assert_eq!(
        title(begun),
        json!({ "definitionVersion": 2, "title": "Cancel, our way" })
    );
}

#[test]
fn a_version_that_is_there_and_a_state_that_leads_nowhere_are_refused() {
    let (server, built_in) = a_server_for("cancel_promotion");
    let owner = server.owner();
    let again = answered(
        &owner,
        "saveWorkflowDefinition",
        SAVE,
        &json!({ "definition": built_in }),
    );
    assert_eq!(again["userErrors"][0]["code"], "CONFLICT");
    let mut broken = built_in;
    broken["version"] = json!(2);
    broken["finals"] = json!(["nowhere"]);
    let broken = answered(
        &owner,
        "saveWorkflowDefinition",
        SAVE,
        &json!({ "definition": broken }),
    );
    assert_eq!(broken["userErrors"][0]["code"], "INVALID_INPUT");
    assert_eq!(broken["definition"], json!(null));
}

#[test]
fn due_dates_count_the_days_on_which_the_agency_works() {
    let (server, _) = a_server_for("cancel_promotion");
    let owner = server.owner();
    let set = answered(
        &owner,
        "setCalendar",
        "mutation($input: SetCalendarInput!) { setCalendar(input: $input) { days { date isWorked name } userErrors { message } } }",
        &json!({ "input": {
            "from": "2020-01-01",
            "to": "2060-01-01",
            "days": [{ "date": "2026-10-01", "name": "National Day" }, { "date": "2026-10-10", "isWorked": true, "name": "made up" }],
        } }),
    );
    assert_eq!(set["userErrors"], json!([]));
    assert_eq!(
        set["days"],
        json!([
            { "date": "2026-10-01", "isWorked": false, "name": "National Day" },
            { "date": "2026-10-10", "isWorked": true, "name": "made up" },
        ])
    );
    let definition = definition(&owner, "cancel_promotion");
    let mut drive = Drive::on(server, definition);
    drive.goes("submit");
    assert!(drive.case["dueAt"].is_string(), "{}", drive.case);
}

#[test]
fn nothing_is_recorded_as_happened_in_closed_books() {
    let mut drive = Drive::of("cancel_promotion");
    let owner = drive.server.owner();
    let closed = owner.data(
        r#"mutation { closeBooks(through: "2025-12-31") { through userErrors { message } } }"#,
    );
    assert_eq!(closed["closeBooks"]["through"], "2025-12-31");
    let call = ("commentOnCase", ", $text: String!", ", text: $text");
    let input = json!({ "case": drive.id(), "occurredAt": "2025-12-31T12:00:00Z" });
    let errors = drive.tries(&owner, call, &json!({ "input": input, "text": "late" }));
    assert_eq!(errors[0]["code"], "CLOSED_PERIOD");
    let open = owner
        .data(r#"mutation { closeBooks(through: "2999-12-31") { through userErrors { code } } }"#);
    assert_eq!(open["closeBooks"]["userErrors"][0]["code"], "INVALID_INPUT");
}
