//! What a campaign is stands in the catalogue alone: a change shows in the next answer, though its
//! facts are cached.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, brand_id, campaign_id, metrics};

fn by(persona: &Persona, dimension: &str, field: &str) -> Value {
    let input =
        format!("{APRIL}, by: [{dimension}], orderBy: [{{metric: IMPRESSIONS, direction: DESC}}]");
    metrics(persona, &input, &format!("rows {{ {field} impressions }}"))["rows"].take()
}

fn rename(server: &TestServer, place: usize, name: &str) {
    let owner = server.owner();
    let brand = brand_id(&owner, server.brand(place));
    let payload = owner.data(&format!(
        "mutation {{ renameBrand(input: {{brandId: \"{brand}\", name: \"{name}\"}}) {{ brand {{ name }} userErrors {{ code }} }} }}"
    ));
    assert_eq!(
        payload["renameBrand"],
        json!({ "brand": { "name": name }, "userErrors": [] })
    );
}

fn update(server: &TestServer, external_id: &str, change: &str) -> Value {
    let owner = server.owner();
    let campaign = campaign_id(&owner, external_id);
    owner.data(&format!(
        "mutation {{ updateCampaign(input: {{campaignId: \"{campaign}\", {change}}}) \
         {{ campaign {{ name platform objective status startsOn endsOn budget }} userErrors {{ field code }} }} }}"
    ))["updateCampaign"]
        .take()
}

#[test]
fn a_renamed_brand_shows_in_the_next_answer_though_its_facts_are_cached() {
    let server = a_small_world();
    let viewer = server.viewer();
    let before = by(&viewer, "BRAND", "brandName");
    rename(&server, 0, "Aurora & Friends");
    let after = by(&viewer, "BRAND", "brandName");
    assert_ne!(before[0]["brandName"], after[0]["brandName"]);
    assert_eq!(
        after[0],
        json!({ "brandName": "Aurora & Friends", "impressions": 1000 })
    );
}

#[test]
fn a_moved_campaigns_old_facts_show_under_its_new_platform() {
    let server = a_small_world();
    let viewer = server.viewer();
    let before = by(&viewer, "PLATFORM", "platform");
    assert_eq!(
        before[0],
        json!({ "platform": "TIKTOK", "impressions": 900 })
    );
    let payload = update(&server, "a", "platform: GOOGLE");
    assert_eq!(payload["campaign"]["platform"], "GOOGLE");
    assert_eq!(
        by(&viewer, "PLATFORM", "platform"),
        json!([
            { "platform": "META", "impressions": 600 },
            { "platform": "TIKTOK", "impressions": 500 },
            { "platform": "GOOGLE", "impressions": 400 },
        ])
    );
    let on_google = format!("{APRIL}, where: {{platform: {{eq: GOOGLE}}}}");
    let answer = metrics(&viewer, &on_google, "totals { impressions }");
    assert_eq!(answer["totals"][0]["impressions"], json!(400));
}

#[test]
fn a_renamed_campaign_shows_in_the_next_answer() {
    let server = a_small_world();
    let viewer = server.viewer();
    by(&viewer, "CAMPAIGN", "campaignName");
    update(&server, "d", "name: \"Spring\"");
    assert_eq!(
        by(&viewer, "CAMPAIGN", "campaignName")[0]["campaignName"],
        "Spring"
    );
}

#[test]
fn every_attribute_of_a_campaign_can_be_changed() {
    let server = a_small_world();
    let change = "name: \"New\", platform: SNAPCHAT, objective: SALES, status: PAUSED, \
                  startsOn: \"2026-04-01\", endsOn: \"2026-04-30\", budget: \"1500.50\"";
    assert_eq!(
        update(&server, "a", change),
        json!({
            "campaign": {
                "name": "New",
                "platform": "SNAPCHAT",
                "objective": "SALES",
                "status": "PAUSED",
                "startsOn": "2026-04-01",
                "endsOn": "2026-04-30",
                "budget": "1500.5",
            },
            "userErrors": [],
        })
    );
}

#[test]
fn what_a_person_can_mend_stands_in_user_errors_and_changes_nothing() {
    let server = a_small_world();
    for change in [
        "name: \"\"",
        "budget: \"-1\"",
        "startsOn: \"2026-04-02\", endsOn: \"2026-04-01\"",
    ] {
        let payload = update(&server, "a", change);
        assert_eq!(payload["campaign"], json!(null), "{change}");
        assert_eq!(
            payload["userErrors"][0]["code"], "INVALID_INPUT",
            "{change}"
        );
        assert_eq!(
            payload["userErrors"].as_array().map(Vec::len),
            Some(1),
            "{change}"
        );
    }
    assert_eq!(
        update(&server, "a", "status: ACTIVE")["campaign"]["name"],
        "a"
    );
}
