//! Counts as floating-point numbers, for formulas.

/// The count as the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// The count as the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float_u64(count: u64) -> f64 {
    count as f64
}
