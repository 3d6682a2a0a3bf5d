//! Tenancy: no field of the API shows or changes another agency's data, or a brand that a client
//! is not limited to. A new field fails these tests until it stands in their table.

use std::collections::BTreeSet;
use std::process::Command;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
use crate::metrics::{APRIL, brand_id, campaign_id, metrics};

/// What a caller who must not see the data gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// An answer of their own, in which nothing of the other agency stands.
    SeesOnlyTheirOwn,
    /// NOT_FOUND, as for an id that was never given out.
    FindsNothing,
}

use Stranger::{FindsNothing, SeesOnlyTheirOwn};

/// One use of a field of the roots; BRAND_ID and CAMPAIGN_ID stand for ids of the first agency.
struct Use {
    field: &'static str,
    document: &'static str,
    stranger: Stranger,
}

const fn used(field: &'static str, document: &'static str, stranger: Stranger) -> Use {
    Use {
        field,
        document,
        stranger,
    }
}

/// Every field of `Query` with all its ways to name a thing.
const QUERIES: &[Use] = &[
    used(
        "viewer",
        "{ viewer { agency { id slug name } member { name } role } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "brands",
        "{ brands { id slug name campaigns { nodes { id } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "brand",
        r#"{ brand(id: "BRAND_ID") { slug } }"#,
        FindsNothing,
    ),
    used(
        "campaigns",
        "{ campaigns { nodes { id externalId scores { value } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "campaigns",
        r#"{ campaigns(brand: "BRAND_ID") { nodes { id } } }"#,
        FindsNothing,
    ),
    used(
        "campaigns",
        r#"{ campaigns(after: "CAMPAIGN_ID") { nodes { externalId } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "campaign",
        r#"{ campaign(id: "CAMPAIGN_ID") { name brand { name } scores { value } } }"#,
        FindsNothing,
    ),
    used("node", r#"{ node(id: "BRAND_ID") { id } }"#, FindsNothing),
    used(
        "node",
        r#"{ node(id: "CAMPAIGN_ID") { id ... on Campaign { name } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN]}) { rows { campaignId campaignName impressions } totals { impressions } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, brands: ["BRAND_ID"]}) { totals { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, where: {campaign: {eq: "CAMPAIGN_ID"}}}) { totals { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, where: {brand: {eq: "BRAND_ID"}}}) { totals { impressions } } }"#,
        SeesOnlyTheirOwn,
    ),
];

/// Every field of `Mutation`.
const MUTATIONS: &[Use] = &[
    used(
        "renameBrand",
        r#"mutation { renameBrand(input: {brandId: "BRAND_ID", name: "Taken over"}) { brand { name } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "updateCampaign",
        r#"mutation { updateCampaign(input: {campaignId: "CAMPAIGN_ID", name: "Taken over"}) { campaign { name } userErrors { code } } }"#,
        FindsNothing,
    ),
];

const OF_FIRST_BRAND: &str =
    "date,campaign,impressions,spend,revenue,cogs\n2026-04-01,secret-1,777,200,900,100\n";
const OF_SECOND_BRAND: &str =
    "date,campaign,impressions,spend,revenue,cogs\n2026-04-01,secret-2,888,200,900,100\n";

fn two_brands() -> TestServer {
    let server = an_empty_server();
    let analyst = server.analyst();
    analyst.commit_csv("delivery_daily", server.brand(0), OF_FIRST_BRAND);
    analyst.commit_csv("delivery_daily", server.brand(1), OF_SECOND_BRAND);
    server
}

/// The document with the ids of the first agency's first brand and its campaign.
fn with_ids(one: &Use, owner: &Persona, server: &TestServer) -> String {
    let brand = brand_id(owner, server.brand(0));
    let campaign = campaign_id(owner, "secret-1");
    one.document
        .replace("BRAND_ID", &brand)
        .replace("CAMPAIGN_ID", &campaign)
}

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
        assert!(
            !text.contains(secret),
            "{document}\nshows `{secret}`: {text}"
        );
    }
}

