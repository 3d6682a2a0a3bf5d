//! Another agency, a caller without token, and a viewer.

use std::collections::BTreeSet;

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::Stranger::{FindsNothing, SeesOnlyTheirOwn};
use super::cases::{CASE_COMMANDS, case_id};
use super::records::{named_record, with_invented_records};
use super::{
    OF_FIRST_BRAND, SUBSCRIPTIONS, Use, batch_id, mutations, queries, two_brands, with_ids,
};
use crate::given::an_empty_server;
use crate::metrics::{brand_id, campaign_id};
use crate::workflows::member_id;

/// Everything that tells of the first agency's data.
fn secrets(server: &TestServer) -> Vec<String> {
    let owner = server.owner();
    let ids = [
        brand_id(&owner, server.brand(0)),
        campaign_id(&owner, "secret-1"),
    ];
    let texts = [
        server.agency(),
        server.brand(0),
        server.brand(1),
        "secret-",
        "777",
        "888",
    ];
    ids.into_iter().chain(texts.map(str::to_owned)).collect()
}

fn assert_tells_nothing(answer: &Value, secrets: &[String], document: &str) {
    let text = answer.to_string();
    for secret in secrets {
        let shown = if secret.bytes().all(|byte| byte.is_ascii_digit()) {
            shows_number(&text, secret)
        } else {
            text.contains(secret)
        };
        assert!(!shown, "{document}\nshows `{secret}`: {text}");
    }
}

/// Whether a number stands there by itself: ids and hashes may hold its digits by chance.
fn shows_number(text: &str, number: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| word == number)
}

#[test]
fn every_field_of_the_roots_stands_in_the_tables() {
    let server = an_empty_server();
    let tables: [(&str, Vec<&Use>); 3] = [
        ("Query", queries().collect()),
        ("Mutation", mutations().collect()),
        ("Subscription", SUBSCRIPTIONS.iter().collect()),
    ];
    for (root, table) in tables {
        let data = server.viewer().data(&format!(
            "{{ __type(name: \"{root}\") {{ fields {{ name }} }} }}"
        ));
        let fields = data["__type"]["fields"].as_array().expect("a list").iter();
        let fields: BTreeSet<&str> = fields.filter_map(|field| field["name"].as_str()).collect();
        let covered: BTreeSet<&str> = table.iter().map(|one| one.field).collect();
        assert_eq!(
            fields, covered,
            "a field of `{root}` has no line in tests/tenancy.rs, or a line no field"
        );
    }
}

#[test]
fn another_agency_is_told_of_nothing() {
    let server = two_brands();
    let (owner, stranger) = (server.owner(), server.other_agency());
    let secrets = secrets(&server);
    for one in SUBSCRIPTIONS {
        let query = with_ids(one, &owner, &server);
        owner.events(&query).data();
        let (_, told) = stranger.events(&query).next_event().expect("an event");
        if one.stranger == SeesOnlyTheirOwn {
            assert!(told["errors"].is_null(), "{query}\n{told}");
            assert_tells_nothing(&told, &secrets, &query);
        } else {
            assert_eq!(
                told["errors"][0]["extensions"]["code"], "NOT_FOUND",
                "{query}\n{told}"
            );
            assert!(told.get("data").is_none(), "{query}\n{told}");
        }
    }
}

#[test]
fn without_a_token_every_field_is_refused() {
    let server = two_brands();
    let (owner, anonymous) = (server.owner(), server.anonymous());
    for one in queries().chain(mutations()).chain(SUBSCRIPTIONS) {
        let query = with_ids(one, &owner, &server);
        let reply = anonymous.post_json("/graphql", &json!({ "query": query }));
        assert_eq!(reply.status, 401, "{query}");
        let body = reply.json();
        assert_eq!(
            body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
            "{query}"
        );
        assert!(body.get("data").is_none(), "{query}");
    }
}

#[test]
fn another_agency_sees_and_changes_nothing() {
    let server = two_brands();
    let (owner, stranger) = (server.owner(), server.other_agency());
    let secrets = secrets(&server);
    for one in queries().chain(mutations()) {
        let query = with_ids(one, &owner, &server);
        // The owner's answer is in the caches before the stranger asks, unless it would change data.
        if queries().any(|known| known.document == one.document) {
            owner.data(&query);
        }
        let answer = stranger.graphql(&query);
        if one.stranger == SeesOnlyTheirOwn {
            assert!(answer["errors"].is_null(), "{query}\n{answer}");
            assert_tells_nothing(&answer, &secrets, &query);
        } else {
            assert_eq!(
                answer["errors"][0]["extensions"]["code"], "NOT_FOUND",
                "{query}\n{answer}"
            );
            assert!(
                answer["data"].is_null() || answer["data"][one.field].is_null(),
                "{query}\n{answer}"
            );
        }
    }
    let name = owner.data(&format!(
        "{{ campaign(id: \"{}\") {{ name }} }}",
        campaign_id(&owner, "secret-1")
    ));
    assert_eq!(name["campaign"]["name"], "secret-1");
}

