//! Made-up campaign data: the demonstration's world, and streams of facts for load tests.
//!
//! Everything here is a pure function of a date and a seed: the same arguments give the same
//! bytes, so that a demonstration can be told and a load test repeated.
//! Invariant: no clock, no environment, no file; reports come out as bytes or rows, and others
//! ingest or store them.
//!
//! Reading order: `world` (what comes out), `plan` with `northwind` and `jade_river` (the tables
//! it is made from), `season` and `funnel` (how a day's numbers come about), `delivery`,
//! `audience`, `costs`, `feedback` and `reach` (the reports), `columns` and `row` (their form), `load` and
//! `load_groups` (facts for load tests).

mod audience;
mod columns;
mod costs;
mod delivery;
mod feedback;
mod funnel;
mod jade_river;
mod load;
mod load_groups;
mod noise;
mod northwind;
mod plan;
mod reach;
mod row;
mod season;
#[cfg(test)]
mod tests;
mod world;

pub use load::{LoadDataset, LoadPlan, LoadRows, load_rows};
pub use row::{OwnedCell, Row, write_csv};
pub use world::{
    DAYS_OF_HISTORY, DemoAgency, DemoBrand, DemoCampaign, DemoReport, World, demo_world,
    demo_world_at,
};
