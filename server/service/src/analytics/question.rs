//! The facts part of a query: what each partition is asked, in codes.

use bellwether_domain::codes::CODE_OF_NOTHING;
use bellwether_domain::dataset::{ATTRIBUTION_UNSPECIFIED, Dataset, DatasetName};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::Component;
use bellwether_domain::query::{Grain, MetricQuery};
use bellwether_domain::time::{DateRange, Month, Weekday};
use bellwether_store::{ATTRIBUTION_CODES, Bucket, DimensionFilter, PartialPlan};

use super::keeps::Keeps;
use crate::attributes::Attributes;

/// Up to this part of a partition's campaigns a plan names those that it is about, and the store
/// reads only their rows. Beyond it all campaigns are summed, so that other queries find the sums.
pub(super) const NAMED_CAMPAIGNS_PART: usize = 4;

/// The facts part of a query; `None` when its filters leave nothing to read.
pub(super) fn plan(
    query: &MetricQuery,
    attributes: &Attributes,
) -> Result<Option<PartialPlan>, Refusal> {
    let attribution = attribution_code(query, attributes)?;
    let dataset = Dataset::of(query.dataset);
    let tested = query.tested_dimensions();
    let dimensions = query
        .by
        .iter()
        .chain(&tested)
        .filter_map(|by| dataset.dimension_index(by.fact_column()?))
        .collect();
    let mut filters = Vec::new();
    for filter in &query.filters {
        let Some(dimension) = filter
            .dimension
            .fact_column()
            .and_then(|column| dataset.dimension_index(column))
        else {
            continue;
        };
        let column = dataset.dimensions[dimension].name;
        let mut codes: Vec<u32> = filter
            .values
            .iter()
            .filter_map(|value| attributes.codes.code(column, value))
            .collect();
        if codes.is_empty() {
            return Ok(None);
        }
        codes.sort_unstable();
        filters.push(DimensionFilter { dimension, codes });
    }
    let Some(campaigns) = asked_campaigns(query, attributes) else {
        return Ok(None);
    };
    Ok(Some(PartialPlan {
        days: query.range,
        bucket: bucket(query, attributes),
        dimensions,
        filters,
        campaigns,
        attribution,
        measures: measures(query),
    }))
}

/// The campaigns that a plan names: `Some(None)` for all of the agency, `None` when nothing is
/// left. Each partition is asked for those of them that it holds.
#[expect(
    clippy::option_option,
    reason = "no campaign differs from no choice of campaigns"
)]
fn asked_campaigns(query: &MetricQuery, attributes: &Attributes) -> Option<Option<Vec<u32>>> {
    let keeps = Keeps::of(query, attributes);
    let kept: Vec<u32> = attributes
        .coded_campaigns()
        .filter(|(_, campaign)| keeps.some_of(campaign))
        .map(|(code, _)| code)
        .collect();
    if kept.is_empty() {
        return None;
    }
    let are_all = kept.len() == attributes.n_campaign_codes();
    Some((!are_all).then_some(kept))
}

/// The code of the attribution window that the query asks for.
fn attribution_code(query: &MetricQuery, attributes: &Attributes) -> Result<Option<u32>, Refusal> {
    let Some(window) = &query.attribution.window else {
        return Ok(None);
    };
    if window.eq_ignore_ascii_case(ATTRIBUTION_UNSPECIFIED) {
        return Ok(Some(CODE_OF_NOTHING));
    }
    let code = attributes.codes.code(ATTRIBUTION_CODES, window);
    code.map(Some).ok_or_else(|| {
        let known = attributes.codes.texts(ATTRIBUTION_CODES).iter().flatten();
        Refusal::invalid(format!("no facts have the attribution window `{window}`"))
            .at("attribution.window")
            .with_allowed(
                known
                    .map(ToString::to_string)
                    .chain([ATTRIBUTION_UNSPECIFIED.to_owned()]),
            )
    })
}

/// The plan for the media cost of campaigns by day, which costs are spread by.
pub(super) fn spend_plan(days: DateRange) -> Option<PartialPlan> {
    let spend = Dataset::of(DatasetName::DeliveryDaily).measure_index("spend")?;
    Some(PartialPlan {
        days,
        bucket: Bucket::Day,
        dimensions: Vec::new(),
        filters: Vec::new(),
        campaigns: None,
        attribution: None,
        measures: vec![spend],
    })
}

/// The plan for one month: its days are those of the month that the plan asks for, so that
/// ranges which cover the month whole ask the same of it.
pub(super) fn plan_for_month(plan: &PartialPlan, month: Month) -> Option<PartialPlan> {
    let days = month.days().intersect(&plan.days)?;
    Some(PartialPlan {
        days,
        ..plan.clone()
    })
}

/// The periods of the sums that a query needs of the facts.
pub(super) fn bucket(query: &MetricQuery, attributes: &Attributes) -> Bucket {
    if reads_days_to_convert(query, attributes) {
        Bucket::Day
    } else {
        period_bucket(query)
    }
}

/// Whether sums are read by day because each day's money has a rate of its own: some campaign that
/// is asked for has another currency than the answer.
pub(super) fn reads_days_to_convert(query: &MetricQuery, attributes: &Attributes) -> bool {
    let Some(conversion) = query.conversion else {
        return false;
    };
    let keeps = Keeps::of(query, attributes);
    let mut campaigns = attributes.coded_campaigns();
    campaigns.any(|(_, campaign)| campaign.currency != conversion.into && keeps.some_of(campaign))
}

/// The periods of a query's rows, or parts of them.
pub(super) fn period_bucket(query: &MetricQuery) -> Bucket {
    match (query.grain, query.week_start) {
        (None, _) => Bucket::Whole,
        (Some(Grain::Day), _) => Bucket::Day,
        (Some(Grain::Week), Some(week_start)) => Bucket::Week(week_start),
        (Some(Grain::Week), None) => Bucket::Week(Weekday::Monday),
        // Quarters and years are put together of months, whose sums serve other questions too.
        (Some(Grain::Month | Grain::Quarter | Grain::Year), _) => Bucket::Month,
    }
}

/// The places of the measures that the query's components name, in the components' order.
pub(super) fn measures(query: &MetricQuery) -> Vec<usize> {
    let dataset = Dataset::of(query.dataset);
    let components = query.components();
    let measured = components.iter().filter_map(|component| match component {
        Component::Measure(name) => dataset.measure_index(name),
        Component::Cost(_) => None,
    });
    measured.collect()
}
