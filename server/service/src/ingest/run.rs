//! Sorted rows on disk, in blocks of one month each: what doesn't fit into memory.
//!
//! The file has no name in its folder: it goes with the process, however that ends.
//! Invariant: a block is read as it was written, or its batch fails.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use bellwether_domain::fact::Text;
use bellwether_domain::sample::{Layout, Rows, TextColumn};
use bellwether_domain::time::Month;

use super::pack::{pack, take, unpack};
use crate::error::{Error, Result};

/// Rows a block: a merge has one block of each run in memory.
pub(super) const BLOCK_ROWS: usize = 2048;

const WRITING: &str = "write rows aside to the spool folder";
const READING: &str = "read rows that were written aside";

/// Sorted rows that were written aside.
#[derive(Debug)]
pub(super) struct Run {
    file: File,
    blocks: Vec<BlockPlace>,
}

/// Where a block lies.
#[derive(Debug, Clone, Copy)]
struct BlockPlace {
    month: Month,
    n_rows: usize,
    start: u64,
    /// The bytes of the keys, which come first, and of all.
    key_bytes: usize,
    all_bytes: usize,
}

/// A run that is being written.
#[derive(Debug)]
pub(super) struct RunWriter {
    file: BufWriter<File>,
    blocks: Vec<BlockPlace>,
    size_bytes: u64,
    block: Vec<u8>,
}

impl RunWriter {
    /// Begins a run in the spool folder.
    pub(super) fn create(spool_folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(spool_folder).map_err(Error::disk(WRITING))?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 20, file),
            blocks: Vec::new(),
            size_bytes: 0,
            block: Vec::new(),
        })
    }

    /// Adds rows of one month, which come after all before them.
    pub(super) fn push(&mut self, month: Month, rows: &Rows) -> Result<()> {
        self.block.clear();
        pack_keys(rows, &mut self.block);
        let key_bytes = self.block.len();
        for column in &rows.measures {
            pack(column, &mut self.block);
        }
        self.file
            .write_all(&self.block)
            .map_err(Error::disk(WRITING))?;
        self.blocks.push(BlockPlace {
            month,
            n_rows: rows.len(),
            start: self.size_bytes,
            key_bytes,
            all_bytes: self.block.len(),
        });
        self.size_bytes += self.block.len() as u64;
        Ok(())
    }

    /// The whole run.
    pub(super) fn finish(self) -> Result<Run> {
        let file = self.file.into_inner();
        Ok(Run {
            file: file.map_err(|error| Error::disk(WRITING)(error.into_error()))?,
            blocks: self.blocks,
        })
    }
}

impl Run {
    /// The months of the run, in order, some more than once.
    pub(super) fn months(&self) -> impl Iterator<Item = Month> + '_ {
        self.blocks.iter().map(|block| block.month)
    }

    /// The places of a month's blocks, in order.
    pub(super) fn blocks_of(&self, month: Month) -> std::ops::Range<usize> {
        let start = self.blocks.partition_point(|block| block.month < month);
        let end = self.blocks.partition_point(|block| block.month <= month);
        start..end
    }

    /// Reads a block. Without measures their columns stay empty.
    pub(super) fn block(&self, place: usize, layout: &Layout, with_measures: bool) -> Result<Rows> {
        let block = self.blocks[place];
        let n_bytes = if with_measures {
            block.all_bytes
        } else {
            block.key_bytes
        };
        let mut bytes = vec![0; n_bytes];
        self.file
            .read_exact_at(&mut bytes, block.start)
            .map_err(Error::disk(READING))?;
        unpack_block(&bytes, block.n_rows, layout, with_measures)
            .ok_or_else(|| Error::disk(READING)(std::io::ErrorKind::InvalidData.into()))
    }
}

fn pack_keys(rows: &Rows, into: &mut Vec<u8>) {
    let wide = |column: &[u32]| {
        column
            .iter()
            .map(|value| i64::from(*value))
            .collect::<Vec<_>>()
    };
    let days = |column: &[i32]| {
        column
            .iter()
            .map(|value| i64::from(*value))
            .collect::<Vec<_>>()
    };
    let lines: Vec<i64> = rows.lines.iter().map(|line| line.cast_signed()).collect();
    pack(&lines, into);
    pack(&wide(&rows.campaigns), into);
    pack(&days(&rows.days), into);
    if !rows.untils.is_empty() {
        pack(&days(&rows.untils), into);
    }
    for column in &rows.texts {
        pack(&wide(&column.codes), into);
        into.extend_from_slice(&(column.texts.len() as u64).to_le_bytes());
        for text in &column.texts {
            into.extend_from_slice(&(text.len() as u64).to_le_bytes());
            into.extend_from_slice(text.as_bytes());
        }
    }
}

fn unpack_block(
    mut bytes: &[u8],
    n_rows: usize,
    layout: &Layout,
    with_measures: bool,
) -> Option<Rows> {
    let bytes = &mut bytes;
    let mut rows = Rows::new(layout);
    let lines = unpack(n_rows, bytes)?;
    rows.lines = lines.into_iter().map(i64::cast_unsigned).collect();
    rows.campaigns = narrow(unpack(n_rows, bytes)?)?;
    rows.days = narrow(unpack(n_rows, bytes)?)?;
    if Rows::have_untils(layout.dataset) {
        rows.untils = narrow(unpack(n_rows, bytes)?)?;
    }
    for column in &mut rows.texts {
        *column = unpack_texts(n_rows, bytes)?;
    }
    if with_measures {
        for column in &mut rows.measures {
            *column = unpack(n_rows, bytes)?;
        }
    }
    Some(rows)
}

fn unpack_texts(n_rows: usize, bytes: &mut &[u8]) -> Option<TextColumn> {
    let codes: Vec<u32> = narrow(unpack(n_rows, bytes)?)?;
    let n_texts = u64::from_le_bytes(take::<8>(bytes)?);
    let mut texts = Vec::new();
    for _ in 0..n_texts {
        let n_bytes = usize::try_from(u64::from_le_bytes(take::<8>(bytes)?)).ok()?;
        let (text, rest) = bytes.split_at_checked(n_bytes)?;
        *bytes = rest;
        texts.push(Text::from(std::str::from_utf8(text).ok()?));
    }
    let known = codes.iter().all(|code| *code as usize <= texts.len());
    known.then_some(TextColumn { codes, texts })
}

fn narrow<T: TryFrom<i64>>(values: Vec<i64>) -> Option<Vec<T>> {
    values
        .into_iter()
        .map(|value| T::try_from(value).ok())
        .collect()
}
