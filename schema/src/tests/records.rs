//! Records over GraphQL: each kind's whole life, looking back, refusals with codes and places.

mod kinds;
mod moments;

use bellwether_domain::Scope;
use serde_json::{Value, json};

use super::given::{World, request, variables_of};
use crate::request::Method;

impl World {
    /// Runs a document with one variable, `$input`, as a caller.
    pub(super) async fn put_as(&self, scope: &Scope, document: &str, input: Value) -> Value {
        let mut request = request(document);
        request.variables = variables_of(&json!({ "input": input }));
        let reply = self
            .api
            .execute(scope.clone(), request, Method::Post, "req_7", None)
            .await;
        serde_json::from_slice(&reply.body).unwrap()
    }

    async fn create_product(&self, key: &str, product: Value) -> Value {
        let document = "mutation($input: CreateProductInput!) { createProduct(input: $input) { product { id revision } userErrors { field code } } }";
        let input = json!({"brand": self.brand.to_string(), "key": key, "product": product});
        let answer = self.put_as(&self.scope, document, input).await;
        answer["data"]["createProduct"].clone()
    }

    async fn revise_product(&self, id: &Value, base: u32, product: Value) -> Value {
        let document = "mutation($input: ReviseProductInput!) { reviseProduct(input: $input) { product { revision } userErrors { field code } } }";
        let input = json!({"id": id, "baseRevision": base, "product": product});
        let answer = self.put_as(&self.scope, document, input).await;
        answer["data"]["reviseProduct"].clone()
    }

    async fn told(&self, document: &str) -> Value {
        let answer = self.ask(document).await;
        assert_eq!(answer.body["errors"], Value::Null, "{}", answer.body);
        answer.body["data"].clone()
    }
}

fn priced(name: &str, amount: &str) -> Value {
    json!({"name": name, "price": {"amount": amount, "currency": "EUR"}})
}

