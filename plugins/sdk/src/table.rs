//! Typed columns by name: what a scorer returns, and what a test gives to one.
//!
//! Invariant: plain vectors; how they cross the boundary is not seen here.

use bellwether_plugin_abi::ColumnType;

/// Columns of equal length, each with a name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<(String, Values)>,
}

/// The values of one column; `None` is a missing value.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
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

impl Table {
    /// A table without columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same table with one more column.
    pub fn with(mut self, name: impl Into<String>, values: impl Into<Values>) -> Self {
        self.columns.push((name.into(), values.into()));
        self
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Values> {
        let found = self.columns.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values)
    }

    /// The names of the columns, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The number of rows: that of the first column.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, values)| values.len())
    }
}

impl Values {
    /// As many missing values.
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

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::Int64(values) | Self::Timestamp(values) => values.len(),
            Self::Float64(values) => values.len(),
            Self::Utf8(values) => values.len(),
            Self::Date(values) => values.len(),
            Self::Decimal(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their type.
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
}

impl From<Vec<Option<bool>>> for Values {
    fn from(values: Vec<Option<bool>>) -> Self {
        Self::Bool(values)
    }
}

impl From<Vec<Option<i64>>> for Values {
    fn from(values: Vec<Option<i64>>) -> Self {
        Self::Int64(values)
    }
}

impl From<Vec<Option<f64>>> for Values {
    fn from(values: Vec<Option<f64>>) -> Self {
        Self::Float64(values)
    }
}

impl From<Vec<Option<String>>> for Values {
    fn from(values: Vec<Option<String>>) -> Self {
        Self::Utf8(values)
    }
}

impl From<Vec<Option<&str>>> for Values {
    fn from(values: Vec<Option<&str>>) -> Self {
        Self::Utf8(
            values
                .into_iter()
                .map(|text| text.map(str::to_owned))
                .collect(),
        )
    }
}
