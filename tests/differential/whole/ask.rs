//! A random legal question with every option, and its text.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::calendar::days_until_today;
use super::cells::METRICS;
use super::filter::{Filter, filters};
use super::world::{CURRENCIES, CUSTOMS, LABELS, Served};
use crate::differential::options::{Compare as Compared, PARTS};
use crate::differential::report::{DAYS, END, WINDOWS};

pub(super) type Compare = Compared;

/// What can be grouped by.
pub(super) const DIMENSIONS: [&str; 5] = ["PERIOD", "BRAND", "PLATFORM", "CAMPAIGN", "CURRENCY"];

/// Which days are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Range {
    /// From a day up to and without another, by their places.
    Between(usize, usize),
    /// All days from one, by its place, up to yesterday.
    LastDays(usize),
    LastWeeks(i32),
    LastMonths(i32),
}

/// What has a number in every row: a metric by its place, or one of the custom metrics asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Metric(usize),
    Custom(usize),
}

/// A condition on cells: column, part, comparator and bound.
pub(super) type Having = (Column, usize, &'static str, &'static str);

/// A sort key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// A column and its part.
    Column(Column, usize),
    /// A dimension by its place in `by`.
    Dimension(usize),
    /// A label by its place in `labels`.
    Label(usize),
}

/// A level of totals or of the first rows: dimensions, and labels by their places in `labels`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Level {
    pub(super) by: Vec<&'static str>,
    pub(super) labels: Vec<usize>,
}

/// What rows are told apart by.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    pub(super) by: Vec<&'static str>,
    /// By the places among all labels.
    pub(super) labels: Vec<usize>,
    pub(super) grain: &'static str,
}

/// What is read, and how its numbers are made.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) brands: Option<Vec<usize>>,
    pub(super) filter: Option<Filter>,
    pub(super) window: Option<usize>,
    pub(super) into: Option<usize>,
    /// In hundredths.
    pub(super) margin: Option<i64>,
    /// The report after which the facts were as they are asked for.
    pub(super) as_of: Option<usize>,
    cache: &'static str,
    is_zone_named: bool,
    is_fresh: bool,
    /// How many rows a page has, where the answer is read by pages.
    pub(super) page: Option<usize>,
}

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) range: Range,
    pub(super) week_start: Option<&'static str>,
    pub(super) groups: Groups,
    pub(super) read: Read,
    pub(super) metrics: Vec<usize>,
    pub(super) customs: Vec<usize>,
    pub(super) compare: Option<Compare>,
    pub(super) fill: &'static str,
    pub(super) having: Vec<Having>,
    /// Each with whether the largest comes first.
    pub(super) order: Vec<(Order, bool)>,
    pub(super) top: Option<(usize, Level)>,
    pub(super) totals: Vec<Level>,
}

/// A random question.
pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let metrics = subsequence((0..METRICS.len()).collect::<Vec<_>>(), 1..=5).prop_shuffle();
    let customs = subsequence((0..CUSTOMS.len()).collect::<Vec<_>>(), 0..=2);
    (groups(), range(), read(), metrics, customs).prop_flat_map(
        |(groups, range, read, metrics, customs)| {
            let by_months = groups.months() && groups.has("PERIOD");
            let compare = weighted(0.5, compares(by_months));
            let parts = (compare, fill(&groups, range), weeks(&groups, range));
            parts.prop_flat_map(move |(compare, fill, week_start)| {
                let asked = Asked {
                    range,
                    week_start,
                    groups: groups.clone(),
                    read: read.clone(),
                    metrics: metrics.clone(),
                    customs: customs.clone(),
                    compare,
                    fill,
                    having: Vec::new(),
                    order: Vec::new(),
                    top: None,
                    totals: Vec::new(),
                };
                shown(asked)
            })
        },
    )
}

