//! The datasets: which facts Bellwether holds, as data.
//!
//! A dataset is an entry of [`Dataset::ALL`], not code: its key columns, its measures and their
//! classes. Ingest, store, metrics and documentation all read these entries.

mod entries;

use entries::{AUDIENCE_DAILY, COSTS, DELIVERY_DAILY, DELIVERY_HOURLY, FEEDBACK_DAILY, REACH};

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
        /// The same delivery by hour of the day.
        DeliveryHourly => "delivery_hourly",
        /// The same delivery broken down by country, age and gender.
        AudienceDaily => "audience_daily",
        /// How many people a campaign reached in a period, exactly as reported.
        Reach => "reach",
        /// What people say and send back: orders, refunds, reviews, ratings and comments.
        FeedbackDaily => "feedback_daily",
        /// What a campaign costs beside media: fees, production, influencers.
        Costs => "costs",
    }
}

/// What a measure counts, which decides how it is parsed, stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasureKind {
    /// A whole number of events, stored as it is.
    Count,
    /// Events or points of which fractions are reported, such as conversions or stars, stored in
    /// millionths.
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
    /// How many digits its number is kept with, zeros in front, so that `7` and `07` are one.
    pub digits: Option<usize>,
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
    /// Two columns `from` and `until`: a half-open range of days.
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
    /// Rows of every shape count side by side.
    Additive,
}

/// One dataset: all that ingest, store and metrics need to know of it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "an entry of a table whose columns are independent of each other"
)]
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
    /// Whether its days may lie in the future.
    pub may_lie_ahead: bool,
    /// Whether its measures may be below zero.
    pub may_be_negative: bool,
    /// Whether costs beside media join its answers.
    pub takes_costs: bool,
    /// Whether its rows add up over campaigns and periods. Where they don't, a number stands only
    /// in a row of one campaign and exactly the period that was reported.
    pub adds_up: bool,
    /// The dataset of which it is a finer view: a formula that only the coarser one can fill is
    /// null here with `NOT_AT_THIS_GRAIN`, so that one document serves both.
    pub refines: Option<DatasetName>,
    /// Its text key columns, at most [`KEY_DIMENSIONS_MAX`].
    pub dimensions: &'static [KeyDimension],
    /// How rows of different shapes relate.
    pub shape_rule: ShapeRule,
    /// Its measures, in the order in which rows hold them.
    pub measures: &'static [Measure],
}

/// Kinds of cost beside media, which is `spend` in the delivery datasets.
pub const COST_KINDS: &[&str] = &["agency_fee", "production", "influencer"];

/// How a cost is spread over its days: evenly, or as the media was spent.
pub const COST_SPREADS: &[&str] = &["day", "spend"];

/// The place of `amount` among the measures of `costs`.
pub const COST_AMOUNT: usize = 0;

/// The place of `spread` among the measures of `costs`.
pub const COST_SPREAD: usize = 1;

/// The hours of a day, as keys hold them.
pub const HOURS: &[&str] = &[
    "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15",
    "16", "17", "18", "19", "20", "21", "22", "23",
];

impl KeyDimension {
    /// The accepted word that a text stands for, without regard to case; zeros in front of a
    /// number don't matter. `None` where the set of words is not closed or has no such word.
    pub fn word(&self, text: &str) -> Option<&'static str> {
        let words = self.words?;
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let Some(digits) = self.digits.filter(|_| is_number) else {
            return find_word(words, text);
        };
        let number = text.trim_start_matches('0');
        find_word(words, &format!("{number:0>digits$}"))
    }
}

fn find_word(words: &'static [&'static str], text: &str) -> Option<&'static str> {
    let mut words = words.iter().copied();
    words.find(|word| word.eq_ignore_ascii_case(text))
}

impl Dataset {
    /// Every dataset.
    pub const ALL: &'static [Dataset] = &[
        DELIVERY_DAILY,
        DELIVERY_HOURLY,
        AUDIENCE_DAILY,
        REACH,
        FEEDBACK_DAILY,
        COSTS,
    ];

    /// The entry of a dataset.
    pub const fn of(name: DatasetName) -> &'static Dataset {
        match name {
            DatasetName::DeliveryDaily => &DELIVERY_DAILY,
            DatasetName::DeliveryHourly => &DELIVERY_HOURLY,
            DatasetName::AudienceDaily => &AUDIENCE_DAILY,
            DatasetName::Reach => &REACH,
            DatasetName::FeedbackDaily => &FEEDBACK_DAILY,
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
    fn a_measure_of_several_datasets_is_of_one_kind_in_all() {
        let measures = || Dataset::ALL.iter().flat_map(|dataset| dataset.measures);
        for measure in measures() {
            let namesakes = measures().filter(|other| other.name == measure.name);
            assert!(
                namesakes
                    .into_iter()
                    .all(|other| other.kind == measure.kind)
            );
        }
    }

    #[test]
    fn an_hour_is_one_with_or_without_zeros_in_front() {
        let hourly = Dataset::of(DatasetName::DeliveryHourly);
        let hour = &hourly.dimensions[hourly.dimension_index("hour").unwrap()];
        for (text, word) in [("7", Some("07")), ("07", Some("07")), ("0", Some("00"))] {
            assert_eq!(hour.word(text), word);
        }
        for text in ["24", "7am", "", "-1", "7.0"] {
            assert_eq!(hour.word(text), None);
        }
    }

    #[test]
    fn an_hour_makes_no_level() {
        use crate::fact::{FactKey, Shape};
        let key = FactKey {
            brand: crate::ids::BrandId::from_parts(crate::time::Timestamp::UNIX_EPOCH, 1),
            campaign: None,
            from: crate::time::date(2026, 1, 1),
            until: None,
            texts: [Some("07".into()), Some("g1".into()), None],
            attribution: None,
        };
        let hourly = Dataset::of(DatasetName::DeliveryHourly);
        assert_eq!(key.shape(hourly), Shape(0b010));
        assert_eq!(key.shape(hourly).name(hourly), "AD_GROUP");
    }

    #[test]
    fn a_misspelt_column_gets_the_nearest_one() {
        let refusal = Dataset::of(DatasetName::DeliveryDaily).unknown_column("impresions", &[]);
        assert_eq!(refusal.did_you_mean.as_deref(), Some("impressions"));
    }
}
