//! From a request's text to a document that may be validated: parsed, guarded, its operation
//! chosen, its variables complete.

use std::convert::Infallible;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, ServerError, Value, Variables};
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;

use crate::guard;
use crate::limits::{ROWS_PAGE_PRICED_MAX, SchemaLimits};
use crate::refusal::{server_error, tagged, without_value};
use crate::request::{GraphqlRequest, Method, ReplyOutcome};
use crate::scan::json_depth;

/// The most rows that the pages of one document are priced at: more are refused when it runs.
const ROWS_PRICED_MAX: u64 = 10 * ROWS_PAGE_PRICED_MAX as u64;

/// A document that passed the guard, with the operation that runs.
#[derive(Debug)]
pub(crate) struct PreparedDocument {
    pub(crate) document: ExecutableDocument,
    pub(crate) operation_name: Option<String>,
    pub(crate) operation_type: OperationType,
    pub(crate) variables: Variables,
    /// The points of the request itself, beside those of what it reads.
    pub(crate) price: u64,
}

/// Why a request doesn't run.
#[derive(Debug)]
pub(crate) struct Unprepared {
    pub(crate) outcome: ReplyOutcome,
    pub(crate) error: ServerError,
}

impl From<Refusal> for Unprepared {
    fn from(refusal: Refusal) -> Self {
        Self {
            outcome: ReplyOutcome::RequestError,
            error: server_error(&refusal),
        }
    }
}

/// The document of a request, ready to be validated and run.
pub(crate) fn prepare(
    request: GraphqlRequest,
    method: Method,
    may_introspect: bool,
    limits: &SchemaLimits,
) -> Result<PreparedDocument, Unprepared> {
    let query = request.query.unwrap_or_default();
    let document = parse(&query, limits)?;
    let size = guard::check(&document, limits)?;
    if size.introspects && !may_introspect {
        return Err(introspection_is_off().into());
    }
    let operation = chosen(&document.operations, request.operation_name.as_deref())?;
    match (operation.ty, method) {
        (OperationType::Mutation, Method::Get) => return Err(mutation_by_get()),
        (OperationType::Subscription, _) => check_root(operation)?,
        _ => {}
    }
    let operation_type = operation.ty;
    let variables = match &request.variables {
        Some(text) => read_variables(text.get(), limits)?,
        None => Variables::default(),
    };
    let variables = with_defaults(variables, operation);
    each_has_a_value(&variables, operation)?;
    // The executor takes a name only where operations have names.
    let operation_name = match &document.operations {
        DocumentOperations::Single(_) => None,
        DocumentOperations::Multiple(_) => request.operation_name.filter(|name| !name.is_empty()),
    };
    Ok(PreparedDocument {
        operation_name,
        operation_type,
        price: price(size.selections, &document, &variables),
        document,
        variables,
    })
}

/// A subscription has one field, whose events are the operation's. The executor neither looks into
/// fragments at the root nor at directives there.
fn check_root(operation: &OperationDefinition) -> Result<(), Refusal> {
    let items = &operation.selection_set.node.items;
    match items.as_slice() {
        [one] => match &one.node {
            Selection::Field(field)
                if field.node.directives.is_empty() && !field.node.name.node.starts_with("__") =>
            {
                Ok(())
            }
            _ => Err(one_field()),
        },
        _ => Err(one_field()),
    }
}

fn one_field() -> Refusal {
    Refusal::invalid(
        "a subscription has exactly one field at its root, itself and not by a fragment, and without directives",
    )
}

fn introspection_is_off() -> Refusal {
    let message = "introspection is off for this token; `GET /schema.graphql` tells the schema";
    Refusal::new(ErrorCode::IntrospectionDisabled, message)
}

