//! Sums of stretches of a column, in loops that the compiler turns into vector instructions.

use std::ops::Range;

use arrow::buffer::ScalarBuffer;
use arrow::datatypes::ArrowNativeType;

use crate::column::Narrow;

/// A number of some width and how stretches of it are added without overflow.
pub(crate) trait Addend: Copy {
    type Sum: Sum;
    /// The number as a sum.
    fn widened(self) -> Self::Sum;
    /// The sum of some numbers.
    fn sum(values: &[Self]) -> Self::Sum;
}

/// Holds the sum of 2^32 numbers of its width, more than a partition has.
pub(crate) trait Sum: Copy + Default + std::ops::AddAssign + Into<i128> {
    /// The sum of numbers that were divided by `divisor`, as the sum of the numbers; `None` when
    /// it is over 64 bits.
    fn scaled(self, divisor: i64) -> Option<i64>;
}

impl Sum for u64 {
    #[inline]
    fn scaled(self, divisor: i64) -> Option<i64> {
        i64::try_from(self).ok()?.checked_mul(divisor)
    }
}

impl Sum for i128 {
    #[inline]
    fn scaled(self, divisor: i64) -> Option<i64> {
        i64::try_from(self.checked_mul(divisor.into())?).ok()
    }
}

impl Addend for u8 {
    type Sum = u64;

    #[inline]
    fn widened(self) -> u64 {
        self.into()
    }

    #[inline]
    fn sum(values: &[Self]) -> u64 {
        // 2^16 numbers below 2^8 fit 32 bits, of which a register holds twice as many.
        let chunks = values.chunks(1 << 16);
        chunks
            .map(|chunk| u64::from(chunk.iter().map(|it| u32::from(*it)).sum::<u32>()))
            .sum()
    }
}

impl Addend for u16 {
    type Sum = u64;

    #[inline]
    fn widened(self) -> u64 {
        self.into()
    }

    #[inline]
    fn sum(values: &[Self]) -> u64 {
        // 2^16 numbers below 2^16 fit 32 bits.
        let chunks = values.chunks(1 << 16);
        chunks
            .map(|chunk| u64::from(chunk.iter().map(|it| u32::from(*it)).sum::<u32>()))
            .sum()
    }
}

impl Addend for u32 {
    type Sum = u64;

    #[inline]
    fn widened(self) -> u64 {
        self.into()
    }

    #[inline]
    fn sum(values: &[Self]) -> u64 {
        values.iter().map(|it| u64::from(*it)).sum()
    }
}

impl Addend for i64 {
    type Sum = i128;

    #[inline]
    fn widened(self) -> i128 {
        self.into()
    }

    #[inline]
    fn sum(values: &[Self]) -> i128 {
        // In halves: neither half of 2^31 numbers overflows 64 bits.
        let chunks = values.chunks(1 << 30);
        chunks
            .map(|chunk| {
                let (mut high, mut low) = (0_i64, 0_u64);
                for value in chunk {
                    high += value >> 32;
                    low += (value & 0xFFFF_FFFF).cast_unsigned();
                }
                (i128::from(high) << 32) + i128::from(low)
            })
            .sum()
    }
}

impl Narrow {
    /// The sum of some rows.
    pub(crate) fn sum_of(&self, rows: Range<usize>) -> i128 {
        fn sum<T: Addend + ArrowNativeType>(values: &ScalarBuffer<T>, rows: Range<usize>) -> i128 {
            T::sum(&values[rows]).into()
        }
        crate::column::by_width!(self, values => sum(values, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_width_overflows_its_sum() {
        let many = 70_000;
        assert_eq!(u8::sum(&vec![u8::MAX; many]), 255 * 70_000);
        assert_eq!(u16::sum(&vec![u16::MAX; many]), 65_535 * 70_000);
        assert_eq!(u32::sum(&vec![u32::MAX; many]), 0xFFFF_FFFF * 70_000);
        let largest = i64::sum(&vec![i64::MAX; many]);
        assert_eq!(largest, i128::from(i64::MAX) * 70_000);
        let lowest = i64::sum(&vec![i64::MIN; many]);
        assert_eq!(lowest, i128::from(i64::MIN) * 70_000);
    }
}
