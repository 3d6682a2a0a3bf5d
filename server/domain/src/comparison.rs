//! How one number stands against another: the past, a plan, or its peers.
//!
//! Formulas: design note `domain.md`, section 3; reference cases K41 to K44.
//! Invariant: where a number says nothing there is none, never 0 and never infinity.

use crate::metric::{Better, decimal_quotient};
use crate::money::Decimal;

/// A number against its reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What it is held against.
    pub reference: Decimal,
    /// The number less its reference.
    pub delta: Decimal,
    /// The delta over the size of the reference; none where that is 0.
    pub ratio: Option<Decimal>,
    /// The number over its reference, so that 1 means no change; none where the reference is not
    /// above 0.
    pub index: Option<Decimal>,
}

/// The change of a number against its reference; `None` when it does not fit a decimal.
pub fn change(current: Decimal, reference: Decimal) -> Option<Change> {
    let delta = current.checked_sub(reference)?.normalize();
    let has_index = reference > Decimal::ZERO;
    Some(Change {
        reference,
        delta,
        ratio: relative(delta, reference),
        index: has_index
            .then(|| decimal_quotient(current, reference))
            .flatten(),
    })
}

/// A change over the size of the reference, so that more is above 0 also where the reference is
/// below; none where the reference is 0.
pub fn relative(delta: Decimal, reference: Decimal) -> Option<Decimal> {
    decimal_quotient(delta, reference.abs())
}

/// The mean of numbers, such as those of the same weekdays before; none of no numbers.
pub fn mean(numbers: &[Decimal]) -> Option<Decimal> {
    let sum = numbers
        .iter()
        .try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number))?;
    decimal_quotient(sum, Decimal::from(numbers.len()))
}

/// One of several that are held against each other: a ratio, and how much it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The ratio's sum above the line.
    pub above: Decimal,
    /// The ratio's sum below the line.
    pub below: Decimal,
    /// How much it weighs among others, such as its spend.
    pub weight: Decimal,
}

impl Peer {
    /// Its ratio; none where there is nothing below the line.
    pub fn ratio(&self) -> Option<Decimal> {
        self.above.checked_div(self.below)
    }
}

/// How one stands among its peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its own ratio.
    pub own: Option<Decimal>,
    /// The weighted mean of the others' ratios, of those that have one.
    pub others: Option<Decimal>,
    /// Its own less the others'.
    pub difference: Option<Decimal>,
    /// Its place among all, from 1.
    pub rank: usize,
    /// The places of all in the list, the best first; equal ones in the order of the list, those
    /// without a ratio last.
    pub ranking: Vec<usize>,
}

/// How the peer at `subject` stands among the list; `None` when there is no such place.
pub fn standing(peers: &[Peer], subject: usize, better: Better) -> Option<Standing> {
    let own = peers.get(subject)?.ratio();
    let others = peers
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != subject);
    let others = weighted_mean(others.map(|(_, peer)| peer));
    let ranking = ranking(peers, better);
    let rank = 1 + ranking.iter().position(|place| *place == subject)?;
    let difference = own.zip(others).map(|(own, others)| own - others);
    Some(Standing {
        own,
        others,
        difference,
        rank,
        ranking,
    })
}

fn weighted_mean<'a>(peers: impl Iterator<Item = &'a Peer>) -> Option<Decimal> {
    let (mut above, mut weights) = (Decimal::ZERO, Decimal::ZERO);
    for peer in peers {
        if let Some(ratio) = peer.ratio() {
            above = above.checked_add(ratio.checked_mul(peer.weight)?)?;
            weights = weights.checked_add(peer.weight)?;
        }
    }
    decimal_quotient(above, weights)
}

fn ranking(peers: &[Peer], better: Better) -> Vec<usize> {
    let mut places: Vec<usize> = (0..peers.len()).collect();
    places.sort_by(
        |one, other| match (peers[*one].ratio(), peers[*other].ratio()) {
            (Some(one), Some(other)) if better == Better::Lower => one.cmp(&other),
            (Some(one), Some(other)) => other.cmp(&one),
            (one, other) => other.is_some().cmp(&one.is_some()),
        },
    );
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(above: i64, below: i64) -> Peer {
        let (above, below) = (above.into(), below.into());
        let weight = below;
        Peer {
            above,
            below,
            weight,
        }
    }

    #[test]
    fn one_without_a_ratio_is_last_and_weighs_nothing() {
        let peers = [peer(0, 0), peer(1, 4), peer(1, 2)];
        let first = standing(&peers, 2, Better::Higher).unwrap();
        assert_eq!(first.ranking, [2, 1, 0]);
        assert_eq!(first.others, Some(Decimal::new(25, 2)));
        assert_eq!(first.difference, Some(Decimal::new(25, 2)));
        let none = standing(&peers, 0, Better::Lower).unwrap();
        assert_eq!((none.rank, none.own, none.difference), (3, None, None));
        assert_eq!(none.ranking, [1, 2, 0]);
        assert_eq!(standing(&peers, 3, Better::Higher), None);
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.into(), 2.into()]), Some(Decimal::new(15, 1)));
    }
}
