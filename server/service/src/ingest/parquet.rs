//! Rows of a Parquet body; the store decodes, this hands over.

use bellwether_domain::sample::{ChunkParser, Header, Layout, RowChunk};
use bellwether_store::ReportBatch;

use crate::error::Result;

/// Parses the rows of a batch.
pub(super) fn parse(batch: &ReportBatch, layout: &Layout, header: &Header) -> Result<RowChunk> {
    let rows = batch.rows()?;
    let mask = layout.mask();
    let mut chunk = ChunkParser::new(layout, header);
    let mut cells = Vec::with_capacity(header.columns().len());
    for row in 0..batch.n_rows() {
        let number = rows.read(row, &mut cells);
        chunk.row(number, &cells, mask);
    }
    Ok(chunk.finish())
}