/// The id of a record that was never made.
const RECORD: &str = "rec_01K00000000000000000000000";

#[test]
fn another_agencys_id_is_answered_like_one_that_was_never_given_out() {
    let server = two_brands();
    let (owner, stranger) = (server.owner(), server.other_agency());
    let invented = [
        ("BRAND_ID", "brd_01K00000000000000000000000"),
        ("CAMPAIGN_ID", "cmp_01K00000000000000000000000"),
        ("BATCH_ID", "bat_01K00000000000000000000000"),
        ("CASE_ID", "cse_01K00000000000000000000000"),
        ("MEMBER_ID", "mem_01K00000000000000000000000"),
        ("EXPORT_ID", "exp_01K00000000000000000000000"),
    ];
    let brand = brand_id(&owner, server.brand(0));
    let (batch, case) = (batch_id(&owner, &brand), case_id(&owner, &brand));
    let member = member_id(&owner);
    for one in queries()
        .chain(mutations())
        .filter(|one| one.stranger == FindsNothing)
    {
        let of_another = stranger
            .graphql(&with_ids(one, &owner, &server))
            .to_string();
        let of_nobody = stranger.graphql(&invented.iter().fold(
            with_invented_records(one.document.to_owned(), RECORD),
            |document, (word, id)| document.replace(word, id),
        ));
        let mut of_nobody = of_nobody.to_string();
        for (invented, real) in [
            (invented[0].1, brand_id(&owner, server.brand(0))),
            (invented[1].1, campaign_id(&owner, "secret-1")),
            (invented[2].1, batch.clone()),
            (invented[3].1, case.clone()),
            (invented[4].1, member.clone()),
        ] {
            of_nobody = of_nobody.replace(invented, &real);
        }
        if let Some(record) = named_record(one, &owner, &brand) {
            of_nobody = of_nobody.replace(RECORD, &record);
        }
        let same = without_export_ids(&of_another) == without_export_ids(&of_nobody);
        assert!(same, "{}: {of_another}, {of_nobody}", one.document);
    }
}

/// The text with every id of an export cut out: each document is asked with one of its own.
fn without_export_ids(text: &str) -> String {
    let mut parts = text.split("exp_");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |before, part| before + "exp_" + &part[26..])
}

#[test]
fn a_viewer_changes_nothing() {
    let server = two_brands();
    let owner = server.owner();
    // An export changes nothing but the list of exports, of which each member has its own.
    let changing = mutations().filter(|one| !one.field.ends_with("Export"));
    // In cases, the access role says nothing: workflow roles do, of which the viewer has none.
    let (in_cases, changing): (Vec<&Use>, Vec<&Use>) =
        changing.partition(|one| CASE_COMMANDS.iter().any(|it| it.document == one.document));
    for one in in_cases {
        let said = server.viewer().data(&with_ids(one, &owner, &server));
        let refused = said[one.field]["userErrors"][0]["code"].as_str();
        // What isn't there yet to be approved or reported is told before who may.
        let expected = ["WRONG_ROLE", "OUT_OF_ORDER", "UNKNOWN"];
        assert!(
            refused.is_some_and(|code| expected.contains(&code)),
            "{}: {said}",
            one.document
        );
    }
    for one in changing {
        let error = server.viewer().error(&with_ids(one, &owner, &server));
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{}", one.document);
    }
    let report = server.viewer().ingest_csv(
        "delivery_daily",
        server.brand(0),
        "register=true",
        OF_FIRST_BRAND,
    );
    assert_eq!(
        (report.status, &report.json()["error"]["code"]),
        (403, &json!("FORBIDDEN"))
    );
}

#[test]
fn a_report_for_another_agencys_brand_finds_no_brand() {
    let server = an_empty_server();
    let stranger = server.other_agency();
    let reply = stranger.ingest_csv(
        "delivery_daily",
        server.brand(0),
        "register=true",
        OF_FIRST_BRAND,
    );
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (404, &json!("NOT_FOUND"))
    );
    let anonymous = server.anonymous().ingest_csv(
        "delivery_daily",
        server.brand(0),
        "register=true",
        OF_FIRST_BRAND,
    );
    assert_eq!(anonymous.status, 401);
}
