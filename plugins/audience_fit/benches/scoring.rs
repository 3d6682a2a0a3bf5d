//! Times the scores of 2,000 campaigns with every component known, evidence written out.
//!
//! ```sh
//! cargo bench -p bellwether-plugin-audience-fit
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use bellwether_plugin_audience_fit::config::Config;
use bellwether_plugin_audience_fit::conversion::Conversions;
use bellwether_plugin_audience_fit::feedback::Counts;
use bellwether_plugin_audience_fit::offer::Promise;
use bellwether_plugin_audience_fit::subject::{Subject, judge};

const CAMPAIGNS: u32 = 2_000;

fn main() {
    let config = Config::default();
    let subjects: Vec<Subject> = (0..CAMPAIGNS).map(subject).collect();
    let started = Instant::now();
    let evidence = subjects
        .iter()
        .map(|subject| judge(subject, &config).evidence(&config));
    let bytes: usize = evidence.map(|evidence| evidence.to_string().len()).sum();
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    println!("{CAMPAIGNS} campaigns: {milliseconds:.1} ms, {bytes} bytes of evidence");
}

fn subject(number: u32) -> Subject {
    let ages = [
        number % 50,
        number % 70 + 5,
        number % 90 + 9,
        number % 110 + 3,
    ];
    let of_age = (vec![0.4, 0.3, 0.2, 0.1], ages.map(f64::from).to_vec());
    let genders = (vec![0.5, 0.5], vec![f64::from(number % 40 + 1), 30.0]);
    let axes =
        |energy: f64| BTreeMap::from([("energy".to_owned(), energy), ("pace".to_owned(), 0.4)]);
    let refunds = Counts {
        bad: u64::from(number % 20),
        n: u64::from(number % 300 + 20),
        base: 0.05,
        cap: 0.25,
    };
    Subject {
        audience: BTreeMap::from([("age".to_owned(), of_age), ("gender".to_owned(), genders)]),
        promise: Promise {
            price_micros: Some((i64::from(number) * 10_000 + 1, 19_990_000)),
            claims: vec!["hydrates".to_owned(), "cures".to_owned()],
            claims_approved: Some(BTreeSet::from(["hydrates".to_owned()])),
            updated: Some((100, 99)),
            ..Promise::default()
        },
        tone: Some((axes(0.2), axes(f64::from(number % 10) / 10.0))),
        tiers: Some((vec![0.1, 0.3, 0.6], vec![0.5, 0.3, 0.2])),
        conversions: Some((
            Conversions {
                converted: 300,
                visits: 10_000,
            },
            Conversions {
                converted: u64::from(number % 40),
                visits: 2_000,
            },
        )),
        feedback: BTreeMap::from([("refunds".to_owned(), refunds)]),
        earlier_mismatches: number % 3,
    }
}
