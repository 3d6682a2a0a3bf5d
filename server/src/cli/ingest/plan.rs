//! From arguments to batches that are ready to be sent.
//!
//! Reads files only to convert them; a file in a dataset's own columns is sent as it lies there.
//! Invariant: nothing is sent or written into a data folder here.

use std::path::{Path, PathBuf};

use bellwether_domain::batch::IngestMode;
use bellwether_domain::campaign::Platform;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::file_map::MapTarget;
use bellwether_domain::sample::LineProblem;
use bellwether_service::{Format, IngestRequest, RegisterDefaults};
use tempfile::TempPath;

use super::args::{FileFormat, IngestArgs};
use super::sources::Sources;
use super::tiktok;
use crate::cli::map;

/// One batch, ready to be sent; a file that was made for it goes when it is dropped.
#[derive(Debug)]
pub struct PreparedBatch {
    /// Everything of the batch beside its body.
    pub request: IngestRequest,
    /// What people call it: its files' names, and its account when they have several.
    pub source_name: String,
    /// The files that its lines are of.
    pub sources: Sources,
    /// The lines that could not be converted, numbered as `sources` does; at most
    /// [`PROBLEMS_LISTED_MAX`](bellwether_domain::batch::PROBLEMS_LISTED_MAX).
    pub converted_problems: Vec<LineProblem>,
    /// How many lines could not be converted.
    pub n_unconverted: u64,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Own(PathBuf),
    Made(TempPath),
}

impl PreparedBatch {
    /// Where the body lies.
    pub fn path(&self) -> &Path {
        match &self.body {
            Body::Own(path) => path,
            Body::Made(path) => path,
        }
    }

    /// Whether its own conversion forbids to send it: bad lines in strict mode.
    pub fn is_refused(&self) -> bool {
        self.n_unconverted > 0 && self.request.mode == IngestMode::Strict
    }
}

/// The batches of the command, in the order of its files. The error is a sentence for people.
pub fn plan(args: &IngestArgs) -> Result<Vec<PreparedBatch>, String> {
    let mut batches = match &args.map {
        Some(name) => mapped(args, &map::load(name)?)?,
        None => of_known_formats(args)?,
    };
    give_keys(args, &mut batches);
    Ok(batches)
}

/// Files that are read through a map, a batch each.
fn mapped(args: &IngestArgs, loaded: &map::LoadedMap) -> Result<Vec<PreparedBatch>, String> {
    let MapTarget::Dataset(dataset) = loaded.target else {
        return Err(format!(
            "the map `{}` is of records, `{}`; use `bellwether import`",
            loaded.name, loaded.target
        ));
    };
    if args.dataset.is_some_and(|asked| asked != dataset) {
        return Err(format!(
            "the map `{}` fills `{dataset}`; leave `--dataset` out",
            loaded.name
        ));
    }
    refuse_idle_options(args)?;
    let mut batches = Vec::with_capacity(args.files.len());
    for path in &args.files {
        check_file(path)?;
        let converted = map::as_rows(loaded, path)?;
        batches.push(PreparedBatch {
            request: request(args, dataset, Format::Csv),
            source_name: name_of(path),
            sources: Sources::one(name_of(path)),
            converted_problems: converted.problems,
            n_unconverted: converted.n_problems,
            body: Body::Made(converted.file),
        });
    }
    Ok(batches)
}

/// Files whose format is known by itself.
fn of_known_formats(args: &IngestArgs) -> Result<Vec<PreparedBatch>, String> {
    let mut batches = Vec::new();
    let mut reports = tiktok_reports(args)?;
    for path in &args.files {
        match format_of(path, args.format)? {
            FileFormat::TikTok => {
                // A report that went with an earlier file is in its batch already.
                if reports.first().is_some_and(|group| group[0] == path) {
                    batches.extend(converted(args, &reports.remove(0))?);
                }
            }
            FileFormat::Csv => batches.push(as_it_lies(args, path, Format::Csv)?),
            FileFormat::Ndjson => batches.push(as_it_lies(args, path, Format::Ndjson)?),
            FileFormat::Parquet => batches.push(as_it_lies(args, path, Format::Parquet)?),
        }
    }
    Ok(batches)
}

/// TikTok's reports among the files, in groups that become a batch each.
fn tiktok_reports(args: &IngestArgs) -> Result<Vec<Vec<&Path>>, String> {
    let mut reports = Vec::new();
    for path in &args.files {
        check_file(path)?;
        if format_of(path, args.format)? == FileFormat::TikTok {
            reports.push(path.as_path());
        }
    }
    tiktok::groups(&reports)
}

fn check_file(path: &Path) -> Result<(), String> {
    let shown = path.display();
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(format!("`{shown}` is a folder; name a report file")),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("`{shown}` does not exist"))
        }
        Err(error) => Err(format!("`{shown}` can't be read: {error}")),
    }
}

