//! Filters of any shape: all but some values, parts of names, and `and`, `or`, `not`.

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, an_empty_server, brand_id, campaign_id, metrics, refused};

/// The impressions that are kept.
fn kept(persona: &Persona, filter: &str) -> Value {
    let input = format!("{APRIL}, where: {{{filter}}}");
    metrics(persona, &input, "totals { impressions }")["totals"][0]["impressions"].take()
}

fn refusal(persona: &Persona, filter: &str) -> Value {
    let input = format!("{APRIL}, where: {{{filter}}}");
    refused(persona, &input, "rowCount")["extensions"].take()
}

fn assert_kept(server: &TestServer, cases: &[(&str, i64)]) {
    let viewer = server.viewer();
    for (filter, expected) in cases {
        assert_eq!(kept(&viewer, filter), json!(expected), "{filter}");
    }
}

/// The small world (`a` 400 and `d` 500 on TikTok, `b` 200 and `c` 400 on Meta, `c` in euros),
/// with names, an objective, a status and a label.
fn named() -> TestServer {
    let server = a_small_world();
    let owner = server.owner();
    let update = |external_id: &str, change: &str| {
        let id = campaign_id(&owner, external_id);
        owner.data(&format!(
            "mutation {{ updateCampaign(input: {{campaignId: \"{id}\", {change}}}) {{ userErrors {{ code }} }} }}"
        ));
    };
    update("a", "name: \"Spring Sale\", objective: SALES");
    update("b", "name: \"SPRING Awareness\", objective: AWARENESS");
    update(
        "c",
        "name: \"Autumn sale\", objective: SALES, status: PAUSED",
    );
    let a = campaign_id(&owner, "a");
    owner.data(&format!(
        "mutation {{ setCampaignLabels(input: {{campaign: \"{a}\", labels: [{{name: \"region\", value: \"north\"}}]}}) \
         {{ userErrors {{ code }} }} }}"
    ));
    server
}

#[test]
fn all_but_some_values_are_kept() {
    let server = a_small_world();
    assert_kept(
        &server,
        &[
            ("platform: {ne: META}", 900),
            ("platform: {notIn: [META, GOOGLE]}", 900),
            ("currency: {ne: \"eur\"}", 1100),
        ],
    );
    let viewer = server.viewer();
    let a = campaign_id(&viewer, "a");
    assert_eq!(
        kept(&viewer, &format!("campaign: {{ne: \"{a}\"}}")),
        json!(1100)
    );
    let first = brand_id(&viewer, server.brand(0));
    assert_eq!(
        kept(&viewer, &format!("brand: {{notIn: [\"{first}\"]}}")),
        json!(500)
    );
}

#[test]
fn names_are_found_in_any_case() {
    assert_kept(
        &named(),
        &[
            ("campaignName: {contains: \"spring\"}", 600),
            ("campaignName: {contains: \"SALE\"}", 800),
            ("campaignName: {eq: \"spring sale\"}", 400),
            ("campaignName: {in: [\"d\", \"Autumn Sale\"]}", 900),
            ("campaignName: {ne: \"AUTUMN SALE\"}", 1100),
        ],
    );
}

#[test]
fn brands_are_found_by_their_names() {
    let server = a_small_world();
    let viewer = server.viewer();
    let brands = viewer.data("{ brands { name slug } }");
    let brands = brands["brands"].as_array().unwrap();
    let second = brands.iter().find(|brand| brand["slug"] == server.brand(1));
    let name = second.unwrap()["name"].as_str().unwrap().to_uppercase();
    assert_eq!(
        kept(&viewer, &format!("brandName: {{eq: \"{name}\"}}")),
        json!(500)
    );
    assert_eq!(
        kept(&viewer, &format!("brandName: {{notIn: [\"{name}\"]}}")),
        json!(1000)
    );
}

#[test]
fn campaigns_are_kept_by_their_objective_and_status() {
    assert_kept(
        &named(),
        &[
            ("objective: {eq: AWARENESS}", 200),
            ("status: {ne: PAUSED}", 1100),
            ("status: {in: [PAUSED]}, objective: {eq: SALES}", 400),
        ],
    );
}

