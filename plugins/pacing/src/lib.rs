//! Pacing: whether a campaign spends its budget at the planned speed, and within its platform's
//! caps.
//!
//! Pure and exact: money is whole micros of the campaign's own currency, shares are whole
//! millionths, and no floating-point number takes part. Invariant: nothing here reads a clock; the
//! day up to which spend is final is an argument, and days after it are never judged.
//!
//! Reading order: [`calendar`] (weights of weekdays), [`pace`] (the formulas), [`caps`] (what
//! platforms may spend on a day), [`finding`] (what a person is told), [`config`] (thresholds),
//! [`plugin`] (all of it as an alerter).

#![warn(missing_docs)]

pub mod calendar;
pub mod caps;
pub mod config;
pub mod finding;
pub mod pace;
pub mod plugin;

mod exact;
