//! The named limits: what a refusal of `LIMIT_EXCEEDED` names, as data for the catalog and the
//! documentation.
//!
//! Invariant: a limit's value is the constant that the code holds to, never a copy of it.

use crate::agency::NAME_BYTES_MAX;
use crate::answer::GROUPS_MAX;
use crate::batch::{PROBLEMS_LISTED_MAX, REPORT_FOOTER_BYTES_MAX, REPORT_ROW_GROUP_BYTES_MAX};
use crate::campaign::{
    CAMPAIGN_LABELS_MAX, LABEL_NAME_BYTES_MAX, LABEL_NAMES_MAX, LABEL_VALUE_BYTES_MAX,
};
use crate::file_map::MAPPED_COLUMNS_MAX;
use crate::metric::{
    CUSTOM_METRIC_MEANING_BYTES_MAX, CUSTOM_METRIC_NAME_BYTES_MAX, CUSTOM_METRIC_REVISIONS_MAX,
    CUSTOM_METRICS_ASKED_MAX, CUSTOM_METRICS_MAX, FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX,
    FORMULA_TERMS_MAX,
};
use crate::provisional::RESTATEMENT_DAYS_MAX;
use crate::query::{
    BY_MAX, FILTER_NODES_MAX, FILTER_VALUES_MAX, HAVING_MAX, LABELS_MAX, ORDER_BY_MAX,
    RANGE_DAYS_MAX, TOP_MAX, TOTALS_LEVELS_MAX,
};
use crate::rates::{
    CARRY_DAYS_MAX, RATE_LINE_BYTES_MAX, RATE_MAX, RATE_PLACES_MAX, RATE_SOURCE_BYTES_MAX,
};

use crate::record::{
    IMPORT_FILE_BYTES_MAX, IMPORT_LINES_MAX, RECORD_BODY_BYTES_MAX, RECORD_KEY_BYTES_MAX,
    RECORD_LIST_MAX, RECORD_NAME_BYTES_MAX, RECORD_NOTICE_DAYS_MAX, RECORD_REVISIONS_MAX,
    RECORD_TEXT_BYTES_MAX, RECORDS_PER_KIND_MAX,
};

/// A limit that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name, as messages of refusals give it.
    pub name: &'static str,
    /// The most that is allowed.
    pub value: u64,
    /// What it bounds, as a sentence.
    pub meaning: &'static str,
}

impl Limit {
    /// The limit of this name, value and meaning.
    pub const fn new(name: &'static str, value: u64, meaning: &'static str) -> Self {
        Self {
            name,
            value,
            meaning,
        }
    }

    /// The limit of a number of things in memory.
    pub const fn of_size(name: &'static str, value: usize, meaning: &'static str) -> Self {
        // A `usize` has at most 64 bits on every machine that Bellwether is built for.
        Self::new(name, value as u64, meaning)
    }
}

