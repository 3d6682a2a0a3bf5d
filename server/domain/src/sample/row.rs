//! One raw row to one fact, for readers that look at rows one by one; ingest reads chunks of rows
//! as columns ([`super::ChunkParser`]) by the same rules.

use std::collections::HashSet;
use std::sync::Arc;

use super::Cell;
use super::campaigns::{CampaignDirectory, ColumnProblem};
use super::checks::missing;
use super::draft::Draft;
use super::header::Header;
use super::problem::LineProblem;
use super::rows::MISSING;
use crate::dataset::Dataset;
use crate::fact::{Fact, FactKey, Text};
use crate::ids::{BrandId, CampaignId};
use crate::time::Date;

/// A fact with the line it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinedFact {
    /// The line of the report.
    pub line: u64,
    /// The fact.
    pub fact: Fact,
}

/// Turns the rows of one report into facts; keeps the texts that rows share once.
#[derive(Debug)]
pub struct RowParser<'a> {
    dataset: &'static Dataset,
    brand: BrandId,
    header: Header,
    campaigns: CampaignDirectory<'a>,
    texts: HashSet<Text>,
    /// The latest day that a row without campaign may have.
    today: Date,
    measures: Vec<i64>,
}

impl<'a> RowParser<'a> {
    /// A parser for the rows of one report of a brand. `today` is the agency's.
    pub fn new(
        dataset: &'static Dataset,
        brand: BrandId,
        header: Header,
        campaigns: CampaignDirectory<'a>,
        today: Date,
    ) -> Self {
        Self {
            dataset,
            brand,
            header,
            campaigns,
            texts: HashSet::new(),
            today,
            measures: vec![MISSING; dataset.measures.len()],
        }
    }

    /// The fact of a row, or what is wrong with it; one cell a column of the header.
    pub fn parse(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<LinedFact, LineProblem> {
        let mut measures = std::mem::take(&mut self.measures);
        let draft = Draft::read(self.dataset, &self.header, line, cells, &mut measures);
        let values = measures.iter().map(|value| some(*value)).collect();
        self.measures = measures;
        let draft = draft?;
        let campaign = self.campaign_of(&draft);
        let campaign = campaign.map_err(|(column, code, message)| {
            LineProblem::in_column(draft.line, column, code, message)
        })?;
        let mut texts = draft.texts.into_iter();
        let key = FactKey {
            brand: self.brand,
            campaign,
            from: draft.outline.from.unwrap_or_default(),
            until: draft.outline.until,
            texts: std::array::from_fn(|_| texts.next().flatten().map(|text| self.shared(&text))),
            attribution: draft.attribution.map(|text| self.shared(&text)),
        };
        let measures = values;
        Ok(LinedFact {
            line: draft.line,
            fact: Fact { key, measures },
        })
    }

    /// The campaigns that rows registered, once all rows are read.
    pub fn into_campaigns(self) -> CampaignDirectory<'a> {
        self.campaigns
    }

    /// The row's campaign, once the row as a whole is checked.
    fn campaign_of(&mut self, draft: &Draft<'_>) -> Result<Option<CampaignId>, ColumnProblem> {
        let row = draft.campaign();
        let (campaign, today) = if row.external_id.is_empty() {
            if self.dataset.campaign_required {
                return Err(missing("campaign"));
            }
            (None, self.today)
        } else {
            let known = self.campaigns.resolve(row)?;
            (Some(known.id), known.today)
        };
        draft.outline.check(self.dataset, today)?;
        Ok(campaign)
    }

    fn shared(&mut self, text: &str) -> Text {
        if let Some(shared) = self.texts.get(text) {
            return Arc::clone(shared);
        }
        let shared: Text = text.into();
        self.texts.insert(Arc::clone(&shared));
        shared
    }
}

fn some(value: i64) -> Option<i64> {
    (value != MISSING).then_some(value)
}
