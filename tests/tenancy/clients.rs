//! A client, who sees only the brands that it is limited to.

use std::process::Command;

use bellwether_test_support::{Persona, TestServer};
use serde_json::json;

use super::Stranger::FindsNothing;
use super::{MUTATIONS, QUERIES, two_brands};
use crate::given::BELLWETHER;
use crate::metrics::{APRIL, brand_id, campaign_id, metrics};

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
