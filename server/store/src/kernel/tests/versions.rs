//! Random histories of a partition: whole and merging commits, removals, retractions, older
//! snapshots, compaction. What is read agrees with the rule applied row by row.

use std::collections::BTreeMap;

use bellwether_domain::dataset::DatasetName::{AudienceDaily, DeliveryDaily};
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::{Fact, FactKey};
use bellwether_domain::segment::{CommitNumber, PartitionVersion, Removal, SegmentPart};
use bellwether_domain::time::{DateRange, date};
use proptest::prelude::*;

use super::naive::naive;
use super::random::{any_commits, any_plan};
use super::{CLICKS, IMPRESSIONS, view_of};
use crate::StoredRow;
use crate::files::Files;
use crate::kernel::aggregate_with;
use crate::kernel::plan::PartialPlan;
use crate::rewrite::file_of_rows;
use crate::sample_facts::{agency, april, partition, segment_of, version_of};
use crate::winners::Winners;

/// What befalls each commit.
#[derive(Debug, Clone)]
struct Fate {
    /// The measures that its rows speak of, when they aren't whole.
    speaks_of: Option<u64>,
    /// The days that it replaces, as a range.
    replaces: Option<(i8, i8)>,
    is_retracted: bool,
}

#[derive(Debug)]
struct History {
    dataset: DatasetName,
    commits: Vec<Vec<Fact>>,
    fates: Vec<Fate>,
    up_to: i64,
    /// How many of the oldest commits were compacted to one segment.
    n_compacted: usize,
}

fn any_fate() -> impl Strategy<Value = Fate> {
    let mask = prop::sample::select(vec![0b01, 0b10, 0b11, 0]);
    let days = prop::option::weighted(0.3, (1..=4_i8, 1..=3_i8));
    (
        prop::option::weighted(0.4, mask),
        days,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(speaks_of, replaces, is_retracted)| Fate {
            speaks_of,
            replaces,
            is_retracted,
        })
}

fn any_case() -> impl Strategy<Value = (History, PartialPlan)> {
    let dataset = prop::sample::select(vec![DeliveryDaily, AudienceDaily]);
    dataset.prop_flat_map(|dataset| {
        let fates = prop::collection::vec(any_fate(), 3);
        let given = (any_commits(dataset), fates, 0..5_i64, 0..4_usize);
        let history = given.prop_map(move |(commits, fates, up_to, n_compacted)| History {
            dataset,
            n_compacted: n_compacted.min(commits.len()),
            commits,
            fates,
            up_to,
        });
        (history, any_plan(dataset))
    })
}

