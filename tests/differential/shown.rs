//! The naive evaluator of options: what is shown of two folds, one row after the other.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::time::{Date, date, day_number};
use serde_json::Value;

use super::fold::{Cells, RowKey, decimal, grouped, period, ratio, text_of_double, zeros};
use super::options::{Asked, Compare, Order, PARTS};
use super::question::{METRICS, Question};
use super::report::{CAMPAIGNS, DAYS, END, Facts, name};

/// A row or total: its level, its key, and its cells part by part.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(super) struct Shown {
    level: String,
    key: RowKey,
    parts: Vec<Cells>,
}

/// What the answer must show: the rows and totals, in their order.
pub(super) fn shown(facts: &Facts, asked: &Asked, ids: &[String]) -> Vec<Shown> {
    let question = &asked.question;
    let before = asked.compare.map(|compare| Before::of(question, compare));
    let sides = Sides {
        facts,
        asked,
        before,
    };
    let keys = sides.keys();
    let mut rows: Vec<Shown> = keys
        .iter()
        .map(|key| sides.row("rows", key, &|key| key))
        .collect();
    rows.retain(|row| asked.having.iter().all(|having| passes(row, having)));
    rows.sort_by(|a, b| compared(a, b, asked, ids));
    let mut n_kept: BTreeMap<RowKey, usize> = BTreeMap::new();
    if let Some((n, per)) = &asked.top {
        rows.retain(|row| {
            let of = n_kept.entry(at_level(row.key.clone(), per)).or_default();
            *of += 1;
            *of <= *n
        });
    }
    for level in &asked.totals {
        let mut groups: BTreeSet<RowKey> = keys
            .iter()
            .map(|key| at_level(key.clone(), level))
            .collect();
        if level.is_empty() {
            groups.insert(RowKey::default());
        }
        let name = level.join(",");
        let mut totals: Vec<Shown> = groups
            .iter()
            .map(|key| sides.row(&name, key, &|key| at_level(key, level)))
            .collect();
        totals.sort_by(|a, b| compared(a, b, asked, ids));
        rows.extend(totals);
    }
    rows
}

/// The key of the larger group that agrees in these dimensions.
fn at_level(key: RowKey, level: &[&str]) -> RowKey {
    let (period, thing) = key;
    let has_thing = level.iter().any(|by| *by != "PERIOD");
    (
        if level.contains(&"PERIOD") {
            period
        } else {
            String::new()
        },
        if has_thing { thing } else { String::new() },
    )
}

/// The question for what is compared with, and the period that each of its periods is beside.
struct Before {
    question: Question,
    is_empty: bool,
    beside: BTreeMap<String, String>,
}

impl Before {
    fn of(question: &Question, compare: Compare) -> Self {
        let (from, until) = days_of(question);
        let (from, until) = earlier(question, compare, from, until);
        let theirs = periods(question, from, until);
        let own = own_periods(question);
        // Periods without a counterpart are cut off.
        let until = match theirs.get(own.len()) {
            Some(beyond) if question.by.period() => beyond.parse().expect("a day"),
            _ => until,
        };
        let place = |day: Date| {
            let first = day_number(DAYS[0].parse().expect("a day"));
            let place = (day_number(day) - first).clamp(0, i32::try_from(DAYS.len()).expect("few"));
            usize::try_from(place).expect("not below zero")
        };
        let days = (place(from), place(until));
        Self {
            question: Question {
                days,
                ..question.clone()
            },
            is_empty: days.0 >= days.1,
            beside: theirs.into_iter().zip(own).collect(),
        }
    }
}

fn days_of(question: &Question) -> (Date, Date) {
    let day = |place: usize| -> Date {
        let day = DAYS.get(place).copied().unwrap_or(END);
        day.parse().expect("a day")
    };
    (day(question.days.0), day(question.days.1))
}

/// The periods of some days; one without a name where there are no periods.
fn periods(question: &Question, from: Date, until: Date) -> Vec<String> {
    let mut periods = Vec::new();
    let mut day = from;
    while day < until && question.by.period() {
        let name = period(day, question);
        if periods.last() != Some(&name) {
            periods.push(name);
        }
        day = day.tomorrow().expect("there is a next day");
    }
    periods
}

fn own_periods(question: &Question) -> Vec<String> {
    let (from, until) = days_of(question);
    periods(question, from, until)
}

