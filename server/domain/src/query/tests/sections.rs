//! How a question is cut whose answer is too large.

use super::*;

fn spring(by: &[Dimension]) -> MetricRequest {
    MetricRequest {
        by: by.to_vec(),
        metrics: vec![Metric::Spend],
        range: RangeRequest::Between {
            from: date(2026, 3, 30),
            until: date(2026, 5, 3),
        },
        ..a_request()
    }
}

fn sorted_by(key: OrderKey, request: MetricRequest) -> MetricQuery {
    let order = Order {
        key,
        descending: true,
    };
    planned(&MetricRequest {
        order_by: vec![order],
        ..request
    })
}

/// The sections of a question that is cut until it can't be any more.
fn sections(query: MetricQuery) -> Vec<MetricQuery> {
    match query.halves() {
        None => vec![query],
        Some((first, second)) => {
            let mut all = sections(first);
            all.extend(sections(second));
            all
        }
    }
}

fn first_days(query: MetricQuery) -> Vec<Date> {
    let sections = sections(query).into_iter();
    sections.map(|it| it.range.from()).collect()
}

#[test]
fn days_are_cut_between_months_and_every_day_is_in_one_section() {
    let query = planned(&spring(&[Dimension::Period]));
    let (first, second) = query.halves().unwrap();
    assert_eq!(first.range.until(), date(2026, 4, 1));
    assert_eq!(second.range.from(), date(2026, 4, 1));
    let days = first_days(query);
    assert_eq!(days.len(), 34);
    assert!(days.is_sorted());
}

#[test]
fn sections_come_in_the_order_of_the_rows() {
    let by_day = spring(&[Dimension::Period]);
    let latest_first = sorted_by(OrderKey::Dimension(Dimension::Period), by_day.clone());
    assert!(first_days(latest_first).is_sorted_by(|a, b| a > b));
    let by_spend = OrderKey::Metric(MetricColumn::Metric(Metric::Spend), CellPart::Value);
    assert_eq!(sorted_by(by_spend, by_day).halves(), None);
}

#[test]
fn one_period_is_cut_by_brands_where_rows_are_of_one() {
    let n_brands = |by: &[Dimension]| -> Vec<usize> {
        let sections = sections(planned(&spring(by))).into_iter();
        sections.map(|it| it.brands.len()).collect()
    };
    let all = context().visible_brands.len();
    assert_eq!(n_brands(&[Dimension::Campaign]), vec![1; all]);
    assert_eq!(n_brands(&[Dimension::Platform]), [all]);
}

#[test]
fn what_looks_beyond_a_section_is_not_cut() {
    let by_day = spring(&[Dimension::Period]);
    assert_eq!(planned(&by_day).check_divisible(), Ok(()));
    let filled = planned(&MetricRequest {
        fill: Fill::Zero,
        ..by_day
    });
    let refusal = filled.check_divisible().unwrap_err();
    assert_eq!(refusal.path, "fill");
    assert!(refusal.is_of_limit("groups_max"));
}
