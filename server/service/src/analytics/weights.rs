//! How many bytes the entries of the caches take.
//!
//! Texts and codes that entries share with others count in each: what shares them may be gone
//! before the entry is.

use std::mem::size_of;
use std::sync::Arc;

use bellwether_domain::fact::Fact;
use bellwether_domain::segment::{PartitionVersion, Removal, Segment, SegmentPart};
use bellwether_store::{DimensionFilter, Partial, PartialPlan};

use super::answer::Computed;
use super::caches::{ListKey, Listed, PartialKey, ResultKey};

/// A whole result; its key holds the question once more.
pub(super) fn of_result(key: &ResultKey, computed: &Arc<Computed>) -> usize {
    key.1.size_bytes() + computed.size_bytes()
}

/// The sums of a partition with the plan that is their key.
pub(super) fn of_partial(key: &PartialKey, partial: &Arc<Partial>) -> usize {
    partial.size_bytes() + of_plan(&key.plan)
}

fn of_plan(plan: &PartialPlan) -> usize {
    let filters = plan.filters.iter();
    let filters = filters
        .map(|filter| size_of::<DimensionFilter>() + filter.codes.capacity() * size_of::<u32>());
    size_of::<PartialPlan>()
        + plan.campaigns.as_ref().map_or(0, Vec::capacity) * size_of::<u32>()
        + (plan.dimensions.capacity() + plan.measures.capacity()) * size_of::<usize>()
        + filters.sum::<usize>()
}

/// A list of partitions with their segments, or of campaigns.
pub(super) fn of_listed(_: &ListKey, listed: &Listed) -> usize {
    match listed {
        Listed::Partitions(versions) => versions.iter().map(|version| of_version(version)).sum(),
        Listed::Campaigns(campaigns) => size_of_val::<[u32]>(campaigns),
        Listed::Classes(id) => size_of_val(id),
        Listed::Rates(rates) => rates.size_bytes(),
    }
}

fn of_version(version: &PartitionVersion) -> usize {
    let segments = version.segments.iter().map(of_segment);
    let removals = version.removals.iter().map(of_removal);
    size_of::<PartitionVersion>()
        + segments.sum::<usize>()
        + removals.sum::<usize>()
        + size_of_val(version.retracted.as_slice())
}

fn of_segment(segment: &Segment) -> usize {
    size_of::<Segment>()
        + segment.parts.capacity() * size_of::<SegmentPart>()
        + segment.path.capacity()
        + segment.sha256.capacity()
}

fn of_removal(removal: &Removal) -> usize {
    let windows = removal.attributions.iter().flatten();
    size_of::<Removal>()
        + size_of_val(removal.campaigns.as_slice())
        + size_of_val(removal.shapes.as_slice())
        + size_of_val(removal.attributions.as_slice())
        + windows.map(|text| text.len()).sum::<usize>()
}

/// Facts one by one.
pub(super) fn of_facts(facts: &[Fact]) -> usize {
    let of_fact = |fact: &Fact| {
        let texts = fact.key.texts.iter().chain([&fact.key.attribution]);
        size_of::<Fact>()
            + fact.measures.capacity() * size_of::<Option<i64>>()
            + texts.flatten().map(|text| text.len()).sum::<usize>()
    };
    facts.iter().map(of_fact).sum()
}

#[cfg(test)]
mod tests {
    use bellwether_domain::time::{DateRange, date};
    use bellwether_store::Bucket;

    use super::*;

    fn plan(campaigns: Vec<u32>, codes: Vec<u32>) -> PartialPlan {
        PartialPlan {
            days: DateRange::new(date(2026, 5, 1), date(2026, 6, 1)).unwrap(),
            bucket: Bucket::Whole,
            dimensions: Vec::new(),
            filters: vec![DimensionFilter {
                dimension: 0,
                codes,
            }],
            campaigns: Some(campaigns),
            attribution: None,
            measures: vec![0],
        }
    }

    #[test]
    fn the_campaigns_and_codes_of_a_plan_weigh() {
        let light = of_plan(&plan(vec![1], vec![1]));
        assert_eq!(of_plan(&plan(vec![1; 1_000], vec![1])) - light, 999 * 4);
        assert_eq!(of_plan(&plan(vec![1], vec![1; 1_000])) - light, 999 * 4);
    }
}
