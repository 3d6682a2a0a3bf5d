//! Rules between records and revisions: overlaps, circles, approvals, keys, revisions.

use proptest::prelude::*;
use serde_json::json;

use super::examples::{CAMPAIGN, example, json_of};
use crate::ErrorCode;
use crate::ids::{BrandId, CampaignId, MemberId, RecordId};
use crate::record::words::Approval;
use crate::record::*;
use crate::time::Timestamp;

fn campaign(number: u128) -> CampaignId {
    CampaignId::from_parts(Timestamp::UNIX_EPOCH, number)
}

fn member(number: u128) -> MemberId {
    MemberId::from_parts(Timestamp::UNIX_EPOCH, number)
}

fn record(number: u128, body: Body) -> Record {
    Record {
        id: RecordId::from_parts(Timestamp::UNIX_EPOCH, number),
        brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, 1),
        campaign: None,
        key: number.to_string(),
        state: RecordState::Active,
        revision: 1,
        made_by: Some(member(1)),
        made_at: Timestamp::UNIX_EPOCH,
        body,
    }
}

fn agreement(number: u128, from: &str, until: Option<&str>) -> Record {
    let mut json = json_of(RecordKind::Agreement);
    json["period"] = json!({"from": from, "until": until});
    record(number, Body::read(RecordKind::Agreement, &json).unwrap())
}

#[test]
fn agreements_of_the_same_parties_share_no_day() {
    let first = agreement(1, "2026-01-01", Some("2026-07-01"));
    let after = agreement(2, "2026-07-01", None);
    assert_eq!(check_peers(&after, std::slice::from_ref(&first)), Ok(()));
    let during = agreement(2, "2026-06-30", None);
    let refusal = check_peers(&during, std::slice::from_ref(&first)).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::OverlappingPeriod);
    assert_eq!(refusal.path, "agreement.period");
    let archived = Record {
        state: RecordState::Archived,
        ..first.clone()
    };
    assert_eq!(check_peers(&during, &[archived]), Ok(()));
    let itself = Record {
        revision: 2,
        ..first.clone()
    };
    assert_eq!(check_peers(&itself, &[first]), Ok(()));
}

/// The plan of a campaign that hangs on others.
fn plan(of: u128, links: &[u128]) -> Record {
    let mut json = json_of(RecordKind::CampaignPlan);
    let links = links
        .iter()
        .map(|to| json!({"campaign": campaign(*to), "kind": "FOLLOWS"}));
    json["links"] = links.collect();
    let body = Body::read(RecordKind::CampaignPlan, &json).unwrap();
    Record {
        campaign: Some(campaign(of)),
        ..record(of, body)
    }
}

#[test]
fn a_campaign_does_not_hang_on_itself() {
    let others = [plan(2, &[3]), plan(3, &[1]), plan(4, &[])];
    assert_eq!(check_peers(&plan(1, &[4]), &others), Ok(()));
    for (links, place) in [(&[4, 2][..], 1), (&[1][..], 0), (&[3][..], 0)] {
        let refusal = check_peers(&plan(1, links), &others).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::LinkCycle);
        assert_eq!(refusal.path, format!("campaignPlan.links.{place}.campaign"));
    }
}

proptest! {
    /// By the naive model, a circle is there when the links followed as often as there are
    /// campaigns lead back.
    #[test]
    fn a_link_is_refused_exactly_when_it_closes_a_circle(
        links in proptest::collection::vec(proptest::collection::btree_set(0..5_u128, 0..3), 5),
    ) {
        let links: Vec<Vec<u128>> = links.into_iter().map(|to| to.into_iter().collect()).collect();
        let mut reached: Vec<u128> = links[0].clone();
        for _ in 0..5 {
            let index = |it: u128| usize::try_from(it).unwrap();
            let next: Vec<u128> = reached.iter().flat_map(|it| links[index(*it)].clone()).collect();
            reached.extend(next);
            reached.sort_unstable();
            reached.dedup();
        }
        let others: Vec<Record> = (1..5).map(|of| plan(of, &links[usize::try_from(of).unwrap()])).collect();
        let is_refused = check_peers(&plan(0, &links[0]), &others).is_err();
        prop_assert_eq!(is_refused, reached.contains(&0));
    }
}

fn content(approval: Approval) -> Content {
    let body = Content::try_from(example(RecordKind::Content)).unwrap();
    Content { approval, ..body }
}

#[test]
fn a_content_is_approved_by_another_member_than_its_author() {
    let pending = record(1, content(Approval::Pending).into());
    let approved: Body = content(Approval::Approved).into();
    assert_eq!(
        check_approval(Some(&pending), &approved, Some(member(2))),
        Ok(())
    );
    for (before, after, by) in [
        (None, approved.clone(), member(2)),
        (Some(&pending), approved.clone(), member(1)),
        (
            Some(&pending),
            Content {
                offer: None,
                ..content(Approval::Approved)
            }
            .into(),
            member(2),
        ),
    ] {
        let refusal = check_approval(before, &after, Some(by)).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::ApprovalRefused);
        assert_eq!(refusal.path, "content.approval");
    }
}

#[test]
fn a_change_names_the_newest_revision() {
    let newest = record(1, example(RecordKind::Product));
    assert_eq!(check_revision(&newest, 1), Ok(()));
    for base in [0, 2] {
        let refusal = check_revision(&newest, base).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::RevisionConflict);
        assert_eq!(refusal.path, "baseRevision");
    }
}

#[test]
fn keys_are_short_and_plain_and_some_follow_from_the_record() {
    assert_eq!(check_key(&"k".repeat(RECORD_KEY_BYTES_MAX)), Ok(()));
    let refusal = check_key(&"k".repeat(RECORD_KEY_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::LimitExceeded);
    for key in ["", " a", "a\n"] {
        assert_eq!(check_key(key).unwrap_err().path, "key");
    }
    let draft = |kind, campaign, key: Option<&str>| RecordDraft {
        brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, 1),
        campaign,
        key: key.map(str::to_owned),
        body: example(kind),
    };
    let id = RecordId::from_parts(Timestamp::UNIX_EPOCH, 7);
    let key = |draft: RecordDraft| key_of(&draft, id);
    let of: CampaignId = CAMPAIGN.parse().unwrap();
    assert_eq!(
        key(draft(RecordKind::Product, None, None)),
        Ok(id.to_string())
    );
    assert_eq!(
        key(draft(RecordKind::BrandProfile, None, None)),
        Ok("profile".to_owned())
    );
    assert_eq!(
        key(draft(RecordKind::CampaignPlan, Some(of), None)),
        Ok(CAMPAIGN.to_owned())
    );
    assert!(key(draft(RecordKind::CampaignPlan, None, None)).is_err());
    assert!(key(draft(RecordKind::CampaignPlan, Some(of), Some("mine"))).is_err());
}
