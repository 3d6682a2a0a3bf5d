//! The plugin host: runs shared libraries in child processes and checks what they answer.
//!
//! A plugin's code never runs in the server's process. The server starts its own executable as
//! `bellwether plugin-host ARGS`; that child confines itself, loads the library and speaks frames
//! over its standard input and output. A child that crashes, hangs or lies costs its own call only.
//! Invariant: no Arrow type in the public interface; unsafe code only in [`child`]; nothing that a
//! child sends is trusted before `wire::answer` has checked it.
//!
//! Reading order: [`host`] (what the server calls), [`discovery`], [`table`] (what goes in and
//! out), `conversation` (one child, from start to end), `wire`, [`child`].

pub mod child;
pub mod config;
mod conversation;
pub mod discovery;
pub mod error;
pub mod host;
mod launch;
mod slices;
pub mod table;
mod wire;

pub use bellwether_plugin_abi as abi;
pub use child::{PluginHostArgs, child_main};
pub use config::PluginHostConfig;
pub use discovery::{Discovered, PluginDescriptor, Refused};
pub use error::{Error, Result};
pub use host::PluginHost;
pub use table::{ColumnData, InputTable, NamedColumn, OutputTable};
