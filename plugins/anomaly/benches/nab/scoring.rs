//! The scoring rules that the Numenta Anomaly Benchmark publishes (Lavin and Ahmad, "Evaluating
//! Real-time Anomaly Detection Algorithms", arXiv 1510.03336, and the benchmark's documentation).
//!
//! - The first 15 % of a file (at most 750 rows) are probation: nothing there counts.
//! - A window is worth its earliest detection, `sigma(y) / sigma(-1)` with `sigma(y) = 2 / (1 + e^(5y)) - 1`
//!   and y from -1 at its left edge to 0 past its right; a window without one costs the profile's
//!   weight of a miss.
//! - A detection outside costs the profile's weight of a false alert times `sigma` of its distance
//!   from the last window's end in widths of it, -1 from three widths on and before any window.
//! - The score is 0 for a detector that says nothing and 100 for a perfect one.

use std::ops::RangeInclusive;

/// What mistakes cost. A detection is worth 1 in each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    pub(crate) false_alert: f64,
    pub(crate) miss: f64,
}

/// The three published profiles.
pub(crate) const PROFILES: [Profile; 3] = [
    Profile {
        name: "standard",
        false_alert: 0.11,
        miss: 1.0,
    },
    Profile {
        name: "low-FP",
        false_alert: 0.22,
        miss: 1.0,
    },
    Profile {
        name: "low-FN",
        false_alert: 0.11,
        miss: 2.0,
    },
];

/// What a file's detections amount to; windows that lie within probation count nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Outcome {
    /// The sum of what detections are worth and mistakes cost.
    pub(crate) raw: f64,
    /// How many windows count.
    pub(crate) windows: usize,
    /// How many of them were found.
    pub(crate) found: usize,
    /// How many detections lie outside.
    pub(crate) false_alerts: usize,
}

impl Outcome {
    /// 0 for silence, 100 for perfection; below 0 for worse than silence.
    pub(crate) fn score(&self, profile: &Profile) -> f64 {
        let windows = as_float(self.windows);
        let silence = -profile.miss * windows;
        100.0 * (self.raw - silence) / (windows - silence)
    }

    /// Both files' outcomes as one corpus.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            raw: self.raw + other.raw,
            windows: self.windows + other.windows,
            found: self.found + other.found,
            false_alerts: self.false_alerts + other.false_alerts,
        }
    }
}

/// Scores the detections of a file, one flag a row, against its windows of rows in their order.
pub(crate) fn outcome(
    detections: &[bool],
    windows: &[RangeInclusive<usize>],
    profile: &Profile,
) -> Outcome {
    let probation = probation(detections.len());
    let rows = || (probation..detections.len()).filter(|row| detections[*row]);
    let mut outcome = Outcome::default();
    for window in windows.iter().filter(|window| *window.end() >= probation) {
        let earliest = rows().find(|row| window.contains(row));
        outcome.windows += 1;
        outcome.found += usize::from(earliest.is_some());
        outcome.raw += earliest.map_or(-profile.miss, |row| worth(row, window));
    }
    for row in rows().filter(|row| !windows.iter().any(|window| window.contains(row))) {
        outcome.false_alerts += 1;
        outcome.raw += profile.false_alert * cost(row, windows);
    }
    outcome
}

/// How many rows are probation: 15 % of them, or of 5,000.
pub(crate) fn probation(rows: usize) -> usize {
    rows.min(5_000) * 15 / 100
}

fn worth(row: usize, window: &RangeInclusive<usize>) -> f64 {
    let width = as_float(window.end() - window.start() + 1);
    sigma(-as_float(window.end() - row + 1) / width) / sigma(-1.0)
}

fn cost(row: usize, windows: &[RangeInclusive<usize>]) -> f64 {
    let last = windows.iter().rfind(|window| *window.end() < row);
    let distance = last.map_or(3.0, |window| {
        as_float(row - window.end()) / as_float(window.end() - window.start())
    });
    if distance >= 3.0 {
        return -1.0;
    }
    sigma(distance)
}

fn sigma(place: f64) -> f64 {
    2.0 / (1.0 + (5.0 * place).exp()) - 1.0
}

#[expect(clippy::cast_precision_loss, reason = "files have a few thousand rows")]
fn as_float(count: usize) -> f64 {
    count as f64
}
