//! DuckDB in a Python process beside the bench; speaks JSON lines with `duckdb_peer.py`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::data::Data;
use super::server::on_two_cores;

/// The version compared with.
const DUCKDB: &str = "2.0.0";

/// Threads that DuckDB may use: the cores that the bars are for.
const THREADS: u32 = 2;

/// The script that is DuckDB's side.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/duckdb_peer.py");

/// A running DuckDB with its database open.
#[derive(Debug)]
pub(crate) struct DuckDb {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    versions: Value,
    loaded_in: Option<Duration>,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct PeerAnswer {
    /// The columns' names.
    pub(crate) columns: Vec<String>,
    /// The rows: integers as they are, money and conversions in millionths.
    pub(crate) rows: Vec<Vec<Value>>,
}

impl DuckDb {
    /// Opens the database of these facts; makes the environment and the tables if they lack.
    pub(crate) fn start(root: &Path, folder: &Path, data: &Data) -> Result<Self, String> {
        let python = environment(root)?;
        let whole = folder.join(format!("duckdb-{DUCKDB}.db"));
        let mut loaded_in = None;
        if !whole.exists() {
            eprintln!("loading DuckDB");
            let unfinished = folder.join("duckdb-unfinished.db");
            let _ = std::fs::remove_file(&unfinished);
            let mut peer = Self::open(&python, &unfinished)?;
            loaded_in = Some(peer.load(data)?);
            peer.end()?;
            std::fs::rename(&unfinished, &whole)
                .map_err(|error| format!("{}: {error}", whole.display()))?;
        }
        let mut peer = Self::open(&python, &whole)?;
        peer.loaded_in = loaded_in;
        Ok(peer)
    }

    fn open(python: &Path, file: &Path) -> Result<Self, String> {
        let mut child = on_two_cores(python)
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("`{}`: {error}", python.display()))?;
        let stdin = child.stdin.take().ok_or("standard input is piped")?;
        let stdout = child.stdout.take().ok_or("standard output is piped")?;
        let mut peer = Self {
            child,
            stdin,
            stdout: BufReader::new(stdout),
            versions: Value::Null,
            loaded_in: None,
        };
        peer.versions = peer.say(&json!({ "do": "open", "file": file, "threads": THREADS }))?;
        Ok(peer)
    }

    fn load(&mut self, data: &Data) -> Result<Duration, String> {
        let files = |of: fn(&super::data::BrandFiles) -> &PathBuf| {
            let brands = data.brands.iter();
            brands
                .map(|brand| json!([brand.slug, of(brand)]))
                .collect::<Vec<_>>()
        };
        let said = self.say(&json!({
            "do": "load",
            "delivery": files(|brand| &brand.delivery),
            "audience": files(|brand| &brand.audience),
        }))?;
        Ok(nanoseconds(&said))
    }

    /// Its versions, as JSON.
    pub(crate) fn versions(&self) -> &Value {
        &self.versions
    }

    /// How long loading took; `None` where the tables were there.
    pub(crate) fn loaded_in(&self) -> Option<Duration> {
        self.loaded_in
    }

    /// Runs a statement; how long it took, fetching included.
    pub(crate) fn run(&mut self, sql: &str) -> Result<Duration, String> {
        Ok(nanoseconds(&self.say(&json!({ "do": "run", "sql": sql }))?))
    }

    /// Runs a statement; what it answered.
    pub(crate) fn ask(&mut self, sql: &str) -> Result<PeerAnswer, String> {
        let said = self.say(&json!({ "do": "ask", "sql": sql }))?;
        let broken = |error: serde_json::Error| format!("DuckDB's answer: {error}");
        Ok(PeerAnswer {
            columns: serde_json::from_value(said["columns"].clone()).map_err(broken)?,
            rows: serde_json::from_value(said["rows"].clone()).map_err(broken)?,
        })
    }

    fn say(&mut self, request: &Value) -> Result<Value, String> {
        let gone = |error: std::io::Error| format!("DuckDB's process: {error}");
        writeln!(self.stdin, "{request}").map_err(gone)?;
        self.stdin.flush().map_err(gone)?;
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(gone)?;
        let said: Value =
            serde_json::from_str(&line).map_err(|error| format!("DuckDB's process: {error}"))?;
        match said.get("error") {
            Some(error) => Err(format!("DuckDB: {error} for {request}")),
            None => Ok(said),
        }
    }

    /// Closes the database.
    pub(crate) fn end(self) -> Result<(), String> {
        let Self {
            mut child, stdin, ..
        } = self;
        drop(stdin);
        child.wait().map_err(|error| error.to_string())?;
        Ok(())
    }
}

fn nanoseconds(said: &Value) -> Duration {
    Duration::from_nanos(said["ns"].as_u64().unwrap_or(u64::MAX))
}

/// Python with the pinned DuckDB, in an environment of the bench's own.
fn environment(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join(format!("venv-duckdb-{DUCKDB}"));
    let python = folder.join("bin/python");
    let installed = folder.join("installed");
    if installed.exists() {
        return Ok(python);
    }
    let package = format!("duckdb=={DUCKDB}");
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(&folder);
    succeed(&mut venv)?;
    let mut pip = Command::new(&python);
    succeed(pip.args(["-m", "pip", "install", "--quiet", &package]))?;
    std::fs::write(&installed, package)
        .map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(python)
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
