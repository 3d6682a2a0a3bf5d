//! A plugin that fails in the way its configuration names, for the tests of the plugin host.
//!
//! Invariant: never offered by a server; its file's name is not a plugin's.

#![expect(
    unsafe_code,
    reason = "it breaks the rules of the ABI on purpose, from behind the SDK"
)]

mod escape;
mod greedy;

use std::ffi::{CStr, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

use bellwether_plugin_sdk::abi::{ArrowArray, ArrowSchema, BwError, BwPlugin};
use bellwether_plugin_sdk::export::scorer_descriptor;
use bellwether_plugin_sdk::{Input, Scorer, Table, metadata_file};
use serde::Deserialize;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// Nothing: it answers 1 for each entity.
    None,
    /// It panics while it scores.
    Panic,
    /// It writes to address 0.
    Segfault,
    /// It aborts.
    Abort,
    /// It calls itself until the stack is full.
    StackOverflow,
    /// It ends the process as if all were well.
    Exit,
    /// It never returns.
    Hang,
    /// It takes 10 GiB at once.
    Allocate,
    /// It takes 64 MiB with every batch and gives none back.
    Leak,
    /// It prints to standard output, then answers well.
    Print,
    /// It writes into every descriptor that it finds.
    Junk,
    /// It answers a row less, past the SDK's own check.
    RowMissing,
    /// It panics while it opens.
    PanicInOpen,
    /// It opens a connection to this machine.
    Network,
    /// It reads the file in `path`.
    ReadFile,
    /// It writes into the file in `path`.
    WriteFile,
    /// It starts a program.
    Exec,
    /// It splits into two processes.
    Fork,
    /// It starts a thread.
    Thread,
    /// It sends SIGKILL to `pid`.
    Kill,
    /// It sends SIGKILL to the main thread of `pid`, as `abort` does to its own.
    KillThread,
}

/// The configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    mode: Mode,
    #[serde(default)]
    path: String,
    #[serde(default)]
    pid: i32,
}

/// The scorer that fails.
#[derive(Debug)]
struct Faulty {
    config: Config,
}

/// Whether `run` takes a row away after the SDK has answered.
static ROW_MISSING: AtomicBool = AtomicBool::new(false);

/// The SDK's descriptor with another `run`.
#[unsafe(no_mangle)]
pub static bellwether_plugin: BwPlugin = BwPlugin {
    run: Some(run),
    ..scorer_descriptor::<Faulty>()
};

impl Scorer for Faulty {
    const METADATA: &'static CStr = metadata_file!("metadata.json");

    type Config = Config;

    fn open(config: Config) -> Result<Self, String> {
        assert!(config.mode != Mode::PanicInOpen, "boom while opening");
        ROW_MISSING.store(config.mode == Mode::RowMissing, Ordering::Relaxed);
        Ok(Self { config })
    }

    fn score(&self, input: &Input) -> Result<Table, String> {
        let tried = match self.config.mode {
            Mode::None | Mode::RowMissing | Mode::PanicInOpen => Ok(()),
            Mode::Panic => panic!("boom in the scorer"),
            // SAFETY: none; that is the point.
            Mode::Segfault => unsafe {
                std::ptr::null_mut::<u8>().write_volatile(1);
                Ok(())
            },
            Mode::Abort => std::process::abort(),
            Mode::Exit => std::process::exit(0),
            Mode::Hang => loop {
                std::hint::spin_loop();
            },
            Mode::Print => {
                println!("a scorer that talks");
                Ok(())
            }
            Mode::StackOverflow | Mode::Allocate | Mode::Leak | Mode::Junk => {
                greedy::take(self.config.mode);
                Ok(())
            }
            other => escape::attempt(other, &self.config),
        };
        tried.map_err(|error| format!("tried {:?}: {error}", self.config.mode))?;
        Ok(Table::new().with("value", vec![Some(1.0); input.entities().len()]))
    }
}

unsafe extern "C" fn run(
    instance: *mut c_void,
    input: *mut ArrowArray,
    input_schema: *mut ArrowSchema,
    output: *mut ArrowArray,
    output_schema: *mut ArrowSchema,
    error: *mut BwError,
) -> i32 {
    let Some(run) = scorer_descriptor::<Faulty>().run else {
        return 1;
    };
    // SAFETY: the arguments are those of the host.
    let status = unsafe { run(instance, input, input_schema, output, output_schema, error) };
    if ROW_MISSING.load(Ordering::Relaxed) && status == 0 {
        // SAFETY: the SDK has just written an array there.
        unsafe { (*output).length -= 1 };
    }
    status
}
