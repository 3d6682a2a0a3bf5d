//! A partition in memory: the rows that count of one dataset and month, as columns of codes and
//! measures, sorted by campaign, day and attribution window.
//!
//! Invariant: immutable; what it holds follows from (agency, name, version), the codes (which
//! never change their meaning) and the measures asked for. Ids of ad groups and ads are not held:
//! of them only the row's level is.

use std::ops::Range;

use arrow::array::{Array, Int32Array, Int64Array, UInt8Array, UInt32Array};
use arrow::compute::take;
use bellwether_domain::codes::{CODE_OF_NOTHING, CodeTable};
use bellwether_domain::dataset::{Dataset, KEY_DIMENSIONS_MAX, KeyDimension, ShapeRule};
use bellwether_domain::ids::AgencyId;
use bellwether_domain::segment::{CommitNumber, PartitionName, PartitionVersion};

use crate::decode::{RowKey, Rows, Words};
use crate::error::Cause;
use crate::merge::winners;
use crate::{Error, Result};

/// The dimension of the code table in which campaigns have their codes, by their ids.
pub const CAMPAIGN_CODES: &str = "campaign";

/// The dimension of the code table in which attribution windows have their codes.
pub const ATTRIBUTION_CODES: &str = "attribution";

/// The rows of one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CampaignRun {
    pub(crate) campaign: u32,
    pub(crate) rows: Range<usize>,
}

/// One partition as the kernels read it.
#[derive(Debug, Clone)]
pub struct Partition {
    pub(crate) agency: AgencyId,
    pub(crate) name: PartitionName,
    pub(crate) version: CommitNumber,
    /// Sorted by campaign code; code 0 holds the rows of no campaign.
    pub(crate) runs: Vec<CampaignRun>,
    pub(crate) days: Int32Array,
    pub(crate) attributions: UInt32Array,
    pub(crate) shapes: UInt8Array,
    /// By the dataset's dimensions; `None` where they have no codes.
    pub(crate) dimensions: Vec<Option<UInt32Array>>,
    /// By the dataset's dimensions, the number after the highest code present.
    pub(crate) widths: Vec<usize>,
    /// By the dataset's measures; `None` where not asked for.
    pub(crate) measures: Vec<Option<Int64Array>>,
    day_bounds: Option<(i32, i32)>,
    /// Bit `i` is set when rows of shape `i` are present.
    pub(crate) shapes_present: u8,
    /// The attribution windows present, sorted.
    pub(crate) attributions_present: Vec<u32>,
}

impl Partition {
    /// Merges the rows of the version's segments.
    pub(crate) fn build(
        version: &PartitionVersion,
        mut rows: Rows,
        codes: &CodeTable,
    ) -> Result<Self, BuildError> {
        let dataset = Dataset::of(version.name.dataset);
        let campaigns = codes_of(&rows.words.campaign, CAMPAIGN_CODES, codes)?;
        for key in &mut rows.keys {
            key.campaign = campaigns[key.campaign as usize];
        }
        let places = winners(&rows.keys, &rows.commits).map_err(BuildError::Damaged)?;
        let measures = gathered_measures(&rows, places.as_deref())?;
        if let Some(places) = places {
            rows.keys = places
                .iter()
                .map(|place| rows.keys[*place as usize])
                .collect();
        }
        let keys = &rows.keys;
        let windows = codes_of(&rows.words.attribution, ATTRIBUTION_CODES, codes)?;
        let attributions: Vec<u32> = keys
            .iter()
            .map(|key| windows[key.attribution as usize])
            .collect();
        let shapes: Vec<u8> = keys.iter().map(|key| shape_bits(dataset, key)).collect();
        let dimensions = dimension_columns(dataset, &rows, codes)?;
        Ok(Self {
            agency: version.agency,
            name: version.name,
            version: version.version,
            runs: campaign_runs(keys),
            days: keys.iter().map(|key| key.day).collect::<Vec<_>>().into(),
            day_bounds: day_bounds(keys),
            shapes_present: shapes.iter().fold(0, |present, shape| present | 1 << shape),
            attributions_present: distinct(&attributions),
            shapes: shapes.into(),
            attributions: attributions.into(),
            widths: dimensions
                .iter()
                .map(|codes| width(codes.as_ref()))
                .collect(),
            dimensions,
            measures,
        })
    }

    /// Whose facts they are.
    pub fn agency(&self) -> AgencyId {
        self.agency
    }

    /// The dataset and month.
    pub fn name(&self) -> PartitionName {
        self.name
    }

    /// The newest commit it holds; with agency and name it identifies the contents.
    pub fn version(&self) -> CommitNumber {
        self.version
    }

    /// How many rows count.
    pub fn n_rows(&self) -> usize {
        self.days.len()
    }

