//! What an operator asks of an instance, whether over HTTP or at the command line of a folder that
//! nobody serves, and what comes of it as JSON, the same both ways.

use std::path::PathBuf;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::SegmentId;
use bellwether_service::{
    BackupReport, Compacted, CompactionFailure, CompactionReport, DamagedSegment, Error, OnDamage,
    Services, VerificationReport,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::refusal_json;

/// Work on the whole instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Maintenance {
    /// Compact until nothing is due.
    Compact,
    /// Read every segment and compare it with the manifest.
    Verify,
    /// Take a damaged segment out of the manifest.
    Forget(SegmentId),
    /// Back everything up into a folder of the server's machine; what becomes of it when a segment
    /// is damaged.
    Backup(PathBuf, OnDamage),
}

/// The body of a request for [`Maintenance::Backup`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
struct BackupBody {
    dir: PathBuf,
    #[serde(default)]
    allow_damaged: bool,
}

impl BackupBody {
    fn asked(self) -> Maintenance {
        let on_damage = if self.allow_damaged {
            OnDamage::LeaveOut
        } else {
            OnDamage::Refuse
        };
        Maintenance::Backup(self.dir, on_damage)
    }
}

/// The body of a request for [`Maintenance::Forget`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ForgetBody {
    segment: SegmentId,
}

impl Maintenance {
    /// The work that an address names, below `/v1/maintenance/`, with its body; `None` for an
    /// address that names none.
    pub fn asked_for(name: &str, body: &[u8]) -> Option<Result<Self, Refusal>> {
        let unread =
            |error: serde_json::Error| Refusal::invalid(format!("the body can't be read: {error}"));
        match name {
            "compact" => Some(Ok(Self::Compact)),
            "verify" => Some(Ok(Self::Verify)),
            "forget" => {
                let body = serde_json::from_slice::<ForgetBody>(body).map_err(unread);
                Some(body.map(|body| Self::Forget(body.segment)))
            }
            "backup" => {
                let body = serde_json::from_slice::<BackupBody>(body).map_err(unread);
                Some(body.map(BackupBody::asked))
            }
            _ => None,
        }
    }

    /// The address and the body by which a server is asked for it.
    pub fn request(&self) -> (&'static str, Value) {
        match self {
            Self::Compact => ("/v1/maintenance/compact", json!({})),
            Self::Verify => ("/v1/maintenance/verify", json!({})),
            Self::Forget(segment) => ("/v1/maintenance/forget", json!({ "segment": segment })),
            Self::Backup(folder, on_damage) => {
                let allow_damaged = *on_damage == OnDamage::LeaveOut;
                let body = json!({ "dir": folder, "allowDamaged": allow_damaged });
                ("/v1/maintenance/backup", body)
            }
        }
    }

    /// Does it, and says what came of it.
    pub async fn perform(&self, services: &Services) -> Result<Value, Error> {
        match self {
            Self::Compact => Ok(compaction_json(&services.compact().await?)),
            Self::Verify => Ok(verification_json(&services.verify().await?)),
            Self::Forget(segment) => Ok(damaged_json(&services.forget_segment(*segment).await?)),
            Self::Backup(folder, on_damage) => {
                Ok(backup_json(&services.backup(folder, *on_damage).await?))
            }
        }
    }
}

fn compaction_json(report: &CompactionReport) -> Value {
    let done = report.done.iter().map(|it: &Compacted| {
        json!({
            "agency": it.agency,
            "dataset": it.partition.dataset.as_str(),
            "month": it.partition.month.to_string(),
            "segments": it.n_segments,
            "rowsRead": it.n_rows_read,
            "rowsWritten": it.n_rows_written,
            "segment": it.segment,
        })
    });
    let failed = report.failed.iter().map(|it: &CompactionFailure| {
        json!({
            "agency": it.agency,
            "dataset": it.partition.dataset.as_str(),
            "month": it.partition.month.to_string(),
            "error": refusal_json(&it.error.refusal()),
        })
    });
    json!({
        "done": done.collect::<Vec<_>>(),
        "failed": failed.collect::<Vec<_>>(),
        "filesRemoved": report.files_removed,
    })
}

fn verification_json(report: &VerificationReport) -> Value {
    json!({
        "sound": report.is_sound(),
        "segments": report.n_segments,
        "rows": report.n_rows,
        "damaged": report.damaged.iter().map(damaged_json).collect::<Vec<_>>(),
        "cases": report.n_cases,
        "damagedCases": report.damaged_cases.iter().map(|it| json!({
            "case": it.case,
            "agency": it.agency,
            "event": it.seq,
            "fault": it.fault,
        })).collect::<Vec<_>>(),
        "catalogueProblems": report.catalogue_problems,
        "strays": report.strays,
    })
}

fn damaged_json(damaged: &DamagedSegment) -> Value {
    json!({
        "segment": damaged.id,
        "agency": damaged.agency,
        "dataset": damaged.partition.dataset.as_str(),
        "month": damaged.partition.month.to_string(),
        "path": damaged.path,
        "problem": damaged.problem,
        "sendAgain": damaged.send_again,
    })
}

fn backup_json(report: &BackupReport) -> Value {
    json!({
        "dir": report.folder,
        "madeAt": report.made_at,
        "segments": report.n_segments,
        "copied": report.n_copied,
        "sizeBytes": report.size_bytes,
        "damaged": report.damaged,
    })
}
