//! Filters: what becomes a set and what a condition, and what is refused where.

use super::*;

fn filtered(filter: FilterRequest) -> MetricRequest {
    MetricRequest {
        filter,
        ..a_request()
    }
}

fn none_of(dimension: Dimension, values: &[&str]) -> TestRequest {
    TestRequest {
        subject: Subject::Dimension(dimension),
        accepts: Accepts::NotIn(texts(values)),
    }
}

fn any(filters: Vec<FilterRequest>) -> FilterRequest {
    FilterRequest {
        or: Some(filters),
        ..FilterRequest::default()
    }
}

fn on(platform: &str) -> FilterRequest {
    kept(vec![filter(Dimension::Platform, &[platform])])
}

#[test]
fn what_all_facts_must_have_is_a_set_and_the_rest_a_condition() {
    let query = planned(&filtered(FilterRequest {
        tests: vec![none_of(Dimension::Currency, &["eur"])],
        and: vec![on("META"), on("META"), any(vec![on("META"), on("TIKTOK")])],
        ..FilterRequest::default()
    }));
    assert_eq!(query.filter(Dimension::Platform).unwrap(), ["META"]);
    let condition = query.condition.unwrap();
    assert_eq!(condition.tests().len(), 3);
}

#[test]
fn two_sets_of_one_dimension_are_what_they_share() {
    let two = kept(vec![filter(Dimension::Platform, &["META", "TIKTOK"])]);
    let query = planned(&filtered(FilterRequest {
        and: vec![two, on("META")],
        ..FilterRequest::default()
    }));
    assert_eq!(query.filter(Dimension::Platform).unwrap(), ["META"]);
    assert_eq!(query.condition, None);
}

#[test]
fn equal_filters_are_equal_queries() {
    let one = any(vec![on("META"), on("TIKTOK"), on("META")]);
    let other = any(vec![on("TIKTOK"), any(vec![on("META")])]);
    assert_eq!(planned(&filtered(one)), planned(&filtered(other)));
    let not_not = FilterRequest {
        not: Some(Box::new(FilterRequest {
            not: Some(Box::new(on("META"))),
            ..FilterRequest::default()
        })),
        ..FilterRequest::default()
    };
    assert_eq!(planned(&filtered(not_not)), planned(&filtered(on("META"))));
}

#[test]
fn dimensions_of_conditions_choose_the_dataset() {
    let by_country = any(vec![
        kept(vec![filter(Dimension::Country, &["us"])]),
        on("META"),
    ]);
    let query = planned(&filtered(by_country.clone()));
    assert_eq!(query.dataset, DatasetName::AudienceDaily);
    assert_eq!(query.tested_dimensions(), [Dimension::Country]);
    let refusal = refused(&MetricRequest {
        dataset: Some(DatasetName::DeliveryDaily),
        ..filtered(by_country)
    });
    assert_eq!(refusal.path, "where.or[0].country");
}

#[test]
fn filters_that_keep_nothing_are_refused_at_their_place() {
    assert_eq!(refused(&filtered(any(Vec::new()))).path, "where.or");
    let not_of_nothing = FilterRequest {
        and: vec![FilterRequest {
            not: Some(Box::default()),
            ..FilterRequest::default()
        }],
        ..FilterRequest::default()
    };
    assert_eq!(refused(&filtered(not_of_nothing)).path, "where.and[0].not");
    let empty_part = TestRequest {
        subject: Subject::CampaignName,
        accepts: Accepts::Containing(String::new()),
    };
    let refusal = refused(&filtered(kept(vec![empty_part])));
    assert_eq!(refusal.path, "where.campaignName");
}

#[test]
fn filters_have_at_most_a_hundred_parts() {
    // The outer filter is a part, and each inner one with its test is two.
    let of = |n: usize| filtered(any(vec![on("META"); n]));
    planned(&of(49));
    let refusal = refused(&of(50));
    assert_eq!(
        (refusal.code, refusal.path.as_str()),
        (ErrorCode::LimitExceeded, "where.or[49].platform")
    );
    assert!(refusal.message.contains("filter_nodes_max"));
}
