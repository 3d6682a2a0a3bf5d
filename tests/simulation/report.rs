//! What reports may say in the simulation: a world small enough that keys, days and campaigns meet
//! again and again, and wide enough that every kind of fact occurs.
//!
//! Everything here is named by its place in one of these tables, so that a step of the simulation
//! is a handful of numbers.

use bellwether_domain::dataset::DatasetName;
use bellwether_domain::metric::Metric;
use bellwether_domain::query::Dimension;
use bellwether_domain::time::Date;

/// The agencies of one instance; they use the same words for different things.
pub(super) const AGENCIES: [&str; 2] = ["north", "south"];

/// The brands of each agency.
pub(super) const BRANDS: [&str; 2] = ["acme", "zeta"];

/// A campaign as its first report registers it.
pub(super) struct CampaignEntry {
    /// The place of its brand.
    pub(super) brand: usize,
    pub(super) external_id: &'static str,
    pub(super) platform: &'static str,
    pub(super) currency: &'static str,
}

const fn campaign(
    brand: usize,
    external_id: &'static str,
    platform: &'static str,
    currency: &'static str,
) -> CampaignEntry {
    CampaignEntry {
        brand,
        external_id,
        platform,
        currency,
    }
}

/// The campaigns of each agency; two brands may use one external id.
pub(super) const CAMPAIGNS: [CampaignEntry; 6] = [
    campaign(0, "c0", "TIKTOK", "USD"),
    campaign(0, "c1", "META", "USD"),
    campaign(0, "c2", "TIKTOK", "USD"),
    campaign(1, "c0", "GOOGLE", "USD"),
    campaign(1, "c1", "TIKTOK", "EUR"),
    campaign(1, "c3", "META", "USD"),
];

/// Where campaigns run and are moved to.
pub(super) const PLATFORMS: [&str; 3] = ["GOOGLE", "META", "TIKTOK"];

/// The label that campaigns are given, and its values.
pub(super) const TEAM: &str = "team";
pub(super) const TEAMS: [&str; 2] = ["blue", "red"];

/// The days that facts have: in four months, most of them at a month's end.
pub(super) const DAYS: [&str; 12] = [
    "2026-01-30",
    "2026-01-31",
    "2026-02-01",
    "2026-02-02",
    "2026-02-14",
    "2026-02-27",
    "2026-02-28",
    "2026-03-01",
    "2026-03-02",
    "2026-03-15",
    "2026-03-31",
    "2026-04-01",
];

/// A day of the world.
pub(super) fn day(place: usize) -> Date {
    DAYS[place].parse().expect("a day")
}

/// The attribution windows; the first is none. In the order in which one is preferred.
pub(super) const WINDOWS: [&str; 3] = ["", "1d", "7d"];

/// A measure: its column, its metric, and what one of the model's units is in millionths.
pub(super) struct Measure {
    pub(super) column: &'static str,
    pub(super) metric: Metric,
    pub(super) millionths: i64,
    pub(super) is_money: bool,
    /// Whether its number depends on the attribution window.
    pub(super) is_attributed: bool,
}

const fn count(column: &'static str, metric: Metric) -> Measure {
    Measure {
        column,
        metric,
        millionths: 1_000_000,
        is_money: false,
        is_attributed: false,
    }
}

const fn cents(column: &'static str, metric: Metric, is_attributed: bool) -> Measure {
    Measure {
        column,
        metric,
        millionths: 10_000,
        is_money: true,
        is_attributed,
    }
}

const fn tenths(column: &'static str, metric: Metric, is_attributed: bool) -> Measure {
    Measure {
        column,
        metric,
        millionths: 100_000,
        is_money: false,
        is_attributed,
    }
}

/// In the order of the metric catalogue, in which answers have them.
const DELIVERED: &[Measure] = &[
    count("impressions", Metric::Impressions),
    count("clicks", Metric::Clicks),
    tenths("conversions", Metric::Conversions, true),
    cents("spend", Metric::Spend, false),
    cents("revenue", Metric::Revenue, true),
];

/// A dataset as the simulation fills it.
pub(super) struct Entry {
    pub(super) name: DatasetName,
    /// Its text columns, and by what an answer is grouped by them.
    pub(super) texts: &'static [(&'static str, Option<Dimension>)],
    /// Which of those make a level or breakdown, by bits.
    pub(super) in_shape: u8,
    /// The texts that rows have.
    pub(super) values: &'static [&'static [&'static str]],
    pub(super) has_windows: bool,
    pub(super) measures: &'static [Measure],
    /// What can be asked of it beside its measures.
    pub(super) extras: &'static [Extra],
    /// Whether a question must name one of its texts.
    pub(super) is_broken_down: bool,
}

