//! The machine's clock and random source: the one place that reads them.

use bellwether_domain::ids::IdSource;
use bellwether_domain::time::{Clock, Timestamp};
use rand::TryRng;
use rand::rngs::SysRng;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that all others are given"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The machine's clock as if the process had started at another moment; for tests of what depends
/// on the day.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock {
    began: Timestamp,
    as_if_at: Timestamp,
}

impl ShiftedClock {
    /// A clock that shows this moment now and goes on from it.
    pub fn starting_at(moment: Timestamp) -> Self {
        Self {
            began: SystemClock.now(),
            as_if_at: moment,
        }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let elapsed = SystemClock.now().duration_since(self.began);
        self.as_if_at
            .saturating_add(elapsed)
            .unwrap_or(self.as_if_at)
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SystemRandom {
    /// Random bytes for a secret.
    pub fn secret(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        fill(&mut bytes);
        bytes
    }
}

impl IdSource for SystemRandom {
    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        fill(&mut bytes);
        u128::from_le_bytes(bytes)
    }
}

fn fill(bytes: &mut [u8]) {
    SysRng
        .try_fill_bytes(bytes)
        .expect("the operating system gives random bytes once it has started");
}
