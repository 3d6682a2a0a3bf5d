//! `bellwether restore DIR`: a backup into an empty data folder.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Folder;

/// The arguments of `restore`.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    folder: Folder,
    /// The backup's folder.
    #[arg(value_name = "DIR")]
    backup: PathBuf,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &RestoreArgs) -> Result<ExitCode, String> {
    let report = crate::app::restore(args.folder.load()?, &args.backup)?;
    if args.json {
        super::say(json!({
            "madeAt": report.made_at,
            "segments": report.n_segments,
            "sizeBytes": report.size_bytes,
            "damaged": report.damaged,
        }));
    } else {
        super::say(format!(
            "restored the backup of {} into `{}`: {} segments, {} bytes in all",
            report.made_at,
            super::shown(&args.folder.data_dir),
            report.n_segments,
            report.size_bytes,
        ));
        for path in &report.damaged {
            super::say(format!(
                "missing, because it was damaged when the backup was made: `{path}`; `bellwether verify` says what mends it"
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}
