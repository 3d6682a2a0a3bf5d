//! Running the steps of a seed, and leaving out what a failure doesn't need.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::body::Report;
use super::run::{Run, Seen};
use super::steps::Step;

/// How many steps the search for fewer steps may take.
const STEPS_MAX: usize = 4_000;

/// Where a run failed.
pub(super) struct Failed {
    /// The place of the step; the number of steps when it was the check at the end.
    place: usize,
    difference: String,
}

/// Runs the steps; when product and model agree to the end, tells what happened.
pub(super) fn run(seed: u64, steps: &[Step]) -> Result<Seen, Failed> {
    let mut place = 0;
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut run = Run::begin(seed);
        for step in steps {
            run.take(step)?;
            place += 1;
        }
        run.finish()
    }));
    let difference = match ran {
        Ok(Ok(seen)) => return Ok(seen),
        Ok(Err(difference)) => difference,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
            format!("a panic: {}", text.unwrap_or_default())
        }
    };
    Err(Failed { place, difference })
}

/// The failure with the fewest steps that were found to lead to it.
pub(super) fn told(seed: u64, steps: &[Step], failed: &Failed) -> String {
    let (fewest, last) = shrunk(seed, &steps[..steps.len().min(failed.place + 1)]);
    let last = last.as_ref().unwrap_or(failed);
    let trace = fewest.iter().enumerate();
    let trace = trace.map(|(place, step)| {
        let body = step.report().map(Report::body).unwrap_or_default();
        let body = body.trim_end().replace('\n', "\n        ");
        format!("  {:>3} {step}\n        {body}", place + 1)
    });
    format!(
        "\nseed {seed} failed at step {}:\n    {}\nReplay with BELLWETHER_SEED={seed}. Fewer steps \
         that fail too:\n{}\n    {}\n",
        failed.place + 1,
        failed.difference,
        trace.collect::<Vec<_>>().join("\n"),
        last.difference,
    )
}

/// Leaves out steps, many at once and then one by one, as long as the rest still fails.
fn shrunk(seed: u64, steps: &[Step]) -> (Vec<Step>, Option<Failed>) {
    let mut fewest = steps.to_vec();
    let mut last = None;
    let mut n_run = 0;
    let mut n_left_out = fewest.len() / 2;
    while n_left_out > 0 {
        let mut from = 0;
        while from < fewest.len() && n_run < STEPS_MAX {
            let until = (from + n_left_out).min(fewest.len());
            let rest = [&fewest[..from], &fewest[until..]].concat();
            n_run += rest.len();
            match run(seed, &rest) {
                Err(failed) => {
                    fewest = rest[..rest.len().min(failed.place + 1)].to_vec();
                    last = Some(failed);
                }
                Ok(_) => from = until,
            }
        }
        n_left_out /= 2;
    }
    (fewest, last)
}
