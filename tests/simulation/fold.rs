//! The naive answer: every rule of an answer, one row after the other, in plain integers.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::query::{Dimension, Grain};
use bellwether_domain::time::Weekday;

use super::answer::{Answer, quotient, shown};
use super::model::{Agency, Campaign, Facts};
use super::question::Question;
use super::report::{BRANDS, CAMPAIGNS, COSTS, ENTRIES, Extra, Key, Values, day};

/// A row that counts.
struct Counted<'a> {
    key: Key,
    values: &'a Values,
    /// Whether its window is its campaign's, so that what depends on the window counts too.
    is_attributed: bool,
    /// What its rows are counted by: campaign, period or day, and texts that are grouped by.
    unit: Vec<String>,
}

/// The sums of one measure by currency, and how many rows of each unit reported it.
#[derive(Default, Clone)]
struct Sum {
    by_currency: BTreeMap<&'static str, i128>,
    rows: BTreeMap<Vec<String>, u64>,
}

/// The sums of one group.
#[derive(Default, Clone)]
struct Group {
    n_rows: u64,
    sums: BTreeMap<usize, Sum>,
    /// Costs by kind and currency, in millionths.
    costs: BTreeMap<&'static str, BTreeMap<&'static str, i128>>,
}

/// What the answer must be at a commit.
pub(super) fn answer(agency: &Agency, commit: usize, question: &Question) -> Answer {
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    let mut total = Group::default();
    let facts = agency.facts(question.dataset, commit);
    for row in counted(&facts, question, agency) {
        let measures: Vec<usize> = question
            .measures()
            .into_iter()
            .filter(|place| row.is_attributed || !question.entry().measures[*place].is_attributed)
            .collect();
        if measures.is_empty() {
            continue;
        }
        let key = question.key_of(&row.key, agency);
        for group in [groups.entry(key).or_default(), &mut total] {
            group.add(&row, &measures, question);
        }
    }
    for (key, values) in agency.facts(COSTS, commit) {
        if question.asks_for_costs(key.texts[0])
            && question.asks_of(&key, agency)
            && let Some(amount) = values[0]
        {
            let group = groups.entry(question.key_of(&key, agency)).or_default();
            group.add_cost(&key, amount);
            total.add_cost(&key, amount);
        }
    }
    Answer {
        rows: groups
            .iter()
            .map(|(key, group)| (key.clone(), group.cells(question)))
            .collect(),
        total: total.cells(question),
    }
}

/// The facts that count: in range and filter, of the coarsest level or breakdown that covers the
/// question on each day of a campaign and window, and of one window a campaign and day: the
/// campaign's own where it covers the day, else the first.
fn counted<'a>(facts: &'a Facts, question: &Question, agency: &Agency) -> Vec<Counted<'a>> {
    let (entry, needed) = (question.entry(), question.needed_shape());
    let covering: Vec<(Key, &Values)> = facts
        .iter()
        .map(|(key, values)| (*key, values))
        .filter(|(key, _)| question.asks_of(key, agency))
        .filter(|(key, _)| question.window.is_none_or(|window| window == key.window))
        .filter(|(key, _)| key.shape(entry) & needed == needed)
        .collect();
    let mut coarsest: BTreeMap<(usize, usize, usize), (u32, u8)> = BTreeMap::new();
    for (key, _) in &covering {
        let shape = key.shape(entry);
        let found = (shape.count_ones(), shape);
        let known = coarsest
            .entry((key.campaign, key.day, key.window))
            .or_insert(found);
        *known = found.min(*known);
    }
    let rows: Vec<(Key, &Values)> = covering
        .iter()
        .filter(|(key, _)| coarsest[&(key.campaign, key.day, key.window)].1 == key.shape(entry))
        .filter(|(key, _)| {
            question
                .text
                .is_none_or(|(place, text)| key.texts[place] == text)
        })
        .copied()
        .collect();
    let mut of_campaign: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut of_day: BTreeMap<(usize, usize), BTreeSet<usize>> = BTreeMap::new();
    for (key, _) in &rows {
        of_campaign
            .entry(key.campaign)
            .or_default()
            .insert(key.window);
        let day = of_day.entry((key.campaign, key.day)).or_default();
        day.insert(key.window);
    }
    let counted = rows.iter().filter_map(|(key, values)| {
        let (of_campaign, of_day) = (
            &of_campaign[&key.campaign],
            &of_day[&(key.campaign, key.day)],
        );
        let own = *of_campaign.first()?;
        let preferred = *of_day.get(&own).or(of_day.first())?;
        (key.window == preferred).then(|| Counted {
            key: *key,
            values,
            is_attributed: key.window == own,
            unit: question.unit_of(key, of_campaign.len() > 1),
        })
    });
    counted.collect()
}

