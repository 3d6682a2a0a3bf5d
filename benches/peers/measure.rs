//! Times and medians: both sides asked in turn, so that a noisy moment meets both.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::compare::differences;
use super::duckdb::DuckDb;
use super::questions::Question;

/// Askings before the first that counts: they decode columns and warm buffers.
const WARM_UPS: usize = 3;

/// How both sides did at one question.
#[derive(Debug)]
pub(crate) struct Compared {
    /// The question's name.
    pub(crate) name: &'static str,
    /// Bellwether's median.
    pub(crate) ours: Duration,
    /// DuckDB's median.
    pub(crate) theirs: Duration,
    /// Rows of the answer.
    pub(crate) n_rows: usize,
    /// Requests that Bellwether's answer took.
    pub(crate) n_pages: u32,
    /// What Bellwether said of its cache, each word once.
    pub(crate) cache: Vec<String>,
    /// Where the answers differ.
    pub(crate) differences: Vec<String>,
    /// All times in microseconds, for the JSON.
    times: [Vec<Duration>; 2],
}

impl Compared {
    /// Bellwether's time by DuckDB's.
    pub(crate) fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.theirs.as_secs_f64()
    }

    /// All of it as JSON.
    pub(crate) fn json(&self) -> Value {
        let micros = |times: &[Duration]| {
            let micros = times.iter().map(|time| time.as_secs_f64() * 1e6);
            micros.map(f64::round).collect::<Vec<_>>()
        };
        json!({
            "question": self.name,
            "bellwether_ms": milliseconds(self.ours),
            "duckdb_ms": milliseconds(self.theirs),
            "ratio": self.ratio(),
            "rows": self.n_rows,
            "pages": self.n_pages,
            "cache": self.cache,
            "differences": self.differences,
            "bellwether_us": micros(&self.times[0]),
            "duckdb_us": micros(&self.times[1]),
        })
    }
}

/// The same question again and again, with Bellwether's results, partials and roll-ups bypassed.
pub(crate) fn bypassing(
    client: &Client,
    duckdb: &mut DuckDb,
    question: &Question,
    repetitions: usize,
) -> Result<Compared, String> {
    let sql = question.sql();
    for _ in 0..WARM_UPS {
        client.table(question, "BYPASS")?;
        duckdb.run(&sql)?;
    }
    let questions = vec![question.clone(); repetitions];
    alternating(client, duckdb, &questions, "BYPASS")
}

/// A new question each time, on the normal path, after one that has had all measures read.
pub(crate) fn never_asked(
    client: &Client,
    duckdb: &mut DuckDb,
    question: &Question,
    repetitions: usize,
) -> Result<Compared, String> {
    let all = question.with_all_measures();
    client.table(&all, "USE")?;
    duckdb.run(&all.sql())?;
    let variants: Vec<_> = (1..=repetitions).map(|n| question.variant(n)).collect();
    alternating(client, duckdb, &variants, "USE")
}

fn alternating(
    client: &Client,
    duckdb: &mut DuckDb,
    questions: &[Question],
    cache: &str,
) -> Result<Compared, String> {
    let mut times = [Vec::new(), Vec::new()];
    let mut said = Vec::new();
    let mut answers = Vec::new();
    for question in questions {
        let answer = client.table(question, cache)?;
        times[0].push(answer.elapsed);
        times[1].push(duckdb.run(&question.sql())?);
        if !said.contains(&answer.cache) {
            said.push(answer.cache.clone());
        }
        answers.push((question, answer));
    }
    // Compared after the clocks have stopped: every answer, not only the last one.
    let mut found = Vec::new();
    for (question, answer) in &answers {
        found.extend(differences(question, answer, &duckdb.ask(&question.sql())?));
    }
    let (last, answer) = answers.last().ok_or("at least one repetition")?;
    Ok(Compared {
        name: last.name,
        ours: median(&times[0]),
        theirs: median(&times[1]),
        n_rows: answer.rows.len(),
        n_pages: answer.n_pages,
        cache: said,
        differences: found,
        times,
    })
}

/// The middle one; of an even number the upper middle.
pub(crate) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// A time in milliseconds, for people and JSON.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
