//! Random questions, as the model and as the product are asked them.

use bellwether_domain::ids::BrandId;
use bellwether_domain::query::{
    Accepts, Attribution, CellPart, Dimension, FilterRequest, Grain, MetricRequest, Order,
    OrderKey, RangeRequest, Subject, TestRequest,
};
use bellwether_domain::time::Date;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::model::Agency;
use super::report::{BRANDS, DAYS, ENTRIES, Entry, PLATFORMS, TEAM, TEAMS, WINDOWS, day};

/// What an answer can be grouped by besides a dataset's own texts.
const COMMON: [Dimension; 5] = [
    Dimension::Period,
    Dimension::Brand,
    Dimension::Platform,
    Dimension::Campaign,
    Dimension::Currency,
];

/// A question; everything is a place in the tables of `report.rs`.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) dataset: usize,
    pub(super) by: Vec<Dimension>,
    pub(super) grain: Grain,
    /// The first day and the last, that day included.
    pub(super) days: (usize, usize),
    pub(super) brand: Option<usize>,
    pub(super) platforms: Vec<&'static str>,
    pub(super) campaign: Option<usize>,
    pub(super) currency: Option<&'static str>,
    /// A text column and the value that it must have.
    pub(super) text: Option<(usize, &'static str)>,
    pub(super) window: Option<usize>,
    /// Whether rows are grouped by the campaigns' teams too.
    pub(super) by_team: bool,
    /// Which team's campaigns are kept.
    pub(super) team: Option<&'static str>,
    /// Places of measures, and after them of extra metrics.
    pub(super) metrics: Vec<usize>,
    /// Whether rows are sorted by the first metric, the largest first.
    pub(super) is_sorted: bool,
}

impl Question {
    /// A question about a dataset.
    pub(super) fn random(rng: &mut Pcg64, dataset: usize) -> Self {
        let entry = &ENTRIES[dataset];
        let mut by = some_of(rng, &COMMON, 0.35);
        by.extend(some_of(rng, &entry.dimensions(), 0.4));
        let text = rng.random_bool(0.3).then(|| entry.random_text(rng));
        let text = text.filter(|(place, _)| entry.texts[*place].1.is_some());
        if entry.is_broken_down && text.is_none() && !by.iter().any(|by| entry.has(*by)) {
            by.push(entry.dimensions()[rng.random_range(0..3)]);
        }
        let days = (
            rng.random_range(0..DAYS.len()),
            rng.random_range(0..DAYS.len()),
        );
        let n_metrics = entry.measures.len() + entry.extras.len();
        let all: Vec<usize> = (0..n_metrics).collect();
        let mut metrics = some_of(rng, &all, 0.5);
        if metrics.is_empty() {
            metrics.push(rng.random_range(0..n_metrics));
        }
        Self {
            dataset,
            by,
            grain: Grain::ALL[rng.random_range(0..Grain::ALL.len())],
            days: (days.0.min(days.1), days.0.max(days.1)),
            brand: rng
                .random_bool(0.2)
                .then(|| rng.random_range(0..BRANDS.len())),
            platforms: if rng.random_bool(0.2) {
                some_of(rng, &PLATFORMS, 0.6)
            } else {
                Vec::new()
            },
            campaign: rng.random_bool(0.15).then(|| rng.random_range(0..6)),
            currency: rng
                .random_bool(0.1)
                .then(|| ["USD", "EUR"][rng.random_range(0..2)]),
            text,
            window: (entry.has_windows && rng.random_bool(0.15)).then(|| rng.random_range(0..3)),
            by_team: rng.random_bool(0.15),
            team: rng
                .random_bool(0.1)
                .then(|| TEAMS[rng.random_range(0..TEAMS.len())]),
            metrics,
            is_sorted: rng.random_bool(0.2),
        }
    }

    /// Everything of a dataset, as fine as answers go.
    pub(super) fn of_everything(dataset: usize) -> Self {
        let entry = &ENTRIES[dataset];
        let mut by = vec![Dimension::Period, Dimension::Campaign];
        by.extend(entry.dimensions());
        Self {
            dataset,
            by,
            grain: Grain::Day,
            days: (0, DAYS.len() - 1),
            brand: None,
            platforms: Vec::new(),
            campaign: None,
            currency: None,
            text: None,
            window: None,
            by_team: false,
            team: None,
            metrics: (0..entry.measures.len() + entry.extras.len()).collect(),
            is_sorted: false,
        }
    }

