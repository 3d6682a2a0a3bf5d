//! Workflows: what people decide about someone else's money, carried through and proved.
//!
//! Everything here is a value or a pure function of values; the clock, fresh randomness and the
//! agency's calendar come in as arguments.
//! Invariant: no input or output, no database, no async; nothing is ever changed in place that
//! was recorded.
//!
//! Reading order: [`definition`] (what a workflow is, read from files), [`case`] (one run of it:
//! [`case::step`] is the way on), [`assignments`] (who may act in it), [`refused`] (what it doesn't let happen), [`amounts`] and
//! [`business_days`] (what agreements come to), [`chain`] (how the past is proved).

#![warn(missing_docs)]

pub mod amounts;
pub mod assignments;
pub mod business_days;
pub mod case;
pub mod chain;
pub mod definition;
pub mod refused;
