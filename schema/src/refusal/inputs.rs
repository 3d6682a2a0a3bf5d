//! The GraphQL library's refusals of input values, said in the product's words: the thing, what is
//! accepted, and its place.
//!
//! The library tells only by its message which value it refuses, so messages are taken apart here;
//! one that has another form is left as it is.
//! Invariant: errors are only worded, never added or removed.

use std::collections::HashMap;

use async_graphql::ServerError;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::nearest::nearest;

use super::extensions;

/// The most words that a message lists; longer lists stand in `allowed` alone.
const LISTED_MAX: usize = 9;

/// What a schema accepts as input.
#[derive(Debug, Default)]
pub(crate) struct InputTypes {
    /// By enum its values, by input object its fields.
    words: HashMap<String, Vec<String>>,
    /// By the name of the field or argument that takes it: the input object of which exactly one
    /// field is given.
    one_of: HashMap<String, String>,
}

impl InputTypes {
    /// The input types of the schema that this text describes.
    pub(crate) fn of_sdl(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the schema's own text is well-formed");
        let definitions = document.definitions.into_iter();
        let types: Vec<TypeDefinition> = definitions
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => Some(definition.node),
                _ => None,
            })
            .collect();
        let is_one_of = |name: &str| types.iter().any(|of| of.name.node == name && one_of(of));
        let takers = types.iter().flat_map(taken_values);
        let one_of = takers
            .filter(|(_, taken)| is_one_of(taken))
            .map(|(taker, taken)| (taker.to_string(), taken.to_string()))
            .collect();
        let words = types.iter().filter_map(|of| Some((of, words_of(of)?)));
        let words = words
            .map(|(of, words)| (of.name.node.to_string(), words))
            .collect();
        Self { words, one_of }
    }

    /// The error in the product's words, with its extensions, if it refuses an input value.
    pub(crate) fn worded(&self, mut error: ServerError) -> ServerError {
        let has_code = error.extensions.is_some();
        let refusal = (!has_code).then(|| self.refusal(&error.message)).flatten();
        if let Some(refusal) = refusal {
            error.extensions = Some(extensions(&refusal));
            error.message = refusal.message;
        }
        error
    }

    fn refusal(&self, message: &str) -> Option<Refusal> {
        if let Some(rest) = message.strip_prefix("Failed to parse \"") {
            // A value that is only looked at when its field is resolved; its place is not told.
            let (type_name, told) = rest.split_once("\": ")?;
            let value = told.strip_prefix("Enumeration type does not contain value \"")?;
            let (value, _) = value.rsplit_once("\".")?;
            return Some(self.unknown_value(type_name, value));
        }
        if let Some(rest) = message.strip_prefix("Variable ") {
            return about_variable(rest);
        }
        let refused = message
            .strip_prefix("Invalid value for argument \"")
            .or_else(|| message.strip_prefix("Invalid default value for argument: \""))?;
        let (place, reason) = refused.split_once("\", ")?;
        self.at_place(place, reason)
    }

    /// The refusal of the value at this place, for this reason.
    fn at_place(&self, place: &str, reason: &str) -> Option<Refusal> {
        if reason.starts_with("Oneof ") {
            return Some(self.not_exactly_one(place).at(place));
        }
        let reason = reason.strip_suffix('"').unwrap_or(reason);
        if let Some(rest) = reason.strip_prefix("enumeration type \"") {
            let (type_name, value) = rest.split_once("\" does not contain the value \"")?;
            return Some(self.unknown_value(type_name, value).at(place));
        }
        if let Some(rest) = reason.strip_prefix("unknown field \"") {
            let (field, type_name) = rest.split_once("\" of type \"")?;
            let refusal = self.unknown(format!("`{type_name}` has no `{field}`"), type_name, field);
            return Some(refusal.at(format!("{place}.{field}")));
        }
        if let Some(rest) = reason.strip_prefix("field \"") {
            let (field, rest) = rest.split_once("\" of type \"")?;
            let (type_name, _) = rest.split_once('"')?;
            let message = format!("`{place}` needs `{field}`, of type `{type_name}`");
            return Some(Refusal::invalid(message).at(format!("{place}.{field}")));
        }
        let type_name = reason.strip_prefix("expected type \"")?;
        let message = format!("`{place}` is not of type `{type_name}`");
        let refusal = Refusal::invalid(message).with_allowed(self.words(type_name).to_vec());
        Some(refusal.at(place))
    }

    fn unknown_value(&self, type_name: &str, value: &str) -> Refusal {
        let message = format!("`{value}` is not a `{type_name}`");
        self.unknown(message, type_name, value)
    }

    /// The refusal of a word that the type doesn't have, with those that it has.
    fn unknown(&self, message: String, type_name: &str, word: &str) -> Refusal {
        let allowed = self.words(type_name);
        let near = nearest(word, allowed.iter().map(String::as_str));
        let hint = match near {
            Some(near) => format!("; did you mean `{near}`?"),
            None if allowed.is_empty() || allowed.len() > LISTED_MAX => String::new(),
            None => format!("; use {}", listed(allowed, "or")),
        };
        Refusal::invalid(message + &hint)
            .with_allowed(allowed.to_vec())
            .with_suggestion(near)
    }

    fn not_exactly_one(&self, place: &str) -> Refusal {
        let mut segments = place.rsplit('.');
        let taker = segments.find(|segment| segment.parse::<usize>().is_err());
        let taken = taker.and_then(|taker| self.one_of.get(taker));
        let fields = taken.map_or(&[][..], |type_name| self.words(type_name));
        if fields.is_empty() {
            return Refusal::invalid(format!("give exactly one field of `{place}`"));
        }
        let message = format!("give exactly one of {}", listed(fields, "and"));
        Refusal::invalid(message).with_allowed(fields.to_vec())
    }

    fn words(&self, type_name: &str) -> &[String] {
        self.words.get(type_name).map_or(&[], Vec::as_slice)
    }
}

