//! A column as it comes from files, in 64 bits, and how it becomes narrow.

use std::ops::Range;

use arrow::array::{Array, BooleanBufferBuilder, Int64Array};
use arrow::buffer::NullBuffer;

use crate::column::{Column, Narrow, Present};

/// Values in 64 bits; a missing one is 0.
#[derive(Debug, Default)]
pub(crate) struct RawColumn {
    pub(crate) values: Vec<i64>,
    /// Which values are there; not kept while all are.
    valid: Option<BooleanBufferBuilder>,
}

impl RawColumn {
    pub(crate) fn with_capacity(n_rows: usize) -> Self {
        Self {
            values: Vec::with_capacity(n_rows),
            valid: None,
        }
    }

    /// Adds the values of an array.
    pub(crate) fn extend(&mut self, array: &Int64Array) {
        let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) else {
            self.values.extend_from_slice(array.values());
            if let Some(valid) = &mut self.valid {
                valid.append_n(array.len(), true);
            }
            return;
        };
        let valid = self.valid_bits();
        valid.append_buffer(nulls.inner());
        let of_row = |row| {
            if array.is_valid(row) {
                array.value(row)
            } else {
                0
            }
        };
        self.values.extend((0..array.len()).map(of_row));
    }

    /// Adds values that are all there.
    pub(crate) fn extend_whole(&mut self, values: impl Iterator<Item = i64>) {
        let before = self.values.len();
        self.values.extend(values);
        let added = self.values.len() - before;
        if let Some(valid) = &mut self.valid {
            valid.append_n(added, true);
        }
    }

    /// Adds missing values.
    pub(crate) fn extend_missing(&mut self, n_rows: usize) {
        self.valid_bits().append_n(n_rows, false);
        self.values.resize(self.values.len() + n_rows, 0);
    }

    /// Adds rows of another column.
    pub(crate) fn extend_from(&mut self, other: &Self, rows: Range<usize>) {
        self.values.extend_from_slice(&other.values[rows.clone()]);
        match (&other.valid, &mut self.valid) {
            (None, None) => {}
            (None, Some(mine)) => mine.append_n(rows.len(), true),
            (Some(theirs), _) => {
                let bytes = theirs.as_slice();
                // `values` has the new rows already, the bits haven't.
                let before = self.values.len() - rows.len();
                let mine = self.valid.get_or_insert_with(|| all_valid(before));
                mine.append_packed_range(rows, bytes);
            }
        }
    }

    /// The value of a row; `None` when missing.
    pub(crate) fn value(&self, row: usize) -> Option<i64> {
        let is_valid = self.valid.as_ref().is_none_or(|valid| valid.get_bit(row));
        is_valid.then(|| self.values[row])
    }

    /// Sets the value of a row.
    pub(crate) fn set(&mut self, row: usize, value: Option<i64>) {
        if value.is_none() || self.valid.is_some() {
            self.valid_bits().set_bit(row, value.is_some());
        }
        self.values[row] = value.unwrap_or(0);
    }

    /// The column in its narrowest form.
    pub(crate) fn narrowed(self) -> Column {
        let nulls = self.valid.map(|mut valid| NullBuffer::new(valid.finish()));
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        let divisor = useful_divisor(&self.values);
        let values = Narrow::of(self.values, divisor);
        Column {
            highest: values.highest(),
            values,
            divisor,
            present: nulls.map_or(Present::All, Present::Nulls),
        }
    }

    fn valid_bits(&mut self) -> &mut BooleanBufferBuilder {
        let before = self.values.len();
        self.valid.get_or_insert_with(|| all_valid(before))
    }
}

fn all_valid(n_rows: usize) -> BooleanBufferBuilder {
    let mut valid = BooleanBufferBuilder::new(n_rows);
    valid.append_n(n_rows, true);
    valid
}

/// What all values are multiples of, if dividing by it makes them narrower; 1 otherwise.
fn useful_divisor(values: &[i64]) -> i64 {
    let highest = values
        .iter()
        .fold(0, |highest, it| it.max(&highest).to_owned());
    let is_negative = values.iter().any(|it| *it < 0);
    // One byte can't become less, and negative numbers stay 64 bits wide.
    if is_negative || highest <= 0xFF {
        return 1;
    }
    let divisor = common_divisor(values);
    let width = |number: i64| {
        (i64::BITS - number.leading_zeros())
            .div_ceil(8)
            .next_power_of_two()
    };
    if width(highest / divisor) < width(highest) {
        divisor
    } else {
        1
    }
}

fn common_divisor(values: &[i64]) -> i64 {
    let mut divisor = 0;
    for value in values {
        if divisor != 0 && value % divisor == 0 {
            continue;
        }
        divisor = greatest_common_divisor(divisor, *value);
        if divisor == 1 {
            break;
        }
    }
    divisor.max(1)
}

fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_in_whole_cents_is_kept_in_cents() {
        let mut raw = RawColumn::default();
        raw.extend(&vec![Some(12_340_000), None, Some(50_000)].into());
        let column = raw.narrowed();
        assert_eq!((column.divisor, column.row_bytes()), (10_000, 2));
        let values: Vec<_> = (0..3).map(|row| column.value(row)).collect();
        assert_eq!(values, [Some(12_340_000), None, Some(50_000)]);
    }

    #[test]
    fn rows_are_taken_with_what_is_missing() {
        let mut raw = RawColumn::default();
        raw.extend(&vec![1, 2].into());
        raw.extend_missing(1);
        raw.extend_whole([4].into_iter());
        let mut taken = RawColumn::default();
        taken.extend_from(&raw, 1..2);
        taken.extend_from(&raw, 2..4);
        taken.extend_from(&raw, 0..1);
        taken.set(3, None);
        let values: Vec<_> = (0..4).map(|row| taken.value(row)).collect();
        assert_eq!(values, [Some(2), None, Some(4), None]);
    }
}
