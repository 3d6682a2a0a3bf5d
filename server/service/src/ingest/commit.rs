//! `Validated -> Staged -> Committed`: the commit protocol, the one place where catalogue and
//! store meet.
//!
//! 1. Give codes to new texts (short transaction; gaps are harmless).
//! 2. Take a lease that names the files to come.
//! 3. Write each segment and sync it, then each folder once.
//! 4. One transaction: commit number, segments, campaigns, the answer; the lease ends with it.
//! 5. Only then the sender is told.
//!
//! A kill before 4 leaves files that only the lease names: the sweep at start removes them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_catalogue::{NewSegment, Publication, StagingLease};
use bellwether_domain::ErrorCode;
use bellwether_domain::batch::{BatchAnswer, BatchOutcome};
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::Fact;
use bellwether_domain::ids::{SegmentId, StagingId};
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::Month;
use bellwether_store::{ATTRIBUTION_CODES, CAMPAIGN_CODES, StagedSegment};

use super::validate::Validated;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::Parts;
use crate::steps::Step;

/// A batch whose files are written and synced, and seen by nobody yet.
#[derive(Debug)]
pub(super) struct Staged {
    validated: Validated,
    lease: StagingLease,
    segments: Vec<StagedSegment>,
}

/// One segment to be written.
struct PlannedSegment {
    id: SegmentId,
    partition: PartitionName,
    facts: std::ops::Range<usize>,
}

impl Validated {
    /// Writes the segments under a lease and makes them lasting.
    pub(super) async fn stage(mut self, parts: &Arc<Parts>) -> Result<Staged> {
        let planned = self.plan_segments(parts);
        let lease = self.lease(parts, &planned).await?;
        parts.steps.reached(Step::Leased).await;
        match self.write(parts, &planned).await {
            Ok(segments) => {
                parts.steps.reached(Step::Staged).await;
                Ok(Staged {
                    validated: self,
                    lease,
                    segments,
                })
            }
            Err(error) => {
                give_up(parts, &lease).await;
                Err(error)
            }
        }
    }

    async fn write(&self, parts: &Parts, planned: &[PlannedSegment]) -> Result<Vec<StagedSegment>> {
        let scope = &self.received.scope;
        let mut segments = Vec::with_capacity(planned.len());
        for plan in planned {
            let facts = &self.facts[plan.facts.clone()];
            segments.push(
                parts
                    .store
                    .stage(scope, plan.id, plan.partition, facts)
                    .await?,
            );
            if segments.len() == 1 {
                parts.steps.reached(Step::FirstSegment).await;
            }
        }
        parts.store.sync_folders(scope, &segments).await?;
        Ok(segments)
    }

    /// One segment a month. The facts are sorted by key; a stable sort by month keeps that order
    /// inside each month.
    fn plan_segments(&mut self, parts: &Parts) -> Vec<PlannedSegment> {
        self.facts.sort_by_key(|fact| fact.key.month());
        let mut ends: BTreeMap<Month, usize> = BTreeMap::new();
        for (index, fact) in self.facts.iter().enumerate() {
            ends.insert(fact.key.month(), index + 1);
        }
        let mut start = 0;
        ends.into_iter()
            .map(|(month, end)| {
                let facts = start..end;
                start = end;
                PlannedSegment {
                    id: SegmentId::from_parts(self.received.at, parts.ids.random()),
                    partition: PartitionName {
                        dataset: self.received.request.dataset,
                        month,
                    },
                    facts,
                }
            })
            .collect()
    }

    async fn lease(&self, parts: &Arc<Parts>, planned: &[PlannedSegment]) -> Result<StagingLease> {
        let scope = self.received.scope.clone();
        let texts = texts_to_code(Dataset::of(self.received.request.dataset), &self.facts);
        let lease = StagingLease {
            id: StagingId::from_parts(self.received.at, parts.ids.random()),
            paths: planned
                .iter()
                .map(|plan| parts.store.segment_path(&scope, plan.partition, plan.id))
                .collect(),
            expires_at: self.received.lease_expires_at,
        };
        let parts = Arc::clone(parts);
        blocking("lease files", move || {
            parts.catalogue.assign_codes(&scope, &texts)?;
            parts.catalogue.open_staging(&scope, &lease)?;
            Ok(lease)
        })
        .await
    }
}

