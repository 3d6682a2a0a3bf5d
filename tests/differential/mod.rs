//! Random reports, asked for over GraphQL, against naive evaluators that are written from the rules.
//!
//! `whole` asks random agencies questions with every option. Here plain questions are asked after
//! each of several reports, in every way that the caches allow.
//! `BELLWETHER_DIFFERENTIAL_WORLDS=n` says how many random worlds each of both tries, and
//! `BELLWETHER_DIFFERENTIAL_QUESTIONS=n` how many questions `whole` asks in each.

mod fold;
mod question;
mod report;
mod whole;

use std::cell::Cell;

use bellwether_test_support::{Persona, TestServer};
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::given::an_empty_server;
use crate::metrics::{campaign_id, metrics};
use question::Question;
use report::{Batch, CAMPAIGNS, Facts, WINDOWS};

/// How many random worlds are tried when nothing else is said; each has several reports and
/// questions.
const WORLDS: u32 = 10;

#[test]
fn answers_are_what_a_naive_fold_over_the_reports_gives() {
    let server = an_empty_server();
    let mut runner = TestRunner::new(Config {
        cases: number("BELLWETHER_DIFFERENTIAL_WORLDS").unwrap_or(WORLDS),
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    });
    let n_worlds = Cell::new(0);
    let world = (report::batches(), question::questions());
    let outcome = runner.run(&world, |(batches, questions)| {
        n_worlds.set(n_worlds.get() + 1);
        // Campaigns of its own keep each world apart from the others on the same server.
        compare(&server, n_worlds.get(), &batches, &questions)
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A number that the environment gives.
fn number(name: &str) -> Option<u32> {
    let given = std::env::vars().find(|(given, _)| given == name)?;
    Some(given.1.parse().expect("a number"))
}

fn compare(
    server: &TestServer,
    world: u32,
    batches: &[Batch],
    questions: &[Question],
) -> Result<(), TestCaseError> {
    let analyst = server.analyst();
    let mut facts = Facts::new();
    register(&analyst, server, world);
    let ids: Vec<String> = (0..CAMPAIGNS.len())
        .map(|n| campaign_id_of(&analyst, world, n))
        .collect();
    for batch in batches {
        analyst.commit_csv(
            "delivery_daily",
            server.brand(0),
            &report::csv(world, batch),
        );
        // The newest commit wins a key, and a row replaces the whole row.
        facts.extend(batch.clone());
        for question in questions {
            let expected = fold::answer(&facts, question);
            // From sums that are there or roll-ups, from columns alone, and from columns into
            // the caches: all ways lead to the same numbers.
            for cache in ["USE", "BYPASS", "REFRESH"] {
                let input = format!("{}, cache: {cache}", question.input(&ids));
                let answer = metrics(&analyst, &input, &question.selection());
                let read = fold::read(&answer, world, question);
                proptest::prop_assert_eq!(&read, &expected, "{} {:?}", cache, question);
            }
        }
    }
    Ok(())
}

/// Makes the world's campaigns and every attribution window known, by facts long before any that is
/// asked for.
fn register(analyst: &Persona, server: &TestServer, world: u32) {
    let rows = (0..CAMPAIGNS.len()).map(|n| {
        let (name, window) = (report::name(world, n), WINDOWS[n]);
        format!("2020-01-01,{name},{},{window}\n", CAMPAIGNS[n])
    });
    let rows: Vec<String> = rows.collect();
    let csv = format!("date,campaign,platform,attribution\n{}", rows.concat());
    analyst.commit_csv("delivery_daily", server.brand(0), &csv);
}

fn campaign_id_of(analyst: &Persona, world: u32, n: usize) -> String {
    campaign_id(analyst, &report::name(world, n))
}
