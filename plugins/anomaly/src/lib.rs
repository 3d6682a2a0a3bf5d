//! Anomalies: values and rates of campaigns that differ from what their past leads to expect.
//!
//! Pure functions of numbers. Invariant: nothing here reads a clock or keeps anything between
//! calls but the [`detector::Detector`], whose state is its argument's history; days that are not
//! final are cut off before anything is judged ([`daily`]); too short a past gives no verdict, never "fine".
//!
//! Reading order: [`robust`] (one value against its past), [`season`] (weekdays and hours), [`daily`] (the last final day),
//! [`level`] (a level that moves), [`detector`] (a stream), [`esd`] (a look back), [`rates`] (shares and rates), [`discoveries`]
//! (many campaigns at once), [`evidence`] (what a person is told), [`config`] (thresholds), and
//! [`plugin`] (all of it as an alerter).

#![warn(missing_docs)]

pub mod config;
pub mod daily;
pub mod detector;
pub mod discoveries;
pub mod esd;
pub mod evidence;
pub mod level;
pub mod plugin;
pub mod rates;
pub mod robust;
pub mod season;

mod count;
