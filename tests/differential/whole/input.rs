//! The text of a question: the fields of the input of `metrics`.

use super::ask::{Asked, Column, Compare, Having, Level, Order, PARTS, Range, Read};
use super::calendar::days_until_today;
use super::cells::METRICS;
use super::world::{CURRENCIES, Served};
use crate::differential::fold::decimal;
use crate::differential::report::{DAYS, END, WINDOWS};

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
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

impl Asked {
    /// The fields of the query's input.
    pub(super) fn input(&self, served: &Served) -> String {
        let by = self.groups.by.join(", ");
        let mut input = format!("range: {{{}}}, by: [{by}]", self.range_input());
        let mut add = |field: &str, value: String| input.extend([", ", field, ": ", &value]);
        let metrics = self.metrics.iter().map(|it| word(METRICS[*it].field));
        add("metrics", list(metrics));
        let customs = (0..self.customs.len()).map(|place| quoted(self.custom(place)));
        add("customMetrics", list(customs));
        let labels = 0..self.groups.labels.len();
        add("labels", self.labels(&labels.collect::<Vec<_>>()));
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
        self.add_shown(&mut input);
        self.read.add_to(&mut input, served);
        input
    }

    /// Adds which rows and totals are shown.
    fn add_shown(&self, input: &mut String) {
        let mut add = |field: &str, value: String| input.extend([", ", field, ": ", &value]);
        let having = self.having.iter().map(|it| self.having_input(*it));
        add("having", list(having));
        let order = self.order.iter().map(|it| self.order_input(*it));
        add("orderBy", list(order));
        if let Some((n, per)) = &self.top {
            let (by, labels) = (per.by.join(", "), self.labels(&per.labels));
            add(
                "top",
                format!("{{n: {n}, per: [{by}], perLabels: {labels}}}"),
            );
        }
        let (plain, by_label): (Vec<&Level>, Vec<&Level>) = self
            .totals
            .iter()
            .partition(|level| level.labels.is_empty());
        let plain = plain
            .iter()
            .map(|level| format!("[{}]", level.by.join(", ")));
        add("totals", list(plain));
        let by_label = by_label.iter().map(|level| {
            let (by, labels) = (level.by.join(", "), self.labels(&level.labels));
            format!("{{labels: {labels}, by: [{by}]}}")
        });
        add("totalsByLabel", list(by_label));
    }

    /// The names of labels that are grouped by.
    fn labels(&self, places: &[usize]) -> String {
        list(places.iter().map(|place| quoted(self.label(*place))))
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
            add("brands", list(ids));
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
            let margin = decimal(hundredths.into(), 2);
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
