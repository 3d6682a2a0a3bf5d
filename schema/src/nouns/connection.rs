//! Pages of campaigns as Relay connections.

use async_graphql::{Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_service::CampaignPage;

use super::campaign::Campaign;
use crate::context::RequestState;
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;

/// How many nodes a page has unless the client says.
pub(crate) const NODES_PER_PAGE: i32 = 20;

/// A page of campaigns.
#[derive(Debug)]
pub(crate) struct CampaignConnection {
    page: CampaignPage,
    is_first: bool,
}

/// One campaign of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct CampaignEdge {
    /// The place of the campaign, for `after`.
    cursor: String,
    /// The campaign.
    node: Campaign,
}

/// A page of campaigns.
#[Object]
impl CampaignConnection {
    /// The campaigns of the page.
    async fn nodes(&self) -> Vec<Campaign> {
        self.page.items.iter().cloned().map(Campaign).collect()
    }

    /// The campaigns of the page with their cursors.
    async fn edges(&self) -> Vec<CampaignEdge> {
        let edges = self.page.items.iter().map(|campaign| CampaignEdge {
            cursor: cursor(campaign.id),
            node: Campaign(campaign.clone()),
        });
        edges.collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        let items = &self.page.items;
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: !self.is_first,
            start_cursor: items.first().map(|campaign| cursor(campaign.id)),
            end_cursor: items.last().map(|campaign| cursor(campaign.id)),
        }
    }
}

/// A campaign's cursor is its id: pages go by id.
fn cursor(campaign: CampaignId) -> String {
    campaign.to_string()
}

/// A page of the campaigns that the scope sees, all or of one brand.
pub(crate) async fn campaign_page(
    state: &RequestState,
    brand: Option<BrandId>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<CampaignConnection> {
    let max = state.limits.nodes_page_max;
    let size = page_size(first, NODES_PER_PAGE.unsigned_abs(), "nodes_page_max", max)
        .map_err(|refusal| resolver_error(&refusal))?;
    let after = after
        .map(|text| place_of_cursor(&text))
        .transpose()
        .map_err(|refusal| resolver_error(&refusal))?;
    let _read = state.reads.begin();
    let page = state
        .services
        .campaigns(&state.scope, brand, after, size)
        .await;
    Ok(CampaignConnection {
        page: state.answer(page)?,
        is_first: after.is_none(),
    })
}

fn place_of_cursor(text: &str) -> Result<CampaignId, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(format!(
            "`{text}` is not a cursor; use `pageInfo.endCursor` of the page before"
        ))
        .at("after")
    })
}
