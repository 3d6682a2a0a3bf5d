//! Small conversions for formulas.

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

/// Shares that sum to 1; `None` of amounts that are negative, not finite, or all zero.
pub(crate) fn shares(amounts: &[f64]) -> Option<Vec<f64>> {
    let valid = amounts
        .iter()
        .all(|amount| amount.is_finite() && *amount >= 0.0);
    let sum: f64 = amounts.iter().sum();
    (valid && sum > 0.0).then(|| amounts.iter().map(|amount| amount / sum).collect())
}
