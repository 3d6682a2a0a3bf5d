//! A random legal question with every option.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::cells::known;
use super::filter::{Filter, filters};
use super::world::{BREAKDOWNS, CURRENCIES, CUSTOMS, DETAILS, LABELS};
use crate::differential::report::{DAYS, WINDOWS};

/// The parts of cells, by their words.
pub(super) const PARTS: [&str; 4] = ["VALUE", "PREVIOUS", "DELTA", "DELTA_RATIO"];

/// With which range the answer is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    PreviousPeriod {
        weekday_aligned: bool,
    },
    PreviousYear {
        weekday_aligned: bool,
    },
    /// From a day up to and without another, by their places.
    Between(usize, usize),
}

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
    pub(super) cache: &'static str,
    pub(super) is_zone_named: bool,
    pub(super) is_fresh: bool,
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
    let customs = subsequence((0..CUSTOMS.len()).collect::<Vec<_>>(), 0..=2);
    (groups(), range(), read(), customs).prop_flat_map(|(groups, range, read, customs)| {
        let by_months = groups.months() && groups.has("PERIOD");
        let compare = weighted(0.5, compares(by_months));
        let metrics = subsequence(known(groups.breakdown().is_some()), 1..=5).prop_shuffle();
        let parts = (
            compare,
            fill(&groups, range),
            weeks(&groups, range),
            metrics,
        );
        parts.prop_flat_map(move |(compare, fill, week_start, metrics)| {
            let asked = Asked {
                range,
                week_start,
                groups: groups.clone(),
                read: read.clone(),
                metrics,
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
    })
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
    let column = columns(&asked);
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
    let details = select(vec![
        vec![],
        vec![],
        vec![],
        vec!["HOUR"],
        vec!["COUNTRY"],
        vec!["AGE"],
        vec!["GENDER", "AGE"],
    ]);
    (by, details, labels, grain).prop_map(|(mut by, details, labels, grain)| {
        by.splice(by.len() / 2..by.len() / 2, details);
        Groups { by, labels, grain }
    })
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

fn columns(asked: &Asked) -> impl Strategy<Value = Column> + use<> {
    let known = known(asked.groups.breakdown().is_some());
    let metrics = known.into_iter().map(Column::Metric);
    let customs = (0..asked.customs.len()).map(Column::Custom);
    select(metrics.chain(customs).collect::<Vec<_>>())
}

fn order(asked: &Asked, n_parts: usize) -> impl Strategy<Value = Order> + use<> {
    let n_dimensions = asked.groups.by.len();
    let n_labels = asked.groups.labels.len();
    let column = columns(asked);
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

    /// The breakdown that is read, by its place; none where days are read whole.
    pub(super) fn breakdown(&self) -> Option<usize> {
        let has = |place: &usize| self.has(DETAILS[*place].0);
        BREAKDOWNS.iter().position(|(_, of)| of.iter().any(has))
    }

    fn months(&self) -> bool {
        matches!(self.grain, "MONTH" | "QUARTER" | "YEAR")
    }
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
}
