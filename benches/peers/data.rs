//! The facts: made once by `bellwether generate`, then reused.
//!
//! Invariant: a file is there only when it is whole, because `generate` renames it into its place.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::options::{N_BRANDS, N_DAYS, Options, UNTIL};

/// Raised when the generator or its arguments change, so that old files aren't taken.
const VERSION: &str = "facts-1";

/// The seed of the CSV file; the brands' are 1 to 20.
const CSV_SEED: u64 = 1_000;

/// Files that are made at once: a core each on the machine that the bars are for.
const PARALLEL: usize = 2;

/// The files of a run.
#[derive(Debug)]
pub(crate) struct Data {
    /// Short name of each brand, its seed, delivery and audience file.
    pub(crate) brands: Vec<BrandFiles>,
    /// Delivery of one brand as CSV.
    pub(crate) csv: PathBuf,
}

/// The files of one brand.
#[derive(Debug)]
pub(crate) struct BrandFiles {
    /// The brand's short name.
    pub(crate) slug: String,
    /// Its `delivery_daily`.
    pub(crate) delivery: PathBuf,
    /// Its `audience_daily`.
    pub(crate) audience: PathBuf,
}

/// One call of `bellwether generate`.
struct Job {
    out: PathBuf,
    arguments: Vec<String>,
}

/// The files, the missing ones made first.
pub(crate) fn ensure(options: &Options) -> Result<Data, String> {
    let folder = options.folder()?.join(VERSION);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let brands: Vec<BrandFiles> = (1..=N_BRANDS).map(|n| files(&folder, n)).collect();
    let csv = folder.join("delivery_daily.csv");
    let mut jobs = vec![csv_job(options, &csv)];
    for (seed, brand) in (1..=N_BRANDS).zip(&brands) {
        jobs.push(delivery_job(options, seed, &brand.delivery));
        jobs.push(audience_job(options, seed, &brand.audience));
    }
    jobs.retain(|job| !job.out.exists());
    if !jobs.is_empty() {
        eprintln!("making {} files in {}", jobs.len(), folder.display());
        run_all(&options.executable, &jobs)?;
    }
    Ok(Data { brands, csv })
}

fn files(folder: &Path, brand: u64) -> BrandFiles {
    let slug = format!("brand-{brand:02}");
    BrandFiles {
        delivery: folder.join(format!("delivery_daily-{slug}.parquet")),
        audience: folder.join(format!("audience_daily-{slug}.parquet")),
        slug,
    }
}

fn delivery_job(options: &Options, seed: u64, out: &Path) -> Job {
    let mut job = job("delivery_daily", options.rows_per_brand(), seed, out);
    job.give("campaigns", options.campaigns_per_brand());
    job.give("ads", options.ads());
    job
}

fn audience_job(options: &Options, seed: u64, out: &Path) -> Job {
    let mut job = job("audience_daily", options.rows_per_brand(), seed, out);
    job.give("campaigns", options.campaigns_per_brand());
    job
}

fn csv_job(options: &Options, out: &Path) -> Job {
    let mut job = job("delivery_daily", options.csv_rows(), CSV_SEED, out);
    job.give("campaigns", options.csv_campaigns());
    job.give("ads", 14);
    job
}

fn job(dataset: &str, rows: u64, seed: u64, out: &Path) -> Job {
    let mut job = Job {
        out: out.to_owned(),
        arguments: vec!["generate".to_owned(), "--platform".to_owned()],
    };
    job.give("dataset", dataset);
    job.give("rows", rows);
    job.give("seed", seed);
    job.give("until", UNTIL);
    job.give("days", N_DAYS);
    job.give("out", out.display());
    job
}

impl Job {
    fn give(&mut self, option: &str, value: impl std::fmt::Display) {
        self.arguments.push(format!("--{option}={value}"));
    }

    fn run(&self, executable: &Path) -> Result<(), String> {
        let status = Command::new(executable).args(&self.arguments).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("`bellwether generate` ended with {status}")),
            Err(error) => Err(format!("`{}`: {error}", executable.display())),
        }
    }
}

fn run_all(executable: &Path, jobs: &[Job]) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let worker = || -> Result<(), String> {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            job.run(executable)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..PARALLEL).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker
                .join()
                .map_err(|_| "a worker panicked".to_owned())??;
        }
        Ok(())
    })
}