/// The question with what is shown of its rows.
fn shown(asked: Asked) -> impl Strategy<Value = Asked> {
    let n_parts = if asked.compare.is_some() {
        PARTS.len()
    } else {
        1
    };
    let top = weighted(0.3, (1..4_usize, level(&asked.groups)));
    let totals = vec(level(&asked.groups), 0..4);
    let column = columns(asked.customs.len());
    let comparator = select(vec!["gt", "gte", "lt", "lte", "eq", "ne"]);
    let bound = select(vec!["0", "0.5", "1", "-100", "500", "50000"]);
    let having = vec((column, 0..n_parts, comparator, bound), 0..=2);
    let order = vec((order(&asked, n_parts), any::<bool>()), 0..=2);
    let having = weighted(0.3, having).prop_map(Option::unwrap_or_default);
    (top, totals, having, order).prop_map(move |(top, mut totals, having, order)| {
        totals.sort();
        totals.dedup();
        Asked {
            having,
            order,
            top,
            totals,
            ..asked.clone()
        }
    })
}

fn groups() -> impl Strategy<Value = Groups> {
    let by = subsequence(DIMENSIONS.to_vec(), 0..=3).prop_shuffle();
    let labels = prop_oneof![
        2 => Just(Vec::new()),
        1 => subsequence(vec![0, 1], 1..=2).prop_shuffle(),
    ];
    let grain = select(vec!["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]);
    (by, labels, grain).prop_map(|(by, labels, grain)| Groups { by, labels, grain })
}

fn range() -> impl Strategy<Value = Range> {
    let between = (0..DAYS.len(), 1..=DAYS.len())
        .prop_map(|(from, n)| Range::Between(from, (from + n).min(DAYS.len())));
    prop_oneof![
        6 => between,
        1 => (0..DAYS.len()).prop_map(Range::LastDays),
        1 => (36..39).prop_map(Range::LastWeeks),
        1 => (8..10).prop_map(Range::LastMonths),
    ]
}

fn read() -> impl Strategy<Value = Read> {
    let brands = subsequence(vec![0, 1], 1..=2);
    (
        weighted(0.3, brands),
        weighted(0.5, filters()),
        weighted(0.1, 0..WINDOWS.len()),
        weighted(0.4, 0..CURRENCIES.len()),
        weighted(0.3, select(vec![0_i64, 25, 38, 100])),
        weighted(0.2, 0..3_usize),
        select(vec!["USE", "BYPASS", "REFRESH"]),
        (any::<bool>(), any::<bool>()),
        weighted(0.2, 2..5_usize),
    )
        .prop_map(
            |(brands, filter, window, into, margin, as_of, cache, (zone, fresh), page)| Read {
                brands,
                filter,
                window,
                into,
                margin,
                as_of,
                cache,
                is_zone_named: zone,
                is_fresh: fresh,
                page,
            },
        )
}

fn fill(groups: &Groups, range: Range) -> impl Strategy<Value = &'static str> + use<> {
    let is_short = matches!(range, Range::Between(..)) || groups.months();
    if groups.has("PERIOD") && is_short {
        select(vec!["NONE", "ZERO", "NULL"])
    } else {
        select(vec!["NONE"])
    }
}

fn weeks(groups: &Groups, range: Range) -> impl Strategy<Value = Option<&'static str>> + use<> {
    let are_weeks = groups.has("PERIOD") && groups.grain == "WEEK";
    if are_weeks || matches!(range, Range::LastWeeks(_)) {
        select(vec![None, Some("SATURDAY"), Some("WEDNESDAY")])
    } else {
        select(vec![None])
    }
}

fn compares(by_months: bool) -> impl Strategy<Value = Compare> {
    // Months are never laid by weekdays.
    let aligned = move || any::<bool>().prop_map(move |aligned| aligned && !by_months);
    prop_oneof![
        3 => aligned().prop_map(|weekday_aligned| Compare::PreviousPeriod { weekday_aligned }),
        1 => aligned().prop_map(|weekday_aligned| Compare::PreviousYear { weekday_aligned }),
        3 => (0..DAYS.len(), 1..=DAYS.len())
            .prop_map(|(from, n)| Compare::Between(from, (from + n).min(DAYS.len()))),
    ]
}

