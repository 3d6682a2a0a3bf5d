//! What the cases start from: agencies, members, brands, campaigns and batches with no more said
//! of them than a case needs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use bellwether_catalogue::{Catalogue, NewBatch, NewSegment, Publication, Published, StagingLease};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::brand::Brand;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::campaign::{Campaign, CampaignStatus, Objective, Platform};
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{
    AgencyId, BatchId, BrandId, CampaignId, MemberId, RunId, SegmentId, StagingId,
};
use bellwether_domain::member::{Member, Role};
use bellwether_domain::money::Currency;
use bellwether_domain::score::{Score, ScoreRun};
use bellwether_domain::segment::{CatalogueVersion, CommitNumber, PartitionName, Snapshot};
use bellwether_domain::time::{Month, Timestamp, Weekday, ZoneName, date};

/// A moment, in seconds after the tests' beginning of time.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// The next id of a type; later ones sort after earlier ones.
macro_rules! next_id {
    ($id:ident) => {{
        let n = $crate::catalogue::given::next_number();
        $id::from_parts($crate::catalogue::given::at(i64::from(n)), u128::from(n))
    }};
}
pub(super) use next_id;

pub(super) fn next_number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

pub(super) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

/// A new agency, and the scope of its operator.
pub(super) fn an_agency(catalogue: &Catalogue, name: &str) -> Scope {
    let agency = Agency {
        id: next_id!(AgencyId),
        slug: slug(name),
        name: name.to_owned(),
        reporting_currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("UTC").unwrap(),
        week_start: Weekday::Monday,
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue.create_agency(&agency, at(0)).unwrap();
    catalogue.operator_scope(&agency.slug).unwrap()
}

pub(super) fn a_member(catalogue: &Catalogue, scope: &Scope, role: Role) -> MemberId {
    let member = Member {
        id: next_id!(MemberId),
        agency: scope.agency(),
        name: "Ada".to_owned(),
        role,
    };
    catalogue.create_member(scope, &member).unwrap();
    member.id
}

pub(super) fn a_brand(catalogue: &Catalogue, scope: &Scope, name: &str) -> BrandId {
    let brand = Brand {
        id: next_id!(BrandId),
        slug: slug(name),
        name: name.to_owned(),
    };
    catalogue.create_brand(scope, &brand, at(0)).unwrap();
    brand.id
}

pub(super) fn campaign(brand: BrandId, external_id: &str) -> Campaign {
    Campaign {
        id: next_id!(CampaignId),
        brand,
        external_id: external_id.to_owned(),
        name: format!("Campaign {external_id}"),
        platform: Platform::TikTok,
        objective: Objective::Sales,
        status: CampaignStatus::Active,
        currency: Currency::parse("USD").unwrap(),
        timezone: ZoneName::parse("Asia/Shanghai").unwrap(),
        starts_on: Some(date(2026, 1, 1)),
        ends_on: None,
        budget_micros: Some(5_000_000),
        labels: BTreeMap::new(),
    }
}

pub(super) fn a_campaign(
    catalogue: &Catalogue,
    scope: &Scope,
    brand: BrandId,
    external_id: &str,
) -> Campaign {
    let campaign = campaign(brand, external_id);
    catalogue.create_campaign(scope, &campaign, at(0)).unwrap();
    campaign
}

/// A batch of a brand that came at `received_at` and has a minute.
pub(super) fn batch(brand: BrandId, key: Option<&str>, received_at: Timestamp) -> NewBatch {
    NewBatch {
        id: next_id!(BatchId),
        dataset: DatasetName::DeliveryDaily,
        brand,
        idempotency_key: key.map(str::to_owned),
        fingerprint: "f".repeat(64),
        received_at,
        lease_expires_at: received_at + std::time::Duration::from_mins(1),
    }
}

pub(super) fn segment(month: Month) -> NewSegment {
    let id = next_id!(SegmentId);
    NewSegment {
        id,
        partition: PartitionName {
            dataset: DatasetName::DeliveryDaily,
            month,
        },
        path: format!("delivery_daily/{month}/{id}.parquet"),
        n_rows: 3,
        size_bytes: 1_024,
        sha256: "a".repeat(64),
        first_day: month.first_day(),
        last_day: month.first_day(),
    }
}

pub(super) fn snapshot(commit: i64, catalogue: i64) -> Snapshot {
    Snapshot {
        commit: CommitNumber(commit),
        catalogue: CatalogueVersion(catalogue),
    }
}

pub(super) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Begins a batch, leases its one segment of a month, and tells how to publish it.
pub(super) fn a_staged_batch(
    catalogue: &Catalogue,
    scope: &Scope,
    brand: BrandId,
    month: Month,
    now: Timestamp,
) -> Publication {
    let new = batch(brand, None, now);
    catalogue.begin_batch(scope, &new).unwrap();
    let segment = segment(month);
    let lease = StagingLease {
        id: next_id!(StagingId),
        paths: vec![segment.path.clone()],
        expires_at: new.lease_expires_at,
    };
    catalogue.open_staging(scope, &lease).unwrap();
    Publication {
        batch: new.id,
        staging: lease.id,
        segments: vec![segment],
        removals: Vec::new(),
        new_campaigns: Vec::new(),
        n_rows_accepted: 3,
        now,
    }
}

/// Stages and publishes one segment of a month.
pub(super) fn a_commit(
    catalogue: &Catalogue,
    scope: &Scope,
    brand: BrandId,
    month: Month,
    now: Timestamp,
) -> Published {
    let publication = a_staged_batch(catalogue, scope, brand, month, now);
    publish(catalogue, scope, &publication)
}

/// Publishes with the snapshot as the answer.
pub(super) fn publish(
    catalogue: &Catalogue,
    scope: &Scope,
    publication: &Publication,
) -> Published {
    catalogue
        .publish(scope, publication, |_, snapshot| snapshot.to_string())
        .unwrap()
}

pub(super) fn countries(names: &[&str]) -> Vec<(String, Vec<String>)> {
    let texts = names.iter().map(|&name| name.to_owned()).collect();
    vec![("country".to_owned(), texts)]
}

pub(super) fn a_snapshot() -> Snapshot {
    snapshot(3, 4)
}

pub(super) fn a_run(plugin: &str, config_json: &str) -> ScoreRun {
    ScoreRun {
        id: next_id!(RunId),
        plugin: plugin.to_owned(),
        plugin_version: "1.0.0".to_owned(),
        plugin_sha256: "b".repeat(64),
        config_json: config_json.to_owned(),
        snapshot: a_snapshot(),
        at: at(5),
    }
}

pub(super) fn a_score(campaign: CampaignId, value: f64) -> Score {
    Score {
        campaign,
        name: "roi".to_owned(),
        value: Some(value),
        verdict: None,
        evidence_json: "{}".to_owned(),
    }
}
