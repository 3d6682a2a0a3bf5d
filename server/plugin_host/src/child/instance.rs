//! Calling the three functions of a plugin.
//!
//! Invariant: the answer's column formats are compared with the declared ones before Arrow looks
//! at its buffers; the buffers themselves have to be believed, which is why this is a process.

#![expect(
    unsafe_code,
    reason = "calls foreign code; this process exists to hold the damage"
)]
#![warn(clippy::undocumented_unsafe_blocks)]

use std::ffi::{c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, StructArray};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};

use super::library::Library;
use crate::abi::layout::{ERROR_FAILED, HOST_STRUCT_SIZE};
use crate::abi::{ABI_MINOR, BwError, BwHost, Column};
use crate::wire::{answer, batch};

/// A call that the plugin refused, or whose answer is no answer.
#[derive(Debug)]
pub(super) struct CallFailed {
    pub(super) code: i32,
    pub(super) message: String,
}

impl CallFailed {
    /// A failure that is found on this side of the ABI.
    pub(super) fn host(message: impl Into<String>) -> Self {
        Self {
            code: ERROR_FAILED,
            message: message.into(),
        }
    }

    fn reported(status: i32, error: &BwError) -> Self {
        Self {
            code: if error.code == 0 { status } else { error.code },
            message: error.message(),
        }
    }
}

/// An open instance, closed when dropped.
#[derive(Debug)]
pub(super) struct Instance<'a> {
    library: &'a Library,
    pointer: *mut c_void,
    /// Lives as long as the instance, as the ABI promises; boxed so that it stays in its place.
    _host: Box<BwHost>,
}

impl<'a> Instance<'a> {
    /// Opens an instance with a configuration in JSON.
    pub(super) fn open(library: &'a Library, config: &[u8]) -> Result<Self, CallFailed> {
        let host = Box::new(BwHost {
            struct_size: HOST_STRUCT_SIZE,
            abi_minor: u32::from(ABI_MINOR),
            ctx: std::ptr::null_mut(),
            log: Some(log_to_stderr),
        });
        let mut pointer = std::ptr::null_mut();
        let mut error = BwError::none();
        // SAFETY: every pointer leads to a live value of its type; `host` is boxed and kept.
        let status = unsafe {
            (library.open)(
                &raw const *host,
                config.as_ptr().cast(),
                config.len(),
                &raw mut pointer,
                &raw mut error,
            )
        };
        if status != 0 {
            return Err(CallFailed::reported(status, &error));
        }
        Ok(Self {
            library,
            pointer,
            _host: host,
        })
    }

    /// Computes one batch: from an IPC stream to the bytes of an answer.
    pub(super) fn run(&self, stream: &[u8]) -> Result<Vec<u8>, CallFailed> {
        let sent = |error: arrow::error::ArrowError| CallFailed::host(error.to_string());
        let input = batch::decode(stream).map_err(sent)?;
        let (mut input, mut input_schema) = to_ffi(&input.to_data()).map_err(sent)?;
        let (mut output, mut output_schema) = (FFI_ArrowArray::empty(), FFI_ArrowSchema::empty());
        let mut error = BwError::none();
        // SAFETY: every pointer leads to a live value whose layout is the C Data Interface's;
        // the plugin releases the input, we the output.
        let status = unsafe {
            (self.library.run)(
                self.pointer,
                (&raw mut input).cast(),
                (&raw mut input_schema).cast(),
                (&raw mut output).cast(),
                (&raw mut output_schema).cast(),
                &raw mut error,
            )
        };
        if status != 0 {
            return Err(CallFailed::reported(status, &error));
        }
        let declared = &self.library.metadata().output.columns;
        // Arrow asserts much while it imports, so a wrong answer may panic instead of failing.
        let read = AssertUnwindSafe(|| read_answer(declared, output, &output_schema));
        catch_unwind(read)
            .unwrap_or_else(|_| Err("its buffers can't be read".to_owned()))
            .map_err(|wrong| CallFailed::host(format!("the answer is not as declared: {wrong}")))
    }
}

impl Drop for Instance<'_> {
    fn drop(&mut self) {
        // SAFETY: `open` made the instance, and it is used no more.
        unsafe { (self.library.close)(self.pointer) };
    }
}

fn read_answer(
    declared: &[Column],
    output: FFI_ArrowArray,
    schema: &FFI_ArrowSchema,
) -> Result<Vec<u8>, String> {
    if output.is_released() || schema.release().is_none() {
        return Err("`run` returned 0 without an answer".to_owned());
    }
    check_formats(declared, schema)?;
    // SAFETY: the plugin filled both structs and says that they belong together.
    let array = unsafe { from_ffi(output, schema) }.map_err(|error| error.to_string())?;
    Ok(answer::encode(declared, &StructArray::from(array)))
}

fn check_formats(declared: &[Column], schema: &FFI_ArrowSchema) -> Result<(), String> {
    if schema.format() != "+s" {
        return Err(format!("it is `{}`, not a struct array", schema.format()));
    }
    let given = schema.children().count();
    if given != declared.len() {
        return Err(format!("it has {given} columns, not {}", declared.len()));
    }
    for (column, child) in declared.iter().zip(schema.children()) {
        let name = child.name().unwrap_or_default();
        if name != column.name || child.format() != column.column_type.arrow_format() {
            return Err(format!(
                "column `{name}` of format `{}` stands where `{}` of format `{}` is declared",
                child.format(),
                column.name,
                column.column_type.arrow_format()
            ));
        }
    }
    Ok(())
}

/// What a plugin logs goes the way of what it prints: to standard error, which the server logs.
unsafe extern "C" fn log_to_stderr(
    _ctx: *mut c_void,
    level: i32,
    text: *const c_char,
    length: usize,
) {
    if text.is_null() {
        return;
    }
    // SAFETY: the plugin gives `length` bytes that live until this call returns.
    let text = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), length) };
    eprintln!("[level {level}] {}", String::from_utf8_lossy(text));
}