/// The range compared with, before it is cut.
fn earlier(question: &Question, compare: Compare, from: Date, until: Date) -> (Date, Date) {
    let n_days = day_number(until) - day_number(from);
    let by_weeks = question.by.period() && question.grain == "WEEK";
    let months = match (question.by.period(), question.grain) {
        (true, "MONTH") => 1,
        (true, "QUARTER") => 3,
        (true, "YEAR") => 12,
        _ => 0,
    };
    let n_periods = i32::try_from(own_periods(question).len()).expect("few");
    match compare {
        Compare::Between(from, until) => {
            let days = (from, until);
            days_of(&Question {
                days,
                ..question.clone()
            })
        }
        Compare::PreviousPeriod { weekday_aligned } if weekday_aligned || by_weeks => {
            let weeks = (n_days + 6) / 7;
            (days_back(from, weeks * 7), days_back(until, weeks * 7))
        }
        Compare::PreviousYear { weekday_aligned } if weekday_aligned || by_weeks => {
            (days_back(from, 364), days_back(until, 364))
        }
        Compare::PreviousPeriod { .. } if months == 0 => {
            (days_back(from, n_days), days_back(until, n_days))
        }
        Compare::PreviousPeriod { .. } => months_back(from, until, months * n_periods),
        Compare::PreviousYear { .. } => months_back(from, until, 12),
    }
}

fn days_back(day: Date, n: i32) -> Date {
    (0..n).fold(day, |day, _| {
        day.yesterday().expect("there is a day before")
    })
}

/// The range some months earlier; a day that the month lacks is its last.
fn months_back(from: Date, until: Date, months: i32) -> (Date, Date) {
    let back = |day: Date| {
        let month = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 - months;
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let small = |n: i32| i8::try_from(n).expect("a month");
        let year = i16::try_from(year).expect("a year");
        let last = date(year, small(month), 1).days_in_month();
        date(year, small(month), day.day().min(last))
    };
    let (from, until) = (back(from), back(until));
    if from < until {
        (from, until)
    } else {
        (from, from.tomorrow().expect("there is a next day"))
    }
}

/// Both folds of a question.
struct Sides<'a> {
    facts: &'a Facts,
    asked: &'a Asked,
    before: Option<Before>,
}

impl Sides<'_> {
    fn now(&self, key_of: &dyn Fn(RowKey) -> RowKey) -> BTreeMap<RowKey, Cells> {
        grouped(self.facts, &self.asked.question, key_of)
    }

    /// What was, each group under the period that it is beside.
    fn then(&self, key_of: &dyn Fn(RowKey) -> RowKey) -> BTreeMap<RowKey, Cells> {
        let Some(before) = self.before.as_ref().filter(|before| !before.is_empty) else {
            return BTreeMap::new();
        };
        grouped(self.facts, &before.question, |(period, thing)| {
            let beside = before.beside.get(&period).cloned();
            key_of((beside.unwrap_or_default(), thing))
        })
    }

    /// The keys of all rows, those that are filled in too.
    fn keys(&self) -> BTreeSet<RowKey> {
        let same = |key| key;
        let seen = self.now(&same).into_keys();
        let mut keys: BTreeSet<RowKey> = seen.chain(self.then(&same).into_keys()).collect();
        if self.asked.fill != "NONE" {
            let question = &self.asked.question;
            let mut things: BTreeSet<String> = keys.iter().map(|key| key.1.clone()).collect();
            if question.dimensions() == ["PERIOD"] {
                things.insert(String::new());
            }
            for period in own_periods(question) {
                keys.extend(things.iter().map(|thing| (period.clone(), thing.clone())));
            }
        }
        keys
    }

    /// The row or total of a key.
    fn row(&self, level: &str, key: &RowKey, key_of: &dyn Fn(RowKey) -> RowKey) -> Shown {
        let absent = || match self.asked.fill {
            "ZERO" => zeros(),
            _ => vec!["NOT_REPORTED".to_owned(); METRICS.len()],
        };
        let now = self.now(key_of).remove(key).unwrap_or_else(absent);
        let mut parts = vec![now];
        if self.before.is_some() {
            let then = self.then(key_of).remove(key).unwrap_or_else(absent);
            let changes = (0..METRICS.len())
                .map(|place| change(METRICS[place], &parts[0][place], &then[place]));
            let (deltas, ratios) = changes.unzip();
            parts.extend([then, deltas, ratios]);
        }
        Shown {
            level: level.to_owned(),
            key: key.clone(),
            parts,
        }
    }
}

/// By how much a cell changed, and over the size of what it was.
fn change(metric: &str, now: &str, then: &str) -> (String, String) {
    let (after, before) = match (number(now), number(then)) {
        (Some(after), Some(before)) => (after, before),
        (None, _) => return (now.to_owned(), now.to_owned()),
        (_, None) => return (then.to_owned(), then.to_owned()),
    };
    let delta = decimal(after - before, 10);
    let delta = match metric {
        "ctr" | "roas" | "poas" => text_of_double(delta.parse().expect("a decimal")),
        _ => delta,
    };
    let relative = ratio(after - before, before.abs());
    (delta, relative.unwrap_or_else(str::to_owned))
}

