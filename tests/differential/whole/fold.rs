//! The naive fold: what counts of facts and costs, one row after the other, under keys.

use std::collections::{BTreeMap, BTreeSet};

use super::ask::Asked;
use super::calendar::{Days, day, first_day};
use super::cells::{Measure, needed};
use super::filter::Thing;
use super::keys::RowKey;
use super::world::{BREAKDOWNS, CURRENCIES, DETAILS, N_MEASURES, World};
use crate::differential::report::{Facts, Key, Values, is_money};

/// Hundred-millionths of a unit: cents by rates in hundredths, and micros by them, are whole.
pub(super) const ONE: i128 = 100_000_000;

/// The sum of one measure or kind of costs.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    pub(super) amount: i128,
    pub(super) count: u32,
    /// How many rows reported it, by campaign and period (by day where the campaign reports
    /// several windows).
    pub(super) rows: BTreeMap<(usize, String), u32>,
    /// The currencies of its money.
    pub(super) currencies: BTreeSet<usize>,
    pub(super) has_no_rate: bool,
}

/// The sums of a group: the measures, and the kinds of costs behind them.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) sums: [Sum; N_MEASURES + 3],
    pub(super) n_rows: u32,
    /// Whether anything was put into it.
    pub(super) is_there: bool,
}

/// An amount on its way into a sum.
struct Amount<'a> {
    place: Measure,
    /// In hundred-millionths.
    parts: i128,
    currency: usize,
    day: usize,
    /// What its rows are counted by; costs are not.
    unit: Option<&'a (usize, String)>,
}

/// The groups that the facts and costs of some days make under the keys of the question.
pub(super) fn grouped(world: &World, asked: &Asked, days: Days) -> BTreeMap<RowKey, Group> {
    let mut fold = Fold {
        world,
        asked,
        needed: needed(asked),
        groups: BTreeMap::new(),
    };
    match asked.groups.breakdown() {
        Some(breakdown) => fold.add_details(days, breakdown),
        None => fold.add_facts(days),
    }
    if fold.needed.iter().any(|place| *place >= N_MEASURES) {
        fold.add_costs(days);
    }
    fold.groups
}

struct Fold<'a> {
    world: &'a World,
    asked: &'a Asked,
    needed: BTreeSet<Measure>,
    groups: BTreeMap<RowKey, Group>,
}

