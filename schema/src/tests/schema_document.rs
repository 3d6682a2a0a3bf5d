//! `bellwether.graphql` is the schema, everything in it is described, and every metric of the
//! catalogue is in it.

use std::path::PathBuf;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
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
    assert_eq!(undescribed(&sdl()), Vec::<String>::new());
}

/// The elements of a schema that lack a sentence, or whose description is none.
fn undescribed(sdl: &str) -> Vec<String> {
    let mut elements = Vec::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        match definition {
            TypeSystemDefinition::Type(definition) => of_type(&mut elements, &definition.node),
            TypeSystemDefinition::Directive(directive) => {
                let directive = directive.node;
                if OF_THE_SPECIFICATION.contains(&directive.name.node.as_str()) {
                    continue;
                }
                let name = format!("@{}", directive.name.node);
                of_inputs(&mut elements, &name, &directive.arguments);
                elements.push((name, directive.description));
            }
            TypeSystemDefinition::Schema(_) => {}
        }
    }
    let is_told = |description: &Option<Positioned<String>>| {
        let text = description.as_ref().map(|text| text.node.trim());
        text.is_some_and(|text| text.len() > 1 && text.ends_with('.'))
    };
    elements.retain(|(_, description)| !is_told(description));
    elements.into_iter().map(|(name, _)| name).collect()
}

/// Directives that every server has; async-graphql writes them without their sentences.
const OF_THE_SPECIFICATION: [&str; 5] = ["deprecated", "include", "oneOf", "skip", "specifiedBy"];

/// An element by its name, with its description.
type Element = (String, Option<Positioned<String>>);

fn of_type(elements: &mut Vec<Element>, definition: &TypeDefinition) {
    let name = definition.name.node.to_string();
    elements.push((name.clone(), definition.description.clone()));
    let fields = match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::InputObject(input) => return of_inputs(elements, &name, &input.fields),
        TypeKind::Enum(words) => {
            let words = words.values.iter().map(|word| &word.node);
            elements.extend(words.map(|word| {
                let what = format!("{name}.{}", word.value.node);
                (what, word.description.clone())
            }));
            return;
        }
        TypeKind::Scalar | TypeKind::Union(_) => return,
    };
    for field in fields.iter().map(|field| &field.node) {
        let what = format!("{name}.{}", field.name.node);
        of_inputs(elements, &what, &field.arguments);
        elements.push((what, field.description.clone()));
    }
}

fn of_inputs(
    elements: &mut Vec<Element>,
    owner: &str,
    inputs: &[Positioned<InputValueDefinition>],
) {
    let inputs = inputs.iter().map(|input| &input.node);
    elements.extend(inputs.map(|input| {
        let what = format!("{owner}.{}", input.name.node);
        (what, input.description.clone())
    }));
}

#[test]
fn each_kind_of_element_without_a_sentence_is_found() {
    let bare = r#"
        "A root." type Query { "A field." found(bare: Int, "An argument." told: Int): Int bare: Int "" empty: Int }
        type Bare { "A field." found: Int }
        "An interface." interface Thing { bare: Int }
        "An input." input Asked { bare: Int "A field." told: Int }
        "Words." enum Word { BARE "A word." TOLD "no sentence" WORDY }
        scalar BareScalar
        union BareUnion = Query
        "A directive." directive @told(bare: Int) on FIELD
        directive @bare on FIELD
    "#;
    assert_eq!(
        undescribed(bare),
        [
            "Query.found.bare",
            "Query.bare",
            "Query.empty",
            "Bare",
            "Thing.bare",
            "Asked.bare",
            "Word.BARE",
            "Word.WORDY",
            "BareScalar",
            "BareUnion",
            "@told.bare",
            "@bare",
        ]
    );
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
        "RecordState": bellwether_domain::record::words::RecordState,
        "Tone": bellwether_domain::record::words::Tone,
        "PriceTier": bellwether_domain::record::words::PriceTier,
        "StockStatus": bellwether_domain::record::words::StockStatus,
        "Approval": bellwether_domain::record::words::Approval,
        "AudienceTrait": bellwether_domain::record::words::AudienceTrait,
        "PartyRole": bellwether_domain::record::words::PartyRole,
        "AccountKind": bellwether_domain::record::words::AccountKind,
        "DayCount": bellwether_domain::record::words::DayCount,
        "FeedbackKind": bellwether_domain::record::words::FeedbackKind,
        "Sentiment": bellwether_domain::record::words::Sentiment,
        "ReplyState": bellwether_domain::record::words::ReplyState,
        "ComparisonTest": bellwether_domain::record::words::ComparisonTest,
        "CampaignLinkKind": bellwether_domain::record::words::CampaignLinkKind,
    }
}
