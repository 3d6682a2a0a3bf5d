//! Answers of a child that are not what was declared are refused.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, StringArray};
use arrow::datatypes::{DataType, Field, Fields};
use proptest::prelude::*;

use super::*;

fn declared() -> Vec<Column> {
    let column = |name: &str, column_type, nullable| Column {
        optional: false,
        name: name.to_owned(),
        column_type,
        nullable,
    };
    vec![
        column("value", ColumnType::Float64, true),
        column("verdict", ColumnType::Utf8, true),
        column("sure", ColumnType::Bool, false),
    ]
}

type Row = (Option<f64>, Option<String>, bool);

fn encoded(rows: &[Row]) -> Vec<u8> {
    let values: Float64Array = rows.iter().map(|row| row.0).collect();
    let verdicts: StringArray = rows.iter().map(|row| row.1.as_deref()).collect();
    let sure: BooleanArray = rows.iter().map(|row| Some(row.2)).collect();
    let fields = Fields::from(vec![
        Field::new("value", DataType::Float64, true),
        Field::new("verdict", DataType::Utf8, true),
        Field::new("sure", DataType::Boolean, false),
    ]);
    let arrays: Vec<ArrayRef> = vec![Arc::new(values), Arc::new(verdicts), Arc::new(sure)];
    encode(&declared(), &StructArray::new(fields, arrays, None))
}

fn example() -> Vec<u8> {
    encoded(&[
        (Some(1.5), Some("KEEP".to_owned()), true),
        (None, None, false),
        (Some(-0.4), Some("è".to_owned()), true),
    ])
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        proptest::option::of(-1e9_f64..1e9),
        proptest::option::of("[a-zé]{0,6}"),
        any::<bool>(),
    );
    proptest::collection::vec(row, 0..40)
}

#[test]
fn an_answer_that_is_cut_short_is_refused_at_every_length() {
    let whole = example();
    for length in 0..whole.len() {
        assert!(
            decode(&declared(), 100, &whole[..length]).is_err(),
            "{length}"
        );
    }
}

#[test]
fn a_byte_too_many_is_refused() {
    let mut longer = example();
    longer.push(0);
    let wrong = decode(&declared(), 100, &longer).unwrap_err();
    assert_eq!(wrong, "1 bytes too many");
}

#[test]
fn more_rows_than_the_limit_are_refused_before_anything_is_read() {
    let mut many = example();
    many[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let wrong = decode(&declared(), 100, &many).unwrap_err();
    assert_eq!(wrong, "it has more than 100 rows");
}

#[test]
fn missing_values_in_a_column_that_is_not_nullable_are_refused() {
    let mut strict = declared();
    strict[0].nullable = false;
    let wrong = decode(&strict, 100, &example()).unwrap_err();
    assert_eq!(
        wrong,
        "column `value`: it has missing values and is not declared as nullable"
    );
}

#[test]
fn the_rows_of_a_sliced_array_are_encoded_alone() {
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["zero", "one", "two"]));
    let fields = Fields::from(vec![Field::new("verdict", DataType::Utf8, true)]);
    let sliced = StructArray::new(fields, vec![texts], None).slice(1, 1);
    let declared = &declared()[1..2];
    assert_eq!(
        decode(declared, 100, &encode(declared, &sliced)),
        Ok((1, vec![ColumnData::Utf8(vec![Some("one".to_owned())])]))
    );
}

proptest! {
    #[test]
    fn an_answer_reads_back_as_written(rows in rows()) {
        let (count, columns) = decode(&declared(), 100, &encoded(&rows)).unwrap();
        prop_assert_eq!(count, rows.len());
        prop_assert_eq!(columns, vec![
            ColumnData::Float64(rows.iter().map(|row| row.0).collect()),
            ColumnData::Utf8(rows.iter().map(|row| row.1.clone()).collect()),
            ColumnData::Bool(rows.iter().map(|row| Some(row.2)).collect()),
        ]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_mutated_answer_never_panics(
        rows in rows(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = encoded(&rows);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        // Refused or accepted with other values: both are answers.
        let _ = decode(&declared(), 100, &bytes);
    }

    #[test]
    fn bytes_that_are_no_answer_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&declared(), usize::MAX, &bytes);
    }
}
