//! `errors.md` is the closed tables of codes, notes and limits.

use std::fmt::Write;

use bellwether_domain::ErrorCode;
use bellwether_domain::agency::NAME_BYTES_MAX;
use bellwether_domain::answer::GROUPS_MAX;
use bellwether_domain::batch::{
    PROBLEMS_LISTED_MAX, REPORT_FOOTER_BYTES_MAX, REPORT_ROW_GROUP_BYTES_MAX,
};
use bellwether_domain::campaign::{CAMPAIGN_LABELS_MAX, LABEL_NAMES_MAX};
use bellwether_domain::metric::NoteCode;
use bellwether_domain::query::{
    BY_MAX, FILTER_NODES_MAX, FILTER_VALUES_MAX, HAVING_MAX, LABELS_MAX, ORDER_BY_MAX,
    RANGE_DAYS_MAX, TOP_MAX, TOTALS_LEVELS_MAX,
};
use bellwether_domain::sample::ProblemCode;
use bellwether_service::WarningCode;

use super::schema_document::assert_is_document;
use crate::guard::{INTROSPECTION_LISTS_MAX, NESTING_MAX};
use crate::scalars::COUNT_MAX;
use crate::scan::{BRACKETS_MAX, WORDS_MAX};

const HEAD: &str = "\
# Errors

Generated from the tables in `server/domain` by the tests of `schema`; `UPDATE=1 cargo test -p bellwether-schema` writes it anew.

An error of a GraphQL answer looks like this; `field`, `allowed` and `didYouMean` stand there where they are known:

```json
{
  \"message\": \"`audience_daily` has no `cogs`\",
  \"path\": [\"metrics\"],
  \"extensions\": {
    \"code\": \"INVALID_INPUT\",
    \"retryable\": false,
    \"field\": \"rows.cogs\",
    \"allowed\": [\"impressions\", \"clicks\"],
    \"didYouMean\": \"clicks\"
  }
}
```

`path` is the place in the answer, `field` the place in the input.
A request that did not run has no `data`; one that ran has `data`, with null where a field failed.
Programs go by `code`; messages may be worded better at any time.
";

fn errors_document() -> String {
    let mut text = HEAD.to_owned();
    text.push_str(
        "\n## Codes\n\n| Code | HTTP status | Retry | Meaning |\n| --- | --- | --- | --- |\n",
    );
    for entry in ErrorCode::TABLE {
        let retry = if entry.retryable { "yes" } else { "no" };
        let (name, status, meaning) = (entry.name, entry.http_status, entry.meaning);
        writeln!(text, "| `{name}` | {status} | {retry} | {meaning} |").unwrap();
    }
    text.push_str("\nThe HTTP status is that of a request that failed as a whole outside of GraphQL, or of one that did not run.\n");
    text.push_str("\n## Lines of a report\n\nAn ingest answers with one of these for each line that it did not accept.\n\n| Code | Meaning |\n| --- | --- |\n");
    for (code, meaning) in ProblemCode::TABLE {
        let name = serde_json::to_value(code).unwrap();
        writeln!(text, "| `{}` | {meaning} |", name.as_str().unwrap()).unwrap();
    }
    text.push_str("\n## Notes of cells\n\nWhy a metric's cell is null, in `notes` of its row.\n\n| Code | Meaning |\n| --- | --- |\n");
    for note in NoteCode::ALL {
        writeln!(text, "| `{note}` | {} |", note.meaning()).unwrap();
    }
    text.push_str("\n## Warnings of answers\n\nWhat to know beside the numbers, in `meta { warnings }`.\n\n| Code | Meaning |\n| --- | --- |\n");
    for code in WarningCode::ALL {
        writeln!(text, "| `{code}` | {} |", meaning_of_warning(*code)).unwrap();
    }
    write_limits(&mut text);
    text
}

fn meaning_of_warning(code: WarningCode) -> &'static str {
    match code {
        WarningCode::MixedAttribution => {
            "Campaigns of different attribution windows stand in one answer."
        }
        WarningCode::AttributionChosen => {
            "A campaign reports several attribution windows; one of them was used."
        }
        WarningCode::BrandCostsLeftOut => {
            "Costs of whole brands are left out, because a filter tells their campaigns apart."
        }
        WarningCode::CostsNotSpread => {
            "A brand's cost is not spread by spend, because its campaigns have several currencies."
        }
        WarningCode::PreviousRangeCut => {
            "The range compared with has more periods than the range; the last ones are left out."
        }
    }
}

fn write_limits(text: &mut String) {
    text.push_str("\n## Limits\n\nPassing one is `LIMIT_EXCEEDED`, or `QUERY_TOO_COMPLEX` where the document itself is the cause.\n\n| Limit | Value | What it bounds |\n| --- | --- | --- |\n");
    for (name, value, what) in fixed_limits() {
        writeln!(text, "| `{name}` | {value} | {what} |").unwrap();
    }
    for (name, what) in CONFIGURED {
        writeln!(text, "| `{name}` | configured | {what} |").unwrap();
    }
}

