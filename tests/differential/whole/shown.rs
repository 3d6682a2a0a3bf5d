//! The naive evaluator: the rows and totals that an answer shows, in their order.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::ask::{Asked, Column, Having, Level, Order, PARTS};
use super::calendar::{Days, periods, previous, range};
use super::cells::{Cell, cell, change, is_double, shown_columns, text};
use super::fold::{Group, grouped};
use super::keys::{RowKey, names};
use super::world::{DETAILS, Served, World};

/// A row or total: its level, what it is of, and its cells, part by part, as text with their
/// notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) level: String,
    pub(super) names: Vec<Option<String>>,
    pub(super) cells: Vec<Vec<(String, Option<String>)>>,
}

/// The groups of both ranges under the keys of rows.
struct Sides<'a> {
    asked: &'a Asked,
    served: &'a Served,
    now: BTreeMap<RowKey, Group>,
    then: Option<BTreeMap<RowKey, Group>>,
    keys: BTreeSet<RowKey>,
}

/// What the answer must show.
pub(super) fn shown(world: &World, asked: &Asked, served: &Served) -> Vec<Shown> {
    let sides = Sides::new(world, asked, served);
    let mut rows: Vec<RowKey> = sides.keys.iter().cloned().collect();
    rows.retain(|key| asked.having.iter().all(|having| sides.passes(key, *having)));
    rows.sort_by(|a, b| sides.compared(a, b));
    if let Some((n, per)) = &asked.top {
        let mut n_kept: BTreeMap<RowKey, usize> = BTreeMap::new();
        rows.retain(|key| {
            let n_kept = n_kept.entry(key.at_level(per)).or_default();
            *n_kept += 1;
            *n_kept <= *n
        });
    }
    let mut all: Vec<Shown> = rows.iter().map(|key| sides.shown(None, key)).collect();
    // Levels with labels come after the others.
    let (plain, by_label): (Vec<&Level>, Vec<&Level>) = asked
        .totals
        .iter()
        .partition(|level| level.labels.is_empty());
    for level in plain.into_iter().chain(by_label) {
        let larger = sides.at_level(level);
        let mut totals: Vec<RowKey> = larger.keys.iter().cloned().collect();
        totals.sort_by(|a, b| larger.compared(a, b));
        all.extend(totals.iter().map(|key| larger.shown(Some(level), key)));
    }
    all
}

/// The dimensions of a level, in the order of `by`, and its labels, in the order of `labels`.
pub(super) fn name_of(level: &Level, asked: &Asked) -> String {
    let by = asked.groups.by.iter().filter(|by| level.by.contains(by));
    let by: Vec<&str> = by.copied().collect();
    format!("{} {:?}", by.join(","), level.labels)
}

impl<'a> Sides<'a> {
    fn new(world: &World, asked: &'a Asked, served: &'a Served) -> Self {
        let days = range(world, asked);
        let now = grouped(world, asked, days);
        let then = asked.compare.map(|compare| {
            let theirs = previous(world, asked, compare);
            beside(world, asked, days, theirs)
        });
        let seen = now.keys().chain(then.iter().flat_map(BTreeMap::keys));
        let mut keys: BTreeSet<RowKey> = seen.cloned().collect();
        if asked.fill != "NONE" {
            fill(world, asked, days, &mut keys);
        }
        Self {
            asked,
            served,
            now,
            then,
            keys,
        }
    }

    /// The larger groups of a level; one of all where nothing tells them apart.
    fn at_level(&self, level: &Level) -> Self {
        let joined = |groups: &BTreeMap<RowKey, Group>| {
            let mut larger: BTreeMap<RowKey, Group> = BTreeMap::new();
            for (key, group) in groups {
                larger.entry(key.at_level(level)).or_default().join(group);
            }
            larger
        };
        let mut keys: BTreeSet<RowKey> = self.keys.iter().map(|key| key.at_level(level)).collect();
        if level.by.is_empty() && level.labels.is_empty() {
            let labels = vec![None; self.asked.groups.labels.len()];
            keys.insert(RowKey {
                labels,
                ..RowKey::default()
            });
        }
        Self {
            asked: self.asked,
            served: self.served,
            now: joined(&self.now),
            then: self.then.as_ref().map(joined),
            keys,
        }
    }

