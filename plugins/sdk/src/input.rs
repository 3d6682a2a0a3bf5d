//! What a plugin is given: typed columns by name, and the rows of each entity.
//!
//! Invariant: the columns are those that the metadata declares, checked before the author's code
//! sees them; rows of one entity stand together.

use std::ops::Range;

use arrow::array::{
    Array, ArrayAccessor, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array,
    Int64Array, StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use bellwether_plugin_abi::metadata;

use crate::conversion::data_type;

/// A batch of input.
#[derive(Debug)]
pub struct Input {
    rows: StructArray,
    entity_key: String,
    entities: Vec<Range<usize>>,
}

/// One column of an input. `A` is its storage, which an author need not name.
#[derive(Debug, Clone, Copy)]
pub struct Column<A>(A);

impl<A: ArrayAccessor> Column<A> {
    /// The value in this row; `None` when it is missing. Panics past the last row.
    pub fn get(&self, row: usize) -> Option<A::Item> {
        self.0.is_valid(row).then(|| self.0.value(row))
    }
}

impl Input {
    /// Checks a batch against the declared input.
    pub(crate) fn new(declared: &metadata::Input, rows: StructArray) -> Result<Self, String> {
        for column in &declared.columns {
            let found = rows.column_by_name(&column.name);
            let found =
                found.ok_or_else(|| format!("input column `{}` is missing", column.name))?;
            if *found.data_type() != data_type(column.column_type) {
                return Err(format!(
                    "input column `{}` is {}, declared is {}",
                    column.name,
                    found.data_type(),
                    column.column_type
                ));
            }
        }
        let keys = rows
            .column_by_name(&declared.entity_key)
            .and_then(|keys| keys.as_string_opt::<i32>())
            .ok_or_else(|| format!("input lacks its entity key `{}`", declared.entity_key))?;
        let entities = runs_of_equal(keys);
        let entity_key = declared.entity_key.clone();
        Ok(Self {
            rows,
            entity_key,
            entities,
        })
    }

    /// The key of the entity that these rows, one of [`Self::entities`], belong to.
    pub fn entity(&self, rows: &Range<usize>) -> Option<&str> {
        let keys = self.rows.column_by_name(&self.entity_key)?;
        let keys = keys.as_string_opt::<i32>()?;
        (rows.start < keys.len()).then(|| keys.value(rows.start))
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The rows of each entity, in the order in which an answer must have them.
    pub fn entities(&self) -> &[Range<usize>] {
        &self.entities
    }

    /// A column declared as `bool`.
    pub fn bool(&self, name: &str) -> Result<Column<&BooleanArray>, String> {
        self.column(name, "bool", |array| array.as_boolean_opt())
    }

    /// A column declared as `int64`.
    pub fn int64(&self, name: &str) -> Result<Column<&Int64Array>, String> {
        self.column(name, "int64", |array| array.as_primitive_opt::<Int64Type>())
    }

    /// A column declared as `float64`.
    pub fn float64(&self, name: &str) -> Result<Column<&Float64Array>, String> {
        self.column(name, "float64", |array| {
            array.as_primitive_opt::<Float64Type>()
        })
    }

    /// A column declared as `utf8`.
    pub fn utf8(&self, name: &str) -> Result<Column<&StringArray>, String> {
        self.column(name, "utf8", |array| array.as_string_opt::<i32>())
    }

    /// A column declared as `date`: days since 1970-01-01.
    pub fn date(&self, name: &str) -> Result<Column<&Date32Array>, String> {
        self.column(name, "date", |array| array.as_primitive_opt::<Date32Type>())
    }

    /// A column declared as `timestamp`: microseconds since 1970-01-01 UTC.
    pub fn timestamp(&self, name: &str) -> Result<Column<&TimestampMicrosecondArray>, String> {
        self.column(name, "timestamp", |array| {
            array.as_primitive_opt::<TimestampMicrosecondType>()
        })
    }

    /// A column declared as `decimal`: millionths.
    pub fn decimal(&self, name: &str) -> Result<Column<&Decimal128Array>, String> {
        self.column(name, "decimal", |array| {
            array.as_primitive_opt::<Decimal128Type>()
        })
    }

    fn column<'a, A>(
        &'a self,
        name: &str,
        wanted: &str,
        cast: impl Fn(&'a dyn Array) -> Option<&'a A>,
    ) -> Result<Column<&'a A>, String> {
        let array = self
            .rows
            .column_by_name(name)
            .ok_or_else(|| format!("the metadata declares no input column `{name}`"))?;
        cast(array.as_ref())
            .map(Column)
            .ok_or_else(|| format!("input column `{name}` is declared otherwise than {wanted}"))
    }
}

fn runs_of_equal(keys: &StringArray) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for row in 1..=keys.len() {
        if row == keys.len() || keys.value(row) != keys.value(start) {
            runs.push(start..row);
            start = row;
        }
    }
    runs
}
