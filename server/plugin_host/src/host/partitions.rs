//! The batches of an alerter that must see certain rows together, such as those of one brand.
//!
//! Invariant: every row is in the batch of its partition, in the order in which it came; partitions
//! come in the order of their names.

use std::borrow::Cow;

use super::projection::Projection;
use crate::abi::Kind;
use crate::discovery::PluginDescriptor;
use crate::slices::Slice;
use crate::table::ColumnData;

/// A batch for each value of `partition_by`. Without it, and for other kinds, what was given.
pub(super) fn split<'a>(
    plugin: &PluginDescriptor,
    projection: Projection<'a>,
    slices: Vec<Slice>,
) -> (Projection<'a>, Vec<Slice>) {
    let metadata = &plugin.metadata;
    let declared = metadata.input.columns.iter();
    let partition_by = metadata.input.partition_by.as_ref();
    let mut named = declared.zip(&projection.columns);
    let column = partition_by.and_then(|name| named.find(|(column, _)| column.name == *name));
    let Some((_, ColumnData::Utf8(names))) = column.map(|(column, data)| (column, data.as_ref()))
    else {
        return (projection, slices);
    };
    if metadata.kind != Kind::Alerter {
        return (projection, slices);
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|row| &names[*row]);
    let batches = runs(names, &order);
    (reordered(&projection, &order), batches)
}

/// The ranges of equal names, which follow each other in this order.
fn runs(names: &[Option<String>], order: &[usize]) -> Vec<Slice> {
    let equal = order.chunk_by(|a, b| names[*a] == names[*b]);
    let mut start = 0;
    let batch = |rows: &[usize]| {
        let begin = start;
        start += rows.len();
        Slice {
            rows: begin..start,
            // Only a scorer's answers are counted by them.
            entities: Vec::new(),
        }
    };
    equal.map(batch).collect()
}

fn reordered<'a>(projection: &Projection<'a>, order: &[usize]) -> Projection<'a> {
    let columns = projection.columns.iter();
    Projection {
        columns: columns
            .map(|data| Cow::Owned(data.reordered(order)))
            .collect(),
        keys: order.iter().map(|row| projection.keys[*row]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::abi::Metadata;
    use crate::slices::slices;
    use crate::table::{InputTable, NamedColumn};

    fn plugin(kind: &str) -> PluginDescriptor {
        let metadata = format!(
            r#"{{
                "metadata": 1, "name": "brands", "version": "1.0.0", "kind": "{kind}",
                "description": "", "config_schema": {{}},
                "input": {{
                    "entity_key": "campaign_id",
                    "partition_by": "brand_id",
                    "columns": [
                        {{"name": "campaign_id", "type": "utf8"}},
                        {{"name": "brand_id", "type": "utf8"}},
                        {{"name": "spend_micros", "type": "int64", "nullable": true}}
                    ]
                }},
                "output": {{"columns": [{{"name": "message", "type": "utf8"}}]}}
            }}"#
        );
        PluginDescriptor {
            path: PathBuf::new(),
            sha256: String::new(),
            metadata: Metadata::parse(&metadata).unwrap(),
        }
    }

    fn table() -> InputTable {
        let texts = |texts: [&str; 4]| {
            ColumnData::Utf8(texts.iter().map(|text| Some((*text).to_owned())).collect())
        };
        let columns = [
            ("campaign_id", texts(["a", "b", "c", "d"])),
            ("brand_id", texts(["y", "x", "y", "x"])),
            (
                "spend_micros",
                ColumnData::Int64((1..=4).map(Some).collect()),
            ),
        ];
        let named = columns.map(|(name, data)| NamedColumn {
            name: name.to_owned(),
            data,
        });
        InputTable {
            columns: named.into(),
        }
    }

    /// The spend of each batch.
    fn batches(kind: &str) -> Vec<Vec<Option<i64>>> {
        let (plugin, table) = (plugin(kind), table());
        let projection = Projection::of(&plugin, &table).unwrap();
        let whole = slices(&projection.keys, 4).unwrap();
        let (projection, batches) = split(&plugin, projection, whole);
        let ColumnData::Int64(spend) = projection.columns[2].as_ref() else {
            panic!("spend is a whole number");
        };
        let of = |batch: &Slice| spend[batch.rows.clone()].to_vec();
        batches.iter().map(of).collect()
    }

    #[test]
    fn an_alerter_sees_each_partition_whole_and_alone() {
        assert_eq!(batches("ALERTER"), [[Some(2), Some(4)], [Some(1), Some(3)]]);
    }

    #[test]
    fn an_allocator_sees_everything_at_once() {
        assert_eq!(batches("ALLOCATOR"), [[Some(1), Some(2), Some(3), Some(4)]]);
    }
}
