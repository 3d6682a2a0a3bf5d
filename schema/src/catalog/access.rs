//! What the caller's token allows.

use async_graphql::{Result, SimpleObject};
use bellwether_domain::scope::BrandAccess;

use crate::context::RequestState;
use crate::nouns::Brand;
use crate::words::Role;

/// What a token lets its caller do, and to which brands.
#[derive(Debug, SimpleObject)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the schema that clients read by its name"
)]
pub(super) struct Access {
    /// The caller's role.
    role: Role,
    /// Whether the caller sees every brand of the agency, also those that come later.
    all_brands: bool,
    /// The brands that the caller sees, by slug; answers hold nothing of any other.
    brands: Vec<Brand>,
    /// Whether the caller may send reports.
    may_ingest: bool,
    /// Whether the caller may rename brands, change campaigns and label them.
    may_edit: bool,
    /// Whether the caller may save custom metrics.
    may_save_metrics: bool,
    /// Whether the caller may ask `explainMetrics`, which tells of all brands together.
    may_explain: bool,
}

impl Access {
    pub(super) async fn of(state: &RequestState) -> Result<Self> {
        let brands = state.answer(state.services.brands(&state.scope).await)?;
        let role = state.scope.role();
        let all_brands = *state.scope.brands() == BrandAccess::All;
        Ok(Self {
            role: role.into(),
            all_brands,
            brands: brands.into_iter().map(Brand).collect(),
            may_ingest: role.may_ingest(),
            may_edit: role.may_edit(),
            may_save_metrics: role.may_save_metrics(),
            may_explain: all_brands,
        })
    }
}
