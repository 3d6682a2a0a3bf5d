//! A random agency: three campaigns of two brands with labels and currencies, reports of which
//! later ones restate earlier ones, costs beside media, and rates of which some are missing.

use std::collections::BTreeMap;
use std::fmt::Write;

use bellwether_test_support::{Persona, Stopped, TestServer, run};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use crate::differential::fold::decimal;
use crate::differential::report::{self, Batch, DAYS, END, MEASURES, Values, WINDOWS};
use crate::given::BELLWETHER;
use crate::metrics::{brand_id, campaign_id, metrics};

/// The moment at which servers take themselves to start: all days are final by then.
pub(super) const NOW: &str = "2026-12-15T12:00:00Z";

/// The day of that moment, in the agency's zone.
pub(super) const TODAY: &str = "2026-12-15";

/// The brands' slugs and names.
pub(super) const BRANDS: [&str; 2] = ["milk", "tea"];

/// The currencies; the first is the agency's.
pub(super) const CURRENCIES: [&str; 2] = ["USD", "EUR"];

/// The labels that campaigns may have, and the values of each.
pub(super) const LABELS: [(&str, [&str; 2]); 2] = [
    ("region", ["north", "south"]),
    ("team", ["social", "video"]),
];

/// The kinds of costs.
pub(super) const COST_KINDS: [&str; 3] = ["agency_fee", "influencer", "production"];

/// The agency's own metrics, as names and formulas.
pub(super) const CUSTOMS: [(&str, &str); 4] = [
    ("both", "impressions + clicks"),
    ("joy", "1000 * clicks / impressions"),
    ("left", "revenue - 2 * spend"),
    ("per_click", "spend / clicks"),
];

/// What is fixed of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Campaign {
    pub(super) brand: usize,
    pub(super) platform: &'static str,
    pub(super) currency: usize,
    /// By the places of the labels.
    pub(super) labels: [Option<&'static str>; 2],
}

/// A cost that accrues by day.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) brand: usize,
    /// The campaign; none where the whole brand bears it.
    pub(super) campaign: Option<usize>,
    pub(super) kind: usize,
    /// From a day up to and without another, by their places.
    pub(super) days: (usize, usize),
    pub(super) cents: i64,
}

/// What reports tell apart of a day, by hour or by audience, and their values.
pub(super) const DETAILS: [(&str, &[&str]); 4] = [
    ("HOUR", &["10", "11", "23"]),
    ("COUNTRY", &["DE", "US"]),
    ("AGE", &["18-24", "25-34"]),
    ("GENDER", &["FEMALE", "MALE"]),
];

/// The breakdowns of a day, by the places of what they tell apart: one report has each.
pub(super) const BREAKDOWNS: [(&str, &[usize]); 3] = [
    ("delivery_hourly", &[0]),
    ("audience_daily", &[1]),
    ("audience_daily", &[2, 3]),
];

/// Of a breakdown, a campaign, a day and values of what it tells apart.
pub(super) type DetailKey = (usize, usize, usize, [usize; 2]);

/// By currency from and to and by day, the rate in hundredths.
pub(super) type Rates = BTreeMap<(usize, usize), i64>;

/// An agency and all that it was told.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The month that fiscal years start in, from 0.
    pub(super) year_start: usize,
    pub(super) week_start: &'static str,
    pub(super) campaigns: Vec<Campaign>,
    pub(super) batches: Vec<Batch>,
    pub(super) costs: Vec<Cost>,
    pub(super) details: BTreeMap<DetailKey, Values>,
    /// By the currency converted from, into the other one.
    pub(super) rates: Rates,
}

pub(super) const MONTHS: [&str; 4] = ["JANUARY", "FEBRUARY", "APRIL", "JULY"];

/// The places in the year of those months, from 0.
pub(super) const MONTH_PLACES: [i32; 4] = [0, 1, 3, 6];

/// Random agencies.
pub(super) fn worlds() -> impl Strategy<Value = World> {
    let rates = btree_map((0..2_usize, 0..DAYS.len()), 1..400_i64, 4..16);
    let week_start = select(vec!["MONDAY", "SUNDAY", "THURSDAY"]);
    (
        0..MONTHS.len(),
        week_start,
        campaigns(),
        report::batches(),
        vec(cost(), 0..4),
        details(),
        rates,
    )
        .prop_map(
            |(year_start, week_start, campaigns, batches, costs, details, rates)| {
                // One cost a key, as reports have.
                let keyed = costs.into_iter().map(|cost| {
                    let brand = cost.campaign.map_or(cost.brand, |it| campaigns[it].brand);
                    let key = (brand, cost.campaign, cost.kind, cost.days);
                    (key, Cost { brand, ..cost })
                });
                let costs: BTreeMap<_, Cost> = keyed.collect();
                World {
                    year_start,
                    week_start,
                    costs: costs.into_values().collect(),
                    campaigns,
                    batches,
                    details,
                    rates,
                }
            },
        )
}

