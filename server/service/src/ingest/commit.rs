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

use std::collections::BTreeMap;
use std::sync::Arc;

use bellwether_catalogue::{NewSegment, Publication, StagingLease};
use bellwether_domain::ErrorCode;
use bellwether_domain::batch::{BatchAnswer, BatchOutcome, ReplaceRule};
use bellwether_domain::ids::StagingId;
use bellwether_domain::segment::CommitNumber;
use bellwether_store::{ATTRIBUTION_CODES, CAMPAIGN_CODES, StagedSegment};

use super::validate::Validated;
use super::write::PlannedSegment;
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

impl Validated {
    /// Writes the segments under a lease and makes them lasting.
    pub(super) async fn stage(self, parts: &Arc<Parts>) -> Result<Staged> {
        let planned = self.plan_segments(parts);
        let lease = self.lease(parts, &planned).await?;
        parts.steps.reached(Step::Leased).await;
        match self.write(parts, planned).await {
            Ok((validated, segments)) => {
                parts.steps.reached(Step::Staged).await;
                Ok(Staged {
                    validated,
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

    async fn lease(&self, parts: &Arc<Parts>, planned: &[PlannedSegment]) -> Result<StagingLease> {
        let scope = self.received.scope.clone();
        let texts = self.texts_to_code();
        let lease = StagingLease {
            id: StagingId::from_parts(self.received.at, parts.ids.random()),
            paths: planned
                .iter()
                .map(|plan| plan.path(parts, &scope))
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

    /// The distinct texts that need a stable code, by dimension; a few that only refused rows
    /// have may be among them.
    fn texts_to_code(&self) -> Vec<(String, Vec<String>)> {
        let campaigns = self.survey.campaigns(&self.gathered.campaigns);
        let campaigns: Vec<String> = campaigns.iter().map(ToString::to_string).collect();
        let windows: Vec<String> = self
            .survey
            .attributions()
            .map(ToString::to_string)
            .collect();
        let mut texts = BTreeMap::from([(CAMPAIGN_CODES, campaigns), (ATTRIBUTION_CODES, windows)]);
        for (dimension, known) in &self.gathered.coded {
            texts.insert(dimension, known.iter().map(ToString::to_string).collect());
        }
        texts.retain(|_, texts| !texts.is_empty());
        texts
            .into_iter()
            .map(|(dimension, texts)| (dimension.to_owned(), texts))
            .collect()
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
        let received = &self.validated.received;
        let (scope, dataset) = (received.scope.clone(), received.request.dataset);
        let published = blocking("commit a batch", move || self.publish(&committing)).await;
        if let Err(error) = &published
            && error.code() == ErrorCode::Conflict
        {
            // Refused for certain. After any other failure the transaction may be through, and
            // its files must stay; the sweep decides by the manifest.
            give_up(parts, &lease).await;
        }
        let (answer, commit) = published?;
        parts.steps.reached(Step::Committed).await;
        parts.compaction.notice();
        parts.warm_after(&scope, dataset, commit);
        Ok(answer)
    }

    fn publish(self, parts: &Parts) -> Result<(BatchAnswer, CommitNumber)> {
        let Validated {
            received,
            layout,
            gathered,
            survey,
            new_campaigns,
            n_good,
            n_bad,
            problems,
        } = self.validated;
        let removals = match received.request.replace {
            ReplaceRule::Keys => Vec::new(),
            ReplaceRule::Range => survey.removals(layout.dataset, &gathered.campaigns),
        };
        let mut answer = BatchAnswer {
            batch: received.id,
            outcome: BatchOutcome::Committed,
            accepted: n_good,
            rejected: n_bad,
            rows_written: survey.n_rows(),
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
            removals,
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
        Ok((answer, published.commit))
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