fn level(groups: &Groups) -> impl Strategy<Value = Level> + use<> {
    let by = subsequence(groups.by.clone(), 0..=groups.by.len());
    let places: Vec<usize> = (0..groups.labels.len()).collect();
    let labels = subsequence(places, 0..=groups.labels.len());
    (by, labels).prop_map(|(by, labels)| Level { by, labels })
}

fn columns(n_customs: usize) -> impl Strategy<Value = Column> {
    (0..METRICS.len() + n_customs).prop_map(|place| {
        let custom = place.checked_sub(METRICS.len());
        custom.map_or(Column::Metric(place), Column::Custom)
    })
}

fn order(asked: &Asked, n_parts: usize) -> impl Strategy<Value = Order> + use<> {
    let n_dimensions = asked.groups.by.len();
    let n_labels = asked.groups.labels.len();
    let column = columns(asked.customs.len());
    let of_column = (column, 0..n_parts).prop_map(|(column, part)| Order::Column(column, part));
    let of_column = of_column.boxed();
    match n_dimensions + n_labels {
        0 => of_column,
        n => prop_oneof![
            of_column,
            (0..n).prop_map(move |place| {
                let label = place.checked_sub(n_dimensions);
                label.map_or(Order::Dimension(place), Order::Label)
            }),
        ]
        .boxed(),
    }
}

impl Groups {
    pub(super) fn has(&self, dimension: &str) -> bool {
        self.by.contains(&dimension)
    }

    fn months(&self) -> bool {
        matches!(self.grain, "MONTH" | "QUARTER" | "YEAR")
    }
}

/// A metric as its word.
pub(super) fn word(field: &str) -> String {
    field.chars().fold(String::new(), |mut word, letter| {
        if letter.is_ascii_uppercase() {
            word.push('_');
        }
        word.push(letter.to_ascii_uppercase());
        word
    })
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

impl Asked {
    /// The grain, where periods are told apart.
    pub(super) fn grain(&self) -> Option<&'static str> {
        self.groups.has("PERIOD").then_some(self.groups.grain)
    }

    /// The name of a custom metric that is asked for.
    pub(super) fn custom(&self, place: usize) -> &'static str {
        CUSTOMS[self.customs[place]].0
    }

    /// The name of a label that is grouped by.
    pub(super) fn label(&self, place: usize) -> &'static str {
        LABELS[self.groups.labels[place]].0
    }

    /// The fields of the query's input.
    pub(super) fn input(&self, served: &Served) -> String {
        let mut input = format!(
            "range: {{{}}}, by: [{}]",
            self.range_input(),
            self.groups.by.join(", ")
        );
        let mut add = |field: &str, value: String| input.extend([", ", field, ": ", &value]);
        let quoted = |text: &str| format!("\"{text}\"");
        let label = |place: &usize| quoted(self.label(*place));
        let metrics = self.metrics.iter().map(|it| word(METRICS[*it].field));
        add("metrics", format!("[{}]", list(metrics)));
        let customs = (0..self.customs.len()).map(|place| quoted(self.custom(place)));
        add("customMetrics", format!("[{}]", list(customs)));
        let labels = (0..self.groups.labels.len()).map(|place| label(&place));
        add("labels", format!("[{}]", list(labels)));
        if let Some(grain) = self.grain() {
            add("grain", grain.to_owned());
        }
        if let Some(day) = self.week_start {
            add("weekStart", day.to_owned());
        }
        if let Some(compare) = self.compare {
            add("compare", format!("{{{}}}", compare_input(compare)));
        }
        add("fill", self.fill.to_owned());
        add(
            "having",
            format!(
                "[{}]",
                list(self.having.iter().map(|it| self.having_input(*it)))
            ),
        );
        add(
            "orderBy",
            format!(
                "[{}]",
                list(self.order.iter().map(|it| self.order_input(*it)))
            ),
        );
        if let Some((n, per)) = &self.top {
            let labels = list(per.labels.iter().map(label));
            add(
                "top",
                format!(
                    "{{n: {n}, per: [{}], perLabels: [{labels}]}}",
                    per.by.join(", ")
                ),
            );
        }
        let (plain, by_label): (Vec<&Level>, Vec<&Level>) = self
            .totals
            .iter()
            .partition(|level| level.labels.is_empty());
        let plain = plain
            .into_iter()
            .map(|level| format!("[{}]", level.by.join(", ")));
        add("totals", format!("[{}]", list(plain)));
        let by_label = by_label.into_iter().map(|level| {
            let labels = list(level.labels.iter().map(label));
            format!("{{labels: [{labels}], by: [{}]}}", level.by.join(", "))
        });
        add("totalsByLabel", format!("[{}]", list(by_label)));
        self.read.add_to(&mut input, served);
        input
    }

    fn range_input(&self) -> String {
        match self.range {
            Range::Between(from, until) => between(from, until),
            Range::LastDays(from) => {
                format!("last: {{n: {}, unit: DAY}}", days_until_today(from))
            }
            Range::LastWeeks(n) => format!("last: {{n: {n}, unit: WEEK}}"),
            Range::LastMonths(n) => format!("last: {{n: {n}, unit: MONTH}}"),
        }
    }

    fn column_input(&self, column: Column, part: usize) -> String {
        let column = match column {
            Column::Metric(place) => format!("metric: {}", word(METRICS[place].field)),
            Column::Custom(place) => format!("customMetric: \"{}\"", self.custom(place)),
        };
        format!("{column}, of: {}", PARTS[part])
    }

    fn having_input(&self, (column, part, comparator, bound): Having) -> String {
        let column = self.column_input(column, part);
        format!("{{{column}, {comparator}: \"{bound}\"}}")
    }

    fn order_input(&self, (order, descending): (Order, bool)) -> String {
        let key = match order {
            Order::Column(column, part) => self.column_input(column, part),
            Order::Dimension(place) => format!("dimension: {}", self.groups.by[place]),
            Order::Label(place) => format!("label: \"{}\"", self.label(place)),
        };
        let direction = if descending { "DESC" } else { "ASC" };
        format!("{{{key}, direction: {direction}}}")
    }
}

