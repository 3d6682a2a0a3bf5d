//! Random reports: facts of three campaigns over a week across two months, at three levels and
//! of three attribution windows, with values missing here and there.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::collection::{btree_map, vec};
use proptest::option::weighted;
use proptest::prelude::*;

/// The platforms of the campaigns, by their places.
pub(super) const CAMPAIGNS: [&str; 3] = ["TIKTOK", "META", "TIKTOK"];

/// The days that facts have: from Friday 2026-03-27 over a month's and a week's end.
pub(super) const DAYS: [&str; 8] = [
    "2026-03-27",
    "2026-03-28",
    "2026-03-29",
    "2026-03-30",
    "2026-03-31",
    "2026-04-01",
    "2026-04-02",
    "2026-04-03",
];

/// The first day after them.
pub(super) const END: &str = "2026-04-04";

/// The measures, as columns.
pub(super) const MEASURES: [&str; 6] = [
    "impressions",
    "clicks",
    "spend",
    "revenue",
    "refunds",
    "cogs",
];

/// The attribution windows; the first is none.
pub(super) const WINDOWS: [&str; 3] = ["", "1d", "7d"];

/// The levels as ad group and ad: campaign, two ad groups, three ads.
const LEVELS: [(&str, &str); 6] = [
    ("", ""),
    ("g1", ""),
    ("g2", ""),
    ("g1", "x"),
    ("g1", "y"),
    ("g2", "z"),
];

/// What makes a row one and not another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) campaign: usize,
    pub(super) day: usize,
    pub(super) window: usize,
    level: usize,
}

impl Key {
    /// A campaign's day of no window, at the level of the campaign.
    pub(super) fn of_campaign(campaign: usize, day: usize) -> Self {
        Self {
            campaign,
            day,
            window: 0,
            level: 0,
        }
    }

    /// How deep the row's level is: 0 for the campaign, 1 for an ad group, 2 for an ad.
    pub(super) fn depth(self) -> usize {
        let (ad_group, ad) = LEVELS[self.level];
        usize::from(!ad_group.is_empty()) + usize::from(!ad.is_empty())
    }
}

/// The measures of a row: counts as they are, money in cents.
pub(super) type Values = [Option<i64>; MEASURES.len()];

/// The facts as they stand: the newest row of each key.
pub(super) type Facts = BTreeMap<Key, Values>;

/// The rows of one report.
pub(super) type Batch = BTreeMap<Key, Values>;

/// One to three reports, of which later ones restate rows of earlier ones.
pub(super) fn batches() -> impl Strategy<Value = Vec<Batch>> {
    vec(btree_map(key(), values(), 1..40), 1..=3)
}

fn key() -> impl Strategy<Value = Key> {
    // Most rows have no window, as most reports.
    let window = prop_oneof![6 => Just(0), 1 => Just(1), 1 => Just(2)];
    (0..CAMPAIGNS.len(), 0..DAYS.len(), window, 0..LEVELS.len()).prop_map(
        |(campaign, day, window, level)| Key {
            campaign,
            day,
            window,
            level,
        },
    )
}

/// Measures of which some are missing.
pub(super) fn values() -> impl Strategy<Value = Values> {
    let value = || weighted(0.9, prop_oneof![1 => Just(0_i64), 5 => 0..100_000_i64]);
    (value(), value(), value(), value(), value(), value()).prop_map(<[Option<i64>; 6]>::from)
}

/// The external id of a world's campaign.
pub(super) fn name(world: u32, campaign: usize) -> String {
    format!("w{world}-{campaign}")
}

/// The report as CSV.
pub(super) fn csv(world: u32, batch: &Batch) -> String {
    let mut csv = format!(
        "date,campaign,ad_group,ad,attribution,{}\n",
        MEASURES.join(",")
    );
    for (key, values) in batch {
        let (ad_group, ad) = LEVELS[key.level];
        let campaign = name(world, key.campaign);
        let (day, window) = (DAYS[key.day], WINDOWS[key.window]);
        let cells = values
            .iter()
            .enumerate()
            .map(|(place, value)| value.map_or(String::new(), |value| cell(place, value)));
        // Writing to a string can't fail.
        let _ = writeln!(
            csv,
            "{day},{campaign},{ad_group},{ad},{window},{}",
            cells.collect::<Vec<_>>().join(",")
        );
    }
    csv
}

/// A measure as a report writes it.
pub(super) fn cell(place: usize, value: i64) -> String {
    if is_money(place) {
        format!("{}.{:02}", value / 100, value % 100)
    } else {
        value.to_string()
    }
}

/// Whether the measure at this place is money.
pub(super) fn is_money(place: usize) -> bool {
    place >= 2
}
