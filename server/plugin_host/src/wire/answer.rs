//! An answer on its way from a child to the server: buffers without a schema.
//!
//! The number of rows (8 bytes), then for each declared column in turn: one byte that says
//! whether a validity bitmap follows, that bitmap, then the values. Numbers are little-endian;
//! truth values are a bitmap; texts are `rows + 1` offsets of 4 bytes and the bytes themselves.
//! Every length follows from the rows and the declared types, so there is nothing to believe:
//! Arrow's own readers panic on some malformed streams, this decoder has no way to.
//! Invariant: [`decode`] accepts any bytes and never panics; memory stays a small multiple of the
//! answer's size.

use arrow::array::{Array, AsArray, StructArray};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type,
    TimestampMicrosecondType,
};

use crate::abi::{Column, ColumnType};
use crate::table::ColumnData;

/// What is wrong with an answer, as a lower-case phrase.
pub(crate) type Wrong = String;

/// The child's side: the buffers of an array whose columns were checked against the declared.
pub(crate) fn encode(declared: &[Column], answer: &StructArray) -> Vec<u8> {
    let mut bytes = (answer.len() as u64).to_le_bytes().to_vec();
    for (column, array) in declared.iter().zip(answer.columns()) {
        encode_column(column.column_type, array.as_ref(), &mut bytes);
    }
    bytes
}

fn encode_column(column_type: ColumnType, array: &dyn Array, bytes: &mut Vec<u8>) {
    let has_nulls = array.null_count() > 0;
    bytes.push(u8::from(has_nulls));
    if has_nulls {
        push_bits((0..array.len()).map(|row| array.is_valid(row)), bytes);
    }
    match column_type {
        ColumnType::Bool => {
            let values = array.as_boolean();
            push_bits((0..array.len()).map(|row| values.value(row)), bytes);
        }
        ColumnType::Int64 => push_values::<Int64Type, 8>(array, bytes, i64::to_le_bytes),
        ColumnType::Float64 => push_values::<Float64Type, 8>(array, bytes, f64::to_le_bytes),
        ColumnType::Utf8 => push_texts(array, bytes),
        ColumnType::Date => push_values::<Date32Type, 4>(array, bytes, i32::to_le_bytes),
        ColumnType::Timestamp => {
            push_values::<TimestampMicrosecondType, 8>(array, bytes, i64::to_le_bytes);
        }
        ColumnType::Decimal => push_values::<Decimal128Type, 16>(array, bytes, i128::to_le_bytes),
    }
}

fn push_bits(bits: impl Iterator<Item = bool>, bytes: &mut Vec<u8>) {
    for (row, bit) in bits.enumerate() {
        if row % 8 == 0 {
            bytes.push(0);
        }
        if let Some(last) = bytes.last_mut() {
            *last |= u8::from(bit) << (row % 8);
        }
    }
}

fn push_values<T: ArrowPrimitiveType, const WIDTH: usize>(
    array: &dyn Array,
    bytes: &mut Vec<u8>,
    to_bytes: impl Fn(T::Native) -> [u8; WIDTH],
) {
    for value in array.as_primitive::<T>().values() {
        bytes.extend_from_slice(&to_bytes(*value));
    }
}

fn push_texts(array: &dyn Array, bytes: &mut Vec<u8>) {
    let texts = array.as_string::<i32>();
    let first = texts.value_offsets()[0];
    for offset in texts.value_offsets() {
        bytes.extend_from_slice(&(offset - first).to_le_bytes());
    }
    let values = texts.value_offsets();
    let start = usize::try_from(first).unwrap_or(0);
    let end = usize::try_from(values[texts.len()]).unwrap_or(start);
    bytes.extend_from_slice(&texts.value_data()[start..end]);
}

/// The server's side: the columns of an answer, or what is wrong with it.
pub(crate) fn decode(
    declared: &[Column],
    rows_max: usize,
    bytes: &[u8],
) -> Result<(usize, Vec<ColumnData>), Wrong> {
    let mut rest = Rest(bytes);
    let rows = u64::from_le_bytes(rest.array()?);
    let rows = usize::try_from(rows).ok().filter(|rows| *rows <= rows_max);
    let rows = rows.ok_or_else(|| format!("it has more than {rows_max} rows"))?;
    let mut columns = Vec::with_capacity(declared.len());
    for column in declared {
        let data = decode_column(column, rows, &mut rest)
            .map_err(|wrong| format!("column `{}`: {wrong}", column.name))?;
        columns.push(data);
    }
    if !rest.0.is_empty() {
        return Err(format!("{} bytes too many", rest.0.len()));
    }
    Ok((rows, columns))
}

