//! Budget reallocation: how daily budgets would bring more, by the response that each campaign's
//! own past shows.
//!
//! Pure: a request goes in, a proposal or an error comes out. Money comes in and goes out as whole
//! micros; between them are statistical models in floating point, whose last step is an exact
//! division into minor units. Invariant: the same request and seed give the same proposal, and a
//! proposal never breaks a bound by more than the rounding to a minor unit.
//!
//! Reading order: [`curve`] (what spend brings), [`fit`] (curves from days), [`bounds`],
//! [`water_filling`] (the optimum of concave curves), [`grid_search`] (of S-shapes), [`allocate`]
//! (which of both), [`bootstrap`] and [`gate`] (how sure that is), [`rounding`], [`request`] and
//! [`propose`] (all of it for a portfolio), [`evidence`] (what a person is told), [`config`] (thresholds),
//! [`plugin`] (all of it as an allocator).

#![warn(missing_docs)]

pub mod allocate;
pub mod bootstrap;
pub mod bounds;
pub mod config;
pub mod curve;
pub mod error;
pub mod evidence;
pub mod fit;
pub mod gate;
pub mod grid_search;
pub mod plugin;
pub mod propose;
pub mod request;
pub mod rounding;
pub mod water_filling;

mod count;
mod portfolio;
mod root;
mod sums;

pub use error::Error;