/// The limits that every server has.
#[expect(clippy::too_many_lines, reason = "a table, one line a limit")]
fn fixed_limits() -> Vec<(&'static str, String, &'static str)> {
    let limit = |name, value: &dyn ToString, what| (name, value.to_string(), what);
    vec![
        limit(
            "brackets_max",
            &BRACKETS_MAX,
            "Nesting of brackets in a document's text.",
        ),
        limit(
            "words_max",
            &WORDS_MAX,
            "Names of all kinds, and numbers, in a document's text.",
        ),
        limit(
            "nesting_max",
            &NESTING_MAX,
            "Nesting of fields and fragments in a document, introspection included.",
        ),
        limit(
            "introspection_lists_max",
            &INTROSPECTION_LISTS_MAX,
            "Nesting of `fields`, `interfaces`, `possibleTypes` and `inputFields` in introspection.",
        ),
        limit("by_max", &BY_MAX, "Dimensions of one query."),
        limit("order_by_max", &ORDER_BY_MAX, "Sort keys of one query."),
        limit("having_max", &HAVING_MAX, "Entries of `having`."),
        limit(
            "top_max",
            &TOP_MAX,
            "Rows that `top` keeps of each combination.",
        ),
        limit(
            "totals_levels_max",
            &TOTALS_LEVELS_MAX,
            "Levels of totals of one query.",
        ),
        limit(
            "labels_max",
            &LABELS_MAX,
            "Labels that one query groups by, or filters by.",
        ),
        limit(
            "campaign_labels_max",
            &CAMPAIGN_LABELS_MAX,
            "Labels of one campaign.",
        ),
        limit(
            "label_names_max",
            &LABEL_NAMES_MAX,
            "Different names of labels in one agency.",
        ),
        limit(
            "filter_values_max",
            &FILTER_VALUES_MAX,
            "Values of one filter.",
        ),
        limit(
            "filter_nodes_max",
            &FILTER_NODES_MAX,
            "Filters and tests in `where`, those within others counted.",
        ),
        limit("range_days_max", &RANGE_DAYS_MAX, "Days of one query."),
        limit(
            "groups_max",
            &GROUPS_MAX,
            "Rows of one answer, on all its pages; its totals too.",
        ),
        limit(
            "count_max",
            &COUNT_MAX,
            "A `Count`: larger integers are not read exactly by every client.",
        ),
        limit("name_bytes_max", &NAME_BYTES_MAX, "Bytes of a name."),
        limit(
            "problems_listed_max",
            &PROBLEMS_LISTED_MAX,
            "Lines that the answer to an ingest lists.",
        ),
        limit(
            "report_row_group_bytes_max",
            &REPORT_ROW_GROUP_BYTES_MAX,
            "Uncompressed bytes of a column, and of all texts, in one row group of a Parquet report.",
        ),
        limit(
            "report_footer_bytes_max",
            &REPORT_FOOTER_BYTES_MAX,
            "Bytes of the footer of a Parquet report.",
        ),
    ]
}

/// The limits that the server's configuration sets; the message of a refusal tells the value.
const CONFIGURED: [(&str, &str); 28] = [
    ("document_bytes_max", "Bytes of a document."),
    (
        "expanded_selections_max",
        "Selections of a document once its fragments are written out.",
    ),
    (
        "depth_max",
        "Nesting of fields; introspection is not counted.",
    ),
    (
        "complexity_max",
        "The price of a document: one a field, times the size of its page.",
    ),
    ("aliases_max", "Aliases of a document."),
    ("directives_max", "Directives of a document."),
    (
        "root_fields_max",
        "Fields at the root, over all operations of a document.",
    ),
    (
        "graphql_body_bytes_max",
        "Bytes of one GraphQL request, variables included.",
    ),
    (
        "variables_bytes_max",
        "Bytes of the variables of a request.",
    ),
    (
        "variables_depth_max",
        "Nesting of lists and objects in variables, their own object included.",
    ),
    ("rows_page_max", "Rows of one page of `metrics`."),
    ("nodes_page_max", "Nodes of one page of a connection."),
    (
        "wall_time_ms",
        "Milliseconds until an answer, once its request runs; past them it is `TIMEOUT`.",
    ),
    (
        "token_points_max",
        "Points that one token may spend at once; past them it is `RATE_LIMITED`.",
    ),
    (
        "agency_points_max",
        "Points that all tokens of an agency may spend at once; past them it is `RATE_LIMITED`.",
    ),
    (
        "queries_at_once_max",
        "Requests that run at once; further ones wait.",
    ),
    (
        "queries_per_agency_max",
        "Requests of one agency that run at once; further ones wait.",
    ),
    (
        "queries_waiting_max",
        "Requests of one agency that wait; past them it is `QUEUE_FULL`.",
    ),
    (
        "queue_wait_ms",
        "Milliseconds that a request waits to run; past them it is `QUEUE_FULL`.",
    ),
    ("ingest_body_bytes_max", "Bytes of the body of one ingest."),
    ("ingest_rows_max", "Rows of one ingest."),
    (
        "ingest_line_bytes_max",
        "Bytes of one line of CSV or NDJSON.",
    ),
    (
        "concurrent_ingests_max",
        "Batches on their way at once; past them it is `RATE_LIMITED`.",
    ),
    (
        "agency_ingests_max",
        "Batches of one agency on their way at once; past them it is `RATE_LIMITED`.",
    ),
    (
        "ingest_spool_bytes_max",
        "Bytes of all bodies that are being received or read; past them it is `RATE_LIMITED`.",
    ),
    (
        "ingest_silence_s",
        "Seconds that a sender may fall silent within a body; past them it is `TIMEOUT`.",
    ),
    (
        "ingest_memory_bytes_max",
        "Memory of all batches on their way; past it, it is `RATE_LIMITED`.",
    ),
    (
        "rows_per_call_max",
        "Rows that one run of a plugin reads or returns.",
    ),
];

#[test]
fn the_errors_document_is_up_to_date() {
    assert_is_document("errors.md", &errors_document());
}
