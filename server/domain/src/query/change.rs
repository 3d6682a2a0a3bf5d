//! Which days of a question a commit touches. Pure: it says what may have changed, never what did.

use super::canonical::MetricQuery;
use crate::dataset::{Dataset, DatasetName, TimeColumns};
use crate::ids::BrandId;
use crate::time::{Date, DateRange};

/// Facts of a dataset that a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactChange {
    /// The brand; `None` when they may be of any.
    pub brand: Option<BrandId>,
    /// The dataset.
    pub dataset: DatasetName,
    /// The days; where rows stand for ranges of days, the days on which the ranges begin.
    pub days: DateRange,
}

impl MetricQuery {
    /// The days of the query's own range and of the one that it is compared with, in order.
    pub fn days_read(&self) -> Vec<DateRange> {
        let previous = self.previous().map(|previous| previous.range);
        joined(previous.into_iter().chain([self.range]))
    }

    /// The days that the query reads and this change touches, in order; none when the query
    /// doesn't see it.
    pub fn days_touched(&self, change: &FactChange) -> Vec<DateRange> {
        let is_of_its_brands = |brand| self.brands.binary_search(&brand).is_ok();
        let reads = change.dataset == self.dataset
            || (change.dataset == DatasetName::Costs && self.needs_costs());
        if !reads || !change.brand.is_none_or(is_of_its_brands) {
            return Vec::new();
        }
        let until = match Dataset::of(change.dataset).time {
            TimeColumns::Day => change.days.until(),
            // A range that begins there may end on any day after.
            TimeColumns::Range => Date::MAX,
        };
        let Some(touched) = DateRange::new(change.days.from(), until) else {
            return Vec::new();
        };
        let read = self.days_read().into_iter();
        read.filter_map(|range| range.intersect(&touched)).collect()
    }
}

/// Ranges in order, those that touch or overlap made one.
pub fn joined(ranges: impl IntoIterator<Item = DateRange>) -> Vec<DateRange> {
    let mut sorted: Vec<DateRange> = ranges.into_iter().collect();
    sorted.sort_unstable_by_key(|range| (range.from(), range.until()));
    let mut joined: Vec<DateRange> = Vec::new();
    for range in sorted {
        let last = joined.last_mut();
        match last.filter(|last| range.from() <= last.until()) {
            Some(last) => {
                let until = last.until().max(range.until());
                *last = DateRange::new(last.from(), until).unwrap_or(*last);
            }
            None => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{CompareRequest, MetricRequest, PlanContext, RangeRequest};
    use super::*;
    use crate::calendar::{Calendar, MonthOfYear};
    use crate::metric::Metric;
    use crate::rates::RatesRevision;
    use crate::time::{Timestamp, Weekday, date, date_of_day_number};

    fn brand(n: u128) -> BrandId {
        BrandId::from_parts(Timestamp::UNIX_EPOCH, n)
    }

    fn may() -> DateRange {
        DateRange::new(date(2026, 5, 1), date(2026, 6, 1)).unwrap()
    }

    /// A question about May of the first brand.
    fn of_may(metric: Metric, compare: Option<CompareRequest>) -> MetricQuery {
        let context = PlanContext {
            visible_brands: vec![brand(1), brand(2)],
            today: date(2026, 11, 22),
            calendar: Calendar {
                week_start: Weekday::Monday,
                year_start: MonthOfYear::January,
            },
            label_names: Vec::new(),
            custom_metrics: Vec::new(),
            rates: RatesRevision::default(),
        };
        let range = RangeRequest::Between {
            from: may().from(),
            until: may().until(),
        };
        let request = MetricRequest {
            brands: Some(vec![brand(1)]),
            metrics: vec![metric],
            compare,
            ..MetricRequest::over(range)
        };
        request.plan(&context).unwrap()
    }

    fn change(of: Option<u128>, dataset: DatasetName, from: Date, until: Date) -> FactChange {
        FactChange {
            brand: of.map(brand),
            dataset,
            days: DateRange::new(from, until).unwrap(),
        }
    }

    #[test]
    fn a_change_of_its_brand_dataset_and_days_touches_just_those_days() {
        let query = of_may(Metric::Impressions, None);
        let (from, until) = (date(2026, 4, 20), date(2026, 5, 4));
        let days = DateRange::new(may().from(), until).unwrap();
        for of in [Some(1), None] {
            let change = change(of, DatasetName::DeliveryDaily, from, until);
            assert_eq!(query.days_touched(&change), [days]);
        }
    }

    #[test]
    fn a_change_of_another_brand_dataset_or_month_touches_nothing() {
        let query = of_may(Metric::Impressions, None);
        let (first, tenth, june) = (date(2026, 5, 1), date(2026, 5, 10), date(2026, 6, 1));
        for change in [
            change(Some(2), DatasetName::DeliveryDaily, first, tenth),
            change(Some(1), DatasetName::AudienceDaily, first, tenth),
            change(Some(1), DatasetName::Costs, first, tenth),
            change(Some(1), DatasetName::DeliveryDaily, june, date(2026, 6, 2)),
        ] {
            assert_eq!(query.days_touched(&change), [], "{change:?}");
        }
    }

    #[test]
    fn a_cost_touches_every_later_day_of_a_metric_that_has_costs_in_it() {
        let query = of_may(Metric::Roi, None);
        let (begin, end) = (date(2026, 3, 5), date(2026, 3, 6));
        let cost = change(Some(1), DatasetName::Costs, begin, end);
        assert_eq!(query.days_touched(&cost), [may()]);
    }

    #[test]
    fn a_change_of_the_range_compared_with_is_seen() {
        let compare = CompareRequest::PreviousPeriod {
            weekday_aligned: false,
        };
        let query = of_may(Metric::Impressions, Some(compare));
        let (tenth, next) = (date(2026, 4, 10), date(2026, 4, 11));
        let change = change(Some(1), DatasetName::DeliveryDaily, tenth, next);
        assert_eq!(
            query.days_touched(&change),
            [DateRange::new(tenth, next).unwrap()]
        );
        assert_eq!(query.days_read().len(), 1, "two ranges that touch are one");
    }

    fn range((from, n_days): (i32, i32)) -> DateRange {
        let day = |number| date_of_day_number(number).unwrap();
        DateRange::new(day(from), day(from + n_days)).unwrap()
    }

    proptest! {
        #[test]
        fn joined_ranges_hold_the_same_days_and_lie_apart(
            ranges in prop::collection::vec((20_000..20_060_i32, 1..9_i32), 0..9),
        ) {
            let ranges: Vec<DateRange> = ranges.into_iter().map(range).collect();
            let joined = joined(ranges.clone());
            for number in 19_990..20_080 {
                let day = date_of_day_number(number).unwrap();
                let is_in = |ranges: &[DateRange]| ranges.iter().any(|it| it.contains(day));
                prop_assert_eq!(is_in(&ranges), is_in(&joined));
            }
            prop_assert!(joined.windows(2).all(|two| two[0].until() < two[1].from()));
        }
    }
}
