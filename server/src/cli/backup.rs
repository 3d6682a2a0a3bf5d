//! `bellwether backup DIR`: everything into a folder, while the instance serves or not.

use std::path::PathBuf;
use std::process::ExitCode;

use bellwether_service::OnDamage;
use clap::Args;

use super::door::DoorArgs;
use crate::maintenance::Maintenance;

/// The arguments of `backup`.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// The folder: an empty one, or one with an earlier backup, of which what is unchanged stays.
    /// With `--url` it is a folder of the server's machine.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Make it even if segments are missing or damaged, without them; otherwise it is refused.
    #[arg(long)]
    allow_damaged: bool,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: BackupArgs) -> Result<ExitCode, String> {
    let folder = std::path::absolute(&args.folder)
        .map_err(|error| format!("`{}`: {error}", super::shown(&args.folder)))?;
    let door = args.door.open().await?;
    let on_damage = if args.allow_damaged {
        OnDamage::LeaveOut
    } else {
        OnDamage::Refuse
    };
    let backup = Maintenance::Backup(folder, on_damage);
    let report = door.maintain(&backup).await?;
    if args.json {
        super::say(&report);
    } else {
        super::say(format!(
            "backed up into `{}`: {} segments, {} of them new, {} bytes in all",
            report["dir"].as_str().unwrap_or_default(),
            report["segments"],
            report["copied"],
            report["sizeBytes"],
        ));
        for path in report["damaged"].as_array().into_iter().flatten() {
            let path = path.as_str().unwrap_or_default();
            super::say(format!("damaged, and not in the backup: `{path}`"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
