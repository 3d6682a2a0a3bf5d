//! Tables as the server gives them to a plugin and gets them back.
//!
//! Invariant: plain vectors, so that Arrow stays inside this crate.

use crate::abi::ColumnType;

/// What a plugin is given: at least the columns that its metadata declares, sorted by its
/// entity key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InputTable {
    /// The columns; those that the plugin does not declare are not sent.
    pub columns: Vec<NamedColumn>,
}

/// What a plugin answered, checked against its metadata.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutputTable {
    /// For a scorer first the entity key, put there by the host, one row for each entity in the
    /// order of the input; then the declared output columns. An alerter or allocator gives the
    /// declared columns only.
    pub columns: Vec<NamedColumn>,
}

/// One column with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedColumn {
    /// Its name.
    pub name: String,
    /// Its values.
    pub data: ColumnData,
}

/// The values of a column; `None` is a missing value.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// True or false.
    Bool(Vec<Option<bool>>),
    /// Whole numbers; money in micros.
    Int64(Vec<Option<i64>>),
    /// Floating-point numbers.
    Float64(Vec<Option<f64>>),
    /// Texts.
    Utf8(Vec<Option<String>>),
    /// Days since 1970-01-01.
    Date(Vec<Option<i32>>),
    /// Microseconds since 1970-01-01 UTC.
    Timestamp(Vec<Option<i64>>),
    /// Millionths.
    Decimal(Vec<Option<i128>>),
}

/// Runs an expression on the vector inside a [`ColumnData`], whatever its type.
macro_rules! for_any_column {
    ($data:expr, $values:ident => $body:expr) => {
        match $data {
            ColumnData::Bool($values) => $body,
            ColumnData::Int64($values) => $body,
            ColumnData::Float64($values) => $body,
            ColumnData::Utf8($values) => $body,
            ColumnData::Date($values) => $body,
            ColumnData::Timestamp($values) => $body,
            ColumnData::Decimal($values) => $body,
        }
    };
}

impl ColumnData {
    /// A column without rows.
    pub fn empty(column_type: ColumnType) -> Self {
        Self::missing(column_type, 0)
    }

    /// A column of rows that all lack a value.
    pub fn missing(column_type: ColumnType, rows: usize) -> Self {
        match column_type {
            ColumnType::Bool => Self::Bool(vec![None; rows]),
            ColumnType::Int64 => Self::Int64(vec![None; rows]),
            ColumnType::Float64 => Self::Float64(vec![None; rows]),
            ColumnType::Utf8 => Self::Utf8(vec![None; rows]),
            ColumnType::Date => Self::Date(vec![None; rows]),
            ColumnType::Timestamp => Self::Timestamp(vec![None; rows]),
            ColumnType::Decimal => Self::Decimal(vec![None; rows]),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        for_any_column!(self, values => values.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a row lacks a value.
    pub fn has_nulls(&self) -> bool {
        for_any_column!(self, values => values.iter().any(Option::is_none))
    }

    /// The type of the values.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Self::Bool(_) => ColumnType::Bool,
            Self::Int64(_) => ColumnType::Int64,
            Self::Float64(_) => ColumnType::Float64,
            Self::Utf8(_) => ColumnType::Utf8,
            Self::Date(_) => ColumnType::Date,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Decimal(_) => ColumnType::Decimal,
        }
    }

    /// These rows in this order.
    pub(crate) fn reordered(&self, order: &[usize]) -> Self {
        fn picked<T: Clone>(values: &[Option<T>], order: &[usize]) -> Vec<Option<T>> {
            order.iter().map(|row| values[*row].clone()).collect()
        }
        match self {
            Self::Bool(values) => Self::Bool(picked(values, order)),
            Self::Int64(values) => Self::Int64(picked(values, order)),
            Self::Float64(values) => Self::Float64(picked(values, order)),
            Self::Utf8(values) => Self::Utf8(picked(values, order)),
            Self::Date(values) => Self::Date(picked(values, order)),
            Self::Timestamp(values) => Self::Timestamp(picked(values, order)),
            Self::Decimal(values) => Self::Decimal(picked(values, order)),
        }
    }

    /// Puts the rows of a column of the same type behind these.
    pub(crate) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Bool(values), Self::Bool(more)) => values.extend(more),
            (Self::Int64(values), Self::Int64(more))
            | (Self::Timestamp(values), Self::Timestamp(more)) => values.extend(more),
            (Self::Float64(values), Self::Float64(more)) => values.extend(more),
            (Self::Utf8(values), Self::Utf8(more)) => values.extend(more),
            (Self::Date(values), Self::Date(more)) => values.extend(more),
            (Self::Decimal(values), Self::Decimal(more)) => values.extend(more),
            (values, more) => unreachable!(
                "both sides come from one declaration, not {} and {}",
                values.column_type(),
                more.column_type()
            ),
        }
    }
}

/// The column of this name.
pub(crate) fn column_named<'a>(columns: &'a [NamedColumn], name: &str) -> Option<&'a ColumnData> {
    let found = columns.iter().find(|column| column.name == name);
    found.map(|column| &column.data)
}

impl InputTable {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnData> {
        column_named(&self.columns, name)
    }
}

impl OutputTable {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnData> {
        column_named(&self.columns, name)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.data.len())
    }
}
