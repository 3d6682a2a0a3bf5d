//! Scores the streaming detector by the rules of the Numenta Anomaly Benchmark.
//!
//! ```sh
//! cargo bench -p bellwether-plugin-anomaly --bench nab -- --labels labels.json FILE.csv ...
//! ```
//!
//! prints the standard, low-FP and low-FN score of each file and of all together, with the windows
//! found and the false alerts; `--sigmas 5.5` tries another threshold than the default for hourly
//! values. Without files it scores those in `shared/data` beside the repository, if they are there.

mod scoring;
mod series;

use std::error::Error;
use std::path::{Path, PathBuf};

use bellwether_plugin_anomaly::config::Config;

use crate::scoring::{Outcome, PROFILES, outcome};
use crate::series::Series;

/// Where the project's sessions find public data.
const DATA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/data/nab_adexchange"
);

struct Arguments {
    files: Vec<PathBuf>,
    labels: PathBuf,
    config: Config,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(arguments) = arguments()? else {
        println!("skipped: name files, or lay the benchmark's into {DATA}");
        return Ok(());
    };
    let mut of_all = [Outcome::default(); PROFILES.len()];
    let titles: Vec<String> = PROFILES
        .iter()
        .map(|profile| format!("{:>9}", profile.name))
        .collect();
    println!("{:<32} {}  windows  false alerts", "file", titles.join(" "));
    for file in &arguments.files {
        let series = Series::load(file, &arguments.labels)?;
        let detections = series.detections(&arguments.config);
        let outcomes = PROFILES.map(|profile| outcome(&detections, &series.windows, &profile));
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        print(&name, &outcomes);
        for (sum, outcome) in of_all.iter_mut().zip(outcomes) {
            *sum = sum.with(outcome);
        }
    }
    print("all", &of_all);
    Ok(())
}

fn print(name: &str, outcomes: &[Outcome; PROFILES.len()]) {
    let scores = PROFILES
        .iter()
        .zip(outcomes)
        .map(|(profile, outcome)| outcome.score(profile));
    let scores: Vec<String> = scores.map(|score| format!("{score:>9.2}")).collect();
    let Outcome {
        windows,
        found,
        false_alerts,
        ..
    } = outcomes[0];
    println!(
        "{name:<32} {}  {found} of {windows}   {false_alerts}",
        scores.join(" ")
    );
}

fn arguments() -> Result<Option<Arguments>, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut labels = None;
    let mut config = Config::hourly();
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        match word.as_str() {
            "--labels" => labels = given.next().map(PathBuf::from),
            "--sigmas" => config.tail_sigmas = given.next().ok_or("--sigmas of what?")?.parse()?,
            // Cargo adds it for every bench.
            "--bench" => {}
            _ => files.push(PathBuf::from(word)),
        }
    }
    config.check()?;
    let data = Path::new(DATA);
    if files.is_empty() && data.exists() {
        let names = ["exchange-2_cpc_results.csv", "exchange-2_cpm_results.csv"];
        files.extend(names.map(|name| data.join(name)));
        labels = labels.or_else(|| Some(data.join("labels.json")));
    }
    if files.is_empty() {
        return Ok(None);
    }
    let labels = labels.ok_or("name the windows: --labels FILE.json")?;
    Ok(Some(Arguments {
        files,
        labels,
        config,
    }))
}
