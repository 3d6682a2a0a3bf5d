//! What is legal, what is refused and where, and that equal questions are equal queries.

use super::*;
use crate::calendar::{Calendar, MonthOfYear};
use crate::dataset::DatasetName;
use crate::error_code::{ErrorCode, Refusal};
use crate::ids::BrandId;
use crate::metric::Metric;
use crate::rates::RatesRevision;
use crate::time::{Date, Timestamp, Weekday, date};

fn brand(n: u128) -> BrandId {
    BrandId::from_parts(Timestamp::UNIX_EPOCH, n)
}

fn context() -> PlanContext {
    PlanContext {
        visible_brands: vec![brand(1), brand(2)],
        today: date(2026, 11, 22),
        calendar: Calendar {
            week_start: Weekday::Monday,
            year_start: MonthOfYear::January,
        },
        label_names: vec!["region".into(), "season".into()],
        custom_metrics: Vec::new(),
        rates: RatesRevision(3),
    }
}

fn a_request() -> MetricRequest {
    MetricRequest::over(RangeRequest::Last {
        n: 7,
        unit: RangeUnit::Day,
    })
}

fn selected<T>(what: T, path: &str) -> SelectedField<T> {
    SelectedField {
        what,
        path: path.to_owned(),
    }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn one_of(subject: Subject, values: &[&str]) -> TestRequest {
    let accepts = Accepts::In(texts(values));
    TestRequest { subject, accepts }
}

fn filter(dimension: Dimension, values: &[&str]) -> TestRequest {
    one_of(Subject::Dimension(dimension), values)
}

fn kept(tests: Vec<TestRequest>) -> FilterRequest {
    FilterRequest {
        tests,
        ..FilterRequest::default()
    }
}

fn planned(request: &MetricRequest) -> MetricQuery {
    request.plan(&context()).unwrap()
}

fn refused(request: &MetricRequest) -> Refusal {
    request.plan(&context()).unwrap_err()
}

#[test]
fn the_dataset_follows_from_the_dimensions() {
    let plain = a_request();
    assert_eq!(planned(&plain).dataset, DatasetName::DeliveryDaily);
    let by_age = MetricRequest {
        by: vec![Dimension::Age],
        ..a_request()
    };
    assert_eq!(planned(&by_age).dataset, DatasetName::AudienceDaily);
    let in_one_country = MetricRequest {
        filter: kept(vec![filter(Dimension::Country, &["US"])]),
        ..a_request()
    };
    assert_eq!(planned(&in_one_country).dataset, DatasetName::AudienceDaily);
}

#[test]
fn a_dimension_that_the_dataset_lacks_is_refused_with_what_it_has() {
    let refusal = refused(&MetricRequest {
        dataset: Some(DatasetName::DeliveryDaily),
        by: vec![Dimension::Platform, Dimension::Age],
        ..a_request()
    });
    assert_eq!(
        (refusal.code, refusal.path.as_str()),
        (ErrorCode::InvalidInput, "by[1]")
    );
    assert_eq!(
        refusal.allowed,
        ["PERIOD", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"]
    );
}

#[test]
fn a_measure_that_the_dataset_lacks_is_refused_at_its_field() {
    let refusal = refused(&MetricRequest {
        by: vec![Dimension::Age],
        selected_metrics: vec![selected(Metric::VideoP25, "rows.videoP25")],
        ..a_request()
    });
    assert_eq!(refusal.path, "rows.videoP25");
    assert!(refusal.allowed.contains(&"impressions".to_owned()));
    assert!(!refusal.allowed.contains(&"video_p25".to_owned()));
}

#[test]
fn a_formula_that_lacks_costs_at_a_grain_is_asked_all_the_same() {
    let query = planned(&MetricRequest {
        by: vec![Dimension::Country],
        selected_metrics: vec![selected(Metric::Roi, "rows.roi")],
        ..a_request()
    });
    assert_eq!(query.metrics, [Metric::Roi]);
    assert!(!query.needs_costs());
}

#[test]
fn a_breakdown_never_stands_for_the_total() {
    let refusal = refused(&MetricRequest {
        dataset: Some(DatasetName::AudienceDaily),
        by: vec![Dimension::Campaign],
        ..a_request()
    });
    assert_eq!(refusal.path, "by");
    assert_eq!(refusal.allowed, ["COUNTRY", "AGE", "GENDER"]);
}

#[test]
fn costs_are_not_read_on_their_own() {
    let refusal = refused(&MetricRequest {
        dataset: Some(DatasetName::Costs),
        ..a_request()
    });
    assert_eq!(refusal.path, "dataset");
}

#[test]
fn a_field_of_a_dimension_must_be_grouped_by_or_follow_from_the_campaign() {
    let of_platform = |by| MetricRequest {
        by,
        selected_dimensions: vec![selected(Dimension::Platform, "rows.platform")],
        ..a_request()
    };
    assert_eq!(
        refused(&of_platform(vec![Dimension::Brand])).path,
        "rows.platform"
    );
    planned(&of_platform(vec![Dimension::Platform]));
    planned(&of_platform(vec![Dimension::Campaign]));
}

#[test]
fn grains_sort_keys_and_double_dimensions_are_checked() {
    let with_grain = MetricRequest {
        grain: Some(Grain::Week),
        ..a_request()
    };
    assert_eq!(refused(&with_grain).path, "grain");
    let by_twice = MetricRequest {
        by: vec![Dimension::Brand, Dimension::Brand],
        ..a_request()
    };
    assert_eq!(refused(&by_twice).path, "by[1]");
    let order = Order {
        key: OrderKey::Dimension(Dimension::Country),
        descending: false,
    };
    let sorted_by_absent = MetricRequest {
        order_by: vec![order],
        ..a_request()
    };
    assert_eq!(refused(&sorted_by_absent).path, "orderBy[0].dimension");
}

#[test]
fn named_limits_hold_on_both_sides() {
    let with_values = |n: usize| {
        let values = (0..n).map(|value| value.to_string()).collect();
        let test = TestRequest {
            subject: Subject::Dimension(Dimension::Country),
            accepts: Accepts::In(values),
        };
        MetricRequest {
            filter: kept(vec![test]),
            ..a_request()
        }
    };
    planned(&with_values(FILTER_VALUES_MAX));
    let refusal = refused(&with_values(FILTER_VALUES_MAX + 1));
    assert_eq!(refusal.code, ErrorCode::LimitExceeded);
    assert!(refusal.message.contains("filter_values_max"));
    let order = Order {
        key: OrderKey::Metric(Metric::Spend.into(), CellPart::Value),
        descending: true,
    };
    let with_orders = |n| MetricRequest {
        order_by: vec![order; n],
        ..a_request()
    };
    planned(&with_orders(ORDER_BY_MAX));
    assert!(
        refused(&with_orders(ORDER_BY_MAX + 1))
            .message
            .contains("order_by_max")
    );
}

#[test]
fn filters_find_what_is_kept_in_capitals_and_refuse_no_currency() {
    let query = planned(&MetricRequest {
        filter: kept(vec![
            filter(Dimension::Currency, &["eur"]),
            filter(Dimension::Country, &["us"]),
        ]),
        ..a_request()
    });
    assert_eq!(query.filter(Dimension::Currency).unwrap(), ["EUR"]);
    assert_eq!(query.filter(Dimension::Country).unwrap(), ["US"]);
    let refusal = refused(&MetricRequest {
        filter: kept(vec![filter(Dimension::Currency, &["CAN"])]),
        ..a_request()
    });
    assert_eq!(refusal.path, "where.currency");
    assert_eq!(refusal.did_you_mean.as_deref(), Some("CAD"));
}

#[test]
fn an_invisible_brand_does_not_exist() {
    let refusal = refused(&MetricRequest {
        brands: Some(vec![brand(1), brand(9)]),
        ..a_request()
    });
    assert_eq!(
        (refusal.code, refusal.path.as_str()),
        (ErrorCode::NotFound, "brands[1]")
    );
}

#[test]
fn equal_questions_are_equal_queries() {
    let one = MetricRequest {
        brands: Some(vec![brand(2), brand(1), brand(2)]),
        metrics: vec![Metric::Spend, Metric::Clicks],
        filter: kept(vec![
            filter(Dimension::Platform, &["TIKTOK", "META", "TIKTOK"]),
            filter(Dimension::Brand, &["x"]),
        ]),
        ..a_request()
    };
    let other = MetricRequest {
        metrics: vec![Metric::Clicks],
        selected_metrics: vec![selected(Metric::Spend, "rows.spend")],
        range: RangeRequest::Between {
            from: date(2026, 11, 15),
            until: date(2026, 11, 22),
        },
        filter: kept(vec![
            filter(Dimension::Brand, &["x"]),
            filter(Dimension::Platform, &["META", "TIKTOK"]),
        ]),
        ..a_request()
    };
    assert_eq!(planned(&one), planned(&other));
}

#[test]
fn a_table_without_named_metrics_has_the_standard_ones_of_its_dataset() {
    let by_age = MetricRequest {
        by: vec![Dimension::Age],
        ..a_request()
    };
    let metrics = planned(&by_age).metrics;
    assert!(metrics.contains(&Metric::Impressions) && metrics.contains(&Metric::Ctr));
    assert!(!metrics.contains(&Metric::Roi));
}

#[test]
fn days_touch_the_periods_asked_for_within_the_range() {
    let range = |from, until| {
        crate::time::DateRange::new(date(2026, 4, from), date(2026, 4, until)).unwrap()
    };
    let asked = |by, grain| {
        planned(&MetricRequest {
            range: RangeRequest::Between {
                from: date(2026, 4, 8),
                until: date(2026, 4, 28),
            },
            by,
            grain,
            ..a_request()
        })
    };
    let weekly = asked(vec![Dimension::Period], Some(Grain::Week));
    assert_eq!(
        weekly.periods_touching(&range(1, 20)),
        [
            (Some(date(2026, 4, 6)), range(8, 13)),
            (Some(date(2026, 4, 13)), range(13, 20)),
        ]
    );
    let whole = asked(Vec::new(), None);
    assert_eq!(whole.periods_touching(&range(1, 9)), [(None, range(8, 28))]);
    assert_eq!(whole.periods_touching(&range(1, 8)), []);
}

mod choice;
mod filters;
mod labels;
mod sections;