impl Question {
    /// The measures that its metrics are made of.
    fn measures(&self) -> BTreeSet<usize> {
        let of = |place: &usize| match self.entry().extra(*place) {
            None => vec![*place],
            Some(Extra::ClickThroughRate) => vec![0, 1],
            Some(Extra::Costs(_)) => Vec::new(),
        };
        self.metrics.iter().flat_map(of).collect()
    }

    /// Whether any of its metrics is made of costs of a kind.
    fn asks_for_costs(&self, kind: &str) -> bool {
        let mut extras = self.metrics.iter().map(|place| self.entry().extra(*place));
        extras.any(|extra| matches!(extra, Some(Extra::Costs(asked)) if asked == kind))
    }

    /// Whether a row lies in the range and passes the filters, those on its texts left out.
    fn asks_of(&self, key: &Key, agency: &Agency) -> bool {
        let entry = &CAMPAIGNS[key.campaign];
        let Campaign { platform, team, .. } = &agency.campaigns[&key.campaign];
        (self.days.0..=self.days.1).contains(&key.day)
            && self.brand.is_none_or(|brand| brand == entry.brand)
            && (self.platforms.is_empty() || self.platforms.contains(platform))
            && (self.team.is_none() || self.team == *team)
            && self
                .campaign
                .is_none_or(|campaign| campaign == key.campaign)
            && self
                .currency
                .is_none_or(|currency| currency == entry.currency)
    }

    /// The values by which a row is grouped.
    fn key_of(&self, key: &Key, agency: &Agency) -> Vec<String> {
        let campaign: &Campaign = &agency.campaigns[&key.campaign];
        let entry = &CAMPAIGNS[key.campaign];
        let values = self.by.iter().map(|by| match by {
            Dimension::Period => self.period_of(key),
            Dimension::Brand => BRANDS[entry.brand].to_owned(),
            Dimension::Platform => campaign.platform.to_owned(),
            Dimension::Campaign => format!("{} {}", campaign.id, campaign.name),
            Dimension::Currency => entry.currency.to_owned(),
            other => self.text_of(key, *other),
        });
        let team = self
            .by_team
            .then(|| campaign.team.unwrap_or_default().to_owned());
        values.chain(team).collect()
    }

    fn text_of(&self, key: &Key, by: Dimension) -> String {
        let mut texts = self.entry().texts.iter().zip(key.texts);
        let found = texts.find(|((_, dimension), _)| *dimension == Some(by));
        found.map_or_else(String::new, |(_, text)| (*text).to_owned())
    }

    /// The first day of the row's period; weeks start on Monday.
    fn period_of(&self, key: &Key) -> String {
        let mut first = day(key.day);
        match self.grain {
            Grain::Day => {}
            Grain::Week => {
                while first.weekday() != Weekday::Monday {
                    first = first.yesterday().expect("there is a day before");
                }
            }
            Grain::Month => first = first.first_of_month(),
            Grain::Quarter => {
                while first.day() != 1 || first.month() % 3 != 1 {
                    first = first.yesterday().expect("there is a day before");
                }
            }
            Grain::Year => first = first.first_of_year(),
        }
        first.to_string()
    }