impl Fold<'_> {
    fn add_facts(&mut self, days: Days) {
        let facts = self.facts();
        let read: Vec<(Key, Values)> = facts
            .into_iter()
            .filter(|(key, _)| days.contains(day(key.day)) && self.reads(*key))
            .collect();
        for (key, values) in &read {
            if is_coarsest(*key, &read) {
                self.add_fact(*key, values, &read);
            }
        }
    }

    /// The facts as they were known: the newest row of each key.
    fn facts(&self) -> Facts {
        let n_reports = self.asked.read.as_of.map_or(usize::MAX, |last| last + 1);
        let reports = self.world.batches.iter().take(n_reports);
        reports.flat_map(Clone::clone).collect()
    }

    fn reads(&self, key: Key) -> bool {
        let read = &self.asked.read;
        let campaign = &self.world.campaigns[key.campaign];
        let thing = Thing {
            campaign: Some((key.campaign, campaign)),
            brand: campaign.brand,
            currency: campaign.currency,
        };
        read.window.is_none_or(|window| window == key.window) && self.keeps(thing)
    }

    fn keeps(&self, thing: Thing<'_>) -> bool {
        let read = &self.asked.read;
        let is_asked = read
            .brands
            .as_ref()
            .is_none_or(|it| it.contains(&thing.brand));
        let filter = read.filter.as_ref();
        is_asked && filter.is_none_or(|filter| filter.keeps(thing) == Some(true))
    }

    /// Adds a row, if it is of the window that counts: the campaign's own where it covers the day,
    /// else the first; what is attributed comes from the own alone.
    fn add_fact(&mut self, key: Key, values: &Values, read: &[(Key, Values)]) {
        let windows = |keep: &dyn Fn(&Key) -> bool| -> BTreeSet<usize> {
            let kept = read.iter().filter(|(other, _)| keep(other));
            kept.map(|(other, _)| other.window).collect()
        };
        let of_campaign = windows(&|other| other.campaign == key.campaign);
        let of_day = windows(&|other| (other.campaign, other.day) == (key.campaign, key.day));
        // Both have the row itself.
        let own = *of_campaign.first().expect("a window");
        let first = *of_day.first().expect("a window");
        let counts_delivery = key.window == if of_day.contains(&own) { own } else { first };
        let counts_attributed = key.window == own;
        let counted: Vec<Measure> = (0..N_MEASURES)
            .filter(|place| self.needed.contains(place))
            .filter(|place| {
                if is_attributed(*place) {
                    counts_attributed
                } else {
                    counts_delivery
                }
            })
            .collect();
        if counted.is_empty() {
            return;
        }
        let unit = (key.campaign, self.unit(key.day, of_campaign.len()));
        let row_key = self.key(Some(key.campaign), None, 0, key.day);
        self.add_row(row_key, &unit, (key.campaign, key.day), (&counted, values));
    }

    /// Adds the rows of a breakdown, which have no levels and no windows.
    fn add_details(&mut self, days: Days, breakdown: usize) {
        let (world, of) = (self.world, BREAKDOWNS[breakdown].1);
        let counted: Vec<Measure> = (0..N_MEASURES)
            .filter(|place| self.needed.contains(place))
            .collect();
        for ((of_breakdown, campaign, place, values_of), values) in &world.details {
            let key = Key::of_campaign(*campaign, *place);
            let is_asked = *of_breakdown == breakdown && days.contains(day(*place));
            if !is_asked || !self.reads(key) || counted.is_empty() {
                continue;
            }
            let mut row_key = self.key(Some(*campaign), None, 0, *place);
            let mut unit = self.unit(*place, 1);
            for (detail, value) in of.iter().zip(values_of) {
                let (name, values) = DETAILS[*detail];
                if self.asked.groups.has(name) {
                    row_key.details[*detail] = Some(values[*value]);
                    // Rows of other parts of an audience are other rows.
                    unit.extend([" ", values[*value]]);
                }
            }
            let unit = (*campaign, unit);
            self.add_row(row_key, &unit, (*campaign, *place), (&counted, values));
        }
    }

    /// Adds what counts of a row of a campaign and day.
    fn add_row(
        &mut self,
        row_key: RowKey,
        unit: &(usize, String),
        (campaign, day): (usize, usize),
        (counted, values): (&[Measure], &Values),
    ) {
        let group = self.groups.entry(row_key).or_default();
        group.is_there = true;
        group.n_rows += 1;
        let currency = self.world.campaigns[campaign].currency;
        for place in counted {
            let Some(value) = values[*place] else {
                continue;
            };
            let cents = if is_money(*place) { ONE / 100 } else { ONE };
            let amount = Amount {
                place: *place,
                parts: i128::from(value) * cents,
                currency,
                day,
                unit: Some(unit),
            };
            group.add(self.world, self.asked, &amount);
        }
    }

    /// Which rows were reported is told apart by the periods of sums: quarters and years are sums
    /// of months, and campaigns of several windows are summed by day.
    fn unit(&self, place: usize, n_windows: usize) -> String {
        let date = day(place);
        let grain = match self.asked.grain() {
            _ if n_windows > 1 => "DAY",
            None => return String::new(),
            Some("QUARTER" | "YEAR") => "MONTH",
            Some(grain) => grain,
        };
        first_day(self.world, self.asked, grain, date).to_string()
    }

    fn key(
        &self,
        campaign: Option<usize>,
        brand: Option<usize>,
        currency: usize,
        place: usize,
    ) -> RowKey {
        let groups = &self.asked.groups;
        let own = campaign.map(|campaign| &self.world.campaigns[campaign]);
        let of_campaign = groups.has("CAMPAIGN");
        let brand = own.map(|own| own.brand).or(brand);
        let label = |label: &usize| own.and_then(|own| own.labels[*label]);
        let period = self
            .asked
            .grain()
            .map(|grain| first_day(self.world, self.asked, grain, day(place)).to_string());
        let currency = own.map_or(currency, |own| own.currency);
        RowKey {
            period,
            brand: brand.filter(|_| of_campaign || groups.has("BRAND")),
            platform: own
                .map(|own| own.platform)
                .filter(|_| of_campaign || groups.has("PLATFORM")),
            campaign: campaign.filter(|_| of_campaign),
            currency: groups.has("CURRENCY").then_some(CURRENCIES[currency]),
            details: [None; DETAILS.len()],
            labels: groups.labels.iter().map(label).collect(),
        }
    }

    fn add_costs(&mut self, days: Days) {
        let world = self.world;
        for cost in &world.costs {
            let own = cost.campaign.map(|place| (place, &world.campaigns[place]));
            // A brand's own cost is in the agency's currency, the first.
            let currency = own.map_or(0, |(_, own)| own.currency);
            let thing = Thing {
                campaign: own,
                brand: cost.brand,
                currency,
            };
            if !self.keeps(thing) || !self.needed.contains(&(N_MEASURES + cost.kind)) {
                continue;
            }
            let n_days = i128::try_from(cost.days.1 - cost.days.0).expect("few");
            let micros = i128::from(cost.cents) * 10_000;
            let each = micros / n_days;
            for place in cost.days.0..cost.days.1 {
                let is_last = place + 1 == cost.days.1;
                let share = if is_last {
                    micros - each * (n_days - 1)
                } else {
                    each
                };
                if days.contains(day(place)) {
                    let row_key = self.key(cost.campaign, Some(cost.brand), currency, place);
                    let group = self.groups.entry(row_key).or_default();
                    group.is_there = true;
                    let amount = Amount {
                        place: N_MEASURES + cost.kind,
                        parts: share * (ONE / 1_000_000),
                        currency,
                        day: place,
                        unit: None,
                    };
                    group.add(world, self.asked, &amount);
                }
            }
        }
    }
}

