//! A server process of its own for each test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::client::Persona;
use crate::command::{Ran, run_with};

/// The executable under test.
#[derive(Debug, Clone)]
pub struct Executable(pub PathBuf);

/// A running server, killed when dropped.
#[derive(Debug)]
pub struct TestServer {
    executable: Executable,
    child: Child,
    folder: TempDir,
    catalogue: Option<String>,
    ready: Value,
}

/// A server that stopped at a step of a commit and was killed there.
#[derive(Debug)]
pub struct Stopped {
    executable: Executable,
    folder: TempDir,
    catalogue: Option<String>,
}

impl TestServer {
    /// Two agencies with brands and tokens, and no campaigns and no facts.
    pub fn empty(executable: &str) -> Self {
        Self::start(
            Executable(executable.into()),
            temporary_folder(),
            &["--empty"],
            &[],
        )
    }

    /// The whole demonstration.
    pub fn demo(executable: &str) -> Self {
        Self::start(Executable(executable.into()), temporary_folder(), &[], &[])
    }

    /// An empty server with a configuration file of this text.
    pub fn with_config(executable: &str, config: &str) -> Self {
        let folder = temporary_folder();
        let path = folder.path().join("bellwether.toml");
        std::fs::write(&path, config).expect("the folder is writable");
        let path = path.display().to_string();
        Self::start(
            Executable(executable.into()),
            folder,
            &["--empty", "--config", &path],
            &[],
        )
    }

    /// An empty demonstration that runs this plugin beside the others.
    pub fn with_plugin(executable: &str, library: &str) -> Self {
        Self::start(
            Executable(executable.into()),
            temporary_folder(),
            &["--empty", "--plugin", library],
            &[],
        )
    }

    /// An empty server whose catalogue is the PostgreSQL database of this URL.
    pub fn on_postgres(executable: &str, url: &str) -> Self {
        let stopped = Stopped {
            executable: Executable(executable.into()),
            folder: temporary_folder(),
            catalogue: Some(url.to_owned()),
        };
        stopped.restart()
    }

    /// The same with a configuration file of this text.
    pub fn on_postgres_with_config(executable: &str, url: &str, config: &str) -> Self {
        let stopped = Stopped {
            executable: Executable(executable.into()),
            folder: temporary_folder(),
            catalogue: Some(url.to_owned()),
        };
        stopped.restart_configured(config, None)
    }

    /// An empty server with a configuration file of this text, at which every commit stops for
    /// ever at a step.
    pub fn stopping_at_with_config(executable: &str, step: &str, config: &str) -> Self {
        let folder = temporary_folder();
        let path = folder.path().join("bellwether.toml");
        std::fs::write(&path, config).expect("the folder is writable");
        let path = path.display().to_string();
        let variables = [("BELLWETHER_STOP_AT", step)];
        let flags = ["--empty", "--config", &path];
        Self::start(Executable(executable.into()), folder, &flags, &variables)
    }

    /// An empty server that stops for ever at a step of the first commit that reaches it.
    pub fn stopping_at(executable: &str, step: &str) -> Self {
        let variables = [("BELLWETHER_STOP_AT", step)];
        Self::start(
            Executable(executable.into()),
            temporary_folder(),
            &["--empty"],
            &variables,
        )
    }

    fn start(
        executable: Executable,
        folder: TempDir,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let stopped = Stopped {
            executable,
            folder,
            catalogue: None,
        };
        Self::start_as("demo", stopped, flags, variables)
    }