    /// The numbers of the first and the last day with rows; `None` without rows.
    pub fn day_bounds(&self) -> Option<(i32, i32)> {
        self.day_bounds
    }

    /// The codes of the campaigns with rows, ascending; 0 stands for "no campaign".
    pub fn campaigns(&self) -> impl Iterator<Item = u32> {
        self.runs.iter().map(|run| run.campaign)
    }

    /// How many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        let dimensions = self
            .dimensions
            .iter()
            .flatten()
            .map(Array::get_array_memory_size);
        let measures = self
            .measures
            .iter()
            .flatten()
            .map(Array::get_array_memory_size);
        size_of::<Self>()
            + self.runs.capacity() * size_of::<CampaignRun>()
            + self.days.get_array_memory_size()
            + self.attributions.get_array_memory_size()
            + self.shapes.get_array_memory_size()
            + dimensions.sum::<usize>()
            + measures.sum::<usize>()
    }
}

/// Why rows can't become a partition.
#[derive(Debug)]
pub(crate) enum BuildError {
    /// The rows themselves are wrong.
    Damaged(Cause),
    /// The code table is older than the rows.
    StaleCodes(Error),
}

/// The shape of a row. A level is named by its deepest id, so that an ad without its ad group is
/// still of level AD and never counted as a level of its own.
fn shape_bits(dataset: &Dataset, key: &RowKey) -> u8 {
    let mut bits = 0;
    for (index, text) in key.texts.iter().enumerate() {
        if *text == CODE_OF_NOTHING {
            continue;
        }
        bits |= 1 << index;
        if dataset.shape_rule == ShapeRule::Level {
            bits |= (1 << index) - 1;
        }
    }
    bits
}

fn width(codes: Option<&UInt32Array>) -> usize {
    let highest = codes.and_then(|codes| codes.values().iter().max());
    highest.map_or(1, |code| *code as usize + 1)
}

fn campaign_runs(keys: &[RowKey]) -> Vec<CampaignRun> {
    let mut runs: Vec<CampaignRun> = Vec::new();
    for (row, key) in keys.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.campaign == key.campaign => run.rows.end = row + 1,
            _ => runs.push(CampaignRun {
                campaign: key.campaign,
                rows: row..row + 1,
            }),
        }
    }
    runs
}

fn day_bounds(keys: &[RowKey]) -> Option<(i32, i32)> {
    let days = || keys.iter().map(|key| key.day);
    Some((days().min()?, days().max()?))
}

fn distinct(codes: &[u32]) -> Vec<u32> {
    codes
        .iter()
        .copied()
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// The code of every word by its number; that of "no text" first.
fn codes_of(
    words: &Words,
    dimension: &'static str,
    codes: &CodeTable,
) -> Result<Vec<u32>, BuildError> {
    let mut found = vec![CODE_OF_NOTHING];
    for text in words.texts() {
        let code = codes.code(dimension, text).ok_or_else(|| {
            BuildError::StaleCodes(Error::StaleCodes {
                dimension,
                text: text.to_string(),
            })
        })?;
        found.push(code);
    }
    Ok(found)
}

fn dimension_columns(
    dataset: &'static Dataset,
    rows: &Rows,
    codes: &CodeTable,
) -> Result<Vec<Option<UInt32Array>>, BuildError> {
    let column = |(index, dimension): (usize, &'static KeyDimension)| {
        if !dimension.coded {
            return Ok(None);
        }
        let codes = codes_of(&rows.words.texts[index], dimension.name, codes)?;
        let of_row = |key: &RowKey| codes[key.texts[index] as usize];
        Ok(Some(
            rows.keys.iter().map(of_row).collect::<Vec<_>>().into(),
        ))
    };
    debug_assert!(dataset.dimensions.len() <= KEY_DIMENSIONS_MAX);
    dataset.dimensions.iter().enumerate().map(column).collect()
}

fn gathered_measures(
    rows: &Rows,
    places: Option<&[u32]>,
) -> Result<Vec<Option<Int64Array>>, BuildError> {
    let places = places.map(|places| UInt32Array::from(places.to_vec()));
    let mut gathered = Vec::with_capacity(rows.measures.len());
    for index in 0..rows.measures.len() {
        if !rows.has_measure(index) {
            gathered.push(None);
            continue;
        }
        let values = rows
            .measure(index)
            .map_err(|cause| BuildError::Damaged(cause.into()))?;
        let values = match &places {
            Some(places) => taken(&values, places)?,
            None => values,
        };
        gathered.push(Some(values));
    }
    Ok(gathered)
}

fn taken(values: &Int64Array, places: &UInt32Array) -> Result<Int64Array, BuildError> {
    use arrow::array::AsArray;
    let taken = take(values, places, None).map_err(|cause| BuildError::Damaged(cause.into()))?;
    Ok(taken.as_primitive::<arrow::datatypes::Int64Type>().clone())
}
