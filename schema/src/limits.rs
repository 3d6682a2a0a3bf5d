//! The named limits of a request; their values come from the root crate's `config.rs`.

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
    /// The most rows that one page of `metrics` may have; above 1000 it is 1000, the most that a
    /// price is computed for.
    pub rows_page_max: u32,
    /// The most nodes that one page of a connection may have; above 100 it is 100, the most that a
    /// price is computed for.
    pub nodes_page_max: u32,
    /// The longest time that an answer may take once it runs, in milliseconds.
    pub wall_time_ms: u64,
}
