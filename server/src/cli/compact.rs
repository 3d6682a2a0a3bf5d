//! `bellwether compact`: merge small segments now, without waiting for the background.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use super::door::DoorArgs;
use crate::maintenance::Maintenance;

/// The arguments of `compact`.
#[derive(Debug, Args)]
pub(super) struct CompactArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: CompactArgs) -> Result<ExitCode, String> {
    let report = args.door.open().await?;
    let report = report.maintain(&Maintenance::Compact).await?;
    let failed = report["failed"].as_array().map_or(&[][..], Vec::as_slice);
    if args.json {
        super::say(&report);
    } else {
        tell(&report, failed);
    }
    Ok(if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell(report: &Value, failed: &[Value]) {
    let done = report["done"].as_array().map_or(&[][..], Vec::as_slice);
    for it in done {
        super::say(format!(
            "{} {} of {}: {} segments of {} rows became one of {}",
            text(it, "dataset"),
            text(it, "month"),
            text(it, "agency"),
            it["segments"],
            it["rowsRead"],
            it["rowsWritten"],
        ));
    }
    for it in failed {
        let why = it["error"]["message"].as_str().unwrap_or_default();
        let (dataset, month) = (text(it, "dataset"), text(it, "month"));
        eprintln!("{dataset} {month} of {}: {why}", text(it, "agency"));
    }
    if done.is_empty() && failed.is_empty() {
        super::say("nothing is due");
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}