#[test]
fn what_a_campaign_lacks_passes_only_what_excludes() {
    assert_kept(
        &named(),
        &[
            ("labels: [{name: \"region\", ne: \"north\"}]", 1100),
            ("labels: [{name: \"region\", ne: \"south\"}]", 1500),
            ("not: {labels: [{name: \"region\", eq: \"north\"}]}", 1100),
        ],
    );
}

#[test]
fn filters_are_put_together_by_and_or_and_not() {
    assert_kept(
        &named(),
        &[
            (
                "or: [{platform: {eq: META}}, {campaignName: {contains: \"sale\"}}]",
                1000,
            ),
            (
                "or: [{platform: {eq: META}, currency: {eq: \"USD\"}}, {status: {eq: PAUSED}}]",
                600,
            ),
            ("not: {platform: {eq: META}, currency: {eq: \"USD\"}}", 1300),
            (
                "platform: {eq: META}, not: {or: [{currency: {eq: \"EUR\"}}, {objective: {eq: SALES}}]}",
                200,
            ),
            (
                "and: [{platform: {in: [META, TIKTOK]}}, {platform: {eq: TIKTOK}}, {not: {currency: {eq: \"EUR\"}}}]",
                900,
            ),
            ("or: [{}]", 1500),
        ],
    );
}

/// Every combination of two countries, ages and genders of one campaign a platform.
fn an_audience() -> TestServer {
    let server = an_empty_server();
    server.analyst().commit_csv(
        "audience_daily",
        server.brand(0),
        "date,campaign,platform,country,age,gender,impressions\n\
         2026-04-01,a,META,US,18-24,FEMALE,1\n\
         2026-04-01,a,META,US,25-34,FEMALE,2\n\
         2026-04-01,a,META,DE,18-24,FEMALE,4\n\
         2026-04-02,a,META,DE,25-34,MALE,8\n\
         2026-04-01,b,TIKTOK,US,18-24,FEMALE,16\n\
         2026-04-02,b,TIKTOK,DE,25-34,FEMALE,32\n",
    );
    server
}

#[test]
fn conditions_on_facts_are_of_any_shape() {
    assert_kept(
        &an_audience(),
        &[
            ("country: {notIn: [\"US\"]}", 44),
            (
                "or: [{country: {eq: \"us\"}}, {gender: {eq: \"male\"}}]",
                27,
            ),
            ("not: {country: {eq: \"US\"}, age: {eq: \"18-24\"}}", 46),
            ("or: [{platform: {eq: TIKTOK}}, {age: {eq: \"18-24\"}}]", 53),
            (
                "platform: {eq: META}, not: {or: [{age: {eq: \"25-34\"}}, {country: {eq: \"DE\"}}]}",
                1,
            ),
            (
                "country: {eq: \"US\"}, or: [{age: {eq: \"25-34\"}}, {platform: {ne: META}}]",
                18,
            ),
        ],
    );
}

#[test]
fn conditions_on_facts_leave_the_grouping_as_it_is_asked_for() {
    let server = an_audience();
    let input = format!(
        "{APRIL}, by: [GENDER, PERIOD], where: {{or: [{{country: {{eq: \"US\"}}}}, {{age: {{ne: \"18-24\"}}}}]}}"
    );
    let answer = metrics(
        &server.viewer(),
        &input,
        "rows { gender period impressions } totals { impressions }",
    );
    let row = |gender: &str, day: &str, impressions: i64| json!({ "gender": gender, "period": day, "impressions": impressions });
    assert_eq!(
        answer,
        json!({
            "rows": [
                row("FEMALE", "2026-04-01", 19),
                row("FEMALE", "2026-04-02", 32),
                row("MALE", "2026-04-02", 8),
            ],
            "totals": [{ "impressions": 59 }],
        })
    );
}

#[test]
fn every_way_to_the_sums_knows_conditions() {
    let server = an_audience();
    for cache in ["USE", "USE", "BYPASS", "REFRESH"] {
        let input = format!(
            "{APRIL}, cache: {cache}, where: {{or: [{{country: {{eq: \"US\"}}}}, {{gender: {{eq: \"MALE\"}}}}]}}"
        );
        let answer = metrics(&server.viewer(), &input, "totals { impressions }");
        assert_eq!(answer["totals"][0]["impressions"], json!(27), "{cache}");
    }
}

