//! Requests that are refused as a whole: a code, the place, and what would be accepted.

use bellwether_test_support::{Persona, Reply};
use serde_json::{Value, json};

use super::{a_server_without_facts, message, problems, refused, send};

const GOOD: &str = "date,campaign,impressions\n2025-01-01,c1,1\n";

fn post(sender: &Persona, address: &str, content_type: &str) -> Reply {
    sender.post(address, &[("content-type", content_type)], GOOD.as_bytes())
}

fn error(reply: &Reply) -> Value {
    reply.json()["error"].take()
}

#[test]
fn an_unknown_column_is_named_with_the_nearest_one() {
    let server = a_server_without_facts();
    let reply = send(&server, "", "date,campaign,impresions\n2025-01-01,c1,1\n");
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("header"))
    );
    assert_eq!(
        message(&reply),
        "`delivery_daily` has no column `impresions`; did you mean `impressions`?"
    );
}

#[test]
fn a_column_of_another_dataset_is_refused_with_those_of_this_one() {
    let server = a_server_without_facts();
    let reply = send(&server, "", "date,campaign,country\n2025-01-01,c1,US\n");
    let allowed = error(&reply)["allowed"].take();
    assert!(
        allowed
            .as_array()
            .is_some_and(|names| names.contains(&json!("ad_group"))),
        "{allowed}"
    );
}

#[test]
fn a_report_without_a_needed_column_is_refused() {
    let server = a_server_without_facts();
    let reply = send(&server, "", "campaign,impressions\nc1,1\n");
    assert_eq!(message(&reply), "`delivery_daily` needs the column `date`");
}

#[test]
fn a_column_that_stands_there_twice_is_refused() {
    let server = a_server_without_facts();
    let reply = send(
        &server,
        "",
        "date,campaign,clicks,Clicks\n2025-01-01,c1,1,1\n",
    );
    assert_eq!(
        message(&reply),
        "column `clicks` stands in the header twice"
    );
}

#[test]
fn an_empty_body_is_refused() {
    let server = a_server_without_facts();
    let reply = send(&server, "", "");
    assert_eq!(refused(&reply).0, 400);
    assert!(
        message(&reply).contains("the body is empty"),
        "{}",
        reply.text
    );
}

#[test]
fn a_header_without_rows_is_rejected_and_the_answer_says_so() {
    let server = a_server_without_facts();
    let reply = send(&server, "register=true", "date,campaign,impressions\n\n");
    let answer = reply.json();
    assert_eq!(
        (reply.status, &answer["accepted"], &answer["rejected"]),
        (422, &json!(0), &json!(0))
    );
    assert_eq!(problems(&reply), json!([[1, null, "NO_ROWS"]]));
}

#[test]
fn another_content_type_is_refused_with_those_that_are_read() {
    let server = a_server_without_facts();
    let address = format!("/v1/ingest/delivery_daily?brand={}", server.brand(0));
    let reply = post(&server.analyst(), &address, "application/json");
    assert_eq!(
        (reply.status, error(&reply)["code"].take()),
        (415, json!("UNSUPPORTED_MEDIA_TYPE"))
    );
    let allowed = [
        "text/csv",
        "application/x-ndjson",
        "application/vnd.apache.parquet",
        "application/parquet",
    ];
    assert_eq!(error(&reply)["allowed"], json!(allowed));
}

#[test]
fn an_unknown_option_is_refused_with_the_nearest() {
    let server = a_server_without_facts();
    let reply = send(&server, "regster=true", GOOD);
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("regster"))
    );
    assert_eq!(error(&reply)["didYouMean"], "register");
}

#[test]
fn an_options_unknown_word_is_refused_with_those_that_are_accepted() {
    let server = a_server_without_facts();
    for (option, place, accepted) in [
        ("mode=lax", "mode", "strict"),
        ("register=yes", "register", "true"),
        ("duplicates=add", "duplicates", "sum"),
        ("register=true&platform=TIKTOC", "platform", "TIKTOK"),
        ("register=true&timezone=Mars%2FBase", "timezone", ""),
    ] {
        let reply = send(&server, option, GOOD);
        assert_eq!(
            refused(&reply),
            (400, json!("INVALID_INPUT"), json!(place)),
            "{option}"
        );
        assert!(message(&reply).contains(accepted), "{}", reply.text);
    }
}

#[test]
fn an_unknown_dataset_is_refused_with_the_nearest() {
    let server = a_server_without_facts();
    let reply = server
        .analyst()
        .ingest_csv("delivery_dayly", server.brand(0), "", GOOD);
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("dataset"))
    );
    assert_eq!(error(&reply)["didYouMean"], "delivery_daily");
}

#[test]
fn a_request_without_its_brand_is_told_how_to_name_it() {
    let server = a_server_without_facts();
    let reply = post(&server.analyst(), "/v1/ingest/delivery_daily", "text/csv");
    assert_eq!(
        refused(&reply),
        (400, json!("INVALID_INPUT"), json!("brand"))
    );
}

#[test]
fn an_unknown_brand_does_not_exist() {
    let server = a_server_without_facts();
    let reply = server
        .analyst()
        .ingest_csv("delivery_daily", "nobody", "register=true", GOOD);
    assert_eq!(refused(&reply), (404, json!("NOT_FOUND"), json!("brand")));
}

#[test]
fn another_agencys_brand_does_not_exist_in_the_same_words() {
    let server = a_server_without_facts();
    let told = |brand: &str| {
        let reply = server
            .analyst()
            .ingest_csv("delivery_daily", brand, "register=true", GOOD);
        (reply.status, reply.text.replace(brand, "BRAND"))
    };
    assert_eq!(told(server.other_brand()), told("nobody"));
}

#[test]
fn a_viewer_may_not_ingest() {
    let server = a_server_without_facts();
    let reply = server
        .viewer()
        .ingest_csv("delivery_daily", server.brand(0), "", GOOD);
    assert_eq!(
        (reply.status, error(&reply)["code"].take()),
        (403, json!("FORBIDDEN"))
    );
}

#[test]
fn nobody_ingests_without_a_token() {
    let server = a_server_without_facts();
    let reply = server
        .anonymous()
        .ingest_csv("delivery_daily", server.brand(0), "", GOOD);
    assert_eq!(
        (reply.status, error(&reply)["code"].take()),
        (401, json!("UNAUTHENTICATED"))
    );
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
}

#[test]
fn an_unknown_token_is_nobodys() {
    let server = a_server_without_facts();
    for token in [
        "nonsense",
        "bw_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let stranger = Persona::new(server.url(), Some(token));
        let reply = stranger.ingest_csv("delivery_daily", server.brand(0), "", GOOD);
        assert_eq!(reply.status, 401, "{}", reply.text);
    }
}

#[test]
fn a_report_is_posted_and_not_got() {
    let server = a_server_without_facts();
    let address = format!("/v1/ingest/delivery_daily?brand={}", server.brand(0));
    assert_eq!(server.analyst().get(&address, &[]).status, 405);
}

#[test]
fn a_refusal_does_not_echo_a_long_name_whole() {
    let server = a_server_without_facts();
    let reply = send(
        &server,
        "",
        &format!("date,campaign,{}\n", "x".repeat(100_000)),
    );
    assert_eq!(refused(&reply).0, 400);
    assert!(reply.text.len() < 2_000, "{} bytes", reply.text.len());
}
