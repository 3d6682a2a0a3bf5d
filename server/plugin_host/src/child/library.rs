//! Loading a shared library and reading its descriptor.
//!
//! Invariant: what the descriptor says of its version and size is checked before anything else in
//! it is used, and the library stays loaded until the process ends.

#![expect(
    unsafe_code,
    reason = "loads foreign code; this process exists to hold the damage"
)]
#![warn(clippy::undocumented_unsafe_blocks)]

use std::ffi::CStr;
use std::path::Path;

use libloading::os::unix;

use crate::abi::layout::{CloseFn, OpenFn, PLUGIN_STRUCT_SIZE, RunFn, SYMBOL};
use crate::abi::{ABI_MAJOR, ABI_MINOR, BwPlugin, MAGIC, Metadata};

/// A loaded plugin whose descriptor is sound.
#[derive(Debug)]
pub(super) struct Library {
    metadata_text: String,
    metadata: Metadata,
    pub(super) open: OpenFn,
    pub(super) run: RunFn,
    pub(super) close: CloseFn,
}

/// The libraries of the system that plugins are linked with besides those of the server's own
/// executable. Once loaded they are found without a file, which a confined process can't open.
const SHARED: [&str; 2] = ["libm.so.6", "libgcc_s.so.1"];

/// Loads what plugins may need of the system. One that is not there is missed by its plugin.
pub(super) fn load_what_plugins_share() {
    for name in SHARED {
        // SAFETY: these are the system's own libraries, which have no part in this process.
        let loaded = unsafe { unix::Library::open(Some(name), unix::RTLD_NOW | unix::RTLD_LOCAL) };
        let _ = loaded.map(unix::Library::into_raw);
    }
}

impl Library {
    /// Loads a library, or says why it is no plugin that this server can run.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading runs the library's constructors. They are foreign code, as all that
        // follows; nothing in this process but the plugin's own work depends on it.
        let loaded = unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL) };
        let library =
            loaded.map_err(|error| format!("not a library that can be loaded: {error}"))?;
        // SAFETY: only the symbol's address is taken here, and it is checked for null below.
        let symbol = unsafe { library.get::<*const BwPlugin>(SYMBOL) };
        let descriptor: *const BwPlugin = match symbol {
            Ok(symbol) => *symbol,
            Err(_) => return Err(format!("not a Bellwether plugin: no symbol `{SYMBOL}`")),
        };
        // Never unloaded: a library with thread-local destructors can't be.
        let _ = library.into_raw();
        // SAFETY: the address of a data symbol of a library that stays loaded.
        unsafe { Self::read(descriptor) }
    }

    /// # Safety
    /// `descriptor` must be null or the address of a static that begins as [`BwPlugin`] does.
    unsafe fn read(descriptor: *const BwPlugin) -> Result<Self, String> {
        if descriptor.is_null() || !descriptor.is_aligned() {
            return Err(format!("not a Bellwether plugin: `{SYMBOL}` leads nowhere"));
        }
        // SAFETY: the first 16 bytes, up to `reserved`, are the same in every version.
        let (magic, major, minor, size) = unsafe {
            (
                (&raw const (*descriptor).magic).read(),
                (&raw const (*descriptor).abi_major).read(),
                (&raw const (*descriptor).abi_minor).read(),
                (&raw const (*descriptor).struct_size).read(),
            )
        };
        check_version(magic, major, minor, size)?;
        // SAFETY: magic, version and size say that a whole descriptor stands there.
        let plugin = unsafe { &*descriptor };
        if plugin.metadata.is_null() {
            return Err("its metadata is a null pointer".to_owned());
        }
        // SAFETY: the ABI says that the metadata is a static text ended by a zero byte.
        let text = unsafe { CStr::from_ptr(plugin.metadata) };
        let text = text.to_str().map_err(|_| "its metadata is not UTF-8")?;
        let missing = |name: &str| format!("its function `{name}` is a null pointer");
        Ok(Self {
            metadata: Metadata::parse(text).map_err(|error| error.to_string())?,
            metadata_text: text.to_owned(),
            open: plugin.open.ok_or_else(|| missing("open"))?,
            run: plugin.run.ok_or_else(|| missing("run"))?,
            close: plugin.close.ok_or_else(|| missing("close"))?,
        })
    }

    pub(super) fn metadata_text(&self) -> &str {
        &self.metadata_text
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// A newer minor version is fine: it only appended to the structs.
fn check_version(magic: u32, major: u16, minor: u16, size: u32) -> Result<(), String> {
    if magic != MAGIC {
        return Err(format!(
            "not a Bellwether plugin: `{SYMBOL}` begins with {magic:#010x}, not {MAGIC:#010x}"
        ));
    }
    if major != ABI_MAJOR {
        return Err(format!(
            "plugin ABI {major}.{minor}, this server speaks {ABI_MAJOR}.{ABI_MINOR}"
        ));
    }
    if size < PLUGIN_STRUCT_SIZE {
        return Err(format!(
            "its descriptor has {size} bytes, plugin ABI {ABI_MAJOR}.{ABI_MINOR} has {PLUGIN_STRUCT_SIZE}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_is_refused_with_both_versions() {
        assert_eq!(
            check_version(MAGIC, 2, 0, PLUGIN_STRUCT_SIZE).unwrap_err(),
            "plugin ABI 2.0, this server speaks 1.0"
        );
    }

    #[test]
    fn a_newer_minor_version_with_a_longer_descriptor_is_accepted() {
        assert_eq!(check_version(MAGIC, 1, 7, PLUGIN_STRUCT_SIZE + 16), Ok(()));
    }

    #[test]
    fn a_descriptor_that_is_too_short_is_refused() {
        let refused = check_version(MAGIC, 1, 0, PLUGIN_STRUCT_SIZE - 8).unwrap_err();
        assert_eq!(
            refused,
            "its descriptor has 40 bytes, plugin ABI 1.0 has 48"
        );
    }
}
