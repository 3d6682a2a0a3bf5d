//! Division of whole numbers that rounds as people do.

/// `dividend / divisor` rounded to the nearest whole number, halves away from zero. `None` when
/// the divisor is not positive or the quotient is beyond an `i64`.
pub(crate) fn divided_half_up(dividend: i128, divisor: i128) -> Option<i64> {
    if divisor <= 0 {
        return None;
    }
    let magnitude = dividend
        .unsigned_abs()
        .checked_mul(2)?
        .checked_add(divisor.unsigned_abs())?
        / divisor.unsigned_abs().checked_mul(2)?;
    let magnitude = i64::try_from(magnitude).ok()?;
    Some(if dividend < 0 { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(divided_half_up(5, 2), Some(3));
        assert_eq!(divided_half_up(-5, 2), Some(-3));
        assert_eq!(divided_half_up(4, 3), Some(1));
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        assert_eq!(divided_half_up(1, 0), None);
    }
}
