//! The datasets: which facts Bellwether holds, as data.
//!
//! A dataset is an entry of [`Dataset::ALL`], not code: its key columns, its measures and their
//! classes. Ingest, store, metrics and documentation all read these entries.

use crate::closed_words;
use crate::error_code::Refusal;
use crate::nearest::nearest;

/// The most key dimensions that a dataset has besides campaign, time and attribution.
pub const KEY_DIMENSIONS_MAX: usize = 3;

/// The most bytes of a text in a key: an ad's id, a country, an age group.
pub const KEY_TEXT_BYTES_MAX: usize = 128;

/// The word of a row, in any case, that says no attribution window: the same as an empty field.
/// Answers name such rows by it, so that no window may have this name.
pub const ATTRIBUTION_UNSPECIFIED: &str = "unspecified";

closed_words! {
    /// The name of a dataset.
    pub enum DatasetName, "a dataset" {
        /// What a platform delivered, by day and campaign, ad group or ad.
        DeliveryDaily => "delivery_daily",
        /// The same delivery broken down by country, age and gender.
        AudienceDaily => "audience_daily",
        /// What a campaign costs beside media: fees, production, influencers.
        Costs => "costs",
    }
}

/// What a measure counts, which decides how it is parsed, stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    /// A whole number of events, stored as it is.
    Count,
    /// Events of which platforms report fractions, stored in millionths.
    Conversions,
    /// Money in the campaign's currency, stored in micros.
    Money,
    /// One of these words, stored as its index; never summed.
    Choice(&'static [&'static str]),
}

/// One measure column of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The column's name in files and segments.
    pub name: &'static str,
    /// What it counts.
    pub kind: MeasureKind,
    /// What it means, as a sentence.
    pub meaning: &'static str,
}

/// One text column of a dataset's key.
#[expect(
    clippy::struct_excessive_bools,
    reason = "an entry of a table whose columns are independent of each other"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDimension {
    /// The column's name in files and segments.
    pub name: &'static str,
    /// The only words allowed, if the set is closed.
    pub words: Option<&'static [&'static str]>,
    /// Whether every row must have it.
    pub required: bool,
    /// Whether its text is kept in capitals, so that `us` and `US` are one.
    pub capitals: bool,
    /// How many letters its text has, where a standard says so.
    pub letters: Option<usize>,
    /// Whether its texts have stable codes of the agency, so that answers can be grouped by it.
    /// Ids of ad groups and ads are too many for that.
    pub coded: bool,
    /// Whether giving it makes a row of another level or breakdown. An hour does not.
    pub in_shape: bool,
    /// What it means, as a sentence.
    pub meaning: &'static str,
}

/// The time columns of a dataset's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeColumns {
    /// One column `date`: the day, cut in the ad account's zone, not in the future.
    Day,
    /// Two columns `from` and `until`: a half-open range of days, which may lie ahead.
    Range,
}

/// How the rows of a dataset relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeRule {
    /// The key texts nest (ad group, ad): the deepest one given is the row's level. An answer
    /// reads one level per campaign and day, the coarsest that covers the question.
    Level,
    /// The key texts stand side by side (country, age, gender): the set given is the row's
    /// breakdown. An answer reads one breakdown per campaign and day and never stands for the
    /// campaign's total.
    Breakdown,
    /// Rows of different keys add up.
    Additive,
}

/// One dataset: all that ingest, store and metrics need to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dataset {
    /// Its name.
    pub name: DatasetName,
    /// What it holds, as a sentence.
    pub meaning: &'static str,
    /// Its time columns.
    pub time: TimeColumns,
    /// Whether every row must name a campaign.
    pub campaign_required: bool,
    /// Whether the attribution window is part of the key.
    pub attribution: bool,
    /// Its text key columns, at most [`KEY_DIMENSIONS_MAX`].
    pub dimensions: &'static [KeyDimension],
    /// How rows of different shapes relate.
    pub shape_rule: ShapeRule,
    /// Its measures, in the order in which rows hold them.
    pub measures: &'static [Measure],
}

const fn measure(name: &'static str, kind: MeasureKind, meaning: &'static str) -> Measure {
    Measure {
        name,
        kind,
        meaning,
    }
}