/// One point, and more for a large document and for large pages: writing 250 rows takes about a
/// millisecond, and so do a hundred fields beside them.
fn price(n_selections: u64, document: &ExecutableDocument, variables: &Variables) -> u64 {
    const SELECTIONS_A_POINT: u64 = 100;
    const ROWS_A_POINT: u64 = 250;
    let n_rows: u64 = guard::fields(document)
        .filter_map(|field| field.get_argument("first"))
        .map(|first| {
            let given =
                |name: Name| Ok::<_, Infallible>(variables.get(&name).cloned().unwrap_or_default());
            let Ok(first) = first.node.clone().into_const_with(given);
            match first {
                Value::Number(number) => number.as_u64().unwrap_or(0),
                _ => 0,
            }
        })
        .fold(0, u64::saturating_add);
    1 + n_selections / SELECTIONS_A_POINT + n_rows.min(ROWS_PRICED_MAX) / ROWS_A_POINT
}

/// The document of a text of bounded size and nesting.
fn parse(query: &str, limits: &SchemaLimits) -> Result<ExecutableDocument, Unprepared> {
    guard::check_text(query, limits)?;
    parse_query(query).map_err(|error| Unprepared {
        outcome: ReplyOutcome::RequestError,
        error: tagged(error.into(), limits),
    })
}

/// The values of a JSON object of bounded size and nesting.
fn read_variables(text: &str, limits: &SchemaLimits) -> Result<Variables, Refusal> {
    let n_bytes = text.len();
    if n_bytes > limits.variables_bytes_max {
        let what = format!("a text of {n_bytes} bytes");
        let max = limits.variables_bytes_max;
        return Err(Refusal::limit("variables_bytes_max", max, what).at("variables"));
    }
    let depth = json_depth(text);
    if depth > limits.variables_depth_max {
        let what = format!("a nesting of {depth}");
        let max = limits.variables_depth_max;
        return Err(Refusal::limit("variables_depth_max", max, what).at("variables"));
    }
    let malformed = |error| Refusal::invalid(format!("the variables can't be read: {error}"));
    let values = serde_json::from_str(text).map_err(|error| malformed(error).at("variables"))?;
    Ok(Variables::from_json(values))
}

fn mutation_by_get() -> Unprepared {
    let refusal = Refusal::new(
        ErrorCode::MethodNotAllowed,
        "a mutation can't be sent by GET; use POST",
    );
    Unprepared {
        outcome: ReplyOutcome::MutationByGet,
        error: server_error(&refusal),
    }
}

/// The operation that runs: the named one, or the only one.
fn chosen<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    // Some clients send an empty name for none.
    let name = name.filter(|name| !name.is_empty());
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown_operation(name, Vec::new())),
        (DocumentOperations::Multiple(named), Some(name)) => named
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| unknown_operation(name, names(operations))),
        (DocumentOperations::Multiple(named), None) => match named.values().next() {
            Some(only) if named.len() == 1 => Ok(&only.node),
            _ => Err(Refusal::invalid(
                "the document has several operations; name the one to run in `operationName`",
            )
            .at("operationName")
            .with_allowed(names(operations))),
        },
    }
}

fn unknown_operation(name: &str, known: Vec<String>) -> Refusal {
    Refusal::invalid(format!("the document has no operation named `{name}`"))
        .at("operationName")
        .with_allowed(known)
}

fn names(operations: &DocumentOperations) -> Vec<String> {
    let mut names: Vec<String> = operations
        .iter()
        .filter_map(|(name, _)| name.map(ToString::to_string))
        .collect();
    names.sort_unstable();
    names
}

/// Refuses an operation of which a variable that can't be null has no value.
fn each_has_a_value(variables: &Variables, operation: &OperationDefinition) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        let of = &definition.node.var_type.node;
        let value = variables.get(name).unwrap_or(&Value::Null);
        if !of.nullable && *value == Value::Null {
            let hint = format!("; give one of type `{of}` in `variables`");
            return Err(without_value(name, &hint));
        }
    }
    Ok(())
}

/// The variables with the defaults that the operation declares: `@include(if: $v)` doesn't look
/// at defaults by itself.
fn with_defaults(mut variables: Variables, operation: &OperationDefinition) -> Variables {
    for definition in &operation.variable_definitions {
        let name: &Name = &definition.node.name.node;
        if let Some(default) = &definition.node.default_value {
            variables
                .entry(name.clone())
                .or_insert_with(|| default.node.clone());
        }
    }
    variables
}