    fn start_as(verb: &str, stopped: Stopped, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let Stopped {
            executable,
            folder,
            catalogue,
        } = stopped;
        let data_dir = folder.path().join("data");
        let mut command = Command::new(&executable.0);
        command
            .args([verb, "--json", "--port", "0", "--data-dir"])
            .arg(&data_dir)
            .args(flags);
        command.envs(variables.iter().copied());
        command.envs(
            catalogue
                .iter()
                .map(|url| ("BELLWETHER_CATALOGUE_URL", url)),
        );
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the executable starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("standard output is text");
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut said = String::new();
            if let Some(mut stderr) = child.stderr.take() {
                let _ = stderr.read_to_string(&mut said);
            }
            panic!("the server did not get ready; it printed `{line}` and said:\n{said}")
        });
        Self {
            executable,
            child,
            folder,
            catalogue,
            ready,
        }
    }

    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        self.ready["url"]
            .as_str()
            .expect("the ready line has a url")
    }

    /// The ready line as printed.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A persona of the first agency: `owner`, `analyst` or `viewer`.
    pub fn persona(&self, name: &str) -> Persona {
        self.persona_of(0, name)
    }

    /// The owner of the first agency.
    pub fn owner(&self) -> Persona {
        self.persona("owner")
    }

    /// The analyst of the first agency.
    pub fn analyst(&self) -> Persona {
        self.persona("analyst")
    }

    /// The viewer of the first agency.
    pub fn viewer(&self) -> Persona {
        self.persona("viewer")
    }

    /// The owner of the second agency, who must never see the first one's data.
    pub fn other_agency(&self) -> Persona {
        self.persona_of(1, "owner")
    }

    /// Somebody without a token.
    pub fn anonymous(&self) -> Persona {
        Persona::new(self.url(), None)
    }

    /// The slug of the first agency.
    pub fn agency(&self) -> &str {
        self.ready["agencies"][0]["slug"]
            .as_str()
            .expect("the ready line has agencies")
    }

    /// The slug of a brand of the first agency.
    pub fn brand(&self, place: usize) -> &str {
        self.ready["agencies"][0]["brands"][place]
            .as_str()
            .expect("the first agency has this brand")
    }

    /// The slug of a brand of the second agency.
    pub fn other_brand(&self) -> &str {
        self.ready["agencies"][1]["brands"][0]
            .as_str()
            .expect("the second agency has a brand")
    }

    /// Tells the process to stop (SIGTERM), as operators do, and doesn't wait for it.
    pub fn terminate(&self) {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("`kill` is there").success());
    }

    /// Kills the process without warning (SIGKILL) and starts another one in its folder.
    pub fn kill_and_restart(self) -> Self {
        self.kill().restart()
    }

    /// Kills the process without warning (SIGKILL).
    pub fn kill(mut self) -> Stopped {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
        let folder = std::mem::replace(&mut self.folder, temporary_folder());
        Stopped {
            executable: self.executable.clone(),
            folder,
            catalogue: self.catalogue.clone(),
        }
    }

    /// Waits until the process says that it stopped at its step.
    pub fn wait_until_stopped(&mut self) {
        let stderr = self
            .child
            .stderr
            .take()
            .expect("standard error is read once");
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.starts_with("stopped at ")),
            "the process ended before its step"
        );
    }

    fn persona_of(&self, agency: usize, name: &str) -> Persona {
        let token = self.ready["agencies"][agency]["tokens"][name].as_str();
        Persona::new(
            self.url(),
            Some(token.unwrap_or_else(|| panic!("no token for `{name}`"))),
        )
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Stopped {
    /// A folder whose `data` is a data folder that commands have set up.
    pub fn left_in(executable: &str, folder: TempDir) -> Self {
        Self {
            executable: Executable(executable.into()),
            folder,
            catalogue: None,
        }
    }

    /// An empty folder in which no process ran so far.
    pub fn new(executable: &str) -> Self {
        Self::left_in(executable, temporary_folder())
    }

    /// The data folder as the killed process left it.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command on the data folder and its catalogue.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let data_dir = self.data_dir().display().to_string();
        let on_folder = [arguments, &["--data-dir", &data_dir]].concat();
        let catalogue = self.catalogue.as_deref();
        let variables = catalogue.map(|url| ("BELLWETHER_CATALOGUE_URL", url));
        run_with(&self.executable.0, on_folder, variables.as_slice())
    }

    /// Another process in the same folder.
    pub fn restart(self) -> TestServer {
        TestServer::start_as("demo", self, &["--empty"], &[])
    }

    /// Another process in the same folder, which stops for ever at a step of the first commit
    /// that reaches it.
    pub fn restart_stopping_at(self, step: &str) -> TestServer {
        let stop_at = ("BELLWETHER_STOP_AT", step);
        TestServer::start_as("demo", self, &["--empty"], &[stop_at])
    }

    /// Another process in the same folder with a configuration file of this text, which stops for
    /// ever at a step, if one is named.
    pub fn restart_configured(self, config: &str, stop_at: Option<&str>) -> TestServer {
        let stop_at = stop_at.map(|step| ("BELLWETHER_STOP_AT", step));
        self.restart_with(config, stop_at.as_slice())
    }

    /// Another process in the same folder with a configuration file of this text, which takes
    /// itself to start at a moment, such as `2026-04-10T12:00:00Z`, if one is named.
    pub fn restart_at(self, moment: Option<&str>, config: &str) -> TestServer {
        let starts_at = moment.map(|moment| ("BELLWETHER_STARTS_AT", moment));
        self.restart_with(config, starts_at.as_slice())
    }

    fn restart_with(self, config: &str, variables: &[(&str, &str)]) -> TestServer {
        let path = self.folder.path().join("bellwether.toml");
        std::fs::write(&path, config).expect("the folder is writable");
        let path = path.display().to_string();
        let flags = ["--empty", "--config", &path];
        TestServer::start_as("demo", self, &flags, variables)
    }

    /// `bellwether serve` in the same folder: it makes no tokens, so that it has no personas.
    pub fn serve(self) -> TestServer {
        TestServer::start_as("serve", self, &[], &[])
    }

    /// The same, which takes itself to start at a moment, such as `2026-04-10T12:00:00Z`.
    pub fn serve_at(self, moment: &str) -> TestServer {
        TestServer::start_as("serve", self, &[], &[("BELLWETHER_STARTS_AT", moment)])
    }
}

/// Every file below a folder, relative to it and in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&next) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(relative) = path.strip_prefix(folder) {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    found
}

fn temporary_folder() -> TempDir {
    TempDir::new().expect("the machine has a temporary folder")
}
