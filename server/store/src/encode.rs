//! Facts to the bytes of a segment file.
//!
//! Pure: facts in, Arrow batches out, then bytes; no file is touched here.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::DataType;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::day_number;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::schema::{segment_schema, shape_column, until_column};
use crate::{Error, Result};

/// Rows a row group, and rows a batch while writing: small enough that one is in memory twice
/// (as columns and compressed) for some megabytes, large enough for dictionaries to pay.
pub(crate) const ROW_GROUP_ROWS: usize = 64 * 1024;

/// The facts in the order of rows in a segment, checked to be of one partition, of the dataset's
/// width, and of distinct keys.
pub(crate) fn sorted_facts(partition: PartitionName, facts: &[Fact]) -> Result<Vec<&Fact>> {
    let dataset = Dataset::of(partition.dataset);
    require(!facts.is_empty(), "a segment holds at least one fact")?;
    for fact in facts {
        let key = &fact.key;
        require(
            key.month() == partition.month,
            "all facts of a segment lie in its month",
        )?;
        let is_range = until_column(dataset).is_some();
        require(
            key.until.is_some() == is_range,
            "only facts over ranges have an end",
        )?;
        let is_windowed = dataset.attribution || key.attribution.is_none();
        require(
            is_windowed,
            "only datasets with attribution have it in their keys",
        )?;
        let further = &key.texts[dataset.dimensions.len()..];
        let known_texts = further.iter().all(Option::is_none);
        require(
            known_texts,
            "a key has no texts beyond its dataset's dimensions",
        )?;
        let width = dataset.measures.len();
        require(
            fact.measures.len() == width,
            "a fact has every measure of its dataset",
        )?;
    }
    let mut sorted: Vec<&Fact> = facts.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let distinct = sorted.windows(2).all(|pair| pair[0].key != pair[1].key);
    require(distinct, "the facts of a segment have distinct keys")?;
    Ok(sorted)
}

fn require(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::BrokenRule { rule })
}

/// One batch of rows as Arrow columns in the segment's schema.
pub(crate) fn batch_of(dataset: &Dataset, facts: &[&Fact]) -> RecordBatch {
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(ids(facts, |fact| Some(fact.key.brand))),
        Arc::new(ids(facts, |fact| fact.key.campaign)),
        Arc::new(Date32Array::from_iter_values(
            facts.iter().map(|fact| day_number(fact.key.from)),
        )),
    ];
    if until_column(dataset).is_some() {
        let ends = facts.iter().map(|fact| fact.key.until.map(day_number));
        columns.push(Arc::new(ends.collect::<Date32Array>()));
    }
    for index in 0..dataset.dimensions.len() {
        columns.push(texts(facts, |fact| fact.key.texts[index].as_deref()));
    }
    if shape_column(dataset).is_some() {
        let names = facts
            .iter()
            .map(|fact| fact.key.shape(dataset).name(dataset));
        columns.push(Arc::new(StringArray::from_iter_values(names)));
    }
    if dataset.attribution {
        columns.push(texts(facts, |fact| fact.key.attribution.as_deref()));
    }
    for index in 0..dataset.measures.len() {
        let values = facts.iter().map(|fact| fact.measures[index]);
        columns.push(Arc::new(values.collect::<Int64Array>()));
    }
    columns.push(new_null_array(&DataType::Int64, facts.len()));
    RecordBatch::try_new(segment_schema(dataset), columns)
        .expect("the columns are made in the order and types of the schema")
}

fn texts<'a>(facts: &[&'a Fact], text: impl Fn(&'a Fact) -> Option<&'a str>) -> ArrayRef {
    Arc::new(facts.iter().map(|fact| text(fact)).collect::<StringArray>())
}

/// The texts of an id column. Rows are sorted by it, so an id is written out once a run.
fn ids<I: PartialEq + Copy + std::fmt::Display>(
    facts: &[&Fact],
    id: impl Fn(&Fact) -> Option<I>,
) -> StringArray {
    let mut last: Option<(I, String)> = None;
    let mut builder = arrow::array::StringBuilder::new();
    for fact in facts {
        let Some(id) = id(fact) else {
            builder.append_null();
            continue;
        };
        if last.as_ref().is_none_or(|(known, _)| *known != id) {
            last = Some((id, id.to_string()));
        }
        builder.append_option(last.as_ref().map(|(_, text)| text));
    }
    builder.finish()
}

/// The bytes of a segment file that holds these batches.
pub(crate) fn file_bytes(
    dataset: &Dataset,
    batches: &[RecordBatch],
) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_created_by(concat!("bellwether ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, segment_schema(dataset), Some(properties))?;
    for batch in batches {
        writer.write(batch)?;
    }
    writer.close()?;
    Ok(bytes)
}