/// The limits of the domain's rules, which every server has.
pub const LIMITS: &[Limit] = &[
    Limit::new(
        "restatement_days_max",
        RESTATEMENT_DAYS_MAX as u64,
        "Days for which a platform may change what it reported.",
    ),
    Limit::new(
        "rate_places_max",
        RATE_PLACES_MAX as u64,
        "Decimal places of an exchange rate.",
    ),
    Limit::new(
        "rate_max",
        RATE_MAX.unsigned_abs(),
        "An exchange rate itself.",
    ),
    Limit::of_size(
        "rate_source_bytes_max",
        RATE_SOURCE_BYTES_MAX,
        "Bytes of an exchange rate's source.",
    ),
    Limit::of_size(
        "rate_line_bytes_max",
        RATE_LINE_BYTES_MAX,
        "Bytes of a line of a file of exchange rates.",
    ),
    Limit::new(
        "carry_days_max",
        CARRY_DAYS_MAX as u64,
        "Days over which an import carries an exchange rate.",
    ),
    Limit::of_size("by_max", BY_MAX, "Dimensions of one query."),
    Limit::of_size("order_by_max", ORDER_BY_MAX, "Sort keys of one query."),
    Limit::of_size("having_max", HAVING_MAX, "Entries of `having`."),
    Limit::of_size(
        "top_max",
        TOP_MAX,
        "Rows that `top` keeps of each combination.",
    ),
    Limit::of_size(
        "totals_levels_max",
        TOTALS_LEVELS_MAX,
        "Levels of totals of one query.",
    ),
    Limit::of_size(
        "labels_max",
        LABELS_MAX,
        "Labels that one query groups by, or filters by.",
    ),
    Limit::of_size(
        "campaign_labels_max",
        CAMPAIGN_LABELS_MAX,
        "Labels of one campaign.",
    ),
    Limit::of_size(
        "label_names_max",
        LABEL_NAMES_MAX,
        "Different names of labels in one agency.",
    ),
    Limit::of_size(
        "label_name_bytes_max",
        LABEL_NAME_BYTES_MAX,
        "Bytes of a label's name.",
    ),
    Limit::of_size(
        "label_value_bytes_max",
        LABEL_VALUE_BYTES_MAX,
        "Bytes of a label's value.",
    ),
    Limit::of_size(
        "filter_values_max",
        FILTER_VALUES_MAX,
        "Values of one filter.",
    ),
    Limit::of_size(
        "filter_nodes_max",
        FILTER_NODES_MAX,
        "Filters and tests in `where`, those within others counted.",
    ),
    Limit::new(
        "range_days_max",
        RANGE_DAYS_MAX as u64,
        "Days of one query.",
    ),
    Limit::of_size(
        "groups_max",
        GROUPS_MAX,
        "Rows of one answer, on all its pages; its totals too.",
    ),
    Limit::of_size("name_bytes_max", NAME_BYTES_MAX, "Bytes of a name."),
    Limit::of_size(
        "custom_metrics_max",
        CUSTOM_METRICS_MAX,
        "Custom metrics of one agency, archived ones included.",
    ),
    Limit::new(
        "custom_metric_revisions_max",
        CUSTOM_METRIC_REVISIONS_MAX as u64,
        "Revisions of one custom metric.",
    ),
    Limit::of_size(
        "custom_metric_name_bytes_max",
        CUSTOM_METRIC_NAME_BYTES_MAX,
        "Bytes of a custom metric's name.",
    ),
    Limit::of_size(
        "custom_metric_meaning_bytes_max",
        CUSTOM_METRIC_MEANING_BYTES_MAX,
        "Bytes of a custom metric's meaning.",
    ),
    Limit::of_size(
        "custom_metrics_asked_max",
        CUSTOM_METRICS_ASKED_MAX,
        "Custom metrics of one query.",
    ),
    Limit::of_size(
        "formula_bytes_max",
        FORMULA_BYTES_MAX,
        "Bytes of a formula.",
    ),
    Limit::of_size(
        "formula_terms_max",
        FORMULA_TERMS_MAX,
        "Numbers and names in a formula.",
    ),
    Limit::of_size(
        "formula_depth_max",
        FORMULA_DEPTH_MAX,
        "Nesting of brackets in a formula.",
    ),
    Limit::of_size(
        "problems_listed_max",
        PROBLEMS_LISTED_MAX,
        "Lines that the answer to an ingest lists.",
    ),
    Limit::new(
        "report_row_group_bytes_max",
        REPORT_ROW_GROUP_BYTES_MAX,
        "Uncompressed bytes of a column, and of all texts, in one row group of a Parquet report.",
    ),
    Limit::new(
        "report_footer_bytes_max",
        REPORT_FOOTER_BYTES_MAX,
        "Bytes of the footer of a Parquet report.",
    ),
    Limit::of_size(
        "record_key_bytes_max",
        RECORD_KEY_BYTES_MAX,
        "Bytes of the agency's own name for a record.",
    ),
    Limit::of_size(
        "record_name_bytes_max",
        RECORD_NAME_BYTES_MAX,
        "Bytes of a name or another short text in a record.",
    ),
    Limit::of_size(
        "record_text_bytes_max",
        RECORD_TEXT_BYTES_MAX,
        "Bytes of a description or another long text in a record.",
    ),
    Limit::of_size(
        "record_list_max",
        RECORD_LIST_MAX,
        "Entries of a list in a record.",
    ),
    Limit::of_size(
        "record_body_bytes_max",
        RECORD_BODY_BYTES_MAX,
        "Bytes of a record as JSON.",
    ),
    Limit::new(
        "record_notice_days_max",
        RECORD_NOTICE_DAYS_MAX as u64,
        "Days of a notice period in an agreement.",
    ),
    Limit::new(
        "record_revisions_max",
        RECORD_REVISIONS_MAX as u64,
        "Revisions of one record; the last one archives it.",
    ),
    Limit::new(
        "records_per_kind_max",
        RECORDS_PER_KIND_MAX as u64,
        "Records of one kind in an agency, archived ones too.",
    ),
    Limit::of_size(
        "import_file_bytes_max",
        IMPORT_FILE_BYTES_MAX,
        "Bytes of a file of records.",
    ),
    Limit::of_size("import_lines_max", IMPORT_LINES_MAX, "Records of one file."),
    Limit::of_size(
        "mapped_columns_max",
        MAPPED_COLUMNS_MAX,
        "Columns of a file that is read through a map.",
    ),
];

#[cfg(test)]
mod tests {
    use super::LIMITS;

    #[test]
    fn every_limit_has_a_name_of_its_own() {
        let mut names: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        let n_names = names.len();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }
}
