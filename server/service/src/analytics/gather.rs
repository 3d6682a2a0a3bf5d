//! Gathering the groups of an answer: the facts' sums under their classes, and the costs beside
//! media.

mod cost_rows;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use bellwether_domain::answer::{GROUPS_MAX, GroupSums, RowKey};
use bellwether_domain::dataset::Dataset;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::fact::Text;
use bellwether_domain::metric::{Component, ComponentSum};
use bellwether_domain::money::Currency;
use bellwether_domain::provisional::{Moving, RestatementWindows};
use bellwether_domain::query::{Dimension, Grain, MetricQuery};
use bellwether_domain::time::{Date, date_of_day_number, day_number};
use bellwether_store::Partial;
use rustc_hash::FxHashMap;

use super::Asked;
use super::answer::{Warning, WarningCode};
use super::classes::{Classes, campaign_key};
use super::conversion::{Conversions, Converting};
use super::fold::{Folded, digest_of};
use super::moving::{MovesFrom, last_days_of, moving};
use super::question::measures;
use super::reported::ReportedFact;
use super::sums::FactSums;
use super::windows::{Windows, name_of};
use crate::attributes::Attributes;

/// The groups of an answer, and what to know of them.
pub(super) struct Gathered {
    pub(super) sums: GroupSums,
    pub(super) warnings: Vec<Warning>,
    /// The first day of the range whose numbers may still change.
    pub(super) provisional_from: Option<Date>,
    /// The names of the attribution windows of what depends on one.
    pub(super) windows: BTreeSet<String>,
}

