//! A case in the hands of two people: the owner, who begins it, and the analyst. Both hold every
//! workflow role, so that a test says only what it is about.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Map, Value, json};

use crate::given::an_empty_server;
use crate::metrics::brand_id;

/// What tests look at of a case.
const CASE: &str = "id state isFinal version eventCount head dueAt assignee visited \
    approvals { name by { kind member } contentHash } effects { name key status } \
    evidence { kind item computed seq } timers { name status } \
    availableActions { verb action contentHash blockedBy { code reason field } requires { kind missing } }";

/// A case, and those who carry it through.
pub(super) struct Drive {
    pub(super) server: TestServer,
    pub(super) definition: Value,
    pub(super) case: Value,
}

/// The id of the member behind a persona.
pub(crate) fn member_id(persona: &Persona) -> String {
    let viewer = persona.data("{ viewer { member { id } } }");
    let id = viewer["viewer"]["member"]["id"].as_str();
    id.expect("a persona is a member").to_owned()
}

/// Sends a document with variables and returns the whole answer.
pub(super) fn sent(persona: &Persona, query: &str, variables: &Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    persona.post_json("/graphql", &body).json()
}

/// Sends a document with variables that must be answered, and returns one field of `data`.
pub(crate) fn answered(persona: &Persona, field: &str, query: &str, variables: &Value) -> Value {
    let mut answer = sent(persona, query, variables);
    assert!(answer["errors"].is_null(), "{query}\nfailed: {answer:#}");
    answer["data"][field].take()
}

/// Gives a member every workflow role of these.
pub(super) fn gives_roles(server: &TestServer, member: &str, roles: &[String]) {
    let given = answered(
        &server.owner(),
        "assignWorkflowRoles",
        "mutation($input: WorkflowRolesInput!) { assignWorkflowRoles(input: $input) { roles { role } userErrors { message } } }",
        &json!({ "input": { "member": member, "roles": roles } }),
    );
    assert_eq!(given["userErrors"], json!([]));
}

/// A workflow as the API tells it.
pub(super) fn definition(persona: &Persona, name: &str) -> Value {
    let known = answered(
        persona,
        "workflowDefinitions",
        "query($name: String) { workflowDefinitions(name: $name) { definition } }",
        &json!({ "name": name }),
    );
    known[0]["definition"].clone()
}

/// The names of a workflow's roles.
pub(super) fn roles_of(definition: &Value) -> Vec<String> {
    let roles = definition["roles"]
        .as_array()
        .expect("a workflow has roles");
    let names = roles.iter().filter_map(|role| role["name"].as_str());
    names.map(str::to_owned).collect()
}

/// A server on which owner and analyst hold every role of a workflow.
pub(super) fn a_server_for(name: &str) -> (TestServer, Value) {
    let server = an_empty_server();
    let definition = definition(&server.owner(), name);
    staff(&server, &definition);
    (server, definition)
}

/// Gives owner and analyst every role of a workflow.
pub(super) fn staff(server: &TestServer, definition: &Value) {
    let roles = roles_of(definition);
    for persona in [server.owner(), server.analyst()] {
        gives_roles(server, &member_id(&persona), &roles);
    }
}

/// Begins a case of a workflow about the first brand, and returns the payload.
pub(super) fn begun(
    persona: &Persona,
    server: &TestServer,
    name: &str,
    key: Option<&str>,
) -> Value {
    let input = json!({
        "definition": name,
        "brand": brand_id(&server.owner(), server.brand(0)),
        "subject": { "promotion": "spring", "start": "2026-04-10" },
        "idempotencyKey": key,
    });
    let query = format!(
        "mutation($input: StartCaseInput!) {{ startCase(input: $input) {{ case {{ {CASE} }} userErrors {{ code message field }} }} }}"
    );
    answered(persona, "startCase", &query, &json!({ "input": input }))
}

impl Drive {
    /// A case of a workflow that the owner begins.
    pub(super) fn of(name: &str) -> Self {
        let (server, definition) = a_server_for(name);
        Self::on(server, definition)
    }

    /// A case of a workflow that the owner begins on this server.
    pub(super) fn on(server: TestServer, definition: Value) -> Self {
        let name = definition["name"].as_str().expect("a workflow has a name");
        let begun = begun(&server.owner(), &server, name, None);
        assert_eq!(begun["userErrors"], json!([]));
        let case = begun["case"].clone();
        Self {
            server,
            definition,
            case,
        }
    }

    pub(super) fn state(&self) -> &str {
        self.case["state"].as_str().expect("a case has a state")
    }

    pub(super) fn version(&self) -> u64 {
        self.case["version"].as_u64().expect("a case has a version")
    }

    pub(super) fn id(&self) -> &str {
        self.case["id"].as_str().expect("a case has an id")
    }

    /// Which case, as mutations take it, at the version that was last seen.
    pub(super) fn change(&self) -> Value {
        json!({ "case": self.id(), "expectedVersion": self.version() })
    }

