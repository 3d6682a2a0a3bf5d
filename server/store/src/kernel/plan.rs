//! The facts part of a query: what one partition is asked.
//!
//! Equal plans on equal partition versions give equal partials, so a plan is a cache key.

use bellwether_domain::dataset::{Dataset, KEY_DIMENSIONS_MAX, MeasureKind, ShapeRule};
use bellwether_domain::fact::Shape;
use bellwether_domain::time::{DateRange, Weekday, date_of_day_number, day_number};

use crate::column::ColumnName;
use crate::kernel::partial::WHOLE_PERIOD;
use crate::{Error, Result};

/// The most filters of a plan; a dataset has fewer dimensions.
const FILTERS_MAX: usize = 64;

/// How days are put together to periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// All days are one period.
    Whole,
    /// Each day.
    Day,
    /// Weeks that start on this day; the first day may lie in the month before.
    Week(Weekday),
    /// Calendar months.
    Month,
}

/// A dimension and the codes that a row may have in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DimensionFilter {
    /// The dimension's place in the dataset.
    pub dimension: usize,
    /// The codes let through; none lets nothing through.
    pub codes: Vec<u32>,
}

/// What is asked of the facts of one partition. The answer is always grouped by campaign and
/// attribution window too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartialPlan {
    /// The days that count.
    pub days: DateRange,
    /// How they are put together.
    pub bucket: Bucket,
    /// The places of the dimensions to group by, each once.
    pub dimensions: Vec<usize>,
    /// What rows must have; all of them.
    pub filters: Vec<DimensionFilter>,
    /// The codes of the campaigns that count, ascending; `None` is all, with code 0 among them.
    pub campaigns: Option<Vec<u32>>,
    /// The one attribution window that counts; `None` is all, each a group of its own.
    pub attribution: Option<u32>,
    /// The places of the measures to sum.
    pub measures: Vec<usize>,
}

impl PartialPlan {
    /// The dimensions that a row must give to count: of those asked for, the ones that make its
    /// level or breakdown.
    pub fn needed_shape(&self, dataset: &Dataset) -> Shape {
        let in_shape = |place: &usize| dataset.dimensions.get(*place).is_some_and(|it| it.in_shape);
        Shape::of_dimensions(self.asked_dimensions().filter(in_shape))
    }

    /// The columns that [`crate::aggregate`] reads for this plan, each once.
    pub fn columns(&self) -> Vec<ColumnName> {
        let measures = self.measures.iter().copied().map(ColumnName::Measure);
        let mut columns: Vec<_> = self
            .asked_dimensions()
            .map(ColumnName::Dimension)
            .chain(measures)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether a roll-up by campaign, attribution window and day answers it: nothing is asked of
    /// dimensions.
    pub fn is_covered_by_roll_up(&self) -> bool {
        self.dimensions.is_empty() && self.filters.is_empty()
    }

    /// The dimensions grouped or filtered by.
    fn asked_dimensions(&self) -> impl Iterator<Item = usize> {
        let filtered = self.filters.iter().map(|filter| filter.dimension);
        self.dimensions.iter().copied().chain(filtered)
    }

    pub(crate) fn require_legal(&self, dataset: &Dataset) -> Result<()> {
        let n_dimensions = dataset.dimensions.len();
        for dimension in self.asked_dimensions() {
            require(
                dimension < n_dimensions,
                "a dimension is one of the dataset's",
            )?;
            require(
                dataset.dimensions.get(dimension).is_some_and(|it| it.coded),
                "only dimensions with codes are asked for",
            )?;
        }
        let few = self.dimensions.len() <= KEY_DIMENSIONS_MAX;
        require(few, "each dimension is grouped by once")?;
        let few = self.filters.len() <= FILTERS_MAX;
        require(few, "a plan has few filters")?;
        let is_breakdown = dataset.shape_rule == ShapeRule::Breakdown;
        let stands_for_total = is_breakdown && self.needed_shape(dataset) == Shape(0);
        require(
            !stands_for_total,
            "a breakdown never stands for the campaign's total",
        )?;
        for measure in &self.measures {
            let kind = dataset.measures.get(*measure).map(|measure| measure.kind);
            require(kind.is_some(), "a measure is one of the dataset's")?;
            let is_choice = matches!(kind, Some(MeasureKind::Choice(_)));
            require(!is_choice, "words are never summed")?;
        }
        Ok(())
    }
}

fn require(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::BrokenRule { rule })
}

impl Bucket {
    /// The number of the first day of the period in which the day lies.
    pub fn first_day(self, day: i32) -> i32 {
        match self {
            Self::Whole => WHOLE_PERIOD,
            Self::Day => day,
            Self::Week(start) => date_of_day_number(day)
                .map_or(day, |date| day - i32::from(date.weekday().since(start))),
            Self::Month => {
                date_of_day_number(day).map_or(day, |date| day_number(date.first_of_month()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::time::date;

    #[test]
    fn a_week_starts_on_the_day_asked_for_also_before_its_month() {
        let friday = day_number(date(2026, 5, 1));
        let first_day = |start| date_of_day_number(Bucket::Week(start).first_day(friday)).unwrap();
        assert_eq!(first_day(Weekday::Monday), date(2026, 4, 27));
        assert_eq!(first_day(Weekday::Friday), date(2026, 5, 1));
        assert_eq!(first_day(Weekday::Saturday), date(2026, 4, 25));
    }

    #[test]
    fn a_month_starts_on_its_first_day() {
        let day = day_number(date(2026, 5, 31));
        assert_eq!(Bucket::Month.first_day(day), day_number(date(2026, 5, 1)));
    }
}
