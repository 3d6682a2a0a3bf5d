//! Segment files to facts, all rows of all files in the order of their keys.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use arrow::array::{Array, Int64Array, RecordBatch};
use bellwether_domain::dataset::{Dataset, KEY_DIMENSIONS_MAX};
use bellwether_domain::fact::{Fact, FactKey, Text};
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::{Date, date_of_day_number};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;

use crate::decode::file::{SegmentFile, days, numbers, texts};
use crate::error::Cause;
use crate::schema::{
    ATTRIBUTION, BRAND, CAMPAIGN, COMMIT_NUMBER, MERGED_MEASURES, first_day_column, measure_column,
    until_column,
};

/// Rows of one file that are held as facts at a time: some hundred of them a megabyte would be
/// too few for Parquet's pages, a row group of each of fifty files too many for the memory.
const ROWS_HELD: usize = 4 * 1024;

/// One row of a segment, whether or not it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRow {
    /// Its fact.
    pub fact: Fact,
    /// The commit that wrote it.
    pub commit: CommitNumber,
    /// The measures that it speaks of, bit `i` for the dataset's measure `i`; `None` for a whole
    /// row, which speaks of all.
    pub merged_measures: Option<u64>,
}

/// All rows of some segments in the order of their keys, those of one key oldest first. Holds the
/// files' bytes and some thousand rows of each, whatever their size.
#[derive(Debug, Default)]
pub(crate) struct StoredRows {
    files: Vec<Cursor>,
    heads: BinaryHeap<Reverse<Head>>,
    error: Option<(usize, Cause)>,
}

impl StoredRows {
    pub(crate) fn open(
        files: &[SegmentFile],
        dataset: &'static Dataset,
    ) -> Result<Self, (usize, Cause)> {
        let mut rows = Self {
            files: Vec::with_capacity(files.len()),
            heads: BinaryHeap::with_capacity(files.len()),
            error: None,
        };
        for (place, file) in files.iter().enumerate() {
            let cursor = Cursor::open(file, dataset).map_err(|cause| (place, cause))?;
            rows.files.push(cursor);
            rows.advance(place);
        }
        Ok(rows)
    }

    fn advance(&mut self, file: usize) {
        match self.files[file].next_row() {
            Ok(Some(row)) => self.heads.push(Reverse(Head { row, file })),
            Ok(None) => {}
            Err(cause) => self.error = Some((file, cause)),
        }
    }
}

impl Iterator for StoredRows {
    /// A row, or the place of the damaged file and what is wrong with it.
    type Item = Result<StoredRow, (usize, Cause)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.error.take() {
            self.heads.clear();
            return Some(Err(error));
        }
        let Reverse(Head { row, file }) = self.heads.pop()?;
        self.advance(file);
        Some(Ok(row))
    }
}

/// The next row of a file.
#[derive(Debug)]
struct Head {
    row: StoredRow,
    file: usize,
}

