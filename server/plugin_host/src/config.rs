//! The limits of the plugin host.
//!
//! Invariant: no defaults here; the server's configuration names every value.

use std::path::PathBuf;

/// Where plugins are looked for and what a call may cost.
#[derive(Debug, Clone)]
pub struct PluginHostConfig {
    /// The executable that is started as `EXECUTABLE plugin-host ARGS`: the server's own.
    pub executable: PathBuf,
    /// Plugins of any name and place; they win over those of the folders.
    pub plugin_files: Vec<PathBuf>,
    /// The folders that hold `libbellwether_plugin_*.so`; the first that has a plugin wins.
    pub plugin_folders: Vec<PathBuf>,
    /// Milliseconds from a batch's sending to its answer; past them the child is killed.
    pub call_deadline_ms: u64,
    /// Milliseconds from the child's start until its plugin is open.
    pub start_deadline_ms: u64,
    /// Rows of one batch for a scorer, passed only where one entity has more. 16,384 was the
    /// fastest of five sizes from 8,192 to 1,000,000 (plugins.md, "Measured: cost").
    pub rows_per_slice_max: usize,
    /// Rows that one run may send, and rows that an alerter or allocator may return.
    pub rows_per_call_max: usize,
    /// Bytes of one answer from a child.
    pub output_bytes_max: usize,
    /// Bytes of memory that a child may take beyond those it begins with.
    pub memory_bytes_max: u64,
    /// Whether plugins run on a machine that can't confine them, such as one whose kernel has no
    /// Landlock. They then can do whatever the server's user can.
    pub allow_unconfined: bool,
}