    /// The question without what an agency would refuse, because it never heard of it.
    pub(super) fn known_to(&self, agency: &Agency) -> Self {
        let known = |place: &usize| agency.campaigns.contains_key(place);
        let has_teams = agency.has_teams();
        Self {
            by_team: self.by_team && has_teams,
            team: self.team.filter(|_| has_teams),
            campaign: self.campaign.filter(known),
            window: self
                .window
                .filter(|window| *window == 0 || agency.has_window(*window)),
            ..self.clone()
        }
    }

    pub(super) fn names_a_team(&self) -> bool {
        self.by_team || self.team.is_some()
    }

    pub(super) fn entry(&self) -> &'static Entry {
        &ENTRIES[self.dataset]
    }

    /// The texts that the rows must give, by bits: those that are grouped or filtered by and make
    /// a level or breakdown.
    pub(super) fn needed_shape(&self) -> u8 {
        let entry = self.entry();
        let needs = |place: usize| {
            let grouped = entry.texts[place].1.is_some_and(|by| self.by.contains(&by));
            grouped || self.text.is_some_and(|(filtered, _)| filtered == place)
        };
        let needed = (0..entry.texts.len()).filter(|place| needs(*place));
        needed.fold(0, |bits, place| bits | 1 << place) & entry.in_shape
    }

    /// The question as the product takes it.
    pub(super) fn request(&self, agency: &Agency, brands: &[BrandId]) -> MetricRequest {
        let metric = |place: usize| self.entry().metric(place);
        let after: Date = day(self.days.1).tomorrow().expect("there is a next day");
        let order = Order {
            key: OrderKey::Metric(metric(self.metrics[0]).into(), CellPart::Value),
            descending: true,
        };
        let range = RangeRequest::Between {
            from: day(self.days.0),
            until: after,
        };
        MetricRequest {
            dataset: Some(self.entry().name),
            metrics: self.metrics.iter().map(|place| metric(*place)).collect(),
            by: self.by.clone(),
            labels: self.by_team.then(|| TEAM.to_owned()).into_iter().collect(),
            grain: self.by.contains(&Dimension::Period).then_some(self.grain),
            filter: self.filter(agency, brands),
            order_by: if self.is_sorted {
                vec![order]
            } else {
                Vec::new()
            },
            attribution: Attribution {
                window: self.window.map(|place| match WINDOWS[place] {
                    "" => "unspecified".to_owned(),
                    named => named.to_owned(),
                }),
                accept_mixed: true,
            },
            ..MetricRequest::over(range)
        }
    }

    fn filter(&self, agency: &Agency, brands: &[BrandId]) -> FilterRequest {
        let mut tests: Vec<TestRequest> = self.team.map(is_of_team).into_iter().collect();
        let mut keep = |dimension, values: Vec<String>| {
            if !values.is_empty() {
                tests.push(TestRequest {
                    subject: Subject::Dimension(dimension),
                    accepts: Accepts::In(values),
                });
            }
        };
        let brand = self.brand.map(|place| brands[place].to_string());
        keep(Dimension::Brand, brand.into_iter().collect());
        let platforms = self.platforms.iter().map(|name| (*name).to_owned());
        keep(Dimension::Platform, platforms.collect());
        let campaign = self
            .campaign
            .map(|place| agency.campaigns[&place].id.to_string());
        keep(Dimension::Campaign, campaign.into_iter().collect());
        let currency = self.currency.map(str::to_owned);
        keep(Dimension::Currency, currency.into_iter().collect());
        if let Some((place, text)) = self.text
            && let Some(dimension) = self.entry().texts[place].1
        {
            keep(dimension, vec![text.to_owned()]);
        }
        FilterRequest {
            tests,
            ..FilterRequest::default()
        }
    }
}

fn is_of_team(team: &str) -> TestRequest {
    TestRequest {
        subject: Subject::Label(TEAM.to_owned()),
        accepts: Accepts::In(vec![team.to_owned()]),
    }
}

impl Entry {
    fn dimensions(&self) -> Vec<Dimension> {
        self.texts.iter().filter_map(|(_, by)| *by).collect()
    }

    fn has(&self, by: Dimension) -> bool {
        self.dimensions().contains(&by)
    }

    /// A text column and one of its values.
    fn random_text(&self, rng: &mut Pcg64) -> (usize, &'static str) {
        loop {
            let place = rng.random_range(0..self.texts.len());
            let text = self.values[rng.random_range(0..self.values.len())][place];
            if !text.is_empty() {
                return (place, text);
            }
        }
    }
}

/// Each of these with a chance.
pub(super) fn some_of<T: Copy>(rng: &mut Pcg64, of: &[T], chance: f64) -> Vec<T> {
    of.iter()
        .filter(|_| rng.random_bool(chance))
        .copied()
        .collect()
}
