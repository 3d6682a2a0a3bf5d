//! No client is broken unannounced: the schema is compared with `published.graphql`, the one that
//! clients were last told, and what is to go says until when and what to use.
//!
//! What breaks on purpose stands in `breaking-changes.md` with its day. With the next publication
//! (`PUBLISH=1`) the schema becomes the published one and the list begins anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, InputValueDefinition, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};
use bellwether_domain::time::parse_date;

use super::given::limits;

fn beside_the_crate(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn sdl() -> String {
    crate::api::root(&limits()).sdl()
}

/// The breaking changes that are announced, each with its day.
fn announced(list: &str) -> BTreeMap<String, String> {
    let rows = list.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (day, change) = (cells.next()?, cells.next()?);
        Some((change.trim_end_matches(" |").to_owned(), day.to_owned()))
    });
    rows.filter(|(_, day)| day.starts_with("20")).collect()
}

#[test]
fn nothing_breaks_that_is_not_announced() {
    let (path, now) = (beside_the_crate("published.graphql"), sdl());
    let list = std::fs::read_to_string(beside_the_crate("breaking-changes.md")).unwrap();
    let announced = announced(&list);
    for day in announced.values() {
        assert!(parse_date(day).is_ok(), "`{day}` is no day");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    let mut found = breaking(&published, &now);
    found.retain(|change| !announced.contains_key(change));
    assert_eq!(
        found,
        Vec::<String>::new(),
        "clients break; keep what they use, or announce it in schema/breaking-changes.md"
    );
    if std::env::vars_os().any(|(name, _)| name == "PUBLISH") {
        std::fs::write(&path, now).unwrap();
    }
}

#[test]
fn what_is_to_go_says_what_to_use_and_until_when() {
    assert_eq!(unannounced(&sdl()), Vec::<String>::new());
}

type Types = BTreeMap<String, TypeDefinition>;

fn types(sdl: &str) -> Types {
    let definitions = parse_schema(sdl).unwrap().definitions.into_iter();
    let types = definitions.filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types.map(|it| (it.name.node.to_string(), it)).collect()
}

/// What clients of one schema may stumble over in another.
fn breaking(before: &str, now: &str) -> Vec<String> {
    let (before, now) = (types(before), types(now));
    let mut found = Vec::new();
    for (name, was) in &before {
        match now.get(name) {
            None => found.push(format!("`{name}` is gone")),
            Some(is) => of_type(&mut found, name, &was.kind, &is.kind),
        }
    }
    found
}

fn of_type(found: &mut Vec<String>, name: &str, was: &TypeKind, is: &TypeKind) {
    match (was, is) {
        (TypeKind::Object(was), TypeKind::Object(is)) => {
            of_names(found, name, &was.implements, &is.implements);
            of_fields(found, name, &was.fields, &is.fields);
        }
        (TypeKind::Interface(was), TypeKind::Interface(is)) => {
            of_fields(found, name, &was.fields, &is.fields);
        }
        (TypeKind::InputObject(was), TypeKind::InputObject(is)) => {
            of_inputs(found, name, &was.fields, &is.fields);
        }
        (TypeKind::Enum(was), TypeKind::Enum(is)) => {
            let words = |kind: &async_graphql::parser::types::EnumType| -> Vec<String> {
                let values = kind.values.iter();
                values.map(|it| it.node.value.node.to_string()).collect()
            };
            let is = words(is);
            let gone = words(was).into_iter().filter(|word| !is.contains(word));
            found.extend(gone.map(|word| format!("`{name}.{word}` is gone")));
        }
        (TypeKind::Union(was), TypeKind::Union(is)) => {
            of_names(found, name, &was.members, &is.members);
        }
        (TypeKind::Scalar, TypeKind::Scalar) => {}
        _ => found.push(format!("`{name}` is of another kind")),
    }
}

fn of_names<T: std::fmt::Display>(
    found: &mut Vec<String>,
    of: &str,
    was: &[Positioned<T>],
    is: &[Positioned<T>],
) {
    let is: Vec<String> = is.iter().map(|it| it.node.to_string()).collect();
    let gone = was.iter().map(|it| it.node.to_string());
    let gone = gone.filter(|name| !is.contains(name));
    found.extend(gone.map(|name| format!("`{of}` is no longer beside `{name}`")));
}

fn of_fields(
    found: &mut Vec<String>,
    owner: &str,
    was: &[Positioned<FieldDefinition>],
    is: &[Positioned<FieldDefinition>],
) {
    for was in was.iter().map(|field| &field.node) {
        let place = format!("{owner}.{}", was.name.node);
        let mut fields = is.iter().map(|field| &field.node);
        let Some(is) = fields.find(|it| it.name.node == was.name.node) else {
            found.push(format!("`{place}` is gone"));
            continue;
        };
        if !keeps(&was.ty.node, &is.ty.node) {
            let (was, is) = (&was.ty.node, &is.ty.node);
            found.push(format!("`{place}` was `{was}` and is `{is}`"));
        }
        of_inputs(found, &place, &was.arguments, &is.arguments);
    }
}

fn of_inputs(
    found: &mut Vec<String>,
    owner: &str,
    was: &[Positioned<InputValueDefinition>],
    is: &[Positioned<InputValueDefinition>],
) {
    let named = |list: &[Positioned<InputValueDefinition>], name: &str| {
        let mut inputs = list.iter().map(|input| &input.node);
        inputs.find(|it| it.name.node == name).cloned()
    };
    for was in was.iter().map(|input| &input.node) {
        let place = format!("{owner}.{}", was.name.node);
        match named(is, &was.name.node) {
            None => found.push(format!("`{place}` is gone")),
            // What was accepted still is: the other way round than for what is given.
            Some(is) if !keeps(&is.ty.node, &was.ty.node) => {
                let (was, is) = (&was.ty.node, &is.ty.node);
                found.push(format!("`{place}` was `{was}` and is `{is}`"));
            }
            Some(_) => {}
        }
    }
    for is in is.iter().map(|input| &input.node) {
        let is_required = !is.ty.node.nullable && is.default_value.is_none();
        if is_required && named(was, &is.name.node).is_none() {
            found.push(format!("`{owner}.{}` is required and new", is.name.node));
        }
    }
}

/// Whether every value of the second type is one of the first.
fn keeps(was: &Type, is: &Type) -> bool {
    let has_null = is.nullable && !was.nullable;
    !has_null
        && match (&was.base, &is.base) {
            (BaseType::Named(was), BaseType::Named(is)) => was == is,
            (BaseType::List(was), BaseType::List(is)) => keeps(was, is),
            _ => false,
        }
}

/// What is deprecated without naming, in back-ticks, what to use, and a day.
fn unannounced(sdl: &str) -> Vec<String> {
    let mut marked: Vec<(String, String)> = Vec::new();
    let mut mark = |name: String, directives: &[Positioned<ConstDirective>]| {
        let directives = directives.iter().map(|it| &it.node);
        let of = directives.filter(|it| it.name.node == "deprecated");
        marked.extend(of.map(|it| {
            let reason = it.get_argument("reason");
            let text = reason.map(|reason| reason.node.to_string());
            (name.clone(), text.unwrap_or_default())
        }));
    };
    for (name, definition) in types(sdl) {
        let fields = match &definition.kind {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::InputObject(input) => {
                for field in input.fields.iter().map(|it| &it.node) {
                    mark(format!("{name}.{}", field.name.node), &field.directives);
                }
                continue;
            }
            TypeKind::Enum(words) => {
                for word in words.values.iter().map(|it| &it.node) {
                    mark(format!("{name}.{}", word.value.node), &word.directives);
                }
                continue;
            }
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields.iter().map(|it| &it.node) {
            let place = format!("{name}.{}", field.name.node);
            for argument in field.arguments.iter().map(|it| &it.node) {
                mark(
                    format!("{place}.{}", argument.name.node),
                    &argument.directives,
                );
            }
            mark(place, &field.directives);
        }
    }
    marked.retain(|(_, reason)| !names_replacement_and_day(reason));
    marked.into_iter().map(|(name, _)| name).collect()
}

fn names_replacement_and_day(reason: &str) -> bool {
    let mut quoted = reason.split('`').skip(1).step_by(2);
    let mut words = reason.split(|c: char| !c.is_ascii_digit() && c != '-');
    quoted.any(|name| !name.is_empty()) && words.any(|word| parse_date(word).is_ok())
}

#[test]
fn each_kind_of_breaking_change_is_found() {
    let before = r"
        type Query { kept(a: Int, b: Int!, c: Int): Int! gone: Int narrower: Int! wider: Int list: [Int!]! }
        type Gone { a: Int }
        input Asked { a: Int b: Int! gone: Int }
        enum Word { KEPT GONE }
        union One = Query | Gone
        interface Thing { id: Int! }
        type Of implements Thing { id: Int! }
        scalar Other
    ";
    let now = r"
        type Query { kept(a: Int!, b: Int, d: Int!, e: Int! = 1, f: Int): Int! narrower: Int wider: Int! list: [Int]! new: Int }
        input Asked { a: Int! b: Int new: Int! }
        enum Word { KEPT NEW }
        union One = Query
        interface Thing { id: Int! }
        type Of { id: Int! }
        type Other { id: Int }
    ";
    assert_eq!(
        breaking(before, now),
        [
            "`Asked.a` was `Int` and is `Int!`",
            "`Asked.gone` is gone",
            "`Asked.new` is required and new",
            "`Gone` is gone",
            "`Of` is no longer beside `Thing`",
            "`One` is no longer beside `Gone`",
            "`Other` is of another kind",
            "`Query.kept.a` was `Int` and is `Int!`",
            "`Query.kept.c` is gone",
            "`Query.kept.d` is required and new",
            "`Query.gone` is gone",
            "`Query.narrower` was `Int!` and is `Int`",
            "`Query.list` was `[Int!]!` and is `[Int]!`",
            "`Word.GONE` is gone",
        ]
    );
    assert_eq!(breaking(before, before), Vec::<String>::new());
}

#[test]
fn an_announcement_is_a_row_with_a_day() {
    let list = "| Day | Change | Why |\n| --- | --- | --- |\n| 2026-11-23 | `Query.gone` is gone | nobody asked |\n";
    let announced = announced(list);
    assert_eq!(announced.len(), 1);
    assert_eq!(announced["`Query.gone` is gone"], "2026-11-23");
}

#[test]
fn each_kind_of_deprecation_without_replacement_or_day_is_found() {
    let sdl = r#"
        type Query {
            told(old: Int @deprecated(reason: "Old.")): Int @deprecated(reason: "Use `new`. Goes after 2027-06-30.")
            no_day: Int @deprecated(reason: "Use `new`.")
            no_name: Int @deprecated(reason: "Goes after 2027-06-30.")
            no_reason: Int @deprecated
        }
        input Asked { old: Int @deprecated(reason: "Goes on 2027-13-01, use `new`.") }
        enum Word { OLD @deprecated(reason: "old") NEW }
    "#;
    assert_eq!(
        unannounced(sdl),
        [
            "Asked.old",
            "Query.told.old",
            "Query.no_day",
            "Query.no_name",
            "Query.no_reason",
            "Word.OLD",
        ]
    );
}
