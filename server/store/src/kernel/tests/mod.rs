//! The kernels against the rules: one by one, and all at once against a naive fold.

mod naive;
mod random;
mod rules;

use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::Fact;
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::{DateRange, date};

use super::plan::{Bucket, PartialPlan};
use crate::Partition;
use crate::decode::Rows;
use crate::encode::{batch_of, file_bytes, sorted_facts};
use crate::sample_facts::{agency, april, codes, partition, version_of};

const IMPRESSIONS: usize = 0;
const CLICKS: usize = 1;

/// The partition of these commits, through the bytes of segment files but not through a disk.
fn built(dataset: DatasetName, commits: &[Vec<Fact>]) -> Partition {
    let name = partition(dataset);
    let mut rows = Rows::new(Dataset::of(dataset), None);
    for (number, facts) in (1..).zip(commits) {
        let sorted = sorted_facts(name, facts).unwrap();
        let bytes = file_bytes(
            Dataset::of(dataset),
            &[batch_of(Dataset::of(dataset), &sorted)],
        )
        .unwrap();
        rows.read(bytes.into(), CommitNumber(number)).unwrap();
    }
    Partition::build(&version_of(agency(1), name, Vec::new()), rows, &codes()).unwrap()
}

fn whole_april() -> PartialPlan {
    PartialPlan {
        days: DateRange::new(april(1), date(2026, 5, 1)).unwrap(),
        bucket: Bucket::Whole,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: vec![IMPRESSIONS],
    }
}
