//! `bellwether generate`: made-up facts for load tests, as a CSV or Parquet file.
//!
//! The same arguments give the same file. It appears under its name only when it is whole.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use bellwether_domain::sample::Cell;
use bellwether_domain::time::{Date, parse_date};
use bellwether_store::ReportWriter;
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::TempPath;

use super::ingest::word;
use crate::generate::{LoadDataset, LoadPlan, Row, load_rows, write_csv};

/// The progress bar moves once for so many rows: a row takes about a microsecond.
const ROWS_A_STEP: u64 = 8_192;

/// Write made-up facts to a file, for load tests.
#[derive(Debug, Clone, clap::Args)]
pub struct GenerateArgs {
    /// How many rows; each has a key of its own.
    #[arg(long)]
    pub rows: u64,
    /// The same seed gives the same rows; files of different seeds have no campaign in common.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The file to write, ending in `.csv` or `.parquet`; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The dataset that the rows are of.
    #[arg(long, value_parser = word::<LoadDataset>, default_value = "delivery_daily")]
    pub dataset: LoadDataset,
    /// The first day after the facts; by default today.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub until: Option<Date>,
    /// How many days the facts cover; by default 24 months.
    #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u32).range(1..=3_650))]
    pub days: u32,
    /// Spread the rows over so many campaigns, which start and end within the days; by default
    /// each campaign runs on all days, and there are as many as the rows fill.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub campaigns: Option<u64>,
    /// Divide the delivery of a campaign by about so many ads in two or three ad groups; by
    /// default a campaign has one row a day.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub ads: Option<u32>,
    /// Add a column `platform`, by which ingest registers the campaigns.
    #[arg(long)]
    pub platform: bool,
}

impl GenerateArgs {
    fn plan(&self, today: Date) -> Result<LoadPlan, String> {
        if self.ads.is_some() && self.dataset != LoadDataset::DeliveryDaily {
            let message = "`--ads` divides delivery_daily; leave it out for other datasets";
            return Err(message.to_owned());
        }
        Ok(LoadPlan {
            dataset: self.dataset,
            rows: self.rows,
            seed: self.seed,
            until: self.until.unwrap_or(today),
            days: self.days,
            campaigns: self.campaigns,
            ads: self.ads,
            platform: self.platform,
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Written {
    Csv,
    Parquet,
}

/// Writes the file. The error is a sentence for people.
pub fn run(args: &GenerateArgs, today: Date) -> Result<(), String> {
    let written = written(&args.out)?;
    let plan = args.plan(today)?;
    let rows = load_rows(&plan)?;
    let bar = bar(args.rows);
    let rows = counted(rows, &bar);
    let file = beside(&args.out)?;
    let outcome = match written {
        Written::Csv => write_as_csv(&file, &plan, rows),
        Written::Parquet => write_as_parquet(&file, &plan, rows),
    };
    bar.finish_and_clear();
    outcome.map_err(|error| unwritable(&args.out, &*error))?;
    publish(file, &args.out).map_err(|error| unwritable(&args.out, &error))
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn write_as_csv(
    path: &Path,
    plan: &LoadPlan,
    rows: impl Iterator<Item = Row>,
) -> Result<(), Failure> {
    let out = BufWriter::new(File::create(path)?);
    let dataset = plan.dataset.entry();
    Ok(write_csv(out, dataset, plan.columns_after(), rows)?)
}

fn write_as_parquet(
    path: &Path,
    plan: &LoadPlan,
    rows: impl Iterator<Item = Row>,
) -> Result<(), Failure> {
    let dataset = plan.dataset.entry();
    let mut writer = ReportWriter::create_with(path, dataset, plan.columns_after())?;
    for row in rows {
        let cells: Vec<Cell<'_>> = row.cells().collect();
        writer.write(&cells)?;
    }
    Ok(writer.finish()?)
}

/// An unfinished file in the same folder, so that a rename can put it into its place.
fn beside(out: &Path) -> Result<TempPath, String> {
    let folder = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bellwether-generate-");
    #[cfg(unix)]
    {
        // A temporary file is private by default; this one becomes an ordinary file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder
        .tempfile_in(folder)
        .map_err(|error| unwritable(out, &error))?;
    Ok(file.into_temp_path())
}

fn publish(file: TempPath, out: &Path) -> std::io::Result<()> {
    File::open(&file)?.sync_all()?;
    file.persist(out).map_err(|error| error.error)
}

fn written(out: &Path) -> Result<Written, String> {
    let ending = out.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    match ending.as_deref().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(Written::Csv),
        Some("parquet") => Ok(Written::Parquet),
        _ => Err(format!(
            "`--out {}` must end in .csv or .parquet",
            out.display()
        )),
    }
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|refusal| refusal.message)
}

fn bar(rows: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} rows {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    // It draws to standard error, and only when that is a terminal.
    ProgressBar::new(rows).with_style(style)
}

fn counted<'a>(
    rows: impl Iterator<Item = Row> + 'a,
    bar: &'a ProgressBar,
) -> impl Iterator<Item = Row> + 'a {
    rows.zip(1_u64..).map(|(row, n_rows)| {
        if n_rows % ROWS_A_STEP == 0 {
            bar.inc(ROWS_A_STEP);
        }
        row
    })
}

fn unwritable(out: &Path, error: &(dyn std::error::Error + 'static)) -> String {
    let mut message = format!("`{}` can't be written: {error}", out.display());
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::time::date;
    use bellwether_store::ReportReader;

    fn arguments(out: PathBuf, rows: u64) -> GenerateArgs {
        GenerateArgs {
            rows,
            seed: 7,
            out,
            dataset: LoadDataset::AudienceDaily,
            until: Some(date(2026, 11, 1)),
            days: 730,
            campaigns: None,
            ads: None,
            platform: true,
        }
    }

    #[test]
    fn a_csv_file_has_the_rows_asked_for_whatever_today_is() {
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, today| {
            let out = folder.path().join(name);
            run(&arguments(out.clone(), 100), today).unwrap();
            std::fs::read_to_string(out).unwrap()
        };
        let first = written("a.csv", date(2026, 11, 22));
        assert_eq!(first.lines().count(), 101);
        assert_eq!(first, written("b.csv", date(2027, 1, 1)));
        // Nothing unfinished is left beside them.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_parquet_file_is_read_back_with_the_rows_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("facts.parquet");
        run(&arguments(out.clone(), 9_000), date(2026, 11, 22)).unwrap();
        let n_rows = ReportReader::open(&out).unwrap().n_rows();
        assert_eq!(n_rows, 9_000);
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let mut asked = arguments("never-written.csv".into(), 11);
        asked.ads = Some(3);
        let told = |asked: &GenerateArgs| run(asked, date(2026, 11, 22)).unwrap_err();
        assert!(told(&asked).contains("`--ads` divides delivery_daily"));
        asked.dataset = LoadDataset::DeliveryDaily;
        (asked.campaigns, asked.days) = (Some(1), 3);
        // Three ads at most on three days.
        assert!(told(&asked).contains("11 rows are more than the 9 that"));
    }

    #[test]
    fn another_ending_or_a_lacking_folder_is_refused() {
        let told = |out: &str| run(&arguments(out.into(), 1), date(2026, 11, 22)).unwrap_err();
        assert!(told("facts.txt").contains("must end in .csv or .parquet"));
        assert!(told("/nowhere/facts.csv").contains("`/nowhere/facts.csv` can't be written"));
    }
}
