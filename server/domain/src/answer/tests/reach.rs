//! People reached never add up: a number stands in a row of one campaign and one reported period.

use super::*;
use crate::query::{Filter, Grain};
use crate::time::Timestamp;

fn campaign(n: u128) -> CampaignId {
    CampaignId::from_parts(Timestamp::UNIX_EPOCH, n)
}

fn a_reach_query(by: &[Dimension], only: &[u128]) -> MetricQuery {
    let mut query = a_query(&[Metric::Reach, Metric::Frequency], by, &[]);
    query.dataset = DatasetName::Reach;
    if !only.is_empty() {
        query.filters.push(Filter {
            dimension: Dimension::Campaign,
            values: only.iter().map(|n| campaign(*n).to_string()).collect(),
        });
    }
    query
}

fn reported(reach: i64, impressions: i64) -> Tally {
    let mut tally = tally("USD", &[("reach", reach), ("impressions", impressions)]);
    tally.add_rows(1);
    tally
}

fn of_campaign(n: u128) -> RowKey {
    RowKey {
        campaign: Some(campaign(n)),
        ..RowKey::default()
    }
}

fn notes(row: &Row) -> Vec<Option<NoteCode>> {
    row.cells.iter().map(|cell| cell.note).collect()
}

#[test]
fn a_row_of_one_campaign_has_the_reported_reach_and_the_total_has_none() {
    let groups = [
        (of_campaign(1), reported(400, 1_000)),
        (of_campaign(2), reported(500, 500)),
    ];
    let table = built(a_reach_query(&[Dimension::Campaign], &[]), groups);
    assert_eq!(table.rows[0].cells[0].value, Some(Value::Count(400)));
    assert_eq!(ratio(&table.rows[0], 1).unwrap(), "2.5");
    assert_eq!(notes(&table.total), [Some(NoteCode::NotAdditive); 2]);
}

#[test]
fn a_campaign_without_a_report_of_the_period_says_so() {
    let groups = [(of_campaign(1), Tally::default())];
    let table = built(a_reach_query(&[Dimension::Campaign], &[]), groups);
    assert_eq!(
        notes(&table.rows[0]),
        [Some(NoteCode::NotReportedForPeriod); 2]
    );
}

#[test]
fn a_row_of_a_platform_stands_only_where_a_filter_names_one_campaign() {
    let groups = || [(on(Platform::TikTok), reported(400, 1_000))];
    let several = built(a_reach_query(&[Dimension::Platform], &[]), groups());
    assert_eq!(notes(&several.rows[0]), [Some(NoteCode::NotAdditive); 2]);
    let one = built(a_reach_query(&[Dimension::Platform], &[1]), groups());
    assert_eq!(one.rows[0].cells[0].value, Some(Value::Count(400)));
    assert_eq!(one.total.cells[0].value, Some(Value::Count(400)));
}

#[test]
fn the_total_over_periods_was_never_reported() {
    let in_week = |day| RowKey {
        period: Some(date(2026, 1, day)),
        ..RowKey::default()
    };
    let mut query = a_reach_query(&[Dimension::Period], &[1]);
    query.grain = Some(Grain::Week);
    let groups = [
        (in_week(5), reported(400, 1_000)),
        (in_week(12), reported(300, 600)),
    ];
    let table = built(query, groups);
    assert_eq!(table.rows[1].cells[0].value, Some(Value::Count(300)));
    assert_eq!(notes(&table.total), [Some(NoteCode::NotAdditive); 2]);
}

#[test]
fn an_average_rating_is_a_ratio_of_sums() {
    // Ratings of 4.5 from 2 buyers and of 3 from 4: 3.5 on average, not 3.75.
    let mut query = a_query(&[Metric::AverageRating], &[Dimension::Product], &[]);
    query.dataset = DatasetName::FeedbackDaily;
    let of_product = |name: &str| RowKey {
        product: Some(name.into()),
        ..RowKey::default()
    };
    let groups = [
        (
            of_product("a"),
            tally("USD", &[("ratings", 2), ("rating_sum", 9_000_000)]),
        ),
        (
            of_product("b"),
            tally("USD", &[("ratings", 4), ("rating_sum", 12_000_000)]),
        ),
    ];
    let table = built(query, groups);
    assert_eq!(ratio(&table.rows[0], 0).unwrap(), "4.5");
    assert_eq!(ratio(&table.total, 0).unwrap(), "3.5");
}