const fn text(name: &'static str, capitals: bool, meaning: &'static str) -> KeyDimension {
    KeyDimension {
        name,
        words: None,
        required: false,
        capitals,
        letters: None,
        coded: true,
        in_shape: true,
        meaning,
    }
}

const fn ad_id(name: &'static str, meaning: &'static str) -> KeyDimension {
    KeyDimension {
        coded: false,
        ..text(name, false, meaning)
    }
}

use MeasureKind::{Choice, Conversions, Count, Money};

const IMPRESSIONS: Measure = measure("impressions", Count, "Times an ad was shown.");
const CLICKS: Measure = measure(
    "clicks",
    Count,
    "Clicks on an ad, as the platform counts them.",
);
const VIDEO_VIEWS: Measure = measure("video_views", Count, "Times a video started to play.");
const LIKES: Measure = measure("likes", Count, "Likes that an ad received.");
const COMMENTS: Measure = measure("comments", Count, "Comments that an ad received.");
const SHARES: Measure = measure("shares", Count, "Times an ad was shared.");
const FOLLOWS: Measure = measure("follows", Count, "New followers won through an ad.");
const CONVERSIONS: Measure = measure(
    "conversions",
    Conversions,
    "Conversions in the row's attribution window; platforms report fractions.",
);
const SPEND: Measure = measure("spend", Money, "Media cost charged by the platform.");
const REVENUE: Measure = measure(
    "revenue",
    Money,
    "Value of the conversions, before refunds.",
);

const REFUNDS: Measure = measure(
    "refunds",
    Money,
    "Money given back to buyers, dated on the day of the sale; absent counts as none.",
);

/// Kinds of cost beside media, which is `spend` in the delivery datasets.
pub const COST_KINDS: &[&str] = &["agency_fee", "production", "influencer"];

/// How a cost is spread over its days: evenly, or as the media was spent.
pub const COST_SPREADS: &[&str] = &["day", "spend"];

/// The place of `amount` among the measures of `costs`.
pub const COST_AMOUNT: usize = 0;

/// The place of `spread` among the measures of `costs`.
pub const COST_SPREAD: usize = 1;

const DELIVERY_DAILY: Dataset = Dataset {
    name: DatasetName::DeliveryDaily,
    meaning: "What a platform delivered, by day and campaign, ad group or ad.",
    time: TimeColumns::Day,
    campaign_required: true,
    attribution: true,
    dimensions: &[
        ad_id(
            "ad_group",
            "The platform's id of the ad group; rows with it are of level AD_GROUP or AD.",
        ),
        ad_id(
            "ad",
            "The platform's id of the ad; rows with it are of level AD and need the ad group too.",
        ),
    ],
    shape_rule: ShapeRule::Level,
    measures: &[
        IMPRESSIONS,
        CLICKS,
        VIDEO_VIEWS,
        measure(
            "video_views_2s",
            Count,
            "Video plays of at least two seconds.",
        ),
        measure(
            "video_views_6s",
            Count,
            "Video plays of at least six seconds.",
        ),
        measure(
            "video_p25",
            Count,
            "Video plays that reached a quarter of the video.",
        ),
        measure(
            "video_p50",
            Count,
            "Video plays that reached half of the video.",
        ),
        measure(
            "video_p75",
            Count,
            "Video plays that reached three quarters of the video.",
        ),
        measure(
            "video_p100",
            Count,
            "Video plays that reached the video's end.",
        ),
        LIKES,
        COMMENTS,
        SHARES,
        FOLLOWS,
        CONVERSIONS,
        SPEND,
        REVENUE,
        REFUNDS,
        measure("cogs", Money, "Cost of the goods sold."),
    ],
};