impl Group {
    fn add(&mut self, world: &World, asked: &Asked, amount: &Amount<'_>) {
        let sum = &mut self.sums[amount.place];
        sum.count += 1;
        if let Some(unit) = amount.unit {
            *sum.rows.entry(unit.clone()).or_default() += 1;
        }
        let is_of_money = amount.place >= N_MEASURES || is_money(amount.place);
        let into = asked.read.into.filter(|_| is_of_money);
        let rate = match into {
            Some(into) if into != amount.currency => {
                world.rates.get(&(amount.currency, amount.day)).copied()
            }
            _ => Some(100),
        };
        if is_of_money {
            sum.currencies.insert(into.unwrap_or(amount.currency));
        }
        match rate {
            Some(hundredths) => sum.amount += amount.parts * i128::from(hundredths) / 100,
            // Nothing needs no rate.
            None => sum.has_no_rate |= amount.parts != 0,
        }
    }

    /// Adds all of another group.
    pub(super) fn join(&mut self, other: &Self) {
        self.is_there |= other.is_there;
        self.n_rows += other.n_rows;
        for (sum, more) in self.sums.iter_mut().zip(&other.sums) {
            sum.amount += more.amount;
            sum.count += more.count;
            for (unit, n) in &more.rows {
                *sum.rows.entry(unit.clone()).or_default() += n;
            }
            sum.currencies.extend(&more.currencies);
            sum.has_no_rate |= more.has_no_rate;
        }
    }
}

/// Whether a measure depends on the attribution window: revenue, refunds and cost of goods.
fn is_attributed(place: Measure) -> bool {
    place >= 3
}

fn is_coarsest(key: Key, read: &[(Key, Values)]) -> bool {
    let same = read.iter().filter(|(other, _)| {
        (other.campaign, other.day, other.window) == (key.campaign, key.day, key.window)
    });
    same.map(|(other, _)| other.depth()).min() == Some(key.depth())
}