impl Head {
    fn order(&self) -> (&FactKey, CommitNumber, usize) {
        (&self.row.fact.key, self.row.commit, self.file)
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// One file read from its first row to its last.
struct Cursor {
    dataset: &'static Dataset,
    commit: CommitNumber,
    batches: ParquetRecordBatchReader,
    rows: std::vec::IntoIter<StoredRow>,
    last: Option<(FactKey, CommitNumber)>,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor")
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

impl Cursor {
    fn open(file: &SegmentFile, dataset: &'static Dataset) -> Result<Self, Cause> {
        let mut names = vec![BRAND, CAMPAIGN, first_day_column(dataset)];
        names.extend([COMMIT_NUMBER, MERGED_MEASURES]);
        names.extend(until_column(dataset));
        names.extend(dataset.dimensions.iter().map(|dimension| dimension.name));
        names.extend(dataset.attribution.then_some(ATTRIBUTION));
        let measures: Vec<String> = dataset.measures.iter().map(measure_column).collect();
        names.extend(measures.iter().map(String::as_str));
        Ok(Self {
            dataset,
            commit: file.commit,
            batches: file.batches(&names, ROWS_HELD)?,
            rows: Vec::new().into_iter(),
            last: None,
        })
    }

    fn next_row(&mut self) -> Result<Option<StoredRow>, Cause> {
        loop {
            let Some(row) = self.rows.next() else {
                let Some(batch) = self.batches.next() else {
                    return Ok(None);
                };
                self.rows = rows_of(&batch?, self.dataset, self.commit)?.into_iter();
                continue;
            };
            let place = (row.fact.key.clone(), row.commit);
            if self.last.as_ref().is_some_and(|last| *last >= place) {
                return Err("its rows are not in the order of their keys".into());
            }
            self.last = Some(place);
            return Ok(Some(row));
        }
    }
}

fn rows_of(
    batch: &RecordBatch,
    dataset: &'static Dataset,
    commit: CommitNumber,
) -> Result<Vec<StoredRow>, Cause> {
    let columns = FactColumns::of(batch, dataset)?;
    let commits = numbers(batch, COMMIT_NUMBER)?;
    let masks = numbers(batch, MERGED_MEASURES)?;
    let rows = (0..batch.num_rows()).map(|row| {
        Ok(StoredRow {
            fact: columns.fact(row)?,
            commit: value(commits, row).map_or(commit, CommitNumber),
            merged_measures: value(masks, row).map(i64::cast_unsigned),
        })
    });
    rows.collect()
}

fn value(numbers: Option<&Int64Array>, row: usize) -> Option<i64> {
    let numbers = numbers?;
    numbers.is_valid(row).then(|| numbers.value(row))
}

/// The columns of a batch, their texts read once each.
struct FactColumns<'a> {
    brands: Vec<Option<BrandId>>,
    campaigns: Vec<Option<CampaignId>>,
    first_days: &'a [i32],
    untils: Option<&'a [i32]>,
    texts: Vec<Vec<Option<Text>>>,
    attributions: Vec<Option<Text>>,
    measures: Vec<Option<&'a Int64Array>>,
}

impl<'a> FactColumns<'a> {
    fn of(batch: &'a RecordBatch, dataset: &'static Dataset) -> Result<Self, Cause> {
        let shared = |text: &str| Ok(Text::from(text));
        let mut key_texts = Vec::new();
        for dimension in dataset.dimensions {
            key_texts.push(parsed(batch, dimension.name, shared)?);
        }
        let mut measures = Vec::new();
        for measure in dataset.measures {
            measures.push(numbers(batch, &measure_column(measure))?);
        }
        let until = until_column(dataset).map(|name| days(batch, name));
        Ok(Self {
            brands: parsed(batch, BRAND, |text| Ok(text.parse()?))?,
            campaigns: parsed(batch, CAMPAIGN, |text| Ok(text.parse()?))?,
            first_days: days(batch, first_day_column(dataset))?.values(),
            untils: until.transpose()?.map(|days| days.values().as_ref()),
            texts: key_texts,
            attributions: if dataset.attribution {
                parsed(batch, ATTRIBUTION, shared)?
            } else {
                Vec::new()
            },
            measures,
        })
    }

    fn fact(&self, row: usize) -> Result<Fact, Cause> {
        let mut texts = [const { None }; KEY_DIMENSIONS_MAX];
        for (text, of_rows) in texts.iter_mut().zip(&self.texts) {
            text.clone_from(&of_rows[row]);
        }
        let key = FactKey {
            brand: self.brands[row].ok_or("a row has no brand")?,
            campaign: self.campaigns[row],
            from: day(self.first_days[row])?,
            until: self.untils.map(|days| day(days[row])).transpose()?,
            texts,
            attribution: self.attributions.get(row).cloned().flatten(),
        };
        let measures = self.measures.iter().map(|values| value(*values, row));
        Ok(Fact {
            key,
            measures: measures.collect(),
        })
    }
}

/// The texts of a column, each distinct one parsed once.
fn parsed<T: Clone>(
    batch: &RecordBatch,
    name: &str,
    parse: impl Fn(&str) -> Result<T, Cause>,
) -> Result<Vec<Option<T>>, Cause> {
    use arrow::array::AsArray;
    let texts = texts(batch, name)?;
    let values = texts.values().as_string::<i32>();
    let mut known: Vec<Option<T>> = vec![None; values.len()];
    let mut rows = Vec::with_capacity(texts.len());
    for key in texts.keys() {
        let Some(key) = key else {
            rows.push(None);
            continue;
        };
        let key = usize::try_from(key)?;
        let place = known
            .get_mut(key)
            .ok_or("a text is not in its dictionary")?;
        if place.is_none() {
            *place = Some(parse(values.value(key))?);
        }
        rows.push(place.clone());
    }
    Ok(rows)
}

fn day(number: i32) -> Result<Date, Cause> {
    date_of_day_number(number).ok_or_else(|| format!("{number} is not a day").into())
}
