//! A naive reading of the demonstration's files: what each campaign earned and cost.

use std::collections::BTreeMap;

use bellwether_domain::time::{Date, DateRange, parse_date};

use super::super::plan::shifted;
use super::super::world::DemoBrand;

/// One line of a file, by column.
#[derive(Debug, Clone)]
pub(super) struct Line(BTreeMap<String, String>);

impl Line {
    pub(super) fn text(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    pub(super) fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap()
    }

    pub(super) fn date(&self, column: &str) -> Date {
        parse_date(self.text(column)).unwrap()
    }
}

/// The lines of a CSV file.
pub(super) fn lines(csv: &[u8]) -> Vec<Line> {
    let mut reader = csv::Reader::from_reader(csv);
    let header = reader.headers().unwrap().clone();
    let line = |record: csv::StringRecord| {
        let cells = header.iter().zip(record.iter());
        Line(
            cells
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .collect(),
        )
    };
    reader
        .records()
        .map(|record| line(record.unwrap()))
        .collect()
}

/// Gross profit and cost of each campaign, by external id.
#[derive(Debug, Default)]
pub(super) struct Ledger(BTreeMap<String, (f64, f64)>);

impl Ledger {
    /// The brand's last days up to `today`, newest report of each key, all costs included.
    pub(super) fn of(brand: &DemoBrand, today: Date, days: i32) -> Self {
        let window = DateRange::new(shifted(today, -days), today).unwrap();
        let mut newest = Self::campaign_lines(&brand.reports[0].csv);
        newest.extend(Self::campaign_lines(&brand.reports[3].csv));
        let mut ledger = Self::default();
        for ((campaign, day), line) in &newest {
            if window.contains(*day) {
                let profit = line.number("revenue") - line.number("refunds") - line.number("cogs");
                ledger.add(campaign, profit, line.number("spend"));
            }
        }
        for cost in lines(&brand.reports[2].csv) {
            ledger.add_cost(&newest, window, &cost);
        }
        ledger
    }

    /// The campaign-level lines of a delivery report by campaign and day.
    pub(super) fn campaign_lines(csv: &[u8]) -> BTreeMap<(String, Date), Line> {
        lines(csv)
            .into_iter()
            .filter(|line| line.text("ad_group").is_empty())
            .map(|line| ((line.text("campaign").to_owned(), line.date("date")), line))
            .collect()
    }

    /// Takes over one campaign of another ledger.
    pub(super) fn take(&mut self, other: &Self, campaign: &str) {
        let (profit, cost) = other.0.get(campaign).copied().unwrap_or_default();
        self.add(campaign, profit, cost);
    }

    /// The net ROI of the campaigns chosen.
    pub(super) fn roi(&self, chosen: impl Fn(&str) -> bool) -> f64 {
        let chosen = self.0.iter().filter(|(campaign, _)| chosen(campaign));
        let (profit, cost) =
            chosen.fold((0.0, 0.0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1));
        (profit - cost) / cost
    }

    fn add(&mut self, campaign: &str, profit: f64, cost: f64) {
        let entry = self.0.entry(campaign.to_owned()).or_default();
        entry.0 += profit;
        entry.1 += cost;
    }

    fn add_cost(
        &mut self,
        newest: &BTreeMap<(String, Date), Line>,
        window: DateRange,
        cost: &Line,
    ) {
        let range = DateRange::new(cost.date("from"), cost.date("until")).unwrap();
        let Some(seen) = range.intersect(&window) else {
            return;
        };
        if cost.text("spread") == "day" {
            let part = f64::from(seen.days()) / f64::from(range.days());
            return self.add(cost.text("campaign"), 0.0, cost.number("amount") * part);
        }
        let in_range = || newest.iter().filter(|((_, day), _)| range.contains(*day));
        let media: f64 = in_range().map(|(_, line)| line.number("spend")).sum();
        for ((campaign, _), line) in in_range().filter(|((_, day), _)| seen.contains(*day)) {
            let part = line.number("spend") / media;
            self.add(campaign, 0.0, cost.number("amount") * part);
        }
    }
}
