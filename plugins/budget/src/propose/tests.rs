//! Proposals for small portfolios.

use super::*;
use crate::request::{Day, GroupLimit};

/// A campaign with a budget of 100 a day and 140 days along its curve, some noise added.
fn campaign(id: &str, a: f64, k: f64) -> Campaign {
    let truth = Curve::saturating(a, k);
    let day = |day: i32| {
        let spend = 60.0 + f64::from(day * 37 % 90);
        let noise = 1.0 + f64::from(day * 53 % 21 - 10) / 200.0;
        Day {
            day,
            spend_micros: micros(spend),
            value_micros: micros(truth.response(spend) * noise),
        }
    };
    Campaign {
        id: id.to_owned(),
        group: None,
        budget_micros: 100_000_000,
        min_micros: None,
        max_micros: None,
        days: (0..140).map(day).collect(),
    }
}

fn request(campaigns: Vec<Campaign>) -> Request {
    Request {
        total_micros: campaigns
            .iter()
            .map(|campaign| campaign.budget_micros)
            .sum(),
        campaigns,
        groups: Vec::new(),
        final_through: 139,
        minor_unit_micros: 10_000,
    }
}

fn strong_weak_and_new() -> Request {
    let mut new = campaign("new", 1.0, 1.0);
    new.days.clear();
    new.budget_micros = 33_330_000;
    request(vec![
        campaign("strong", 2_000.0, 300.0),
        campaign("weak", 150.0, 40.0),
        new,
    ])
}

fn proposed(request: &Request, config: &Config) -> Vec<i64> {
    let lines = propose(request, config).unwrap().lines;
    lines.iter().map(|line| line.proposed_micros).collect()
}

#[test]
fn money_moves_to_where_the_next_unit_brings_more_as_far_as_the_bounds_allow() {
    let request = strong_weak_and_new();
    let proposal = propose(&request, &Config::default()).unwrap();
    let budgets: Vec<i64> = proposal
        .lines
        .iter()
        .map(|line| line.proposed_micros)
        .collect();
    assert_eq!(budgets, [120_000_000, 80_000_000, 33_330_000]);
    assert!(proposal.cost_of_bounds > 0.0);
    assert!(proposal.response > proposal.response_current);
    assert!(proposal.gate.unwrap().is_recommended);
}

#[test]
fn a_campaign_without_days_keeps_its_budget_and_is_told_apart() {
    let proposal = propose(&strong_weak_and_new(), &Config::default()).unwrap();
    assert_eq!(proposal.lines[2].fit, None);
    assert_eq!(proposal.lines[2].proposed_micros, 33_330_000);
}

#[test]
fn budgets_are_whole_cents_that_sum_to_the_total() {
    let mut request = strong_weak_and_new();
    request.total_micros += 10_010_000;
    let budgets = proposed(&request, &Config::default());
    assert_eq!(budgets.iter().sum::<i64>(), request.total_micros);
    assert!(budgets.iter().all(|budget| budget % 10_000 == 0));
}

#[test]
fn days_that_are_not_final_change_nothing() {
    let mut request = strong_weak_and_new();
    let before = proposed(&request, &Config::default());
    request.campaigns[1].days.push(Day {
        day: 140,
        spend_micros: 1_000_000,
        value_micros: 900_000_000_000,
    });
    assert_eq!(proposed(&request, &Config::default()), before);
}

#[test]
fn a_limit_on_a_group_holds() {
    let mut request = strong_weak_and_new();
    request.campaigns[0].group = Some("tiktok".to_owned());
    request.groups.push(GroupLimit {
        group: "tiktok".to_owned(),
        min_micros: None,
        max_micros: Some(105_000_000),
    });
    assert_eq!(proposed(&request, &Config::default())[0], 105_000_000);
}

#[test]
fn a_flexible_budget_stays_unspent_where_it_brings_too_little() {
    let request = strong_weak_and_new();
    let config = Config {
        min_marginal: Some(50.0),
        ..Config::default()
    };
    let proposal = propose(&request, &config).unwrap();
    assert_eq!(proposal.lines[0].proposed_micros, 80_000_000);
    assert_eq!(proposal.unspent_micros, 40_000_000);
}

#[test]
fn without_draws_there_is_no_gate() {
    let mut config = Config::default();
    config.gate.draws = 0;
    assert_eq!(propose(&strong_weak_and_new(), &config).unwrap().gate, None);
}

#[test]
fn the_same_seed_gives_the_same_proposal() {
    let propose = || propose(&strong_weak_and_new(), &Config::default()).unwrap();
    assert_eq!(propose(), propose());
}

#[test]
fn a_budget_of_half_cents_is_refused() {
    let mut request = strong_weak_and_new();
    request.total_micros += 5_000;
    let error = propose(&request, &Config::default()).unwrap_err();
    assert_eq!(error.code(), "INVALID_INPUT");
}

#[test]
fn a_budget_beyond_the_bounds_is_refused_with_the_sums() {
    let mut request = strong_weak_and_new();
    request.total_micros = 400_000_000;
    let error = propose(&request, &Config::default()).unwrap_err();
    assert_eq!(error.code(), "BUDGET_ABOVE_MAXIMUM");
    assert!(error.to_string().contains("273.33"), "{error}");
}
