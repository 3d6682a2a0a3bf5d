//! Audience fit: whether a promotion reaches those whom it is meant for, and promises what the
//! product is.
//!
//! Six components from 0 (fits) to 1 (does not), each with its evidence, and a composite whose every
//! step is an explanation line of its own. Pure functions. Invariant: what is not known is left out
//! and told as missing coverage, never counted as 0; all weights and thresholds are choices of ours
//! and configuration, none was calibrated on labelled data.
//!
//! Reading order: the components [`audience`], [`offer`], [`tone`], [`affordability`],
//! [`conversion`], [`feedback`]; then [`composite`], [`subject`] (all of it for one campaign), and
//! [`config`] (weights and thresholds), [`plugin`] (all of it as a scorer).

#![warn(missing_docs)]

pub mod affordability;
pub mod audience;
pub mod composite;
pub mod config;
pub mod conversion;
pub mod feedback;
pub mod offer;
pub mod plugin;
pub mod subject;
pub mod tone;

mod number;
