//! The naive fold: every rule of an answer, one row after the other, in plain integers.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_domain::time::{Date, Weekday};
use serde_json::Value;

use super::question::{METRICS, Question};
use super::report::{CAMPAIGNS, DAYS, Facts, Key, MEASURES, Values, is_money, name};

/// Cells as text, null as the note that says why.
pub(super) type Cells = Vec<String>;

/// An answer: the rows by period and campaign or platform, and the total.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    rows: BTreeMap<(String, String), Cells>,
    total: Cells,
}

/// A measure's sum, and how many rows reported it, by campaign and period (by day where the
/// campaign reports several windows).
#[derive(Debug, Default, Clone)]
struct Sum {
    sum: i128,
    rows: BTreeMap<(usize, String), u32>,
}

type Sums = [Sum; MEASURES.len()];

/// A row that counts.
struct Counted<'a> {
    key: Key,
    values: &'a Values,
    /// Whether its window is the campaign's, so that its revenue counts too.
    is_attributed: bool,
    /// What its rows are counted by.
    unit: (usize, String),
}

/// What the answer must be.
pub(super) fn answer(facts: &Facts, question: &Question) -> Answer {
    let counted = counted(facts, question);
    let mut groups: BTreeMap<(String, String), Sums> = BTreeMap::new();
    let mut total = Sums::default();
    for row in &counted {
        add(groups.entry(group_of(row.key, question)).or_default(), row);
        add(&mut total, row);
    }
    Answer {
        rows: groups
            .iter()
            .map(|(key, sums)| (key.clone(), cells(sums)))
            .collect(),
        total: cells(&total),
    }
}

/// The facts that count: in range and filter, of one level a campaign, day and window, and of one
/// window a campaign and day: the campaign's own where it covers the day, else the first.
fn counted<'a>(facts: &'a Facts, question: &Question) -> Vec<Counted<'a>> {
    let asked = |key: &Key| {
        (question.days.0..question.days.1).contains(&key.day)
            && question
                .platform
                .is_none_or(|platform| CAMPAIGNS[key.campaign] == platform)
            && question.window.is_none_or(|window| key.window == window)
    };
    let in_question: Vec<(Key, &Values)> = facts
        .iter()
        .filter(|(key, _)| asked(key))
        .map(|(key, values)| (*key, values))
        .collect();
    let is_coarsest = |key: &Key| {
        let same_day = in_question.iter().filter(|(other, _)| {
            (other.campaign, other.day, other.window) == (key.campaign, key.day, key.window)
        });
        same_day.map(|(other, _)| other.depth()).min() == Some(key.depth())
    };
    // No window comes first among the windows, then they go by name.
    let windows = |keep: &dyn Fn(&Key) -> bool| -> BTreeSet<usize> {
        let kept = in_question.iter().filter(|(other, _)| keep(other));
        kept.map(|(other, _)| other.window).collect()
    };
    let counted = in_question
        .iter()
        .filter(|(key, _)| is_coarsest(key))
        .filter_map(|(key, values)| {
            let of_campaign = windows(&|other| other.campaign == key.campaign);
            let of_day = windows(&|other| (other.campaign, other.day) == (key.campaign, key.day));
            let own = *of_campaign.first()?;
            let preferred = if of_day.contains(&own) {
                own
            } else {
                *of_day.first()?
            };
            let period = match (of_campaign.len(), question.by.period()) {
                (1, true) => period(day_of(key), question),
                (1, false) => String::new(),
                _ => DAYS[key.day].to_owned(),
            };
            (key.window == preferred).then_some(Counted {
                key: *key,
                values,
                is_attributed: key.window == own,
                unit: (key.campaign, period),
            })
        });
    counted.collect()
}

fn group_of(key: Key, question: &Question) -> (String, String) {
    let by = question.by;
    let period = if by.period() {
        period(day_of(&key), question)
    } else {
        String::new()
    };
    let thing = match (by.campaign(), by.platform()) {
        (true, _) => key.campaign.to_string(),
        (_, true) => CAMPAIGNS[key.campaign].to_owned(),
        _ => String::new(),
    };
    (period, thing)
}

fn day_of(key: &Key) -> Date {
    DAYS[key.day].parse().expect("a day")
}

/// The period of a day; the first agency's weeks start on Sunday and its fiscal years in January.
fn period(day: Date, question: &Question) -> String {
    let begins = |day: Date| match question.grain {
        "WEEK" => day.weekday() == Weekday::Sunday,
        "MONTH" => day.day() == 1,
        _ => true,
    };
    let mut first = day;
    while !begins(first) {
        first = first.yesterday().expect("there is a day before");
    }
    first.to_string()
}

fn add(sums: &mut Sums, row: &Counted<'_>) {
    for (place, (sum, value)) in sums.iter_mut().zip(row.values).enumerate() {
        let counts = row.is_attributed || ![REVENUE, REFUNDS, COGS].contains(&place);
        if let Some(value) = value.filter(|_| counts) {
            sum.sum += i128::from(value);
            *sum.rows.entry(row.unit.clone()).or_default() += 1;
        }
    }
}

fn cells(sums: &Sums) -> Cells {
    METRICS.iter().map(|metric| cell(metric, sums)).collect()
}

// The places of the measures.
const IMPRESSIONS: usize = 0;
const CLICKS: usize = 1;
const SPEND: usize = 2;
const REVENUE: usize = 3;
const REFUNDS: usize = 4;
const COGS: usize = 5;

