//! The bodies of records: one file a kind, each a typed text with the checks that need nothing
//! but itself.
//!
//! Invariant: a body's JSON is what is stored, imported and exported; a field that it doesn't know
//! is refused, not dropped.

/// Declares the types of a body: compared, and read from and written to JSON in one way.
macro_rules! body_types {
    ($($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($fields)* }
        )*
    };
}

mod agreement;
mod audience;
mod brand_profile;
mod campaign_plan;
mod content;
mod experiment;
mod feedback_item;
mod marketing_plan;
mod party;
mod product;
mod source;

pub use agreement::{Agreement, Fee, Item, Milestone, Notice};
pub use audience::{Audience, Distribution, Share};
pub use brand_profile::{BrandProfile, Holiday, Restatement};
pub use campaign_plan::{CampaignLink, CampaignPlan, PeriodBudget, SpendBounds, Target};
pub use content::{Content, Variant};
pub use experiment::{Experiment, ExperimentVariant, Observed, StoppingRule};
pub use feedback_item::{FeedbackItem, Reply};
pub use marketing_plan::{ChannelPlan, Goal, MarketingPlan};
pub use party::{Account, Contact, Party};
pub use product::{Attribute, Claim, Product};
pub use source::{Arrival, Source};
