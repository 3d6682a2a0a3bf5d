//! One column of a user's Parquet report, read as raw cells.
//!
//! Exact: a float becomes the decimal of its shortest text, and what has no exact reading is
//! named and left to the validation to refuse.
//! Invariant: nothing is judged here; which columns take which cells is the domain's rule.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, Decimal128Array, PrimitiveArray};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int64Type,
    TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt64Type,
};
use arrow::error::ArrowError;
use bellwether_domain::money::Decimal;
use bellwether_domain::sample::Cell;
use bellwether_domain::time::date_of_day_number;

const SECONDS_A_DAY: i64 = 86_400;

/// One column of one batch, brought to one of few forms.
#[derive(Debug)]
pub(crate) enum ReportColumn {
    /// UTF-8 texts.
    Texts(ArrayRef),
    /// Bytes without a declared encoding.
    Bytes(ArrayRef),
    /// Whole numbers up to 64 bits with a sign.
    Integers(PrimitiveArray<Int64Type>),
    /// Whole numbers up to 64 bits without one.
    Unsigned(PrimitiveArray<UInt64Type>),
    /// Decimals, with their scale.
    Decimals(Decimal128Array, i8),
    /// Floats as they are written shortest.
    Floats32(PrimitiveArray<Float32Type>),
    /// Floats as they are written shortest.
    Floats64(PrimitiveArray<Float64Type>),
    /// Days since 1970.
    Days(PrimitiveArray<Date32Type>),
    /// Moments without a zone or in UTC, with the ticks a day; a day when at midnight.
    Moments(PrimitiveArray<Int64Type>, i64),
    /// A type that no column takes, by its name.
    Unreadable(ArrayRef, &'static str),
}

impl ReportColumn {
    /// The column's form.
    pub(crate) fn of(array: &ArrayRef) -> Result<Self, ArrowError> {
        use DataType as T;
        Ok(match array.data_type() {
            T::Utf8View => Self::Texts(Arc::clone(array)),
            T::Utf8 | T::LargeUtf8 => Self::Texts(cast(array, &T::Utf8View)?),
            T::Dictionary(_, values) => Self::of(&cast(array, values)?)?,
            T::Binary | T::LargeBinary | T::BinaryView | T::FixedSizeBinary(_) => {
                Self::Bytes(cast(array, &T::BinaryView)?)
            }
            T::Int8 | T::Int16 | T::Int32 | T::Int64 | T::UInt8 | T::UInt16 | T::UInt32 => {
                Self::Integers(owned(&cast(array, &T::Int64)?))
            }
            T::UInt64 => Self::Unsigned(owned(array)),
            T::Decimal32(_, scale) | T::Decimal64(_, scale) | T::Decimal128(_, scale) => {
                let widest = T::Decimal128(arrow::datatypes::DECIMAL128_MAX_PRECISION, *scale);
                Self::Decimals(owned::<Decimal128Type>(&cast(array, &widest)?), *scale)
            }
            T::Float32 => Self::Floats32(owned(array)),
            T::Float64 => Self::Floats64(owned(array)),
            T::Date32 => Self::Days(owned(array)),
            T::Date64 => Self::Moments(ticks::<Date64Type>(array), SECONDS_A_DAY * 1000),
            T::Timestamp(unit, zone) if is_utc(zone.as_deref()) => moments(array, *unit),
            other => Self::Unreadable(Arc::clone(array), type_name(other)),
        })
    }

    /// The cell of a row.
    pub(crate) fn cell(&self, row: usize) -> Cell<'_> {
        if self.array().is_null(row) {
            return Cell::Missing;
        }
        match self {
            Self::Texts(texts) => Cell::Text(texts.as_string_view().value(row)),
            Self::Bytes(bytes) => std::str::from_utf8(bytes.as_binary_view().value(row))
                .map_or(Cell::NotUtf8, Cell::Text),
            Self::Integers(values) => Cell::Integer(values.value(row)),
            Self::Unsigned(values) => unsigned_cell(values.value(row)),
            Self::Decimals(values, scale) => decimal_cell(values.value(row), *scale),
            Self::Floats32(values) => float_cell(values.value(row)),
            Self::Floats64(values) => float_cell(values.value(row)),
            Self::Days(days) => day_cell(i64::from(days.value(row))),
            Self::Moments(ticks, ticks_a_day) => {
                let ticks = ticks.value(row);
                if ticks.rem_euclid(*ticks_a_day) != 0 {
                    return Cell::Unreadable("timestamp with a time of day");
                }
                day_cell(ticks.div_euclid(*ticks_a_day))
            }
            Self::Unreadable(_, name) => Cell::Unreadable(name),
        }
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Texts(it) | Self::Bytes(it) | Self::Unreadable(it, _) => it.as_ref(),
            Self::Integers(it) | Self::Moments(it, _) => it,
            Self::Unsigned(it) => it,
            Self::Decimals(it, _) => it,
            Self::Floats32(it) => it,
            Self::Floats64(it) => it,
            Self::Days(it) => it,
        }
    }
}

fn owned<T: ArrowPrimitiveType>(array: &ArrayRef) -> PrimitiveArray<T> {
    array.as_primitive::<T>().clone()
}

fn ticks<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef) -> PrimitiveArray<Int64Type> {
    array.as_primitive::<T>().reinterpret_cast()
}