const AUDIENCE_DAILY: Dataset = Dataset {
    name: DatasetName::AudienceDaily,
    meaning: "Delivery broken down by country, age and gender, by day and campaign.",
    time: TimeColumns::Day,
    campaign_required: true,
    attribution: true,
    dimensions: &[
        KeyDimension {
            letters: Some(2),
            ..text(
                "country",
                true,
                "ISO 3166 code of the country, such as `US`.",
            )
        },
        text("age", false, "The platform's age group, such as `18-24`."),
        text(
            "gender",
            true,
            "`FEMALE`, `MALE`, or the platform's word for others.",
        ),
    ],
    shape_rule: ShapeRule::Breakdown,
    measures: &[
        IMPRESSIONS,
        CLICKS,
        VIDEO_VIEWS,
        LIKES,
        COMMENTS,
        SHARES,
        FOLLOWS,
        CONVERSIONS,
        SPEND,
        REVENUE,
        REFUNDS,
    ],
};

const COSTS: Dataset = Dataset {
    name: DatasetName::Costs,
    meaning: "What a campaign or a brand costs beside media, over a range of days.",
    time: TimeColumns::Range,
    campaign_required: false,
    attribution: false,
    dimensions: &[KeyDimension {
        name: "kind",
        words: Some(COST_KINDS),
        required: true,
        capitals: false,
        letters: None,
        coded: true,
        in_shape: true,
        meaning: "`agency_fee`, `production` or `influencer`; media is `spend` in delivery_daily.",
    }],
    shape_rule: ShapeRule::Additive,
    measures: &[
        measure(
            "amount",
            Money,
            "The cost, in the campaign's currency, or the agency's when no campaign is given.",
        ),
        measure(
            "spread",
            Choice(COST_SPREADS),
            "`day` (the default): evenly over the days; `spend`: as the media was spent.",
        ),
    ],
};

impl Dataset {
    /// Every dataset.
    pub const ALL: &'static [Dataset] = &[DELIVERY_DAILY, AUDIENCE_DAILY, COSTS];

    /// The entry of a dataset.
    pub const fn of(name: DatasetName) -> &'static Dataset {
        match name {
            DatasetName::DeliveryDaily => &DELIVERY_DAILY,
            DatasetName::AudienceDaily => &AUDIENCE_DAILY,
            DatasetName::Costs => &COSTS,
        }
    }

    /// The place of a measure in the dataset's rows, by its name.
    pub fn measure_index(&self, name: &str) -> Option<usize> {
        self.measures
            .iter()
            .position(|measure| measure.name == name)
    }

    /// The place of a key dimension in the dataset's rows, by its name.
    pub fn dimension_index(&self, name: &str) -> Option<usize> {
        self.dimensions
            .iter()
            .position(|dimension| dimension.name == name)
    }

    /// The names of the columns that a file may have for this dataset.
    pub fn column_names(&self) -> Vec<&'static str> {
        let time: &[&str] = match self.time {
            TimeColumns::Day => &["date"],
            TimeColumns::Range => &["from", "until"],
        };
        let mut names = time.to_vec();
        names.push("campaign");
        names.extend(self.dimensions.iter().map(|dimension| dimension.name));
        if self.attribution {
            names.push("attribution");
        }
        names.extend(self.measures.iter().map(|measure| measure.name));
        names
    }

    /// Refuses a column that the dataset doesn't have, with the nearest one that it has.
    pub fn unknown_column(&self, column: &str, also_known: &[&str]) -> Refusal {
        let names = self.column_names();
        let near = nearest(column, names.iter().chain(also_known).copied());
        let hint = near
            .map(|near| format!("; did you mean `{near}`?"))
            .unwrap_or_default();
        Refusal::invalid(format!("`{}` has no column `{column}`{hint}", self.name))
            .with_allowed(names)
            .with_suggestion(near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_stands_under_its_own_name_and_within_the_limits() {
        for dataset in Dataset::ALL {
            assert_eq!(Dataset::of(dataset.name), dataset);
            assert!(dataset.dimensions.len() <= KEY_DIMENSIONS_MAX);
            let names = dataset.column_names();
            let distinct: std::collections::BTreeSet<_> = names.iter().collect();
            assert_eq!(distinct.len(), names.len());
        }
    }

    #[test]
    fn a_misspelt_column_gets_the_nearest_one() {
        let refusal = Dataset::of(DatasetName::DeliveryDaily).unknown_column("impresions", &[]);
        assert_eq!(refusal.did_you_mean.as_deref(), Some("impressions"));
    }
}
