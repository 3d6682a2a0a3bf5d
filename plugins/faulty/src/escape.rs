//! Attempts to reach what is not the plugin's: networks, files, processes, the server.
//!
//! Invariant: each says what the system answered, so that a test can tell a refusal from luck.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::TcpListener;

use crate::{Config, Mode};

pub(crate) fn attempt(mode: Mode, config: &Config) -> io::Result<()> {
    match mode {
        Mode::Network => TcpListener::bind("127.0.0.1:0").map(drop),
        Mode::ReadFile => std::fs::read(&config.path).map(drop),
        Mode::WriteFile => {
            let mut file = OpenOptions::new().write(true).open(&config.path)?;
            file.write_all(b"overwritten")
        }
        Mode::Exec => {
            let program = [c"/bin/true".as_ptr(), std::ptr::null()];
            // SAFETY: a list of texts that ends with a null pointer.
            answered(unsafe { libc::execv(program[0], program.as_ptr()) })
        }
        // SAFETY: if it succeeds, the child goes on as this process would.
        Mode::Fork => answered(unsafe { libc::fork() }),
        Mode::Thread => std::thread::Builder::new().spawn(|| ()).map(drop),
        // SAFETY: no memory is involved.
        Mode::Kill => answered(unsafe { libc::kill(config.pid, libc::SIGKILL) }),
        Mode::KillThread => {
            // SAFETY: no memory is involved.
            let status =
                unsafe { libc::syscall(libc::SYS_tgkill, config.pid, config.pid, libc::SIGKILL) };
            answered(i32::try_from(status).unwrap_or(0))
        }
        other => unreachable!("{other:?} is no attempt to escape"),
    }
}

fn answered(status: i32) -> io::Result<()> {
    if status < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
