//! Random money in three currencies and random rates, some of them missing, against a naive
//! conversion: one row after the other, in whole numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use bellwether_test_support::TestServer;
use proptest::collection::{btree_map, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use super::fold::{cell_of, decimal, first_day, of_spend, quotient};
use crate::given::an_empty_server;
use crate::metrics::metrics;

/// How many random worlds are tried.
const CASES: u32 = 12;

/// The currencies of the campaigns, which are named after them.
const CURRENCIES: [&str; 3] = ["USD", "EUR", "IDR"];

/// The days of the facts.
const DAYS: [&str; 5] = [
    "2026-04-29",
    "2026-04-30",
    "2026-05-01",
    "2026-05-02",
    "2026-05-31",
];

/// The windows of the facts; the first is none.
const WINDOWS: [&str; 2] = ["", "7d_click"];

/// What is asked for: metrics of counts, of money, of both, and of money by money.
const SELECTION: &str = "impressions spend cpm roas notes { metric code }";

/// Spend, revenue and impressions; money in cents.
type Values = (Option<i64>, Option<i64>, Option<i64>);

/// By campaign, day and window, what was reported.
type Facts = BTreeMap<(usize, usize, usize), Values>;

/// By campaign's currency and day, the rate in hundredths.
type Rates = BTreeMap<(usize, usize), i64>;

#[derive(Debug, Clone)]
struct Question {
    by: &'static str,
    grain: &'static str,
    into: usize,
}

fn worlds() -> impl Strategy<Value = (Facts, Rates, Vec<Question>)> {
    let money = || weighted(0.9, prop_oneof![1 => Just(0_i64), 4 => 0..1_000_000_i64]);
    let key = (
        0..3_usize,
        0..DAYS.len(),
        prop_oneof![5 => Just(0_usize), 1 => Just(1)],
    );
    let values = (money(), money(), weighted(0.9, 0..10_000_i64));
    let facts = btree_map(key, values, 1..25);
    // Fifteen places, of which most have a rate.
    let rates = btree_map((0..3_usize, 0..DAYS.len()), 1..20_000_i64, 8..16);
    let question = (
        prop_oneof![
            Just(""),
            Just("PERIOD"),
            Just("CAMPAIGN"),
            Just("CAMPAIGN, PERIOD")
        ],
        prop_oneof![Just("DAY"), Just("WEEK"), Just("MONTH"), Just("QUARTER")],
        0..3_usize,
    );
    let question = question.prop_map(|(by, grain, into)| Question { by, grain, into });
    (facts, rates, vec(question, 1..5))
}

#[test]
fn money_is_converted_as_a_naive_evaluator_converts_it() {
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    });
    // A server of its own for each world, because rates can't be taken back.
    let outcome = runner.run(&worlds(), |(facts, rates, questions)| {
        compare(&an_empty_server(), &facts, &rates, &questions)
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn compare(
    server: &TestServer,
    facts: &Facts,
    rates: &Rates,
    questions: &[Question],
) -> Result<(), TestCaseError> {
    let analyst = server.analyst();
    let csv = csv(facts);
    analyst.commit_csv("delivery_daily", server.brand(0), &csv);
    for question in questions {
        analyst.import_rates(&rates_csv(rates, question.into));
        let expected = naive(facts, rates, question);
        for cache in ["USE", "BYPASS"] {
            let answer = metrics(&analyst, &input(question, cache), &selection(question));
            prop_assert_eq!(&shown(&answer), &expected, "{} {:?}", cache, question);
        }
    }
    Ok(())
}

fn csv(facts: &Facts) -> String {
    let mut csv = "date,campaign,currency,attribution,spend,revenue,impressions\n".to_owned();
    for ((campaign, day, window), (spend, revenue, impressions)) in facts {
        let money = |cents: &Option<i64>| cents.map_or(String::new(), |it| decimal(it.into(), 2));
        let impressions = impressions.map_or(String::new(), |it| it.to_string());
        let (code, day, window) = (CURRENCIES[*campaign], DAYS[*day], WINDOWS[*window]);
        let (spend, revenue) = (money(spend), money(revenue));
        // Writing to a string can't fail.
        let _ = writeln!(
            csv,
            "{day},{code},{code},{window},{spend},{revenue},{impressions}"
        );
    }
    csv
}

/// The rates into a currency.
fn rates_csv(rates: &Rates, into: usize) -> String {
    let mut csv = "date,from,to,rate\n".to_owned();
    for ((from, day), hundredths) in rates.iter().filter(|((from, _), _)| *from != into) {
        let rate = decimal((*hundredths).into(), 2);
        let (from, into) = (CURRENCIES[*from], CURRENCIES[into]);
        let _ = writeln!(csv, "{},{from},{into},{rate}", DAYS[*day]);
    }
    csv
}

fn input(question: &Question, cache: &str) -> String {
    let Question { by, grain, into } = question;
    let grain = match (by.contains("PERIOD"), *grain) {
        (false, _) => String::new(),
        (true, "WEEK") => "grain: WEEK, weekStart: MONDAY,".to_owned(),
        (true, grain) => format!("grain: {grain},"),
    };
    format!(
        r#"range: {{between: {{from: "2026-04-01", until: "2026-06-01"}}}}, by: [{by}], {grain} currency: "{}", attribution: {{acceptMixed: true}}, cache: {cache}"#,
        CURRENCIES[*into]
    )
}

fn selection(question: &Question) -> String {
    let mut keys = String::new();
    if question.by.contains("PERIOD") {
        keys.push_str("period ");
    }
    if question.by.contains("CAMPAIGN") {
        keys.push_str("campaignName ");
    }
    format!("rows {{ {keys} {SELECTION} }} totals {{ {SELECTION} }}")
}

/// By period and campaign the cells, and the total's under no key.
type Shown = BTreeMap<(String, String), Vec<String>>;

fn shown(answer: &Value) -> Shown {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows = answer["rows"].as_array().expect("a list").iter();
    let mut shown: Shown = rows
        .map(|row| ((text(row, "period"), text(row, "campaignName")), cells(row)))
        .collect();
    assert_eq!(shown.len(), answer["rows"].as_array().unwrap().len());
    let total = ("total".to_owned(), String::new());
    shown.insert(total, cells(&answer["totals"][0]));
    shown
}

fn cells(row: &Value) -> Vec<String> {
    let cell = |field: &&str| cell_of(row, field);
    ["impressions", "spend", "cpm", "roas"]
        .iter()
        .map(cell)
        .collect()
}

/// Sums of a group; money in hundredths of cents of the answer's currency.
#[derive(Debug, Default, Clone)]
struct Sums {
    spend: Sum,
    revenue: Sum,
    impressions: Sum,
}

#[derive(Debug, Default, Clone)]
struct Sum {
    added: i128,
    has_no_rate: bool,
    rows: BTreeMap<(usize, String), u32>,
}

/// What a row reports of a measure, in the answer's currency.
enum Reported {
    Amount(i128),
    NoRate,
}

impl Sum {
    fn add(&mut self, unit: &(usize, String), value: Option<Reported>) {
        let Some(value) = value else { return };
        *self.rows.entry(unit.clone()).or_default() += 1;
        match value {
            Reported::Amount(amount) => self.added += amount,
            Reported::NoRate => self.has_no_rate = true,
        }
    }
}

/// The windows that count for a campaign's day.
struct Windows {
    /// For what depends on the window.
    own: usize,
    /// For everything else.
    of_day: usize,
    /// How many the campaign has.
    n: usize,
}

impl Windows {
    fn of(facts: &Facts, campaign: usize, day: usize) -> Self {
        let present = |day: Option<usize>| -> BTreeSet<usize> {
            let same = facts.keys().filter(|other| other.0 == campaign);
            let same = same.filter(|other| day.is_none_or(|day| other.1 == day));
            same.map(|other| other.2).collect()
        };
        let (all, of_day) = (present(None), present(Some(day)));
        // Each set has the very row that is asked about.
        let (own, first) = (*all.first().unwrap(), *of_day.first().unwrap());
        Self {
            own,
            of_day: if of_day.contains(&own) { own } else { first },
            n: all.len(),
        }
    }
}

fn converted(cents: Option<i64>, rate: Option<i64>) -> Option<Reported> {
    Some(match (cents?, rate) {
        (0, _) => Reported::Amount(0),
        (cents, Some(rate)) => Reported::Amount(i128::from(cents) * i128::from(rate)),
        (_, None) => Reported::NoRate,
    })
}

impl Question {
    /// What a row is counted by: which rows reported what is told by the periods of sums, by day
    /// for several windows.
    fn unit_of(&self, campaign: usize, day: usize, n_windows: usize) -> (usize, String) {
        let date = DAYS[day].parse().expect("a day");
        let unit = match (n_windows, self.by.contains("PERIOD"), self.grain) {
            (1, true, "QUARTER") => first_day(date, "MONTH"),
            (1, true, grain) => first_day(date, grain),
            (1, false, _) => String::new(),
            _ => DAYS[day].to_owned(),
        };
        (campaign, unit)
    }

    fn key_of(&self, campaign: usize, day: usize) -> (String, String) {
        let by = |word: &str, text: String| {
            if self.by.contains(word) {
                text
            } else {
                String::new()
            }
        };
        let date = DAYS[day].parse().expect("a day");
        (
            by("PERIOD", first_day(date, self.grain)),
            by("CAMPAIGN", CURRENCIES[campaign].to_owned()),
        )
    }
}

fn naive(facts: &Facts, rates: &Rates, question: &Question) -> Shown {
    let mut groups: BTreeMap<(String, String), Sums> = BTreeMap::new();
    let total = ("total".to_owned(), String::new());
    groups.insert(total.clone(), Sums::default());
    for ((campaign, day, window), values) in facts {
        let windows = Windows::of(facts, *campaign, *day);
        if *window != windows.of_day {
            continue;
        }
        let rate = if *campaign == question.into {
            Some(100)
        } else {
            rates.get(&(*campaign, *day)).copied()
        };
        let unit = question.unit_of(*campaign, *day, windows.n);
        for key in [question.key_of(*campaign, *day), total.clone()] {
            let sums = groups.entry(key).or_default();
            sums.spend.add(&unit, converted(values.0, rate));
            if *window == windows.own {
                sums.revenue.add(&unit, converted(values.1, rate));
            }
            let whole = values.2.map(|it| Reported::Amount(i128::from(it)));
            sums.impressions.add(&unit, whole);
        }
    }
    let evaluated = groups
        .into_iter()
        .map(|(key, sums)| (key, evaluated(&sums)));
    evaluated.collect()
}

fn evaluated(sums: &Sums) -> Vec<String> {
    let Sums {
        spend,
        revenue,
        impressions,
    } = sums;
    let cell = |needs: &[&Sum], value: Result<String, &'static str>| {
        missing(needs).map_or_else(|| value.unwrap_or_else(str::to_owned), str::to_owned)
    };
    let cpm = quotient(1000 * spend.added, 10_000 * impressions.added);
    vec![
        cell(&[impressions], Ok(impressions.added.to_string())),
        cell(&[spend], Ok(decimal(spend.added, 4))),
        cell(&[spend, impressions], cpm),
        cell(&[revenue, spend], of_spend(revenue.added, spend.added)),
    ]
}

fn missing(needs: &[&Sum]) -> Option<&'static str> {
    if needs.iter().any(|sum| sum.has_no_rate) {
        return Some("FX_RATE_MISSING");
    }
    let count = |sum: &&&Sum| sum.rows.values().sum::<u32>();
    let most = needs.iter().rev().max_by_key(count)?;
    if count(&most) == 0 {
        return Some("NOT_REPORTED");
    }
    let lacks = needs.iter().any(|sum| sum.rows != most.rows);
    lacks.then_some("COMPONENT_MISSING")
}
