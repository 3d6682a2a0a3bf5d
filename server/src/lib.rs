//! Bellwether: a GraphQL analytics backend for marketing campaigns.
//!
//! This crate is the outermost layer: configuration, composition of the parts, HTTP, the command
//! line, and the demonstration's data. What the product does lives in the crates beneath.
//! Invariant: no rule of the domain stands here, and only `config.rs` reads the environment.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod generate;
pub mod http;
pub mod maintenance;
