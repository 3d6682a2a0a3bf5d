//! The cells of a group: each metric by its rule, in whole numbers, with the note that is told.

use std::collections::BTreeSet;

use super::ask::{Asked, Column, Order};
use super::fold::{Group, ONE};
use super::world::{CUSTOMS, N_MEASURES};
use crate::differential::fold::text_of_double;

/// The place of a measure; behind them those of the kinds of costs.
pub(super) type Measure = usize;

const IMPRESSIONS: Measure = 0;
const CLICKS: Measure = 1;
const SPEND: Measure = 2;
const REVENUE: Measure = 3;
const REFUNDS: Measure = 4;
const COGS: Measure = 5;
const FEES: Measure = N_MEASURES;
const INFLUENCERS: Measure = N_MEASURES + 1;
const PRODUCTION: Measure = N_MEASURES + 2;

/// Parts of a value's last place in one: ten decimal places.
const SCALE: i128 = 10_000_000_000;

/// What values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Count,
    Money,
    PerEvent,
    Ratio,
}

/// A metric: a sum of measures, each some times, perhaps over another.
#[derive(Debug)]
pub(super) struct Metric {
    /// As a field of GraphQL.
    pub(super) field: &'static str,
    kind: Kind,
    times: i128,
    above: &'static [(i128, Measure)],
    below: &'static [(i128, Measure)],
}

const NET: [(i128, Measure); 2] = [(1, REVENUE), (-1, REFUNDS)];
const PROFIT: [(i128, Measure); 3] = [(1, REVENUE), (-1, REFUNDS), (-1, COGS)];
const COST: [(i128, Measure); 4] = [(1, SPEND), (1, FEES), (1, INFLUENCERS), (1, PRODUCTION)];
const NET_PROFIT: [(i128, Measure); 7] = [
    (1, REVENUE),
    (-1, REFUNDS),
    (-1, COGS),
    (-1, SPEND),
    (-1, FEES),
    (-1, INFLUENCERS),
    (-1, PRODUCTION),
];

const fn metric(field: &'static str, kind: Kind, above: &'static [(i128, Measure)]) -> Metric {
    Metric {
        field,
        kind,
        times: 1,
        above,
        below: &[],
    }
}

impl Metric {
    const fn over(self, times: i128, below: &'static [(i128, Measure)]) -> Self {
        Self {
            times,
            below,
            ..self
        }
    }
}

/// The metrics that are asked for.
pub(super) const METRICS: [Metric; 16] = [
    metric("impressions", Kind::Count, &[(1, IMPRESSIONS)]),
    metric("clicks", Kind::Count, &[(1, CLICKS)]),
    metric("spend", Kind::Money, &[(1, SPEND)]),
    metric("revenue", Kind::Money, &[(1, REVENUE)]),
    metric("refunds", Kind::Money, &[(1, REFUNDS)]),
    metric("cogs", Kind::Money, &[(1, COGS)]),
    metric("agencyFees", Kind::Money, &[(1, FEES)]),
    metric("netRevenue", Kind::Money, &NET),
    metric("grossProfit", Kind::Money, &PROFIT),
    metric("totalCost", Kind::Money, &COST),
    metric("netProfit", Kind::Money, &NET_PROFIT),
    metric("ctr", Kind::Ratio, &[(1, CLICKS)]).over(1, &[(1, IMPRESSIONS)]),
    metric("cpm", Kind::PerEvent, &[(1, SPEND)]).over(1000, &[(1, IMPRESSIONS)]),
    metric("roas", Kind::Ratio, &NET).over(1, &[(1, SPEND)]),
    metric("poas", Kind::Ratio, &PROFIT).over(1, &[(1, SPEND)]),
    metric("roi", Kind::Ratio, &NET_PROFIT).over(1, &COST),
];

/// The agency's own metrics, in the order of their names.
const OWN: [Metric; 4] = [
    metric("both", Kind::Count, &[(1, IMPRESSIONS), (1, CLICKS)]),
    metric("joy", Kind::Ratio, &[(1, CLICKS)]).over(1000, &[(1, IMPRESSIONS)]),
    metric("left", Kind::Money, &[(1, REVENUE), (-2, SPEND)]),
    metric("per_click", Kind::PerEvent, &[(1, SPEND)]).over(1, &[(1, CLICKS)]),
];

/// A cell: the value in its last places, and the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) value: Option<i128>,
    pub(super) note: Option<&'static str>,
}