/// Both brands and both labels have a campaign, so that every question about them is legal.
fn campaigns() -> impl Strategy<Value = Vec<Campaign>> {
    let platform = || select(vec!["META", "TIKTOK"]);
    let label = |place: usize| proptest::option::of(select(LABELS[place].1.to_vec()));
    let campaign = (0..2_usize, platform(), 0..2_usize, label(0), label(1));
    let campaign = campaign.prop_map(|(brand, platform, currency, region, team)| Campaign {
        brand,
        platform,
        currency,
        labels: [region, team],
    });
    vec(campaign, 3).prop_map(|mut campaigns| {
        campaigns[0].brand = 0;
        campaigns[1].brand = 1;
        campaigns[0].labels = [Some("north"), Some("video")];
        campaigns
    })
}

fn details() -> impl Strategy<Value = BTreeMap<DetailKey, Values>> {
    let key = (
        0..BREAKDOWNS.len(),
        0..3_usize,
        0..DAYS.len(),
        [0..3_usize, 0..2],
    );
    let key = key.prop_map(|(breakdown, campaign, day, [one, other])| {
        let of = BREAKDOWNS[breakdown].1;
        let other = if of.len() == 2 { other } else { 0 };
        let one = one % DETAILS[of[0]].1.len();
        (breakdown, campaign, day, [one, other])
    });
    // Nobody breaks down the cost of goods.
    let values = report::values().prop_map(|mut values| {
        values[N_MEASURES - 1] = None;
        values
    });
    btree_map(key, values, 0..40)
}

fn cost() -> impl Strategy<Value = Cost> {
    let campaign = proptest::option::of(0..3_usize);
    let days = (0..DAYS.len(), 1..5_usize);
    let days = days.prop_map(|(from, n)| (from, (from + n).min(DAYS.len())));
    (
        0..2_usize,
        campaign,
        0..COST_KINDS.len(),
        days,
        1..100_000_i64,
    )
        .prop_map(|(brand, campaign, kind, days, cents)| Cost {
            brand,
            campaign,
            kind,
            days,
            cents,
        })
}

/// A server that was told a world, and somebody who asks it.
pub(super) struct Served {
    pub(super) owner: Persona,
    /// By the places of the brands.
    pub(super) brand_ids: Vec<String>,
    /// By the places of the campaigns.
    pub(super) campaign_ids: Vec<String>,
    /// The moments after each report.
    pub(super) moments: Vec<String>,
    _server: TestServer,
}

impl World {
    /// A server of this world alone.
    pub(super) fn served(&self) -> Served {
        let stopped = Stopped::new(BELLWETHER);
        let data_dir = stopped.data_dir().display().to_string();
        let admin = |options: &str| {
            let line = format!("admin {options} --data-dir {data_dir}");
            let ran = run(BELLWETHER, line.split(' ')).succeeded();
            ran.stdout.trim().to_owned()
        };
        let token = admin(&format!(
            "add-agency own --name Own --currency {} --timezone UTC --fiscal-year-start {} --week-start {}",
            CURRENCIES[0], MONTHS[self.year_start], self.week_start
        ));
        for brand in BRANDS {
            admin(&format!("add-brand {brand} --agency own --name {brand}"));
        }
        let server = stopped.serve_at(NOW);
        let owner = Persona::new(server.url(), Some(&token));
        let moments = self.tell(&owner);
        Served {
            brand_ids: BRANDS.map(|brand| brand_id(&owner, brand)).to_vec(),
            campaign_ids: (0..3)
                .map(|n| campaign_id(&owner, &report::name(0, n)))
                .collect(),
            owner,
            moments,
            _server: server,
        }
    }

