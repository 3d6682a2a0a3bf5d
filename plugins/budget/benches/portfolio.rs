//! Times a proposal for 2,000 campaigns with 365 days each, without and with the bootstrap gate.
//!
//! ```sh
//! cargo bench -p bellwether-plugin-budget
//! ```

use std::time::Instant;

use bellwether_plugin_budget::config::Config;
use bellwether_plugin_budget::propose::propose;
use bellwether_plugin_budget::request::{Campaign, Day, Request};

const CAMPAIGNS: i64 = 2_000;
const DAYS: i32 = 365;

fn main() {
    let campaigns: Vec<Campaign> = (0..CAMPAIGNS).map(campaign).collect();
    let request = Request {
        total_micros: campaigns
            .iter()
            .map(|campaign| campaign.budget_micros)
            .sum(),
        campaigns,
        groups: Vec::new(),
        final_through: DAYS,
        minor_unit_micros: 10_000,
    };
    for draws in [0, 200] {
        let mut config = Config::default();
        config.gate.draws = draws;
        let started = Instant::now();
        let proposal = propose(&request, &config).expect("the portfolio is feasible");
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{CAMPAIGNS} campaigns x {DAYS} days, {draws} draws: {seconds:.2} s, uplift {:?}",
            proposal.uplift()
        );
    }
}

/// A campaign whose spend wanders and whose value follows a curve of its own, in whole micros.
fn campaign(number: i64) -> Campaign {
    let (a, k) = (300 + number * 7 % 900, 40 + number * 13 % 300);
    let day = |day: i32| {
        let wander = (i64::from(day) * 37 + number * 11) % 90;
        let spend = 60 + wander;
        let noise = 95 + (i64::from(day) * 53 + number * 17) % 11;
        Day {
            day,
            spend_micros: spend * 1_000_000,
            value_micros: a * spend * 10_000 / (k + spend) * noise,
        }
    };
    Campaign {
        id: format!("cmp_{number}"),
        group: None,
        budget_micros: 100_000_000,
        min_micros: None,
        max_micros: None,
        days: (0..DAYS).map(day).collect(),
    }
}
