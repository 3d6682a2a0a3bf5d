//! The child process: what `bellwether plugin-host ARGS` runs.
//!
//! It copies one library into sealed memory, gives up almost everything a process can do, loads the
//! copy, opens at most one instance and answers frames until it is told to close or its input ends.
//! Invariant: no code of the plugin runs before the process is confined, unless the operator allows
//! that; the library is never unloaded, the end of the process is what unloads it.

mod config;
mod confinement;
mod instance;
mod library;
mod sealed;
mod system_calls;
mod wire_files;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::wire::frame::{self, Reply, Request};
use instance::{CallFailed, Instance};
use library::Library;
use sealed::Sealed;
use wire_files::WireFiles;

/// The argument of `bellwether plugin-host`, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PluginHostArgs {
    /// The shared library, as a canonical path.
    pub plugin: PathBuf,
    /// SHA-256 of its bytes, in lower-case hexadecimal: others are not run.
    pub sha256: String,
    /// The server's process, with which this one ends.
    pub parent: u32,
    /// See [`crate::PluginHostConfig::memory_bytes_max`].
    pub memory_bytes_max: u64,
    /// See [`crate::PluginHostConfig::allow_unconfined`].
    pub allow_unconfined: bool,
}

/// The whole life of a child. To be called before the process has started any thread.
pub fn child_main(args: &str) -> ExitCode {
    let done = serde_json::from_str(args).map_err(io::Error::other);
    match done.and_then(|args| serve(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plugin-host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &PluginHostArgs) -> io::Result<()> {
    let mut wire = WireFiles::take()?;
    let library = match confined(args) {
        Ok(library) => library,
        Err(reason) => return frame::write(&mut wire.output, Reply::Refused, reason.as_bytes()),
    };
    let metadata = library.metadata_text().as_bytes();
    frame::write(&mut wire.output, Reply::Hello, metadata)?;

    let mut instance: Option<Instance<'_>> = None;
    while let Some((request, payload)) = frame::read(&mut wire.input)? {
        match request {
            Request::Open => match opened(&library, &payload) {
                Ok(opened) => {
                    instance = Some(opened);
                    frame::write(&mut wire.output, Reply::Opened, &[])?;
                }
                Err(failed) => write_failure(&mut wire, &failed)?,
            },
            Request::Run => match run(instance.as_ref(), &payload) {
                Ok(answer) => frame::write(&mut wire.output, Reply::Answer, &answer)?,
                Err(failed) => write_failure(&mut wire, &failed)?,
            },
            Request::Close => break,
        }
    }
    Ok(())
}

/// Loads the library with everything else given up, or says why it is not run.
fn confined(args: &PluginHostArgs) -> Result<Library, String> {
    let sealed = Sealed::copy(&args.plugin).map_err(|error| format!("can't be read: {error}"))?;
    if sealed.sha256 != args.sha256 {
        return Err("its file has changed since it was found".to_owned());
    }
    library::load_what_plugins_share();
    let tolerated = |confined: Result<(), String>| match confined {
        Err(reason) if !args.allow_unconfined => Err(reason),
        _ => Ok(()),
    };
    confinement::end_with_parent(args.parent)?;
    tolerated(confinement::before_loading(args.memory_bytes_max))?;
    let library = Library::load(&sealed.path())?;
    tolerated(confinement::after_loading())?;
    Ok(library)
}

fn opened<'a>(library: &'a Library, payload: &[u8]) -> Result<Instance<'a>, CallFailed> {
    config::check(&library.metadata().config_schema, payload)?;
    Instance::open(library, payload)
}

fn run(instance: Option<&Instance<'_>>, batch: &[u8]) -> Result<Vec<u8>, CallFailed> {
    let unopened = || CallFailed::host("no instance is open");
    instance.ok_or_else(unopened)?.run(batch)
}

fn write_failure(wire: &mut WireFiles, failed: &CallFailed) -> io::Result<()> {
    let mut payload = failed.code.to_le_bytes().to_vec();
    payload.extend_from_slice(failed.message.as_bytes());
    frame::write(&mut wire.output, Reply::Failed, &payload)
}
