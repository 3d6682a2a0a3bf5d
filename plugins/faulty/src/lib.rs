//! A plugin that fails in the way its configuration names, for the tests of the plugin host.
//!
//! Invariant: never offered by a server; its file's name is not a plugin's.

#![expect(
    unsafe_code,
    reason = "it breaks the rules of the ABI on purpose, from behind the SDK"
)]

use std::ffi::{CStr, c_void};
use std::io::Write;
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
    /// It ends the process as if all were well.
    Exit,
    /// It never returns.
    Hang,
    /// It prints to standard output, then answers well.
    Print,
    /// It writes into every pipe that it finds.
    Junk,
    /// It answers a row less, past the SDK's own check.
    RowMissing,
    /// It panics while it opens.
    PanicInOpen,
}

/// The configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    mode: Mode,
}

/// The scorer that fails.
#[derive(Debug)]
struct Faulty {
    mode: Mode,
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
        Ok(Self { mode: config.mode })
    }

    fn score(&self, input: &Input) -> Result<Table, String> {
        match self.mode {
            Mode::None | Mode::RowMissing | Mode::PanicInOpen => {}
            Mode::Panic => panic!("boom in the scorer"),
            // SAFETY: none; that is the point.
            Mode::Segfault => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
            Mode::Abort => std::process::abort(),
            Mode::Exit => std::process::exit(0),
            Mode::Hang => loop {
                std::hint::spin_loop();
            },
            Mode::Print => println!("a scorer that talks"),
            Mode::Junk => write_junk(),
        }
        Ok(Table::new().with("value", vec![Some(1.0); input.entities().len()]))
    }
}

fn write_junk() {
    for descriptor in 3..16 {
        let path = format!("/proc/self/fd/{descriptor}");
        if let Ok(mut pipe) = std::fs::OpenOptions::new().write(true).open(path) {
            let _ = pipe.write_all(b"junk junk");
        }
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
