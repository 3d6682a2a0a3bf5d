//! The rules of aggregation, one a test.

use bellwether_domain::ErrorCode;
use bellwether_domain::dataset::DatasetName::{AudienceDaily, Costs, DeliveryDaily};
use bellwether_domain::fact::Fact;
use bellwether_domain::time::day_number;

use super::{CLICKS, IMPRESSIONS, built, whole_april};
use crate::kernel::plan::PartialPlan;
use crate::sample_facts::{FactWith, april, code_of_campaign, fact};
use crate::{Error, aggregate};

#[test]
fn campaign_rows_and_ad_rows_of_a_day_are_never_added() {
    let day = || fact(DeliveryDaily, 1, 1);
    let of_ad = |ad: &str, day: Fact| day.text(0, "group").text(1, ad).measure(IMPRESSIONS, 60);
    let only_ads = || fact(DeliveryDaily, 1, 2);
    let facts = vec![
        day().measure(IMPRESSIONS, 100),
        of_ad("a", day()),
        of_ad("b", day()),
        of_ad("a", only_ads()),
        of_ad("b", only_ads()),
        // An ad without its group is of the same level as one with it.
        only_ads().text(1, "c").measure(IMPRESSIONS, 60),
    ];
    let partial = aggregate(&built(DeliveryDaily, &[facts]), &whole_april()).unwrap();
    assert_eq!(partial.sums, [[100 + 180]]);
    assert_eq!(partial.rows, [4]);
}

#[test]
fn each_attribution_window_chooses_its_own_level() {
    let day = || fact(DeliveryDaily, 1, 1);
    let facts = vec![
        day().measure(IMPRESSIONS, 100),
        day()
            .text(0, "group")
            .window("7c1v")
            .measure(IMPRESSIONS, 7),
    ];
    let partial = aggregate(&built(DeliveryDaily, &[facts]), &whole_april()).unwrap();
    let windows: Vec<_> = partial
        .groups
        .iter()
        .map(|group| group.attribution)
        .collect();
    assert_eq!((windows, partial.sums), (vec![0, 2], vec![vec![100, 7]]));
}

#[test]
fn missing_differs_from_zero() {
    let facts = vec![
        fact(DeliveryDaily, 1, 1).measure(CLICKS, 0),
        fact(DeliveryDaily, 1, 2),
    ];
    let plan = PartialPlan {
        measures: vec![IMPRESSIONS, CLICKS],
        ..whole_april()
    };
    let partial = aggregate(&built(DeliveryDaily, &[facts]), &plan).unwrap();
    assert_eq!(partial.sums, [[0], [0]]);
    assert_eq!(partial.counts, [Some(vec![0]), Some(vec![1])]);
    assert_eq!(
        partial.last_days,
        [(code_of_campaign(1), day_number(april(2)))]
    );
}

#[test]
fn a_sum_over_64_bits_is_refused_and_the_largest_is_not() {
    let facts = |second: i64| {
        let of_day = |day, value| fact(DeliveryDaily, 1, day).measure(IMPRESSIONS, value);
        vec![of_day(1, i64::MAX - 1), of_day(2, second)]
    };
    let largest = aggregate(&built(DeliveryDaily, &[facts(1)]), &whole_april()).unwrap();
    assert_eq!(largest.sums, [[i64::MAX]]);
    let refused = aggregate(&built(DeliveryDaily, &[facts(2)]), &whole_april()).unwrap_err();
    assert!(matches!(
        refused,
        Error::Overflow {
            measure: "impressions"
        }
    ));
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
}

#[test]
fn questions_that_the_dataset_cannot_answer_break_a_rule() {
    let audience = built(AudienceDaily, &[]);
    let by_ad_group = PartialPlan {
        dimensions: vec![0],
        ..whole_april()
    };
    let spread = PartialPlan {
        measures: vec![1],
        ..whole_april()
    };
    for (partition, plan) in [
        (&audience, &whole_april()),
        (&built(DeliveryDaily, &[]), &by_ad_group),
        (&built(Costs, &[]), &spread),
    ] {
        assert!(matches!(
            aggregate(partition, plan),
            Err(Error::BrokenRule { .. })
        ));
    }
}
