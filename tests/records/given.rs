//! Who keeps records, and how: members of every role, records of every kind.

use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::{Value, json};

use super::bodies::{Kind, Named, named_kinds, other_kinds};
use crate::metrics::brand_id;

/// A brand with a campaign.
pub(super) const CAMPAIGN_REPORT: &str = "date,campaign,impressions\n2026-04-01,spring,1\n";

/// The same server with a member of a role, who sees only a brand when one is named.
pub(super) fn with_member(
    server: TestServer,
    role: &str,
    brand: Option<&str>,
) -> (TestServer, Persona) {
    let agency = server.agency().to_owned();
    let stopped = server.kill();
    let mut arguments = vec![
        "admin",
        "add-member",
        role,
        "--role",
        role,
        "--agency",
        &agency,
    ];
    arguments.extend(brand.iter().flat_map(|brand| ["--brand", brand]));
    let ran = stopped.run(&arguments).succeeded();
    let server = stopped.restart();
    let member = Persona::new(server.url(), Some(ran.stdout.trim()));
    (server, member)
}

/// Runs a mutation with the variable `$input` and gives the whole answer.
fn put(persona: &Persona, mutation: &str, input_type: &str, one: &str, input: &Value) -> Value {
    let query = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {one} {{ id key revision }} userErrors {{ code field message }} }} }}"
    );
    let body = json!({"query": query, "variables": {"input": input}});
    persona.post_json("/graphql", &body).json()
}

impl Kind {
    pub(super) fn create(&self, persona: &Persona, brand: &str, campaign: Option<&str>) -> Value {
        let (mutation, input_type) = (
            format!("create{}", self.name),
            format!("Create{}Input", self.name),
        );
        let input = json!({"brand": brand, "campaign": campaign, self.one: self.body});
        put(persona, &mutation, &input_type, self.one, &input)
    }

    pub(super) fn revise(&self, persona: &Persona, id: &Value, base: u32) -> Value {
        let (mutation, input_type) = (
            format!("revise{}", self.name),
            format!("Revise{}Input", self.name),
        );
        let mut body = self.body.clone();
        body[self.change.0] = self.change.1.clone();
        let input = json!({"id": id, "baseRevision": base, self.one: body});
        put(persona, &mutation, &input_type, self.one, &input)
    }

    /// The ids of the records of the kind that a persona sees.
    pub(super) fn listed(&self, persona: &Persona) -> Vec<Value> {
        let many = self.many;
        let data = persona.data(&format!("{{ {many} {{ nodes {{ id }} }} }}"));
        let nodes = data[many]["nodes"].as_array().expect("a list").clone();
        nodes.into_iter().map(|node| node["id"].clone()).collect()
    }

    pub(super) fn exported(&self, persona: &Persona, format: &str) -> String {
        let reply = export(persona, self.entity, &format!("format={format}&state=ALL"));
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.text
    }
}

/// The record that a change gave, which must have been accepted.
pub(super) fn accepted(answer: &Value, kind: &Kind) -> Value {
    let payload = answer["data"]
        .as_object()
        .and_then(|data| data.values().next());
    let payload = payload.unwrap_or(&Value::Null);
    assert_eq!(payload["userErrors"], json!([]), "{}: {answer}", kind.name);
    payload[kind.one].clone()
}

/// Makes a record of each kind in the first brand, and gives the kinds with their records.
pub(super) fn make_one_of_each(server: &TestServer, persona: &Persona) -> Vec<(Kind, Value)> {
    server
        .owner()
        .commit_csv("delivery_daily", server.brand(0), CAMPAIGN_REPORT);
    let brand = brand_id(persona, server.brand(0));
    let campaign = persona.data("{ campaigns { nodes { id } } }");
    let campaign = campaign["campaigns"]["nodes"][0]["id"]
        .as_str()
        .expect("one");
    let make = |kind: Kind| {
        let campaign = (kind.entity == "campaign_plan").then_some(campaign);
        let made = accepted(&kind.create(persona, &brand, campaign), &kind);
        (kind, made)
    };
    let mut made: Vec<(Kind, Value)> = named_kinds().into_iter().map(make).collect();
    let id = |place: usize| made[place].1["id"].as_str().expect("an id").to_owned();
    let (product, party) = (id(0), id(1));
    let named = Named {
        product: &product,
        party: &party,
    };
    made.extend(other_kinds(&named).into_iter().map(make));
    made
}

/// Sends a file of records.
pub(super) fn import(
    persona: &Persona,
    entity: &str,
    options: &str,
    format: &str,
    file: &str,
) -> Reply {
    import_under(persona, entity, options, format, file, None)
}

/// Sends a file of records under an idempotency key.
pub(super) fn import_under(
    persona: &Persona,
    entity: &str,
    options: &str,
    format: &str,
    file: &str,
    key: Option<&str>,
) -> Reply {
    let media = match format {
        "csv" => "text/csv",
        _ => "application/x-ndjson",
    };
    let mut headers = vec![("content-type", media)];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    persona.post(
        &format!("/v1/import/{entity}?{options}"),
        &headers,
        file.as_bytes(),
    )
}

/// Asks for records as a file.
pub(super) fn export(persona: &Persona, entity: &str, options: &str) -> Reply {
    persona.get(&format!("/v1/export/{entity}?{options}"), &[])
}
