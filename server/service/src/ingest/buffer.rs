//! A bounded number of rows in memory, and their order.
//!
//! Rows stay where the parser put them: what is sorted is one small key a row. Texts are compared
//! by their ranks among the buffer's own texts.
//! Invariant: the order is that of [`bellwether_domain::fact::FactKey`] with the month in front,
//! and rows of one key stand in the order of their lines.

use std::collections::HashMap;
use std::ops::Range;

use bellwether_domain::fact::Text;
use bellwether_domain::sample::{Layout, Rows, TextColumn};
use bellwether_domain::time::{Month, date_of_day_number, day_number};

/// The most text columns that a dataset has: its dimensions and its attribution.
const TEXTS_MAX: usize = bellwether_domain::dataset::KEY_DIMENSIONS_MAX + 1;

/// What a text takes besides its letters: its allocation, its place in a list, and its entry where
/// it is ranked.
const TEXT_BYTES: usize = 112;

/// Rows in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    chunks: Vec<Rows>,
    size_bytes: usize,
}

impl Buffer {
    /// Adds rows.
    pub(super) fn push(&mut self, rows: Rows) {
        if rows.is_empty() {
            return;
        }
        let texts = rows.texts.iter().flat_map(|column| &column.texts);
        let text_bytes: usize = texts.map(|text| text.len() + TEXT_BYTES).sum();
        self.size_bytes += rows.size_bytes() + text_bytes + rows.len() * size_of::<SortKey>();
        self.chunks.push(rows);
    }

    /// The memory that the rows take, their order included.
    pub(super) fn size_bytes(&self) -> usize {
        self.size_bytes
    }

    /// Whether there are no rows.
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Puts the rows in order. `ranks` has the rank of each campaign's number.
    pub(super) fn sort(self, layout: &Layout, ranks: &[u32]) -> Sorted {
        let columns: Vec<RankedTexts> = (0..layout.n_texts())
            .map(|column| RankedTexts::new(&self.chunks, column))
            .collect();
        let mut keys = Vec::with_capacity(self.chunks.iter().map(Rows::len).sum());
        let mut months = MonthNumbers::default();
        for (chunk, rows) in (0..).zip(&self.chunks) {
            for row in 0..rows.len() {
                let campaign = ranks[rows.campaigns[row] as usize];
                let mut texts = [0; TEXTS_MAX];
                for (rank, (column, ranked)) in
                    texts.iter_mut().zip(rows.texts.iter().zip(&columns))
                {
                    *rank = ranked.rank(chunk, column.codes[row]);
                }
                keys.push(SortKey {
                    head: months.head(rows.days[row], campaign),
                    until: rows.untils.get(row).copied().unwrap_or(0),
                    texts,
                    line: rows.lines[row],
                    chunk,
                    row: u32::try_from(row).expect("a chunk has fewer rows than 32 bits count"),
                });
            }
        }
        keys.sort();
        let months = month_runs(&keys);
        Sorted {
            texts: columns.into_iter().map(|column| column.texts).collect(),
            chunks: self.chunks,
            keys,
            months,
        }
    }
}

/// A row's place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SortKey {
    /// Month, campaign's rank and day of the month, in 24, 32 and 8 bits.
    head: u64,
    until: i32,
    texts: [u32; TEXTS_MAX],
    line: u64,
    chunk: u32,
    row: u32,
}

/// Makes the heads of keys; the next row's month is mostly the last one's.
#[derive(Debug, Default)]
struct MonthNumbers {
    days: Range<i32>,
    number: u64,
}

impl MonthNumbers {
    fn head(&mut self, day: i32, campaign: u32) -> u64 {
        if !self.days.contains(&day) {
            let month = Month::of(date_of_day_number(day).unwrap_or_default());
            let (first, after) = (month.days().from(), month.days().until());
            self.days = day_number(first)..day_number(after);
            let months = i64::from(first.year()) * 12 + i64::from(first.month());
            self.number = u64::try_from(months).unwrap_or(0);
        }
        let day_of_month = u64::from(day.abs_diff(self.days.start));
        self.number << 40 | u64::from(campaign) << 8 | day_of_month
    }
}

