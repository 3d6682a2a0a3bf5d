//! After a restart, and after an ingest that touched one of 24 months: on a copy of the loaded
//! folder, because the facts change.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::compare::differences;
use super::duckdb::DuckDb;
use super::load::Loaded;
use super::measure::{bypassing, median, milliseconds};
use super::options::Options;
use super::questions::{DELIVERY, Question, days_ago};
use super::server::Server;

/// Starts from nothing that are measured.
const COLD_STARTS: usize = 3;

/// Ingests after which the question is asked at once, and as many after which it is asked when the
/// background has decoded what they touched.
const INGESTS: usize = 9;

/// The brand that gets new rows.
const BRAND: &str = "brand-05";

/// The day that they are of, so many days before the end: in a month of average size, since the
/// first and the last ones have fewer rows.
const DAYS_BEFORE_END: u32 = 200;

/// The copy, and what is asked of it.
#[derive(Debug)]
pub(crate) struct Incremental<'a> {
    options: &'a Options,
    loaded: &'a Loaded,
    folder: &'a Path,
    question: &'a Question,
    copy: PathBuf,
}

impl<'a> Incremental<'a> {
    /// Copies the loaded folder, which no server may hold.
    pub(crate) fn new(
        options: &'a Options,
        loaded: &'a Loaded,
        folder: &'a Path,
        question: &'a Question,
    ) -> Result<Self, String> {
        let copy = folder.join("bellwether-copy");
        let _ = std::fs::remove_dir_all(&copy);
        let copied = Command::new("cp")
            .args(["-a", "--reflink=auto"])
            .arg(&loaded.data_dir)
            .arg(&copy)
            .status();
        if !copied.is_ok_and(|status| status.success()) {
            return Err(format!("can't copy to {}", copy.display()));
        }
        Ok(Self {
            options,
            loaded,
            folder,
            question,
            copy,
        })
    }

    /// Measures all of it; the differences found come second.
    pub(crate) fn run(&self, duckdb: &mut DuckDb) -> Result<(Value, Vec<String>), String> {
        let mut ready = Vec::new();
        let mut cold = Vec::new();
        for _ in 0..COLD_STARTS {
            let (server, client) = self.start()?;
            ready.push(server.ready_after());
            cold.push(client.table(self.question, "USE")?.elapsed);
            server.stop()?;
        }
        let (server, client) = self.start()?;
        let warm = bypassing(&client, duckdb, self.question, self.options.repetitions)?;
        client.table(self.question, "USE")?;
        let after = self.after_ingests(&server, &client, duckdb)?;
        server.stop()?;
        let _ = std::fs::remove_dir_all(&self.copy);
        let again = median(&after.at_once);
        let settled = median(&after.once_idle);
        let ratio = |again: Duration, full: Duration| again.as_secs_f64() / full.as_secs_f64();
        let figures = json!({
            "restart_to_ready_ms": milliseconds(median(&ready)),
            "cold_ms": milliseconds(median(&cold)),
            "columns_warm_ms": milliseconds(warm.ours),
            "after_ingest_ms": milliseconds(again),
            "of_cold": ratio(again, median(&cold)),
            "of_columns_warm": ratio(again, warm.ours),
            "once_idle_ms": milliseconds(settled),
            "once_idle_of_columns_warm": ratio(settled, warm.ours),
            "cache": after.cache,
            "ingests": INGESTS,
        });
        let mut found = after.differences;
        found.extend(warm.differences);
        Ok((figures, found))
    }

    fn start(&self) -> Result<(Server, Client), String> {
        let log = self.folder.join("copy.log");
        let server = Server::start(&self.options.executable, &self.copy, &log)?;
        let client = Client::new(server.url(), &self.loaded.token)?;
        Ok((server, client))
    }

    /// Ingests and asks in turn; DuckDB gets the same rows in a transaction that is never
    /// committed.
    fn after_ingests(
        &self,
        server: &Server,
        client: &Client,
        duckdb: &mut DuckDb,
    ) -> Result<AfterIngests, String> {
        let file = self.folder.join("new-rows.csv");
        let mut after = AfterIngests::default();
        let day = days_ago(DAYS_BEFORE_END);
        let active = format!(
            "SELECT DISTINCT campaign, brand, platform FROM delivery WHERE brand = '{BRAND}' AND day = DATE '{day}'"
        );
        let campaigns = duckdb.ask(&format!("{active} ORDER BY 1"))?.rows;
        duckdb.run("BEGIN TRANSACTION")?;
        for number in 1..=2 * INGESTS {
            let ad = format!("new-{number}");
            let mut csv = format!("date,campaign,ad_group,ad,{}\n", DELIVERY.join(","));
            let values = values(number, 1);
            for campaign in &campaigns {
                let id = campaign[0].as_str().unwrap_or_default();
                // Writing to a string has no way to fail.
                let _ = writeln!(csv, "{day},{id},new,{ad},{}", values.join(","));
            }
            std::fs::write(&file, csv).map_err(|error| error.to_string())?;
            client.ingest("delivery_daily", BRAND, &file)?;
            let is_at_once = number <= INGESTS;
            if !is_at_once {
                server.settle()?;
            }
            let answer = client.table(self.question, "USE")?;
            duckdb.run(&format!(
                "INSERT INTO delivery BY NAME SELECT DATE '{day}' AS day, brand, platform, campaign, \
                 'new' AS ad_group, '{ad}' AS ad, {} FROM ({active})",
                as_columns(number)
            ))?;
            let theirs = duckdb.ask(&self.question.sql())?;
            let found = differences(self.question, &answer, &theirs);
            after.differences.extend(found);
            let times = if is_at_once {
                &mut after.at_once
            } else {
                &mut after.once_idle
            };
            times.push(answer.elapsed);
            if !after.cache.contains(&answer.cache) {
                after.cache.push(answer.cache);
            }
        }
        duckdb.run("ROLLBACK")?;
        let _ = std::fs::remove_file(&file);
        Ok(after)
    }
}

/// The same question after each of several ingests.
#[derive(Debug, Default)]
struct AfterIngests {
    at_once: Vec<Duration>,
    once_idle: Vec<Duration>,
    /// What the server said of its cache, each word once.
    cache: Vec<String>,
    differences: Vec<String>,
}

/// A value for each measure, different in every ingest; some are multiplied by `in_millionths`.
fn values(number: usize, in_millionths: usize) -> Vec<String> {
    let value = |(place, name): (usize, &&str)| {
        let counts = !matches!(
            *name,
            "conversions" | "spend" | "revenue" | "refunds" | "cogs"
        );
        let factor = if counts { 1 } else { in_millionths };
        ((100 - 3 * place + number) * factor).to_string()
    };
    DELIVERY.iter().enumerate().map(value).collect()
}

fn as_columns(number: usize) -> String {
    let values = values(number, 1_000_000);
    let columns = values.iter().zip(DELIVERY);
    let columns: Vec<String> = columns
        .map(|(value, name)| format!("{value} AS {name}"))
        .collect();
    columns.join(", ")
}