/// What the library tells of a variable, after the word "Variable".
fn about_variable(told: &str) -> Option<Refusal> {
    if let Some(name) = told.strip_suffix(" is not defined.") {
        return Some(without_value(name, ""));
    }
    let (name, rest) = told.strip_prefix("\"$")?.split_once('"')?;
    rest.starts_with(" is not defined")
        .then(|| Refusal::invalid(format!("`${name}` is not declared by the operation")))
}

/// The refusal of a variable that has to have a value and has none; `hint` says which it takes.
pub(crate) fn without_value(name: &str, hint: &str) -> Refusal {
    Refusal::invalid(format!("`${name}` has no value{hint}")).at(format!("variables.{name}"))
}

fn one_of(definition: &TypeDefinition) -> bool {
    let mut directives = definition.directives.iter();
    directives.any(|directive| directive.node.name.node == "oneOf")
}

/// An enum's values or an input object's fields.
fn words_of(definition: &TypeDefinition) -> Option<Vec<String>> {
    Some(match &definition.kind {
        TypeKind::Enum(of) => {
            let values = of.values.iter();
            values.map(|value| value.node.value.to_string()).collect()
        }
        TypeKind::InputObject(of) => {
            let fields = of.fields.iter();
            fields.map(|field| field.node.name.to_string()).collect()
        }
        _ => return None,
    })
}

/// The names and types of a type's arguments or input fields.
fn taken_values(definition: &TypeDefinition) -> Vec<(&Name, &Name)> {
    let values: Vec<&Positioned<InputValueDefinition>> = match &definition.kind {
        TypeKind::InputObject(of) => of.fields.iter().collect(),
        TypeKind::Object(of) => {
            let fields = of.fields.iter();
            fields.flat_map(|field| &field.node.arguments).collect()
        }
        _ => Vec::new(),
    };
    let values = values.into_iter();
    values
        .map(|value| (&value.node.name.node, named(&value.node.ty.node)))
        .collect()
}

fn named(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// The words as a list in a sentence.
fn listed(words: &[String], conjunction: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        _ => quoted.concat(),
    }
}
