//! What a case is about: the fields and enum values of its input, and what its answer notes.
//!
//! Read from the texts of the case and of the schema, never from the product.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;

use super::file::Case;

/// The input types and enums of the schema.
pub(super) struct Inputs {
    /// By input type, the fields with the names of their types.
    types: BTreeMap<String, BTreeMap<String, String>>,
    /// By enum, the values.
    enums: BTreeMap<String, Vec<String>>,
}

impl Inputs {
    /// Those of the schema of this text.
    pub(super) fn read(schema: &str) -> Self {
        let (mut types, mut enums) = (BTreeMap::new(), BTreeMap::new());
        let mut lines = without_descriptions(schema);
        while let Some(line) = lines.next() {
            let mut words = line.split_whitespace();
            let (kind, name) = (words.next(), words.next().unwrap_or_default().to_owned());
            let body = lines.by_ref().take_while(|line| !line.starts_with('}'));
            match kind {
                Some("input") => {
                    let fields = body.filter_map(|line| {
                        let (field, of) = line.trim().split_once(": ")?;
                        let of = of.split(" = ").next()?;
                        let of = of.trim_matches(['[', ']', '!']).to_owned();
                        Some((field.to_owned(), of))
                    });
                    types.insert(name, fields.collect());
                }
                Some("enum") => {
                    let values = body.map(|line| line.trim().to_owned());
                    enums.insert(name, values.collect());
                }
                _ => {}
            }
        }
        Self { types, enums }
    }

    /// Every `Type.field` that a question can have, and `Enum=VALUE` of each enum but these.
    pub(super) fn of_questions(&self, but: &[&str]) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        let (mut seen, mut next) = (BTreeSet::new(), vec!["MetricsInput".to_owned()]);
        while let Some(name) = next.pop() {
            if !seen.insert(name.clone()) || but.contains(&name.as_str()) {
                continue;
            }
            for (field, of) in self.types.get(&name).into_iter().flatten() {
                words.insert(format!("{name}.{field}"));
                next.push(of.clone());
            }
            let values = self.enums.get(&name).into_iter().flatten();
            words.extend(values.map(|value| format!("{name}={value}")));
        }
        words
    }

    /// The values of an enum.
    pub(super) fn values(&self, name: &str) -> &[String] {
        &self.enums[name]
    }

    /// What a case is about: `Type.field`, `Enum=VALUE`, the paths of its fields such as
    /// `compare.between` and `grain=WEEK`, and `note CODE`, `warning CODE`, `refused` and `page`.
    pub(super) fn words_of(&self, case: &Case) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        let mut tokens = tokens(&case.query).into_iter().peekable();
        self.fields(&mut tokens, "MetricsInput", "", &mut words);
        for line in case.expected_of("notes") {
            let code = line.split(": ").last().unwrap_or_default();
            words.insert(format!("note {code}"));
        }
        let warnings = case.expected_of("warnings").into_iter();
        words.extend(warnings.map(|code| format!("warning {code}")));
        let is_refused = !case.expected_of("refused").is_empty();
        let said = [(is_refused, "refused"), (case.page.is_some(), "page")];
        words.extend(said.iter().filter(|it| it.0).map(|it| it.1.to_owned()));
        words
    }

    fn fields<'a>(
        &self,
        tokens: &mut Peekable<impl Iterator<Item = &'a str>>,
        of: &str,
        path: &str,
        words: &mut BTreeSet<String>,
    ) {
        while let Some(field) = tokens.next_if(|token| *token != "}") {
            assert_eq!(tokens.next(), Some(":"), "after `{field}` of {of}");
            let path = if path.is_empty() {
                field.to_owned()
            } else {
                format!("{path}.{field}")
            };
            words.extend([format!("{of}.{field}"), path.clone()]);
            // A field that the type doesn't have is for the server to refuse.
            let of = self.types.get(of).and_then(|fields| fields.get(field));
            self.value(tokens, of.map_or("", String::as_str), &path, words);
        }
    }

    fn value<'a>(
        &self,
        tokens: &mut Peekable<impl Iterator<Item = &'a str>>,
        of: &str,
        path: &str,
        words: &mut BTreeSet<String>,
    ) {
        match tokens.next().expect("a field has a value") {
            "{" => {
                self.fields(tokens, of, path, words);
                assert_eq!(tokens.next(), Some("}"), "after {path}");
            }
            "[" => {
                while tokens.next_if_eq(&"]").is_none() {
                    self.value(tokens, of, path, words);
                }
            }
            value if self.enums.contains_key(of) => {
                words.extend([format!("{of}={value}"), format!("{path}={value}")]);
            }
            _ => {}
        }
    }
}

/// The lines of a schema without its descriptions.
fn without_descriptions(schema: &str) -> impl Iterator<Item = &str> {
    let mut is_described = false;
    schema.lines().filter(move |line| {
        let is_mark = line.trim() == "\"\"\"";
        is_described ^= is_mark;
        !is_mark && !is_described && !line.trim().is_empty()
    })
}

/// The tokens of an input: punctuation, words, and texts with their quotes.
fn tokens(input: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = input.trim_start_matches([' ', ',', '\n']);
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '{' | '}' | '[' | ']' | ':' => 1,
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            _ => {
                let ends = [' ', ',', '\n', '{', '}', '[', ']', ':'];
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        tokens.push(&rest[..end]);
        rest = rest[end..].trim_start_matches([' ', ',', '\n']);
    }
    tokens
}
