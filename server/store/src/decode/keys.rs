//! The rest of rows' keys, for rows whose place in a partition several commits claim.

use arrow::array::RecordBatch;
use bellwether_domain::dataset::{Dataset, KEY_DIMENSIONS_MAX};

use crate::decode::file::{SegmentFile, days, texts};
use crate::decode::texts::{Words, per_row};
use crate::encode::ROW_GROUP_ROWS;
use crate::error::Cause;
use crate::schema::{BRAND, until_column};

/// The part of a key that its cell doesn't tell, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct TextKey {
    brand: u32,
    until: i32,
    texts: [u32; KEY_DIMENSIONS_MAX],
}

/// The keys of all rows of these files, one file after the other; or the place of a damaged file
/// and what is wrong with it.
pub(crate) fn text_keys(
    files: &[SegmentFile],
    dataset: &Dataset,
) -> Result<Vec<TextKey>, (usize, Cause)> {
    let mut keys = Vec::new();
    let mut words = KeyWords::default();
    let mut names = vec![BRAND];
    names.extend(until_column(dataset));
    names.extend(dataset.dimensions.iter().map(|dimension| dimension.name));
    for (place, file) in files.iter().enumerate() {
        let added = words.add_file(file, &names, dataset, &mut keys);
        added.map_err(|cause| (place, cause))?;
    }
    Ok(keys)
}

#[derive(Debug, Default)]
struct KeyWords {
    brands: Words,
    texts: [Words; KEY_DIMENSIONS_MAX],
}

impl KeyWords {
    fn add_file(
        &mut self,
        file: &SegmentFile,
        names: &[&str],
        dataset: &Dataset,
        keys: &mut Vec<TextKey>,
    ) -> Result<(), Cause> {
        for batch in file.batches(names, ROW_GROUP_ROWS)? {
            self.add(&batch?, dataset, keys)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        batch: &RecordBatch,
        dataset: &Dataset,
        keys: &mut Vec<TextKey>,
    ) -> Result<(), Cause> {
        let first = keys.len();
        keys.resize(first + batch.num_rows(), TextKey::default());
        let keys = &mut keys[first..];
        let brands = per_row(texts(batch, BRAND)?, 0, |text| self.brands.number(text))?;
        for (row, key) in keys.iter_mut().enumerate() {
            key.brand = brands.get(row);
        }
        if let Some(name) = until_column(dataset) {
            for (key, day) in keys.iter_mut().zip(days(batch, name)?.values()) {
                key.until = *day;
            }
        }
        for (place, dimension) in dataset.dimensions.iter().enumerate() {
            let words = &mut self.texts[place];
            let numbers = per_row(texts(batch, dimension.name)?, 0, |text| words.number(text))?;
            for (row, key) in keys.iter_mut().enumerate() {
                key.texts[place] = numbers.get(row);
            }
        }
        Ok(())
    }
}
