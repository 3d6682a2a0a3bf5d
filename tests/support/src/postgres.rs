//! A throw-away PostgreSQL cluster for the tests of one process, where its binaries exist.
//!
//! The cluster belongs to a watchdog script that ends it when this process ends, even by a
//! signal: a value in a `static` is never dropped, but its pipe is closed all the same.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = include_str!("postgres.sh");

/// A running cluster, reached by a socket in a folder of its own.
#[derive(Debug)]
pub struct PostgresCluster {
    socket_dir: String,
    bin_dir: String,
    n_databases: AtomicU32,
    /// Keeps the pipe open that the watchdog listens to.
    _watchdog: Child,
}

impl PostgresCluster {
    /// The process's one cluster, started by the first call; `None` where PostgreSQL is not
    /// installed, after saying so past the test runner's capture.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresCluster>> = OnceLock::new();
        SHARED
            .get_or_init(|| {
                Self::start()
                    .inspect_err(|reason| {
                        // `eprintln!` would be shown for failed tests only.
                        let _ = writeln!(std::io::stderr(), "skipped: {reason}");
                    })
                    .ok()
            })
            .as_ref()
    }

    /// Makes an empty database and returns its URL.
    pub fn create_database(&self) -> String {
        let number = self.n_databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        let status = Command::new(format!("{}/createdb", self.bin_dir))
            .args(["-h", &self.socket_dir, "-U", "bellwether"])
            // Unlike template1, nobody can be connected to it.
            .args(["-T", "template0", &name])
            .status()
            .expect("createdb lies beside initdb");
        assert!(status.success(), "createdb {name} failed");
        let host = self.socket_dir.replace('/', "%2F");
        format!("postgresql://bellwether@{host}/{name}")
    }

    /// Takes a database away, whoever is connected to it.
    pub fn drop_database(&self, url: &str) {
        let (_, name) = url.rsplit_once('/').expect("a URL ends in the name");
        let status = Command::new(format!("{}/dropdb", self.bin_dir))
            .args(["-h", &self.socket_dir, "-U", "bellwether", "--force", name])
            .status()
            .expect("dropdb lies beside initdb");
        assert!(status.success(), "dropdb {name} failed");
    }

    /// Runs a statement in a database.
    pub fn execute(&self, url: &str, statement: &str) {
        let (_, name) = url.rsplit_once('/').expect("a URL ends in the name");
        let status = Command::new(format!("{}/psql", self.bin_dir))
            .args(["-h", &self.socket_dir, "-U", "bellwether", "-d", name])
            .args(["--quiet", "-v", "ON_ERROR_STOP=1", "-c", statement])
            .status()
            .expect("psql lies beside initdb");
        assert!(status.success(), "{statement} failed");
    }

    fn start() -> Result<Self, String> {
        let mut watchdog = Command::new("sh")
            .args(["-c", SCRIPT, "sh", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // An interrupt at the terminal must not end the script before it has cleaned up.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("no shell to start PostgreSQL with: {error}"))?;
        let mut line = String::new();
        let stdout = watchdog.stdout.take().expect("stdout is piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        let line = line.trim();
        if let Some((socket_dir, bin_dir)) = line
            .strip_prefix("ready ")
            .and_then(|rest| rest.split_once(' '))
        {
            return Ok(Self {
                socket_dir: socket_dir.to_owned(),
                bin_dir: bin_dir.to_owned(),
                n_databases: AtomicU32::new(0),
                _watchdog: watchdog,
            });
        }
        let missing = line.strip_prefix("missing ");
        // A cluster that is there but doesn't start is a fault, not a reason to skip.
        let reason = missing.unwrap_or_else(|| panic!("PostgreSQL did not start: {line}"));
        Err(reason.to_owned())
    }
}
