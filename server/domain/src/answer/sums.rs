//! The sums of an answer's groups as dense arrays: what an aggregation hands over without a map.

use std::collections::HashMap;
use std::ops::Range;

use super::tally::{RowKey, Tally};
use crate::metric::{Component, ComponentSum, Found, NoteCode};
use crate::money::Currency;
use crate::provisional::Moving;
use crate::query::MetricQuery;

/// The sums of groups, in pieces: the part of a group whose money is in one currency. Most groups
/// are of one piece.
///
/// The columns are those of [`MetricQuery::components`], in that order; each has one place a
/// piece.
#[derive(Debug, Clone, Default)]
pub struct GroupSums {
    keys: Vec<RowKey>,
    pieces: Pieces,
    components: Vec<Component>,
    columns: Vec<SumColumn>,
    /// The currency that money is converted into, if it is: a piece in another one has money that
    /// could not be.
    into: Option<Currency>,
}

/// What each piece is of.
#[derive(Debug, Clone, Default)]
struct Pieces {
    group: Vec<u32>,
    currency: Vec<Option<Currency>>,
    n_rows: Vec<u64>,
    moving: Vec<Moving>,
}

/// The sums of one component, one place a piece; all three of equal length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SumColumn {
    /// The sums, in the component's stored unit.
    pub sums: Vec<i128>,
    /// How many rows reported it.
    pub counts: Vec<u64>,
    /// Which rows those were, as in [`ComponentSum::coverage`].
    pub coverage: Vec<u64>,
}

impl SumColumn {
    fn push(&mut self, sum: ComponentSum) {
        self.sums.push(sum.sum);
        self.counts.push(sum.count);
        self.coverage.push(sum.coverage);
    }

    fn at(&self, piece: usize) -> ComponentSum {
        ComponentSum {
            sum: self.sums[piece],
            count: self.counts[piece],
            coverage: self.coverage[piece],
        }
    }
}

impl GroupSums {
    /// No groups yet, for the components of a query.
    pub fn new(query: &MetricQuery) -> Self {
        let components = query.components();
        Self {
            columns: vec![SumColumn::default(); components.len()],
            components,
            into: query.conversion.map(|conversion| conversion.into),
            ..Self::default()
        }
    }

    /// The components whose sums a piece has, in the order of the columns.
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// How many groups there are.
    pub fn n_groups(&self) -> usize {
        self.keys.len()
    }

    /// Begins a group with a key that no other group has, and gives its number.
    pub fn add_group(&mut self, key: RowKey) -> u32 {
        self.keys.push(key);
        u32::try_from(self.keys.len() - 1).unwrap_or(u32::MAX)
    }

    /// Begins a piece of a group without any sums, and gives its number. `currency` is that of its
    /// money, `None` when it has none; a group may have several pieces of one currency.
    pub fn add_piece(&mut self, group: u32, currency: Option<Currency>, n_rows: u64) -> usize {
        self.pieces.group.push(group);
        self.pieces.currency.push(currency);
        self.pieces.n_rows.push(n_rows);
        self.pieces.moving.push(Moving::default());
        for column in &mut self.columns {
            column.push(ComponentSum::default());
        }
        self.pieces.group.len() - 1
    }

    /// Adds to the sum of the component at `place` in a piece; a sum of no rows is nothing.
    pub fn add(&mut self, piece: usize, place: usize, sum: ComponentSum) {
        if sum.count == 0 {
            return;
        }
        let column = &mut self.columns[place];
        column.sums[piece] += sum.sum;
        column.counts[piece] += sum.count;
        column.coverage[piece] = column.coverage[piece].wrapping_add(sum.coverage);
    }

    /// Counts further rows of facts into a piece.
    pub fn add_rows(&mut self, piece: usize, n_rows: u64) {
        self.pieces.n_rows[piece] += n_rows;
    }