#[tokio::test]
async fn a_product_is_told_as_it_stood_at_a_past_moment() {
    let world = World::new();
    let id = world.create_product("tea", priced("Tea", "4.95")).await["product"]["id"].clone();
    world.clock.pass(3_600);
    world.revise_product(&id, 1, priced("Tea", "5.95")).await;
    let answer = world
        .told(&format!(
            r#"{{ now: product(id: {id}) {{ revision price {{ amount currency }} }}
                 then: product(id: {id}, asOf: "2026-11-22T08:30:00Z") {{ revision price {{ amount }} }}
                 listed: products(asOf: "2026-11-22T08:30:00Z") {{ nodes {{ price {{ amount }} }} }} }}"#
        ))
        .await;
    let expected = json!({
        "now": {"revision": 2, "price": {"amount": "5.95", "currency": "EUR"}},
        "then": {"revision": 1, "price": {"amount": "4.95"}},
        "listed": {"nodes": [{"price": {"amount": "4.95"}}]},
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_moment_before_a_record_or_yet_to_come_has_none() {
    let world = World::new();
    let id = world.create_product("tea", priced("Tea", "4.95")).await["product"]["id"].clone();
    let at = |moment: &str| format!(r#"{{ product(id: {id}, asOf: "{moment}") {{ name }} }}"#);
    let before = world.ask(&at("2026-11-22T07:59:59Z")).await;
    assert_eq!(before.code(), "NOT_FOUND");
    let to_come = world.ask(&at("2026-11-22T08:00:01Z")).await;
    assert_eq!(to_come.code(), "INVALID_INPUT");
    let listed = world
        .told(r#"{ products(asOf: "2026-11-22T07:59:59Z") { nodes { id } } }"#)
        .await;
    assert_eq!(listed, json!({"products": {"nodes": []}}));
}

#[tokio::test]
async fn the_history_tells_what_each_revision_changed() {
    let world = World::new();
    let id = world.create_product("tea", priced("Tea", "4.95")).await["product"]["id"].clone();
    world.clock.pass(60);
    world.revise_product(&id, 1, priced("Tea", "5.95")).await;
    let answer = world
        .told(&format!(
            "{{ product(id: {id}) {{ history(first: 1) {{ nodes {{ revision at by state changes {{ field old new }} }} pageInfo {{ hasNextPage endCursor }} }}
               older: history(after: \"2\") {{ nodes {{ revision changes {{ field old new }} }} }} }} }}"
        ))
        .await;
    let expected = json!({
        "history": {
            "nodes": [{
                "revision": 2, "at": "2026-11-22T08:01:00Z", "by": null, "state": "ACTIVE",
                "changes": [{"field": "price.amount", "old": "4.95", "new": "5.95"}],
            }],
            "pageInfo": {"hasNextPage": true, "endCursor": "2"},
        },
        "older": {"nodes": [{"revision": 1, "changes": [
            {"field": "name", "old": null, "new": "Tea"},
            {"field": "price.amount", "old": null, "new": "4.95"},
            {"field": "price.currency", "old": null, "new": "EUR"},
        ]}]},
    });
    assert_eq!(answer["product"], expected);
}

#[tokio::test]
async fn a_change_based_on_an_old_revision_writes_nothing() {
    let world = World::new();
    let id = world.create_product("tea", priced("Tea", "4.95")).await["product"]["id"].clone();
    world.revise_product(&id, 1, priced("Tea", "5.95")).await;
    let refused = world.revise_product(&id, 1, priced("Tea", "6.95")).await;
    let expected = json!({"product": null,
        "userErrors": [{"field": ["input", "baseRevision"], "code": "REVISION_CONFLICT"}]});
    assert_eq!(refused, expected);
    let kept = world
        .told(&format!(
            "{{ product(id: {id}) {{ revision price {{ amount }} }} }}"
        ))
        .await;
    assert_eq!(
        kept["product"],
        json!({"revision": 2, "price": {"amount": "5.95"}})
    );
}

#[tokio::test]
async fn all_that_an_input_has_against_it_is_told_at_once_and_nothing_is_written() {
    let world = World::new();
    let product = json!({"name": "", "price": {"amount": "-1", "currency": "EURO"}});
    let refused = world.create_product("tea", product).await;
    let expected = json!({"product": null, "userErrors": [
        {"field": ["input", "product", "name"], "code": "INVALID_INPUT"},
        {"field": ["input", "product", "price", "amount"], "code": "INVALID_INPUT"},
        {"field": ["input", "product", "price", "currency"], "code": "UNKNOWN_CURRENCY"},
    ]});
    assert_eq!(refused, expected);
    let listed = world.told("{ products { nodes { id } } }").await;
    assert_eq!(listed, json!({"products": {"nodes": []}}));
}

#[tokio::test]
async fn a_key_is_given_once_in_a_brand() {
    let world = World::new();
    world.create_product("tea", priced("Tea", "4.95")).await;
    let again = world.create_product("tea", priced("Other tea", "1")).await;
    let expected = json!({"product": null,
        "userErrors": [{"field": ["input", "key"], "code": "CONFLICT"}]});
    assert_eq!(again, expected);
}

#[tokio::test]
async fn an_id_that_is_none_is_told_at_its_place_in_the_body() {
    let world = World::new();
    let document = "mutation($input: CreateContentInput!) { createContent(input: $input) { content { id } userErrors { field code } } }";
    let content = json!({"name": "Evening", "product": "tea", "approval": "PENDING"});
    let input = json!({"brand": world.brand.to_string(), "content": content});
    let answer = world.put_as(&world.scope, document, input).await;
    let expected = json!({"content": null,
        "userErrors": [{"field": ["input", "content", "product"], "code": "INVALID_INPUT"}]});
    assert_eq!(answer["data"]["createContent"], expected);
}

#[tokio::test]
async fn lists_come_in_pages_and_orders_and_are_filtered() {
    let world = World::new();
    for (key, name) in [("b", "Mug"), ("a", "Tea"), ("c", "Cup")] {
        world.create_product(key, json!({"name": name})).await;
    }
    let first = world
        .told("{ products(first: 2, orderBy: {by: NAME, descending: true}) { edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } } }")
        .await;
    let page = &first["products"];
    assert_eq!(page["edges"][0]["node"]["name"], "Tea");
    assert_eq!(page["edges"][1]["node"]["name"], "Mug");
    assert_eq!(page["edges"][1]["cursor"], page["pageInfo"]["endCursor"]);
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let cursor = &page["pageInfo"]["endCursor"];
    let rest = world
        .told(&format!("{{ products(first: 2, orderBy: {{by: NAME, descending: true}}, after: {cursor}) {{ nodes {{ name }} pageInfo {{ hasNextPage hasPreviousPage }} }} keyed: products(where: {{key: \"a\"}}) {{ nodes {{ name }} }} }}"))
        .await;
    let expected = json!({
        "products": {"nodes": [{"name": "Cup"}], "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}},
        "keyed": {"nodes": [{"name": "Tea"}]},
    });
    assert_eq!(rest, expected);
    let wrong = world
        .ask(r#"{ products(after: "tea") { nodes { id } } }"#)
        .await;
    assert_eq!(wrong.code(), "INVALID_INPUT");
}

#[tokio::test]
async fn an_archived_record_is_listed_when_asked_for_and_revising_brings_it_back() {
    let world = World::new();
    let id = world.create_product("tea", json!({"name": "Tea"})).await["product"]["id"].clone();
    let archived = world
        .told(&format!("mutation {{ archiveProduct(input: {{id: {id}, baseRevision: 1}}) {{ product {{ state revision }} userErrors {{ code }} }} }}"))
        .await;
    let expected = json!({"product": {"state": "ARCHIVED", "revision": 2}, "userErrors": []});
    assert_eq!(archived["archiveProduct"], expected);
    let states = "{ active: products { nodes { key } } archived: products(where: {state: ARCHIVED}) { nodes { key } } all: products(where: {state: null}) { nodes { key } } }";
    let tea = json!({"nodes": [{"key": "tea"}]});
    let expected = json!({"active": {"nodes": []}, "archived": tea, "all": tea});
    assert_eq!(world.told(states).await, expected);
    world.revise_product(&id, 2, json!({"name": "Tea"})).await;
    let back = world.told("{ products { nodes { revision } } }").await;
    assert_eq!(back, json!({"products": {"nodes": [{"revision": 3}]}}));
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let world = World::new();
    let id = world.create_product("tea", json!({"name": "Tea"})).await["product"]["id"].clone();
    let viewer = world.scope_of_a_limited_viewer().await;
    let read = world
        .ask_as(&viewer, &format!("{{ product(id: {id}) {{ name }} }}"))
        .await;
    assert_eq!(read["data"]["product"]["name"], "Tea");
    for change in [
        format!("archiveProduct(input: {{id: {id}, baseRevision: 1}})"),
        format!("reviseProduct(input: {{id: {id}, baseRevision: 1, product: {{name: \"Mine\"}}}})"),
        format!(
            "createProduct(input: {{brand: \"{}\", product: {{name: \"Mine\"}}}})",
            world.brand
        ),
    ] {
        let document = format!("mutation {{ {change} {{ userErrors {{ code }} }} }}");
        let answer = world.ask_as(&viewer, &document).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    }
}
