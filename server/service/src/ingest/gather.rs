//! Gathers the rows of a report in bounded memory: resolves them in order, and writes them aside as
//! a sorted run whenever the batch's share of memory is full.
//!
//! Invariant: at most two buffers are in memory, the one that fills and the one that is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread::{Scope, ScopedJoinHandle};

use bellwether_domain::campaign::Campaign;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::Text;
use bellwether_domain::ids::CampaignId;
use bellwether_domain::sample::{Layout, Resolver, RowChunk, Rows};

use super::buffer::{Buffer, Sorted};
use super::merge::{Merge, Source};
use super::problems::Problems;
use super::progress::Progress;
use super::run::{BLOCK_ROWS, Run, RunWriter};
use super::settle::settle;
use crate::error::{Error, Result};

/// How many runs are merged at once; a block of each is in memory. More become one before the end.
const RUNS_MAX: usize = 64;

/// What a gathering keeps to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds<'a> {
    /// Where rows are written aside.
    pub(super) spool_folder: &'a Path,
    /// The most rows of the report.
    pub(super) rows_max: u64,
    /// The most bytes of rows in one buffer.
    pub(super) buffer_bytes: usize,
}

/// A report in the making.
pub(super) struct Gathering<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    layout: &'env Layout,
    resolver: Resolver<'env>,
    bounds: Bounds<'env>,
    progress: &'env Progress,
    buffer: Buffer,
    runs: Vec<Run>,
    writing: Option<ScopedJoinHandle<'scope, Result<Run>>>,
    coded: BTreeMap<&'static str, BTreeSet<Text>>,
    n_rows: u64,
    problems: Problems,
}

/// All rows of a report that are good by themselves, in sorted runs.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) sources: Vec<Source>,
    /// The campaigns by their numbers; the first has 1.
    pub(super) campaigns: Vec<CampaignId>,
    /// The rank of each number among the campaigns' ids; 0, none, comes first.
    pub(super) ranks: Vec<u32>,
    pub(super) registered: Vec<Campaign>,
    /// The texts of each dimension that need stable codes.
    pub(super) coded: BTreeMap<&'static str, BTreeSet<Text>>,
    pub(super) n_rows: u64,
    pub(super) problems: Problems,
}

impl<'scope, 'env> Gathering<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        layout: &'env Layout,
        resolver: Resolver<'env>,
        bounds: Bounds<'env>,
        progress: &'env Progress,
    ) -> Self {
        Self {
            scope,
            layout,
            resolver,
            bounds,
            progress,
            buffer: Buffer::default(),
            runs: Vec::new(),
            writing: None,
            coded: BTreeMap::new(),
            n_rows: 0,
            problems: Problems::default(),
        }
    }

    /// Takes the report's next chunk.
    pub(super) fn take(&mut self, chunk: RowChunk) -> Result<()> {
        self.n_rows += chunk.n_rows();
        if self.n_rows > self.bounds.rows_max {
            let message = "the report; split it into several batches";
            return Err(Refusal::limit("ingest_rows_max", self.bounds.rows_max, message).into());
        }
        self.progress.read_rows(chunk.n_rows());
        let resolved = self.resolver.resolve(chunk);
        for problem in resolved.problems {
            self.problems.push(problem);
        }
        self.collect_texts(&resolved.rows);
        self.buffer.push(resolved.rows);
        if self.buffer.size_bytes() >= self.bounds.buffer_bytes {
            self.write_aside()?;
        }
        Ok(())
    }

    /// Everything that was taken.
    pub(super) fn finish(mut self) -> Result<Gathered> {
        self.await_writing()?;
        let ranks = ranks(self.resolver.campaigns());
        let mut sources: Vec<Source> = self.runs.into_iter().map(Source::Disk).collect();
        if !self.buffer.is_empty() {
            let sorted = self.buffer.sort(self.layout, &ranks);
            sources.push(Source::Memory(sorted));
        }
        let (campaigns, registered) = self.resolver.finish();
        Ok(Gathered {
            sources,
            campaigns,
            ranks,
            registered,
            coded: self.coded,
            n_rows: self.n_rows,
            problems: self.problems,
        })
    }

    fn collect_texts(&mut self, rows: &Rows) {
        let dimensions = self.layout.dataset.dimensions.iter().zip(&rows.texts);
        for (dimension, column) in dimensions.filter(|(dimension, _)| dimension.coded) {
            let known = self.coded.entry(dimension.name).or_default();
            for text in &column.texts {
                if !known.contains(text) {
                    known.insert(Text::clone(text));
                }
            }
        }
    }

    /// Sorts and writes the buffer on a thread of its own, once the one before it is written.
    fn write_aside(&mut self) -> Result<()> {
        self.await_writing()?;
        let ranks = ranks(self.resolver.campaigns());
        if self.runs.len() >= RUNS_MAX {
            let sources: Vec<Source> = self.runs.drain(..).map(Source::Disk).collect();
            let merged = merged(&sources, self.layout, &ranks, self.bounds.spool_folder)?;
            self.runs.push(merged);
        }
        let buffer = std::mem::take(&mut self.buffer);
        let (layout, folder) = (self.layout, self.bounds.spool_folder);
        self.writing = Some(self.scope.spawn(move || {
            let sorted = buffer.sort(layout, &ranks);
            written_aside(&sorted, layout, folder)
        }));
        Ok(())
    }

    fn await_writing(&mut self) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            let run = writing.join().map_err(|_| Error::TaskEnded {
                attempted: "write rows aside",
            })?;
            self.runs.push(run?);
        }
        Ok(())
    }
}

fn written_aside(sorted: &Sorted, layout: &Layout, folder: &Path) -> Result<Run> {
    let mut run = RunWriter::create(folder)?;
    for (month, rows) in sorted.months() {
        let mut start = rows.start;
        while start < rows.end {
            let end = rows.end.min(start + BLOCK_ROWS);
            run.push(month, &sorted.gather(start..end, layout, true))?;
            start = end;
        }
    }
    run.finish()
}

/// Several runs as one.
fn merged(sources: &[Source], layout: &Layout, ranks: &[u32], folder: &Path) -> Result<Run> {
    let mut run = RunWriter::create(folder)?;
    let months: BTreeSet<_> = sources.iter().flat_map(Source::months).collect();
    for month in months {
        let merge = Merge::new(sources, month, ranks, layout, true)?;
        settle(merge, layout, None, BLOCK_ROWS, |rows| {
            run.push(month, &rows)
        })?;
    }
    run.finish()
}

/// The rank of each campaign's number by its id. Two campaigns never change places when more come.
fn ranks(campaigns: &[CampaignId]) -> Vec<u32> {
    let mut by_id: Vec<usize> = (0..campaigns.len()).collect();
    by_id.sort_unstable_by_key(|place| campaigns[*place]);
    let mut ranks = vec![0; campaigns.len() + 1];
    for (rank, place) in (1..).zip(by_id) {
        ranks[place + 1] = rank;
    }
    ranks
}