/// A metric that is no measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    /// Costs of a kind, which have a dataset of their own.
    Costs(&'static str),
    /// Clicks for each impression; those are the dataset's first two measures.
    ClickThroughRate,
}

/// The place of the dataset of costs, which is asked for by the first dataset's metrics.
pub(super) const COSTS: usize = 4;

/// The datasets.
pub(super) const ENTRIES: [Entry; 5] = [
    Entry {
        name: DatasetName::DeliveryDaily,
        texts: &[("ad_group", None), ("ad", None)],
        in_shape: 0b11,
        values: &[
            &["", ""],
            &["", ""],
            &["g1", ""],
            &["g2", ""],
            &["g1", "x"],
            &["g1", "y"],
            &["g2", "z"],
        ],
        has_windows: true,
        measures: DELIVERED,
        extras: &[
            Extra::Costs("agency_fee"),
            Extra::Costs("production"),
            Extra::ClickThroughRate,
        ],
        is_broken_down: false,
    },
    Entry {
        name: DatasetName::DeliveryHourly,
        texts: &[
            ("hour", Some(Dimension::Hour)),
            ("ad_group", None),
            ("ad", None),
        ],
        in_shape: 0b110,
        values: &[
            &["00", "", ""],
            &["07", "", ""],
            &["23", "", ""],
            &["07", "g1", ""],
            &["23", "g1", "x"],
        ],
        has_windows: true,
        measures: DELIVERED,
        extras: &[Extra::ClickThroughRate],
        is_broken_down: false,
    },
    Entry {
        name: DatasetName::AudienceDaily,
        texts: &[
            ("country", Some(Dimension::Country)),
            ("age", Some(Dimension::Age)),
            ("gender", Some(Dimension::Gender)),
        ],
        in_shape: 0b111,
        values: &[
            &["US", "", ""],
            &["DE", "", ""],
            &["", "18-24", ""],
            &["", "", "FEMALE"],
            &["US", "18-24", ""],
            &["US", "18-24", "FEMALE"],
            &["DE", "25-34", "MALE"],
        ],
        has_windows: true,
        measures: DELIVERED,
        extras: &[Extra::ClickThroughRate],
        is_broken_down: true,
    },
    Entry {
        name: DatasetName::FeedbackDaily,
        texts: &[("product", Some(Dimension::Product))],
        in_shape: 0b1,
        values: &[&[""], &["p1"], &["p2"]],
        has_windows: false,
        measures: &[
            count("orders", Metric::Orders),
            count("reviews", Metric::Reviews),
            tenths("rating_sum", Metric::RatingSum, false),
        ],
        extras: &[],
        is_broken_down: false,
    },
    // Every cost is of one day, so that it is wholly in a range or not at all.
    Entry {
        name: DatasetName::Costs,
        texts: &[("kind", None)],
        in_shape: 0b1,
        values: &[&["agency_fee"], &["production"]],
        has_windows: false,
        measures: &[cents("amount", Metric::TotalCost, false)],
        extras: &[],
        is_broken_down: false,
    },
];

/// What makes a row of a dataset one and not another: places in the tables above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) campaign: usize,
    pub(super) day: usize,
    pub(super) texts: &'static [&'static str],
    pub(super) window: usize,
}

impl Extra {
    pub(super) fn metric(self) -> Metric {
        match self {
            Self::Costs("agency_fee") => Metric::AgencyFees,
            Self::Costs(_) => Metric::ProductionCosts,
            Self::ClickThroughRate => Metric::Ctr,
        }
    }
}

impl Entry {
    /// The metric at a place: a measure's, or after the measures an extra one.
    pub(super) fn metric(&self, place: usize) -> Metric {
        match self.extra(place) {
            Some(extra) => extra.metric(),
            None => self.measures[place].metric,
        }
    }

    /// The extra metric at a place, if it is one.
    pub(super) fn extra(&self, place: usize) -> Option<Extra> {
        self.extras
            .get(place.checked_sub(self.measures.len())?)
            .copied()
    }
}

impl Key {
    /// The level or breakdown: which of the dataset's texts that make one are given, by bits.
    pub(super) fn shape(&self, entry: &Entry) -> u8 {
        let given = self.texts.iter().enumerate();
        let given = given.filter(|(_, text)| !text.is_empty());
        given.fold(0, |bits, (place, _)| bits | 1 << place) & entry.in_shape
    }
}

/// The measures of a row in the model's units; `None` is missing.
pub(super) type Values = Vec<Option<i64>>;
