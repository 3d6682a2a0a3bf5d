//! `bellwether verify`: whether everything that is needed is there and whole, and what mends what
//! is not.

use std::process::ExitCode;

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::SegmentId;
use clap::Args;
use serde_json::Value;

use super::door::{Door, DoorArgs};
use crate::maintenance::Maintenance;

/// What the exit codes mean, at the end of the help.
const EXIT_CODES: &str = "Exit codes:
  0  all is there and whole
  1  something is damaged, or could not be looked at
  2  the command line is wrong";

/// The arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// Give up a damaged segment: answers are without its rows from then on, and `asOf` an earlier
    /// moment can't be asked any more. Send the batches that `verify` lists again, before or after:
    /// it lists them no more once the segment is given up.
    #[arg(long, value_name = "SEGMENT", value_parser = segment)]
    forget: Option<SegmentId>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: VerifyArgs) -> Result<ExitCode, String> {
    let door = args.door.open().await?;
    match args.forget {
        Some(segment) => forget(&door, segment, args.json).await,
        None => verify(&door, args.json).await,
    }
}

async fn verify(door: &Door, json: bool) -> Result<ExitCode, String> {
    let report = door.maintain(&Maintenance::Verify).await?;
    let is_sound = report["sound"] == true;
    if json {
        super::say(&report);
    } else {
        tell(&report, is_sound);
    }
    Ok(if is_sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn forget(door: &Door, segment: SegmentId, json: bool) -> Result<ExitCode, String> {
    let forgotten = door.maintain(&Maintenance::Forget(segment)).await?;
    if json {
        super::say(&forgotten);
    } else {
        super::say(format!(
            "{segment} is given up; answers are without its rows, and earlier moments of its agency can't be asked `asOf` any more"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(report: &Value, is_sound: bool) {
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    for problem in list("catalogueProblems") {
        super::say(format!(
            "catalogue: {}",
            problem.as_str().unwrap_or_default()
        ));
    }
    for damaged in list("damagedCases") {
        let text = |name: &str| damaged[name].as_str().unwrap_or_default();
        super::say(format!(
            "case {} of {}: event {} is broken: {}; nothing more is done in it; put a backup's records beside it to see what was changed",
            text("case"),
            text("agency"),
            damaged["event"],
            text("fault"),
        ));
    }
    for damaged in list("damaged") {
        tell_damaged(&damaged);
    }
    for stray in list("strays") {
        let path = stray.as_str().unwrap_or_default();
        super::say(format!(
            "stray: nothing names the file `{path}`; it may be removed"
        ));
    }
    let (n_segments, n_rows) = (&report["segments"], &report["rows"]);
    let end = if is_sound {
        "all is whole"
    } else {
        "not all is whole"
    };
    let n_cases = &report["cases"];
    super::say(format!(
        "{n_segments} segments, {n_rows} rows, {n_cases} cases: {end}"
    ));
}

fn tell_damaged(damaged: &Value) {
    let text = |name: &str| damaged[name].as_str().unwrap_or_default();
    super::say(format!(
        "damaged: {} ({} {} of {}): {}",
        text("segment"),
        text("dataset"),
        text("month"),
        text("agency"),
        text("problem"),
    ));
    super::say(format!(
        "  with a backup: put its file back as `{}`",
        text("path")
    ));
    let batches = damaged["sendAgain"].as_array().cloned().unwrap_or_default();
    let batches: Vec<&str> = batches.iter().filter_map(Value::as_str).collect();
    super::say(format!(
        "  without: give it up and send these batches again, in this order: {}",
        batches.join(", ")
    ));
    super::say(format!(
        "  it is given up by `bellwether verify --forget {}`, after which this list is gone",
        text("segment")
    ));
}

fn segment(text: &str) -> Result<SegmentId, String> {
    text.parse().map_err(|refusal: Refusal| refusal.message)
}