fn format_of(path: &Path, given: Option<FileFormat>) -> Result<FileFormat, String> {
    if let Some(format) = given {
        return Ok(format);
    }
    let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(FileFormat::Csv),
        Some("ndjson" | "jsonl") => Ok(FileFormat::Ndjson),
        Some("parquet") => Ok(FileFormat::Parquet),
        _ => Err(format!(
            "`{}` doesn't end in .csv, .ndjson, .jsonl or .parquet; say its `--format`",
            path.display()
        )),
    }
}

/// A file in the dataset's own columns.
fn as_it_lies(args: &IngestArgs, path: &Path, format: Format) -> Result<PreparedBatch, String> {
    let dataset = args.dataset.ok_or_else(|| {
        let names: Vec<_> = DatasetName::ALL.iter().map(|name| name.as_str()).collect();
        format!(
            "say the `--dataset` of `{}`: one of {}",
            path.display(),
            names.join(", ")
        )
    })?;
    refuse_idle_options(args)?;
    Ok(PreparedBatch {
        request: request(args, dataset, format),
        source_name: name_of(path),
        sources: Sources::one(name_of(path)),
        converted_problems: Vec::new(),
        n_unconverted: 0,
        body: Body::Own(path.to_owned()),
    })
}

/// What is asked of a file of a dataset.
fn request(args: &IngestArgs, dataset: DatasetName, format: Format) -> IngestRequest {
    IngestRequest {
        dataset,
        brand: args.brand.clone(),
        format,
        mode: args.mode,
        duplicates: args.duplicates,
        columns: args.columns,
        replace: args.replace,
        register: args.register.then(|| RegisterDefaults {
            platform: args.platform.unwrap_or(Platform::Other),
            currency: args.currency,
            timezone: args.timezone.clone(),
        }),
        idempotency_key: None,
    }
}

/// Options that would be without effect are refused: whoever gives one expects one.
fn refuse_idle_options(args: &IngestArgs) -> Result<(), String> {
    let of_tiktok = [
        ("--reference", args.reference.is_some()),
        ("--advertisers", args.advertisers.is_some()),
    ];
    if let Some((option, _)) = of_tiktok.iter().find(|(_, given)| *given) {
        return Err(format!("`{option}` goes with `--format tiktok` only"));
    }
    let of_register = [
        ("--platform", args.platform.is_some()),
        ("--currency", args.currency.is_some()),
        ("--timezone", args.timezone.is_some()),
    ];
    match of_register.iter().find(|(_, given)| *given) {
        Some((option, _)) if !args.register => Err(format!(
            "`{option}` is for campaigns that the report creates; add `--register`"
        )),
        _ => Ok(()),
    }
}

/// TikTok reports that belong together: one batch for each currency and time zone of their
/// accounts.
fn converted(args: &IngestArgs, paths: &[&Path]) -> Result<Vec<PreparedBatch>, String> {
    let conversion = tiktok::convert(args, paths)?;
    let name = conversion.sources.name();
    let is_split = conversion.parts.len() > 1;
    let mut problems = conversion.problems;
    let mut n_problems = conversion.n_problems;
    let batch = |part: tiktok::Part| PreparedBatch {
        source_name: match &part.account {
            Some(account) if is_split => {
                format!("{name} ({}, {})", account.currency, account.timezone)
            }
            _ => name.clone(),
        },
        request: IngestRequest {
            dataset: conversion.dataset,
            brand: args.brand.clone(),
            format: Format::Csv,
            mode: args.mode,
            duplicates: conversion.duplicates,
            columns: args.columns,
            replace: args.replace,
            register: args.register.then(|| RegisterDefaults {
                platform: args.platform.unwrap_or(Platform::TikTok),
                currency: part.account.as_ref().map(|account| account.currency),
                timezone: part.account.map(|account| account.timezone),
            }),
            idempotency_key: None,
        },
        sources: conversion.sources.clone(),
        // The problems belong to the files, and are told with their first batch.
        converted_problems: std::mem::take(&mut problems),
        n_unconverted: std::mem::take(&mut n_problems),
        body: Body::Made(part.file),
    };
    Ok(conversion.parts.into_iter().map(batch).collect())
}

/// One key can't stand for several batches, so that each gets its number behind it.
fn give_keys(args: &IngestArgs, batches: &mut [PreparedBatch]) {
    let Some(key) = &args.idempotency_key else {
        return;
    };
    if let [only] = batches {
        only.request.idempotency_key = Some(key.clone());
        return;
    }
    for (index, batch) in batches.iter_mut().enumerate() {
        batch.request.idempotency_key = Some(format!("{key}-{}", index + 1));
    }
}

/// A file's name without its folders.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
