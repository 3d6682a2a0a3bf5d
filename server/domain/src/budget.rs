//! Points that queries cost, and buckets that they are taken from.
//!
//! A point is about a millisecond of one core. A bucket begins full, gives what a query costs
//! before it runs, and fills again at a steady rate.
//! Invariant: a bucket never holds more than its allowance, and a clock that goes back takes
//! nothing away.

use crate::time::Timestamp;

/// How many rows that are read come to a point.
pub const ROWS_A_POINT: u64 = 500_000;

/// The most points of an allowance: with millionths, they fit 64 bits.
const POINTS_MAX: u64 = 1_000_000_000_000;

const MICROS_A_POINT: u64 = 1_000_000;

/// What somebody may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    points_max: u64,
    points_per_s: u64,
}

impl Allowance {
    /// So many points at once, and so many back each second; at least one of both.
    pub fn new(points_max: u64, points_per_s: u64) -> Self {
        Self {
            points_max: points_max.clamp(1, POINTS_MAX),
            points_per_s: points_per_s.clamp(1, POINTS_MAX),
        }
    }

    /// The most points at once.
    pub fn points_max(self) -> u64 {
        self.points_max
    }

    /// The points that come back each second.
    pub fn points_per_s(self) -> u64 {
        self.points_per_s
    }
}

/// Why a bucket doesn't give what is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It holds enough after so many seconds.
    ForSeconds(u32),
    /// It never holds so much.
    ForEver,
}

/// The points of one token or agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Millionths of points that were spent and have not come back.
    spent_micros: u64,
    at: Timestamp,
}

impl Bucket {
    /// A full one.
    pub fn full(now: Timestamp) -> Self {
        Self {
            spent_micros: 0,
            at: now,
        }
    }

    /// Brings the bucket up to the moment.
    fn refill(&mut self, allowance: Allowance, now: Timestamp) {
        let elapsed_us = now
            .as_microsecond()
            .saturating_sub(self.at.as_microsecond());
        let elapsed_us = u64::try_from(elapsed_us).unwrap_or(0);
        let restored = elapsed_us.saturating_mul(allowance.points_per_s);
        self.spent_micros = self.spent_micros.saturating_sub(restored);
        self.at = self.at.max(now);
    }

    /// Whole points that are there.
    pub fn available(&mut self, allowance: Allowance, now: Timestamp) -> u64 {
        self.refill(allowance, now);
        (allowance.points_max * MICROS_A_POINT).saturating_sub(self.spent_micros) / MICROS_A_POINT
    }

    /// Whether it lacks nothing, so that it need not be remembered.
    pub fn is_full(&mut self, allowance: Allowance, now: Timestamp) -> bool {
        self.refill(allowance, now);
        self.spent_micros == 0
    }

    /// Whether so many points are there; takes none.
    pub fn can_give(
        &mut self,
        points: u64,
        allowance: Allowance,
        now: Timestamp,
    ) -> Result<(), Lack> {
        if points > allowance.points_max {
            return Err(Lack::ForEver);
        }
        self.refill(allowance, now);
        let after = self.spent_micros + points * MICROS_A_POINT;
        let lacking = after.saturating_sub(allowance.points_max * MICROS_A_POINT);
        if lacking == 0 {
            return Ok(());
        }
        let seconds = lacking.div_ceil(allowance.points_per_s * MICROS_A_POINT);
        Err(Lack::ForSeconds(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    /// Takes so many points, which [`can_give`](Bucket::can_give) found there.
    pub fn take(&mut self, points: u64) {
        let micros = points.saturating_mul(MICROS_A_POINT);
        self.spent_micros = self.spent_micros.saturating_add(micros);
    }

    /// Puts points back that were taken for nothing.
    pub fn put_back(&mut self, points: u64) {
        let micros = points.saturating_mul(MICROS_A_POINT);
        self.spent_micros = self.spent_micros.saturating_sub(micros);
    }
}

/// The points for reading so many rows, at least one where there are any.
pub fn points_of_rows(n_rows: u64) -> u64 {
    n_rows.div_ceil(ROWS_A_POINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// A bucket from which this is taken if it is there.
    fn take(bucket: &mut Bucket, points: u64, now: Timestamp) -> Result<(), Lack> {
        bucket.can_give(points, TEN, now)?;
        bucket.take(points);
        Ok(())
    }

    const TEN: Allowance = Allowance {
        points_max: 10,
        points_per_s: 2,
    };

    #[test]
    fn a_bucket_gives_all_that_it_has_and_not_one_point_more() {
        let mut bucket = Bucket::full(at(0));
        assert_eq!(take(&mut bucket, 10, at(0)), Ok(()));
        assert_eq!(take(&mut bucket, 1, at(0)), Err(Lack::ForSeconds(1)));
        assert_eq!(take(&mut bucket, 5, at(0)), Err(Lack::ForSeconds(3)));
        assert_eq!(take(&mut bucket, 11, at(0)), Err(Lack::ForEver));
    }

    #[test]
    fn points_come_back_with_time_up_to_the_allowance() {
        let mut bucket = Bucket::full(at(0));
        bucket.take(10);
        assert_eq!(bucket.available(TEN, at(0)), 0);
        assert_eq!(bucket.available(TEN, at(3)), 6);
        assert_eq!(
            bucket.available(TEN, at(2)),
            6,
            "a clock that goes back takes nothing"
        );
        assert_eq!(bucket.available(TEN, at(1_000)), 10);
        assert!(bucket.is_full(TEN, at(1_000)));
    }

    #[test]
    fn what_is_told_to_wait_is_enough() {
        let mut bucket = Bucket::full(at(0));
        bucket.take(10);
        assert_eq!(take(&mut bucket, 7, at(0)), Err(Lack::ForSeconds(4)));
        assert_eq!(take(&mut bucket, 7, at(4)), Ok(()));
    }

    #[test]
    fn what_is_put_back_never_overfills() {
        let mut bucket = Bucket::full(at(0));
        bucket.take(3);
        bucket.put_back(100);
        assert_eq!(bucket.available(TEN, at(0)), 10);
    }
}
