//! Apollo Federation: the API as a subgraph, whose brands and campaigns others name by their ids.
//!
//! async-graphql's own entities fail a whole list for one that is not there and bound nothing;
//! these are null one by one, and a list has at most [`REPRESENTATIONS_MAX`].
//! Invariant: a key of another agency is as null as one that was never given out.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Any, Result, SDLExportOptions, SimpleObject, Union, Value};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};

use crate::context::RequestState;
use crate::nouns::{Brand, Campaign};
use crate::refusal::resolver_error;

/// The most representations in one list.
pub(crate) const REPRESENTATIONS_MAX: usize = 1_000;

/// The types that other subgraphs may name, each by its `id`.
const ENTITIES: [&str; 2] = ["Brand", "Campaign"];

/// The types that are of the protocol, not of the subgraph.
const OF_THE_PROTOCOL: [&str; 3] = ["scalar _Any", "union _Entity", "type _Service"];

/// The schema as a subgraph tells it; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SubgraphSdl(pub(crate) Arc<str>);

/// The API as a subgraph of a federated one.
#[derive(Debug, SimpleObject)]
#[graphql(name = "_Service")]
pub(crate) struct Subgraph {
    /// The schema with the keys of its entities, which a router composes with those of others.
    pub(crate) sdl: String,
}

/// A thing that other subgraphs name by its key.
#[derive(Debug, Union)]
#[graphql(name = "_Entity")]
pub(crate) enum Entity {
    /// A brand.
    Brand(Brand),
    /// A campaign.
    Campaign(Campaign),
}

impl SubgraphSdl {
    /// The schema with keys, and without what belongs to the protocol.
    pub(crate) fn of(sdl_with: impl FnOnce(SDLExportOptions) -> String) -> Self {
        let sdl = sdl_with(SDLExportOptions::new().federation());
        let definitions = sdl.split("\n\n").filter(|definition| {
            let is_of_protocol = |line: &str| {
                let mut heads = OF_THE_PROTOCOL.iter();
                heads.any(|head| line.starts_with(head))
            };
            !definition.lines().any(is_of_protocol)
        });
        let definitions: Vec<String> = definitions.map(with_key).collect();
        Self(definitions.join("\n\n").into())
    }
}

/// A definition with its key, if it is an entity's.
fn with_key(definition: &str) -> String {
    let is_head = |line: &str| {
        let name = line.strip_prefix("type ").unwrap_or_default();
        let name = name.split(' ').next().unwrap_or_default();
        ENTITIES.contains(&name)
    };
    let lines = definition.lines().map(|line| {
        let head = line.strip_suffix(" {").filter(|_| is_head(line));
        head.map_or_else(
            || line.to_owned(),
            |head| format!("{head} @key(fields: \"id\") {{"),
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a representation names.
#[derive(Debug, Clone, Copy)]
enum Key {
    Brand(BrandId),
    Campaign(CampaignId),
}

/// The things of these keys, each at its place; null where this token sees none.
pub(crate) async fn entities(
    state: &RequestState,
    representations: &[Any],
) -> Result<Vec<Option<Entity>>> {
    let keys = keys(representations).map_err(|refusal| resolver_error(&refusal))?;
    let _read = state.reads.begin();
    let brands = brands(state, &keys).await?;
    let campaigns = campaigns(state, &keys).await?;
    let entity = |key: &Key| match key {
        Key::Brand(id) => brands.get(id).cloned().map(Entity::Brand),
        Key::Campaign(id) => campaigns.get(id).cloned().map(Entity::Campaign),
    };
    Ok(keys.iter().map(entity).collect())
}

async fn brands(state: &RequestState, keys: &[Key]) -> Result<HashMap<BrandId, Brand>> {
    if !keys.iter().any(|key| matches!(key, Key::Brand(_))) {
        return Ok(HashMap::new());
    }
    let brands = state.answer(state.services.brands(&state.scope).await)?;
    let brands = brands.into_iter().map(|brand| (brand.id, Brand(brand)));
    Ok(brands.collect())
}

async fn campaigns(state: &RequestState, keys: &[Key]) -> Result<HashMap<CampaignId, Campaign>> {
    let ids = keys.iter().filter_map(|key| match key {
        Key::Campaign(id) => Some(*id),
        Key::Brand(_) => None,
    });
    let services = &state.services;
    let found = services.find_campaigns(&state.scope, ids.collect()).await;
    let campaigns = state.answer(found)?.into_iter();
    Ok(campaigns
        .map(|campaign| (campaign.id, Campaign(campaign)))
        .collect())
}

fn keys(representations: &[Any]) -> std::result::Result<Vec<Key>, Refusal> {
    let n = representations.len();
    if n > REPRESENTATIONS_MAX {
        let what = format!("a list of {n} representations");
        let refusal = Refusal::limit("representations_max", REPRESENTATIONS_MAX, what);
        return Err(refusal.at("representations"));
    }
    let keyed = representations.iter().enumerate();
    keyed
        .map(|(place, Any(value))| {
            key(value).map_err(|refusal| {
                let path = format!("representations[{place}]{}", refusal.path);
                refusal.at(path)
            })
        })
        .collect()
}

fn key(representation: &Value) -> std::result::Result<Key, Refusal> {
    match text(representation, "__typename") {
        Some("Brand") => id(representation).map(Key::Brand),
        Some("Campaign") => id(representation).map(Key::Campaign),
        other => {
            let told = other.map_or_else(
                || "a representation without `__typename`".to_owned(),
                |name| format!("`{name}`"),
            );
            let message =
                format!("{told} is no entity of this subgraph; use `Brand` or `Campaign`");
            Err(Refusal::invalid(message)
                .at(".__typename")
                .with_allowed(ENTITIES))
        }
    }
}

fn id<T: FromStr<Err = Refusal>>(representation: &Value) -> std::result::Result<T, Refusal> {
    let lacking = || Refusal::invalid("an entity is named by its key, the text `id`");
    let id = text(representation, "id").ok_or_else(lacking);
    id.and_then(str::parse)
        .map_err(|refusal: Refusal| refusal.at(".id"))
}

fn text<'a>(representation: &'a Value, field: &str) -> Option<&'a str> {
    let Value::Object(fields) = representation else {
        return None;
    };
    match fields.get(field)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}
