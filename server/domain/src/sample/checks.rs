//! What a row as a whole must keep to: its days, its needed columns, its levels.
//!
//! Invariant: the first problem in the order of these rules is the row's; which one it is depends
//! on today in the zone of the row's campaign.

use super::campaigns::ColumnProblem;
use super::problem::ProblemCode;
use crate::dataset::{Dataset, ShapeRule, TimeColumns};
use crate::time::{Date, day_number};

/// No fact is older: a date before it is a slip, such as `0026-04-01`.
pub const EARLIEST_DAY: Date = Date::constant(2000, 1, 1);

/// The most days over which one cost accrues: what one query may cover.
pub const COST_DAYS_MAX: i32 = 3_700;

/// What of a row decides whether it is whole: its days, and which key texts it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RowOutline {
    pub(super) from: Option<Date>,
    pub(super) until: Option<Date>,
    /// Bit `i`: the dataset's dimension `i` has a text.
    pub(super) given: u8,
}

impl RowOutline {
    /// The first rule that the row breaks.
    pub(super) fn check(self, dataset: &Dataset, today: Date) -> Result<(), ColumnProblem> {
        let is_range = dataset.time == TimeColumns::Range;
        let column = if is_range { "from" } else { "date" };
        let from = self.from.ok_or_else(|| missing(column))?;
        check_day(from, today, dataset, column)?;
        if is_range {
            let until = self.until.ok_or_else(|| missing("until"))?;
            check_until(from, until, today, dataset)?;
        }
        for (index, dimension) in dataset.dimensions.iter().enumerate() {
            if dimension.required && !self.gives(index) {
                return Err(missing(dimension.name));
            }
        }
        self.check_nesting(dataset)
    }

    fn gives(self, dimension: usize) -> bool {
        self.given & (1 << dimension) != 0
    }

    /// Refuses a text of a level without the one above it: the row would have another key than
    /// the same row with it, and the two would be added instead of one replacing the other.
    fn check_nesting(self, dataset: &Dataset) -> Result<(), ColumnProblem> {
        if dataset.shape_rule != ShapeRule::Level {
            return Ok(());
        }
        for (index, pair) in dataset.dimensions.windows(2).enumerate() {
            if pair[0].in_shape && !self.gives(index) && self.gives(index + 1) {
                let (above, below) = (pair[0].name, pair[1].name);
                let message = format!(
                    "`{above}` is empty; a row with `{below}` needs it, because both make its key"
                );
                return Err((above, ProblemCode::MissingValue, message));
            }
        }
        Ok(())
    }
}

/// The problem of a row without a value that it needs.
pub(super) fn missing(column: &'static str) -> ColumnProblem {
    (
        column,
        ProblemCode::MissingValue,
        format!("`{column}` is empty; every row needs it"),
    )
}

fn check_day(
    day: Date,
    today: Date,
    dataset: &Dataset,
    column: &'static str,
) -> Result<(), ColumnProblem> {
    if day < EARLIEST_DAY {
        let message = format!("`{day}` is before {EARLIEST_DAY}, the earliest day accepted");
        return Err((column, ProblemCode::DateTooEarly, message));
    }
    if day > today && !dataset.may_lie_ahead {
        let message = format!("`{day}` is in the future; the latest day accepted is {today}");
        return Err((column, ProblemCode::FutureDate, message));
    }
    Ok(())
}

fn check_until(
    from: Date,
    until: Date,
    today: Date,
    dataset: &Dataset,
) -> Result<(), ColumnProblem> {
    if until <= from {
        let message =
            format!("`{until}` is not after `{from}`; `until` is the first day after the range");
        return Err(("until", ProblemCode::EmptyRange, message));
    }
    if day_number(until) - day_number(from) > COST_DAYS_MAX {
        let message = format!(
            "the range is over the limit `cost_days_max` of {COST_DAYS_MAX} days; use a shorter one"
        );
        return Err(("until", ProblemCode::TooLarge, message));
    }
    if !dataset.may_lie_ahead && day_number(until) > day_number(today) + 1 {
        let message = format!(
            "the range ends after {today}, the latest day accepted, in `{}`",
            dataset.name
        );
        return Err(("until", ProblemCode::FutureDate, message));
    }
    Ok(())
}