fn month_runs(keys: &[SortKey]) -> Vec<Range<usize>> {
    let mut start = 0;
    keys.chunk_by(|a, b| a.head >> 40 == b.head >> 40)
        .map(|run| {
            let rows = start..start + run.len();
            start = rows.end;
            rows
        })
        .collect()
}

/// The texts of one column of all chunks in order, and which each chunk's own numbers are.
#[derive(Debug)]
struct RankedTexts {
    /// Distinct and sorted; a text's rank is one more than its place.
    texts: Vec<Text>,
    /// By chunk, then by the place of the text in the chunk's list.
    ranks: Vec<Vec<u32>>,
}

impl RankedTexts {
    fn new(chunks: &[Rows], column: usize) -> Self {
        let lists = || chunks.iter().map(|rows| &rows.texts[column].texts);
        let mut texts: Vec<Text> = lists().flatten().cloned().collect();
        texts.sort_unstable();
        texts.dedup();
        let places: HashMap<&str, u32> = texts.iter().map(|text| &**text).zip(1..).collect();
        let ranks_of = |list: &Vec<Text>| list.iter().map(|text| places[&**text]).collect();
        let ranks = lists().map(ranks_of).collect();
        Self { texts, ranks }
    }

    fn rank(&self, chunk: u32, code: u32) -> u32 {
        match code.checked_sub(1) {
            None => 0,
            Some(place) => self.ranks[chunk as usize][place as usize],
        }
    }
}

/// Rows in order.
#[derive(Debug)]
pub(super) struct Sorted {
    chunks: Vec<Rows>,
    texts: Vec<Vec<Text>>,
    keys: Vec<SortKey>,
    /// The rows of each month that has any.
    months: Vec<Range<usize>>,
}

impl Sorted {
    /// The months that have rows, each with its rows.
    pub(super) fn months(&self) -> impl Iterator<Item = (Month, Range<usize>)> + '_ {
        self.months.iter().map(|rows| {
            let first = self.keys[rows.start];
            (self.rows(first).month(first.row as usize), rows.clone())
        })
    }

    /// These rows, side by side. Without measures their columns stay empty.
    pub(super) fn gather(&self, rows: Range<usize>, layout: &Layout, with_measures: bool) -> Rows {
        let keys = &self.keys[rows];
        let mut gathered = Rows::new(layout);
        gathered.lines = keys.iter().map(|key| key.line).collect();
        gathered.campaigns = self.column(keys, |rows| &rows.campaigns);
        gathered.days = self.column(keys, |rows| &rows.days);
        if Rows::have_untils(layout.dataset) {
            gathered.untils = keys.iter().map(|key| key.until).collect();
        }
        for (index, column) in gathered.texts.iter_mut().enumerate() {
            *column = self.texts(keys, index);
        }
        if with_measures {
            for (index, column) in gathered.measures.iter_mut().enumerate() {
                *column = self.column(keys, |rows| &rows.measures[index]);
            }
        }
        gathered
    }

    fn rows(&self, key: SortKey) -> &Rows {
        &self.chunks[key.chunk as usize]
    }

    fn column<'s, T: Copy + 's>(
        &'s self,
        keys: &[SortKey],
        of: impl Fn(&'s Rows) -> &'s Vec<T>,
    ) -> Vec<T> {
        let columns: Vec<&[T]> = self.chunks.iter().map(|rows| of(rows).as_slice()).collect();
        keys.iter()
            .map(|key| columns[key.chunk as usize][key.row as usize])
            .collect()
    }

    fn texts(&self, keys: &[SortKey], index: usize) -> TextColumn {
        let mut column = TextColumn::default();
        if self.texts[index].is_empty() {
            column.codes = vec![0; keys.len()];
            return column;
        }
        let mut codes: HashMap<u32, u32> = HashMap::new();
        let mut last = (0, 0);
        for key in keys {
            let rank = key.texts[index];
            if rank != last.0 {
                let next = u32::try_from(column.texts.len() + 1).unwrap_or(u32::MAX);
                let code = *codes.entry(rank).or_insert(next);
                if rank != 0 && code == next {
                    column
                        .texts
                        .push(Text::clone(&self.texts[index][rank as usize - 1]));
                }
                last = (rank, if rank == 0 { 0 } else { code });
            }
            column.codes.push(last.1);
        }
        column
    }
}
