//! Maps of files: how somebody else's report or list becomes a dataset's rows or records.
//!
//! A map names, for every column that is wanted, where it is taken from and how it is written
//! there. It is data (TOML), read and held against the target and the file's header before the
//! first row, so that a wrong one says which column is wrong and what it would need.
//! Invariant: no cell is guessed: a column that the map neither takes nor ignores, a number with a
//! mark in the wrong place and a day in another form are refused.
//!
//! Reading order: [`FileMap`], [`MapTarget`] (what can be filled), [`MapPlan`] (a map held against
//! a header), `cell.rs` (one value).

mod cell;
mod plan;
mod target;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use cell::CellForm;
pub use plan::{MapPlan, MappedFault};
pub use target::MapTarget;

use crate::closed_words;
use crate::record::values::Exact;

/// The most columns of a file that a map is held against.
pub const MAPPED_COLUMNS_MAX: usize = 1_000;

closed_words! {
    /// How the bytes of a file stand for letters; a mark at its beginning decides over it.
    pub enum FileEncoding, "an encoding" {
        /// UTF-8, with or without a mark at the beginning.
        Utf8 => "utf-8",
        /// UTF-16, little-endian unless a mark says otherwise.
        Utf16 => "utf-16",
        /// GB18030, which holds GBK and GB2312.
        Gb18030 => "gb18030",
    }
}

impl<'de> Deserialize<'de> for FileEncoding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let encoding = word.to_ascii_lowercase().parse();
        encoding.map_err(|refusal: crate::error_code::Refusal| {
            serde::de::Error::custom(refusal.message)
        })
    }
}

/// What becomes of columns that a map doesn't name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OtherColumns {
    /// The file is refused, so that nothing is left out by oversight.
    #[default]
    Refuse,
    /// They are left out.
    Ignore,
}

/// One text or several, of which each will do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several, the first that fits counts.
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::More(several) => several,
        }
    }
}

/// A map as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileMap {
    /// The dataset whose rows the file becomes.
    pub dataset: Option<String>,
    /// Or the kind of the records that it becomes, such as `product`.
    pub records: Option<String>,
    /// How the file is written.
    #[serde(default = "utf8")]
    pub encoding: FileEncoding,
    /// What stands between cells; when it is missing, the tab, semicolon or comma that the header
    /// line has most of.
    pub delimiter: Option<char>,
    /// On which line the column names stand, from 1.
    #[serde(default = "first_line")]
    pub header_line: u32,
    /// What stands before the decimal places.
    #[serde(default = "point")]
    pub decimal_mark: char,
    /// What stands between groups of three digits.
    pub group_mark: Option<char>,
    /// How days are written, as `strptime` has it.
    #[serde(default = "iso_days")]
    pub date_format: OneOrMore,
    /// The IANA zone of moments that name none.
    pub timezone: Option<String>,
    /// Cells that mean that nothing is known, beside empty ones.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What may stand around numbers, such as `%` or a sign of money.
    #[serde(default)]
    pub strip: Vec<String>,
    /// How rows begin that are no rows, such as totals.
    #[serde(default)]
    pub skip_rows: Vec<String>,
    /// Columns that are left out on purpose; `*` stands for any text.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// What becomes of all others.
    #[serde(default)]
    pub others: OtherColumns,
    /// What is filled, by the target's own names.
    pub columns: BTreeMap<String, MapColumn>,
}

/// How one column of the target is filled: from a column, from a column's name, or always the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapColumn {
    /// The file's column; of several the first that is there. `*` stands for any text.
    pub from: Option<OneOrMore>,
    /// A file's column with `*` in its name: the text that stands there fills every row.
    pub header: Option<OneOrMore>,
    /// The same in every row.
    pub constant: Option<String>,
    /// By what a number is multiplied, such as `0.01` for cents.
    pub factor: Option<Exact>,
    /// How days or moments of this column are written.
    pub date_format: Option<OneOrMore>,
    /// What the file's words mean; when it is given, others are refused.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// What stands between the entries of a list of texts.
    pub split: Option<String>,
    /// Whether files without the column will do.
    #[serde(default)]
    pub optional: bool,
}

fn utf8() -> FileEncoding {
    FileEncoding::Utf8
}

fn first_line() -> u32 {
    1
}

fn point() -> char {
    '.'
}

fn iso_days() -> OneOrMore {
    OneOrMore::One("%Y-%m-%d".to_owned())
}
