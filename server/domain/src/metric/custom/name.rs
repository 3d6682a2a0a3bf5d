//! What a custom metric may be called: a column of tables and exports that nothing else is.

use crate::error_code::Refusal;
use crate::export::NOTES_COLUMN;
use crate::metric::Metric;
use crate::query::Dimension;

/// The most bytes of a custom metric's name.
pub const CUSTOM_METRIC_NAME_BYTES_MAX: usize = 64;

/// How columns begin that are made from an agency's labels.
const LABEL_PREFIX: &str = "label_";

/// Columns that stand beside all of these.
const FURTHER_COLUMNS: [&str; 3] = [NOTES_COLUMN, "level", "level_by"];

/// How columns end that stand beside a metric's own.
const PART_SUFFIXES: [&str; 3] = ["_previous", "_delta", "_delta_ratio"];

/// Refuses a name that is no name, or that another column has.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    if name.len() > CUSTOM_METRIC_NAME_BYTES_MAX {
        let what = format!("a name of {} bytes", name.len());
        let (limit, max) = ("custom_metric_name_bytes_max", CUSTOM_METRIC_NAME_BYTES_MAX);
        return Err(Refusal::limit(limit, max, what));
    }
    let is_letter = |byte: u8| byte.is_ascii_lowercase();
    let is_inner = |byte: u8| is_letter(byte) || byte.is_ascii_digit() || byte == b'_';
    let well_formed = name.bytes().next().is_some_and(is_letter) && name.bytes().all(is_inner);
    if !well_formed {
        return Err(Refusal::invalid(format!(
            "`{name}` is not a name; use a small letter, then small letters, digits or `_`, such as `likes_per_mille`"
        )));
    }
    if let Some(taken) = taken_by(name) {
        return Err(Refusal::invalid(format!(
            "`{name}` is the name of {taken}; use another"
        )));
    }
    Ok(())
}

/// What has the name already in tables and exports.
fn taken_by(name: &str) -> Option<&'static str> {
    if name.parse::<Metric>().is_ok() {
        return Some("a metric of every agency");
    }
    let mut columns = Dimension::ALL.iter().flat_map(|it| it.columns());
    if columns.any(|column| column.name == name) {
        return Some("a column that a dimension brings");
    }
    if FURTHER_COLUMNS.contains(&name) {
        return Some("a column of tables of totals, or of exports");
    }
    if name.starts_with(LABEL_PREFIX) {
        return Some("a column that a label brings");
    }
    let is_part = PART_SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    is_part.then_some("a column that a comparison brings")
}
