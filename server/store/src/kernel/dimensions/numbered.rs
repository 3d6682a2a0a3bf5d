//! The slots that occur in a block, numbered in ascending order.

use std::collections::HashMap;

use crate::kernel::dimensions::axes::Slot;

/// A way to number slots.
pub(super) trait Numbering<S> {
    /// The distinct slots that count, ascending. `numbers` becomes each row's place among them,
    /// their number for a row that doesn't count.
    fn number(&mut self, slots: &[S], numbers: &mut Vec<u32>) -> Vec<S>;
}

const UNSEEN: u32 = u32::MAX;

/// By a table with a place for each slot.
pub(super) struct ByTable {
    /// [`UNSEEN`] between blocks. The last place is of the rows that don't count.
    numbers: Vec<u32>,
}

impl ByTable {
    pub(super) fn new(n_slots: usize) -> Self {
        Self {
            numbers: vec![UNSEEN; n_slots + 1],
        }
    }
}

impl Numbering<u32> for ByTable {
    fn number(&mut self, slots: &[u32], numbers: &mut Vec<u32>) -> Vec<u32> {
        let rejected = self.numbers.len() - 1;
        let mut distinct = Vec::new();
        for slot in slots {
            let place = (*slot as usize).min(rejected);
            if self.numbers[place] == UNSEEN {
                self.numbers[place] = 0;
                distinct.push(*slot);
            }
        }
        distinct.retain(|slot| (*slot as usize) < rejected);
        distinct.sort_unstable();
        for (number, slot) in (0..).zip(&distinct) {
            self.numbers[*slot as usize] = number;
        }
        // A block has fewer rows than 2^32, hence fewer groups.
        self.numbers[rejected] = u32::try_from(distinct.len()).unwrap_or(UNSEEN);
        let number = |slot: &u32| self.numbers[(*slot as usize).min(rejected)];
        numbers.clear();
        numbers.extend(slots.iter().map(number));
        self.numbers[rejected] = UNSEEN;
        for slot in &distinct {
            self.numbers[*slot as usize] = UNSEEN;
        }
        distinct
    }
}

/// By hashing, for slots too many for a table.
#[derive(Default)]
pub(super) struct ByHash {
    numbers: HashMap<u128, u32>,
}

impl Numbering<u128> for ByHash {
    fn number(&mut self, slots: &[u128], numbers: &mut Vec<u32>) -> Vec<u128> {
        self.numbers.clear();
        let counting = slots.iter().filter(|slot| **slot < u128::REJECTED);
        self.numbers.extend(counting.map(|slot| (*slot, 0)));
        let mut distinct: Vec<u128> = self.numbers.keys().copied().collect();
        distinct.sort_unstable();
        for (number, slot) in (0..).zip(&distinct) {
            self.numbers.insert(*slot, number);
        }
        let rejected = u32::try_from(distinct.len()).unwrap_or(UNSEEN);
        let number = |slot: &u128| self.numbers.get(slot).copied().unwrap_or(rejected);
        numbers.clear();
        numbers.extend(slots.iter().map(number));
        distinct
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_number_in_order_and_reject() {
        let mut numbers = Vec::new();
        for _ in 0..2 {
            let mut table = ByTable::new(10);
            let slots = [7, 3, u32::REJECTED + 3, 7, 0];
            assert_eq!(table.number(&slots, &mut numbers), [0, 3, 7]);
            assert_eq!(numbers, [2, 1, 3, 2, 0]);
            let slots = slots.map(|slot| {
                if slot < 10 {
                    slot.into()
                } else {
                    u128::REJECTED
                }
            });
            assert_eq!(ByHash::default().number(&slots, &mut numbers), [0, 3, 7]);
            assert_eq!(numbers, [2, 1, 3, 2, 0]);
        }
    }
}
