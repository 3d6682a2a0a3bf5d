//! One generator of whole questions, and one naive evaluator of them: every option of `metrics`
//! together, over random agencies.
//!
//! Reading order: `world` (what is told), `ask` and `input` (what is asked), `fold` (what counts),
//! `cells` (what a cell says), `shown` (which rows come in which order), `read` (what the server
//! said).

mod ask;
mod calendar;
mod cells;
mod filter;
mod fold;
mod input;
mod keys;
mod read;
mod shown;
mod world;

use proptest::collection::vec;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::number;
use ask::Asked;
use world::World;

/// How many random agencies are tried when nothing else is said.
const WORLDS: u32 = 5;

/// How many questions each is asked.
const QUESTIONS: u32 = 25;

#[test]
fn whole_questions_are_answered_as_a_naive_evaluator_answers_them() {
    let n_questions = number("BELLWETHER_DIFFERENTIAL_QUESTIONS").unwrap_or(QUESTIONS);
    let mut runner = TestRunner::new(Config {
        cases: number("BELLWETHER_DIFFERENTIAL_WORLDS").unwrap_or(WORLDS),
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    });
    let n_questions = usize::try_from(n_questions).expect("few");
    let world = (world::worlds(), vec(ask::asked(), n_questions));
    let outcome = runner.run(&world, |(world, asked)| compare(&world, &asked));
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn compare(world: &World, asked: &[Asked]) -> Result<(), TestCaseError> {
    // A server of its own, because rates can't be taken back.
    let served = world.served();
    for asked in asked {
        let expected = shown::shown(world, asked, &served);
        let read = read::read(asked, &served);
        proptest::prop_assert_eq!(&read, &expected, "{}", asked.input(&served));
    }
    Ok(())
}
