//! The bytes of segment files to rows: keys as small numbers, measures as Arrow arrays.
//!
//! Texts are numbered as they come (0 is "no text"), so that merging compares numbers only.
//! Invariant: nothing is dropped here; which row wins a key is decided in `merge`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, DictionaryArray, Int64Array, RecordBatch,
};
use arrow::compute::concat;
use arrow::datatypes::{Date32Type, Int32Type, Int64Type};
use arrow::error::ArrowError;
use bellwether_domain::dataset::{Dataset, KEY_DIMENSIONS_MAX};
use bellwether_domain::segment::CommitNumber;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::encode::ROW_GROUP_ROWS;
use crate::error::Cause;
use crate::schema::{
    ATTRIBUTION, BRAND, CAMPAIGN, COMMIT_NUMBER, first_day_column, measure_column, reading_schema,
    until_column,
};

/// The key of a row in numbers. The order is the order of rows in a partition, where the rows
/// of one campaign, and in it of one day and attribution window, lie together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowKey {
    pub(crate) campaign: u32,
    pub(crate) day: i32,
    pub(crate) attribution: u32,
    pub(crate) until: i32,
    pub(crate) brand: u32,
    pub(crate) texts: [u32; KEY_DIMENSIONS_MAX],
}

/// What stands for "no end" in the keys of datasets without ranges.
pub(crate) const NO_END: i32 = i32::MIN;

const EMPTY_KEY: RowKey = RowKey {
    campaign: 0,
    day: 0,
    attribution: 0,
    until: NO_END,
    brand: 0,
    texts: [0; KEY_DIMENSIONS_MAX],
};

/// The texts of one key column, numbered from 1 in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Words {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Words {
    /// The text of a number; `None` for 0.
    pub(crate) fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get((number as usize).checked_sub(1)?)
    }

    /// Every text, that of number 1 first.
    pub(crate) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    fn number(&mut self, text: &str) -> Result<u32, Cause> {
        if let Some(known) = self.numbers.get(text) {
            return Ok(*known);
        }
        let number = u32::try_from(self.texts.len() + 1)?;
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        Ok(number)
    }
}

/// The words of every text column of the key.
#[derive(Debug, Default)]
pub(crate) struct KeyWords {
    pub(crate) brand: Words,
    pub(crate) campaign: Words,
    pub(crate) texts: [Words; KEY_DIMENSIONS_MAX],
    pub(crate) attribution: Words,
}

/// The rows of any number of segments, one after the other.
#[derive(Debug)]
pub(crate) struct Rows {
    dataset: &'static Dataset,
    wanted: Vec<usize>,
    pub(crate) words: KeyWords,
    pub(crate) keys: Vec<RowKey>,
    pub(crate) commits: Vec<i64>,
    /// By the dataset's measures, the chunks of each; empty for measures that aren't wanted.
    pub(crate) measures: Vec<Vec<Int64Array>>,
}

impl Rows {
    /// No rows yet; `wanted` are the places of the measures to read, all without it.
    pub(crate) fn new(dataset: &'static Dataset, wanted: Option<&[usize]>) -> Self {
        let n_measures = dataset.measures.len();
        let wanted = wanted.map_or_else(|| (0..n_measures).collect(), <[usize]>::to_vec);
        Self {
            dataset,
            wanted,
            words: KeyWords::default(),
            keys: Vec::new(),
            commits: Vec::new(),
            measures: vec![Vec::new(); n_measures],
        }
    }

    /// Whether the measure is among those read.
    pub(crate) fn has_measure(&self, measure: usize) -> bool {
        self.wanted.contains(&measure)
    }

    /// The values of a measure over all rows; no values when it isn't wanted.
    pub(crate) fn measure(&self, measure: usize) -> Result<Int64Array, ArrowError> {
        let chunks: Vec<&dyn Array> = self.measures[measure].iter().map(|it| it as _).collect();
        if chunks.is_empty() {
            return Ok(Int64Array::new_null(0));
        }
        Ok(concat(&chunks)?.as_primitive::<Int64Type>().clone())
    }

