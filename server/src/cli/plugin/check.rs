//! `bellwether plugin check`: the full list of what a server may do to a plugin.
//!
//! A plugin may refuse rows that make no sense to it, in its own words; it may not crash, hang,
//! panic, answer in another shape, or answer twice differently.
//! Invariant: every check runs, whatever became of those before it.

use std::process::ExitCode;
use std::time::Instant;

use bellwether_plugin_host::abi::Kind;
use bellwether_plugin_host::abi::layout::ERROR_PANIC;
use bellwether_plugin_host::{Error, InputTable, OutputTable, PluginHostConfig};
use serde_json::json;

use super::report::Report;
use super::samples::{Values, table};
use super::{Bench, CheckArgs, rows};

/// Rows of the largest table for an allocator, which compares all entities with each other: a
/// portfolio of 2,500.
const ALLOCATOR_ROWS_MAX: usize = 10_000;

/// Batches of the check for leaks.
const LEAK_BATCHES: usize = 1_000;

/// Memory within which those batches must be done. A leak of 256 KiB a batch fails.
const LEAK_MEMORY_BYTES: u64 = 256 << 20;

pub(super) async fn run(args: CheckArgs) -> Result<ExitCode, String> {
    let mut report = Report::default();
    let bench = Bench::open(&args.plugin, args.config.as_deref()).await?;
    let metadata = &bench.plugin.metadata;
    let (name, version, kind) = (&metadata.name, &metadata.version, metadata.kind);
    report.ok("metadata", format!("`{name}` {version}, {kind:?}"));
    let given = match &args.data {
        Some(path) => Some(rows::read(path, &metadata.input)?),
        None => None,
    };
    configurations(&bench, &mut report).await;
    if let Some(rows) = &given {
        own_rows(&bench, rows, &mut report).await;
    }
    shapes(&bench, args.rows_max, &mut report).await;
    let rows = given.unwrap_or_else(|| ordinary(&bench, 2_000));
    repeated(&bench, &rows, &mut report).await;
    if kind == Kind::Scorer {
        sliced(&bench, &rows, &mut report).await;
        leak(&bench, &mut report).await;
    }
    Ok(if report.end() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn ordinary(bench: &Bench, rows: usize) -> InputTable {
    table(&bench.plugin.metadata.input, Values::Ordinary, rows, 4)
}

/// The configuration that is given is accepted, and nonsense is not.
async fn configurations(bench: &Bench, report: &mut Report) {
    let one = ordinary(bench, 1);
    let outcome = bench.run(&one).await;
    match outcome {
        Err(error) if is_of_open(&error) => report.failed(
            "configuration",
            error,
            "give one that its schema and its `open` accept with --config",
        ),
        _ => report.ok("configuration", "accepted"),
    }
    let nonsense = [json!([]), json!({ "no_such_setting": 1 })];
    for config in nonsense {
        let outcome = bench.run_with(&bench.limits, &config, &one).await;
        let check = format!("configuration {config}");
        match outcome {
            Err(error) if is_of_open(&error) => report.ok(&check, "refused"),
            Err(error) if is_own_refusal(&error) => report.failed(&check, error, NONSENSE_HINT),
            Err(error) => report.failed(&check, error, fault_hint()),
            Ok(_) => report.failed(&check, "accepted", NONSENSE_HINT),
        }
    }
}

const NONSENSE_HINT: &str = "say `\"type\": \"object\", \"additionalProperties\": false` in \
     `config_schema`, so that a misspelt setting is not passed over";

async fn own_rows(bench: &Bench, rows: &InputTable, report: &mut Report) {
    let rows_in = rows.columns.first().map_or(0, |column| column.data.len());
    let check = format!("the {rows_in} rows of the file");
    match timed(bench.run(rows)).await {
        (Ok(answer), ms) => report.ok(&check, rows_out(&answer, ms)),
        (Err(error), _) => report.failed(&check, error, "these are rows that it should answer"),
    }
}

/// Tables of all sizes and with all sorts of values.
async fn shapes(bench: &Bench, rows_max: u32, report: &mut Report) {
    let most = usize::try_from(rows_max).unwrap_or(usize::MAX);
    let most = match bench.plugin.metadata.kind {
        Kind::Scorer | Kind::Alerter => most,
        Kind::Allocator => most.min(ALLOCATOR_ROWS_MAX),
    };
    let largest = format!("{most} rows");
    let shapes = [
        ("no row", Values::Ordinary, 0),
        ("1 row", Values::Ordinary, 1),
        ("7 rows", Values::Ordinary, 7),
        ("2000 rows", Values::Ordinary, 2_000),
        ("missing values", Values::SomeMissing, 2_000),
        ("all values missing", Values::AllMissing, 2_000),
        (
            "NaN, infinities, ends of numbers, empty texts",
            Values::Extreme,
            2_000,
        ),
        (&largest, Values::Ordinary, most),
    ];
    for (check, values, rows) in shapes {
        let input = table(&bench.plugin.metadata.input, values, rows, 4);
        match timed(bench.run(&input)).await {
            (Ok(answer), ms) => report.ok(check, rows_out(&answer, ms)),
            (Err(error), _) if is_own_refusal(&error) => {
                report.ok(check, format!("refused: {error}"));
            }
            (Err(error), _) => report.failed(check, error, fault_hint()),
        }
    }
}

async fn repeated(bench: &Bench, rows: &InputTable, report: &mut Report) {
    let (first, second) = (bench.run(rows).await, bench.run(rows).await);
    let check = "the same rows twice";
    // Compared as text, since NaN is not equal to itself.
    match (told(first), told(second)) {
        (first, second) if first == second => report.ok(check, "the same answer"),
        _ => report.failed(
            check,
            "two answers",
            "draw random numbers from a seed of the configuration, and keep no order of hash maps",
        ),
    }
}

/// A scorer's answer must not depend on which entities come in one batch.
async fn sliced(bench: &Bench, rows: &InputTable, report: &mut Report) {
    let small = PluginHostConfig {
        rows_per_slice_max: 100,
        ..bench.limits.clone()
    };
    let whole = bench.run(rows).await;
    let slices = bench.run_with(&small, &bench.config, rows).await;
    let check = "in slices of 100 rows";
    if told(whole) == told(slices) {
        report.ok(check, "the same answer");
        return;
    }
    report.failed(
        check,
        "another answer than in one batch",
        "score each entity by its own rows alone, and keep nothing between batches",
    );
}

async fn leak(bench: &Bench, report: &mut Report) {
    let small = PluginHostConfig {
        rows_per_slice_max: 40,
        memory_bytes_max: LEAK_MEMORY_BYTES,
        ..bench.limits.clone()
    };
    let rows = ordinary(bench, 40 * LEAK_BATCHES);
    let check = "1,000 batches within 256 MiB";
    match timed(bench.run_with(&small, &bench.config, &rows)).await {
        (Ok(_), ms) => report.ok(check, format!("done in {ms} ms")),
        (Err(error), _) if is_own_refusal(&error) => {
            report.ok(check, format!("refused: {error}"));
        }
        (Err(error), _) => report.failed(
            check,
            error,
            "it keeps memory between batches, or needs more than that for one",
        ),
    }
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, u128) {
    let begun = Instant::now();
    let done = work.await;
    (done, begun.elapsed().as_millis())
}

fn rows_out(answer: &OutputTable, ms: u128) -> String {
    format!("{} rows out in {ms} ms", answer.rows())
}

fn told(outcome: Result<OutputTable, Error>) -> String {
    match outcome {
        Ok(answer) => format!("{answer:?}"),
        Err(error) => error.to_string(),
    }
}

fn is_of_open(error: &Error) -> bool {
    matches!(error, Error::Failed { call: "open", code, .. } if *code != ERROR_PANIC)
}

/// An error that the plugin reports on purpose.
fn is_own_refusal(error: &Error) -> bool {
    matches!(error, Error::Failed { code, .. } if *code != ERROR_PANIC)
}

fn fault_hint() -> &'static str {
    "a server would tell this to whoever asked for scores; answer, or return an error that says \
     what is wrong with the rows"
}
