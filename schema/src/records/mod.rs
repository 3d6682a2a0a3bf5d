//! Records over GraphQL: what is promoted, promised and agreed.
//!
//! Every kind has the same fields beside its own, the same list and the same three mutations,
//! which `wiring.rs` writes once; `bodies/` has what each kind says.
//! Invariant: what the scope doesn't see is `NOT_FOUND`, and what a person can mend stands in
//! `userErrors`, all of it at once.

mod bodies;
mod experiments;
mod history;
mod kinds;
mod listing;
mod mirror;
mod outcome;
mod wiring;
mod words;

pub(crate) use kinds::{RecordMutation, RecordQuery};