#[test]
fn attribution_windows_are_those_of_the_facts_that_are_kept() {
    let server = an_empty_server();
    server.analyst().commit_csv(
        "audience_daily",
        server.brand(0),
        "date,campaign,country,attribution,impressions,conversions\n\
         2026-04-01,a,US,1d,10,1\n2026-04-01,a,US,7d,10,2\n2026-04-01,a,DE,7d,20,4\n",
    );
    let input = format!("{APRIL}, where: {{country: {{ne: \"US\"}}}}");
    let answer = metrics(
        &server.viewer(),
        &input,
        "totals { impressions conversions } meta { warnings { code } }",
    );
    assert_eq!(
        answer,
        json!({
            "totals": [{ "impressions": 20, "conversions": "4" }],
            "meta": { "warnings": [] },
        })
    );
}

#[test]
fn costs_of_brands_pass_conditions_that_brands_decide() {
    let server = a_small_world();
    for (brand, amount) in [(0, 100), (1, 10)] {
        server.analyst().commit_csv(
            "costs",
            server.brand(brand),
            &format!(
                "from,until,campaign,kind,amount\n2026-04-01,2026-04-11,,agency_fee,{amount}\n"
            ),
        );
    }
    let viewer = server.viewer();
    let second = brand_id(&viewer, server.brand(1));
    let asked = |filter: &str| {
        let input = format!("{APRIL}, where: {{{filter}}}");
        let mut answer = metrics(
            &viewer,
            &input,
            "totals { agencyFees } meta { warnings { code } }",
        );
        json!([
            answer["totals"][0]["agencyFees"].take(),
            answer["meta"]["warnings"].take()
        ])
    };
    let of_brand = format!("brand: {{ne: \"{second}\"}}");
    assert_eq!(asked(&of_brand), json!(["100", []]));
    let left_out = json!([{ "code": "BRAND_COSTS_LEFT_OUT" }]);
    let some = format!("or: [{{brand: {{eq: \"{second}\"}}}}, {{platform: {{eq: META}}}}]");
    assert_eq!(asked(&some), json!(["10", left_out]));
}

#[test]
fn filters_that_cannot_be_are_refused_at_their_place() {
    let server = a_small_world();
    let viewer = server.viewer();
    let cases = [
        ("platform: {eq: META, ne: META}", "where.platform"),
        ("or: [{platform: {}}]", "where.or[0].platform"),
        ("or: []", "where.or"),
        ("not: {}", "where.not"),
        (
            "and: [{not: {campaignName: {contains: \"\"}}}]",
            "where.and[0].not.campaignName",
        ),
        (
            "or: [{labels: [{name: \"x\", eq: \"1\"}]}]",
            "where.or[0].labels[0].name",
        ),
        ("not: {hour: {eq: 24}}", "where.not.hour"),
        (
            "or: [{campaign: {eq: \"cmp_01J00000000000000000000000\"}}]",
            "where.campaign",
        ),
    ];
    for (filter, field) in cases {
        assert_eq!(refusal(&viewer, filter)["field"], field, "{filter}");
    }
}

#[test]
fn filters_have_at_most_a_hundred_parts() {
    let server = a_small_world();
    let viewer = server.viewer();
    let of = |n: usize| format!("or: [{}]", "{platform: {eq: META}} ".repeat(n));
    assert_eq!(kept(&viewer, &of(49)), json!(600));
    assert_eq!(refusal(&viewer, &of(50))["code"], "LIMIT_EXCEEDED");
}

#[test]
fn brands_of_other_agencies_do_not_exist_in_conditions() {
    let server = a_small_world();
    let foreign = brand_id(&server.other_agency(), server.other_brand());
    let error = refusal(
        &server.viewer(),
        &format!("not: {{brand: {{eq: \"{foreign}\"}}}}"),
    );
    assert_eq!(error["code"], "NOT_FOUND");
}