/// Removes what was written of a batch that fails. What can't be removed now, such as on a dead
/// disk, stays named by the lease and goes with the next sweep.
async fn give_up(parts: &Arc<Parts>, lease: &StagingLease) {
    let staging = lease.id;
    let gone = match parts.store.discard(&lease.paths).await {
        Ok(()) => {
            let parts = Arc::clone(parts);
            blocking("close a lease", move || {
                Ok(parts.catalogue.close_staging(staging)?)
            })
            .await
        }
        Err(error) => Err(error.into()),
    };
    if let Err(error) = gone {
        tracing::warn!(staging.id = %staging, error = error.chain(), "the lease stays until it expires");
    }
}

impl Staged {
    /// Publishes the segments in one transaction; afterwards every answer sees them.
    pub(super) async fn commit(self, parts: &Arc<Parts>) -> Result<BatchAnswer> {
        let (committing, lease) = (Arc::clone(parts), self.lease.clone());
        let published = blocking("commit a batch", move || self.publish(&committing)).await;
        if let Err(error) = &published
            && error.code() == ErrorCode::Conflict
        {
            // Refused for certain. After any other failure the transaction may be through, and
            // its files must stay; the sweep decides by the manifest.
            give_up(parts, &lease).await;
        }
        let answer = published?;
        parts.steps.reached(Step::Committed).await;
        parts.compaction.notice();
        tracing::info!(batch.id = %answer.batch, n_rows = answer.accepted, "batch committed");
        Ok(answer)
    }

    fn publish(self, parts: &Parts) -> Result<BatchAnswer> {
        let Validated {
            received,
            facts,
            new_campaigns,
            n_good,
            n_bad,
            problems,
        } = self.validated;
        let mut answer = BatchAnswer {
            batch: received.id,
            outcome: BatchOutcome::Committed,
            accepted: n_good,
            rejected: n_bad,
            rows_written: facts.len() as u64,
            problems,
            registered: new_campaigns
                .iter()
                .map(|campaign| campaign.external_id.clone())
                .collect(),
            snapshot: None,
        };
        let publication = Publication {
            batch: received.id,
            staging: self.lease.id,
            segments: self.segments.into_iter().map(new_segment).collect(),
            removals: Vec::new(),
            new_campaigns,
            n_rows_accepted: answer.accepted,
            now: parts.clock.now(),
        };
        let draft = serde_json::to_value(&answer).map_err(|_| Error::TaskEnded {
            attempted: "write an answer",
        })?;
        let published =
            parts
                .catalogue
                .publish(&received.scope, &publication, move |_, snapshot| {
                    let mut whole = draft;
                    whole["snapshot"] = snapshot.to_string().into();
                    whole.to_string()
                })?;
        answer.snapshot = Some(published.snapshot.to_string());
        Ok(answer)
    }
}

fn new_segment(staged: StagedSegment) -> NewSegment {
    NewSegment {
        id: staged.id,
        partition: staged.partition,
        path: staged.path,
        n_rows: staged.n_rows,
        size_bytes: staged.size_bytes,
        sha256: staged.sha256,
        first_day: staged.first_day,
        last_day: staged.last_day,
    }
}

/// The distinct texts of the facts that need a stable code, by dimension.
fn texts_to_code(dataset: &Dataset, facts: &[Fact]) -> Vec<(String, Vec<String>)> {
    let mut texts: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut last_campaign = None;
    for fact in facts {
        if fact.key.campaign != last_campaign {
            last_campaign = fact.key.campaign;
            let campaign = last_campaign.map(|id| id.to_string());
            texts.entry(CAMPAIGN_CODES).or_default().extend(campaign);
        }
        if let Some(window) = &fact.key.attribution
            && !texts
                .get(ATTRIBUTION_CODES)
                .is_some_and(|known| known.contains(&**window))
        {
            texts
                .entry(ATTRIBUTION_CODES)
                .or_default()
                .insert(window.to_string());
        }
        for (dimension, text) in dataset.dimensions.iter().zip(&fact.key.texts) {
            if let Some(text) = text
                && dimension.coded
                && !texts
                    .get(dimension.name)
                    .is_some_and(|known| known.contains(&**text))
            {
                texts
                    .entry(dimension.name)
                    .or_default()
                    .insert(text.to_string());
            }
        }
    }
    texts
        .into_iter()
        .map(|(dimension, texts)| (dimension.to_owned(), texts.into_iter().collect()))
        .collect()
}