/// The metric of a column, and whether it is the agency's own.
fn metric_of(column: Column, asked: &Asked) -> (&'static Metric, bool) {
    const ALL: &[Metric] = &METRICS;
    const ALL_OWN: &[Metric] = &OWN;
    match column {
        Column::Metric(place) => (&ALL[place], false),
        Column::Custom(place) => {
            let name = CUSTOMS[asked.customs[place]].0;
            let found = ALL_OWN.iter().find(|metric| metric.field == name);
            (found.expect("each has a rule"), true)
        }
    }
}

/// The columns that the answer shows.
pub(super) fn shown_columns(asked: &Asked) -> Vec<Column> {
    let metrics = asked.metrics.iter().map(|place| Column::Metric(*place));
    metrics
        .chain((0..asked.customs.len()).map(Column::Custom))
        .collect()
}

/// The measures and kinds of costs that a question needs, also for what it sorts and chooses by.
pub(super) fn needed(asked: &Asked) -> BTreeSet<Measure> {
    let ordered = asked.order.iter().filter_map(|(order, _)| match order {
        Order::Column(column, _) => Some(*column),
        _ => None,
    });
    let columns = shown_columns(asked).into_iter().chain(ordered);
    let columns = columns.chain(asked.having.iter().map(|having| having.0));
    columns
        .flat_map(|column| {
            let (metric, _) = metric_of(column, asked);
            metric.above.iter().chain(metric.below).map(|term| term.1)
        })
        .collect()
}

/// The metrics that can be asked for, by their places; of breakdowns those that know neither
/// costs nor goods.
pub(super) fn known(of_breakdown: bool) -> Vec<usize> {
    let all = 0..METRICS.len();
    let is_known = |place: &usize| {
        let metric = &METRICS[*place];
        let mut terms = metric.above.iter().chain(metric.below);
        !of_breakdown || terms.all(|term| term.1 < COGS)
    };
    all.filter(is_known).collect()
}

/// The cell of a column; zeros stand for everything where they are filled in.
pub(super) fn cell(group: &Group, column: Column, asked: &Asked) -> Cell {
    let (metric, is_own) = metric_of(column, asked);
    let is_filled = asked.fill == "ZERO" && !group.is_there;
    let is_estimate = !is_own && !is_filled && estimates(metric, group, asked);
    match value(metric, group, asked, (is_filled, is_estimate)) {
        Err(note) => Cell {
            value: None,
            note: Some(note),
        },
        Ok(value) => {
            let note = (!is_own).then(|| caveat(metric, group, value, is_filled));
            Cell {
                value: Some(value),
                note: if is_estimate {
                    Some("ESTIMATED")
                } else {
                    note.flatten()
                },
            }
        }
    }
}

/// Whether the cost of goods is estimated: the metric needs it beside revenue, and no row of the
/// group reports it.
fn estimates(metric: &Metric, group: &Group, asked: &Asked) -> bool {
    let has = |place: Measure| metric.above.iter().any(|term| term.1 == place);
    asked.read.margin.is_some() && has(COGS) && has(REVENUE) && group.sums[COGS].count == 0
}

fn value(
    metric: &Metric,
    group: &Group,
    asked: &Asked,
    (is_filled, is_estimate): (bool, bool),
) -> Result<i128, &'static str> {
    if is_filled {
        return match (metric.below.is_empty(), metric.field) {
            (true, _) => Ok(0),
            (_, field) => Err(why_zero(field)),
        };
    }
    let terms = || metric.above.iter().chain(metric.below).map(|term| term.1);
    let sums = || terms().map(|place| &group.sums[place]);
    if sums().any(|sum| sum.has_no_rate) {
        return Err("FX_RATE_MISSING");
    }
    let currencies: BTreeSet<usize> = sums().flat_map(|sum| sum.currencies.clone()).collect();
    if currencies.len() > 1 {
        return Err("MIXED_CURRENCY");
    }
    check_reported(&terms().collect::<Vec<_>>(), group, is_estimate)?;
    let cogs = if is_estimate {
        let net = group.sums[REVENUE].amount - group.sums[REFUNDS].amount;
        net * i128::from(100 - asked.read.margin.unwrap_or(0)) / 100
    } else {
        group.sums[COGS].amount
    };
    let total = |terms: &[(i128, Measure)]| -> i128 {
        let amounts = terms.iter().map(|(times, place)| match *place {
            COGS => times * cogs,
            place => times * group.sums[place].amount,
        });
        amounts.sum()
    };
    let (above, below) = (metric.times * total(metric.above), total(metric.below));
    match (metric.below.is_empty(), metric.kind) {
        (true, Kind::Money) if CUSTOMS.iter().all(|custom| custom.0 != metric.field) => {
            // Money is told to the millionth.
            Ok(divided(above, ONE / 1_000_000) * (SCALE / 1_000_000))
        }
        (true, _) => Ok(above * (SCALE / ONE)),
        (false, _) if below == 0 => Err(why_zero(metric.field)),
        (false, _) => Ok(divided(above * SCALE, below)),
    }
}