    /// Tells all there is, and gives the moments after each report.
    fn tell(&self, owner: &Persona) -> Vec<String> {
        self.register(owner);
        for (name, formula) in CUSTOMS {
            owner.data(&format!(
                r#"mutation {{ saveCustomMetric(input: {{name: "{name}", formula: "{formula}", meaning: "For a test."}}) {{ userErrors {{ code }} }} }}"#
            ));
        }
        if !self.rates.is_empty() {
            owner.import_rates(&self.rates_csv());
        }
        for (brand, slug) in BRANDS.iter().enumerate() {
            let lines: String = self
                .costs
                .iter()
                .filter(|cost| cost.brand == brand)
                .map(cost_line)
                .collect();
            if !lines.is_empty() {
                let csv = format!("from,until,campaign,kind,amount\n{lines}");
                owner.commit_csv("costs", slug, &csv);
            }
        }
        for (brand, slug) in BRANDS.iter().enumerate() {
            for (breakdown, (dataset, _)) in BREAKDOWNS.iter().enumerate() {
                let csv = self.details_csv(brand, breakdown);
                owner.commit_csv(dataset, slug, &csv);
            }
        }
        let moments = self.batches.iter().map(|batch| {
            for (brand, slug) in BRANDS.iter().enumerate() {
                let mut own = batch.clone();
                own.retain(|key, _| self.campaigns[key.campaign].brand == brand);
                if !own.is_empty() {
                    owner.commit_csv("delivery_daily", slug, &report::csv(0, &own));
                }
            }
            let range = r#"range: {between: {from: "2026-01-01", until: "2026-01-02"}}"#;
            let meta = metrics(owner, range, "meta { computedAt }")["meta"].take();
            meta["computedAt"].as_str().expect("a moment").to_owned()
        });
        moments.collect()
    }

    /// Makes the campaigns and every attribution window known, by facts long before any that is
    /// asked for.
    fn register(&self, owner: &Persona) {
        for (place, campaign) in self.campaigns.iter().enumerate() {
            let (name, currency) = (report::name(0, place), CURRENCIES[campaign.currency]);
            let mut csv = "date,campaign,platform,currency,attribution\n".to_owned();
            for window in WINDOWS {
                // Writing to a string can't fail.
                let _ = writeln!(
                    csv,
                    "2020-01-01,{name},{},{currency},{window}",
                    campaign.platform
                );
            }
            owner.commit_csv("delivery_daily", BRANDS[campaign.brand], &csv);
            let labels: Vec<String> = (0..LABELS.len())
                .filter_map(|label| {
                    let value = campaign.labels[label]?;
                    Some(format!(
                        r#"{{name: "{}", value: "{value}"}}"#,
                        LABELS[label].0
                    ))
                })
                .collect();
            let id = campaign_id(owner, &name);
            owner.data(&format!(
                r#"mutation {{ setCampaignLabels(input: {{campaign: "{id}", labels: [{}]}}) {{ userErrors {{ code }} }} }}"#,
                labels.join(", ")
            ));
        }
    }

    /// The report of a breakdown for a brand, with a row from long before any that is asked for.
    fn details_csv(&self, brand: usize, breakdown: usize) -> String {
        let of = BREAKDOWNS[breakdown].1;
        let columns: Vec<String> = of.iter().map(|it| DETAILS[*it].0.to_lowercase()).collect();
        let measures = MEASURES[..N_MEASURES - 1].join(",");
        let mut csv = format!("date,campaign,{},{measures}\n", columns.join(","));
        let first = of.iter().map(|it| DETAILS[*it].1[0]).collect::<Vec<_>>();
        // The first campaign is of the first brand, the second of the second.
        let (name, commas) = (report::name(0, brand), ",".repeat(N_MEASURES - 2));
        let _ = writeln!(csv, "2020-01-01,{name},{},{commas}", first.join(","));
        for ((of_breakdown, campaign, day, places), values) in &self.details {
            if *of_breakdown != breakdown || self.campaigns[*campaign].brand != brand {
                continue;
            }
            let texts = of
                .iter()
                .zip(places)
                .map(|(it, place)| DETAILS[*it].1[*place]);
            let cells = values[..N_MEASURES - 1].iter().enumerate();
            let cells = cells.map(|(place, value)| {
                value.map_or(String::new(), |value| report::cell(place, value))
            });
            let (texts, cells): (Vec<&str>, Vec<String>) = (texts.collect(), cells.collect());
            let (name, day) = (report::name(0, *campaign), DAYS[*day]);
            let _ = writeln!(csv, "{day},{name},{},{}", texts.join(","), cells.join(","));
        }
        csv
    }

    fn rates_csv(&self) -> String {
        let mut csv = "date,from,to,rate\n".to_owned();
        for ((from, day), hundredths) in &self.rates {
            let (code, into) = (CURRENCIES[*from], CURRENCIES[1 - from]);
            let rate = decimal((*hundredths).into(), 2);
            let _ = writeln!(csv, "{},{code},{into},{rate}", DAYS[*day]);
        }
        csv
    }
}

fn cost_line(cost: &Cost) -> String {
    let until = DAYS.get(cost.days.1).copied().unwrap_or(END);
    let campaign = cost
        .campaign
        .map_or(String::new(), |it| report::name(0, it));
    let (from, kind) = (DAYS[cost.days.0], COST_KINDS[cost.kind]);
    let amount = decimal(cost.cents.into(), 2);
    format!("{from},{until},{campaign},{kind},{amount}\n")
}

/// How many measures facts have.
pub(super) const N_MEASURES: usize = MEASURES.len();
