//! The named limits of a request; their values come from the root crate's `config.rs`.

use bellwether_domain::limits::Limit;

use crate::federation::REPRESENTATIONS_MAX;
use crate::guard::{INTROSPECTION_LISTS_MAX, NESTING_MAX};
use crate::scalars::COUNT_MAX;
use crate::scan::{BRACKETS_MAX, WORDS_MAX};

/// The limits of GraphQL requests that every server has.
pub const FIXED: &[Limit] = &[
    Limit::of_size(
        "brackets_max",
        BRACKETS_MAX,
        "Nesting of brackets in a document's text.",
    ),
    Limit::of_size(
        "words_max",
        WORDS_MAX,
        "Names of all kinds, and numbers, in a document's text.",
    ),
    Limit::of_size(
        "nesting_max",
        NESTING_MAX,
        "Nesting of fields and fragments in a document, introspection included.",
    ),
    Limit::of_size(
        "introspection_lists_max",
        INTROSPECTION_LISTS_MAX,
        "Nesting of `fields`, `interfaces`, `possibleTypes` and `inputFields` in introspection.",
    ),
    Limit::of_size(
        "representations_max",
        REPRESENTATIONS_MAX,
        "Keys in one list of `_entities`.",
    ),
    Limit::new(
        "count_max",
        COUNT_MAX,
        "A `Count`: larger integers are not read exactly by every client.",
    ),
    Limit::of_size(
        "objects_measured_max",
        OBJECTS_MEASURED_MAX,
        "Brands, or campaigns, that one request asks for the same `metrics`.",
    ),
];

/// The most objects of a kind that are one question; as many as a filter has values.
pub(crate) const OBJECTS_MEASURED_MAX: usize = 1_000;

/// The largest page of rows that a price is computed for.
pub(crate) const ROWS_PAGE_PRICED_MAX: u32 = 10_000;

/// The largest page of nodes that a price is computed for.
pub(crate) const NODES_PAGE_PRICED_MAX: u32 = 100;

/// What one GraphQL request may ask for.
#[derive(Debug, Clone)]
pub struct SchemaLimits {
    /// The most bytes of the variables, as JSON text.
    pub variables_bytes_max: usize,
    /// The deepest nesting of lists and objects in the variables, their own object included.
    pub variables_depth_max: usize,
    /// The most bytes of a document.
    pub document_bytes_max: usize,
    /// The most selections of a document once its fragments are written out.
    pub expanded_selections_max: u64,
    /// The deepest nesting of fields; introspection is not counted.
    pub depth_max: usize,
    /// The highest price of a document: one a field, times the size of its page.
    pub complexity_max: usize,
    /// The most aliases in a document.
    pub aliases_max: usize,
    /// The most directives in a document.
    pub directives_max: usize,
    /// The most fields at the root, over all operations of a document.
    pub root_fields_max: usize,
    /// The most rows that one page of `metrics` may have where typed `rows` are selected; never
    /// more than `table_page_max`.
    pub rows_page_max: u32,
    /// The most rows that one page of `metrics` may have where they are not, as for a `table`;
    /// above 10,000 it is 10,000, the most that a price is computed for.
    pub table_page_max: u32,
    /// The most nodes that one page of a connection may have; above 100 it is 100, the most that a
    /// price is computed for.
    pub nodes_page_max: u32,
    /// The longest time that an answer may take once it runs, in milliseconds.
    pub wall_time_ms: u64,
}

impl SchemaLimits {
    /// The limits by name, with their values in force.
    pub fn named(&self) -> Vec<Limit> {
        vec![
            Limit::of_size(
                "document_bytes_max",
                self.document_bytes_max,
                "Bytes of a document.",
            ),
            Limit::new(
                "expanded_selections_max",
                self.expanded_selections_max,
                "Selections of a document once its fragments are written out.",
            ),
            Limit::of_size(
                "depth_max",
                self.depth_max,
                "Nesting of fields; introspection is not counted.",
            ),
            Limit::of_size(
                "complexity_max",
                self.complexity_max,
                "The price of a document: one a field, times the size of its page.",
            ),
            Limit::of_size("aliases_max", self.aliases_max, "Aliases of a document."),
            Limit::of_size(
                "directives_max",
                self.directives_max,
                "Directives of a document.",
            ),
            Limit::of_size(
                "root_fields_max",
                self.root_fields_max,
                "Fields at the root, over all operations of a document.",
            ),
            Limit::of_size(
                "variables_bytes_max",
                self.variables_bytes_max,
                "Bytes of the variables of a request.",
            ),
            Limit::of_size(
                "variables_depth_max",
                self.variables_depth_max,
                "Nesting of lists and objects in variables, their own object included.",
            ),
        ]
        .into_iter()
        .chain(self.named_of_answers())
        .collect()
    }

    fn named_of_answers(&self) -> [Limit; 4] {
        [
            Limit::new(
                "rows_page_max",
                self.rows_page_max.into(),
                "Rows of one page of `metrics` with typed `rows`.",
            ),
            Limit::new(
                "table_page_max",
                self.table_page_max.into(),
                "Rows of one page of `metrics` without typed `rows`, such as a `table`.",
            ),
            Limit::new(
                "nodes_page_max",
                self.nodes_page_max.into(),
                "Nodes of one page of a connection.",
            ),
            Limit::new(
                "wall_time_ms",
                self.wall_time_ms,
                "Milliseconds until an answer, once its request runs; past them it is `TIMEOUT`.",
            ),
        ]
    }
}
