//! The simulation: seeded sequences of everything that can happen to an instance, on the product
//! and on a naive model, whose answers must agree after every step.
//!
//! `BELLWETHER_SEED=n` runs one seed and prints every step; `BELLWETHER_SIMULATION_STEPS=n` says how
//! many steps all seeds take together.
//! Reading order: `report` (the world), `steps` (what happens), `run` and `writes` (both sides side
//! by side), `model` and `fold` (what must come out), `product` (what does).

mod answer;
mod body;
mod fold;
mod folder;
mod model;
mod product;
mod question;
mod records;
mod report;
mod run;
mod scenarios;
mod show;
mod shrink;
mod steps;
mod upkeep;
mod writes;

use std::sync::atomic::{AtomicU64, Ordering};

use run::Seen;
use shrink::{run, told};

/// How many seeds a run takes; seed 0 is the first.
const SEEDS: u64 = 50;

/// How many steps they take together when nothing else is said.
const STEPS: u64 = 4_000;

/// What must have happened in a run of all seeds: one in which it never does proves little.
const MUST_HAPPEN: [&str; 25] = [
    "HIT",
    "PARTIAL",
    "MISS",
    "committed a batch",
    "rejected a batch",
    "sent keys twice",
    "retracted",
    "compacted",
    "compacted to fewer rows",
    "asked as of an earlier moment",
    "asked of a forgotten moment",
    "turned a page",
    "first-segment",
    "staged",
    "committed",
    "compaction-leased",
    "compaction-staged",
    "compaction-replaced",
    "backup-pinned",
    "backup-copied",
    "backed up",
    "restored",
    "verified",
    "ingested two at once",
    "asked while compaction ran",
];

#[test]
fn whatever_happens_answers_are_what_a_naive_model_gives() {
    let n_steps = number("BELLWETHER_SIMULATION_STEPS").unwrap_or(STEPS);
    let a_seed = a_seeds_steps(n_steps);
    match number("BELLWETHER_SEED") {
        Some(seed) => replay(seed, a_seed),
        None => run_all(a_seed),
    }
}

/// How many of all steps one seed takes.
fn a_seeds_steps(n_steps: u64) -> usize {
    usize::try_from(n_steps.div_ceil(SEEDS)).expect("a moderate number")
}

fn replay(seed: u64, n_steps: usize) {
    let steps = steps::draw(seed, n_steps);
    for (place, step) in steps.iter().enumerate() {
        println!("{:>4} {step}", place + 1);
        if let Some(report) = step.report() {
            print!("{}", report.body());
        }
    }
    if let Err(failed) = run(seed, &steps) {
        panic!("{}", told(seed, &steps, &failed));
    }
}

/// Every seed, on all cores.
fn run_all(n_steps: usize) {
    let next = AtomicU64::new(0);
    let n_threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let mut seen = Seen::new();
    let mut failures = Vec::new();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads)
            .map(|_| scope.spawn(|| run_seeds(&next, n_steps)))
            .collect();
        for thread in threads {
            let (of_thread, failure) = thread.join().expect("a seed's panics are caught");
            failures.extend(failure);
            for (what, times) in of_thread {
                *seen.entry(what).or_default() += times;
            }
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    println!("{SEEDS} seeds of {n_steps} steps: {seen:#?}");
    if n_steps < a_seeds_steps(STEPS) {
        return;
    }
    let missed: Vec<_> = MUST_HAPPEN
        .iter()
        .filter(|what| !seen.contains_key(**what))
        .collect();
    assert!(missed.is_empty(), "it never came to {missed:?}");
}

/// One seed after the other that nobody else took; until one fails.
fn run_seeds(next: &AtomicU64, n_steps: usize) -> (Seen, Option<String>) {
    let mut seen = Seen::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= SEEDS {
            return (seen, None);
        }
        let steps = steps::draw(seed, n_steps);
        match run(seed, &steps) {
            Err(failed) => return (seen, Some(told(seed, &steps, &failed))),
            Ok(of_seed) => {
                for (what, times) in of_seed {
                    *seen.entry(what).or_default() += times;
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever replays a seed says so by the environment"
)]
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}
