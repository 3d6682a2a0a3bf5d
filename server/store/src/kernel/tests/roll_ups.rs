//! Roll-ups answer as the rows that they were made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use bellwether_domain::dataset::DatasetName::DeliveryDaily;
use bellwether_domain::fact::Fact;
use proptest::prelude::*;

use super::random::{any_commits, any_plan};
use super::{CLICKS, IMPRESSIONS, built, whole_april};
use crate::kernel::plan::{Bucket, PartialPlan};
use crate::sample_facts::{FactWith, code_of_campaign, fact};
use crate::{Group, NO_CLASS, Partial, PartitionView, RollUp, aggregate, roll_up_by_day};

/// The view of a roll-up with the columns of the view that it was made from.
fn rolled(source: &PartitionView, roll_up: &RollUp) -> PartitionView {
    let columns = source.columns.iter();
    let columns = columns.map(|(name, column)| (*name, Arc::new(roll_up.column(column).unwrap())));
    PartitionView {
        index: Arc::clone(roll_up.index()),
        columns: columns.collect(),
    }
}

/// The class of each campaign code: by its last bit, one campaign left out.
fn classes() -> Vec<u32> {
    let class = |code| {
        if code == code_of_campaign(3) {
            NO_CLASS
        } else {
            code % 2
        }
    };
    (0..code_of_campaign(0)).map(class).collect()
}

/// A partial over campaigns as one over their classes.
fn classed(partial: &Partial, plan: &PartialPlan) -> Partial {
    let classes = classes();
    let measures = 0..plan.measures.len();
    let mut groups = BTreeMap::<Group, (u64, Vec<(i64, u64)>)>::new();
    for (row, group) in partial.groups.iter().enumerate() {
        let campaign = classes[group.campaign as usize];
        if campaign == NO_CLASS {
            continue;
        }
        let group = Group { campaign, ..*group };
        let none_yet = || (0, vec![(0, 0); plan.measures.len()]);
        let (rows, sums) = groups.entry(group).or_insert_with(none_yet);
        *rows += partial.rows[row];
        for (measure, sum) in sums.iter_mut().enumerate() {
            sum.0 += partial.sums[measure][row];
            sum.1 += partial.count(measure, row);
        }
    }
    let mut last_days = BTreeMap::new();
    for (campaign, day) in &partial.last_days {
        let last = last_days.entry(classes[*campaign as usize]).or_insert(*day);
        *last = *day.max(last);
    }
    last_days.remove(&NO_CLASS);
    let column = |place: usize| groups.values().map(move |(_, sums)| sums[place]);
    let sums = |place| column(place).map(|(sum, _)| sum).collect();
    let counts = |place| Some(column(place).map(|(_, count)| count).collect());
    let classed = Partial {
        groups: groups.keys().copied().collect(),
        rows: groups.values().map(|(rows, _)| *rows).collect(),
        sums: measures.clone().map(sums).collect(),
        counts: measures.map(counts).collect(),
        last_days: last_days.into_iter().collect(),
    };
    classed.settled()
}

fn any_covered_case() -> impl Strategy<Value = (Vec<Vec<Fact>>, PartialPlan)> {
    (any_commits(DeliveryDaily), any_plan(DeliveryDaily)).prop_map(|(commits, plan)| {
        let plan = PartialPlan {
            dimensions: Vec::new(),
            filters: Vec::new(),
            ..plan
        };
        (commits, plan)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_roll_up_by_day_answers_as_its_rows((commits, plan) in any_covered_case()) {
        let rows = built(DeliveryDaily, &commits);
        let by_day = rolled(&rows, &roll_up_by_day(&rows.index));
        prop_assert_eq!(aggregate(&by_day, &plan).unwrap(), aggregate(&rows, &plan).unwrap());
    }

    #[test]
    fn a_roll_up_by_class_answers_as_its_campaigns_put_together((commits, plan) in any_covered_case()) {
        let plan = PartialPlan { campaigns: None, ..plan };
        let rows = built(DeliveryDaily, &commits);
        let by_day = roll_up_by_day(&rows.index);
        let by_class = by_day.by_class(&classes());
        let by_class = rolled(&rolled(&rows, &by_day), &by_class);
        let answer = aggregate(&by_class, &plan).unwrap();
        prop_assert_eq!(answer, classed(&aggregate(&rows, &plan).unwrap(), &plan));
    }
}

#[test]
fn a_row_of_a_roll_up_weighs_as_many_facts_as_it_stands_for() {
    let of_ad = |ad: &str| fact(DeliveryDaily, 1, 1).text(0, "group").text(1, ad);
    let facts = vec![
        of_ad("a").measure(CLICKS, 3),
        of_ad("b"),
        of_ad("c").measure(CLICKS, 4),
    ];
    let rows = built(DeliveryDaily, &[facts]);
    let by_day = rolled(&rows, &roll_up_by_day(&rows.index));
    let plan = PartialPlan {
        bucket: Bucket::Day,
        measures: vec![CLICKS, IMPRESSIONS],
        ..whole_april()
    };
    let partial = aggregate(&by_day, &plan).unwrap();
    assert_eq!(by_day.index.n_rows(), 1);
    assert_eq!(partial.rows, [3]);
    assert_eq!(partial.sums, [[7], [0]]);
    assert_eq!(partial.counts, [Some(vec![2]), Some(vec![0])]);
}
