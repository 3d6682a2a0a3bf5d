//! The child's two ends of the wire, moved out of the plugin's way.
//!
//! The wire comes as standard input and output, which any library may read or print to. It is
//! moved to other descriptors before the library is loaded: what the plugin prints goes to
//! standard error, which the server logs, and what it reads is empty.
//! Invariant: no unsafe code.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

/// The wire, from the child's side.
#[derive(Debug)]
pub(super) struct WireFiles {
    /// What the server asks.
    pub(super) input: File,
    /// What the child says.
    pub(super) output: File,
}

impl WireFiles {
    /// Moves the wire away from standard input and output.
    pub(super) fn take() -> io::Result<Self> {
        let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let output = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(Self { input, output })
    }
}
