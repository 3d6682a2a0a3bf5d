//! What holds between records and between revisions of one: pure judgements over values that the
//! catalogue reads in the transaction that writes.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::RECORD_KEY_BYTES_MAX;
use super::words::Approval;
use super::{Body, Record, RecordDraft, RecordKind, RecordState};
use crate::ErrorCode;
use crate::error_code::Refusal;
use crate::ids::{CampaignId, MemberId, RecordId};

/// The key of the only profile of a brand.
const PROFILE_KEY: &str = "profile";

/// The key of a record that is made from this draft: the one given, or one that follows from what
/// it is, so that a brand has one profile and a campaign one plan.
pub fn key_of(draft: &RecordDraft, id: RecordId) -> Result<String, Refusal> {
    let fixed = match (draft.body.kind(), draft.campaign) {
        (RecordKind::BrandProfile, None) => Some(PROFILE_KEY.to_owned()),
        (RecordKind::BrandProfile, Some(_)) => {
            let message = "a brand's profile is of no campaign; leave it out";
            return Err(Refusal::invalid(message).at("campaign"));
        }
        (RecordKind::CampaignPlan, Some(campaign)) => Some(campaign.to_string()),
        (RecordKind::CampaignPlan, None) => {
            let message = "a campaign's plan needs the campaign that it is of";
            return Err(Refusal::invalid(message).at("campaign"));
        }
        _ => None,
    };
    match (fixed, &draft.key) {
        (None, None) => Ok(id.to_string()),
        (Some(fixed), None) => Ok(fixed),
        (Some(fixed), Some(key)) if *key != fixed => {
            let message = format!("the key of it is always `{fixed}`; leave it out");
            Err(Refusal::invalid(message).at("key"))
        }
        (_, Some(key)) => {
            check_key(key)?;
            Ok(key.clone())
        }
    }
}

/// Checks the agency's own name for a record.
pub fn check_key(key: &str) -> Result<(), Refusal> {
    if key.len() > RECORD_KEY_BYTES_MAX {
        let what = format!("a key of {} bytes", key.len());
        let refusal = Refusal::limit("record_key_bytes_max", RECORD_KEY_BYTES_MAX, what);
        return Err(refusal.at("key"));
    }
    if key.is_empty() || key.contains(char::is_control) || key.trim() != key {
        let message = format!(
            "`{}` is not a key; use 1 to {RECORD_KEY_BYTES_MAX} bytes without control characters and without spaces around",
            key.escape_debug()
        );
        return Err(Refusal::invalid(message).at("key"));
    }
    Ok(())
}

/// Refuses a change by somebody who saw another revision than the newest.
pub fn check_revision(newest: &Record, base: u32) -> Result<(), Refusal> {
    if newest.revision == base {
        return Ok(());
    }
    let message = format!(
        "the record is at revision {}, not {base}; read it again and decide anew",
        newest.revision
    );
    Err(Refusal::new(ErrorCode::RevisionConflict, message).at("baseRevision"))
}

/// Holds contents to approval by somebody other than the author: an approval is a revision of its
/// own that changes nothing else, and whoever made the revision before can't make it.
pub fn check_approval(
    before: Option<&Record>,
    after: &Body,
    by: Option<MemberId>,
) -> Result<(), Refusal> {
    let Body::Content(after) = after else {
        return Ok(());
    };
    if after.approval == Approval::Pending {
        return Ok(());
    }
    let refused = |message: &str| {
        let refusal = Refusal::new(ErrorCode::ApprovalRefused, message);
        Err(refusal.at("content.approval"))
    };
    let written = before.and_then(|record| match &record.body {
        Body::Content(content) => Some((content, record.made_by)),
        _ => None,
    });
    let Some((content, author)) = written else {
        return refused(
            "a new content is not approved yet; make it with `PENDING`, and another member approves it",
        );
    };
    let approved = super::Content {
        approval: Approval::Approved,
        ..content.clone()
    };
    if approved != *after {
        return refused(
            "an approval changes nothing else; revise with `PENDING` first, and another member approves that",
        );
    }
    if content.approval == Approval::Pending && author == by {
        return refused("a content is approved by another member than the one who wrote it");
    }
    Ok(())
}

/// Whether records of the kind are judged among all others of their kind and brand.
pub fn has_peers(kind: RecordKind) -> bool {
    matches!(kind, RecordKind::Agreement | RecordKind::CampaignPlan)
}

/// Judges a record among the others of its kind and brand that are in use.
pub fn check_peers(record: &Record, peers: &[Record]) -> Result<(), Refusal> {
    let others = peers
        .iter()
        .filter(|peer| peer.id != record.id && peer.state == RecordState::Active);
    match &record.body {
        Body::Agreement(agreement) => {
            for other in others {
                let Body::Agreement(peer) = &other.body else {
                    continue;
                };
                if agreement.overlaps(peer) {
                    let message = format!(
                        "the period shares days with that of the agreement `{}` of the same parties; end one before the other begins",
                        other.key
                    );
                    let refusal = Refusal::new(ErrorCode::OverlappingPeriod, message);
                    return Err(refusal.at("agreement.period"));
                }
            }
            Ok(())
        }
        Body::CampaignPlan(_) => check_links(record, others),
        _ => Ok(()),
    }
}

/// Refuses links by which a campaign would hang on itself.
fn check_links<'a>(
    record: &'a Record,
    others: impl Iterator<Item = &'a Record>,
) -> Result<(), Refusal> {
    let links: BTreeMap<CampaignId, Vec<CampaignId>> = others
        .chain([record])
        .filter_map(|plan| Some((plan.campaign?, linked(plan))))
        .collect();
    let Some(campaign) = record.campaign else {
        return Ok(());
    };
    for (index, first) in linked(record).into_iter().enumerate() {
        if reaches(&links, first, campaign) {
            let message = format!(
                "by this link campaign `{campaign}` would hang on itself; leave out one link of the circle"
            );
            let refusal = Refusal::new(ErrorCode::LinkCycle, message);
            return Err(refusal.at(format!("campaignPlan.links.{index}.campaign")));
        }
    }
    Ok(())
}

fn linked(plan: &Record) -> Vec<CampaignId> {
    match &plan.body {
        Body::CampaignPlan(body) => body.links.iter().map(|link| link.campaign).collect(),
        _ => Vec::new(),
    }
}

/// Whether links lead from one campaign to another.
fn reaches(
    links: &BTreeMap<CampaignId, Vec<CampaignId>>,
    from: CampaignId,
    to: CampaignId,
) -> bool {
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(campaign) = waiting.pop() {
        if campaign == to {
            return true;
        }
        if seen.insert(campaign) {
            waiting.extend(links.get(&campaign).into_iter().flatten());
        }
    }
    false
}
