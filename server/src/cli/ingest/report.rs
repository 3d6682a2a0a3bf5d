//! What the command prints: for people as sentences, for scripts as one line of JSON a batch.

use std::fmt::Write;

use bellwether_domain::batch::{BatchAnswer, BatchOutcome, PROBLEMS_LISTED_MAX};
use bellwether_domain::sample::LineProblem;
use serde_json::json;

use super::plan::PreparedBatch;

/// The most problems shown to people; scripts get all that the answer lists.
const PROBLEMS_SHOWN_MAX: usize = 20;

/// A text to print, and whether the batch is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The text, with a line break at its end.
    pub text: String,
    /// Whether the exit code is 0.
    pub success: bool,
}

/// How a batch ended; lines that could not be converted count as rejected.
pub fn report(answer: &BatchAnswer, batch: &PreparedBatch, json: bool) -> Report {
    let answer = with_unconverted(answer, batch);
    let success = answer.outcome == BatchOutcome::Committed;
    let text = if json {
        format!("{}\n", answer_json(&answer, batch))
    } else {
        told(&answer, batch)
    };
    Report { text, success }
}

/// Why nothing of the command is sent: in strict mode a line that can't be converted stops it.
pub fn unsent(batches: &[PreparedBatch], json: bool) -> Option<Report> {
    if !batches.iter().any(PreparedBatch::is_refused) {
        return None;
    }
    let text = batches
        .iter()
        .filter(|batch| json || batch.is_refused())
        .map(|batch| {
            if json {
                return format!("{}\n", not_sent_json(batch));
            }
            let mut text = format!(
                "{}: nothing sent: {} can't be converted; mend them, or use `--mode skip` to leave them out\n",
                batch.source_name,
                counted(batch.n_unconverted, "line"),
            );
            tell_problems(&mut text, &batch.converted_problems, batch.n_unconverted, batch);
            text
        })
        .collect();
    Some(Report {
        text,
        success: false,
    })
}

/// Why a batch of which there is no answer failed, as a line for scripts: the server's error, or
/// one of the same shape.
pub fn failed_json(batch: &PreparedBatch, error: &serde_json::Value) -> String {
    json!({ "source": batch.source_name, "error": error["error"] }).to_string()
}

fn not_sent_json(batch: &PreparedBatch) -> serde_json::Value {
    json!({
        "source": batch.source_name,
        "outcome": "NOT_SENT",
        "accepted": 0,
        "rejected": batch.n_unconverted,
        "problems": problems_json(&batch.converted_problems, batch),
    })
}

fn with_unconverted(answer: &BatchAnswer, batch: &PreparedBatch) -> BatchAnswer {
    let mut answer = answer.clone();
    answer.rejected += batch.n_unconverted;
    answer
        .problems
        .extend(batch.converted_problems.iter().cloned());
    answer.problems.sort_by_key(|problem| problem.line);
    answer.problems.truncate(PROBLEMS_LISTED_MAX);
    answer
}

/// The server's own answer, its problems by file and line.
fn answer_json(answer: &BatchAnswer, batch: &PreparedBatch) -> serde_json::Value {
    let mut object = json!(answer);
    object["source"] = batch.source_name.as_str().into();
    object["problems"] = problems_json(&answer.problems, batch);
    object
}

fn problems_json(problems: &[LineProblem], batch: &PreparedBatch) -> serde_json::Value {
    let problems = problems
        .iter()
        .map(|problem| batch.sources.problem_json(problem));
    problems.collect()
}

fn told(answer: &BatchAnswer, batch: &PreparedBatch) -> String {
    let source_name = &batch.source_name;
    let rejected = counted(answer.rejected, "line");
    let mut text = match answer.outcome {
        BatchOutcome::Committed => format!(
            "{source_name}: committed as {}: {} accepted, {rejected} rejected\n",
            answer.batch,
            counted(answer.accepted, "row"),
        ),
        BatchOutcome::Rejected => format!(
            "{source_name}: rejected as {}: nothing written, {rejected} rejected\n",
            answer.batch
        ),
    };
    if !answer.registered.is_empty() {
        let campaigns = answer.registered.join(", ");
        append(
            &mut text,
            format_args!("  registered campaigns: {campaigns}"),
        );
    }
    if let Some(snapshot) = &answer.snapshot {
        append(&mut text, format_args!("  snapshot: {snapshot}"));
    }
    tell_problems(&mut text, &answer.problems, answer.rejected, batch);
    text
}

fn tell_problems(
    text: &mut String,
    problems: &[LineProblem],
    n_problems: u64,
    batch: &PreparedBatch,
) {
    let shown = &problems[..problems.len().min(PROBLEMS_SHOWN_MAX)];
    for problem in shown {
        let column = problem
            .column
            .as_ref()
            .map(|column| format!(", column `{column}`"))
            .unwrap_or_default();
        let line = batch.sources.told(problem.line);
        let (code, message) = (problem.code.name(), &problem.message);
        append(text, format_args!("  {line}{column}: {code}: {message}"));
    }
    let rest = n_problems.saturating_sub(shown.len() as u64);
    if rest > 0 {
        append(text, format_args!("  and {} more", counted(rest, "line")));
    }
}

fn append(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string has no way to fail.
    let _ = writeln!(text, "{line}");
}

fn counted(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