    /// Looks at the case again.
    pub(super) fn look(&mut self) {
        let query = format!("query($id: ID!) {{ case(id: $id) {{ {CASE} }} }}");
        let variables = json!({ "id": self.id() });
        self.case = answered(&self.server.owner(), "case", &query, &variables);
    }

    /// Sends a mutation of the case; the errors that it has, and the case as it is now.
    pub(super) fn tries(
        &mut self,
        persona: &Persona,
        (mutation, arguments, passed): (&str, &str, &str),
        more: &Value,
    ) -> Value {
        let query = format!(
            "mutation($input: CaseChangeInput!{arguments}) {{ {mutation}(input: $input{passed}) {{ case {{ {CASE} }} userErrors {{ code reason field message }} }} }}"
        );
        let mut variables = more.as_object().expect("variables are an object").clone();
        variables.entry("input").or_insert_with(|| self.change());
        let mut payload = answered(persona, mutation, &query, &Value::Object(variables));
        if !payload["case"].is_null() {
            self.case = payload["case"].take();
        }
        payload["userErrors"].take()
    }

    /// Does an action; the errors that it has.
    pub(super) fn advances(&mut self, persona: &Persona, action: &str, evidence: &Value) -> Value {
        let call = (
            "advanceCase",
            ", $action: String!, $evidence: [EvidenceInput!]!",
            ", action: $action, evidence: $evidence",
        );
        let more = json!({ "action": action, "evidence": evidence });
        self.tries(persona, call, &more)
    }

    /// Gives evidence; the errors that it has.
    pub(super) fn gives(&mut self, persona: &Persona, evidence: &Value) -> Value {
        let call = (
            "addEvidence",
            ", $evidence: EvidenceInput!",
            ", evidence: $evidence",
        );
        self.tries(persona, call, &json!({ "evidence": evidence }))
    }

    /// Approves what is there now; the errors that it has.
    pub(super) fn approves(&mut self, persona: &Persona, approval: &str) -> Value {
        let content = self.action(approval)["contentHash"].clone();
        let call = (
            "approveCase",
            ", $approval: String!, $hash: String!",
            ", approval: $approval, contentHash: $hash",
        );
        let more = json!({ "approval": approval, "hash": content });
        self.tries(persona, call, &more)
    }

    /// Confirms what people do by hand outside; the errors that it has.
    pub(super) fn confirms(&mut self, effect: &str) -> Value {
        let effects = self.case["effects"].as_array().expect("a list");
        let meant = effects.iter().find(|it| it["name"] == effect);
        let meant = meant.unwrap_or_else(|| panic!("no effect `{effect}` in {effects:?}"));
        assert_eq!(meant["status"], "MANUAL", "no system answers: {meant}");
        let report = json!({ "key": meant["key"], "outcome": "CONFIRMED", "reference": "TT-1" });
        let call = (
            "reportEffect",
            ", $report: EffectReportInput!",
            ", report: $report",
        );
        let owner = self.server.owner();
        self.tries(&owner, call, &json!({ "report": report }))
    }

    /// What could be done under this name.
    pub(super) fn action(&self, name: &str) -> &Value {
        let actions = self.case["availableActions"].as_array().expect("a list");
        let found = actions.iter().find(|it| it["action"] == name);
        found.unwrap_or_else(|| panic!("no `{name}` in {actions:#?}"))
    }

    /// Gives what an action lacks, has it approved by the analyst, confirms what it waits for, and
    /// does it.
    pub(super) fn goes(&mut self, action: &str) {
        self.goes_with(action, &[]);
    }

    /// The same, with this evidence given first.
    pub(super) fn goes_with(&mut self, action: &str, given: &[Value]) {
        let (owner, analyst) = (self.server.owner(), self.server.analyst());
        for awaited in self.awaited(action) {
            assert_eq!(self.confirms(&awaited), json!([]), "{awaited}");
        }
        for evidence in given {
            assert_eq!(self.gives(&owner, evidence), json!([]), "{evidence}");
        }
        let lacking: Vec<(String, Vec<String>)> = self.lacking(action);
        for (kind, missing) in lacking {
            for evidence in self.filling(&kind, &missing) {
                assert_eq!(self.gives(&owner, &evidence), json!([]), "{evidence}");
            }
        }
        let transition = self.transition(action).clone();
        for approval in transition["approvals"].as_array().into_iter().flatten() {
            let approval = approval.as_str().expect("a name");
            if self.is_approved(approval) {
                continue;
            }
            assert_eq!(self.approves(&analyst, approval), json!([]), "{approval}");
        }
        assert_eq!(
            self.advances(&owner, action, &json!([])),
            json!([]),
            "{action}"
        );
    }

    fn transition(&self, action: &str) -> &Value {
        let all = self.definition["transitions"].as_array().expect("a list");
        let found = all.iter().find(|it| it["action"] == action);
        found.unwrap_or_else(|| panic!("no transition `{action}`"))
    }

