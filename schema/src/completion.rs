//! Completion: what the executor leaves undone of the specification's "Value Completion".
//!
//! async-graphql 7.2.1 leaves a failed field out of its object, and lets a slow field come after a
//! fast one. This puts fields in the order of the selection, a failed field to null, and where
//! its type is non-null the nearest parent that may be null.
//! Invariant: values are only ordered and nulled, never changed.

use std::collections::HashMap;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, FieldDefinition, OperationDefinition,
    OperationType, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Positioned, ServerError, Value};

/// By object or interface, then by field: its type.
type FieldTypes = HashMap<Name, HashMap<Name, Type>>;

/// The types of a schema's fields.
#[derive(Debug)]
pub(crate) struct Completion {
    types: FieldTypes,
}

/// What is selected of an object: its fields in the order of the answer.
#[derive(Debug, Default)]
pub(crate) struct Selected {
    fields: IndexMap<Name, SelectedField>,
}

#[derive(Debug)]
struct SelectedField {
    /// `None` for the fields of introspection, which never fail.
    field_type: Option<Type>,
    of_it: Selected,
}

impl Completion {
    /// The types of the schema that this text describes.
    pub(crate) fn of_sdl(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the schema's own text is well-formed");
        let mut types = FieldTypes::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            types.insert(definition.node.name.node, types_of(fields));
        }
        Self { types }
    }

    /// What the operation that runs selects. The document has passed the guard, so its fragments
    /// end and are of bounded size.
    pub(crate) fn selected(&self, document: &ExecutableDocument, name: Option<&str>) -> Selected {
        let mut selected = Selected::default();
        if let Some(operation) = operation(document, name) {
            let root = match operation.ty {
                OperationType::Query => "Query",
                OperationType::Mutation => "Mutation",
                OperationType::Subscription => "Subscription",
            };
            self.select(&mut selected, document, root, &operation.selection_set.node);
        }
        selected
    }

    fn select(
        &self,
        into: &mut Selected,
        document: &ExecutableDocument,
        parent: &str,
        set: &SelectionSet,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let fields = self.types.get(parent);
                    let field_type = fields.and_then(|fields| fields.get(&field.name.node));
                    let entry = into
                        .fields
                        .entry(field.response_key().node.clone())
                        .or_insert_with(|| SelectedField {
                            field_type: field_type.cloned(),
                            of_it: Selected::default(),
                        });
                    if let Some(field_type) = field_type {
                        let parent = named_type(field_type);
                        self.select(
                            &mut entry.of_it,
                            document,
                            parent,
                            &field.selection_set.node,
                        );
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent = condition.map_or(parent, |on| on.node.on.node.as_str());
                    self.select(into, document, parent, &fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        let fragment = &fragment.node;
                        let parent = fragment.type_condition.node.on.node.as_str();
                        self.select(into, document, parent, &fragment.selection_set.node);
                    }
                }
            }
        }
    }
}

fn types_of(fields: Vec<Positioned<FieldDefinition>>) -> HashMap<Name, Type> {
    let types = fields
        .into_iter()
        .map(|field| (field.node.name.node, field.node.ty.node));
    types.collect()
}

fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name),
        (DocumentOperations::Multiple(named), None) => named.values().next(),
    };
    operation.map(|operation| &operation.node)
}

fn named_type(field_type: &Type) -> &str {
    match &field_type.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named_type(inner),
    }
}

impl Selected {
    /// The data of an executed operation in the specification's form.
    pub(crate) fn complete(&self, data: Value, errors: &[ServerError]) -> Value {
        let mut faults = Faults::default();
        for error in errors {
            faults.add(&error.path);
        }
        let object = match data {
            Value::Object(object) => object,
            _ => IndexMap::new(),
        };
        self.object(object, Some(&faults)).unwrap_or(Value::Null)
    }

    /// The object with all its fields in order; `None` when a field that may not be null is.
    fn object(&self, mut object: IndexMap<Name, Value>, faults: Option<&Faults>) -> Option<Value> {
        let mut completed = IndexMap::with_capacity(object.len());
        for (key, selected) in &self.fields {
            let faults = faults.and_then(|faults| faults.below.get(&Step::Key(key.to_string())));
            let value = object.swap_remove(key);
            if value.is_none() && faults.is_none() {
                // Skipped, or of another type than the object's.
                continue;
            }
            let value = value.unwrap_or(Value::Null);
            let value = match &selected.field_type {
                Some(field_type) => selected.of_it.value(value, field_type, faults)?,
                None => value,
            };
            completed.insert(key.clone(), value);
        }
        Some(Value::Object(completed))
    }

    /// The value of a place of this type; `None` when it is null and may not be.
    fn value(&self, value: Value, place: &Type, faults: Option<&Faults>) -> Option<Value> {
        let completed = match (value, &place.base) {
            (Value::Object(object), BaseType::Named(_)) if !self.fields.is_empty() => {
                self.object(object, faults)
            }
            // An object of which every field failed.
            (Value::Null, BaseType::Named(_)) if faults.is_some_and(Faults::are_of_fields) => {
                self.object(IndexMap::new(), faults)
            }
            (Value::List(items), BaseType::List(inner)) => self.list(items, inner, faults),
            (other, _) => Some(other),
        };
        let completed = completed.unwrap_or(Value::Null);
        let is_wrong = completed == Value::Null && !place.nullable && faults.is_some();
        (!is_wrong).then_some(completed)
    }

    fn list(&self, items: Vec<Value>, inner: &Type, faults: Option<&Faults>) -> Option<Value> {
        if self.fields.is_empty() && faults.is_none() {
            return Some(Value::List(items));
        }
        let items = items.into_iter().enumerate().map(|(index, item)| {
            let faults = faults.and_then(|faults| faults.below.get(&Step::Index(index)));
            self.value(item, inner, faults)
        });
        items.collect::<Option<Vec<_>>>().map(Value::List)
    }
}

/// The paths of errors as a tree.
#[derive(Debug, Default)]
struct Faults {
    is_here: bool,
    below: HashMap<Step, Faults>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Step {
    Key(String),
    Index(usize),
}

impl Faults {
    fn add(&mut self, path: &[PathSegment]) {
        let mut place = self;
        for segment in path {
            let step = match segment {
                PathSegment::Field(key) => Step::Key(key.clone()),
                PathSegment::Index(index) => Step::Index(*index),
            };
            place = place.below.entry(step).or_default();
        }
        place.is_here = true;
    }

    /// Whether fields of the object at this place failed, and not the object itself.
    fn are_of_fields(&self) -> bool {
        !self.is_here && self.below.keys().any(|step| matches!(step, Step::Key(_)))
    }
}
