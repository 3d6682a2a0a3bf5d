//! Rows to the Arrow batches of a segment file, and how such files are written.
//!
//! Pure: rows in, batches out; no file is touched here.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray, StringBuilder, new_null_array,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::{Fact, Shape, Text};
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::sample::{Layout, MISSING, Rows, TextColumn};
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::day_number;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::schema::{
    COMMIT_NUMBER, MERGED_MEASURES, measure_column, segment_schema, shape_column, until_column,
};
use crate::{Error, Result};

/// Rows a row group, and rows a batch while writing: small enough that one is in memory twice
/// (as columns and compressed) for some megabytes, large enough for dictionaries to pay.
pub(crate) const ROW_GROUP_ROWS: usize = 64 * 1024;

/// How segment files are written: measures packed by their differences, which leaves a codec
/// nothing to gain and reads several times as fast; texts as dictionaries, compressed. Decision
/// 9 has the measurements.
pub(crate) fn writer_properties(dataset: &Dataset) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("bellwether ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page);
    let measures = dataset.measures.iter().map(measure_column);
    for name in measures.chain([COMMIT_NUMBER.to_owned(), MERGED_MEASURES.to_owned()]) {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(column, Compression::UNCOMPRESSED);
    }
    properties.build()
}

/// Rows of one brand as Arrow columns in the segment's schema.
pub(crate) fn batch_of(
    layout: &Layout,
    brand: BrandId,
    campaigns: &[CampaignId],
    rows: Rows,
) -> Result<RecordBatch> {
    let dataset = layout.dataset;
    let n_rows = rows.len();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::new_repeated(brand.to_string(), n_rows)),
        Arc::new(campaign_texts(campaigns, &rows)?),
    ];
    let dimensions = &rows.texts[..dataset.dimensions.len()];
    let attribution = &rows.texts[dataset.dimensions.len()..];
    let dimension_texts: Vec<ArrayRef> = dimensions.iter().map(texts).collect();
    let shapes = shape_column(dataset).map(|_| shape_names(dataset, &rows));
    let attribution_texts: Vec<ArrayRef> = attribution.iter().map(texts).collect();
    columns.push(Arc::new(Date32Array::from(rows.days)));
    if until_column(dataset).is_some() {
        columns.push(Arc::new(Date32Array::from(rows.untils)));
    }
    columns.extend(dimension_texts);
    columns.extend(shapes);
    columns.extend(attribution_texts);
    let mut measures = vec![new_null_array(&DataType::Int64, n_rows); dataset.measures.len()];
    let mut given = rows.measures;
    let masks = layout.mask_column().map(|place| given.remove(place));
    for (index, values) in layout.measures.iter().zip(given) {
        measures[*index] = numbers(values);
    }
    columns.extend(measures);
    columns.push(new_null_array(&DataType::Int64, n_rows));
    columns.push(masks.map_or_else(|| new_null_array(&DataType::Int64, n_rows), numbers));
    RecordBatch::try_new(segment_schema(dataset), columns).map_err(|_| Error::BrokenRule {
        rule: "all columns of rows have one length, and the dataset's types",
    })
}

/// The texts of campaigns. Rows are sorted by them, so an id is written out once a run.
fn campaign_texts(campaigns: &[CampaignId], rows: &Rows) -> Result<StringArray> {
    let mut builder = StringBuilder::new();
    for (number, run) in rows.campaign_runs() {
        let Some(place) = number.checked_sub(1) else {
            builder.append_nulls(run.len());
            continue;
        };
        let id = campaigns.get(place as usize).ok_or(Error::BrokenRule {
            rule: "every campaign of the rows is in the list",
        })?;
        let text = id.to_string();
        for _ in run {
            builder.append_value(&text);
        }
    }
    Ok(builder.finish())
}

fn texts(column: &TextColumn) -> ArrayRef {
    let text = |code: &u32| Some(&*column.texts[code.checked_sub(1)? as usize]);
    Arc::new(column.codes.iter().map(text).collect::<StringArray>())
}

fn shape_names(dataset: &Dataset, rows: &Rows) -> ArrayRef {
    let mut names: HashMap<Shape, String> = HashMap::new();
    let mut builder = StringBuilder::new();
    for row in 0..rows.len() {
        let shape = rows.shape(dataset, row);
        builder.append_value(names.entry(shape).or_insert_with(|| shape.name(dataset)));
    }
    Arc::new(builder.finish())
}

fn numbers(values: Vec<i64>) -> ArrayRef {
    let is_given = |value: &i64| *value != MISSING;
    let nulls =
        (!values.iter().all(is_given)).then(|| values.iter().map(is_given).collect::<NullBuffer>());
    Arc::new(Int64Array::new(values.into(), nulls))
}

/// Facts as rows, with the campaigns that their numbers stand for.
pub(crate) fn rows_of(layout: &Layout, facts: &[&Fact]) -> (Rows, Vec<CampaignId>) {
    let mut rows = Rows::new(layout);
    let mut campaigns: Vec<CampaignId> = Vec::new();
    let mut places: Vec<HashMap<Text, u32>> = vec![HashMap::new(); layout.n_texts()];
    for (fact, line) in facts.iter().zip(1..) {
        let key = &fact.key;
        if key.campaign.is_some() && key.campaign != campaigns.last().copied() {
            campaigns.extend(key.campaign);
        }
        rows.lines.push(line);
        rows.campaigns
            .push(key.campaign.map_or(0, |_| count(campaigns.len())));
        rows.days.push(day_number(key.from));
        rows.untils.extend(key.until.map(day_number));
        let n_dimensions = layout.dataset.dimensions.len();
        let given = key.texts[..n_dimensions].iter().chain([&key.attribution]);
        for ((column, places), text) in rows.texts.iter_mut().zip(&mut places).zip(given) {
            let code = text.as_ref().map(|text| {
                *places.entry(Arc::clone(text)).or_insert_with(|| {
                    column.texts.push(Arc::clone(text));
                    count(column.texts.len())
                })
            });
            column.codes.push(code.unwrap_or(0));
        }
        for (column, index) in rows.measures.iter_mut().zip(&layout.measures) {
            column.push(fact.measures[*index].unwrap_or(MISSING));
        }
    }
    (rows, campaigns)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("a batch has fewer rows than 32 bits count")
}

/// The facts in the order of rows in a segment, checked to be of one partition and brand, of the
/// dataset's width, and of distinct keys.
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

/// The bytes of a segment file with these facts, for tests that need no disk.
#[cfg(test)]
pub(crate) fn file_of(partition: PartitionName, facts: &[Fact]) -> Vec<u8> {
    let layout = Layout::of_dataset(Dataset::of(partition.dataset));
    let sorted = sorted_facts(partition, facts).unwrap();
    let (rows, campaigns) = rows_of(&layout, &sorted);
    let batch = batch_of(&layout, sorted[0].key.brand, &campaigns, rows).unwrap();
    let mut bytes = Vec::new();
    let properties = writer_properties(layout.dataset);
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn require(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        return Ok(());
    }
    Err(Error::BrokenRule { rule })
}
