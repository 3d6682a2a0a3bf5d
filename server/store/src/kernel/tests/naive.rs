//! Aggregation as plain as it can be: maps and loops, written straight from the rules.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::{Dataset, ShapeRule};
use bellwether_domain::fact::{Fact, FactKey, Shape, Text};
use bellwether_domain::time::day_number;

use crate::kernel::plan::PartialPlan;
use crate::sample_facts::codes;
use crate::{Group, Partial};

/// Rows, and by measure the sum and the number of values.
type Sums = (u64, Vec<(i128, u64)>);

/// What the kernels should answer.
pub(super) fn naive(dataset: &Dataset, commits: &[Vec<Fact>], plan: &PartialPlan) -> Partial {
    let codes = codes();
    let mut groups = BTreeMap::<Group, Sums>::new();
    let mut last_days = BTreeMap::new();
    for fact in counting_facts(dataset, commits, plan.needed_shape(dataset)) {
        let row = Row::of(dataset, &fact, &codes);
        if !plan.days.contains(fact.key.from) || !row.passes(plan) {
            continue;
        }
        let none_yet = || (0, vec![(0, 0); plan.measures.len()]);
        let (rows, sums) = groups.entry(row.group(plan)).or_insert_with(none_yet);
        *rows += 1;
        for (sum, measure) in sums.iter_mut().zip(&plan.measures) {
            sum.0 += i128::from(fact.measures[*measure].unwrap_or(0));
            sum.1 += u64::from(fact.measures[*measure].is_some());
        }
        let last = last_days.entry(row.campaign).or_insert(row.day);
        *last = row.day.max(*last);
    }
    let column = |place: usize| groups.values().map(move |(_, sums)| sums[place]);
    let places = 0..plan.measures.len();
    let partial = Partial {
        groups: groups.keys().copied().collect(),
        rows: groups.values().map(|(rows, _)| *rows).collect(),
        sums: places
            .clone()
            .map(|it| {
                column(it)
                    .map(|(sum, _)| i64::try_from(sum).unwrap())
                    .collect()
            })
            .collect(),
        counts: places
            .map(|it| Some(column(it).map(|(_, count)| count).collect()))
            .collect(),
        last_days: last_days.into_iter().collect(),
    };
    partial.settled()
}

/// A fact by its codes.
struct Row {
    campaign: u32,
    attribution: u32,
    day: i32,
    codes: Vec<u32>,
}

impl Row {
    fn of(dataset: &Dataset, fact: &Fact, codes: &CodeTable) -> Self {
        let code = |dimension: &str, text: Option<&Text>| {
            // Ids of ad groups and ads have no codes, and no plan asks for them.
            text.map_or(0, |text| codes.code(dimension, text).unwrap_or(u32::MAX))
        };
        let key = &fact.key;
        let campaign = key.campaign.map(|id| Text::from(id.to_string()));
        let texts = dataset.dimensions.iter().zip(&key.texts);
        Self {
            campaign: code("campaign", campaign.as_ref()),
            attribution: code("attribution", key.attribution.as_ref()),
            day: day_number(key.from),
            codes: texts
                .map(|(dimension, text)| code(dimension.name, text.as_ref()))
                .collect(),
        }
    }

    fn passes(&self, plan: &PartialPlan) -> bool {
        plan.filters
            .iter()
            .all(|it| it.codes.contains(&self.codes[it.dimension]))
            && plan
                .campaigns
                .as_ref()
                .is_none_or(|asked| asked.contains(&self.campaign))
            && plan
                .attribution
                .is_none_or(|asked| asked == self.attribution)
    }

    fn group(&self, plan: &PartialPlan) -> Group {
        let mut codes = [0; 3];
        for (code, dimension) in codes.iter_mut().zip(&plan.dimensions) {
            *code = self.codes[*dimension];
        }
        Group {
            campaign: self.campaign,
            attribution: self.attribution,
            bucket: plan.bucket.first_day(self.day),
            codes,
        }
    }
}

/// The newest fact of each key, of the one level or breakdown that counts.
fn counting_facts(dataset: &Dataset, commits: &[Vec<Fact>], needed: Shape) -> Vec<Fact> {
    let mut newest = BTreeMap::<FactKey, Fact>::new();
    for fact in commits.iter().flatten() {
        newest.insert(fact.key.clone(), fact.clone());
    }
    let mut days = BTreeMap::<_, Vec<Fact>>::new();
    for fact in newest.into_values() {
        let key = &fact.key;
        let day = (key.campaign, key.from, key.attribution.clone());
        days.entry(day).or_default().push(fact);
    }
    days.into_values()
        .flat_map(|facts| counting(dataset, facts, needed))
        .collect()
}

/// Those facts of one campaign, day and window that count.
fn counting(dataset: &Dataset, facts: Vec<Fact>, needed: Shape) -> Vec<Fact> {
    // A level is told by its deepest id.
    let shape = |fact: &Fact| match (dataset.shape_rule, fact.key.shape(dataset)) {
        (ShapeRule::Level, Shape(0b10)) => Shape(0b11),
        (_, shape) => shape,
    };
    let present: BTreeSet<Shape> = facts.iter().map(shape).collect();
    let chosen = Shape::coarsest_covering(present, needed);
    facts
        .into_iter()
        .filter(|fact| Some(shape(fact)) == chosen)
        .collect()
}