    /// What a row is counted by, as finely as the product counts: quarters and years are made of
    /// months.
    fn unit_of(&self, key: &Key, by_day: bool) -> Vec<String> {
        let is_by_period = self.by.contains(&Dimension::Period);
        let period = match (by_day, is_by_period, self.grain) {
            (true, _, _) => day(key.day).to_string(),
            (false, false, _) => String::new(),
            (false, true, Grain::Quarter | Grain::Year) => {
                day(key.day).first_of_month().to_string()
            }
            (false, true, _) => self.period_of(key),
        };
        let own = self.entry().texts.iter().zip(key.texts);
        let grouped = own.filter(|((_, by), _)| by.is_some_and(|by| self.by.contains(&by)));
        let texts = grouped.map(|(_, text)| (*text).to_owned());
        [key.campaign.to_string(), period]
            .into_iter()
            .chain(texts)
            .collect()
    }
}

impl Group {
    fn add(&mut self, row: &Counted<'_>, measures: &[usize], question: &Question) {
        self.n_rows += 1;
        for place in measures {
            let Some(value) = row.values[*place] else {
                continue;
            };
            let measure = &question.entry().measures[*place];
            let currency = if measure.is_money {
                CAMPAIGNS[row.key.campaign].currency
            } else {
                ""
            };
            let sum = self.sums.entry(*place).or_default();
            *sum.by_currency.entry(currency).or_default() +=
                i128::from(value) * i128::from(measure.millionths);
            *sum.rows.entry(row.unit.clone()).or_default() += 1;
        }
    }

    fn add_cost(&mut self, key: &Key, amount: i64) {
        let millionths = ENTRIES[COSTS].measures[0].millionths;
        let of_kind = self.costs.entry(key.texts[0]).or_default();
        let sum = of_kind.entry(CAMPAIGNS[key.campaign].currency).or_default();
        *sum += i128::from(amount) * i128::from(millionths);
    }

    fn cells(&self, question: &Question) -> Vec<String> {
        let cell = |place: &usize| match question.entry().extra(*place) {
            None => self.measure(*place),
            Some(Extra::ClickThroughRate) => self.rate(),
            Some(Extra::Costs(kind)) => self.cost(kind),
        };
        question.metrics.iter().map(cell).collect()
    }

    /// The costs of a kind; none recorded means zero.
    fn cost(&self, kind: &str) -> String {
        match self.costs.get(kind) {
            Some(sums) if sums.len() > 1 => "null MIXED_CURRENCY".to_owned(),
            sums => shown(sums.map_or(0, |sums| sums.values().sum())),
        }
    }

    fn measure(&self, place: usize) -> String {
        let Some(sum) = self.sums.get(&place) else {
            return "null NOT_REPORTED".to_owned();
        };
        if sum.by_currency.len() > 1 {
            return "null MIXED_CURRENCY".to_owned();
        }
        let value = shown(sum.by_currency.values().sum());
        if sum.rows.values().sum::<u64>() < self.n_rows {
            return format!("{value} PARTIAL");
        }
        value
    }

    /// The click-through rate: clicks for each impression, where the same rows report both.
    fn rate(&self) -> String {
        let none = Sum::default();
        let of = |place: usize| self.sums.get(&place).unwrap_or(&none);
        let (impressions, clicks) = (of(0), of(1));
        if impressions.rows.is_empty() && clicks.rows.is_empty() {
            return "null NOT_REPORTED".to_owned();
        }
        if impressions.rows != clicks.rows {
            return "null COMPONENT_MISSING".to_owned();
        }
        let sum = |of: &Sum| of.by_currency.values().sum::<i128>();
        quotient(sum(clicks), sum(impressions))
    }
}
