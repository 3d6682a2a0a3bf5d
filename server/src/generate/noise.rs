//! Seeded chance, and the way from the generator's real numbers to whole ones.
//!
//! Invariant: every generator is seeded by a number and a name, never by the machine.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// A generator of its own for each name, so that a new campaign leaves the others' numbers alone.
pub(super) fn generator(seed: u64, name: &str) -> Pcg64 {
    // FNV-1a: any hash does that is the same on every machine and in every release.
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    Pcg64::seed_from_u64(seed ^ hash)
}

/// A factor around 1, within `spread` of it and mostly in the middle.
pub(super) fn noise(rng: &mut Pcg64, spread: f64) -> f64 {
    let sum: f64 = (0..3).map(|_| rng.random::<f64>()).sum();
    1.0 + spread * (sum / 1.5 - 1.0)
}

/// The whole number below or above, by chance, so that small numbers keep their mean.
pub(super) fn whole_by_chance(rng: &mut Pcg64, value: f64) -> i64 {
    whole((value + rng.random::<f64>()).floor())
}

/// The nearest whole number; never negative.
#[expect(
    clippy::cast_possible_truncation,
    reason = "generated quantities stay below 2^53, and `as` saturates"
)]
pub(super) fn whole(value: f64) -> i64 {
    value.round().max(0.0) as i64
}

/// The number as a real one.
#[expect(
    clippy::cast_precision_loss,
    reason = "generated quantities stay below 2^53"
)]
pub(super) fn real(value: i64) -> f64 {
    value as f64
}
