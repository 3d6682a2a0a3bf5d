//! The binary interface between Bellwether and a plugin: the Rust twins of
//! `include/bellwether_plugin.h`, and the metadata that a plugin carries.
//!
//! Invariant: no Arrow library, no loading, no logic beyond checking metadata; the header is the
//! authority, and a test compares every size and offset with what a C compiler says.
//!
//! Reading order: [`layout`] (the structs), [`metadata`] (what a plugin needs and gives),
//! [`column_type`] (the types of columns).

#![deny(missing_docs)]

pub mod column_type;
pub mod layout;
pub mod metadata;

pub use column_type::ColumnType;
pub use layout::{ABI_MAJOR, ABI_MINOR, ArrowArray, ArrowSchema, BwError, BwHost, BwPlugin, MAGIC};
pub use metadata::{Column, Input, InputQuery, InvalidMetadata, Kind, Metadata, Output};