fn moments(array: &ArrayRef, unit: TimeUnit) -> ReportColumn {
    let (ticks, ticks_a_second) = match unit {
        TimeUnit::Second => (ticks::<TimestampSecondType>(array), 1),
        TimeUnit::Millisecond => (ticks::<TimestampMillisecondType>(array), 1_000),
        TimeUnit::Microsecond => (ticks::<TimestampMicrosecondType>(array), 1_000_000),
        TimeUnit::Nanosecond => (ticks::<TimestampNanosecondType>(array), 1_000_000_000),
    };
    ReportColumn::Moments(ticks, SECONDS_A_DAY * ticks_a_second)
}

/// Midnight of another zone is no midnight of the stored moment, so only these name days.
fn is_utc(zone: Option<&str>) -> bool {
    zone.is_none_or(|zone| matches!(zone, "UTC" | "Z" | "+00:00" | "Etc/UTC"))
}

fn type_name(other: &DataType) -> &'static str {
    match other {
        DataType::Null => "null",
        DataType::Boolean => "boolean",
        DataType::Float16 => "16-bit float",
        DataType::Decimal256(..) => "decimal of more than 38 digits",
        DataType::Timestamp(..) => "timestamp with a time zone",
        DataType::Time32(_) | DataType::Time64(_) => "time of day",
        DataType::Duration(_) | DataType::Interval(_) => "duration",
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "list",
        DataType::Struct(_) => "struct",
        DataType::Map(..) => "map",
        _ => "nested or unknown type",
    }
}

fn unsigned_cell(value: u64) -> Cell<'static> {
    i64::try_from(value).map_or_else(|_| Cell::Decimal(Decimal::from(value)), Cell::Integer)
}

fn decimal_cell(mantissa: i128, scale: i8) -> Cell<'static> {
    let exact = u32::try_from(scale)
        .ok()
        .and_then(|scale| Decimal::try_from_i128_with_scale(mantissa, scale).ok());
    exact.map_or(
        Cell::Unreadable("decimal of more than 28 digits"),
        Cell::Decimal,
    )
}

/// The shortest text that reads back as this float is what the writer of the report meant.
fn float_cell(value: impl Into<f64> + std::fmt::Display + Copy) -> Cell<'static> {
    if !value.into().is_finite() {
        return Cell::Unreadable("float that is not a number");
    }
    Decimal::from_str_exact(&value.to_string()).map_or(
        Cell::Unreadable("float of more than 28 digits"),
        Cell::Decimal,
    )
}

fn day_cell(number: i64) -> Cell<'static> {
    let day = i32::try_from(number).ok().and_then(date_of_day_number);
    day.map_or(Cell::Unreadable("date beyond the year 9999"), Cell::Date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{
        BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, Float64Array,
        TimestampMicrosecondArray, UInt64Array,
    };
    use bellwether_domain::time::date;

    fn first_cell_is(array: impl Array + 'static, expected: &Cell<'_>) {
        let array: ArrayRef = Arc::new(array);
        assert_eq!(&ReportColumn::of(&array).unwrap().cell(0), expected);
    }

    fn decimal(text: &str) -> Cell<'static> {
        Cell::Decimal(text.parse().unwrap())
    }

    #[test]
    fn exact_numbers_stay_exact() {
        let cents = Decimal128Array::from(vec![3957])
            .with_precision_and_scale(10, 2)
            .unwrap();
        first_cell_is(cents, &decimal("39.57"));
        first_cell_is(
            UInt64Array::from(vec![u64::MAX]),
            &decimal("18446744073709551615"),
        );
        first_cell_is(UInt64Array::from(vec![7]), &Cell::Integer(7));
    }

    #[test]
    fn a_float_is_what_its_shortest_text_says() {
        first_cell_is(Float64Array::from(vec![0.1]), &decimal("0.1"));
        first_cell_is(arrow::array::Float32Array::from(vec![0.1]), &decimal("0.1"));
        let not_a_number = Cell::Unreadable("float that is not a number");
        first_cell_is(Float64Array::from(vec![f64::NAN]), &not_a_number);
        first_cell_is(Float64Array::from(vec![f64::INFINITY]), &not_a_number);
        let too_long = Cell::Unreadable("float of more than 28 digits");
        first_cell_is(Float64Array::from(vec![1e300]), &too_long);
    }

    #[test]
    fn a_moment_is_a_day_only_at_midnight() {
        let day = 86_400_000_000;
        let at = |ticks| TimestampMicrosecondArray::from(vec![ticks]);
        first_cell_is(at(-day), &Cell::Date(date(1969, 12, 31)));
        first_cell_is(
            at(day + 1),
            &Cell::Unreadable("timestamp with a time of day"),
        );
        let elsewhere = at(day).with_timezone("+08:00");
        first_cell_is(elsewhere, &Cell::Unreadable("timestamp with a time zone"));
    }

    #[test]
    fn texts_are_read_in_every_encoding_and_other_types_are_named() {
        let words: DictionaryArray<arrow::datatypes::Int8Type> = vec!["a"].into_iter().collect();
        first_cell_is(words, &Cell::Text("a"));
        first_cell_is(BinaryArray::from_vec(vec![b"a"]), &Cell::Text("a"));
        first_cell_is(BinaryArray::from_vec(vec![b"\xff"]), &Cell::NotUtf8);
        first_cell_is(BooleanArray::from(vec![true]), &Cell::Unreadable("boolean"));
        first_cell_is(BooleanArray::from(vec![None]), &Cell::Missing);
    }
}