impl Read {
    fn add_to(&self, input: &mut String, served: &Served) {
        let mut add = |field: &str, value: String| input.extend([", ", field, ": ", &value]);
        if let Some(brands) = &self.brands {
            let ids = brands
                .iter()
                .map(|place| format!("\"{}\"", served.brand_ids[*place]));
            add("brands", format!("[{}]", list(ids)));
        }
        if let Some(filter) = &self.filter {
            add("where", format!("{{{}}}", filter.input(served)));
        }
        let window = self.window.map_or(String::new(), |place| {
            let name = match WINDOWS[place] {
                "" => "unspecified",
                name => name,
            };
            format!("window: \"{name}\", ")
        });
        add("attribution", format!("{{{window}acceptMixed: true}}"));
        if let Some(into) = self.into {
            add("currency", format!("\"{}\"", CURRENCIES[into]));
        }
        if let Some(hundredths) = self.margin {
            let margin = crate::differential::fold::decimal(hundredths.into(), 2);
            add("assumedMargin", format!("\"{margin}\""));
        }
        if let Some(report) = self.as_of {
            let moment = &served.moments[report.min(served.moments.len() - 1)];
            add("asOf", format!("\"{moment}\""));
        }
        if self.is_zone_named {
            add("timezone", "\"UTC\"".to_owned());
        }
        if self.is_fresh {
            add(
                "staleness",
                "{maxAgeSeconds: 3600, onStale: FAIL}".to_owned(),
            );
        }
        add("cache", self.cache.to_owned());
    }
}

fn between(from: usize, until: usize) -> String {
    let until = DAYS.get(until).copied().unwrap_or(END);
    format!("between: {{from: \"{}\", until: \"{until}\"}}", DAYS[from])
}

fn compare_input(compare: Compare) -> String {
    match compare {
        Compare::PreviousPeriod { weekday_aligned } => {
            format!("previousPeriod: {{weekdayAligned: {weekday_aligned}}}")
        }
        Compare::PreviousYear { weekday_aligned } => {
            format!("previousYear: {{weekdayAligned: {weekday_aligned}}}")
        }
        Compare::Between(from, until) => between(from, until),
    }
}
