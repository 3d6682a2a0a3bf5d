//! `bellwether.graphql` is the schema, everything in it is described, and every metric of the
//! catalogue is in it.

use std::path::PathBuf;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeDefinition, TypeKind, TypeSystemDefinition};
use bellwether_domain::metric::{Metric, Unit};

use super::given::limits;

/// Compares a generated document with the file beside the crate; `UPDATE=1` writes it instead.
pub(super) fn assert_is_document(name: &str, generated: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::vars_os().any(|(name, _)| name == "UPDATE") {
        std::fs::write(&path, generated).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == generated,
        "schema/{name} is out of date; run `UPDATE=1 cargo test -p bellwether-schema` and look at the difference"
    );
}

fn sdl() -> String {
    crate::api::root(&limits()).sdl()
}

fn types() -> Vec<TypeDefinition> {
    let definitions = parse_schema(sdl()).unwrap().definitions.into_iter();
    definitions
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect()
}

fn type_named(name: &str) -> TypeDefinition {
    let found = types().into_iter().find(|it| it.name.node == name);
    found.unwrap_or_else(|| panic!("no type {name}"))
}

#[test]
fn the_schema_document_is_up_to_date() {
    assert_is_document("bellwether.graphql", &sdl());
}

#[test]
fn every_type_field_argument_and_value_is_described() {
    let mut bare = Vec::new();
    for definition in types() {
        let name = definition.name.node.to_string();
        let mut check = |what: String, is_described: bool| {
            if !is_described {
                bare.push(what);
            }
        };
        check(name.clone(), definition.description.is_some());
        let fields = match definition.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            TypeKind::Enum(words) => {
                for word in words.values {
                    let word = word.node;
                    check(
                        format!("{name}.{}", word.value.node),
                        word.description.is_some(),
                    );
                }
                Vec::new()
            }
            TypeKind::InputObject(input) => {
                for field in input.fields {
                    let field = field.node;
                    check(
                        format!("{name}.{}", field.name.node),
                        field.description.is_some(),
                    );
                }
                Vec::new()
            }
            TypeKind::Scalar | TypeKind::Union(_) => Vec::new(),
        };
        for field in fields {
            let field = field.node;
            check(
                format!("{name}.{}", field.name.node),
                field.description.is_some(),
            );
            for argument in field.arguments {
                let argument = argument.node;
                let what = format!("{name}.{}({})", field.name.node, argument.name.node);
                check(what, argument.description.is_some());
            }
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn every_metric_has_its_word_and_its_field_of_the_right_type() {
    let TypeKind::Enum(words) = type_named("Metric").kind else {
        panic!("`Metric` is an enum");
    };
    let TypeKind::Object(row) = type_named("MetricsRow").kind else {
        panic!("`MetricsRow` is an object");
    };
    for metric in Metric::ALL {
        let word = metric.as_str().to_ascii_uppercase();
        assert!(
            words.values.iter().any(|it| it.node.value.node == word),
            "{word}"
        );
        let name = crate::metrics::field_of_metric(*metric);
        let field = row.fields.iter().find(|field| field.node.name.node == name);
        let field = field.unwrap_or_else(|| panic!("no field {name}"));
        let expected = match metric.definition().unit {
            Unit::Count => "Count",
            Unit::Conversions | Unit::Money | Unit::MoneyPerEvent | Unit::EventsPerMoney => {
                "Decimal"
            }
            Unit::Ratio => "Float",
        };
        assert_eq!(field.node.ty.node.to_string(), expected, "{name}");
    }
}

/// The words of an enum of the schema.
fn words_of(name: &str) -> Vec<String> {
    let TypeKind::Enum(words) = type_named(name).kind else {
        panic!("`{name}` is an enum");
    };
    let words = words.values.iter();
    words.map(|word| word.node.value.node.to_string()).collect()
}

macro_rules! assert_same_words {
    ($($name:literal: $words:ty),* $(,)?) => {
        $(assert_eq!(
            words_of($name),
            <$words>::ALL.iter().map(|word| word.as_str().to_ascii_uppercase()).collect::<Vec<_>>(),
        );)*
    };
}

#[test]
fn the_words_on_the_wire_are_the_domains() {
    assert_same_words! {
        "Metric": Metric,
        "MetricUnit": Unit,
        "MetricClass": bellwether_domain::metric::MetricClass,
        "Better": bellwether_domain::metric::Better,
        "NoteCode": bellwether_domain::metric::NoteCode,
        "Dimension": bellwether_domain::query::Dimension,
        "Grain": bellwether_domain::query::Grain,
        "RangeUnit": bellwether_domain::query::RangeUnit,
        "DatasetName": bellwether_domain::dataset::DatasetName,
        "Platform": bellwether_domain::campaign::Platform,
        "Objective": bellwether_domain::campaign::Objective,
        "CampaignStatus": bellwether_domain::campaign::CampaignStatus,
        "Role": bellwether_domain::member::Role,
        "BatchState": bellwether_service::BatchState,
        "CacheState": bellwether_service::CacheState,
        "ChangeReason": bellwether_service::ChangeReason,
        "WarningCode": bellwether_service::WarningCode,
    }
}
