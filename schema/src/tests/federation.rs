//! The API as a subgraph: its keys, and what is found by them.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeDefinition, TypeSystemDefinition};
use async_graphql::{Any, Value as ConstValue, from_value};
use bellwether_domain::ids::{BrandId, CampaignId};
use serde_json::{Value, json};

use super::given::{Answer, World, an_agency};
use crate::federation::{REPRESENTATIONS_MAX, entities};

const FOUND: &str = "__typename ... on Brand { slug } ... on Campaign { name brand { slug } }";

impl World {
    async fn entities(&self, representations: &str) -> Answer {
        let query = format!("{{ _entities(representations: [{representations}]) {{ {FOUND} }} }}");
        self.ask(&query).await
    }
}

fn brand(id: BrandId) -> String {
    format!(r#"{{__typename: "Brand", id: "{id}"}}"#)
}

fn campaign(id: CampaignId) -> String {
    format!(r#"{{__typename: "Campaign", id: "{id}"}}"#)
}

#[tokio::test]
async fn entities_stand_at_the_places_of_their_keys() {
    let world = World::new();
    let keys = [
        campaign(world.campaigns[1]),
        brand(world.brand),
        campaign(world.campaigns[0]),
        campaign(world.campaigns[1]),
    ];
    let answer = world.entities(&keys.join(", ")).await;
    let aurora = json!({ "slug": "aurora" });
    let named = |name: &str| json!({ "__typename": "Campaign", "name": name, "brand": aurora });
    assert_eq!(
        answer.body["data"]["_entities"],
        json!([
            named("Winter"),
            { "__typename": "Brand", "slug": "aurora" },
            named("Autumn"),
            named("Winter"),
        ])
    );
}

#[tokio::test]
async fn a_key_of_another_agency_is_as_null_as_one_that_was_never_given_out() {
    let mut world = World::new();
    let keys = [brand(world.brand), campaign(world.campaigns[0])];
    let own = world.entities(&brand(unknown_brand())).await;
    assert_eq!(own.body, json!({ "data": { "_entities": [null] } }));
    world.scope = an_agency(world.services.catalogue(), "elsewhere", 99);
    let answer = world.entities(&keys.join(", ")).await;
    assert_eq!(
        answer.body,
        json!({ "data": { "_entities": [null, null] } })
    );
}

fn unknown_brand() -> BrandId {
    BrandId::from_parts("2026-11-22T08:00:00Z".parse().unwrap(), 4_711)
}

#[tokio::test]
async fn a_viewer_finds_only_what_their_brands_have() {
    let world = World::new();
    let scope = world.scope_of_a_limited_viewer().await;
    let state = world.api.state(&scope, "req_1");
    let key = json!({ "__typename": "Brand", "id": world.brand.to_string() });
    let keys = [any(&key)];
    let found = entities(&state, &keys);
    assert_eq!(found.await.unwrap().iter().flatten().count(), 1);
}

#[tokio::test]
async fn what_is_no_key_is_refused_at_its_place() {
    let world = World::new();
    let refused = async |representation: &str| {
        let answer = world.entities(representation).await;
        let field = answer.body["errors"][0]["extensions"]["field"].clone();
        (answer.code().to_owned(), field)
    };
    let at = |place: &str| ("INVALID_INPUT".to_owned(), json!(place));
    let second = format!(
        r#"{}, {{__typename: "Product", id: "p"}}"#,
        brand(world.brand)
    );
    assert_eq!(refused(&second).await, at("representations[1].__typename"));
    assert_eq!(refused("7").await, at("representations[0].__typename"));
    let without_id = r#"{__typename: "Campaign", name: "Winter"}"#;
    assert_eq!(refused(without_id).await, at("representations[0].id"));
    let of_other_kind = format!(r#"{{__typename: "Campaign", id: "{}"}}"#, world.brand);
    assert_eq!(refused(&of_other_kind).await, at("representations[0].id"));
}

#[tokio::test]
async fn a_list_has_as_many_keys_as_the_limit_says_and_no_more() {
    let world = World::new();
    let state = world.api.state(&world.scope, "req_1");
    let key = any(&json!({ "__typename": "Brand", "id": world.brand.to_string() }));
    let most = vec![key; REPRESENTATIONS_MAX];
    assert_eq!(entities(&state, &most).await.unwrap().len(), most.len());
    let more = [most, vec![any(&json!(null))]].concat();
    let error = entities(&state, &more).await.unwrap_err();
    assert!(error.message.contains("representations_max"), "{error:?}");
    let code = error
        .extensions
        .and_then(|values| values.get("code").cloned());
    assert_eq!(code, Some(ConstValue::from("LIMIT_EXCEEDED")));
}

fn any(value: &Value) -> Any {
    Any(ConstValue::from_json(value.clone()).unwrap())
}

#[tokio::test]
async fn the_subgraph_tells_the_keys_and_nothing_of_the_protocol() {
    let world = World::new();
    let answer = world.ask("{ _service { sdl } }").await;
    let sdl: String =
        from_value(ConstValue::from_json(answer.body["data"]["_service"]["sdl"].clone()).unwrap())
            .unwrap();
    let definitions = parse_schema(sdl).unwrap().definitions.into_iter();
    let types: Vec<TypeDefinition> = definitions
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect();
    let keyed = types.iter().filter(|definition| {
        let mut directives = definition.directives.iter();
        directives.any(|directive| directive.node.name.node == "key")
    });
    let keyed: Vec<&str> = keyed.map(|it| it.name.node.as_str()).collect();
    assert_eq!(keyed, ["Brand", "Campaign"]);
    assert!(!types.iter().any(|it| it.name.node.starts_with('_')));
}