fn decode_column(column: &Column, rows: usize, rest: &mut Rest<'_>) -> Result<ColumnData, Wrong> {
    let valid = decode_validity(column, rows, rest)?;
    Ok(match column.column_type {
        ColumnType::Bool => {
            let bits = rest.take(rows.div_ceil(8))?;
            ColumnData::Bool(
                (0..rows)
                    .map(|row| valid.at(row).then(|| bit(bits, row)))
                    .collect(),
            )
        }
        ColumnType::Int64 => ColumnData::Int64(numbers(rows, &valid, rest, i64::from_le_bytes)?),
        ColumnType::Float64 => {
            ColumnData::Float64(numbers(rows, &valid, rest, f64::from_le_bytes)?)
        }
        ColumnType::Utf8 => ColumnData::Utf8(texts(rows, &valid, rest)?),
        ColumnType::Date => ColumnData::Date(numbers(rows, &valid, rest, i32::from_le_bytes)?),
        ColumnType::Timestamp => {
            ColumnData::Timestamp(numbers(rows, &valid, rest, i64::from_le_bytes)?)
        }
        ColumnType::Decimal => {
            ColumnData::Decimal(numbers(rows, &valid, rest, i128::from_le_bytes)?)
        }
    })
}

/// Which rows have a value.
enum Validity<'a> {
    All,
    Bits(&'a [u8]),
}

impl Validity<'_> {
    fn at(&self, row: usize) -> bool {
        match self {
            Self::All => true,
            Self::Bits(bits) => bit(bits, row),
        }
    }
}

fn decode_validity<'a>(
    column: &Column,
    rows: usize,
    rest: &mut Rest<'a>,
) -> Result<Validity<'a>, Wrong> {
    let [has_nulls] = rest.array()?;
    match has_nulls {
        0 => Ok(Validity::All),
        1 if column.nullable => Ok(Validity::Bits(rest.take(rows.div_ceil(8))?)),
        1 => Err("it has missing values and is not declared as nullable".to_owned()),
        other => Err(format!("{other} does not say whether values are missing")),
    }
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits.get(row / 8)
        .is_some_and(|byte| byte & (1 << (row % 8)) != 0)
}

fn numbers<T, const WIDTH: usize>(
    rows: usize,
    valid: &Validity<'_>,
    rest: &mut Rest<'_>,
    of_bytes: impl Fn([u8; WIDTH]) -> T,
) -> Result<Vec<Option<T>>, Wrong> {
    let bytes = rest.take(rows.saturating_mul(WIDTH))?;
    let (values, _) = bytes.as_chunks::<WIDTH>();
    let numbered = values.iter().enumerate();
    Ok(numbered
        .map(|(row, value)| valid.at(row).then(|| of_bytes(*value)))
        .collect())
}

fn texts(
    rows: usize,
    valid: &Validity<'_>,
    rest: &mut Rest<'_>,
) -> Result<Vec<Option<String>>, Wrong> {
    let offsets = rest.take(rows.saturating_add(1).saturating_mul(4))?;
    let (offsets, _) = offsets.as_chunks::<4>();
    let offset = |index: usize| {
        offsets
            .get(index)
            .map_or(0, |bytes| u32::from_le_bytes(*bytes))
    };
    let data = rest.take(offset(rows) as usize)?;
    if offset(0) != 0 {
        return Err("its texts do not start at 0".to_owned());
    }
    let mut texts = Vec::with_capacity(rows);
    for row in 0..rows {
        let range = offset(row) as usize..offset(row + 1) as usize;
        let text = data
            .get(range)
            .ok_or_else(|| format!("the text of row {row} lies outside its bytes"))?;
        let text =
            std::str::from_utf8(text).map_err(|_| format!("the text of row {row} is not UTF-8"))?;
        texts.push(valid.at(row).then(|| text.to_owned()));
    }
    Ok(texts)
}

/// The bytes that were not read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Wrong> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| format!("{length} bytes expected, {} left", self.0.len()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Wrong> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or_else(|| format!("{N} bytes expected, {} left", self.0.len()))?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests;