impl History {
    /// The rows of a commit as they are stored, in the order of their keys.
    fn rows(&self, place: usize) -> Vec<StoredRow> {
        let merged_measures = self.fates[place].speaks_of;
        let speaks = |measure: usize| merged_measures.is_none_or(|it| it & (1 << measure) != 0);
        let rows = self.commits[place].iter().map(|fact| {
            let mut fact = fact.clone();
            for (measure, value) in fact.measures.iter_mut().enumerate() {
                *value = value.filter(|_| speaks(measure));
            }
            StoredRow {
                fact,
                commit: commit_of(place),
                merged_measures,
            }
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| a.fact.key.cmp(&b.fact.key));
        rows
    }

    fn version(&self) -> (PartitionVersion, Vec<Vec<u8>>) {
        let name = partition(self.dataset);
        let dataset = Dataset::of(self.dataset);
        let mut segments = Vec::new();
        let mut files = Vec::new();
        let (compacted, alone) = (0..self.n_compacted, self.n_compacted..self.commits.len());
        for places in std::iter::once(compacted).chain(alone.map(|it| it..it + 1)) {
            let mut rows: Vec<_> = places.clone().flat_map(|place| self.rows(place)).collect();
            if rows.is_empty() {
                continue;
            }
            rows.sort_by(|a, b| (&a.fact.key, a.commit).cmp(&(&b.fact.key, b.commit)));
            let file = file_of_rows(dataset, &rows);
            let mut segment = segment_of(name, commit_of(places.end - 1).0, &file);
            let batch = segment.parts[0].batch;
            let parts = places.map(commit_of);
            segment.parts = parts.map(|commit| SegmentPart { commit, batch }).collect();
            segments.push(segment);
            files.push(file);
        }
        let seen = (0..self.commits.len()).filter(|place| commit_of(*place).0 <= self.up_to);
        let retracted = seen.clone().filter(|place| self.fates[*place].is_retracted);
        let counting = seen.filter(|place| !self.fates[*place].is_retracted);
        let version = PartitionVersion {
            up_to: CommitNumber(self.up_to),
            removals: counting.filter_map(|place| self.removal(place)).collect(),
            retracted: retracted.map(commit_of).collect(),
            ..version_of(agency(1), name, segments)
        };
        (version, files)
    }

    fn removal(&self, place: usize) -> Option<Removal> {
        let (first, length) = self.fates[place].replaces?;
        let dataset = Dataset::of(self.dataset);
        let keys = || self.commits[place].iter().map(|fact| &fact.key);
        Some(Removal {
            commit: commit_of(place),
            days: DateRange::new(april(first), april(first + length))?,
            campaigns: sorted(keys().filter_map(|key| key.campaign)),
            shapes: sorted(keys().map(|key| key.shape(dataset))),
            attributions: sorted(keys().map(|key| key.attribution.clone())),
        })
    }

    /// The facts that count, row by row from the rule.
    fn counting_facts(&self) -> Vec<Fact> {
        let (version, _) = self.version();
        let mut facts = BTreeMap::<FactKey, Fact>::new();
        for row in (0..self.commits.len()).flat_map(|place| self.rows(place)) {
            if row.commit > version.up_to || version.retracted.contains(&row.commit) {
                continue;
            }
            if version.removals.iter().any(|it| self.is_taken(it, &row)) {
                continue;
            }
            let older = facts.entry(row.fact.key.clone()).or_insert_with(|| Fact {
                key: row.fact.key.clone(),
                measures: vec![None; row.fact.measures.len()],
            });
            for (measure, value) in row.fact.measures.iter().enumerate() {
                if row
                    .merged_measures
                    .is_none_or(|it| it & (1 << measure) != 0)
                {
                    older.measures[measure] = *value;
                }
            }
        }
        facts.into_values().collect()
    }

    fn is_taken(&self, removal: &Removal, row: &StoredRow) -> bool {
        let key = &row.fact.key;
        // An ad without its ad group is of the same level as one with it.
        let is_ad = |shape: u8| self.dataset == DeliveryDaily && shape & 0b10 != 0;
        let shape = key.shape(Dataset::of(self.dataset));
        let same = |other: u8| shape.0 == other || is_ad(shape.0) && is_ad(other);
        row.commit < removal.commit
            && removal.days.contains(key.from)
            && removal.campaigns.contains(&key.campaign.unwrap())
            && removal.attributions.contains(&key.attribution)
            && removal.shapes.iter().any(|other| same(other.0))
    }
}

fn commit_of(place: usize) -> CommitNumber {
    CommitNumber(i64::try_from(place).unwrap() + 1)
}

fn sorted<T: Ord>(things: impl Iterator<Item = T>) -> Vec<T> {
    let mut things: Vec<T> = things.collect();
    things.sort();
    things.dedup();
    things
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_counts_in_any_history_is_what_the_rule_says((history, plan) in any_case()) {
        let (version, files) = history.version();
        let facts = history.counting_facts();
        let view = view_of(&version, files.clone());
        let expected = naive(Dataset::of(history.dataset), std::slice::from_ref(&facts), &plan);
        prop_assert_eq!(&aggregate_with(&view, &plan, usize::MAX).unwrap(), &expected);
        prop_assert_eq!(&aggregate_with(&view, &plan, 0).unwrap(), &expected);

        let files = files.into_iter().map(Into::into).collect();
        let opened = Files::open(version.segments.clone(), files).unwrap();
        let mut winners = Winners::new(&version);
        for row in opened.rows().unwrap() {
            winners.add(row.unwrap());
        }
        prop_assert_eq!(winners.finish(), facts);
    }
}

#[test]
fn a_measure_that_a_merging_commit_left_out_keeps_its_older_value() {
    use crate::sample_facts::{FactWith, fact};
    let whole = fact(DeliveryDaily, 1, 1)
        .measure(IMPRESSIONS, 100)
        .measure(CLICKS, 5);
    let merging = fact(DeliveryDaily, 1, 1).measure(CLICKS, 6);
    let not_merging = Fate {
        speaks_of: None,
        replaces: None,
        is_retracted: false,
    };
    let history = History {
        dataset: DeliveryDaily,
        commits: vec![vec![whole], vec![merging]],
        fates: vec![
            not_merging.clone(),
            Fate {
                speaks_of: Some(1 << CLICKS),
                ..not_merging
            },
        ],
        up_to: 2,
        n_compacted: 0,
    };
    let (version, files) = history.version();
    let plan = PartialPlan {
        days: DateRange::new(april(1), date(2026, 5, 1)).unwrap(),
        measures: vec![IMPRESSIONS, CLICKS],
        ..super::whole_april()
    };
    let partial = crate::aggregate(&view_of(&version, files), &plan).unwrap();
    assert_eq!(partial.sums, [[100], [6]]);
}