    /// Takes note of what of a piece may still change.
    pub fn note_moving(&mut self, piece: usize, moving: Moving) {
        self.pieces.moving[piece].join(moving);
    }

    /// The sums of whole arrays: one piece a group, in the order of the groups, all money in the
    /// given currencies. `columns` are in the order of the query's components.
    ///
    /// # Panics
    /// When the arrays differ in length, which is a fault of the caller.
    pub fn of_columns(
        query: &MetricQuery,
        keys: Vec<RowKey>,
        currency: Vec<Option<Currency>>,
        n_rows: Vec<u64>,
        columns: Vec<SumColumn>,
    ) -> Self {
        let components = query.components();
        let n_groups = keys.len();
        assert_eq!(columns.len(), components.len());
        assert!(currency.len() == n_groups && n_rows.len() == n_groups);
        for column in &columns {
            let lengths = [
                column.sums.len(),
                column.counts.len(),
                column.coverage.len(),
            ];
            assert_eq!(lengths, [n_groups; 3]);
        }
        let pieces = Pieces {
            group: (0..=u32::MAX).take(n_groups).collect(),
            currency,
            moving: vec![Moving::default(); n_rows.len()],
            n_rows,
        };
        Self {
            keys,
            pieces,
            components,
            columns,
            into: query.conversion.map(|conversion| conversion.into),
        }
    }

    /// The sums of tallies, which have a currency for each sum instead of each piece.
    pub fn of_tallies(query: &MetricQuery, groups: HashMap<RowKey, Tally>) -> Self {
        let mut sums = Self::new(query);
        for (key, tally) in groups {
            sums.add_tally(key, &tally);
        }
        sums
    }

    fn add_tally(&mut self, key: RowKey, tally: &Tally) {
        let group = self.add_group(key);
        let first = self.add_piece(group, None, tally.n_rows());
        let mut last = first;
        for sum in tally.sums() {
            let Some(place) = self.place_of(sum.component) else {
                continue;
            };
            let piece = match sum.currency {
                None => first,
                Some(currency) => {
                    let known = (first..=last).find(|piece| {
                        self.pieces.currency[*piece].is_none_or(|known| known == currency)
                    });
                    last = known.map_or_else(|| self.add_piece(group, Some(currency), 0), |_| last);
                    let piece = known.unwrap_or(last);
                    self.pieces.currency[piece] = Some(currency);
                    piece
                }
            };
            self.add(piece, place, sum.sum);
        }
    }

    /// The place of a component's column.
    pub fn place_of(&self, component: Component) -> Option<usize> {
        self.components.iter().position(|known| *known == component)
    }

    /// The keys, which the groups are without from now on: who takes them keeps their order.
    pub(super) fn take_keys(&mut self) -> Vec<RowKey> {
        std::mem::take(&mut self.keys)
    }

    /// Gives the groups other numbers: at the number of each, its new one.
    pub(super) fn renumber(&mut self, number_of: &[u32]) {
        for group in &mut self.pieces.group {
            *group = number_of[*group as usize];
        }
    }

    /// The sums of larger groups: at the number of each group, that of the one it goes into.
    pub(super) fn regrouped(&self, number_of: &[u32]) -> Self {
        let mut larger = Self {
            components: self.components.clone(),
            columns: vec![SumColumn::default(); self.columns.len()],
            into: self.into,
            ..Self::default()
        };
        let mut known: HashMap<(u32, Option<Currency>), usize> = HashMap::new();
        for piece in 0..self.pieces.group.len() {
            let group = number_of[self.pieces.group[piece] as usize];
            let currency = self.pieces.currency[piece];
            let begun = || larger.add_piece(group, currency, 0);
            let into = *known.entry((group, currency)).or_insert_with(begun);
            larger.add_rows(into, self.pieces.n_rows[piece]);
            larger.note_moving(into, self.pieces.moving[piece]);
            for (place, column) in self.columns.iter().enumerate() {
                larger.add(into, place, column.at(piece));
            }
        }
        larger
    }
}

