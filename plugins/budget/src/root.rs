//! Where a rising function crosses zero.

/// Halvings or secant steps at most; bisection alone needs some 60 for all digits of a float.
const STEPS_MAX: usize = 200;

/// The place in `low..=high` where the rising function `at` crosses zero; an end where it doesn't.
/// Secant steps with the Illinois rule, and a halving whenever one doesn't halve the bracket twice
/// in a row, so that it is never much slower than bisection.
pub(crate) fn of_rising(mut low: f64, mut high: f64, at: impl Fn(f64) -> f64) -> f64 {
    let mut at_low = at(low);
    let mut at_high = at(high);
    if at_low >= 0.0 {
        return low;
    }
    if at_high <= 0.0 {
        return high;
    }
    let mut slow_steps = 0;
    for _ in 0..STEPS_MAX {
        let width = high - low;
        let secant = low - at_low * width / (at_high - at_low);
        let is_inside = secant > low && secant < high && slow_steps < 2;
        let middle = if is_inside {
            secant
        } else {
            f64::midpoint(low, high)
        };
        if middle <= low || middle >= high {
            break;
        }
        let value = at(middle);
        if value < 0.0 {
            low = middle;
            at_low = value;
            at_high *= if is_inside { 0.5 } else { 1.0 };
        } else if value > 0.0 {
            high = middle;
            at_high = value;
            at_low *= if is_inside { 0.5 } else { 1.0 };
        } else {
            return middle;
        }
        if high - low <= 4.0 * f64::EPSILON * high.abs() {
            break;
        }
        let halved = high - low <= 0.5 * width;
        slow_steps = if halved || !is_inside {
            0
        } else {
            slow_steps + 1
        };
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_stand_for_what_lies_beyond_them() {
        assert!((of_rising(1.0, 2.0, |x| x) - 1.0).abs() < f64::EPSILON);
        assert!((of_rising(1.0, 2.0, |x| x - 9.0) - 2.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn the_root_of_a_power_is_found(root in 1e-6..1e6_f64, power in 0.2..9.0_f64) {
            let found = of_rising(0.0, 1e7, |x: f64| x.powf(power) - root.powf(power));
            prop_assert!((found / root - 1.0).abs() < 1e-9, "{} is not {}", found, root);
        }
    }
}