    /// The cells of a column, part by part.
    fn parts(&self, key: &RowKey, column: Column) -> Vec<Cell> {
        let nothing = Group::default();
        let now = self.now.get(key).unwrap_or(&nothing);
        let value = cell(now, column, self.asked);
        let Some(then) = &self.then else {
            return vec![value];
        };
        let then = then.get(key).unwrap_or(&nothing);
        let before = cell(then, column, self.asked);
        let are_alike = match (self.currency(now), self.currency(then)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let [delta, ratio] = change(value, before, column, self.asked, are_alike);
        vec![value, before, delta, ratio]
    }

    /// The one currency of a group's money.
    fn currency(&self, group: &Group) -> Option<usize> {
        let of_sums = group.sums.iter().flat_map(|sum| sum.currencies.iter());
        let currencies: BTreeSet<usize> = of_sums.copied().collect();
        let first = currencies.first().copied()?;
        if self.asked.read.into.is_some() {
            return self.asked.read.into;
        }
        (currencies.len() == 1).then_some(first)
    }

    fn passes(&self, key: &RowKey, (column, part, comparator, bound): Having) -> bool {
        let Some(value) = self.parts(key, column)[part].value else {
            return false;
        };
        let (whole, fraction) = bound.split_once('.').unwrap_or((bound, ""));
        let bound: i128 = format!("{whole}{fraction:0<10}").parse().expect("a number");
        match (comparator, value.cmp(&bound)) {
            ("gt", ordering) => ordering.is_gt(),
            ("gte", ordering) => ordering.is_ge(),
            ("lt", ordering) => ordering.is_lt(),
            ("lte", ordering) => ordering.is_le(),
            ("eq", ordering) => ordering.is_eq(),
            (_, ordering) => ordering.is_ne(),
        }
    }

    /// The order of rows: by the keys asked for, then by what they are grouped by.
    fn compared(&self, a: &RowKey, b: &RowKey) -> Ordering {
        let directed = |ordering: Ordering, descending: bool| {
            if descending {
                ordering.reverse()
            } else {
                ordering
            }
        };
        let mut keys = self
            .asked
            .order
            .iter()
            .map(|(order, descending)| match order {
                Order::Dimension(place) => directed(self.by_dimension(a, b, *place), *descending),
                Order::Label(place) => {
                    directed(a.labels[*place].cmp(&b.labels[*place]), *descending)
                }
                Order::Column(column, part) => {
                    let value = |key: &RowKey| self.parts(key, *column)[*part].value;
                    match (value(a), value(b)) {
                        (Some(a), Some(b)) => directed(a.cmp(&b), *descending),
                        (a, b) => b.is_some().cmp(&a.is_some()),
                    }
                }
            });
        let decided = keys.find(|ordering| ordering.is_ne());
        let n_dimensions = self.asked.groups.by.len();
        decided.unwrap_or_else(|| {
            let by_dimensions = (0..n_dimensions).map(|place| self.by_dimension(a, b, place));
            let mut by_grouping = by_dimensions.chain([a.labels.cmp(&b.labels)]);
            let decided = by_grouping.find(|ordering| ordering.is_ne());
            // The costs of two brands, which have no campaign.
            decided.unwrap_or_else(|| self.brand_id(a).cmp(&self.brand_id(b)))
        })
    }

    fn brand_id(&self, key: &RowKey) -> Option<&String> {
        key.brand.map(|place| &self.served.brand_ids[place])
    }

    fn by_dimension(&self, a: &RowKey, b: &RowKey, place: usize) -> Ordering {
        let campaign = |key: &RowKey| key.campaign.map(|it| &self.served.campaign_ids[it]);
        match self.asked.groups.by[place] {
            "PERIOD" => a.period.cmp(&b.period),
            "BRAND" => self.brand_id(a).cmp(&self.brand_id(b)),
            "PLATFORM" => a.platform.cmp(&b.platform),
            "CAMPAIGN" => campaign(a).cmp(&campaign(b)),
            "CURRENCY" => a.currency.cmp(&b.currency),
            name => {
                let place = DETAILS.iter().position(|detail| detail.0 == name);
                let place = place.expect("a detail");
                a.details[place].cmp(&b.details[place])
            }
        }
    }

    fn shown(&self, level: Option<&Level>, key: &RowKey) -> Shown {
        let columns = shown_columns(self.asked);
        let by_column: Vec<Vec<Cell>> = columns.iter().map(|it| self.parts(key, *it)).collect();
        let n_parts = if self.then.is_some() { PARTS.len() } else { 1 };
        let told = |part: usize| {
            let cells = columns.iter().zip(&by_column).map(|(column, parts)| {
                let Cell { value, note } = parts[part];
                let is_double = is_double(*column, part, self.asked);
                let value = value.map_or("null".to_owned(), |value| text(value, is_double));
                (value, note.map(str::to_owned))
            });
            cells.collect()
        };
        Shown {
            level: level.map_or("rows".to_owned(), |level| name_of(level, self.asked)),
            names: names(key, self.asked, level),
            cells: (0..n_parts).map(told).collect(),
        }
    }
}

/// The groups of the range compared with, each under the period that it stands beside.
fn beside(world: &World, asked: &Asked, own: Days, theirs: Days) -> BTreeMap<RowKey, Group> {
    let names = |days| {
        periods(world, asked, days)
            .into_iter()
            .map(|day| day.to_string())
    };
    let beside: BTreeMap<String, String> = names(theirs).zip(names(own)).collect();
    let mut groups: BTreeMap<RowKey, Group> = BTreeMap::new();
    for (mut key, group) in grouped(world, asked, theirs) {
        key.period = key.period.map(|period| beside[&period].clone());
        groups.entry(key).or_default().join(&group);
    }
    groups
}

/// Adds each group seen in the periods that it lacks; the one of all where nothing else tells
/// groups apart.
fn fill(world: &World, asked: &Asked, days: Days, keys: &mut BTreeSet<RowKey>) {
    let without_period = |key: &RowKey| RowKey {
        period: None,
        ..key.clone()
    };
    let mut things: BTreeSet<RowKey> = keys.iter().map(without_period).collect();
    if asked.groups.by == ["PERIOD"] && asked.groups.labels.is_empty() {
        things.insert(RowKey::default());
    }
    for period in periods(world, asked, days) {
        for thing in &things {
            keys.insert(RowKey {
                period: Some(period.to_string()),
                ..thing.clone()
            });
        }
    }
}