#[test]
fn every_field_of_the_roots_stands_in_the_tables() {
    let server = an_empty_server();
    for (root, table) in [("Query", QUERIES), ("Mutation", MUTATIONS)] {
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
    let subscriptions = server
        .viewer()
        .data("{ __schema { subscriptionType { name } } }");
    assert_eq!(subscriptions["__schema"]["subscriptionType"], json!(null));
}

#[test]
fn without_a_token_every_field_is_refused() {
    let server = two_brands();
    let (owner, anonymous) = (server.owner(), server.anonymous());
    for one in QUERIES.iter().chain(MUTATIONS) {
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
    for one in QUERIES.iter().chain(MUTATIONS) {
        let query = with_ids(one, &owner, &server);
        // The owner's answer is in the caches before the stranger asks, unless it would change data.
        if QUERIES.iter().any(|known| known.document == one.document) {
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

#[test]
fn another_agencys_id_is_answered_like_one_that_was_never_given_out() {
    let server = two_brands();
    let (owner, stranger) = (server.owner(), server.other_agency());
    let invented = [
        ("BRAND_ID", "brd_01K00000000000000000000000"),
        ("CAMPAIGN_ID", "cmp_01K00000000000000000000000"),
    ];
    for one in QUERIES
        .iter()
        .chain(MUTATIONS)
        .filter(|one| one.stranger == FindsNothing)
    {
        let of_another = stranger
            .graphql(&with_ids(one, &owner, &server))
            .to_string();
        let of_nobody = stranger.graphql(
            &invented
                .iter()
                .fold(one.document.to_owned(), |document, (word, id)| {
                    document.replace(word, id)
                }),
        );
        let mut of_nobody = of_nobody.to_string();
        for (invented, real) in [
            (invented[0].1, brand_id(&owner, server.brand(0))),
            (invented[1].1, campaign_id(&owner, "secret-1")),
        ] {
            of_nobody = of_nobody.replace(invented, &real);
        }
        assert_eq!(of_another, of_nobody, "{}", one.document);
    }
}

#[test]
fn a_viewer_changes_nothing() {
    let server = two_brands();
    let owner = server.owner();
    for one in MUTATIONS {
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

/// A member of role CLIENT of the first agency who is limited to its first brand.
fn with_a_client(server: TestServer) -> (TestServer, Persona) {
    let (agency, brand) = (server.agency().to_owned(), server.brand(0).to_owned());
    let stopped = server.kill();
    let mut command = Command::new(BELLWETHER);
    command.args([
        "admin",
        "add-member",
        "Guest",
        "--role",
        "CLIENT",
        "--agency",
        &agency,
        "--brand",
        &brand,
    ]);
    let output = command
        .arg("--data-dir")
        .arg(stopped.data_dir())
        .output()
        .expect("the executable runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let token = String::from_utf8(output.stdout).expect("the token is text");
    let server = stopped.restart();
    let client = Persona::new(server.url(), Some(token.trim()));
    (server, client)
}

#[test]
fn a_client_sees_only_its_brands_though_the_owners_answers_are_cached() {
    let (server, client) = with_a_client(two_brands());
    let owner = server.owner();
    let question = |persona: &Persona| {
        metrics(
            persona,
            &format!("{APRIL}, by: [CAMPAIGN]"),
            "rows { campaignName impressions } totals { impressions }",
        )
    };
    assert_eq!(question(&owner)["totals"][0]["impressions"], json!(1665));
    assert_eq!(
        question(&client),
        json!({ "rows": [{ "campaignName": "secret-1", "impressions": 777 }], "totals": [{ "impressions": 777 }] })
    );
    let listed =
        client.data("{ brands { slug } campaigns { nodes { externalId } } viewer { role } }");
    assert_eq!(
        listed,
        json!({
            "brands": [{ "slug": server.brand(0) }],
            "campaigns": { "nodes": [{ "externalId": "secret-1" }] },
            "viewer": { "role": "CLIENT" },
        })
    );
}

#[test]
fn a_client_finds_no_other_brand_campaign_number_or_score() {
    let (server, client) = with_a_client(two_brands());
    let owner = server.owner();
    let brand = brand_id(&owner, server.brand(1));
    let campaign = campaign_id(&owner, "secret-2");
    for one in QUERIES.iter().filter(|one| one.stranger == FindsNothing) {
        let document = one
            .document
            .replace("BRAND_ID", &brand)
            .replace("CAMPAIGN_ID", &campaign);
        owner.data(&document);
        let error = client.error(&document);
        assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{document}");
    }
    for one in MUTATIONS {
        let document = one
            .document
            .replace("BRAND_ID", &brand)
            .replace("CAMPAIGN_ID", &campaign);
        let code = client.error(&document)["extensions"]["code"].take();
        assert!(
            code == "FORBIDDEN" || code == "NOT_FOUND",
            "{document}: {code}"
        );
    }
}

#[test]
fn a_client_gets_the_scores_of_its_own_campaigns() {
    let (server, client) = with_a_client(two_brands());
    let scores = "{ campaigns { nodes { externalId scores { plugin } } } }";
    assert_eq!(
        server.owner().data(scores)["campaigns"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let of_client = client.data(scores);
    let nodes = of_client["campaigns"]["nodes"].as_array().expect("a list");
    assert_eq!(
        (nodes.len(), &nodes[0]["externalId"]),
        (1, &json!("secret-1"))
    );
}