/// Why a metric has no value though its money is of one currency: its measures must all be
/// reported, and by the same rows. Refunds and costs that nobody reported are none.
fn check_reported(terms: &[Measure], group: &Group, is_estimate: bool) -> Result<(), &'static str> {
    let is_refunds_alone = terms == [REFUNDS];
    let required: Vec<Measure> = terms
        .iter()
        .copied()
        .filter(|place| *place < N_MEASURES && (*place != REFUNDS || is_refunds_alone))
        // Where it is estimated it stands for the rows of revenue.
        .map(|place| {
            if place == COGS && is_estimate {
                REVENUE
            } else {
                place
            }
        })
        .collect();
    if required.is_empty() {
        return Ok(());
    }
    let n_costs: u32 = terms
        .iter()
        .filter(|place| **place >= N_MEASURES)
        .map(|place| group.sums[*place].count)
        .sum();
    let most = required
        .iter()
        .rev()
        .max_by_key(|place| group.sums[**place].count);
    let most = *most.expect("one at least");
    if group.sums[most].count == 0 {
        let are_costs_alone =
            group.n_rows == 0 && n_costs > 0 && required.iter().all(|place| *place == SPEND);
        return if are_costs_alone {
            Ok(())
        } else {
            Err("NOT_REPORTED")
        };
    }
    let lacking = required
        .iter()
        .find(|place| group.sums[**place].rows != group.sums[most].rows);
    match lacking {
        None => Ok(()),
        Some(&COGS) => Err("COGS_MISSING"),
        Some(_) => Err("COMPONENT_MISSING"),
    }
}

fn why_zero(field: &str) -> &'static str {
    match field {
        "roas" | "poas" => "NO_SPEND",
        "roi" => "NO_COST",
        _ => "ZERO_DENOMINATOR",
    }
}

/// What is to be known of a number that stands.
fn caveat(metric: &Metric, group: &Group, value: i128, is_filled: bool) -> Option<&'static str> {
    let is_partial = match (metric.above, metric.below) {
        ([(1, place)], []) if *place < N_MEASURES => group.sums[*place].count < group.n_rows,
        _ => false,
    };
    match metric.field {
        _ if is_partial && !is_filled => Some("PARTIAL"),
        "grossProfit" if value < 0 => Some("NEGATIVE_GROSS_PROFIT"),
        "netProfit" if value < 0 => Some("NEGATIVE_PROFIT"),
        _ => None,
    }
}

/// A quotient, halves away from zero.
fn divided(above: i128, below: i128) -> i128 {
    let (above, below) = (above * below.signum(), below.abs());
    (above.abs() * 2 + below) / (below * 2) * above.signum()
}

/// By how much a cell changed, and over the size of what it was; `are_alike` tells whether both
/// are in one currency.
pub(super) fn change(
    now: Cell,
    then: Cell,
    column: Column,
    asked: &Asked,
    are_alike: bool,
) -> [Cell; 2] {
    let (metric, _) = metric_of(column, asked);
    let null = |note| Cell {
        value: None,
        note: Some(note),
    };
    let (after, before) = match (now.value, then.value) {
        (Some(after), Some(before)) => (after, before),
        (None, _) => return [now; 2],
        (_, None) => return [then; 2],
    };
    if !are_alike && matches!(metric.kind, Kind::Money | Kind::PerEvent) {
        return [null("MIXED_CURRENCY"); 2];
    }
    let is_estimate = [now, then]
        .iter()
        .any(|cell| cell.note == Some("ESTIMATED"));
    let of = |value| Cell {
        value: Some(value),
        note: is_estimate.then_some("ESTIMATED"),
    };
    let delta = of(after - before);
    if before == 0 {
        return [delta, null("ZERO_DENOMINATOR")];
    }
    [delta, of(divided((after - before) * SCALE, before.abs()))]
}

/// Whether the values of a column's part come through doubles.
pub(super) fn is_double(column: Column, part: usize, asked: &Asked) -> bool {
    part == 3 || metric_of(column, asked).0.kind == Kind::Ratio
}

/// A value as the wire writes it.
pub(super) fn text(value: i128, is_double: bool) -> String {
    let decimal = crate::differential::fold::decimal(value, 10);
    if is_double {
        text_of_double(decimal.parse().expect("a decimal"))
    } else {
        decimal
    }
}
