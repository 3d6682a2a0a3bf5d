//! The figures as JSON, and as Markdown tables for `benches/README.md`.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::measure::{Compared, milliseconds};
use super::options::told;
use super::server::Memory;

/// What each of the five questions may take with the caches bypassed, as a part of DuckDB's time;
/// the pruned ones may take [`PRUNED_MS`] whatever DuckDB takes.
const BARS: [(f64, bool); 5] = [
    (0.9, false),
    (0.5, true),
    (0.5, false),
    (0.5, false),
    (0.5, true),
];

/// What a pruned question may take in any case.
const PRUNED_MS: f64 = 1.5;

/// What a question that a roll-up covers may take, as a part of DuckDB's time.
const ROLLED_UP_BAR: f64 = 0.2;

const MIB: u64 = 1 << 20;

/// All figures of a run.
#[derive(Debug)]
pub(crate) struct Report {
    /// Rows of each dataset.
    pub(crate) rows: u64,
    /// What it was measured on.
    pub(crate) machine: Value,
    /// Loading.
    pub(crate) load: Value,
    /// The five questions, caches bypassed.
    pub(crate) bypassed: Vec<Compared>,
    /// Questions never asked, on the normal path.
    pub(crate) never_asked: Vec<Compared>,
    /// Whether the server could be told to bypass its caches.
    pub(crate) knows_cache_mode: bool,
    /// Rows of the largest page.
    pub(crate) page: u32,
    /// Answers from cache.
    pub(crate) cached: Value,
    /// Memory after all questions.
    pub(crate) memory: Memory,
    /// What the server says of itself.
    pub(crate) status: Value,
    /// After a restart, and after ingests.
    pub(crate) incremental: Value,
    /// Where answers differ.
    pub(crate) differences: Vec<String>,
}

