//! Filters: equals and in, for every dimension.

use bellwether_test_support::Persona;
use serde_json::{Value, json};

use super::groups::a_small_world;
use super::{APRIL, an_empty_server, brand_id, campaign_id, metrics, refused};

fn kept(persona: &Persona, filter: &str) -> Value {
    let input = format!("{APRIL}, where: {{{filter}}}");
    metrics(persona, &input, "totals { impressions }")["totals"][0]["impressions"].take()
}

#[test]
fn each_dimension_of_campaigns_filters_by_one_value_and_by_several() {
    let server = a_small_world();
    let viewer = server.viewer();
    let [a, d] = ["a", "d"].map(|name| campaign_id(&viewer, name));
    let [first, second] = [0, 1].map(|place| brand_id(&viewer, server.brand(place)));
    let cases = [
        ("platform: {eq: META}".to_owned(), 600),
        ("platform: {in: [META, TIKTOK]}".to_owned(), 1500),
        (format!("brand: {{eq: \"{second}\"}}"), 500),
        (format!("brand: {{in: [\"{first}\", \"{second}\"]}}"), 1500),
        (format!("campaign: {{eq: \"{a}\"}}"), 400),
        (format!("campaign: {{in: [\"{a}\", \"{d}\"]}}"), 900),
        ("currency: {eq: \"EUR\"}".to_owned(), 400),
        ("currency: {in: [\"EUR\", \"USD\"]}".to_owned(), 1500),
    ];
    for (filter, expected) in cases {
        assert_eq!(kept(&viewer, &filter), json!(expected), "{filter}");
    }
}

#[test]
fn several_filters_hold_at_once() {
    let server = a_small_world();
    let viewer = server.viewer();
    assert_eq!(
        kept(&viewer, "platform: {eq: META}, currency: {eq: \"USD\"}"),
        json!(200)
    );
    assert_eq!(kept(&viewer, "platform: {eq: GOOGLE}"), json!(null));
}

#[test]
fn brands_of_the_input_limit_what_is_read() {
    let server = a_small_world();
    let viewer = server.viewer();
    let second = brand_id(&viewer, server.brand(1));
    let answer = metrics(
        &viewer,
        &format!("{APRIL}, brands: [\"{second}\"]"),
        "totals { impressions }",
    );
    assert_eq!(answer["totals"][0]["impressions"], json!(500));
}

#[test]
fn audience_filters_keep_their_values_in_any_case_of_country_and_gender() {
    let server = an_empty_server();
    server.analyst().commit_csv(
        "audience_daily",
        server.brand(0),
        "date,campaign,country,age,gender,impressions\n\
         2026-04-01,a,US,,,100\n\
         2026-04-01,a,CA,,,50\n\
         2026-04-01,a,,18-24,FEMALE,90\n\
         2026-04-01,a,,25-34,MALE,60\n",
    );
    let viewer = server.viewer();
    assert_eq!(kept(&viewer, "country: {eq: \"us\"}"), json!(100));
    assert_eq!(kept(&viewer, "country: {in: [\"US\", \"CA\"]}"), json!(150));
    assert_eq!(kept(&viewer, "age: {eq: \"18-24\"}"), json!(90));
    assert_eq!(kept(&viewer, "gender: {in: [\"male\"]}"), json!(60));
}

#[test]
fn a_filter_has_exactly_one_of_equals_and_in() {
    let server = an_empty_server();
    let viewer = server.viewer();
    for filter in ["{}", "{eq: META, in: [META]}", "{in: []}"] {
        let input = format!("{APRIL}, where: {{platform: {filter}}}");
        let error = refused(&viewer, &input, "totals { impressions }");
        assert_eq!(error["extensions"]["code"], "INVALID_INPUT", "{filter}");
        assert_eq!(error["extensions"]["field"], "where.platform", "{filter}");
    }
}

#[test]
fn a_campaign_that_is_not_there_is_not_found_rather_than_empty() {
    let server = a_small_world();
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, where: {{campaign: {{eq: \"cmp_01JZZZZZZZZZZZZZZZZZZZZZZZ\"}}}}"),
        "totals { impressions }",
    );
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
}

#[test]
fn a_brand_that_is_not_the_agencys_is_not_found_in_a_filter() {
    let server = a_small_world();
    let other = brand_id(&server.other_agency(), server.other_brand());
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, where: {{brand: {{eq: \"{other}\"}}}}"),
        "totals { impressions }",
    );
    assert_eq!(error["extensions"]["code"], "NOT_FOUND");
    assert_eq!(error["extensions"]["field"], "where.brand");
}

#[test]
fn a_currency_is_found_in_any_case_and_refused_when_there_is_none() {
    let server = a_small_world();
    let viewer = server.viewer();
    assert_eq!(kept(&viewer, "currency: {eq: \"eur\"}"), json!(400));
    let input = format!("{APRIL}, where: {{currency: {{eq: \"CAN\"}}}}");
    let error = refused(&viewer, &input, "totals { impressions }");
    assert_eq!(error["extensions"]["didYouMean"], "CAD");
}
