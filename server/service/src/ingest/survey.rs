//! What a report comes to once its duplicates are settled, without writing anything.

use std::collections::{BTreeMap, BTreeSet};

use bellwether_catalogue::NewRemoval;
use bellwether_domain::dataset::Dataset;
use bellwether_domain::fact::{Shape, Text};
use bellwether_domain::ids::CampaignId;
use bellwether_domain::sample::{Duplicates, Rows};
use bellwether_domain::segment::PartitionName;
use bellwether_domain::time::{Date, DateRange, Month, date_of_day_number};

use super::months::{Months, for_each};
use super::problems::Problems;
use crate::error::Result;

/// What the rows that will be written have in common.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The months that will be written, with their rows.
    pub(super) months: BTreeMap<Month, u64>,
    /// Which campaigns have rows, by number.
    named: BTreeSet<u32>,
    shapes: BTreeSet<Shape>,
    attributions: BTreeSet<Option<Text>>,
    days: Option<(i32, i32)>,
}

impl Months<'_> {
    /// Settles all rows to see what they come to, and which are refused.
    pub(super) fn survey(&self) -> Result<(Survey, Problems)> {
        // Only sums can fail by what the measures are.
        let with_measures = self.rule == Duplicates::Sum;
        let of_months = for_each(&self.all(), self.n_threads, |month| {
            let mut survey = Survey::default();
            let hand_on = |rows: Rows| {
                survey.include(self.layout.dataset, *month, &rows);
                Ok(())
            };
            let problems = self.settle(*month, with_measures, hand_on)?;
            Ok((survey, problems))
        })?;
        let (mut whole, mut problems) = (Survey::default(), Problems::default());
        for (survey, of_month) in of_months {
            whole.append(survey);
            problems.append(of_month);
        }
        Ok((whole, problems))
    }
}

impl Survey {
    /// How many rows will be written.
    pub(super) fn n_rows(&self) -> u64 {
        self.months.values().sum()
    }

    /// The campaigns that have rows.
    pub(super) fn campaigns(&self, by_number: &[CampaignId]) -> BTreeSet<CampaignId> {
        let place = |number: &u32| number.checked_sub(1);
        let places = self.named.iter().filter_map(place);
        places.map(|place| by_number[place as usize]).collect()
    }

    /// The attribution windows that have rows.
    pub(super) fn attributions(&self) -> impl Iterator<Item = &Text> {
        self.attributions.iter().flatten()
    }

    /// What a batch that replaces its whole range takes away: in each month from its first day to
    /// its last, the rows of its campaigns, shapes and attribution windows.
    pub(super) fn removals(&self, dataset: &Dataset, by_number: &[CampaignId]) -> Vec<NewRemoval> {
        let Some(range) = self.range() else {
            return Vec::new();
        };
        let campaigns: Vec<CampaignId> = self.campaigns(by_number).into_iter().collect();
        let removal = |month: Month| {
            Some(NewRemoval {
                partition: PartitionName {
                    dataset: dataset.name,
                    month,
                },
                days: month.days().intersect(&range)?,
                campaigns: campaigns.clone(),
                shapes: self.shapes.iter().copied().collect(),
                attributions: self.attributions.iter().cloned().collect(),
            })
        };
        months_of(range).filter_map(removal).collect()
    }

    fn range(&self) -> Option<DateRange> {
        let (first, last) = self.days?;
        DateRange::new(date_of_day_number(first)?, date_of_day_number(last + 1)?)
    }

    fn include(&mut self, dataset: &Dataset, month: Month, rows: &Rows) {
        *self.months.entry(month).or_default() += rows.len() as u64;
        self.named
            .extend(rows.campaign_runs().map(|(number, _)| number));
        let (first, last) = (rows.days.iter().min(), rows.days.iter().max());
        if let (Some(first), Some(last)) = (first, last) {
            self.widen((*first, *last));
        }
        let mut seen = BTreeSet::new();
        let attribution = rows.texts.get(dataset.dimensions.len());
        for row in 0..rows.len() {
            let window = attribution.map_or(0, |column| column.codes[row]);
            if seen.insert((rows.shape(dataset, row), window)) {
                self.shapes.insert(rows.shape(dataset, row));
                let window = attribution.and_then(|column| column.get(row));
                self.attributions.insert(window.cloned());
            }
        }
    }

    fn widen(&mut self, (first, last): (i32, i32)) {
        let (known_first, known_last) = self.days.unwrap_or((first, last));
        self.days = Some((known_first.min(first), known_last.max(last)));
    }

    fn append(&mut self, other: Self) {
        self.months.extend(other.months);
        self.named.extend(other.named);
        self.shapes.extend(other.shapes);
        self.attributions.extend(other.attributions);
        if let Some(days) = other.days {
            self.widen(days);
        }
    }
}

fn months_of(range: DateRange) -> impl Iterator<Item = Month> {
    let next = |month: &Month| Some(Month::of(month.days().until()));
    let until = range.until();
    std::iter::successors(Some(Month::of(range.from())), next)
        .take_while(move |month: &Month| month.first_day() < until && month.first_day() < Date::MAX)
}
