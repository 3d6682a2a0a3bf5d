//! Workflows through the crate's public door: definitions, single rules, whole runs, and random ones.

mod support;

#[path = "workflows/definitions.rs"]
mod definitions;
#[path = "workflows/properties.rs"]
mod properties;
#[path = "workflows/records.rs"]
mod records;
#[path = "workflows/refusals.rs"]
mod refusals;
#[path = "workflows/runs.rs"]
mod runs;
#[path = "workflows/stories.rs"]
mod stories;
#[path = "workflows/timers.rs"]
mod timers;
