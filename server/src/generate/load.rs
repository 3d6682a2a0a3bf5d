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
use super::load_groups::{Texts, ad_groups_and_ads, ads_max, countries_max, people};
use super::noise::{generator, noise};
use super::plan::shifted;
use super::row::{OwnedCell, Row};
use super::season;

closed_words! {
    /// The datasets that facts are made up for.
    pub enum LoadDataset, "a dataset that can be generated" {
        /// One row a campaign and day, or a campaign, ad and day.
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

/// Below every campaign's id; a seed's campaigns have the [`IDS_PER_SEED`] above its place.
const CAMPAIGN_IDS: u64 = 1_740_000_000_000_001;

/// Ids that each seed has of its own, so that brands made with several seeds share none.
const IDS_PER_SEED: u64 = 1_000_000;

const PLATFORMS: [Platform; 3] = [Platform::TikTok, Platform::Meta, Platform::Google];

/// The column after the dataset's own that says where a campaign runs; ingest registers by it.
const PLATFORM_COLUMN: &str = "platform";

/// What facts to make up.
#[derive(Debug, Clone)]
pub struct LoadPlan {
    /// The dataset that they are of.
    pub dataset: LoadDataset,
    /// How many.
    pub rows: u64,
    /// The same seed gives the same rows; two seeds have no campaign in common.
    pub seed: u64,
    /// The first day after them.
    pub until: Date,
    /// How many days they cover.
    pub days: u32,
    /// Spreads them evenly over so many campaigns, which start and end within the days; without,
    /// each campaign runs on all days, and there are as many as the rows fill.
    pub campaigns: Option<u64>,
    /// About so many ads a campaign, in two or three ad groups, instead of a row a campaign.
    pub ads: Option<u32>,
    /// Adds a column that says where each campaign runs.
    pub platform: bool,
}

impl LoadPlan {
    /// Columns after the dataset's own.
    pub fn columns_after(&self) -> &'static [&'static str] {
        const COLUMNS: [&str; 1] = [PLATFORM_COLUMN];
        if self.platform { &COLUMNS } else { &[] }
    }

    /// The most rows that so many campaigns can have on so many days.
    fn rows_max(&self) -> u64 {
        let groups = match (self.dataset, self.ads) {
            (LoadDataset::DeliveryDaily, None) => 1,
            (LoadDataset::DeliveryDaily, Some(ads)) => u64::from(ads_max(ads)),
            (LoadDataset::AudienceDaily, _) => people(countries_max()).len() as u64,
        };
        let campaigns = self.campaigns.unwrap_or(IDS_PER_SEED).min(IDS_PER_SEED);
        let days = u64::from(self.days);
        campaigns.saturating_mul(days).saturating_mul(groups)
    }

    /// How many rows a campaign has; `None` if it has one of each of its groups on each day.
    fn rows_of(&self, campaign: u64) -> Option<u64> {
        let campaigns = self.campaigns?.max(1);
        let one_more = campaign < self.rows % campaigns;
        Some(self.rows / campaigns + u64::from(one_more))
    }
}

/// Facts by campaign, then day: exactly as many as planned, the same for the same plan. The error
/// is a sentence for people.
pub fn load_rows(plan: &LoadPlan) -> Result<LoadRows, String> {
    let rows_max = plan.rows_max();
    if plan.rows > rows_max {
        return Err(format!(
            "{} rows are more than the {rows_max} that these campaigns, ads and days have; ask for more of them",
            plan.rows
        ));
    }
    Ok(LoadRows {
        columns: Columns::of(plan.dataset.entry()),
        first_day: shifted(plan.until, -signed(plan.days)),
        remaining: plan.rows,
        place: Place::default(),
        campaign: Campaign::new(0, plan),
        rng: generator(plan.seed, plan.dataset.as_str()),
        plan: plan.clone(),
    })
}

/// The stream that [`load_rows`] makes.
#[derive(Debug)]
pub struct LoadRows {
    plan: LoadPlan,
    columns: Columns,
    first_day: Date,
    remaining: u64,
    place: Place,
    campaign: Campaign,
    rng: Pcg64,
}

/// Where in the order of keys the stream stands.
#[derive(Debug, Default)]
struct Place {
    campaign: u64,
    /// The day of the campaign, the first being 0.
    day: u32,
    group: usize,
    /// Rows of this campaign so far.
    rows: u64,
}

/// What the rows of one campaign have in common.
#[derive(Debug)]
struct Campaign {
    external_id: Text,
    platform: Text,
    traffic: Traffic,
    goods: Goods,
    daily: f64,
    roas: f64,
    /// The key texts of each row of a day.
    groups: Vec<Texts>,
    /// Days of the history before its first one.
    starts_after: u32,
    rows: u64,
}

impl Campaign {
    fn new(index: u64, plan: &LoadPlan) -> Self {
        let id = CAMPAIGN_IDS + (plan.seed % IDS_PER_SEED) * IDS_PER_SEED + index;
        let external_id = id.to_string();
        let mut rng = generator(plan.seed, &external_id);
        let platform = PLATFORMS[rng.random_range(0..PLATFORMS.len())];
        let goods = Goods {
            order_value: 20.0 + 130.0 * rng.random::<f64>(),
            refunds: 0.02 + 0.1 * rng.random::<f64>(),
            cost: 0.25 + 0.3 * rng.random::<f64>(),
        };
        let daily = 60.0 + 900.0 * rng.random::<f64>();
        let roas = 0.6 + 3.4 * rng.random::<f64>();
        let rows = plan.rows_of(index);
        let days = u64::from(plan.days).max(1);
        let groups_min = rows.unwrap_or(0).div_ceil(days);
        let groups = groups(plan, &external_id, groups_min, &mut rng);
        let n_groups = groups.len() as u64;
        let days_run = rows.map_or(days, |rows| rows.div_ceil(n_groups).min(days));
        let days_off = u32::try_from(days - days_run).unwrap_or(0);
        Self {
            external_id: Text::from(external_id),
            platform: Text::from(platform.as_str()),
            traffic: Traffic::of(platform),
            goods,
            daily,
            roas,
            groups,
            starts_after: rng.random_range(0..=days_off),
            rows: rows.unwrap_or(n_groups * days),
        }
    }
}

/// The key texts of each row of a campaign's day, at least `min` of them where it is divided.
fn groups(plan: &LoadPlan, external_id: &str, min: u64, rng: &mut Pcg64) -> Vec<Texts> {
    let min = u32::try_from(min).unwrap_or(u32::MAX);
    match (plan.dataset, plan.ads) {
        (LoadDataset::DeliveryDaily, None) => vec![Vec::new()],
        (LoadDataset::DeliveryDaily, Some(ads)) => ad_groups_and_ads(external_id, ads, min, rng),
        (LoadDataset::AudienceDaily, _) if plan.campaigns.is_none() => people(countries_max()),
        (LoadDataset::AudienceDaily, _) => {
            let per_country = people(1).len();
            let countries = rng.random_range(2..=countries_max());
            let min = usize::try_from(min).unwrap_or(usize::MAX);
            people(countries.max(min.div_ceil(per_country)))
        }
    }
}

impl LoadRows {
    /// Moves on to the next key: the next group, day or campaign.
    fn advance(&mut self) {
        self.place.group += 1;
        self.place.rows += 1;
        if self.place.rows == self.campaign.rows {
            self.begin(self.place.campaign + 1);
        } else if self.place.group == self.campaign.groups.len() {
            self.place.group = 0;
            self.place.day += 1;
        }
    }

    fn begin(&mut self, campaign: u64) {
        if self.remaining == 0 {
            return;
        }
        self.place = Place {
            campaign,
            ..Place::default()
        };
        self.campaign = Campaign::new(campaign, &self.plan);
    }

    /// The present group's part of the campaign's day; larger for the groups that stand first.
    fn part(&self) -> f64 {
        let n_groups = self.campaign.groups.len();
        if n_groups == 1 {
            return 1.0;
        }
        let rank = u32::try_from(self.place.group + n_groups).unwrap_or(u32::MAX);
        1.0 / f64::from(rank)
    }

    fn reported(&mut self) -> Reported {
        let campaign = &self.campaign;
        let day = campaign.starts_after + self.place.day;
        let day = shifted(self.first_day, signed(day));
        let age = day_number(day) - day_number(self.first_day);
        let freshness = season::freshness(age);
        let daily = campaign.daily * self.part();
        let spend = daily * season::weekday(day) * noise(&mut self.rng, 0.3);
        let sale = (campaign.traffic, campaign.goods);
        let roas = campaign.roas * freshness;
        Reported {
            day,
            campaign: Arc::clone(&campaign.external_id),
            texts: campaign.groups[self.place.group].clone(),
            measures: Measures::of_spend(&mut self.rng, sale, spend, freshness, roas),
        }
    }
}

impl Iterator for LoadRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.remaining = self.remaining.checked_sub(1)?;
        let mut row = {
            let reported = self.reported();
            self.columns.row(&reported)
        };
        if self.plan.platform {
            let platform = Arc::clone(&self.campaign.platform);
            row.0.push(OwnedCell::Text(platform));
        }
        self.advance();
        Some(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let remaining = usize::try_from(self.remaining).ok();
        (remaining.unwrap_or(usize::MAX), remaining)
    }
}

fn signed(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
