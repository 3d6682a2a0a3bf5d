//! Tests of the formulas at their edges; the reference cases stand in plugins/anomaly/tests.

use proptest::prelude::*;

use super::*;

/// A flight of ten days with a budget of 1,000.
const FLIGHT: Flight = Flight {
    budget_micros: 1_000_000_000,
    first: 100,
    last: 109,
};

fn after_five_days(spent: i64) -> Pace {
    paced(spent * 1_000_000, 104, &[])
}

fn paced(micros: i64, through: Day, recent_micros: &[i64]) -> Pace {
    let spent = Spent {
        micros,
        through,
        recent_micros,
    };
    pace(&FLIGHT, &spent, &Weights::EVEN, &Config::default())
}

#[test]
fn each_tier_begins_exactly_at_its_share() {
    assert_eq!(paced(549_999_999, 104, &[]).severity, Severity::None);
    assert_eq!(after_five_days(550).severity, Severity::Medium);
    assert_eq!(paced(599_999_999, 104, &[]).severity, Severity::Medium);
    assert_eq!(after_five_days(600).severity, Severity::High);
    assert_eq!(paced(649_999_999, 104, &[]).severity, Severity::High);
    assert_eq!(after_five_days(650).severity, Severity::Critical);
}

#[test]
fn under_spending_has_the_same_tiers() {
    assert_eq!(after_five_days(350).severity, Severity::Critical);
    assert_eq!(after_five_days(350).direction, Direction::Under);
}

#[test]
fn a_difference_below_the_minimum_is_no_alert() {
    let small = Flight {
        budget_micros: 100_000_000,
        ..FLIGHT
    };
    let after = |micros| {
        let spent = Spent {
            micros,
            through: 104,
            recent_micros: &[],
        };
        pace(&small, &spent, &Weights::EVEN, &Config::default()).severity
    };
    assert_eq!(after(59_999_999), Severity::None);
    assert_eq!(after(60_000_000), Severity::High);
}

#[test]
fn a_flight_has_a_longest_length() {
    assert!(Flight::new(1, 0, 36_599).is_ok());
    let error = Flight::new(1, 0, 36_600).unwrap_err();
    assert!(error.contains("36600"), "{error}");
    assert!(Flight::new(1, 5, 4).is_err());
    assert!(Flight::new(-1, 0, 1).is_err());
}

#[test]
fn the_largest_numbers_are_paced_too() {
    let flight = Flight::new(i64::MAX, 0, 36_599).unwrap();
    let spent = Spent {
        micros: i64::MAX,
        through: 0,
        recent_micros: &[],
    };
    let config = Config {
        weekday_weights: [1_000.0; 7],
        ..Config::default()
    };
    let pace = pace(&flight, &spent, &config.weights().unwrap(), &config);
    assert_eq!(pace.severity, Severity::Critical);
}

#[test]
fn before_the_first_day_there_is_no_ratio() {
    let pace = paced(0, 99, &[]);
    assert_eq!(pace.expected_micros, 0);
    assert_eq!(pace.ratio_millionths, None);
    assert_eq!(pace.severity, Severity::None);
}

#[test]
fn money_spent_before_the_first_day_is_critical() {
    assert_eq!(paced(50_000_000, 99, &[]).severity, Severity::Critical);
}

#[test]
fn after_the_last_day_everything_should_be_spent() {
    let pace = paced(900_000_000, 120, &[]);
    assert_eq!(pace.expected_micros, 1_000_000_000);
    assert_eq!(pace.required_micros, None);
}

#[test]
fn the_last_days_project_faster_than_the_whole_flight() {
    let pace = paced(500_000_000, 104, &[150_000_000, 150_000_000, 150_000_000]);
    assert_eq!(pace.projected_micros, Some(1_000_000_000));
    assert_eq!(pace.projected_recent_micros, Some(1_250_000_000));
}

#[test]
fn days_before_the_flight_project_nothing() {
    let pace = paced(100_000_000, 100, &[1, 1, 1]);
    assert_eq!(pace.projected_recent_micros, None);
}

proptest! {
    #[test]
    fn spending_what_is_required_every_day_ends_at_the_budget(
        budget in 1..10_000_000_000_i64, spent in 0..10_000_000_000_i64, through in 100..109_i32
    ) {
        let flight = Flight { budget_micros: budget, ..FLIGHT };
        let so_far = Spent { micros: spent, through, recent_micros: &[] };
        let pace = pace(&flight, &so_far, &Weights::EVEN, &Config::default());
        let remaining = i64::from(109 - through);
        let end = spent + pace.required_micros.unwrap() * remaining;
        // Half a micro a day is what rounding may leave.
        prop_assert!((end - budget).abs() <= remaining);
    }
}
