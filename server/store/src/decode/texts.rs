//! Columns of texts to numbers: each distinct text of a batch is looked at once.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use bellwether_domain::codes::{CODE_OF_NOTHING, CodeTable};
use bellwether_domain::dataset::{Dataset, ShapeRule};

use crate::Error;
use crate::decode::file::Texts;
use crate::error::Cause;

/// One value for each row of a batch.
#[derive(Debug)]
pub(super) enum PerRow<T> {
    /// The same for all.
    Same(T),
    /// Row by row.
    Rows(Vec<T>),
}

impl<T: Copy> PerRow<T> {
    #[inline]
    pub(super) fn get(&self, row: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Rows(values) => values[row],
        }
    }
}

/// What `of_text` makes of each row's text; `absent` where a row has none.
pub(super) fn per_row<T: Copy>(
    texts: &Texts,
    absent: T,
    mut of_text: impl FnMut(&str) -> Result<T, Cause>,
) -> Result<PerRow<T>, Cause> {
    if texts.null_count() == texts.len() {
        return Ok(PerRow::Same(absent));
    }
    let values = texts.values().as_string::<i32>();
    // Where a row uses them: a dictionary may hold values of no row, such as the empty text in a
    // column of nulls.
    let mut known: Vec<Option<T>> = vec![None; values.len()];
    let keys = texts.keys();
    let mut rows = Vec::with_capacity(texts.len());
    for row in 0..texts.len() {
        if keys.is_null(row) {
            rows.push(absent);
            continue;
        }
        let value = usize::try_from(keys.value(row))?;
        let place = known
            .get_mut(value)
            .ok_or("a text is not in its dictionary")?;
        let made = match *place {
            Some(made) => made,
            None => *place.insert(of_text(values.value(value))?),
        };
        rows.push(made);
    }
    Ok(PerRow::Rows(rows))
}

/// The codes of a column's texts in a dimension.
pub(super) fn codes_per_row(
    texts: &Texts,
    dimension: &'static str,
    codes: &CodeTable,
) -> Result<PerRow<u32>, Cause> {
    per_row(texts, CODE_OF_NOTHING, |text| {
        code_of(text, dimension, codes)
    })
}

/// The code of a text; without one the table is older than the facts.
pub(crate) fn code_of(
    text: &str,
    dimension: &'static str,
    codes: &CodeTable,
) -> Result<u32, Cause> {
    let code = codes
        .code(dimension, text)
        .ok_or_else(|| Error::StaleCodes {
            dimension,
            text: text.to_owned(),
        });
    Ok(code?)
}

/// Texts numbered from 1 in the order in which they were met; 0 is "no text".
#[derive(Debug, Default)]
pub(super) struct Words {
    numbers: HashMap<Arc<str>, u32>,
}

impl Words {
    pub(super) fn number(&mut self, text: &str) -> Result<u32, Cause> {
        if let Some(known) = self.numbers.get(text) {
            return Ok(*known);
        }
        let number = u32::try_from(self.numbers.len() + 1)?;
        self.numbers.insert(text.into(), number);
        Ok(number)
    }
}

/// The shape of a row that gives the texts of these bits. A level is named by its deepest id, so
/// that an ad without its ad group is still of level AD and never counted as a level of its own.
pub(crate) fn shape_of_texts(dataset: &Dataset, given: u8) -> u8 {
    let mut shape = 0;
    for (place, dimension) in dataset.dimensions.iter().enumerate() {
        if !dimension.in_shape || given & (1 << place) == 0 {
            continue;
        }
        shape |= 1 << place;
        if dataset.shape_rule == ShapeRule::Level {
            shape |= in_shape_bits(dataset) & ((1 << place) - 1);
        }
    }
    shape
}

fn in_shape_bits(dataset: &Dataset) -> u8 {
    let dimensions = dataset.dimensions.iter().enumerate();
    dimensions
        .filter(|(_, dimension)| dimension.in_shape)
        .fold(0, |bits, (place, _)| bits | 1 << place)
}

/// The shape of a name in a file's `level` or `breakdown` column.
pub(super) fn shape_of_name(dataset: &Dataset, name: &str) -> Result<u8, Cause> {
    let bit = |word: &str| {
        let place = dataset
            .dimensions
            .iter()
            .position(|dimension| dimension.name.eq_ignore_ascii_case(word));
        let place = place.ok_or_else(|| format!("`{name}` is no level or breakdown"))?;
        Ok::<u8, Cause>(1 << place)
    };
    let given = match (dataset.shape_rule, name) {
        (ShapeRule::Level, "CAMPAIGN") | (_, "") => 0,
        (ShapeRule::Level, deepest) => bit(deepest)?,
        (_, listed) => {
            let mut given = 0;
            for word in listed.split(',') {
                given |= bit(word)?;
            }
            given
        }
    };
    Ok(shape_of_texts(dataset, given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::dataset::DatasetName;
    use bellwether_domain::fact::Shape;

    #[test]
    fn every_shape_is_found_by_its_name() {
        for dataset in Dataset::ALL {
            for given in 0..1 << dataset.dimensions.len() {
                let shape = shape_of_texts(dataset, given);
                let name = Shape(shape).name(dataset);
                assert_eq!(shape_of_name(dataset, &name).unwrap(), shape, "{name}");
            }
        }
    }

    #[test]
    fn an_ad_without_its_ad_group_is_of_level_ad() {
        let delivery = Dataset::of(DatasetName::DeliveryDaily);
        assert_eq!(shape_of_texts(delivery, 0b10), 0b11);
        assert_eq!(shape_of_name(delivery, "AD").unwrap(), 0b11);
        assert!(shape_of_name(delivery, "ACCOUNT").is_err());
    }
}
