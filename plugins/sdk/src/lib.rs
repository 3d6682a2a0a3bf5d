//! What the author of a Bellwether plugin imports: a trait for each kind, and a macro to call.
//!
//! The macro writes the exported descriptor and its C functions; this crate turns Arrow data into
//! typed columns and back, and keeps panics and errors from crossing the C boundary.
//! Invariant: an author writes no unsafe code and sees no Arrow type.
//!
//! Reading order: [`Scorer`], [`Alerter`], [`Allocator`] (what an author writes), [`Input`] (what it is given), [`Table`]
//! (what it returns), [`export`] (what the macro makes of it), [`testing`].

#![warn(missing_docs)]

mod conversion;
pub mod date;
pub mod export;
pub mod input;
mod kind;
pub mod table;
pub mod testing;

use std::ffi::CStr;

use serde::de::DeserializeOwned;

pub use bellwether_plugin_abi as abi;
pub use input::{Column, Input};
pub use table::{Table, Values};

/// A plugin that says one thing of each entity, such as a campaign.
///
/// Export it with [`export_scorer!`]. One instance serves one agency and one configuration, and
/// is called from one thread.
pub trait Scorer: Sized + 'static {
    /// The plugin's metadata as JSON; [`metadata_file!`] reads it from a file.
    const METADATA: &'static CStr;

    /// The configuration, described for people by `config_schema` of the metadata.
    type Config: DeserializeOwned;

    /// Makes an instance, or says in a sentence what is wrong with the configuration.
    fn open(config: Self::Config) -> Result<Self, String>;

    /// Scores a batch: one row for each of [`Input::entities`], in their order, with the columns
    /// of `output.columns`. An error is a sentence for the person who runs the server.
    fn score(&self, input: &Input) -> Result<Table, String>;
}

/// A plugin that looks for what a person should see.
///
/// Export it with [`export_alerter!`]. It sees the whole input in one batch.
pub trait Alerter: Sized + 'static {
    /// The plugin's metadata as JSON; [`metadata_file!`] reads it from a file.
    const METADATA: &'static CStr;

    /// The configuration, described for people by `config_schema` of the metadata.
    type Config: DeserializeOwned;

    /// Makes an instance, or says in a sentence what is wrong with the configuration.
    fn open(config: Self::Config) -> Result<Self, String>;

    /// Looks at a batch: any number of rows, with the columns of `output.columns`. An error is a
    /// sentence for the person who runs the server.
    fn find(&self, input: &Input) -> Result<Table, String>;
}

/// A plugin that divides something, such as a budget, among entities.
///
/// Export it with [`export_allocator!`]. It sees the whole input in one batch.
pub trait Allocator: Sized + 'static {
    /// The plugin's metadata as JSON; [`metadata_file!`] reads it from a file.
    const METADATA: &'static CStr;

    /// The configuration, described for people by `config_schema` of the metadata.
    type Config: DeserializeOwned;

    /// Makes an instance, or says in a sentence what is wrong with the configuration.
    fn open(config: Self::Config) -> Result<Self, String>;

    /// Proposes: any number of rows, with the columns of `output.columns`. What can't be divided
    /// as asked is a row that says so; an error is a sentence for the person who runs the server.
    fn propose(&self, input: &Input) -> Result<Table, String>;
}

/// The metadata of a plugin, read at compile time from a JSON file beside the source file.
#[macro_export]
macro_rules! metadata_file {
    ($path:literal) => {
        match ::core::ffi::CStr::from_bytes_with_nul(
            ::core::concat!(::core::include_str!($path), "\0").as_bytes(),
        ) {
            Ok(text) => text,
            Err(_) => panic!("the metadata file holds a zero byte"),
        }
    };
}