    /// Adds the rows of one segment file, of which `commit` is the manifest's.
    pub(crate) fn read(&mut self, file: Bytes, commit: CommitNumber) -> Result<(), Cause> {
        let as_written = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        let schema = reading_schema(as_written.schema());
        let options = ArrowReaderOptions::new().with_schema(schema);
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(as_written.metadata()), options)?;
        let names = self.column_names();
        let columns =
            ProjectionMask::columns(metadata.parquet_schema(), names.iter().map(String::as_str));
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_projection(columns)
            .with_batch_size(ROW_GROUP_ROWS)
            .build()?;
        for batch in batches {
            self.add_batch(&batch?, commit)?;
        }
        Ok(())
    }

    fn column_names(&self) -> Vec<String> {
        let dataset = self.dataset;
        let mut names = vec![BRAND, CAMPAIGN, first_day_column(dataset), COMMIT_NUMBER];
        names.extend(until_column(dataset));
        names.extend(dataset.dimensions.iter().map(|dimension| dimension.name));
        names.extend(dataset.attribution.then_some(ATTRIBUTION));
        let measures = self
            .wanted
            .iter()
            .map(|index| measure_column(&dataset.measures[*index]));
        names
            .into_iter()
            .map(str::to_owned)
            .chain(measures)
            .collect()
    }

    fn add_batch(&mut self, batch: &RecordBatch, commit: CommitNumber) -> Result<(), Cause> {
        let dataset = self.dataset;
        let first = self.keys.len();
        self.keys.resize(first + batch.num_rows(), EMPTY_KEY);
        let keys = &mut self.keys[first..];
        let words = &mut self.words;
        number_column(batch, BRAND, &mut words.brand, keys, |key| &mut key.brand)?;
        number_column(batch, CAMPAIGN, &mut words.campaign, keys, |key| {
            &mut key.campaign
        })?;
        for (index, dimension) in dataset.dimensions.iter().enumerate() {
            let texts = &mut words.texts[index];
            number_column(batch, dimension.name, texts, keys, |key| {
                &mut key.texts[index]
            })?;
        }
        if dataset.attribution {
            let texts = &mut words.attribution;
            number_column(batch, ATTRIBUTION, texts, keys, |key| &mut key.attribution)?;
        }
        day_column(batch, first_day_column(dataset), keys, |key| &mut key.day)?;
        if let Some(name) = until_column(dataset) {
            day_column(batch, name, keys, |key| &mut key.until)?;
        }
        let commits: &Int64Array = column(batch, COMMIT_NUMBER)?
            .as_primitive_opt::<Int64Type>()
            .ok_or("column `commit_number` is not of 64-bit integers")?;
        self.commits
            .extend(commits.iter().map(|explicit| explicit.unwrap_or(commit.0)));
        self.add_measures(batch)
    }

    fn add_measures(&mut self, batch: &RecordBatch) -> Result<(), Cause> {
        for index in &self.wanted {
            let name = measure_column(&self.dataset.measures[*index]);
            // A file older than the measure: it is missing in all its rows.
            let Some(values) = batch.column_by_name(&name) else {
                self.measures[*index].push(Int64Array::new_null(batch.num_rows()));
                continue;
            };
            let values = values
                .as_primitive_opt::<Int64Type>()
                .ok_or_else(|| format!("column `{name}` is not of 64-bit integers"))?;
            self.measures[*index].push(values.clone());
        }
        Ok(())
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Cause> {
    let found = batch.column_by_name(name);
    found.ok_or_else(|| format!("column `{name}` is missing").into())
}

fn number_column(
    batch: &RecordBatch,
    name: &str,
    words: &mut Words,
    keys: &mut [RowKey],
    place: impl Fn(&mut RowKey) -> &mut u32,
) -> Result<(), Cause> {
    let texts: &DictionaryArray<Int32Type> = column(batch, name)?
        .as_dictionary_opt()
        .ok_or_else(|| format!("column `{name}` is not of texts"))?;
    let values = texts
        .values()
        .as_string_opt::<i32>()
        .ok_or_else(|| format!("column `{name}` is not of texts"))?;
    // Numbered where a row uses them: a dictionary may hold values of no row, such as the empty
    // text in a column of nulls.
    let mut numbers: Vec<Option<u32>> = vec![None; values.len()];
    for (key, value) in keys.iter_mut().zip(texts.keys()) {
        let Some(value) = value else {
            continue;
        };
        let value = usize::try_from(value)?;
        let number = match numbers[value] {
            Some(known) => known,
            None => *numbers[value].insert(words.number(values.value(value))?),
        };
        *place(key) = number;
    }
    Ok(())
}

fn day_column(
    batch: &RecordBatch,
    name: &str,
    keys: &mut [RowKey],
    place: impl Fn(&mut RowKey) -> &mut i32,
) -> Result<(), Cause> {
    let days: &Date32Array = column(batch, name)?
        .as_primitive_opt::<Date32Type>()
        .filter(|days: &&Date32Array| days.null_count() == 0)
        .ok_or_else(|| format!("column `{name}` is not of days"))?;
    for (key, day) in keys.iter_mut().zip(days.values()) {
        *place(key) = *day;
    }
    Ok(())
}