impl Report {
    /// Writes the JSON file and prints the tables.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        let file = folder.join("result.json");
        let text = serde_json::to_string_pretty(&self.json()).map_err(|error| error.to_string())?;
        std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{}", self.markdown());
        eprintln!("all figures: {}", file.display());
        for difference in &self.differences {
            eprintln!("DIFFERENT: {difference}");
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let all = |compared: &[Compared]| compared.iter().map(Compared::json).collect::<Vec<_>>();
        json!({
            "rows": self.rows,
            "machine": self.machine,
            "load": self.load,
            "bypassed": all(&self.bypassed),
            "never_asked": all(&self.never_asked),
            "knows_cache_mode": self.knows_cache_mode,
            "page": self.page,
            "cached": self.cached,
            "memory_after_questions_bytes": self.memory.now,
            "memory_peak_bytes": self.memory.peak,
            "status": self.status,
            "incremental": self.incremental,
            "differences": self.differences,
        })
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "Measured on {}, {}, {} cores, DuckDB {} (threads=2), commit {}, {} rows a dataset.\n",
            plain(&self.machine["date"]),
            plain(&self.machine["cpu"]),
            self.machine["cores"],
            plain(&self.machine["duckdb"]),
            plain(&self.machine["commit"]),
            told(self.rows),
        );
        if !self.knows_cache_mode {
            text +=
                "This server knows no `cache: BYPASS`: the first table is of its result cache.\n";
        }
        text += "\n| never asked, caches bypassed, columns warm | Bellwether ms | DuckDB ms | ratio | bar |\n|---|---|---|---|---|\n";
        for (compared, (bar, pruned)) in self.bypassed.iter().zip(BARS) {
            row(&mut text, compared, bar, pruned);
        }
        text += "\n| never asked, normal path | Bellwether ms | DuckDB ms | ratio | bar |\n|---|---|---|---|---|\n";
        for compared in &self.never_asked {
            row(&mut text, compared, ROLLED_UP_BAR, false);
        }
        text += "\n| what | measured | bar |\n|---|---|---|\n";
        for (what, measured, bar) in self.others() {
            // Writing to a string has no way to fail.
            let _ = writeln!(text, "| {what} | {measured} | {bar} |");
        }
        text
    }

    fn others(&self) -> Vec<Line> {
        let mut lines = self.answers_from_cache().to_vec();
        lines.extend(self.after_ingest());
        lines.extend(self.loading());
        lines
    }

    fn answers_from_cache(&self) -> [Line; 2] {
        let (load, large) = (&self.cached["under_load"], &self.cached["large"]);
        [
            (
                "24 rows x 7 columns from cache, 16 connections (wrk)",
                format!(
                    "{} requests/s, p99 {} ms ({})",
                    whole(&load["requests_per_s"]),
                    load["p99_ms"],
                    plain(&load["cache"])
                ),
                "12,000, p99 under 5 ms",
            ),
            (
                "2,190 rows from cache as `table`, server CPU",
                format!(
                    "{} ms ({}, {} rows, {} pages)",
                    large["server_cpu_ms"],
                    plain(&large["cache"]),
                    large["rows"],
                    large["pages"]
                ),
                "3 ms",
            ),
        ]
    }

    fn after_ingest(&self) -> [Line; 3] {
        let after = &self.incremental;
        let of = |part: &str, full: &str, ratio: &str| {
            let ratio = after[ratio].as_f64().unwrap_or(f64::NAN);
            let cache = after["cache"].as_array().into_iter().flatten();
            let cache: Vec<&str> = cache.map(plain).collect();
            let (part, full) = (&after[part], &after[full]);
            format!("{part} of {full} ms: {ratio:.3} ({})", cache.join(", "))
        };
        [
            (
                "24 months after an ingest into one, by its cost with nothing decoded",
                of("after_ingest_ms", "cold_ms", "of_cold"),
                "0.125",
            ),
            (
                "the same by its cost with columns warm and caches bypassed",
                of("after_ingest_ms", "columns_warm_ms", "of_columns_warm"),
                "0.125",
            ),
            (
                "the same once the background has decoded what the ingest touched",
                of(
                    "once_idle_ms",
                    "columns_warm_ms",
                    "once_idle_of_columns_warm",
                ),
                "0.125",
            ),
        ]
    }

    fn loading(&self) -> [Line; 5] {
        let (parquet, csv) = (&self.load["parquet"], &self.load["csv"]);
        let mib = |bytes: &Value| bytes.as_u64().map_or(0, |bytes| bytes / MIB);
        let ingest = |rate: &Value, memory: &Value| {
            format!("{} rows/s, peak {} MiB", whole(rate), mib(memory))
        };
        let (now, peak) = (self.memory.now / MIB, self.memory.peak / MIB);
        [
            (
                "ingest, delivery, Parquet",
                ingest(
                    &parquet["delivery_rows_per_s"],
                    &parquet["peak_bytes_of_delivery"],
                ),
                "500,000 rows/s, under 1 GiB",
            ),
            (
                "ingest, audience, Parquet",
                ingest(&parquet["audience_rows_per_s"], &parquet["peak_bytes"]),
                "500,000 rows/s, under 1 GiB",
            ),
            (
                "ingest, delivery, CSV",
                ingest(&csv["rows_per_s"], &csv["peak_bytes"]),
                "200,000 rows/s, under 1 GiB",
            ),
            (
                "resident memory after the questions",
                format!("{now} MiB, peak {peak} MiB"),
                "1,536 MiB",
            ),
            (
                "restart to ready",
                format!("{} ms", self.incremental["restart_to_ready_ms"]),
                "1,000 ms",
            ),
        ]
    }
}

/// What was measured, the figure, and its bar.
type Line = (&'static str, String, &'static str);

fn row(text: &mut String, compared: &Compared, bar: f64, pruned: bool) {
    let (ours, theirs) = (milliseconds(compared.ours), milliseconds(compared.theirs));
    let reached = compared.ratio() <= bar || (pruned && ours <= PRUNED_MS);
    let or_else = if pruned { " or 1.5 ms" } else { "" };
    // Writing to a string has no way to fail.
    let _ = writeln!(
        text,
        "| {} ({} rows, {}) | {ours:.2} | {theirs:.2} | {:.2} | {bar}{or_else}: {} |",
        compared.name,
        compared.n_rows,
        compared.cache.join(", "),
        compared.ratio(),
        if reached { "reached" } else { "missed" },
    );
}

fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn whole(value: &Value) -> String {
    let number = value.as_f64().unwrap_or_default();
    let digits = format!("{number:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
