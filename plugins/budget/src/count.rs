//! Counts and amounts as floating-point numbers, for formulas.

/// The count as the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// Micros as units of the currency.
#[expect(clippy::cast_precision_loss, reason = "exact below nine billion units")]
pub(crate) fn units(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Units of the currency as the nearest micros; what is beyond an `i64` becomes its end.
#[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
pub(crate) fn micros(units: f64) -> i64 {
    (units * 1e6).round() as i64
}
