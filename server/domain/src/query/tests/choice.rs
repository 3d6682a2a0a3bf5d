//! Which dataset answers, and what is refused because none does.

use super::*;

fn by_metrics(metrics: &[Metric]) -> MetricRequest {
    MetricRequest {
        metrics: metrics.to_vec(),
        ..a_request()
    }
}

#[test]
fn the_dataset_follows_from_the_metrics_too() {
    let dataset = |metrics: &[Metric]| planned(&by_metrics(metrics)).dataset;
    assert_eq!(dataset(&[Metric::Impressions]), DatasetName::DeliveryDaily);
    assert_eq!(dataset(&[Metric::Reach]), DatasetName::Reach);
    assert_eq!(
        dataset(&[Metric::Frequency, Metric::Impressions]),
        DatasetName::Reach
    );
    assert_eq!(
        dataset(&[Metric::AverageRating]),
        DatasetName::FeedbackDaily
    );
    assert_eq!(
        dataset(&[Metric::Comments, Metric::NegativeComments]),
        DatasetName::FeedbackDaily
    );
}

#[test]
fn hours_are_read_when_asked_for_or_named() {
    let by_hour = MetricRequest {
        by: vec![Dimension::Hour],
        ..a_request()
    };
    assert_eq!(planned(&by_hour).dataset, DatasetName::DeliveryHourly);
    let in_the_morning = MetricRequest {
        filter: kept(vec![filter(Dimension::Hour, &["8", "08", "9"])]),
        ..a_request()
    };
    let query = planned(&in_the_morning);
    assert_eq!(query.dataset, DatasetName::DeliveryHourly);
    assert_eq!(query.filter(Dimension::Hour).unwrap(), ["08", "09"]);
    let named = MetricRequest {
        dataset: Some(DatasetName::DeliveryHourly),
        ..a_request()
    };
    assert_eq!(planned(&named).dataset, DatasetName::DeliveryHourly);
    let no_hour = MetricRequest {
        filter: kept(vec![filter(Dimension::Hour, &["24"])]),
        ..a_request()
    };
    assert_eq!(refused(&no_hour).path, "where.hour");
}

#[test]
fn metrics_of_several_datasets_are_refused_with_where_each_is() {
    let refusal = refused(&by_metrics(&[
        Metric::Spend,
        Metric::Clicks,
        Metric::NegativeReviews,
    ]));
    assert_eq!(refusal.path, "metrics[2]");
    assert_eq!(
        refusal.message,
        "`negative_reviews` is not in `delivery_daily`, which answers `clicks`, `spend`; one query reads one dataset, and `negative_reviews` is in `feedback_daily`"
    );
}

#[test]
fn dimensions_of_several_datasets_are_refused_with_what_goes_together() {
    let refusal = refused(&MetricRequest {
        by: vec![Dimension::Campaign, Dimension::Hour, Dimension::Age],
        ..a_request()
    });
    assert_eq!(refusal.path, "by[2]");
    assert_eq!(refusal.message, "no dataset has `AGE` together with `HOUR`");
    assert_eq!(
        refusal.allowed,
        [
            "PERIOD", "HOUR", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"
        ]
    );
}

#[test]
fn a_metric_that_the_named_dataset_lacks_is_refused_with_the_one_that_has_it() {
    let refusal = refused(&MetricRequest {
        dataset: Some(DatasetName::DeliveryDaily),
        ..by_metrics(&[Metric::Reach])
    });
    assert_eq!(refusal.path, "metrics[0]");
    assert!(refusal.message.ends_with("`reach` is in `reach`"));
}
