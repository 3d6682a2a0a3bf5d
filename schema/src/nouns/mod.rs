//! The agency's records over GraphQL: who asks, brands, campaigns and their scores.
//!
//! Invariant: what the scope doesn't see is `NOT_FOUND`, never `FORBIDDEN`.

mod batch;
mod brand;
mod campaign;
mod connection;
mod exchange_rate;
mod export;
mod score;
mod viewer;

use async_graphql::{ID, Interface};

pub(crate) use batch::{Batch, BatchConnection, batch_page, find_batch};
pub(crate) use brand::Brand;
pub(crate) use campaign::Campaign;
pub(crate) use connection::{CampaignConnection, NODES_PER_PAGE, campaign_page};
pub(crate) use exchange_rate::{ExchangeRateConnection, RatesAsked, exchange_rate_page};
pub(crate) use export::{
    CancelExportInput, CancelExportPayload, Export, ExportConnection, StartExportPayload,
    export_page,
};
pub(crate) use viewer::Viewer;

/// A thing with an id, which `node` finds.
#[derive(Debug, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id, unique among all things."))]
pub(crate) enum Node {
    /// A batch.
    Batch(Batch),
    /// A brand.
    Brand(Brand),
    /// A campaign.
    Campaign(Campaign),
}
