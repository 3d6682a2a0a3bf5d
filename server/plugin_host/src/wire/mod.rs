//! What server and child say to each other.
//!
//! Not versioned: both ends are the same executable.
//! Invariant: the server's side accepts any bytes and answers with an error, never a panic.

pub(crate) mod answer;
pub(crate) mod batch;
pub(crate) mod frame;
