//! Starting a child process.
//!
//! This is the one place that starts one. A child is to die with the server by
//! `PR_SET_PDEATHSIG`, but that signal follows the thread that started the child, not the
//! process: before the sandbox sets it, this function has to move to one thread that lives as
//! long as the server (plugins.md, trap 7).
//! Invariant: a child inherits no environment, no folder and no descriptor but its three pipes.

use std::io;
use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// Starts `executable plugin-host plugin`.
pub(crate) fn launch(executable: &Path, plugin: &Path) -> io::Result<Child> {
    Command::new(executable)
        .arg("plugin-host")
        .arg(plugin)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}
