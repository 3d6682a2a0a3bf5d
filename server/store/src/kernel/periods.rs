//! The periods that a partition's days fall into.

use crate::kernel::plan::Bucket;
use crate::partition::PartitionIndex;

/// The most days of a month.
const MONTH_DAYS_MAX: u8 = 31;

/// The periods of a month's days.
#[derive(Debug)]
pub(super) struct Periods {
    /// By place, the number of the period's first day; ascending.
    pub(super) first_days: Vec<i32>,
    /// By day of the month, counted from 0, its period's place; never falling.
    pub(super) place_of_day: [u8; MONTH_DAYS_MAX as usize],
}

impl Periods {
    pub(super) fn of(index: &PartitionIndex, bucket: Bucket) -> Self {
        let mut periods = Self {
            first_days: Vec::new(),
            place_of_day: [0; MONTH_DAYS_MAX as usize],
        };
        // A short month's partition has no rows on the days after it.
        for day in 0..MONTH_DAYS_MAX {
            let first_day = bucket.first_day(index.day_of(day));
            if periods
                .first_days
                .last()
                .is_none_or(|last| *last != first_day)
            {
                periods.first_days.push(first_day);
            }
            let place = u8::try_from(periods.first_days.len() - 1);
            periods.place_of_day[usize::from(day)] = place.unwrap_or(MONTH_DAYS_MAX);
        }
        periods
    }
}
