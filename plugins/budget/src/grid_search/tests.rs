//! The search against all divisions of a grid, and at its limit.

use proptest::prelude::*;

use super::*;
use crate::curve::Shape;

fn s_shaped(a: f64) -> Curve {
    Curve {
        a,
        k: 400.0,
        shape: Shape::Hill { h: 3.0 },
    }
}

const BOUNDS: Bounds = Bounds {
    lower: 0.0,
    upper: 2_000.0,
};

#[test]
fn with_money_for_both_the_marginals_are_equal() {
    let curves = [s_shaped(1_000.0), s_shaped(900.0)];
    let spends = search(&curves, &[BOUNDS; 2], 2_000.0).unwrap();
    let gap = curves[0].marginal(spends[0]) - curves[1].marginal(spends[1]);
    assert!(gap.abs() < 1e-9, "{spends:?}");
    assert!((spends[0] + spends[1] - 2_000.0).abs() < 1e-6);
}

#[test]
fn a_hundred_campaigns_are_searched_and_one_more_is_refused() {
    let curves = vec![s_shaped(10.0); CAMPAIGNS_MAX + 1];
    let bounds = vec![BOUNDS; CAMPAIGNS_MAX + 1];
    assert!(search(&curves[1..], &bounds[1..], 1_000.0).is_ok());
    let error = search(&curves, &bounds, 1_000.0).unwrap_err();
    assert_eq!(error.code(), "BUDGET_TOO_MANY_SHAPES");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_division_into_fiftieths_brings_more(
        shapes in prop::array::uniform3((10.0..1e3_f64, 10.0..80.0_f64, 0.5..5.0_f64)),
        lowers in prop::array::uniform3(0.0..10.0_f64),
        uppers in prop::array::uniform3(40.0..100.0_f64)
    ) {
        let curves = shapes.map(|(a, k, h)| Curve { a, k, shape: Shape::Hill { h } });
        let bounds: Vec<Bounds> = (0..3).map(|index| Bounds { lower: lowers[index], upper: uppers[index] }).collect();
        let spends = search(&curves, &bounds, 100.0).unwrap();
        let brings = |spends: &[f64]| -> f64 {
            curves.iter().zip(spends).map(|(curve, spend)| curve.response(*spend)).sum()
        };
        prop_assert!(spends.iter().sum::<f64>() <= 100.0 + 1e-6, "{:?}", spends);
        for (spend, bounds) in spends.iter().zip(&bounds) {
            prop_assert!(*spend >= bounds.lower - 1e-9 && *spend <= bounds.upper + 1e-9);
        }
        let found = brings(&spends);
        for first in 0..=50_u8 {
            for second in 0..=(50 - first) {
                let division = [first, second, 50 - first - second].map(|steps| f64::from(steps) * 2.0);
                let within = division.iter().zip(&bounds).all(|(spend, bounds)| (bounds.lower..=bounds.upper).contains(spend));
                // The grid of the search is as fine as a thousandth of the budget.
                prop_assert!(!within || brings(&division) <= found * (1.0 + 2e-3), "{:?} beats {:?}", division, spends);
            }
        }
    }
}
