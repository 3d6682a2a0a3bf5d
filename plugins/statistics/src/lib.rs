//! The statistics that more than one shipped plugin needs, and experiments, over one foreign
//! library.
//!
//! Pure functions of numbers: quantiles and tails of distributions, exact tests, robust measures
//! of place and spread. Invariant: no function panics, whatever it is given; what has no answer
//! (an empty sample, a negative number of trials) is `None`.
//!
//! Reading order: [`order`] (medians), [`distribution`] (quantiles and tails), [`exact`] (tests of
//! counts).

#![warn(missing_docs)]

pub mod distribution;
pub mod exact;
pub mod order;