/// The pieces of every group, to be read group by group.
#[derive(Debug)]
pub(super) struct PieceSums {
    sums: GroupSums,
    is_money: Vec<bool>,
    /// The pieces in the order of their groups.
    order: Vec<u32>,
    /// Where each group's pieces begin in `order`, and where the last ones end.
    starts: Vec<u32>,
}

impl PieceSums {
    pub(super) fn new(sums: GroupSums) -> Self {
        let of = &sums.pieces.group;
        let mut order: Vec<u32> = (0..=u32::MAX).take(of.len()).collect();
        if !of.is_sorted() {
            order.sort_by_key(|piece| of[*piece as usize]);
        }
        let n_groups = of.iter().max().map_or(0, |last| *last as usize + 1);
        let mut starts = vec![0_u32; n_groups + 1];
        for group in of {
            starts[*group as usize + 1] += 1;
        }
        for group in 0..n_groups {
            starts[group + 1] += starts[group];
        }
        let is_money = sums.components.iter().map(|it| it.is_money()).collect();
        Self {
            sums,
            is_money,
            order,
            starts,
        }
    }

    pub(super) fn place_of(&self, component: Component) -> Option<usize> {
        self.sums.place_of(component)
    }

    fn pieces(&self, group: usize) -> &[u32] {
        let bounds: Range<usize> = match (self.starts.get(group), self.starts.get(group + 1)) {
            (Some(start), Some(end)) => *start as usize..*end as usize,
            _ => 0..0,
        };
        &self.order[bounds]
    }

    /// Whether nothing at all is known of a group.
    pub(super) fn is_empty(&self, group: usize) -> bool {
        self.pieces(group).is_empty()
    }

    /// What of a group may still change.
    pub(super) fn moving(&self, group: usize) -> Moving {
        let mut moving = Moving::default();
        for piece in self.pieces(group) {
            moving.join(self.sums.pieces.moving[*piece as usize]);
        }
        moving
    }

    pub(super) fn n_rows(&self, group: usize) -> u64 {
        let pieces = self.pieces(group).iter();
        pieces
            .map(|piece| self.sums.pieces.n_rows[*piece as usize])
            .sum()
    }

    /// The sum of the component at a place in a group; money of several currencies has none, and
    /// neither has money that could not be converted.
    pub(super) fn found(&self, group: usize, place: usize) -> Result<Found, NoteCode> {
        let column = &self.sums.columns[place];
        let mut found = Found::default();
        for piece in self.pieces(group) {
            let piece = *piece as usize;
            if column.counts[piece] == 0 {
                continue;
            }
            if self.is_money[place] {
                let currency = self.sums.pieces.currency[piece];
                if self.sums.into.is_some_and(|into| currency != Some(into)) {
                    return Err(NoteCode::FxRateMissing);
                }
                if found.sum.count > 0 && found.currency != currency {
                    return Err(NoteCode::MixedCurrency);
                }
                found.currency = currency;
            }
            found.sum.add(column.at(piece));
        }
        Ok(found)
    }

    /// The currency of a group's money; `None` when there is no money or several currencies.
    pub(super) fn currency(&self, group: usize) -> Option<Currency> {
        let has_money = |piece: usize| {
            let columns = self.sums.columns.iter().zip(&self.is_money);
            columns
                .filter(|(_, is_money)| **is_money)
                .any(|(column, _)| column.counts[piece] > 0)
        };
        let pieces = self.pieces(group).iter().map(|piece| *piece as usize);
        let mut currencies = pieces
            .filter(|piece| has_money(*piece))
            .map(|piece| self.sums.pieces.currency[piece]);
        let first = currencies.next()?;
        if self.sums.into.is_some() {
            return self.sums.into;
        }
        currencies
            .all(|other| other == first)
            .then_some(first)
            .flatten()
    }
}
