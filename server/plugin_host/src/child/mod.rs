//! The child process: what `bellwether plugin-host PATH` runs.
//!
//! It loads one library, opens at most one instance and answers frames until it is told to close
//! or its input ends. The confinement of the design (resource limits, Landlock, seccomp) belongs
//! in `serve`, between taking the wire and loading the library, since loading runs code.
//! Invariant: the library is never unloaded; the end of the process is what unloads it.

mod config;
mod instance;
mod library;
mod wire_files;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::wire::frame::{self, Reply, Request};
use instance::{CallFailed, Instance};
use library::Library;
use wire_files::WireFiles;

/// The arguments of `bellwether plugin-host`.
#[derive(Debug, Clone)]
pub struct PluginHostArgs {
    /// The shared library, as a canonical path.
    pub plugin: PathBuf,
}

/// The whole life of a child. To be called before the process has started any thread.
pub fn child_main(args: &PluginHostArgs) -> ExitCode {
    match serve(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plugin-host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: &PluginHostArgs) -> io::Result<()> {
    let mut wire = WireFiles::take()?;
    let library = match Library::load(&args.plugin) {
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
