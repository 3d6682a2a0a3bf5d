//! The exported descriptor and the three C functions behind it.
//!
//! Every function catches panics and puts their message into the host's error: with a panic
//! crossing an `extern "C"` boundary the process would end.
//! Invariant: the `export_` macros are the only things outside this crate that use this module.

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
use crate::kind::{self, OfKind};
use crate::{Alerter, Allocator, Input, Scorer};

/// Exports a [`Scorer`] as the plugin of this library. To be called once, in its `lib.rs`.
#[macro_export]
macro_rules! export_scorer {
    ($plugin:ty) => {
        $crate::export_plugin!($crate::export::scorer_descriptor::<$plugin>());
    };
}

/// Exports an [`Alerter`] as the plugin of this library. To be called once, in its `lib.rs`.
#[macro_export]
macro_rules! export_alerter {
    ($plugin:ty) => {
        $crate::export_plugin!($crate::export::alerter_descriptor::<$plugin>());
    };
}

/// Exports an [`Allocator`] as the plugin of this library. To be called once, in its `lib.rs`.
#[macro_export]
macro_rules! export_allocator {
    ($plugin:ty) => {
        $crate::export_plugin!($crate::export::allocator_descriptor::<$plugin>());
    };
}

/// The exported symbol that the macros of the kinds share.
#[doc(hidden)]
#[macro_export]
macro_rules! export_plugin {
    ($descriptor:expr) => {
        /// The descriptor that Bellwether looks for.
        #[unsafe(no_mangle)]
        pub static bellwether_plugin: $crate::abi::BwPlugin = $descriptor;
    };
}

/// The descriptor of a scorer.
pub const fn scorer_descriptor<S: Scorer>() -> BwPlugin {
    descriptor::<kind::OfScorer<S>>()
}

/// The descriptor of an alerter.
pub const fn alerter_descriptor<A: Alerter>() -> BwPlugin {
    descriptor::<kind::OfAlerter<A>>()
}

/// The descriptor of an allocator.
pub const fn allocator_descriptor<A: Allocator>() -> BwPlugin {
    descriptor::<kind::OfAllocator<A>>()
}

const fn descriptor<P: OfKind>() -> BwPlugin {
    BwPlugin {
        magic: MAGIC,
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        struct_size: PLUGIN_STRUCT_SIZE,
        reserved: 0,
        metadata: P::METADATA.as_ptr(),
        open: Some(open::<P>),
        run: Some(run::<P>),
        close: Some(close::<P>),
    }
}

/// What the opaque pointer of the ABI leads to.
struct Instance<P> {
    plugin: P,
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

unsafe extern "C" fn open<P: OfKind>(
    _host: *const BwHost,
    config: *const c_char,
    config_length: usize,
    instance: *mut *mut c_void,
    error: *mut BwError,
) -> i32 {
    let opened = caught(|| {
        // SAFETY: the host gives `config_length` bytes that live until this call returns.
        let config = unsafe { std::slice::from_raw_parts(config.cast::<u8>(), config_length) };
        Instance::<P>::open(config)
    });
    let done = opened.map(|opened| {
        let opened = Box::into_raw(Box::new(opened)).cast::<c_void>();
        // SAFETY: the host gives a place for one pointer.
        unsafe { instance.write(opened) };
    });
    // SAFETY: the host gives an error of its own that nobody else uses during the call.
    unsafe { report(done, error) }
}

unsafe extern "C" fn run<P: OfKind>(
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
        let instance = unsafe { &*instance.cast::<Instance<P>>() };
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

unsafe extern "C" fn close<P: OfKind>(instance: *mut c_void) {
    // SAFETY: the host gives back what `open` made and uses it no more.
    let instance = unsafe { Box::from_raw(instance.cast::<Instance<P>>()) };
    // There is nobody to tell: the host has its answers and is about to end this process.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(instance)));
}

impl<P: OfKind> Instance<P> {
    fn open(config: &[u8]) -> Result<Self, Failure> {
        let refused = |message: String| Failure::new(ERROR_CONFIG, message);
        let metadata = P::METADATA.to_string_lossy();
        let metadata = Metadata::parse(&metadata).map_err(|error| refused(error.to_string()))?;
        if metadata.kind != P::KIND {
            return Err(refused(format!(
                "the metadata says {:?}, the plugin was exported as {:?}",
                metadata.kind,
                P::KIND
            )));
        }
        let plugin = P::open(config).map_err(refused)?;
        Ok(Self { plugin, metadata })
    }

    fn run(&self, rows: StructArray) -> Result<(FFI_ArrowArray, FFI_ArrowSchema), Failure> {
        let input = Input::new(&self.metadata.input, rows)
            .map_err(|message| Failure::new(ERROR_INPUT, message))?;
        let failed = |message: String| Failure::new(ERROR_FAILED, message);
        let table = self.plugin.run(&input).map_err(failed)?;
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
