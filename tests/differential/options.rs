//! Random options of questions: comparison, fill, conditions on cells, order, first rows, totals.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::filter::filters;
use super::question::{By, METRICS, Question};
use super::report::{DAYS, END, WINDOWS};

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
    /// From a day up to and without another, by their places among the days.
    Between(usize, usize),
}

/// A condition on cells: metric, part, comparator and bound.
pub(super) type Having = (usize, usize, &'static str, &'static str);

/// A sort key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// A metric, a part, and whether the largest comes first.
    Metric(usize, usize, bool),
    /// A dimension by its place among those of the question, and whether the last comes first.
    Dimension(usize, bool),
}

/// A question with options.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) compare: Option<Compare>,
    pub(super) fill: &'static str,
    pub(super) having: Vec<Having>,
    pub(super) order: Vec<Order>,
    /// How many rows, of each combination of these dimensions.
    pub(super) top: Option<(usize, Vec<&'static str>)>,
    pub(super) totals: Vec<Vec<&'static str>>,
}

/// A few legal questions.
pub(super) fn asked() -> impl Strategy<Value = Vec<Asked>> {
    vec(question().prop_flat_map(with_options), 1..=4)
}

fn question() -> impl Strategy<Value = Question> {
    let by = select(vec![
        By::Nothing,
        By::Campaign,
        By::Platform,
        By::Period,
        By::PeriodAndCampaign,
        By::PeriodAndPlatform,
    ]);
    let grain = select(vec!["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]);
    let days =
        (0..DAYS.len(), 1..=DAYS.len()).prop_map(|(from, n)| (from, (from + n).min(DAYS.len())));
    let window = proptest::option::weighted(0.1, 1..WINDOWS.len());
    let week_start = proptest::option::of(select(vec!["MONDAY", "WEDNESDAY", "SATURDAY"]));
    (by, grain, days, window, week_start, filters()).prop_map(
        |(by, grain, days, window, week_start, filter)| Question {
            by,
            grain,
            days,
            platform: None,
            window,
            week_start,
            filter,
        },
    )
}

fn with_options(question: Question) -> impl Strategy<Value = Asked> {
    let dimensions = question.dimensions();
    let n_dimensions = dimensions.len();
    let by_months = question.by.period() && matches!(question.grain, "MONTH" | "QUARTER" | "YEAR");
    let compare = proptest::option::weighted(0.7, compares(by_months));
    let fill = if question.by.period() {
        select(vec!["NONE", "ZERO", "NULL"])
    } else {
        select(vec!["NONE"])
    };
    let some = move || subsequence(dimensions.clone(), 0..=n_dimensions);
    let top = proptest::option::weighted(0.4, (1..4_usize, some()));
    let totals = vec(some(), 0..3).prop_map(|mut levels| {
        levels.sort();
        levels.dedup();
        levels
    });
    (compare, fill, top, totals).prop_flat_map(move |(compare, fill, top, totals)| {
        let question = question.clone();
        let n_parts = if compare.is_some() { PARTS.len() } else { 1 };
        (havings(n_parts), orders(n_parts, n_dimensions)).prop_map(move |(having, order)| Asked {
            question: question.clone(),
            compare,
            fill,
            having,
            order,
            top: top.clone(),
            totals: totals.clone(),
        })
    })
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

fn havings(n_parts: usize) -> impl Strategy<Value = Vec<Having>> {
    let comparator = select(vec!["gt", "gte", "lt", "lte", "eq", "ne"]);
    let bound = select(vec!["0", "0.5", "1", "-100", "500", "50000"]);
    vec((0..METRICS.len(), 0..n_parts, comparator, bound), 0..=1)
}

fn orders(n_parts: usize, n_dimensions: usize) -> impl Strategy<Value = Vec<Order>> {
    let by_metric = (0..METRICS.len(), 0..n_parts, any::<bool>())
        .prop_map(|(metric, part, descending)| Order::Metric(metric, part, descending));
    let order = if n_dimensions == 0 {
        by_metric.boxed()
    } else {
        let by_dimension = (0..n_dimensions, any::<bool>())
            .prop_map(|(place, descending)| Order::Dimension(place, descending));
        prop_oneof![by_metric, by_dimension].boxed()
    };
    vec(order, 0..=2)
}

/// A metric as its word.
fn word(metric: usize) -> String {
    let letters = METRICS[metric].chars();
    letters.fold(String::new(), |mut word, letter| {
        if letter.is_ascii_uppercase() {
            word.push('_');
        }
        word.push(letter.to_ascii_uppercase());
        word
    })
}

impl Asked {
    /// The fields of the query's input.
    pub(super) fn input(&self, ids: &[String]) -> String {
        let mut input = self.question.input(ids);
        if let Some(compare) = self.compare {
            input.extend([", compare: {", &compare_input(compare), "}"]);
        }
        let having = self.having.iter().map(|(metric, part, comparator, bound)| {
            let (metric, part) = (word(*metric), PARTS[*part]);
            format!("{{metric: {metric}, of: {part}, {comparator}: \"{bound}\"}}")
        });
        let order = self.order.iter().map(|order| self.order_input(*order));
        let totals = self
            .totals
            .iter()
            .map(|level| format!("[{}]", level.join(", ")));
        let options = format!(
            ", fill: {}, having: [{}], orderBy: [{}], totals: [{}]",
            self.fill,
            having.collect::<Vec<_>>().join(", "),
            order.collect::<Vec<_>>().join(", "),
            totals.collect::<Vec<_>>().join(", "),
        );
        input.push_str(&options);
        if let Some((n, per)) = &self.top {
            let top = format!(", top: {{n: {n}, per: [{}]}}", per.join(", "));
            input.push_str(&top);
        }
        input
    }

    fn order_input(&self, order: Order) -> String {
        let direction = |descending| if descending { "DESC" } else { "ASC" };
        match order {
            Order::Metric(metric, part, descending) => {
                let (metric, part) = (word(metric), PARTS[part]);
                let direction = direction(descending);
                format!("{{metric: {metric}, of: {part}, direction: {direction}}}")
            }
            Order::Dimension(place, descending) => {
                let dimension = self.question.dimensions()[place];
                format!(
                    "{{dimension: {dimension}, direction: {}}}",
                    direction(descending)
                )
            }
        }
    }

    /// What is selected of the answer.
    pub(super) fn selection(&self) -> String {
        let metrics = METRICS.join(" ");
        let parts = format!(
            "{metrics} previous {{ {metrics} }} delta {{ {metrics} }} deltaRatio {{ {metrics} }} \
             notes {{ metric of code }}"
        );
        let keys = self.question.keys();
        format!("rows {{ {keys} {parts} }} totals {{ levelBy {keys} {parts} }}")
    }
}

fn compare_input(compare: Compare) -> String {
    match compare {
        Compare::PreviousPeriod { weekday_aligned } => {
            format!("previousPeriod: {{weekdayAligned: {weekday_aligned}}}")
        }
        Compare::PreviousYear { weekday_aligned } => {
            format!("previousYear: {{weekdayAligned: {weekday_aligned}}}")
        }
        Compare::Between(from, until) => {
            let until = DAYS.get(until).copied().unwrap_or(END);
            format!("between: {{from: \"{}\", until: \"{until}\"}}", DAYS[from])
        }
    }
}
