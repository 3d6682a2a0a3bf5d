//! Cutting a question into sections, whose rows one after the other are the rows of the whole: for
//! answers of more groups than one answer may have.
//!
//! Invariant: a section's rows are those of the whole, cell by cell. What makes a row depend on
//! others, such as `top`, can't be cut.

use super::canonical::{MetricQuery, Order, OrderKey};
use super::dimension::Dimension;
use super::fill::Fill;
use super::range::Grain;
use crate::answer::GROUPS_MAX;
use crate::error_code::Refusal;
use crate::ids::BrandId;
use crate::time::{Date, DateRange};

impl MetricQuery {
    /// Refuses a question whose answer has more than [`GROUPS_MAX`] rows and can't be cut.
    pub fn check_divisible(&self) -> Result<(), Refusal> {
        let in_the_way = [
            (self.compare.is_some(), "compare"),
            (self.fill != Fill::None, "fill"),
            (self.top.is_some(), "top"),
        ];
        let in_the_way = in_the_way.into_iter().find(|(is_asked, _)| *is_asked);
        let Some((_, option)) = in_the_way else {
            return Ok(());
        };
        let what = format!("an answer with `{option}`, which is not exported in parts,");
        Err(Refusal::limit("groups_max", GROUPS_MAX, what).at(option))
    }

    /// The same question of its first and of its second half: of the periods, else of the brands.
    /// `None` when there is no more than one of them, or the rows are sorted by something else.
    pub fn halves(&self) -> Option<(Self, Self)> {
        self.halves_of_range().or_else(|| self.halves_of_brands())
    }

    /// The same question with one row for everything, without totals.
    pub fn as_one_row(&self) -> Self {
        Self {
            by: Vec::new(),
            labels: Vec::new(),
            grain: None,
            week_start: None,
            year_start: None,
            having: Vec::new(),
            order_by: Vec::new(),
            totals: Vec::new(),
            ..self.clone()
        }
    }

    fn halves_of_range(&self) -> Option<(Self, Self)> {
        let periods = self.periods();
        let descending = self.is_sorted_by(Dimension::Period, &periods)?;
        let middle = self.middle(&periods)?;
        let half = |from, until| {
            Some(Self {
                range: DateRange::new(from, until)?,
                ..self.clone()
            })
        };
        let first = half(self.range.from(), middle)?;
        let second = half(middle, self.range.until())?;
        Some(in_order(first, second, descending))
    }

    fn halves_of_brands(&self) -> Option<(Self, Self)> {
        let tells = [Dimension::Brand, Dimension::Campaign];
        if self.brands.len() < 2 || !tells.iter().any(|it| self.by.contains(it)) {
            return None;
        }
        let descending = self.is_sorted_by(Dimension::Brand, &self.periods())?;
        let half = |brands: &[BrandId]| Self {
            brands: brands.to_vec(),
            ..self.clone()
        };
        let (first, second) = self.brands.split_at(self.brands.len() / 2);
        Some(in_order(half(first), half(second), descending))
    }

    /// Whether the largest comes first, where the rows are sorted by this dimension before all
    /// others or not in particular.
    fn is_sorted_by(&self, dimension: Dimension, periods: &[Date]) -> Option<bool> {
        let period = OrderKey::Dimension(Dimension::Period);
        let tells_apart = |order: &&Order| order.key != period || periods.len() > 1;
        match self.order_by.iter().find(tells_apart) {
            None => Some(false),
            Some(order) if order.key == OrderKey::Dimension(dimension) => Some(order.descending),
            Some(_) => None,
        }
    }

    /// The first day of the second half. Days are cut where a month begins, if one does: sums of
    /// whole months are found again.
    fn middle(&self, periods: &[Date]) -> Option<Date> {
        let middle = *periods
            .get(periods.len() / 2)
            .filter(|_| periods.len() > 1)?;
        if self.grain != Some(Grain::Day) {
            return Some(middle);
        }
        let month = middle.first_of_month();
        Some(if month > self.range.from() {
            month
        } else {
            middle
        })
    }
}

fn in_order<T>(first: T, second: T, descending: bool) -> (T, T) {
    if descending {
        (second, first)
    } else {
        (first, second)
    }
}
