//! Starting a child process.
//!
//! This is the one place that starts one. A child asks the kernel to end it with the server, but
//! that signal follows the thread that started the child, not the process; so all are started by
//! one thread that lives as long as the host (plugins.md, trap 7).
//! Invariant: a child inherits no folder, no descriptor but its three pipes, and no environment
//! but one setting of the allocator.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Keeps jemalloc, which the server runs with, from starting a thread in a child: threads are
/// refused there.
const ALLOCATOR_SETTING: (&str, &str) = ("_RJEM_MALLOC_CONF", "background_thread:false");

/// What the thread is asked for, and where the child goes.
struct Order {
    command: Command,
    runtime: Handle,
    done: oneshot::Sender<io::Result<Child>>,
}

/// Starts children from a thread of its own. The thread ends with the last clone of this.
#[derive(Debug, Clone)]
pub(crate) struct Launcher {
    orders: mpsc::Sender<Order>,
}

impl Launcher {
    pub(crate) fn new() -> io::Result<Self> {
        let (orders, received) = mpsc::channel::<Order>();
        let start_all = move || {
            for mut order in received {
                let _entered = order.runtime.enter();
                // Whoever ordered may have given up; the child is then killed as it is dropped.
                let _ = order.done.send(order.command.spawn());
            }
        };
        std::thread::Builder::new()
            .name("plugin-launcher".to_owned())
            .spawn(start_all)?;
        Ok(Self { orders })
    }

    /// Starts `executable plugin-host args`.
    pub(crate) async fn launch(&self, executable: &Path, args: &str) -> io::Result<Child> {
        let mut command = Command::new(executable);
        command
            .arg("plugin-host")
            .arg(args)
            .env_clear()
            .env(ALLOCATOR_SETTING.0, ALLOCATOR_SETTING.1)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let (done, started) = oneshot::channel();
        let order = Order {
            command,
            runtime: Handle::current(),
            done,
        };
        let ended = || io::Error::other("the thread that starts plugins has ended");
        self.orders.send(order).map_err(|_| ended())?;
        started.await.map_err(|_| ended())?
    }
}
