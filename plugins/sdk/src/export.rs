//! The exported descriptor and the three C functions behind it.
//!
//! Every function catches panics and puts their message into the host's error: with a panic
//! crossing an `extern "C"` boundary the process would end.
//! Invariant: `export_scorer!` is the only thing outside this crate that uses this module.

#![expect(unsafe_code, reason = "the C ABI is pointers")]
#![warn(clippy::undocumented_unsafe_blocks)]

use std::any::Any;
use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, StructArray};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use bellwether_plugin_abi::layout::{
    ERROR_CONFIG, ERROR_FAILED, ERROR_INPUT, ERROR_PANIC, PLUGIN_STRUCT_SIZE,
};
use bellwether_plugin_abi::{
    ABI_MAJOR, ABI_MINOR, ArrowArray, ArrowSchema, BwError, BwHost, BwPlugin, MAGIC, Metadata,
};

use crate::conversion::struct_of_table;
use crate::{Input, Scorer};

/// Exports a [`Scorer`] as the plugin of this library. To be called once, in its `lib.rs`.
#[macro_export]
macro_rules! export_scorer {
    ($scorer:ty) => {
        /// The descriptor that Bellwether looks for.
        #[unsafe(no_mangle)]
        pub static bellwether_plugin: $crate::abi::BwPlugin =
            $crate::export::scorer_descriptor::<$scorer>();
    };
}

/// The descriptor of a scorer.
pub const fn scorer_descriptor<S: Scorer>() -> BwPlugin {
    BwPlugin {
        magic: MAGIC,
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        struct_size: PLUGIN_STRUCT_SIZE,
        reserved: 0,
        metadata: S::METADATA.as_ptr(),
        open: Some(open::<S>),
        run: Some(run::<S>),
        close: Some(close::<S>),
    }
}

/// What the opaque pointer of the ABI leads to.
struct Instance<S> {
    scorer: S,
    metadata: Metadata,
}

/// A failure on its way into [`BwError`].
struct Failure {
    code: i32,
    message: String,
}

impl Failure {
    fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

unsafe extern "C" fn open<S: Scorer>(
    _host: *const BwHost,
    config: *const c_char,
    config_length: usize,
    instance: *mut *mut c_void,
    error: *mut BwError,
) -> i32 {
    let opened = caught(|| {
        // SAFETY: the host gives `config_length` bytes that live until this call returns.
        let config = unsafe { std::slice::from_raw_parts(config.cast::<u8>(), config_length) };
        Instance::<S>::open(config)
    });
    let done = opened.map(|opened| {
        let opened = Box::into_raw(Box::new(opened)).cast::<c_void>();
        // SAFETY: the host gives a place for one pointer.
        unsafe { instance.write(opened) };
    });
    // SAFETY: the host gives an error of its own that nobody else uses during the call.
    unsafe { report(done, error) }
}

unsafe extern "C" fn run<S: Scorer>(
    instance: *mut c_void,
    input: *mut ArrowArray,
    input_schema: *mut ArrowSchema,
    output: *mut ArrowArray,
    output_schema: *mut ArrowSchema,
    error: *mut BwError,
) -> i32 {
    // Taken before anything can fail: dropping these two releases the input in every case.
    // SAFETY: the host moves a batch and its schema to the plugin; the structs are Arrow's own.
    let (rows, schema) = unsafe {
        (
            FFI_ArrowArray::from_raw(input.cast()),
            FFI_ArrowSchema::from_raw(input_schema.cast()),
        )
    };
    let answered = caught(|| {
        // SAFETY: the host gives back what `open` made, from one thread at a time.
        let instance = unsafe { &*instance.cast::<Instance<S>>() };
        // SAFETY: the host's own Arrow library wrote the batch.
        let rows = unsafe { from_ffi(rows, &schema) };
        let rows = rows.map_err(|error| Failure::new(ERROR_INPUT, error.to_string()))?;
        instance.run(StructArray::from(rows))
    });
    let done = answered.map(|(rows, schema)| {
        // SAFETY: the host gives places for both structs, holding nothing to be released.
        unsafe {
            output.cast::<FFI_ArrowArray>().write(rows);
            output_schema.cast::<FFI_ArrowSchema>().write(schema);
        }
    });
    // SAFETY: the host gives an error of its own that nobody else uses during the call.
    unsafe { report(done, error) }
}

unsafe extern "C" fn close<S: Scorer>(instance: *mut c_void) {
    // SAFETY: the host gives back what `open` made and uses it no more.
    let instance = unsafe { Box::from_raw(instance.cast::<Instance<S>>()) };
    // There is nobody to tell: the host has its answers and is about to end this process.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(instance)));
}

impl<S: Scorer> Instance<S> {
    fn open(config: &[u8]) -> Result<Self, Failure> {
        let refused = |message: String| Failure::new(ERROR_CONFIG, message);
        let metadata = S::METADATA.to_string_lossy();
        let metadata = Metadata::parse(&metadata).map_err(|error| refused(error.to_string()))?;
        let config: S::Config =
            serde_json::from_slice(config).map_err(|error| refused(error.to_string()))?;
        let scorer = S::open(config).map_err(refused)?;
        Ok(Self { scorer, metadata })
    }

    fn run(&self, rows: StructArray) -> Result<(FFI_ArrowArray, FFI_ArrowSchema), Failure> {
        let input = Input::new(&self.metadata.input, rows)
            .map_err(|message| Failure::new(ERROR_INPUT, message))?;
        let failed = |message: String| Failure::new(ERROR_FAILED, message);
        let table = self.scorer.score(&input).map_err(failed)?;
        let entities = input.entities().len();
        if table.rows() != entities {
            return Err(failed(format!(
                "the scorer returned {} rows for {entities} entities",
                table.rows()
            )));
        }
        let answer = struct_of_table(&table, &self.metadata.output.columns).map_err(failed)?;
        to_ffi(&answer.to_data()).map_err(|error| failed(error.to_string()))
    }
}

/// Runs the author's code and turns a panic into a failure with the panic's message.
fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let message = format!("plugin panicked: {}", message_of(panic.as_ref()));
        Err(Failure::new(ERROR_PANIC, message))
    })
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The status of a call, with its failure written out.
///
/// # Safety
/// `error` must be null or lead to a [`BwError`] that nobody else uses.
unsafe fn report(outcome: Result<(), Failure>, error: *mut BwError) -> i32 {
    let Err(failure) = outcome else {
        return 0;
    };
    // SAFETY: as the caller promises.
    if let Some(error) = unsafe { error.as_mut() } {
        error.set(failure.code, &failure.message);
    }
    failure.code
}
