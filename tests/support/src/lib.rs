//! The harness of the integration tests and benches: real servers, personas and builders.
//!
//! A test starts the real executable in a folder of its own and speaks to it as clients do, over
//! HTTP. Invariant: nothing here reaches into the server; what a test can't see from outside, a
//! user can't either.

pub mod client;
pub mod command;
pub mod postgres;
pub mod server;
pub mod socket;
pub mod stream;

pub use client::{BytesReply, Persona, Reply};
pub use command::{Ran, run};
pub use server::{Stopped, TestServer};
pub use socket::{Heard, Socket};
pub use stream::EventStream;
