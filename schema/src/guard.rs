//! The guard: refuses a document that would be too costly to parse, to validate or to run.
//!
//! Validation walks fragments again at every spread, so a document of 848 bytes whose fragments
//! double each other costs seconds of one core. This guard measures each fragment once and adds
//! saturating, so its own cost is linear in the document.
//! Invariant: runs before validation, looks at every operation and fragment, and never recurses
//! deeper than [`NESTING_MAX`].

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

use crate::limits::SchemaLimits;
use crate::scan::{BRACKETS_MAX, WORDS_MAX, scan};

/// The deepest nesting of fields and fragments, introspection included. The validator's stack
/// grows with it; the introspection of the usual clients nests 20 deep.
pub(crate) const NESTING_MAX: usize = 64;

/// How many of the fields that list types' members may nest in introspection. The usual clients
/// need one; each further one multiplies the answer by the number of fields of a type.
pub(crate) const INTROSPECTION_LISTS_MAX: usize = 1;

/// The lists through which introspection can be walked in circles.
const INTROSPECTION_LISTS: [&str; 4] = ["fields", "interfaces", "possibleTypes", "inputFields"];

/// What a selection set comes to once its fragments are written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Measure {
    selections: u64,
    fields_here: u64,
    depth: usize,
    nesting: usize,
    introspection_lists: usize,
    introspects: bool,
}

/// What a document that passed comes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Its selections once its fragments are written out.
    pub(crate) selections: u64,
    /// Whether it asks what the schema is.
    pub(crate) introspects: bool,
}

impl Measure {
    fn and(self, other: Self) -> Self {
        Self {
            selections: self.selections.saturating_add(other.selections),
            fields_here: self.fields_here.saturating_add(other.fields_here),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            introspects: self.introspects || other.introspects,
        }
    }

    /// What a field comes to whose own selection set comes to this.
    fn under_field(self, name: &str) -> Self {
        let is_introspection = matches!(name, "__schema" | "__type");
        let is_list = INTROSPECTION_LISTS.contains(&name);
        Self {
            selections: self.selections.saturating_add(1),
            fields_here: 1,
            depth: if is_introspection { 1 } else { self.depth + 1 },
            nesting: self.nesting + 1,
            introspection_lists: self.introspection_lists + usize::from(is_list),
            introspects: self.introspects || is_introspection,
        }
    }

    /// What a fragment's use comes to whose selection set comes to this.
    fn under_fragment(self) -> Self {
        Self {
            selections: self.selections.saturating_add(1),
            nesting: self.nesting + 1,
            ..self
        }
    }
}

/// Refuses a document by its text alone, before it is parsed.
pub(crate) fn check_text(text: &str, limits: &SchemaLimits) -> Result<(), Refusal> {
    at_most(
        "document_bytes_max",
        limits.document_bytes_max as u64,
        text.len() as u64,
    )?;
    let scan = scan(text);
    at_most("brackets_max", BRACKETS_MAX as u64, scan.brackets as u64)?;
    let (aliases, directives) = (scan.aliases as u64, scan.directives as u64);
    at_most("aliases_max", limits.aliases_max as u64, aliases)?;
    at_most("directives_max", limits.directives_max as u64, directives)?;
    at_most("words_max", WORDS_MAX as u64, scan.words as u64)
}

/// Refuses a document that passes a limit or whose fragments go in circles.
pub(crate) fn check(document: &ExecutableDocument, limits: &SchemaLimits) -> Result<Size, Refusal> {
    let mut meter = Meter {
        document,
        fragments: HashMap::new(),
    };
    let mut total = Measure::default();
    for (_, operation) in document.operations.iter() {
        total = total.and(meter.measure(&operation.node.selection_set.node, 0)?);
    }
    for fragment in document.fragments.values() {
        meter.measure(&fragment.node.selection_set.node, 0)?;
    }
    at_most(
        "root_fields_max",
        limits.root_fields_max as u64,
        total.fields_here,
    )?;
    at_most(
        "expanded_selections_max",
        limits.expanded_selections_max,
        total.selections,
    )?;
    at_most("depth_max", limits.depth_max as u64, total.depth as u64)?;
    at_most("nesting_max", NESTING_MAX as u64, total.nesting as u64)?;
    at_most(
        "introspection_lists_max",
        INTROSPECTION_LISTS_MAX as u64,
        total.introspection_lists as u64,
    )?;
    Ok(Size {
        selections: total.selections,
        introspects: total.introspects,
    })
}

/// The fields of a document as they are written, each once.
pub(crate) fn fields(document: &ExecutableDocument) -> impl Iterator<Item = &Field> {
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
    let mut sets: Vec<&SelectionSet> = operations.chain(fragments).collect();
    let mut fields = Vec::new();
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    sets.push(&field.node.selection_set.node);
                    fields.push(&field.node);
                }
                Selection::InlineFragment(fragment) => {
                    sets.push(&fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    fields.into_iter()
}

/// The refusal of a document that comes to `found` where `max` is the limit.
fn too_complex(limit: &str, max: u64, found: u64) -> Refusal {
    let what = format!("a document that comes to {found}");
    Refusal {
        code: ErrorCode::QueryTooComplex,
        ..Refusal::limit(limit, max, what)
    }
}

fn at_most(limit: &str, max: u64, found: u64) -> Result<(), Refusal> {
    if found > max {
        return Err(too_complex(limit, max, found));
    }
    Ok(())
}

/// Measures selection sets, each fragment once.
struct Meter<'a> {
    document: &'a ExecutableDocument,
    /// `None` while the fragment is being measured.
    fragments: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Meter<'a> {
    fn measure(&mut self, set: &'a SelectionSet, level: usize) -> Result<Measure, Refusal> {
        if level > NESTING_MAX {
            return Err(too_complex("nesting_max", NESTING_MAX as u64, level as u64));
        }
        let mut total = Measure::default();
        for selection in &set.items {
            total = total.and(match &selection.node {
                Selection::Field(field) => {
                    let inner = self.measure(&field.node.selection_set.node, level + 1)?;
                    inner.under_field(&field.node.name.node)
                }
                Selection::InlineFragment(fragment) => self
                    .measure(&fragment.node.selection_set.node, level + 1)?
                    .under_fragment(),
                Selection::FragmentSpread(spread) => {
                    self.measure_spread(&spread.node.fragment_name.node, level)?
                }
            });
        }
        Ok(total)
    }

    fn measure_spread(&mut self, name: &'a Name, level: usize) -> Result<Measure, Refusal> {
        match self.fragments.get(name) {
            Some(Some(known)) => return Ok(known.under_fragment()),
            Some(None) => {
                return Err(Refusal::invalid(format!(
                    "fragment `{name}` contains itself"
                )));
            }
            None => {}
        }
        // An unknown fragment is the validator's to refuse.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Measure::default());
        };
        self.fragments.insert(name, None);
        let measured = self.measure(&fragment.node.selection_set.node, level + 1)?;
        self.fragments.insert(name, Some(measured));
        Ok(measured.under_fragment())
    }
}
