//! Facts, scopes and versions for tests: only what a test is about has to be given.

use bellwether_domain::Scope;
use bellwether_domain::codes::CodeTable;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::{Fact, FactKey};
use bellwether_domain::ids::{AgencyId, BatchId, BrandId, CampaignId, SegmentId};
use bellwether_domain::member::Role;
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::{
    CommitNumber, PartitionName, PartitionVersion, Segment, SegmentPart,
};
use bellwether_domain::time::{Date, Month, Timestamp, date};

use crate::StagedSegment;

pub(crate) const COUNTRIES: [&str; 3] = ["CN", "US", "VN"];
pub(crate) const AGES: [&str; 3] = ["13-17", "18-24", "25-34"];
pub(crate) const GENDERS: [&str; 2] = ["FEMALE", "MALE"];
pub(crate) const WINDOWS: [&str; 2] = ["1d", "7c1v"];

pub(crate) fn agency(number: u128) -> AgencyId {
    AgencyId::from_parts(Timestamp::UNIX_EPOCH, number)
}

pub(crate) fn campaign(number: u32) -> CampaignId {
    CampaignId::from_parts(Timestamp::UNIX_EPOCH, u128::from(number))
}

pub(crate) fn segment_id(number: u128) -> SegmentId {
    SegmentId::from_parts(Timestamp::UNIX_EPOCH, number)
}

pub(crate) fn scope_of(agency: AgencyId) -> Scope {
    Scope::authorised(agency, None, Role::Owner, BrandAccess::All)
}

pub(crate) fn partition(dataset: DatasetName) -> PartitionName {
    PartitionName {
        dataset,
        month: Month::of(date(2026, 4, 1)),
    }
}

/// A day of April 2026, the month of all sample facts.
pub(crate) fn april(day: i8) -> Date {
    date(2026, 4, day)
}

/// A fact of a campaign and day with all measures missing.
pub(crate) fn fact(dataset: DatasetName, campaign_number: u32, day: i8) -> Fact {
    let key = FactKey {
        brand: BrandId::from_parts(Timestamp::UNIX_EPOCH, 1),
        campaign: Some(campaign(campaign_number)),
        from: april(day),
        until: None,
        texts: [None, None, None],
        attribution: None,
    };
    Fact {
        key,
        measures: vec![None; Dataset::of(dataset).measures.len()],
    }
}

pub(crate) trait FactWith {
    fn text(self, dimension: usize, text: &str) -> Self;
    fn window(self, window: &str) -> Self;
    fn measure(self, place: usize, value: i64) -> Self;
}

impl FactWith for Fact {
    fn text(mut self, dimension: usize, text: &str) -> Self {
        self.key.texts[dimension] = Some(text.into());
        self
    }

    fn window(mut self, window: &str) -> Self {
        self.key.attribution = Some(window.into());
        self
    }

    fn measure(mut self, place: usize, value: i64) -> Self {
        self.measures[place] = Some(value);
        self
    }
}

/// Codes of nine campaigns, in another order than their ids, and of all sample words.
pub(crate) fn codes() -> CodeTable {
    let campaigns = (1..=9).map(|it| ("campaign", campaign(it).to_string(), code_of_campaign(it)));
    let words = [
        ("country", &COUNTRIES[..]),
        ("age", &AGES),
        ("gender", &GENDERS),
        ("attribution", &WINDOWS),
    ];
    let words = words.into_iter().flat_map(|(dimension, texts)| {
        (1..)
            .zip(texts)
            .map(move |(code, text)| (dimension, (*text).to_owned(), code))
    });
    let rows = campaigns.chain(words);
    CodeTable::from_rows(rows.map(|(dimension, text, code)| (dimension.to_owned(), text, code)))
}

pub(crate) fn code_of_campaign(number: u32) -> u32 {
    20 - number
}

/// The manifest's entry of a staged segment, added by this commit.
pub(crate) fn listed(agency: AgencyId, staged: &StagedSegment, commit: i64) -> Segment {
    Segment {
        id: staged.id,
        agency,
        partition: staged.partition,
        parts: vec![SegmentPart {
            commit: CommitNumber(commit),
            batch: BatchId::from_parts(Timestamp::UNIX_EPOCH, 1),
        }],
        path: staged.path.clone(),
        n_rows: staged.n_rows,
        size_bytes: staged.size_bytes,
        sha256: staged.sha256.clone(),
        first_day: staged.first_day,
        last_day: staged.last_day,
    }
}

/// The manifest's entry of a segment file that lies in memory only.
pub(crate) fn segment_of(partition: PartitionName, commit: i64, file: &[u8]) -> Segment {
    let month = partition.month.days();
    let staged = StagedSegment {
        id: segment_id(u128::try_from(commit).unwrap()),
        partition,
        path: String::new(),
        n_rows: 0,
        size_bytes: file.len() as u64,
        sha256: crate::store::sha256_of(file),
        first_day: month.from(),
        last_day: month.from(),
    };
    listed(agency(1), &staged, commit)
}

pub(crate) fn version_of(
    agency: AgencyId,
    name: PartitionName,
    segments: Vec<Segment>,
) -> PartitionVersion {
    let version = segments
        .last()
        .map_or(CommitNumber(0), Segment::newest_commit);
    PartitionVersion {
        agency,
        name,
        version,
        up_to: version,
        segments,
        removals: Vec::new(),
        retracted: Vec::new(),
    }
}
