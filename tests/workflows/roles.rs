//! Workflow roles: given by owners and managers, for the agency, a brand or a case.

use serde_json::json;

use super::drive::{Drive, a_server_for, answered, begun, member_id};
use crate::metrics::brand_id;

const ASSIGN: &str = "mutation($input: WorkflowRolesInput!) { assignWorkflowRoles(input: $input) { roles { role brand case } userErrors { code field } } }";

#[test]
fn a_role_for_a_brand_holds_in_cases_about_it_only() {
    let (server, _) = a_server_for("cancel_promotion");
    let viewer = server.viewer();
    let other = brand_id(&server.owner(), server.brand(1));
    let input = json!({ "member": member_id(&viewer), "roles": ["requester"], "brand": other });
    let given = answered(
        &server.owner(),
        "assignWorkflowRoles",
        ASSIGN,
        &json!({ "input": input }),
    );
    assert_eq!(
        given["roles"],
        json!([{ "role": "requester", "brand": other, "case": null }])
    );
    let begun = begun(&viewer, &server, "cancel_promotion", None);
    assert_eq!(begun["userErrors"][0]["code"], "WRONG_ROLE");
}

#[test]
fn a_role_that_no_workflow_has_names_those_there_are() {
    let (server, _) = a_server_for("cancel_promotion");
    let input = json!({ "member": member_id(&server.viewer()), "roles": ["king"] });
    let given = answered(
        &server.owner(),
        "assignWorkflowRoles",
        ASSIGN,
        &json!({ "input": input }),
    );
    assert_eq!(
        given["userErrors"],
        json!([{ "code": "INVALID_INPUT", "field": ["roles"] }])
    );
    assert_eq!(given["roles"], json!([]));
}

#[test]
fn an_analyst_gives_no_roles() {
    let (server, _) = a_server_for("cancel_promotion");
    let member = member_id(&server.analyst());
    let error = server.analyst().error(&format!(
        r#"mutation {{ assignWorkflowRoles(input: {{member: "{member}", roles: ["requester"]}}) {{ userErrors {{ code }} }} }}"#
    ));
    assert_eq!(error["extensions"]["code"], "FORBIDDEN");
}

#[test]
fn a_step_is_assigned_and_stands_among_the_open_steps_of_that_person() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let (owner, analyst) = (drive.server.owner(), drive.server.analyst());
    let member = member_id(&analyst);
    let call = ("assignStep", ", $member: ID", ", member: $member");
    let errors = drive.tries(&owner, call, &json!({ "member": member }));
    assert_eq!(errors, json!([]));
    let steps = analyst.data(
        "{ myOpenSteps { nodes { id state dueAt availableActions { action blockedBy { code } } } } }",
    );
    let steps = steps["myOpenSteps"]["nodes"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["id"], drive.case["id"]);
    assert_eq!(
        owner.data("{ myOpenSteps { nodes { id } } }")["myOpenSteps"]["nodes"],
        json!([])
    );
}

#[test]
fn a_step_is_not_assigned_to_a_member_of_another_agency() {
    let drive = Drive::of("cancel_promotion");
    let (owner, stranger) = (drive.server.owner(), drive.server.other_agency());
    let (case, member) = (drive.id(), member_id(&stranger));
    let error = owner.error(&format!(
        r#"mutation {{ assignStep(input: {{case: "{case}"}}, member: "{member}") {{ userErrors {{ code }} }} }}"#
    ));
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(&member), "{message}");
}