    /// The effects that an action waits for and that are not confirmed, its evidence's ones too.
    fn awaited(&self, action: &str) -> Vec<String> {
        let kinds = self.action(action)["requires"].as_array().expect("a list");
        let kinds: Vec<&Value> = kinds.iter().map(|it| &it["kind"]).collect();
        let all = self.definition["evidence"].as_array().expect("a list");
        let of_evidence = all.iter().filter(|it| kinds.contains(&&it["kind"]));
        let listed = of_evidence.flat_map(|it| it["awaits"].as_array().into_iter().flatten());
        let own = self.transition(action)["awaits"].as_array();
        let listed = listed.chain(own.into_iter().flatten());
        let names = listed.filter_map(Value::as_str).map(str::to_owned);
        let mut names: Vec<String> = names.filter(|name| self.is_manual(name)).collect();
        names.dedup();
        names
    }

    /// Whether an approval holds of what is there now.
    fn is_approved(&self, approval: &str) -> bool {
        let content = &self.action(approval)["contentHash"];
        let given = self.case["approvals"].as_array().expect("a list");
        let mut of_it = given.iter().filter(|it| it["name"] == approval);
        of_it.any(|it| it["contentHash"] == *content)
    }

    fn is_manual(&self, effect: &str) -> bool {
        let effects = self.case["effects"].as_array().expect("a list");
        let mut named = effects.iter().filter(|it| it["name"] == effect);
        named.any(|it| it["status"] == "MANUAL")
    }

    fn lacking(&self, action: &str) -> Vec<(String, Vec<String>)> {
        let requires = self.action(action)["requires"].as_array().expect("a list");
        let lacking = requires.iter().map(|needed| {
            let missing = needed["missing"].as_array().expect("a list");
            let missing = missing.iter().filter_map(Value::as_str);
            let kind = needed["kind"].as_str().expect("a name").to_owned();
            (kind, missing.map(str::to_owned).collect::<Vec<_>>())
        });
        lacking.filter(|(_, missing)| !missing.is_empty()).collect()
    }

    /// Evidence that fits its kind, for each item that is missing.
    fn filling(&self, kind: &str, missing: &[String]) -> Vec<Value> {
        let kinds = self.definition["evidence"].as_array().expect("a list");
        let rule = kinds.iter().find(|it| it["kind"] == kind).expect("a kind");
        let fields = self.fields_of(rule);
        let input = rule["calculation"]
            .as_str()
            .map(|it| reference_input(it, ""));
        let items = missing.iter().map(|missing| {
            let item = missing.split_once('.').map(|(_, item)| item);
            let mut given = json!({ "kind": kind, "fields": fields, "item": item });
            if let Some(input) = &input {
                given["input"] = input.clone();
            }
            given
        });
        items.collect()
    }

    fn fields_of(&self, rule: &Value) -> Map<String, Value> {
        let fields = rule["fields"].as_array().into_iter().flatten();
        let named = fields.map(|field| {
            let name = field["name"].as_str().expect("a name").to_owned();
            let value = self.value(field);
            (name, value)
        });
        named.collect()
    }

    fn value(&self, field: &Value) -> Value {
        let word = || {
            let list = field["one_of"].as_str().expect("a list's name");
            self.definition["codes"][list][0].clone()
        };
        match field["type"].as_str().expect("a type") {
            "text" => json!("as we talked about"),
            "reference" => json!("REF-1"),
            "code" => word(),
            "codes" => json!([word()]),
            "list" => json!(["influencer", "partner"]),
            "date" => json!("2026-04-10"),
            "moment" => json!("2026-03-27T08:00:00Z"),
            "amount" => json!("100.00"),
            // An alternative isn't chosen, everything else is so.
            "flag" => json!(field["name"] != "chosen"),
            "file" => json!("ab".repeat(32)),
            "record" => json!({ "any": 1 }),
            other => panic!("no filling for `{other}`"),
        }
    }

    /// A figure that was computed from evidence, by its names from the outside in.
    pub(super) fn figure(&self, kind: &str, name: &str) -> String {
        let evidence = self.case["evidence"].as_array().expect("a list");
        let given = evidence.iter().find(|it| it["kind"] == kind);
        let figures = &given.expect("it was given")["computed"]["figures"];
        let figure = name
            .split('.')
            .fold(figures, |figures, part| &figures[part]);
        let text = figure.as_str();
        text.unwrap_or_else(|| panic!("no `{name}` in {figures:#}"))
            .to_owned()
    }
}

/// The input of the first reference case of a calculation whose id begins so.
pub(super) fn reference_input(calculation: &str, id: &str) -> Value {
    let text = include_str!("../../server/workflow/tests/reference/workflow_cases.json");
    let file: Value = serde_json::from_str(text).expect("the file is JSON");
    let workflow = match calculation {
        "cancellation" => "cancel_promotion",
        "termination" => "terminate_agency",
        "mismatch" => "resolve_mismatch",
        "review" => "performance_review",
        other => panic!("no reference case for `{other}`"),
    };
    let cases = file["cases"].as_array().expect("the file has cases");
    let fits = |case: &&Value| {
        let named = case["id"].as_str().is_some_and(|name| name.starts_with(id));
        case["workflow"] == workflow && named
    };
    cases.iter().find(fits).expect("there is such a case")["input"].clone()
}
