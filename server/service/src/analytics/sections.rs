//! An answer of more groups than one answer may have, section by section.
//!
//! Invariant: all sections are of one snapshot, and the attribution windows of each are those that
//! the whole would have.

use std::sync::Arc;

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::{MetricQuery, MetricRequest};

use super::answer::WarningCode;
use super::{Asked, MetricsAnswer, Reading};
use crate::error::{Error, Result};
use crate::services::Parts;

/// The sections of an answer that are still to be computed.
#[derive(Debug)]
pub(crate) struct Sections {
    asked: Asked,
    /// The next one last.
    left: Vec<MetricQuery>,
}

impl Sections {
    /// Whether none is left.
    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

/// Whether an answer has too many groups, of which sections have fewer.
pub(crate) fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Refused(refusal) if refusal.is_of_limit("groups_max"))
}

impl Parts {
    /// The sections of an answer that was refused as too large; that refusal where it can't be cut.
    pub(crate) async fn sections(
        self: &Arc<Self>,
        scope: &bellwether_domain::Scope,
        request: &MetricRequest,
        reading: Reading,
        too_large: Error,
    ) -> Result<Sections> {
        let asked = self.asked(scope, request, reading).await?;
        asked.query.check_divisible()?;
        // Files have no totals.
        let query = MetricQuery {
            totals: Vec::new(),
            ..asked.query.clone()
        };
        let (first, second) = query.halves().ok_or(too_large)?;
        self.require_own_windows(&asked).await?;
        Ok(Sections {
            asked,
            left: vec![second, first],
        })
    }

    /// The answer of the next section; `None` after the last one.
    pub(crate) async fn next_section(
        self: &Arc<Self>,
        sections: &mut Sections,
    ) -> Result<Option<MetricsAnswer>> {
        while let Some(query) = sections.left.pop() {
            match self.section(&sections.asked, query.clone()).await {
                Err(error) if is_too_large(&error) => {
                    let (first, second) = query.halves().ok_or(error)?;
                    sections.left.extend([second, first]);
                }
                answered => return answered.map(Some),
            }
        }
        Ok(None)
    }

    async fn section(self: &Arc<Self>, asked: &Asked, query: MetricQuery) -> Result<MetricsAnswer> {
        let (asked, snapshot) = (asked.clone(), asked.snapshot);
        let computed = Box::pin(self.compute(Asked { query, ..asked })).await?;
        // The question was charged as a whole.
        Ok(MetricsAnswer::new(computed, snapshot, false, 0, None))
    }

    /// Refuses sections where a campaign reports several windows: which of them is its own follows
    /// from all days together.
    async fn require_own_windows(self: &Arc<Self>, asked: &Asked) -> Result<()> {
        if !asked.query.is_attributed() || asked.query.attribution.window.is_some() {
            return Ok(());
        }
        let whole = self.section(asked, asked.query.as_one_row()).await?;
        if !whole
            .warnings()
            .any(|warning| warning.code == WarningCode::AttributionChosen)
        {
            return Ok(());
        }
        let message = "campaigns report several attribution windows, and an export of more rows than `groups_max` does not choose among them; ask for one `attribution.window`";
        Err(Refusal::new(ErrorCode::AttributionWindowMismatch, message)
            .at("attribution")
            .into())
    }
}
