//! Which rows of a partition's segments count: the newest commit wins a key, and its row
//! replaces the whole older row.
//!
//! Pure; works on numbers only.

use arrow::array::Array;
use bellwether_domain::fact::{Fact, FactKey};
use bellwether_domain::time::{Date, date_of_day_number};

use crate::decode::{KeyWords, NO_END, RowKey, Rows, Words};
use crate::error::Cause;

/// The most rows of one partition, superseded ones included: what 32-bit places can tell apart.
pub(crate) const PARTITION_ROWS_MAX: usize = u32::MAX as usize;

/// The places of the rows that count, in the order of their keys. `None` when that is all rows
/// as they stand, the usual case of one segment.
pub(crate) fn winners(keys: &[RowKey], commits: &[i64]) -> Result<Option<Vec<u32>>, Cause> {
    let already_in_order = keys.windows(2).all(|pair| pair[0] < pair[1]);
    if already_in_order {
        return Ok(None);
    }
    let n_rows = u32::try_from(keys.len())
        .map_err(|_| format!("a partition holds at most {PARTITION_ROWS_MAX} rows"))?;
    let mut places: Vec<u32> = (0..n_rows).collect();
    // Stable, so that of two rows of one key and commit the later one stays last; and fast on
    // segments, which are sorted runs.
    places.sort_by_key(|place| {
        let row = *place as usize;
        (keys[row], commits[row])
    });
    let mut kept: Vec<u32> = Vec::with_capacity(places.len());
    for place in places {
        match kept.last_mut() {
            Some(last) if keys[*last as usize] == keys[place as usize] => *last = place,
            _ => kept.push(place),
        }
    }
    Ok(Some(kept))
}

/// The facts that count, in the order of [`FactKey`].
pub(crate) fn winning_facts(rows: &Rows) -> Result<Vec<Fact>, Cause> {
    let measures = (0..rows.measures.len()).map(|index| rows.measure(index));
    let measures = measures.collect::<Result<Vec<_>, _>>()?;
    let places = winners(&rows.keys, &rows.commits)?;
    let everything = || (0..rows.keys.len()).collect::<Vec<_>>();
    let places = places.map_or_else(everything, |kept| {
        kept.into_iter().map(|place| place as usize).collect()
    });
    let mut facts = Vec::with_capacity(places.len());
    for place in places {
        let values = measures
            .iter()
            .map(|values| values.is_valid(place).then(|| values.value(place)));
        facts.push(Fact {
            key: fact_key(&rows.words, &rows.keys[place])?,
            measures: values.collect(),
        });
    }
    facts.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(facts)
}

fn fact_key(words: &KeyWords, key: &RowKey) -> Result<FactKey, Cause> {
    let text = |words: &Words, number| words.text(number).cloned();
    let brand = words.brand.text(key.brand).ok_or("a row has no brand")?;
    let campaign = words.campaign.text(key.campaign).map(|id| id.parse());
    Ok(FactKey {
        brand: brand.parse()?,
        campaign: campaign.transpose()?,
        from: day(key.day)?,
        until: (key.until != NO_END).then(|| day(key.until)).transpose()?,
        texts: std::array::from_fn(|index| text(&words.texts[index], key.texts[index])),
        attribution: text(&words.attribution, key.attribution),
    })
}

fn day(number: i32) -> Result<Date, Cause> {
    date_of_day_number(number).ok_or_else(|| format!("{number} is not a day").into())
}
