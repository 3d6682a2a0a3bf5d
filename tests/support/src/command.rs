//! The executable as a command that runs to its end.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a command said and how it ended.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed on standard output.
    pub stdout: String,
    /// What it printed on standard error.
    pub stderr: String,
}

impl Ran {
    /// The same, which must have succeeded.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// What it printed, as one line of JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|_| panic!("not one line of JSON: {self:#?}"))
    }
}

/// Runs a command to its end.
pub fn run<S: AsRef<OsStr>>(executable: &str, arguments: impl IntoIterator<Item = S>) -> Ran {
    run_with(executable, arguments, &[])
}

/// Runs a command to its end with these environment variables.
pub fn run_with<S: AsRef<OsStr>>(
    executable: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
    variables: &[(&str, &str)],
) -> Ran {
    let output = Command::new(executable)
        .args(arguments)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output();
    let output = output.expect("the executable starts");
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
