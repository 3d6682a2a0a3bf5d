//! Whole numbers in the narrowest integer that holds all of them.

use arrow::buffer::ScalarBuffer;

/// Numbers of one width. Unsigned ones cover nearly all counts; a negative number makes the
/// whole column 64 bits wide.
#[derive(Debug, Clone)]
pub(crate) enum Narrow {
    U8(ScalarBuffer<u8>),
    U16(ScalarBuffer<u16>),
    U32(ScalarBuffer<u32>),
    I64(ScalarBuffer<i64>),
}

/// Runs an expression with `$values` bound to the slice of numbers, whatever their width.
macro_rules! by_width {
    ($narrow:expr, $values:ident => $body:expr) => {
        match $narrow {
            $crate::column::Narrow::U8($values) => $body,
            $crate::column::Narrow::U16($values) => $body,
            $crate::column::Narrow::U32($values) => $body,
            $crate::column::Narrow::I64($values) => $body,
        }
    };
}
pub(crate) use by_width;

impl Narrow {
    /// The numbers, each divided by `divisor`, of which all are multiples.
    pub(crate) fn of(numbers: Vec<i64>, divisor: i64) -> Self {
        let (mut lowest, mut highest) = (0, 0);
        for number in &numbers {
            lowest = lowest.min(*number);
            highest = highest.max(*number);
        }
        if lowest < 0 {
            return Self::I64(divided(numbers, divisor).into());
        }
        match highest / divisor {
            0..=0xFF => Self::U8(narrowed(&numbers, divisor)),
            0x100..=0xFFFF => Self::U16(narrowed(&numbers, divisor)),
            0x1_0000..=0xFFFF_FFFF => Self::U32(narrowed(&numbers, divisor)),
            _ => Self::I64(divided(numbers, divisor).into()),
        }
    }

    /// Bytes a number.
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::U8(_) => 1,
            Self::U16(_) => 2,
            Self::U32(_) => 4,
            Self::I64(_) => 8,
        }
    }

    pub(crate) fn len(&self) -> usize {
        by_width!(self, values => values.len())
    }

    #[cfg(test)]
    pub(crate) fn value(&self, row: usize) -> i64 {
        match self {
            Self::U8(values) => values[row].into(),
            Self::U16(values) => values[row].into(),
            Self::U32(values) => values[row].into(),
            Self::I64(values) => values[row],
        }
    }

    /// The highest number; 0 without any.
    pub(crate) fn highest(&self) -> i64 {
        match self {
            Self::U8(values) => values.iter().max().map_or(0, |it| i64::from(*it)),
            Self::U16(values) => values.iter().max().map_or(0, |it| i64::from(*it)),
            Self::U32(values) => values.iter().max().map_or(0, |it| i64::from(*it)),
            Self::I64(values) => values.iter().max().map_or(0, |it| *it),
        }
    }

    pub(crate) fn size_bytes(&self) -> usize {
        by_width!(self, values => values.inner().capacity())
    }
}

fn divided(mut numbers: Vec<i64>, divisor: i64) -> Vec<i64> {
    if divisor != 1 {
        for number in &mut numbers {
            *number /= divisor;
        }
    }
    numbers
}

fn narrowed<T>(numbers: &[i64], divisor: i64) -> ScalarBuffer<T>
where
    T: arrow::datatypes::ArrowNativeType + TryFrom<i64>,
{
    // The width was chosen by the highest number, so that none is cut.
    let narrow = |number: i64| T::try_from(number).unwrap_or_default();
    // Two loops: dividing by a number known only at run time is what costs.
    if divisor == 1 {
        return numbers.iter().map(|it| narrow(*it)).collect();
    }
    numbers.iter().map(|it| narrow(*it / divisor)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_narrowest_width_that_holds_all() {
        let width = |highest: i64| Narrow::of(vec![0, highest], 1).width();
        assert_eq!([0, 255].map(width), [1, 1]);
        assert_eq!([256, 65_535].map(width), [2, 2]);
        assert_eq!([65_536, 0xFFFF_FFFF].map(width), [4, 4]);
        assert_eq!([0x1_0000_0000, i64::MAX].map(width), [8, 8]);
        assert_eq!(Narrow::of(vec![5, -1], 1).width(), 8);
    }

    #[test]
    fn narrowed_numbers_keep_their_values() {
        for highest in [255, 65_535, 0xFFFF_FFFF, i64::MAX] {
            let narrow = Narrow::of(vec![7, highest], 1);
            assert_eq!((narrow.value(0), narrow.value(1)), (7, highest));
            assert_eq!((narrow.highest(), narrow.len()), (highest, 2));
        }
        let cents = Narrow::of(vec![20_000, 30_000], 10_000);
        assert_eq!((cents.value(0), cents.value(1), cents.width()), (2, 3, 1));
    }
}
