//! Streams of facts for load tests: as many as asked for, in the shape of real reports.
//!
//! Invariant: one row is held at a time, whatever the number; no two rows have the same key.

use std::sync::Arc;

use bellwether_domain::campaign::Platform;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::{Dataset, DatasetName};
use bellwether_domain::fact::Text;
use bellwether_domain::time::{Date, day_number};
use rand::RngExt;
use rand_pcg::Pcg64;

use super::columns::{Columns, Reported};
use super::funnel::{Goods, Measures, Traffic};
use super::noise::{generator, noise};
use super::plan::{AGES, shifted};
use super::row::Row;
use super::season;

closed_words! {
    /// The datasets that facts are made up for.
    pub enum LoadDataset, "a dataset that can be generated" {
        /// One row a campaign and day.
        DeliveryDaily => "delivery_daily",
        /// One row a campaign, day, country, age group and gender.
        AudienceDaily => "audience_daily",
    }
}

impl LoadDataset {
    /// The dataset's entry.
    pub fn entry(self) -> &'static Dataset {
        Dataset::of(match self {
            Self::DeliveryDaily => DatasetName::DeliveryDaily,
            Self::AudienceDaily => DatasetName::AudienceDaily,
        })
    }
}

/// How many days the facts cover: 24 months.
const DAYS: i32 = 730;

/// The first campaign's id; each further one counts up.
const FIRST_CAMPAIGN: u64 = 1_740_000_000_000_001;

const COUNTRIES: [&str; 8] = ["US", "GB", "DE", "FR", "JP", "CN", "BR", "AU"];

const GENDERS: [&str; 2] = ["FEMALE", "MALE"];

const PLATFORMS: [Platform; 3] = [Platform::TikTok, Platform::Meta, Platform::Google];

/// Facts of 24 months up to the day before `today`, by campaign, then day: exactly `rows` of
/// them, the same for the same arguments.
pub fn load_rows(dataset: LoadDataset, rows: u64, seed: u64, today: Date) -> LoadRows {
    let rng = generator(seed, dataset.as_str());
    LoadRows {
        columns: Columns::of(dataset.entry()),
        groups: groups(dataset),
        first_day: shifted(today, -DAYS),
        remaining: rows,
        place: Place::default(),
        campaign: Campaign::new(0, seed),
        seed,
        rng,
    }
}

/// The stream that [`load_rows`] makes.
#[derive(Debug)]
pub struct LoadRows {
    columns: Columns,
    groups: Vec<Vec<(&'static str, Text)>>,
    first_day: Date,
    remaining: u64,
    place: Place,
    campaign: Campaign,
    seed: u64,
    rng: Pcg64,
}

/// Where in the order of keys the stream stands.
#[derive(Debug, Default)]
struct Place {
    campaign: u64,
    day: i32,
    group: usize,
}

/// What the rows of one campaign have in common.
#[derive(Debug)]
struct Campaign {
    external_id: Text,
    traffic: Traffic,
    goods: Goods,
    daily: f64,
    roas: f64,
}

impl Campaign {
    fn new(index: u64, seed: u64) -> Self {
        let external_id = (FIRST_CAMPAIGN + index).to_string();
        let mut rng = generator(seed, &external_id);
        let platform = PLATFORMS[rng.random_range(0..PLATFORMS.len())];
        Self {
            external_id: Text::from(external_id),
            traffic: Traffic::of(platform),
            goods: Goods {
                order_value: 20.0 + 130.0 * rng.random::<f64>(),
                refunds: 0.02 + 0.1 * rng.random::<f64>(),
                cost: 0.25 + 0.3 * rng.random::<f64>(),
            },
            daily: 60.0 + 900.0 * rng.random::<f64>(),
            roas: 0.6 + 3.4 * rng.random::<f64>(),
        }
    }
}

impl LoadRows {
    /// Moves on to the next key: the next group, day or campaign.
    fn advance(&mut self) {
        self.place.group += 1;
        if self.place.group < self.groups.len() {
            return;
        }
        self.place.group = 0;
        self.place.day += 1;
        if self.place.day < DAYS {
            return;
        }
        self.place.day = 0;
        self.place.campaign += 1;
        self.campaign = Campaign::new(self.place.campaign, self.seed);
    }

    /// The present group's part of the campaign's day; larger for the groups that stand first.
    fn part(&self) -> f64 {
        if self.groups.len() == 1 {
            return 1.0;
        }
        let rank = u32::try_from(self.place.group + self.groups.len()).unwrap_or(u32::MAX);
        1.0 / f64::from(rank)
    }

    fn reported(&mut self) -> Reported {
        let day = shifted(self.first_day, self.place.day);
        let campaign = &self.campaign;
        let age = day_number(day) - day_number(self.first_day);
        let freshness = season::freshness(age);
        let daily = campaign.daily * self.part();
        let spend = daily * season::weekday(day) * noise(&mut self.rng, 0.3);
        let sale = (campaign.traffic, campaign.goods);
        let roas = campaign.roas * freshness;
        Reported {
            day,
            campaign: Arc::clone(&campaign.external_id),
            texts: self.groups[self.place.group].clone(),
            measures: Measures::of_spend(&mut self.rng, sale, spend, freshness, roas),
        }
    }
}

impl Iterator for LoadRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.remaining = self.remaining.checked_sub(1)?;
        let reported = self.reported();
        self.advance();
        Some(self.columns.row(&reported))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let remaining = usize::try_from(self.remaining).ok();
        (remaining.unwrap_or(usize::MAX), remaining)
    }
}

/// The key texts of each row of a campaign's day.
fn groups(dataset: LoadDataset) -> Vec<Vec<(&'static str, Text)>> {
    if dataset == LoadDataset::DeliveryDaily {
        return vec![Vec::new()];
    }
    let mut groups = Vec::new();
    for country in COUNTRIES {
        for age in AGES {
            for gender in GENDERS {
                let texts = [("country", country), ("age", age), ("gender", gender)];
                groups.push(texts.map(|(name, text)| (name, Text::from(text))).to_vec());
            }
        }
    }
    groups
}