/// The groups of one answer while they are gathered.
pub(super) struct Gathering<'a> {
    query: &'a MetricQuery,
    attributes: &'a Attributes,
    /// By the partials' measures, in their order, the places of the components.
    places: Vec<usize>,
    sums: GroupSums,
    groups: FxHashMap<RowKey, u32>,
    /// The part of a group whose money is in one currency.
    pieces: FxHashMap<(u32, Currency), usize>,
    converting: Option<Converting>,
    conversions: Conversions,
    restatement: &'a RestatementWindows,
    windows: BTreeSet<String>,
    /// The number of the first day whose numbers may change, of those that have facts.
    provisional_from: Option<i32>,
    warnings: Vec<Warning>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(asked: &'a Asked, restatement: &'a RestatementWindows) -> Self {
        let (query, attributes) = (&asked.query, &*asked.attributes);
        let dataset = Dataset::of(query.dataset);
        let sums = GroupSums::new(query);
        let place_of = |measure: usize| {
            let component = Component::Measure(dataset.measures[measure].name);
            sums.components()
                .iter()
                .position(|known| *known == component)
        };
        Self {
            places: measures(query).into_iter().filter_map(place_of).collect(),
            query,
            attributes,
            sums,
            groups: FxHashMap::default(),
            pieces: FxHashMap::default(),
            converting: Converting::of(query, attributes, asked.rates.as_ref()),
            conversions: Conversions::default(),
            restatement,
            windows: BTreeSet::new(),
            provisional_from: None,
            warnings: Vec::new(),
        }
    }

    /// The groups, and what to know of them; refuses money too large to be converted.
    pub(super) fn finish(mut self) -> Result<Gathered, Refusal> {
        self.conversions.check()?;
        let into = self.converting.as_ref().map(Converting::currency);
        let missing = into.and_then(|into| self.conversions.warning(into));
        self.warnings.extend(missing);
        let first_day = day_number(self.query.range.from());
        let provisional_from = self.provisional_from.map(|day| day.max(first_day));
        Ok(Gathered {
            sums: self.sums,
            warnings: self.warnings,
            provisional_from: provisional_from.and_then(date_of_day_number),
            windows: self.windows,
        })
    }

    /// Takes note of what of a piece may change, and from which day on.
    fn note_moving(&mut self, piece: usize, moving: Moving, moves_from: Option<MovesFrom>) {
        let Some(moves_from) = moves_from.filter(|_| moving.attributed) else {
            return;
        };
        self.sums.note_moving(piece, moving);
        // Attributed numbers move from an earlier day on than the others.
        let day = moves_from.attributed;
        self.provisional_from = Some(self.provisional_from.map_or(day, |known| known.min(day)));
    }

    /// The piece of a row's key and a currency, begun if it is not there.
    fn piece(&mut self, key: RowKey, currency: Currency) -> usize {
        let group = if let Some(known) = self.groups.get(&key) {
            *known
        } else {
            let group = self.sums.add_group(key.clone());
            self.groups.insert(key, group);
            group
        };
        let sums = &mut self.sums;
        let begun = || sums.add_piece(group, Some(currency), 0);
        *self.pieces.entry((group, currency)).or_insert_with(begun)
    }

    /// Adds the sums of the facts, each under the attribution window that counts.
    pub(super) fn add_sums(&mut self, sums: &FactSums) -> Result<(), Refusal> {
        match sums {
            FactSums::Nothing => Ok(()),
            FactSums::Reported(facts) => {
                for reported in facts {
                    self.add_reported(reported);
                }
                Ok(())
            }
            FactSums::OneWindow { folded, classes } => self.add_folded(folded, classes),
            FactSums::Windows {
                by_period,
                by_day,
                classes,
            } => self.add_by_window(by_period, by_day, classes),
        }
    }

    /// A fact as reported; one of another period only makes its row, which then says so.
    fn add_reported(&mut self, reported: &ReportedFact) {
        let fact = &reported.fact;
        let campaign = fact
            .key
            .campaign
            .and_then(|id| self.attributes.campaign(id));
        let Some(campaign) = campaign else {
            return;
        };
        let key = RowKey {
            period: reported.period,
            ..campaign_key(self.query, campaign)
        };
        let piece = self.piece(key, campaign.currency);
        if !reported.is_exact {
            return;
        }
        self.sums.add_rows(piece, 1);
        let moves_from = MovesFrom::of(self.query, campaign.platform, self.restatement);
        if let Some((moves_from, until)) = moves_from.zip(fact.key.until) {
            let moving = moves_from.moving(day_number(until) - 1);
            self.note_moving(piece, moving, Some(moves_from));
        }
        let measured = measures(self.query).into_iter().zip(self.places.clone());
        for (measure, place) in measured {
            if let Some(value) = fact.measures[measure] {
                let sum = ComponentSum {
                    sum: i128::from(value) * self.query.fineness().parts(),
                    count: 1,
                    coverage: 1,
                };
                self.sums.add(piece, place, sum);
            }
        }
    }

    fn add_folded(&mut self, folded: &Folded, classes: &Classes) -> Result<(), Refusal> {
        // Facts make rows only where something of them is asked for, as below by window.
        if self.places.is_empty() {
            return Ok(());
        }
        require_few(self.query, folded.keys.len(), classes)?;
        self.conversions.join(folded.conversions.clone());
        let used = folded.attributions.iter();
        let used = used.map(|code| name_of(*code, self.attributes));
        self.windows.extend(used);
        for (place, key) in folded.keys.iter().enumerate() {
            let class = &classes.list[key.class as usize];
            let period = self.period_of(key.bucket);
            let row_key = self.row_key(&class.key, &key.codes, period);
            let currency = if key.has_no_rate {
                class.currency
            } else {
                self.currency_of(class.currency)
            };
            let piece = self.piece(row_key, currency);
            self.sums.add_rows(piece, folded.rows[place]);
            self.note_moving(piece, folded.moving[place], class.moves_from);
            for (component, measure) in self.places.iter().zip(&folded.measures) {
                let sum = ComponentSum {
                    sum: measure.sums[place],
                    count: measure.counts[place],
                    coverage: measure.coverage[place],
                };
                self.sums.add(piece, *component, sum);
            }
        }
        Ok(())
    }

    fn add_by_window(
        &mut self,
        by_period: &[Arc<Partial>],
        by_day: &[Arc<Partial>],
        classes: &Classes,
    ) -> Result<(), Refusal> {
        let (windows, warnings) =
            Windows::choose(self.query, by_period, by_day, classes, self.attributes)?;
        self.warnings.extend(warnings);
        self.windows.extend(windows.names(self.attributes));
        for partial in by_period {
            let last_days = last_days_of(partial, classes);
            for (row, group) in partial.groups.iter().enumerate() {
                if !windows.are_several(group.campaign) {
                    let converting = self.converting.as_ref();
                    let counted_by = converting.map_or(*group, |it| it.in_periods(group));
                    let told = (last_days.as_deref(), digest_of(&counted_by));
                    self.add_row(partial, row, classes, told, |_| true);
                }
            }
        }
        for partial in by_day {
            // Where several windows are common, the sums by day are of all campaigns.
            let last_days = last_days_of(partial, classes);
            let groups = partial.groups.iter().enumerate();
            for (row, group) in groups.filter(|(_, group)| windows.are_several(group.campaign)) {
                let told = (last_days.as_deref(), digest_of(group));
                self.add_row(partial, row, classes, told, |component| {
                    if component.is_attributed() {
                        windows.counts_attributed(group)
                    } else {
                        windows.counts_delivery(group)
                    }
                });
            }
        }
        Ok(())
    }

    /// The currency of money that is in this one before it is converted, if it is.
    fn currency_of(&self, own: Currency) -> Currency {
        let converting = self.converting.as_ref();
        converting.map_or(own, Converting::currency)
    }

    /// Adds one row of a partial: those of its components that count. `digest` tells which rows
    /// those are.
    fn add_row(
        &mut self,
        partial: &Partial,
        row: usize,
        classes: &Classes,
        (last_days, digest): (Option<&[i32]>, u64),
        counts: impl Fn(Component) -> bool,
    ) {
        let group = &partial.groups[row];
        let Some(class) = classes.class_of(group) else {
            return;
        };
        let last_day = last_days.map(|last_days| last_days[class as usize]);
        let moving = last_day.map(|last_day| moving(classes, class, group.bucket, last_day));
        let moving = moving.unwrap_or_default();
        let class = &classes.list[class as usize];
        let moves_from = class.moves_from;
        let component = |place: usize| self.sums.components()[place];
        let places = self.places.iter().copied().enumerate();
        let counted: Vec<(usize, usize)> = places
            .filter(|(_, place)| counts(component(*place)))
            .collect();
        if counted.is_empty() {
            return;
        }
        let key = self.row_key(&class.key, &group.codes, self.period_of(group.bucket));
        let currency = class.currency;
        let piece = self.piece(key.clone(), self.currency_of(currency));
        self.sums.add_rows(piece, partial.rows[row]);
        self.note_moving(piece, moving, moves_from);
        for (measure, place) in counted {
            let (count, sum) = (partial.count(measure, row), partial.sums[measure][row]);
            if count == 0 {
                continue;
            }
            let converted = match &self.converting {
                None => Some(sum.into()),
                Some(converting) => converting.sum(measure, currency, group.bucket, sum),
            };
            let piece = if let Some(converted) = converted {
                self.conversions.see(converted);
                piece
            } else {
                self.conversions.miss(currency, group.bucket);
                self.piece(key.clone(), currency)
            };
            let sum = converted.unwrap_or_else(|| sum.into());
            let coverage = count.wrapping_mul(digest);
            self.sums.add(
                piece,
                place,
                ComponentSum {
                    sum,
                    count,
                    coverage,
                },
            );
        }
    }

    fn warn(&mut self, code: WarningCode, message: &str) {
        if !self.warnings.iter().any(|known| known.code == code) {
            self.warnings.push(Warning {
                code,
                message: message.to_owned(),
            });
        }
    }

    /// The first day of the period that a bucket of sums lies in: buckets may be smaller.
    fn period_of(&self, bucket: i32) -> Option<Date> {
        date_of_day_number(bucket).and_then(|day| self.query.period_of(day))
    }

    /// The key of a row: what follows from the campaign's class, the period, and the texts of the
    /// codes.
    fn row_key(&self, class: &RowKey, codes: &[u32], period: Option<Date>) -> RowKey {
        let mut key = class.clone();
        key.period = period;
        let mut codes = codes.iter();
        let mut text = |column: &str| -> Option<Text> {
            let code = usize::try_from(*codes.next()?).ok()?;
            self.attributes.codes.texts(column).get(code)?.clone()
        };
        for dimension in &self.query.by {
            match dimension {
                Dimension::Country => key.country = text("country"),
                Dimension::Age => key.age = text("age"),
                Dimension::Gender => key.gender = text("gender"),
                Dimension::Product => key.product = text("product"),
                Dimension::Hour => key.hour = text("hour").and_then(|hour| hour.parse().ok()),
                Dimension::Period
                | Dimension::Brand
                | Dimension::Platform
                | Dimension::Campaign
                | Dimension::Currency => {}
            }
        }
        key
    }
}

/// Refuses early what `groups_max` would refuse in the end: each row of the answer takes in
/// at most one sum a currency and month of its period.
fn require_few(query: &MetricQuery, n_sums: usize, classes: &Classes) -> Result<(), Refusal> {
    let currencies: HashSet<Currency> = classes.list.iter().map(|class| class.currency).collect();
    let months = query.grain.and_then(Grain::months).map_or(1, usize::from);
    if n_sums / currencies.len().max(1) / months > GROUPS_MAX {
        let what = format!("an answer of about {n_sums} groups");
        return Err(Refusal::limit("groups_max", GROUPS_MAX, what).at("by"));
    }
    Ok(())
}
