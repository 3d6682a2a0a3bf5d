//! Which report a file is, and which of its columns is what.

use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::nearest::nearest;

use super::table::Table;

/// A measure's column in TikTok's reports and in ours.
const MEASURES: &[(&str, &str)] = &[
    ("IMPRESSIONS", "impressions"),
    ("CLICKS", "clicks"),
    ("VIDEO_PLAY_ACTIONS", "video_views"),
    ("VIDEO_WATCHED_2_S", "video_views_2s"),
    ("VIDEO_WATCHED_6_S", "video_views_6s"),
    ("VIDEO_VIEWS_P_25", "video_p25"),
    ("VIDEO_VIEWS_P_50", "video_p50"),
    ("VIDEO_VIEWS_P_75", "video_p75"),
    ("VIDEO_VIEWS_P_100", "video_p100"),
    ("LIKES", "likes"),
    ("COMMENTS", "comments"),
    ("SHARES", "shares"),
    ("FOLLOWS", "follows"),
    ("CONVERSION", "conversions"),
    ("SPEND", "spend"),
    ("TOTAL_PURCHASE_VALUE", "revenue"),
];

/// Columns that are left out on purpose; the module's head says why.
const IGNORED: &[&str] = &[
    "AVERAGE_VIDEO_PLAY",
    "AVERAGE_VIDEO_PLAY_PER_USER",
    "CONVERSION_RATE",
    "COST_PER_1000_REACHED",
    "COST_PER_CONVERSION",
    "COST_PER_RESULT",
    "COST_PER_SECONDARY_GOAL_RESULT",
    "CPC",
    "CPM",
    "CTR",
    "FREQUENCY",
    "PROFILE_VISITS",
    "PROFILE_VISITS_RATE",
    "REACH",
    "REAL_TIME_CONVERSION",
    "REAL_TIME_CONVERSION_RATE",
    "REAL_TIME_COST_PER_CONVERSION",
    "REAL_TIME_COST_PER_RESULT",
    "REAL_TIME_RESULT",
    "REAL_TIME_RESULT_RATE",
    "RESULT",
    "RESULT_RATE",
    "SECONDARY_GOAL_RESULT",
    "SECONDARY_GOAL_RESULT_RATE",
    "TOTAL_SALES_LEAD_VALUE",
];

/// Columns that say whose and when a row is.
const KEYS: &[&str] = &[
    "CAMPAIGN_ID",
    "ADGROUP_ID",
    "AD_ID",
    "COUNTRY_CODE",
    "STAT_TIME_HOUR",
    "STAT_TIME_DAY",
];

/// The connector that fetched the report adds columns of its own, all with this beginning.
const CONNECTOR_PREFIX: &str = "_FIVETRAN";

/// What the rows of a report are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Campaign,
    CampaignByCountry,
    AdGroup,
    Ad,
}

impl Subject {
    /// The dataset that such a report fits.
    pub(super) fn dataset(self) -> DatasetName {
        match self {
            Self::CampaignByCountry => DatasetName::AudienceDaily,
            Self::Campaign | Self::AdGroup | Self::Ad => DatasetName::DeliveryDaily,
        }
    }

    /// Its column of ids in TikTok's reports.
    pub(super) fn id_column(self) -> &'static str {
        match self {
            Self::Campaign | Self::CampaignByCountry => "CAMPAIGN_ID",
            Self::AdGroup => "ADGROUP_ID",
            Self::Ad => "AD_ID",
        }
    }

    /// What its rows are called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::CampaignByCountry => "campaign-by-country",
            Self::AdGroup => "ad group",
            Self::Ad => "ad",
        }
    }
}

/// Whether a row covers an hour or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Hour,
    Day,
}

impl Grain {
    /// Its column in TikTok's reports.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Hour => "STAT_TIME_HOUR",
            Self::Day => "STAT_TIME_DAY",
        }
    }
}

/// A report's columns by their meaning.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) subject: Subject,
    pub(super) grain: Grain,
    pub(super) id: usize,
    pub(super) time: usize,
    pub(super) country: Option<usize>,
    /// Places in the file, with the measure's name in the dataset.
    pub(super) measures: Vec<(usize, &'static str)>,
    pub(super) n_columns: usize,
}

