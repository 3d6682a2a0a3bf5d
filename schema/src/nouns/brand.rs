//! A brand and its campaigns.

use async_graphql::{Context, ID, Object, Result};
use bellwether_domain::brand;

use super::connection::{CampaignConnection, NODES_PER_PAGE, campaign_page};
use crate::context::ContextExt;
use crate::limits::NODES_PAGE_PRICED_MAX;
use crate::metrics::{Asked, CompareInput, MetricsRow, RangeInput, of_brand};
use crate::paging::page_price;
use crate::scalars::DateTime;

/// A brand that the agency works for.
#[derive(Debug, Clone)]
pub(crate) struct Brand(pub(crate) brand::Brand);

/// A brand that the agency works for.
#[Object]
impl Brand {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its short name, unique in the agency.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Its name as shown.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its numbers over a range of days, as the row of `metrics` that is the brand's; null where no facts of it are known. All objects of a request that ask the same are one question.
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The days that are read.")] range: RangeInput,
        #[graphql(desc = "With which earlier range it is compared, at the same snapshot.")]
        compare: Option<CompareInput>,
        #[graphql(desc = "Facts as they were known at this moment.")] as_of: Option<DateTime>,
    ) -> Result<Option<MetricsRow>> {
        let asked = Asked {
            range,
            compare,
            as_of,
        };
        of_brand(ctx, self.0.id, asked).await
    }

    /// Its campaigns, in the order in which they were made.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many campaigns the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<CampaignConnection> {
        campaign_page(ctx.state(), Some(self.0.id), first, after).await
    }
}
