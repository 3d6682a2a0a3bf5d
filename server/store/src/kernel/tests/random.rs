//! Random facts and plans: both kernels agree with the naive fold.

use std::collections::BTreeMap;

use bellwether_domain::dataset::DatasetName::{AudienceDaily, DeliveryDaily};
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::{Fact, Shape, Text};
use bellwether_domain::time::{DateRange, Weekday, date_of_day_number, day_number};
use proptest::prelude::*;

use super::naive::naive;
use super::{CLICKS, IMPRESSIONS, SPEND, built};
use crate::kernel::aggregate_with;
use crate::kernel::plan::{Bucket, DimensionFilter, PartialPlan};
use crate::sample_facts::{AGES, COUNTRIES, GENDERS, WINDOWS, april, code_of_campaign, fact};

/// Money comes in whole cents, so that it is kept in them.
const CENT: i64 = 10_000;

/// The texts of the key dimensions.
fn words(dataset: DatasetName) -> [&'static [&'static str]; 3] {
    match dataset {
        AudienceDaily => [&COUNTRIES, &AGES, &GENDERS],
        _ => [&["g1", "g2"], &["a1", "a2"], &[]],
    }
}

fn any_text(words: &'static [&'static str]) -> impl Strategy<Value = Option<Text>> {
    // Beyond the words lies no text.
    (0..=words.len()).prop_map(|place| words.get(place).map(|word| Text::from(*word)))
}

fn any_fact(dataset: DatasetName) -> impl Strategy<Value = Fact> {
    let texts = words(dataset).map(any_text);
    let window = prop::option::of(prop::sample::select(&WINDOWS[..]));
    let clicks = prop::option::weighted(0.9, 0_i64..50);
    let measures = (prop::option::of(-50_i64..1000), clicks, 0..400_i64);
    (1..5_u32, 1..=30_i8, texts, window, measures).prop_map(
        move |(campaign, day, texts, window, measures)| {
            let mut fact = fact(dataset, campaign, day);
            fact.key.texts = texts;
            fact.key.attribution = window.map(Text::from);
            (fact.measures[IMPRESSIONS], fact.measures[CLICKS]) = (measures.0, measures.1);
            fact.measures[SPEND] = Some(measures.2 * CENT);
            fact
        },
    )
}

pub(super) fn any_commits(dataset: DatasetName) -> impl Strategy<Value = Vec<Vec<Fact>>> {
    // A few days, so that commits replace each other's rows and levels meet.
    let few_days = any_fact(dataset).prop_map(|mut fact| {
        fact.key.from = april(1 + fact.key.from.day() % 4);
        fact
    });
    let facts = prop_oneof![
        prop::collection::vec(few_days, 1..60),
        prop::collection::vec(any_fact(dataset), 1..60)
    ];
    let distinct = facts.prop_map(|facts| {
        let by_key: BTreeMap<_, _> = facts
            .into_iter()
            .map(|fact| (fact.key.clone(), fact))
            .collect();
        by_key.into_values().collect()
    });
    // Factors that make columns one, two, four and eight bytes wide.
    let scale = prop::sample::select(vec![1, 300, 100_000, 20_000_000_000]);
    (prop::collection::vec(distinct, 0..4), scale).prop_map(|(mut commits, scale)| {
        let facts = commits.iter_mut().flatten();
        for value in facts.flat_map(|fact: &mut Fact| fact.measures.iter_mut().flatten()) {
            *value *= scale;
        }
        commits
    })
}

pub(super) fn any_plan(dataset: DatasetName) -> impl Strategy<Value = PartialPlan> {
    let n_coded = if dataset == AudienceDaily { 3 } else { 0 };
    let dimensions =
        prop::sample::subsequence((0..n_coded).collect::<Vec<usize>>(), 0..=n_coded).prop_shuffle();
    let filter = (0..3_usize, prop::collection::vec(1..5_u32, 0..3))
        .prop_map(|(dimension, codes)| DimensionFilter { dimension, codes });
    let filters = prop::collection::vec(filter, 0..=n_coded.min(2));
    let bucket = prop::sample::select(vec![
        Bucket::Whole,
        Bucket::Day,
        Bucket::Week(Weekday::Monday),
        Bucket::Week(Weekday::Sunday),
        Bucket::Month,
    ]);
    let days = (-3..31_i32, 1..34_i32).prop_map(|(first, length)| {
        let day = |number| date_of_day_number(day_number(april(1)) + number).unwrap();
        DateRange::new(day(first), day(first + length)).unwrap()
    });
    let all_campaigns: Vec<u32> = (1..7).rev().map(code_of_campaign).collect();
    let campaigns = prop::option::of(prop::sample::subsequence(all_campaigns, 0..=6));
    let measures =
        prop::sample::select(vec![vec![], vec![CLICKS], vec![SPEND, CLICKS, IMPRESSIONS]]);
    (
        days,
        bucket,
        dimensions,
        filters,
        campaigns,
        prop::option::of(0..4_u32),
        measures,
    )
        .prop_map(
            move |(days, bucket, dimensions, filters, campaigns, attribution, measures)| {
                let mut plan = PartialPlan {
                    days,
                    bucket,
                    dimensions,
                    filters,
                    campaigns,
                    attribution,
                    measures,
                };
                if n_coded > 0 && plan.needed_shape(Dataset::of(dataset)) == Shape(0) {
                    plan.dimensions = vec![1];
                }
                plan
            },
        )
}

fn any_case() -> impl Strategy<Value = (DatasetName, Vec<Vec<Fact>>, PartialPlan)> {
    prop::sample::select(vec![DeliveryDaily, AudienceDaily])
        .prop_flat_map(|dataset| (Just(dataset), any_commits(dataset), any_plan(dataset)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_kernels_agree_with_a_naive_fold((dataset, commits, plan) in any_case()) {
        let partition = built(dataset, &commits);
        let expected = naive(Dataset::of(dataset), &commits, &plan);
        let by_table = aggregate_with(&partition, &plan, usize::MAX).unwrap();
        prop_assert_eq!(&by_table, &expected);
        let by_hash = aggregate_with(&partition, &plan, 0).unwrap();
        prop_assert_eq!(&by_hash, &expected);
    }
}