impl Layout {
    /// Reads the meaning of a report's header.
    pub(super) fn of(table: &Table) -> Result<Self, String> {
        let (subject, grain) = subject_and_grain(table)?;
        let dataset = Dataset::of(subject.dataset());
        let mut measures = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            if table.columns[..index].contains(column) {
                return Err(format!("`{}` has the column `{column}` twice", table.name));
            }
            match MEASURES.iter().find(|(theirs, _)| theirs == column) {
                // A measure that the dataset doesn't hold, such as video quartiles by country.
                Some((_, ours)) if dataset.measure_index(ours).is_none() => {}
                Some((_, ours)) => measures.push((index, *ours)),
                None => check_left_out(table, column)?,
            }
        }
        Ok(Self {
            subject,
            grain,
            id: table.required(subject.id_column())?,
            time: table.required(grain.column())?,
            country: table.index("COUNTRY_CODE"),
            measures,
            n_columns: table.columns.len(),
        })
    }

    /// The same layout with its measures in the order of the first file of its batch. Hours of a
    /// day that lack a measure would make its sum too small, so that both need the same ones.
    pub(super) fn aligned(mut self, first: &Self, names: (&str, &str)) -> Result<Self, String> {
        let (own_name, first_name) = names;
        let lacking = |these: &Self, those: &Self| {
            let mut measures = these.measures.iter().map(|(_, measure)| *measure);
            measures.find(|measure| those.place_of(measure).is_none())
        };
        let told = |without: &str, with: &str, measure: &str| {
            let column = MEASURES.iter().find(|(_, ours)| *ours == measure);
            format!(
                "`{without}` has no column `{}`, which `{with}` has; hours of one command are added, so that its files need the same columns",
                column.map_or(measure, |(theirs, _)| *theirs),
            )
        };
        if let Some(measure) = lacking(first, &self) {
            return Err(told(own_name, first_name, measure));
        }
        if let Some(measure) = lacking(&self, first) {
            return Err(told(first_name, own_name, measure));
        }
        self.measures
            .sort_by_key(|(_, measure)| first.place_of(measure));
        Ok(self)
    }

    fn place_of(&self, measure: &str) -> Option<usize> {
        self.measures
            .iter()
            .position(|(_, known)| *known == measure)
    }
}

fn subject_and_grain(table: &Table) -> Result<(Subject, Grain), String> {
    let has = |column| table.index(column).is_some();
    let ids = ["CAMPAIGN_ID", "ADGROUP_ID", "AD_ID"].map(has);
    let subject = match (ids, has("COUNTRY_CODE")) {
        ([true, false, false], false) => Some(Subject::Campaign),
        ([true, false, false], true) => Some(Subject::CampaignByCountry),
        ([false, true, false], false) => Some(Subject::AdGroup),
        ([false, false, true], false) => Some(Subject::Ad),
        _ => None,
    };
    let grain = match (has("STAT_TIME_HOUR"), has("STAT_TIME_DAY")) {
        (true, false) => Some(Grain::Hour),
        (false, true) => Some(Grain::Day),
        _ => None,
    };
    subject.zip(grain).ok_or_else(|| {
        format!(
            "`{}` is not a TikTok report that can be taken in; accepted are reports with \
             STAT_TIME_HOUR or STAT_TIME_DAY and one of CAMPAIGN_ID, CAMPAIGN_ID with \
             COUNTRY_CODE, ADGROUP_ID, AD_ID",
            table.name
        )
    })
}

fn check_left_out(table: &Table, column: &str) -> Result<(), String> {
    let is_known =
        KEYS.contains(&column) || IGNORED.contains(&column) || column.starts_with(CONNECTOR_PREFIX);
    if is_known {
        return Ok(());
    }
    let measures = MEASURES.iter().map(|(theirs, _)| *theirs);
    let known = measures
        .chain(IGNORED.iter().copied())
        .chain(KEYS.iter().copied());
    let hint = nearest(column, known)
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    Err(format!(
        "`{}` has a column `{column}` that is neither taken over nor left out on purpose{hint}",
        table.name
    ))
}
