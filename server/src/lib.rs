//! Bellwether as a library.

pub mod generate;
