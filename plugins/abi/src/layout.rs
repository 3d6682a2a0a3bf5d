//! The structs that cross the boundary, byte for byte as `include/bellwether_plugin.h` has them.
//!
//! Each item's contract stands in the header; here only what Rust adds.
//! Invariant: `repr(C)` and no methods that look through a pointer.

#![expect(
    unsafe_code,
    reason = "a static that holds pointers has to be declared shareable"
)]

use std::ffi::{c_char, c_void};
use std::fmt;

/// The first four bytes of a descriptor: `BWPL`.
pub const MAGIC: u32 = u32::from_le_bytes(*b"BWPL");

/// The layout's version: a server refuses a plugin of another.
pub const ABI_MAJOR: u16 = 1;

/// What was appended to the layout since `ABI_MAJOR` was raised.
pub const ABI_MINOR: u16 = 0;

/// The length of an error's message, its final zero byte included.
pub const ERROR_MESSAGE_SIZE: usize = 1020;

/// The name of the one symbol that a plugin exports.
pub const SYMBOL: &str = "bellwether_plugin";

/// `open` failed: the configuration is not acceptable.
pub const ERROR_CONFIG: i32 = 2;
/// `run` failed: the input is not as the metadata declares it.
pub const ERROR_INPUT: i32 = 3;
/// The plugin's own code panicked; the message is the panic's.
pub const ERROR_PANIC: i32 = 4;
/// Any other failure of the plugin.
pub const ERROR_FAILED: i32 = 5;

/// `ArrowSchema` of the Arrow C Data Interface.
#[repr(C)]
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the Arrow specification names and explains these fields"
)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// `ArrowArray` of the Arrow C Data Interface.
#[repr(C)]
#[derive(Debug)]
#[expect(
    missing_docs,
    reason = "the Arrow specification names and explains these fields"
)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// Where a failing call says why: owned by the host, nothing to free.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct BwError {
    /// What kind of failure, see [`ERROR_CONFIG`] and its neighbours; 0 is none.
    pub code: i32,
    /// UTF-8, ended by a zero byte.
    pub message: [u8; ERROR_MESSAGE_SIZE],
}

impl BwError {
    /// No error yet.
    pub const fn none() -> Self {
        Self {
            code: 0,
            message: [0; ERROR_MESSAGE_SIZE],
        }
    }

    /// Puts a code and a message in, cut to the buffer at a character's edge.
    pub fn set(&mut self, code: i32, message: &str) {
        let end = message.floor_char_boundary(ERROR_MESSAGE_SIZE - 1);
        self.code = code;
        self.message = [0; ERROR_MESSAGE_SIZE];
        self.message[..end].copy_from_slice(&message.as_bytes()[..end]);
    }

    /// The message, with what is not UTF-8 replaced.
    pub fn message(&self) -> String {
        let end = self.message.iter().position(|&byte| byte == 0);
        String::from_utf8_lossy(&self.message[..end.unwrap_or(ERROR_MESSAGE_SIZE)]).into_owned()
    }
}

impl fmt::Debug for BwError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BwError")
            .field("code", &self.code)
            .field("message", &self.message())
            .finish()
    }
}

/// Writes one line to the server's log: context, level (1 error .. 4 debug), text, length.
pub type LogFn = unsafe extern "C" fn(*mut c_void, i32, *const c_char, usize);

/// What the host offers a plugin; lives as long as the instance and grows only at its end.
#[repr(C)]
#[derive(Debug)]
pub struct BwHost {
    /// The size of this struct in the host.
    pub struct_size: u32,
    /// The host's [`ABI_MINOR`].
    pub abi_minor: u32,
    /// To be given back to `log`.
    pub ctx: *mut c_void,
    /// Writes to the server's log.
    pub log: Option<LogFn>,
}

/// Makes an instance for one configuration (JSON, with its length in bytes).
pub type OpenFn = unsafe extern "C" fn(
    *const BwHost,
    *const c_char,
    usize,
    *mut *mut c_void,
    *mut BwError,
) -> i32;

/// Computes one batch: instance, input (moved), its schema, output, its schema, error.
pub type RunFn = unsafe extern "C" fn(
    *mut c_void,
    *mut ArrowArray,
    *mut ArrowSchema,
    *mut ArrowArray,
    *mut ArrowSchema,
    *mut BwError,
) -> i32;

/// Ends an instance.
pub type CloseFn = unsafe extern "C" fn(*mut c_void);

/// The descriptor that a plugin exports as the data symbol `bellwether_plugin`.
///
/// The functions are optional here because a foreign library may hold null pointers.
#[repr(C)]
#[derive(Debug)]
pub struct BwPlugin {
    /// [`MAGIC`].
    pub magic: u32,
    /// [`ABI_MAJOR`] of the header that the plugin was built with.
    pub abi_major: u16,
    /// [`ABI_MINOR`] of the header that the plugin was built with.
    pub abi_minor: u16,
    /// The size of this struct in the plugin.
    pub struct_size: u32,
    /// 0.
    pub reserved: u32,
    /// JSON in UTF-8, ended by a zero byte; see [`crate::Metadata`].
    pub metadata: *const c_char,
    /// Makes an instance.
    pub open: Option<OpenFn>,
    /// Computes one batch.
    pub run: Option<RunFn>,
    /// Ends an instance.
    pub close: Option<CloseFn>,
}

// SAFETY: a descriptor is constant data: its pointers lead to a static text and to code, and
// nobody writes through them.
unsafe impl Sync for BwPlugin {}

/// [`BwPlugin`]'s size, which the plugin and the server tell each other.
#[expect(
    clippy::cast_possible_truncation,
    reason = "48 bytes, as the test of the layout says"
)]
pub const PLUGIN_STRUCT_SIZE: u32 = size_of::<BwPlugin>() as u32;

/// [`BwHost`]'s size, which the server tells the plugin.
#[expect(
    clippy::cast_possible_truncation,
    reason = "24 bytes, as the test of the layout says"
)]
pub const HOST_STRUCT_SIZE: u32 = size_of::<BwHost>() as u32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_too_long_is_cut_between_characters() {
        let mut error = BwError::none();
        error.set(ERROR_FAILED, &"é".repeat(600));
        assert_eq!(error.message(), "é".repeat(509));
    }
}
