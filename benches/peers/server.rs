//! The server under measurement: a process of its own on a data folder of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The agency of the bench.
pub(crate) const AGENCY: &str = "peers";

/// Longest wait for background work, such as compaction, to end.
const SETTLE_MAX: Duration = Duration::from_mins(5);

/// A running server; killed when dropped, told to stop by [`Server::stop`].
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    url: String,
    ready_after: Duration,
}

/// Resident memory of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Now, in bytes.
    pub(crate) now: u64,
    /// The most since its start, in bytes.
    pub(crate) peak: u64,
}

impl Server {
    /// Starts the server and waits until it says that it is ready. It logs into the file.
    pub(crate) fn start(executable: &Path, data_dir: &Path, log: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("`{}`: {error}", executable.display());
        let log = File::create(log).map_err(told)?;
        let started = Instant::now();
        let mut child = on_two_cores(executable)
            .args(["serve", "--json", "--port", "0", "--data-dir"])
            .arg(data_dir)
            .env("BELLWETHER_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(told)?;
        let stdout = child.stdout.take().ok_or("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(told)?;
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let mut server = Self {
            child,
            url: said["url"].as_str().unwrap_or_default().to_owned(),
            ready_after: Duration::ZERO,
        };
        server.wait_until_ready()?;
        server.ready_after = started.elapsed();
        Ok(server)
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        for _ in 0..2_000 {
            if let Ok(response) = ureq::get(format!("{}/health/ready", self.url)).call()
                && response.status() == 200
            {
                return Ok(());
            }
            pause(Duration::from_millis(5));
        }
        Err("the server did not get ready; see its log in the bench's folder".to_owned())
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// From its start until `/health/ready` said so.
    pub(crate) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Its resident memory.
    pub(crate) fn memory(&self) -> Result<Memory, String> {
        let status = self.proc_file("status")?;
        let kib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let bytes = |name| kib(name).map(|kib| kib * 1024).ok_or("no memory in status");
        Ok(Memory {
            now: bytes("VmRSS:")?,
            peak: bytes("VmHWM:")?,
        })
    }

    /// Time that it has had on all cores, in steps of 10 ms.
    pub(crate) fn cpu(&self) -> Result<Duration, String> {
        let stat = self.proc_file("stat")?;
        // The name in parentheses may have blanks; utime and stime are fields 14 and 15.
        let (_, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<u64>().ok());
        match (ticks(11), ticks(12)) {
            // Linux gives user space hundredths of a second on every machine.
            (Some(user), Some(system)) => Ok(Duration::from_millis((user + system) * 10)),
            _ => Err("no times in stat".to_owned()),
        }
    }

    /// Waits until it has been idle for a second, so that background work isn't measured.
    pub(crate) fn settle(&self) -> Result<Duration, String> {
        let started = Instant::now();
        let mut quiet = 0;
        while quiet < 4 && started.elapsed() < SETTLE_MAX {
            let before = self.cpu()?;
            pause(Duration::from_millis(250));
            let busy = self.cpu()?.saturating_sub(before) > Duration::from_millis(10);
            quiet = if busy { 0 } else { quiet + 1 };
        }
        Ok(started.elapsed())
    }

    /// Tells it to stop and waits for that.
    pub(crate) fn stop(mut self) -> Result<(), String> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        told.map_err(|error| format!("kill: {error}"))?;
        let ended = self.child.wait();
        ended.map_err(|error| format!("the server: {error}"))?;
        Ok(())
    }

    fn proc_file(&self, name: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only after a failure; a stopped one is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `bellwether admin …` on a folder that no server holds; what it printed.
pub(crate) fn admin(
    executable: &Path,
    data_dir: &Path,
    arguments: &[&str],
) -> Result<String, String> {
    let output = Command::new(executable)
        .arg("admin")
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir)
        .output()
        .map_err(|error| format!("`{}`: {error}", executable.display()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("admin {}: {said}", arguments.join(" ")))
}

/// A command held to the first two cores, which the bars are for; on two cores just the command.
pub(crate) fn on_two_cores(program: &Path) -> Command {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores <= 2 {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", "0,1"]).arg(program);
    command
}

/// Does nothing for this long.
pub(crate) fn pause(length: Duration) {
    let (_sender, receiver) = channel::<()>();
    let ended = receiver.recv_timeout(length);
    debug_assert_eq!(ended, Err(RecvTimeoutError::Timeout));
}
