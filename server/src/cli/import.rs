//! `bellwether import`: a file of records in, all lines or none.

use std::path::PathBuf;
use std::process::ExitCode;

use bellwether_domain::agency::Slug;
use bellwether_domain::file_map::MapTarget;
use bellwether_domain::record::{IMPORT_FILE_BYTES_MAX, RecordKind, entity_kind, entity_of};
use bellwether_service::{ImportRequest, RecordFormat};
use clap::Args;
use serde_json::Value;

use super::batch::{require_agency, slug};
use super::door::DoorArgs;
use super::ingest::word;
use super::map;

/// The arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// What the file has: `product`, `content`, `audience`, `party`, `agreement`,
    /// `marketing_plan`, `feedback_item`, `experiment`, `source`, `campaign_plan` or
    /// `brand_profile`.
    #[arg(value_parser = entity)]
    entity: RecordKind,
    /// The file.
    file: PathBuf,
    /// The agency's short name; with `--url` the token decides.
    #[arg(long, value_parser = slug)]
    agency: Option<Slug>,
    /// The brand of lines that name none.
    #[arg(long, value_parser = slug)]
    brand: Option<Slug>,
    /// How the file is written; by default its ending tells.
    #[arg(long, value_parser = word::<RecordFormat>)]
    format: Option<RecordFormat>,
    /// Read the file through a map: a TOML file with `records = "…"`.
    #[arg(long, value_name = "MAP", conflicts_with = "format")]
    map: Option<String>,
    /// Only say what every line would do.
    #[arg(long)]
    dry_run: bool,
    /// Makes a repeated command give the first one's answer.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ImportArgs) -> Result<ExitCode, String> {
    require_agency(&args.door, args.agency.as_ref())?;
    let (file, format) = args.file()?;
    let request = ImportRequest {
        kind: args.entity,
        format,
        brand: args.brand.clone(),
        is_dry_run: args.dry_run,
        idempotency_key: args.idempotency_key.clone(),
    };
    let door = args.door.open().await?;
    let agency = args.agency.as_ref();
    let answer = door.import_records(agency, request, file).await?;
    if args.json {
        super::say(&answer);
    } else {
        args.tell(&answer);
    }
    Ok(if answer["outcome"] == "REJECTED" {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

impl ImportArgs {
    /// What is sent, and how it is written.
    fn file(&self) -> Result<(Vec<u8>, RecordFormat), String> {
        let Some(name) = &self.map else {
            return Ok((self.read_file()?, self.file_format()?));
        };
        let loaded = map::load(name)?;
        if loaded.target != MapTarget::Records(self.entity) {
            let (target, entity) = (loaded.target, entity_of(self.entity));
            return Err(format!("the map `{name}` fills `{target}`, not `{entity}`"));
        }
        let made = map::as_records(&loaded, self.entity, &self.file)?;
        Ok((made, RecordFormat::Ndjson))
    }

    fn file_format(&self) -> Result<RecordFormat, String> {
        if let Some(format) = self.format {
            return Ok(format);
        }
        let ending = self.file.extension().and_then(|ending| ending.to_str());
        let known = ending.and_then(|ending| ending.parse().ok());
        known.ok_or_else(|| {
            let shown = super::shown(&self.file);
            format!("the ending of `{shown}` tells no format; name it with `--format csv` or `--format ndjson`")
        })
    }

    fn read_file(&self) -> Result<Vec<u8>, String> {
        let shown = super::shown(&self.file);
        let failed = |error: std::io::Error| format!("can't read `{shown}`: {error}");
        let size = std::fs::metadata(&self.file).map_err(failed)?.len();
        if size > IMPORT_FILE_BYTES_MAX as u64 {
            return Err(format!(
                "`{shown}` of {size} bytes is over the limit `import_file_bytes_max` of {IMPORT_FILE_BYTES_MAX}"
            ));
        }
        std::fs::read(&self.file).map_err(failed)
    }

    /// The wrong lines, such as `tea.csv:3: price.amount: ...`, and what it came to.
    fn tell(&self, answer: &Value) {
        let file = super::shown(&self.file);
        for line in answer["lines"].as_array().into_iter().flatten() {
            for problem in line["problems"].as_array().into_iter().flatten() {
                let text = |key: &str| problem[key].as_str().unwrap_or_default();
                let field = match text("field") {
                    "" => String::new(),
                    field => format!("{field}: "),
                };
                let (number, message) = (&line["line"], text("message"));
                super::say(format!("{file}:{number}: {field}{message}"));
            }
        }
        let counts = format!(
            "{} created, {} revised, {} archived, {} unchanged",
            answer["created"], answer["revised"], answer["archived"], answer["unchanged"]
        );
        super::say(match answer["outcome"].as_str() {
            Some("COMMITTED") => counts,
            Some("CHECKED") => format!("it would be: {counts}; nothing was written"),
            _ => format!("{} lines are wrong; nothing was written", answer["refused"]),
        });
    }
}

fn entity(name: &str) -> Result<RecordKind, String> {
    entity_kind(name).map_err(|refusal| refusal.message)
}
