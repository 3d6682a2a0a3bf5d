//! `errors.md` is the closed tables of codes, notes and limits.

use std::fmt::Write;
use std::path::Path;

use bellwether_domain::ErrorCode;
use bellwether_domain::limits::{LIMITS, Limit};
use bellwether_domain::metric::NoteCode;
use bellwether_domain::sample::ProblemCode;
use bellwether_service::WarningCode;

use super::given::{limits, service_config};
use super::schema_document::assert_is_document;
use crate::limits::FIXED;

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
        WarningCode::FxRateMissing => {
            "Some day's money has no rate into the currency asked for; the message names the days."
        }
        WarningCode::DayBoundaryMixed => {
            "Days are added up that are cut in several time zones, so that they begin at different moments; the message names the zones."
        }
        WarningCode::Stale => {
            "The newest facts of what is asked are older than `staleness` accepts."
        }
        WarningCode::PreviousRangeCut => {
            "The range compared with has more periods than the range; the last ones are left out."
        }
    }
}

fn write_limits(text: &mut String) {
    text.push_str("\n## Limits\n\nPassing one is `LIMIT_EXCEEDED`, or `QUERY_TOO_COMPLEX` where the document itself is the cause.\nThe field `catalog` gives those that hold for a caller, with the values that the server is configured with.\n\n| Limit | Value | What it bounds |\n| --- | --- | --- |\n");
    for Limit {
        name,
        value,
        meaning,
    } in FIXED.iter().chain(LIMITS)
    {
        writeln!(text, "| `{name}` | {value} | {meaning} |").unwrap();
    }
    let configured = limits().named().into_iter();
    let configured = configured.chain(service_config(Path::new("/")).limits());
    for Limit { name, meaning, .. } in configured.chain(ELSEWHERE) {
        writeln!(text, "| `{name}` | configured | {meaning} |").unwrap();
    }
}

/// The limits that other parts of the server hold, without their values.
const ELSEWHERE: [Limit; 2] = [
    Limit::new(
        "graphql_body_bytes_max",
        0,
        "Bytes of one GraphQL request, variables included.",
    ),
    Limit::new(
        "rows_per_call_max",
        0,
        "Rows that one run of a plugin reads or returns.",
    ),
];

#[test]
fn the_errors_document_is_up_to_date() {
    assert_is_document("errors.md", &errors_document());
}
