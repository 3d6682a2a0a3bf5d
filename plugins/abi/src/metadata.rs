//! What a plugin says of itself: the JSON in its descriptor, format `"metadata": 1`.
//!
//! The server reads it before it runs anything of the plugin: it decides which query feeds the
//! plugin, which columns are sent and how the answer is checked.
//! Invariant: [`Metadata::parse`] is the only way from a plugin's text to a [`Metadata`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::column_type::ColumnType;

/// The format of metadata that this crate reads.
pub const METADATA_FORMAT: u32 = 1;

/// The most bytes of a plugin's metadata: some hundred columns and a generous schema.
pub const METADATA_BYTES_MAX: usize = 256 * 1024;

/// The most columns of an input or an output.
pub const COLUMNS_MAX: usize = 256;

/// What a plugin computes, which decides how its answer is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// One row out for each entity, in the order of the input.
    Scorer,
    /// Any number of rows out: one for each alert.
    Alerter,
    /// Any number of rows out: proposals over one bounded batch.
    Allocator,
}

/// A plugin's description of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The format: 1.
    pub metadata: u32,
    /// What the plugin is called in configuration and answers: `a` to `z`, digits and `_`.
    pub name: String,
    /// The plugin's own version, such as `1.4.0`.
    pub version: String,
    /// What it computes.
    pub kind: Kind,
    /// What it does, in a sentence or two.
    pub description: String,
    /// The JSON Schema of its configuration.
    pub config_schema: Value,
    /// What it needs.
    pub input: Input,
    /// What it gives.
    pub output: Output,
}

/// What a plugin needs: a query, and the columns of its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The metrics query whose answer is the input. Without one a server does not run the plugin
    /// by itself: who runs it brings the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<InputQuery>,
    /// The column that names the entity of a row; rows come sorted by it.
    pub entity_key: String,
    /// The column whose equal values an alerter must see in one batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_by: Option<String>,
    /// The columns, in the order in which they are sent.
    pub columns: Vec<Column>,
}

/// A metrics query, in the words of the GraphQL API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputQuery {
    /// The dataset, such as `delivery_daily`.
    pub dataset: String,
    /// The dimensions to group by, such as `CAMPAIGN`.
    pub by: Vec<String>,
    /// The metrics, in `snake_case`, such as `total_cost`.
    pub metrics: Vec<String>,
    /// How many days back from yesterday the query looks.
    pub window_days: u32,
}

/// What a plugin gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// The columns, in the order in which they are returned.
    pub columns: Vec<Column>,
}

/// One column of an input or an output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Whether a row may lack a value.
    #[serde(default)]
    pub nullable: bool,
    /// Of an input: whether the whole column may be absent where the rows come from. It is then
    /// sent with every value missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// Why a text is not the metadata of a plugin, as a lower-case sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMetadata(pub String);

impl std::fmt::Display for InvalidMetadata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidMetadata {}

impl Metadata {
    /// Reads and checks a plugin's metadata.
    pub fn parse(text: &str) -> Result<Self, InvalidMetadata> {
        if text.len() > METADATA_BYTES_MAX {
            return Err(InvalidMetadata(format!(
                "metadata is longer than {METADATA_BYTES_MAX} bytes"
            )));
        }
        check_format(text)?;
        let metadata: Self = serde_json::from_str(text)
            .map_err(|error| InvalidMetadata(format!("metadata can't be read: {error}")))?;
        metadata.check()?;
        Ok(metadata)
    }

    fn check(&self) -> Result<(), InvalidMetadata> {
        let named = |what: &str| InvalidMetadata(format!("plugin `{}`: {what}", self.name));
        if !is_identifier(&self.name) {
            return Err(named(
                "`name` must be `a` to `z`, digits and `_`, at most 64",
            ));
        }
        if !is_version(&self.version) {
            return Err(named("`version` must look like `1.4.0`"));
        }
        let window_days = self.input.query.as_ref().map(|query| query.window_days);
        if window_days == Some(0) {
            return Err(named("`input.query.window_days` must be at least 1"));
        }
        check_columns("input", &self.input.columns).map_err(|what| named(&what))?;
        check_columns("output", &self.output.columns).map_err(|what| named(&what))?;
        self.check_key("entity_key", &self.input.entity_key)?;
        match &self.input.partition_by {
            Some(partition) => self.check_key("partition_by", partition),
            None => Ok(()),
        }
    }

    /// A key has to be comparable and always there.
    fn check_key(&self, field: &str, key: &str) -> Result<(), InvalidMetadata> {
        let fits = |column: &Column| {
            column.name == key && column.column_type == ColumnType::Utf8 && !column.nullable
        };
        if self.input.columns.iter().any(fits) {
            return Ok(());
        }
        Err(InvalidMetadata(format!(
            "plugin `{}`: `input.{field}` names `{key}`, which is no column of `input.columns` \
             with type `utf8` and without `nullable`",
            self.name
        )))
    }
}

/// Looks at the format's number alone, so that a newer format is named as such.
fn check_format(text: &str) -> Result<(), InvalidMetadata> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| InvalidMetadata(format!("metadata is not JSON: {error}")))?;
    match value.get("metadata").and_then(Value::as_u64) {
        Some(format) if format == u64::from(METADATA_FORMAT) => Ok(()),
        Some(format) => Err(InvalidMetadata(format!(
            "metadata format {format}, this server reads {METADATA_FORMAT}"
        ))),
        None => Err(InvalidMetadata(
            "metadata lacks `\"metadata\": 1`, the number of its format".to_owned(),
        )),
    }
}

fn check_columns(side: &str, columns: &[Column]) -> Result<(), String> {
    if columns.is_empty() || columns.len() > COLUMNS_MAX {
        return Err(format!(
            "`{side}.columns` has {} columns, 1 to {COLUMNS_MAX} are possible",
            columns.len()
        ));
    }
    for (index, column) in columns.iter().enumerate() {
        if !is_identifier(&column.name) {
            return Err(format!(
                "`{side}.columns[{index}].name` must be `a` to `z`, digits and `_`, at most 64"
            ));
        }
        if column.optional && (side == "output" || !column.nullable) {
            return Err(format!(
                "`{side}.columns[{index}].optional` is for columns of the input that are `nullable`"
            ));
        }
        if columns[..index]
            .iter()
            .any(|earlier| earlier.name == column.name)
        {
            return Err(format!("`{side}.columns` names `{}` twice", column.name));
        }
    }
    Ok(())
}

fn is_identifier(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(allowed)
}

/// Three dotted numbers, then whatever semantic versioning puts behind `-` or `+`.
fn is_version(text: &str) -> bool {
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 64 && parts.len() == 3 && parts.iter().all(is_number)
}

#[cfg(test)]
mod tests;
