//! What records say, as the API reads and tells it: one file for the kinds that belong together.
//!
//! Invariant: each type has the fields of the domain's; the domain's checks decide what is good.

mod content;
mod deals;
mod insight;
mod plans;
mod product;

pub(crate) use content::{AudienceBody, ContentBody};
pub(crate) use deals::{AgreementBody, PartyBody};
pub(crate) use insight::{ExperimentBody, FeedbackItemBody, SourceBody};
pub(crate) use plans::{BrandProfileBody, CampaignPlanBody, MarketingPlanBody};
pub(crate) use product::ProductBody;
