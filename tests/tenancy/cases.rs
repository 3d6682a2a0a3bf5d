//! The fields of the roots that are of workflows, and a case about each brand of the first agency.

use bellwether_test_support::{Persona, TestServer};
use serde_json::json;

use super::Stranger::{FindsNothing, SeesOnlyTheirOwn};
use super::{Use, used};
use crate::metrics::brand_id;
use crate::workflows::{answered, member_id};

/// Every field of `Query` that is of workflows.
pub(super) const CASE_QUERIES: &[Use] = &[
    used(
        "workflowDefinitions",
        "{ workflowDefinitions { name version title } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "cases",
        "{ cases { nodes { id state subject requester { member } events { nodes { entry } } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "cases",
        r#"{ cases(where: {brand: "BRAND_ID"}) { nodes { id } } }"#,
        FindsNothing,
    ),
    used(
        "cases",
        r#"{ cases(where: {campaign: "CAMPAIGN_ID"}) { nodes { id } } }"#,
        FindsNothing,
    ),
    used(
        "case",
        r#"{ case(id: "CASE_ID") { id state subject events { nodes { entry } } } }"#,
        FindsNothing,
    ),
    used(
        "verifyCase",
        r#"{ verifyCase(id: "CASE_ID") { isWhole } }"#,
        FindsNothing,
    ),
    used(
        "myOpenSteps",
        "{ myOpenSteps { nodes { id } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "workflowRoles",
        r#"{ workflowRoles(member: "MEMBER_ID") { member role } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "calendarDays",
        "{ calendarDays { date name } }",
        SeesOnlyTheirOwn,
    ),
];

/// The mutations that workflow roles decide on, whatever the access role.
pub(super) const CASE_COMMANDS: &[Use] = &[
    used(
        "startCase",
        r#"mutation { startCase(input: {definition: "cancel_promotion", brand: "BRAND_ID"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "advanceCase",
        r#"mutation { advanceCase(input: {case: "CASE_ID"}, action: "submit") { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "addEvidence",
        r#"mutation { addEvidence(input: {case: "CASE_ID"}, evidence: {kind: "reason_code"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "approveCase",
        r#"mutation { approveCase(input: {case: "CASE_ID"}, approval: "decision", contentHash: "0000000000000000000000000000000000000000000000000000000000000000") { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "assignStep",
        r#"mutation { assignStep(input: {case: "CASE_ID"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "commentOnCase",
        r#"mutation { commentOnCase(input: {case: "CASE_ID"}, text: "hello") { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "recordCommunication",
        r#"mutation { recordCommunication(input: {case: "CASE_ID"}, communication: {party: "a", channel: "b", date: "2026-01-01", receipt: "c"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "recordTransaction",
        r#"mutation { recordTransaction(input: {case: "CASE_ID"}, transaction: {what: "a", amount: "1", currency: "EUR", date: "2026-01-01", reference: "c"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "reportEffect",
        r#"mutation { reportEffect(input: {case: "CASE_ID"}, report: {key: "a", outcome: CONFIRMED, reference: "c"}) { case { id } userErrors { code } } }"#,
        FindsNothing,
    ),
];

/// The mutations of what an agency sets for its workflows.
pub(super) const WORKFLOW_SETTINGS: &[Use] = &[
    used(
        "eraseCaseTexts",
        r#"mutation { eraseCaseTexts(case: "CASE_ID") }"#,
        FindsNothing,
    ),
    used(
        "assignWorkflowRoles",
        r#"mutation { assignWorkflowRoles(input: {member: "MEMBER_ID", roles: ["requester"]}) { roles { role } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "assignWorkflowRoles",
        r#"mutation { assignWorkflowRoles(input: {member: "MEMBER_ID", roles: ["requester"], brand: "BRAND_ID"}) { roles { role } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "assignWorkflowRoles",
        r#"mutation { assignWorkflowRoles(input: {member: "MEMBER_ID", roles: ["requester"], case: "CASE_ID"}) { roles { role } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "removeWorkflowRoles",
        r#"mutation { removeWorkflowRoles(input: {member: "MEMBER_ID", roles: ["requester"], brand: "BRAND_ID"}) { roles { role } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "saveWorkflowDefinition",
        "mutation { saveWorkflowDefinition(definition: {}) { userErrors { code } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "setCalendar",
        r#"mutation { setCalendar(input: {from: "2026-01-01", to: "2026-12-31", days: []}) { days { name } userErrors { code } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "closeBooks",
        r#"mutation { closeBooks(through: "2025-01-01") { through userErrors { code } } }"#,
        SeesOnlyTheirOwn,
    ),
];

/// Begins a case about each brand, by the owner.
pub(super) fn begin_cases(server: &TestServer) {
    let owner = server.owner();
    let input = json!({ "member": member_id(&owner), "roles": ["requester"] });
    answered(
        &owner,
        "assignWorkflowRoles",
        "mutation($input: WorkflowRolesInput!) { assignWorkflowRoles(input: $input) { userErrors { message } } }",
        &json!({ "input": input }),
    );
    for place in [0, 1] {
        let brand = brand_id(&owner, server.brand(place));
        let subject = json!({ "promotion": "secret-promotion" });
        let input = json!({ "definition": "cancel_promotion", "brand": brand, "subject": subject });
        let begun = answered(
            &owner,
            "startCase",
            "mutation($input: StartCaseInput!) { startCase(input: $input) { userErrors { message } } }",
            &json!({ "input": input }),
        );
        assert_eq!(begun["userErrors"], json!([]));
    }
}

/// The document with the ids of the case about a brand, and of a member.
pub(super) fn with_case_ids(document: String, owner: &Persona, brand: &str) -> String {
    let document = if document.contains("CASE_ID") {
        document.replace("CASE_ID", &case_id(owner, brand))
    } else {
        document
    };
    if document.contains("MEMBER_ID") {
        document.replace("MEMBER_ID", &member_id(owner))
    } else {
        document
    }
}

/// The id of the first case about a brand.
pub(super) fn case_id(owner: &Persona, brand: &str) -> String {
    let cases = owner.data(&format!(
        r#"{{ cases(where: {{brand: "{brand}"}}, orderBy: {{by: BEGAN_AT}}) {{ nodes {{ id }} }} }}"#
    ));
    let id = cases["cases"]["nodes"][0]["id"].as_str();
    id.expect("there is a case about the brand").to_owned()
}
