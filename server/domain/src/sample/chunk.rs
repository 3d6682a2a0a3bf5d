//! Raw rows to columns, as far as a row can be judged by itself: what a worker does with one chunk
//! of a report while others do the next ones.
//!
//! Invariant: nothing here depends on another chunk, nor on which campaigns exist; that is for
//! [`super::Resolver`], which takes the chunks in the order of the report.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::Cell;
use super::campaigns::RowCampaign;
use super::checks::RowOutline;
use super::draft::Draft;
use super::header::Header;
use super::problem::LineProblem;
use super::rows::{Layout, MISSING, Rows, TextColumn};
use crate::fact::Text;
use crate::time::{Date, day_number};

/// What a row says of its campaign, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CampaignUse {
    pub(super) external_id: String,
    pub(super) name: Option<String>,
    pub(super) platform: Option<String>,
    pub(super) currency: Option<String>,
}

impl CampaignUse {
    fn of(row: RowCampaign<'_>) -> Self {
        Self {
            external_id: row.external_id.to_owned(),
            name: row.name.map(str::to_owned),
            platform: row.platform.map(str::to_owned),
            currency: row.currency.map(str::to_owned),
        }
    }

    pub(super) fn as_row(&self) -> RowCampaign<'_> {
        RowCampaign {
            external_id: &self.external_id,
            name: self.name.as_deref(),
            platform: self.platform.as_deref(),
            currency: self.currency.as_deref(),
        }
    }
}

/// A row that is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its own cells are at fault.
    Cells(LineProblem),
    /// It breaks a rule as a whole; its campaign has the first word.
    Outline {
        line: u64,
        campaign: u32,
        outline: RowOutline,
    },
}

/// The rows of one chunk of a report, not yet under the numbers of their campaigns.
#[derive(Debug, PartialEq, Eq)]
pub struct RowChunk {
    /// The rows; their campaigns are places in `uses`.
    pub(super) rows: Rows,
    pub(super) uses: Vec<CampaignUse>,
    /// The rows that are none, each with the number of good rows before it.
    pub(super) faults: Vec<(usize, Fault)>,
}

impl RowChunk {
    /// How many rows were read, bad ones too.
    pub fn n_rows(&self) -> u64 {
        (self.rows.len() + self.faults.len()) as u64
    }
}

/// Reads the rows of one chunk.
#[derive(Debug)]
pub struct ChunkParser<'h> {
    layout: &'h Layout,
    header: &'h Header,
    chunk: RowChunk,
    use_places: HashMap<String, Vec<u32>>,
    last_use: Option<u32>,
    text_places: Vec<HashMap<Text, u32>>,
    measures: Vec<i64>,
}

impl<'h> ChunkParser<'h> {
    /// A parser of rows of this layout and header.
    pub fn new(layout: &'h Layout, header: &'h Header) -> Self {
        Self {
            layout,
            header,
            chunk: RowChunk {
                rows: Rows::new(layout),
                uses: Vec::new(),
                faults: Vec::new(),
            },
            use_places: HashMap::new(),
            last_use: None,
            text_places: vec![HashMap::new(); layout.n_texts()],
            measures: vec![MISSING; layout.dataset.measures.len()],
        }
    }

    /// Takes a row: its line, one cell a column of the header, and of which measures it speaks.
    pub fn row(&mut self, line: u64, cells: &[Cell<'_>], mask: i64) {
        let mut measures = std::mem::take(&mut self.measures);
        let dataset = self.layout.dataset;
        match Draft::read(dataset, self.header, line, cells, &mut measures) {
            Ok(draft) => self.draft(&draft, &measures, mask),
            Err(problem) => self.problem(problem),
        }
        self.measures = measures;
    }

    /// Takes a line that is no row at all.
    pub fn problem(&mut self, problem: LineProblem) {
        let fault = Fault::Cells(problem);
        self.chunk.faults.push((self.chunk.rows.len(), fault));
    }

    /// The rows so far.
    pub fn finish(self) -> RowChunk {
        self.chunk
    }

    fn draft(&mut self, draft: &Draft<'_>, measures: &[i64], mask: i64) {
        let campaign = self.campaign_use(draft.campaign());
        let dataset = self.layout.dataset;
        // With all days behind us, only what no today changes is a fault.
        if draft.outline.check(dataset, Date::MAX).is_err() {
            let fault = Fault::Outline {
                line: draft.line,
                campaign,
                outline: draft.outline,
            };
            self.chunk.faults.push((self.chunk.rows.len(), fault));
            return;
        }
        let rows = &mut self.chunk.rows;
        rows.lines.push(draft.line);
        rows.campaigns.push(campaign);
        rows.days.extend(draft.outline.from.map(day_number));
        if Rows::have_untils(dataset) {
            rows.untils.extend(draft.outline.until.map(day_number));
        }
        let dimensions = draft.texts[..dataset.dimensions.len()].iter();
        let attribution = dataset.attribution.then_some(&draft.attribution);
        let columns = rows.texts.iter_mut().zip(&mut self.text_places);
        for ((column, places), text) in columns.zip(dimensions.chain(attribution)) {
            push_text(column, places, text.as_ref());
        }
        for (column, index) in rows.measures.iter_mut().zip(&self.layout.measures) {
            column.push(measures[*index]);
        }
        if let Some(masks) = self.layout.mask_column() {
            rows.measures[masks].push(mask);
        }
    }

    /// The place of a use of a campaign; rows of one campaign mostly follow each other.
    fn campaign_use(&mut self, row: RowCampaign<'_>) -> u32 {
        let uses = &mut self.chunk.uses;
        let is_same = |place: &u32| uses[*place as usize].as_row() == row;
        if let Some(last) = self.last_use.filter(is_same) {
            return last;
        }
        let namesakes = self.use_places.get_mut(row.external_id);
        let known = namesakes
            .as_ref()
            .and_then(|places| places.iter().find(|it| is_same(it)));
        if let Some(known) = known.copied() {
            self.last_use = Some(known);
            return known;
        }
        let place = u32::try_from(uses.len()).expect("a chunk has fewer rows than 32 bits count");
        uses.push(CampaignUse::of(row));
        match namesakes {
            Some(places) => places.push(place),
            None => drop(
                self.use_places
                    .insert(row.external_id.to_owned(), vec![place]),
            ),
        }
        self.last_use = Some(place);
        place
    }
}

fn push_text(
    column: &mut TextColumn,
    places: &mut HashMap<Text, u32>,
    text: Option<&Cow<'_, str>>,
) {
    let Some(text) = text else {
        column.codes.push(0);
        return;
    };
    if let Some(last) = column.codes.last().copied()
        && last != 0
        && *column.texts[last as usize - 1] == **text
    {
        column.codes.push(last);
        return;
    }
    if let Some(code) = places.get(&**text) {
        column.codes.push(*code);
        return;
    }
    let text: Text = (**text).into();
    column.texts.push(Arc::clone(&text));
    let code =
        u32::try_from(column.texts.len()).expect("a chunk has fewer texts than 32 bits count");
    places.insert(text, code);
    column.codes.push(code);
}