/// The number of a cell in the tenth decimal place; none for a note.
fn number(cell: &str) -> Option<i128> {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    format!("{whole}{fraction:0<10}").parse().ok()
}

fn passes(row: &Shown, having: &(usize, usize, &str, &str)) -> bool {
    let (metric, part, comparator, bound) = *having;
    let Some(value) = number(&row.parts[part][metric]) else {
        return false;
    };
    let ordering = value.cmp(&number(bound).expect("a bound is a number"));
    match comparator {
        "gt" => ordering.is_gt(),
        "gte" => ordering.is_ge(),
        "lt" => ordering.is_lt(),
        "lte" => ordering.is_le(),
        "eq" => ordering.is_eq(),
        _ => ordering.is_ne(),
    }
}

/// The order of rows: by the keys asked for, then by period and thing.
fn compared(a: &Shown, b: &Shown, asked: &Asked, ids: &[String]) -> Ordering {
    let thing = |row: &Shown| match row.key.1.parse::<usize>() {
        Ok(campaign) => ids[campaign].clone(),
        Err(_) => row.key.1.clone(),
    };
    let by_dimension = |name: &str| match name {
        "PERIOD" => a.key.0.cmp(&b.key.0),
        _ => thing(a).cmp(&thing(b)),
    };
    let directed = |ordering: Ordering, descending: bool| {
        if descending {
            ordering.reverse()
        } else {
            ordering
        }
    };
    let by_key = |order: &Order| match *order {
        Order::Dimension(place, descending) => {
            directed(by_dimension(asked.question.dimensions()[place]), descending)
        }
        Order::Metric(metric, part, descending) => {
            let value = |row: &Shown| number(&row.parts[part][metric]);
            match (value(a), value(b)) {
                (Some(a), Some(b)) => directed(a.cmp(&b), descending),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        }
    };
    let mut keys = asked.order.iter().map(by_key);
    let decided = keys.find(|ordering| ordering.is_ne());
    decided.unwrap_or_else(|| by_dimension("PERIOD").then_with(|| by_dimension("THING")))
}

/// What the server answered, in the same form.
pub(super) fn read(answer: &Value, world: u32, asked: &Asked) -> Vec<Shown> {
    let of = |field: &str| answer[field].as_array().expect("a list").clone();
    let row = |level: String, row: &Value| Shown {
        level,
        key: key_of(row, world, asked),
        parts: parts_of(row, asked.compare.is_some()),
    };
    let rows = of("rows").into_iter().map(|it| row("rows".to_owned(), &it));
    let totals = of("totals").into_iter().map(|it| {
        let by = it["levelBy"].as_array().expect("a list").iter();
        let by: Vec<&str> = by.filter_map(Value::as_str).collect();
        row(by.join(","), &it)
    });
    rows.chain(totals).collect()
}

fn key_of(row: &Value, world: u32, asked: &Asked) -> RowKey {
    let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let shown = text("campaignName");
    let place = (0..CAMPAIGNS.len()).find(|place| name(world, *place) == shown);
    let thing = if asked.question.by.campaign() {
        place.map_or(String::new(), |place| place.to_string())
    } else {
        text("platform")
    };
    (text("period"), thing)
}

fn parts_of(row: &Value, is_compared: bool) -> Vec<Cells> {
    let fields = ["", "previous", "delta", "deltaRatio"];
    let n_parts = if is_compared { PARTS.len() } else { 1 };
    let part = |place: usize| {
        let cells = match fields[place] {
            "" => row,
            field => &row[field],
        };
        let cell = |metric: &&str| match &cells[*metric] {
            Value::String(decimal) => decimal.clone(),
            Value::Number(number) => number.as_i64().map_or_else(
                || text_of_double(number.as_f64().expect("a double")),
                |count| count.to_string(),
            ),
            _ => note_of(row, metric, PARTS[place]),
        };
        METRICS.iter().map(cell).collect()
    };
    (0..n_parts).map(part).collect()
}

fn note_of(row: &Value, metric: &str, part: &str) -> String {
    let upper = |text: &str| text.replace('_', "").to_uppercase();
    let mut notes = row["notes"].as_array().expect("a list of notes").iter();
    let note = notes.find(|note| {
        note["of"] == part && note["metric"].as_str().map(upper) == Some(upper(metric))
    });
    let code = note.and_then(|note| note["code"].as_str());
    code.unwrap_or("null without a note").to_owned()
}
