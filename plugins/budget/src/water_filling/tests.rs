//! Water-filling against a brute-force grid, and at its limits.

use proptest::prelude::*;

use super::*;
use crate::curve::{Curve, Shape};

fn curves() -> impl Strategy<Value = Curve> {
    let shape = prop_oneof![
        Just(Shape::Saturating),
        Just(Shape::Log),
        (0.5..1.0_f64).prop_map(|h| Shape::Hill { h })
    ];
    (10.0..1e3_f64, 10.0..300.0_f64, shape).prop_map(|(a, k, shape)| Curve { a, k, shape })
}

fn response(curves: &[Curve], spends: &[f64]) -> f64 {
    curves
        .iter()
        .zip(spends)
        .map(|(curve, spend)| curve.response(*spend))
        .sum()
}

/// The best of all divisions of 100 in steps of 2, within bounds and a limit on the first two.
fn by_brute_force(curves: &[Curve], bounds: &[Bounds], most_of_two: f64) -> f64 {
    let mut best = f64::NEG_INFINITY;
    for first in 0..=50_u8 {
        for second in 0..=(50 - first) {
            let spends = [first, second, 50 - first - second].map(|steps| f64::from(steps) * 2.0);
            let within = spends
                .iter()
                .zip(bounds)
                .all(|(spend, bounds)| (bounds.lower..=bounds.upper).contains(spend));
            if within && spends[0] + spends[1] <= most_of_two {
                best = best.max(response(curves, &spends));
            }
        }
    }
    best
}

proptest! {
    #[test]
    fn no_division_on_a_grid_brings_more(
        curves in prop::collection::vec(curves(), 3),
        lowers in prop::array::uniform3(0..15_u8),
        uppers in prop::array::uniform3(20..50_u8),
        most_of_two in 20..40_u8
    ) {
        let bounds: Vec<Bounds> = (0..3).map(|index| Bounds {
            lower: f64::from(lowers[index]) * 2.0 / 3.0,
            upper: f64::from(uppers[index]) * 2.0,
        }).collect();
        let most_of_two = f64::from(most_of_two) * 2.0;
        let groups = [Group { name: "two".to_owned(), members: vec![0, 1], min: 0.0, max: most_of_two }];
        let pool = Pool { curves: &curves, bounds: &bounds, groups: &groups };
        let Ok((lower, upper)) = pool.sums() else { return Ok(()); };
        prop_assume!(lower <= 100.0 && upper >= 100.0);
        let spends = pool.fill(100.0).spends;
        prop_assert!((spends.iter().sum::<f64>() - 100.0).abs() < 1e-6, "{:?}", spends);
        prop_assert!(spends[0] + spends[1] <= most_of_two + 1e-6);
        for (spend, bounds) in spends.iter().zip(&bounds) {
            prop_assert!(*spend >= bounds.lower - 1e-9 && *spend <= bounds.upper + 1e-9);
        }
        let found = response(&curves, &spends);
        prop_assert!(found >= by_brute_force(&curves, &bounds, most_of_two) - 1e-6);
    }
}

#[test]
fn campaigns_that_bring_nothing_share_what_nobody_else_may_take() {
    let curves = [Curve::saturating(100.0, 10.0), Curve::saturating(0.0, 10.0)];
    let bounds = [
        Bounds {
            lower: 0.0,
            upper: 30.0,
        },
        Bounds {
            lower: 0.0,
            upper: 90.0,
        },
    ];
    let pool = Pool {
        curves: &curves,
        bounds: &bounds,
        groups: &[],
    };
    let spends = pool.fill(100.0).spends;
    assert!((spends[0] - 30.0).abs() < 1e-9);
    assert!((spends[1] - 70.0).abs() < 1e-9);
}

#[test]
fn a_group_that_may_not_get_what_its_campaigns_must_is_a_contradiction() {
    let curves = [Curve::saturating(100.0, 10.0)];
    let bounds = [Bounds {
        lower: 20.0,
        upper: 30.0,
    }];
    let groups = [Group {
        name: "tiktok".to_owned(),
        members: vec![0],
        min: 0.0,
        max: 10.0,
    }];
    let error = Pool {
        curves: &curves,
        bounds: &bounds,
        groups: &groups,
    }
    .sums()
    .unwrap_err();
    assert_eq!(error.code(), "BUDGET_GROUP_CONTRADICTS");
    assert!(error.to_string().contains("`tiktok`"));
}
