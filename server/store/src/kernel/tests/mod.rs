//! The kernels against the rules: one by one, and all at once against a naive fold.

mod naive;
mod random;
mod roll_ups;
mod rules;
mod versions;

use std::sync::Arc;

use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::Fact;
use bellwether_domain::segment::PartitionVersion;
use bellwether_domain::time::{DateRange, date};

use super::plan::{Bucket, PartialPlan};
use crate::encode::file_of;
use crate::files::Files;
use crate::sample_facts::{agency, april, codes, partition, segment_of, version_of};
use crate::{ColumnName, PartitionView};

const IMPRESSIONS: usize = 0;
const CLICKS: usize = 1;
/// Money in the audience dataset, video plays in the delivery one: both are numbers here.
const SPEND: usize = 8;

/// The partition of these commits, with all its columns, through the bytes of segment files but
/// not through a disk.
fn built(dataset: DatasetName, commits: &[Vec<Fact>]) -> PartitionView {
    let name = partition(dataset);
    let files: Vec<_> = commits.iter().map(|facts| file_of(name, facts)).collect();
    let segments = (1..).zip(&files);
    let segments = segments.map(|(commit, file)| segment_of(name, commit, file));
    let version = version_of(agency(1), name, segments.collect());
    view_of(&version, files)
}

/// The view of a version with all its columns, whose files these are.
fn view_of(version: &PartitionVersion, files: Vec<Vec<u8>>) -> PartitionView {
    let files = files.into_iter().map(Into::into).collect();
    let files = Files::open(version.segments.clone(), files).unwrap();
    let index = files.index(version, &codes()).unwrap();
    let dataset = Dataset::of(version.name.dataset);
    let coded = (0..dataset.dimensions.len()).filter(|place| dataset.dimensions[*place].coded);
    let measures = (0..dataset.measures.len()).map(ColumnName::Measure);
    let names: Vec<_> = coded.map(ColumnName::Dimension).chain(measures).collect();
    let columns = files
        .columns(dataset, &index.placement, &codes(), &names)
        .unwrap();
    PartitionView {
        index: Arc::new(index),
        columns: names
            .into_iter()
            .zip(columns.into_iter().map(Arc::new))
            .collect(),
    }
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