fn cell(metric: &str, sums: &Sums) -> String {
    let sum = |place: usize| sums[place].sum;
    let net = sum(REVENUE) - sum(REFUNDS);
    let profit = net - sum(COGS);
    // Money is in cents here: a ratio of money and a count is divided by 100 once more.
    let (needs, value): (&[usize], _) = match metric {
        "impressions" => (&[IMPRESSIONS], Ok(whole(sum(IMPRESSIONS), IMPRESSIONS))),
        "clicks" => (&[CLICKS], Ok(whole(sum(CLICKS), CLICKS))),
        "spend" => (&[SPEND], Ok(whole(sum(SPEND), SPEND))),
        "revenue" => (&[REVENUE], Ok(whole(sum(REVENUE), REVENUE))),
        "netRevenue" => (&[REVENUE], Ok(whole(net, REVENUE))),
        "grossProfit" => (&[REVENUE, COGS], Ok(whole(profit, REVENUE))),
        "ctr" => (&[CLICKS, IMPRESSIONS], ratio(sum(CLICKS), sum(IMPRESSIONS))),
        "cpm" => (
            &[SPEND, IMPRESSIONS],
            quotient(1000 * sum(SPEND), 100 * sum(IMPRESSIONS)),
        ),
        "roas" => (&[REVENUE, SPEND], of_spend(net, sum(SPEND))),
        "poas" => (&[REVENUE, COGS, SPEND], of_spend(profit, sum(SPEND))),
        other => panic!("`{other}` is not folded"),
    };
    match missing(needs, sums) {
        Some(note) => note.to_owned(),
        None => value.unwrap_or_else(str::to_owned),
    }
}

/// Why a metric has no value though its denominator may not be zero: its measures must all be
/// reported, and by as many rows of each campaign and period.
fn missing(needs: &[usize], sums: &Sums) -> Option<&'static str> {
    let rows = |place: &usize| &sums[*place].rows;
    let count = |place: &usize| rows(place).values().sum::<u32>();
    let most = needs.iter().rev().max_by_key(|place| count(place))?;
    if count(most) == 0 {
        return Some("NOT_REPORTED");
    }
    let lacking = needs.iter().find(|place| rows(place) != rows(most))?;
    Some(if *lacking == COGS {
        "COGS_MISSING"
    } else {
        "COMPONENT_MISSING"
    })
}

/// A sum as the wire writes it.
fn whole(sum: i128, place: usize) -> String {
    if is_money(place) {
        decimal(sum, 2)
    } else {
        sum.to_string()
    }
}

/// A quotient to ten places, halves away from zero.
fn quotient(above: i128, below: i128) -> Result<String, &'static str> {
    if below == 0 {
        return Err("ZERO_DENOMINATOR");
    }
    let scaled = above * 10_i128.pow(10);
    let rounded = (scaled.abs() * 2 + below) / (below * 2);
    Ok(decimal(rounded * scaled.signum(), 10))
}

/// A quotient as it comes through a double.
fn ratio(above: i128, below: i128) -> Result<String, &'static str> {
    let text = quotient(above, below)?;
    Ok(text_of_double(text.parse().expect("a decimal")))
}

/// A quotient over media spend, which has a note of its own where there is none.
fn of_spend(above: i128, spend: i128) -> Result<String, &'static str> {
    if spend == 0 {
        return Err("NO_SPEND");
    }
    ratio(above, spend)
}

/// A scaled integer as a decimal without idle zeros.
pub(super) fn decimal(scaled: i128, places: usize) -> String {
    let digits = format!("{:0>width$}", scaled.abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if scaled < 0 { "-" } else { "" };
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// What the server answered, in the same form.
pub(super) fn read(answer: &Value, world: u32, question: &Question) -> Answer {
    let rows = answer["rows"].as_array().expect("a list of rows");
    let keyed = rows
        .iter()
        .map(|row| (key_of(row, world, question), cells_of(row)));
    let by_key: BTreeMap<_, _> = keyed.collect();
    assert_eq!(by_key.len(), rows.len(), "two rows of one group: {answer}");
    Answer {
        rows: by_key,
        total: cells_of(&answer["totals"][0]),
    }
}

fn key_of(row: &Value, world: u32, question: &Question) -> (String, String) {
    let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let thing = if question.by.campaign() {
        let shown = text("campaignName");
        let place = (0..CAMPAIGNS.len()).find(|place| name(world, *place) == shown);
        place
            .unwrap_or_else(|| panic!("`{shown}` is none of world {world}"))
            .to_string()
    } else {
        text("platform")
    };
    (text("period"), thing)
}

fn cells_of(row: &Value) -> Cells {
    METRICS.iter().map(|metric| cell_of(row, metric)).collect()
}

fn cell_of(row: &Value, metric: &str) -> String {
    match &row[metric] {
        Value::String(decimal) => decimal.clone(),
        Value::Number(number) => number.as_i64().map_or_else(
            || text_of_double(number.as_f64().expect("a double")),
            |count| count.to_string(),
        ),
        _ => note_of(row, metric),
    }
}

/// A double to ten places, without idle zeros.
pub(super) fn text_of_double(ratio: f64) -> String {
    let text = format!("{ratio:.10}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn note_of(row: &Value, metric: &str) -> String {
    let upper = |text: &str| text.replace('_', "").to_uppercase();
    let notes = row["notes"].as_array().expect("a list of notes");
    let note = notes
        .iter()
        .find(|note| note["metric"].as_str().map(upper) == Some(upper(metric)));
    note.and_then(|note| note["code"].as_str())
        .unwrap_or("null without a note")
        .to_owned()
}
