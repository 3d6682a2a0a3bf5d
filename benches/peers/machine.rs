//! What the figures were measured on.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::duckdb::DuckDb;

/// Machine, versions and commit.
pub(crate) fn describe(duckdb: &DuckDb) -> Value {
    json!({
        "cpu": line_after("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory": line_after("/proc/meminfo", "MemTotal"),
        "kernel": said("uname", &["-sr"]),
        "rustc": said("rustc", &["--version"]),
        "commit": commit(),
        "date": said("date", &["-u", "+%Y-%m-%d"]),
        "duckdb": duckdb.versions()["duckdb"],
        "python": duckdb.versions()["python"],
        "duckdb_loaded_s": duckdb.loaded_in().map(|time| time.as_secs()),
    })
}

/// The commit that is checked out, with `+` where files differ from it.
fn commit() -> Option<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let commit = said("git", &["-C", root, "rev-parse", "--short", "HEAD"])?;
    let changed = said("git", &["-C", root, "status", "--porcelain", "-uno"])?;
    let mark = if changed.is_empty() { "" } else { "+" };
    Some(format!("{commit}{mark}"))
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn line_after(file: impl AsRef<Path>, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
