//! Lists of cases: what is asked for, in which order, and where a page begins.

use async_graphql::{ID, InputObject, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CaseId;
use bellwether_service::{CaseFilter as Filter, CasePlace, CaseRecord, CaseSort as Sort};

use super::case::Case;
use super::words::CaseSort;
use crate::context::RequestState;
use crate::nouns::NODES_PER_PAGE;
use crate::paging::{PageInfo, page_size};
use crate::query::{find_brand, find_campaign, parse};
use crate::refusal::resolver_error;
use crate::scalars::DateTime;

/// Which cases are meant; all conditions hold at once.
#[derive(Debug, Default, InputObject)]
pub(crate) struct CaseFilter {
    /// Those of this workflow, such as `cancel_promotion`.
    definition: Option<String>,
    /// Those in one of these states, such as `["requested", "impact_assessed"]`.
    states: Option<Vec<String>>,
    /// Those about this brand.
    brand: Option<ID>,
    /// Those about this campaign.
    campaign: Option<ID>,
    /// Those whose present step is assigned to this member.
    assignee: Option<ID>,
    /// `true` for those that go on, `false` for those that have ended.
    is_open: Option<bool>,
    /// Those whose present step is due before this moment.
    due_before: Option<DateTime>,
}

/// The order of a list of cases.
#[derive(Debug, Clone, Copy, InputObject)]
pub(crate) struct CaseOrder {
    /// By what.
    by: CaseSort,
    /// Whether the latest comes first.
    #[graphql(default)]
    descending: bool,
}

/// One case of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseEdge {
    /// The place of the case, for `after`.
    cursor: String,
    /// The case.
    node: Case,
}

/// A page of cases.
#[derive(Debug, SimpleObject)]
pub(crate) struct CaseConnection {
    /// The cases of the page.
    nodes: Vec<Case>,
    /// The cases of the page with their cursors.
    edges: Vec<CaseEdge>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// What a list of cases was asked for.
#[derive(Debug, Default)]
pub(crate) struct CaseListing {
    pub(crate) filter: Option<CaseFilter>,
    pub(crate) order: Option<CaseOrder>,
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
}

/// Reads a page of a list of cases.
pub(crate) async fn case_page(
    state: &RequestState,
    listing: CaseListing,
) -> Result<CaseConnection> {
    let filter = filter_of(state, listing.filter.unwrap_or_default()).await?;
    page_of(state, filter, listing.order, listing.first, listing.after).await
}

/// Reads a page of the cases that a filter means.
pub(crate) async fn page_of(
    state: &RequestState,
    filter: Filter,
    order: Option<CaseOrder>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<CaseConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let (default, max) = (NODES_PER_PAGE.unsigned_abs(), state.limits.nodes_page_max);
    let size = page_size(first, default, "nodes_page_max", max).map_err(refused)?;
    let after = after.map(|cursor| place(&cursor)).transpose();
    let after = after.map_err(refused)?;
    let sort = order.map_or(Sort::DueAt, |order| order.by.into());
    let is_descending = order.is_some_and(|order| order.descending);
    let _read = state.reads.begin();
    let services = &state.services;
    let page = services.cases(&state.scope, filter, sort, is_descending, after, size);
    let page = state.answer(page.await)?;
    let cursor = |case: &CaseRecord| {
        let CasePlace { at_micros, id } = CasePlace::of(case, sort);
        format!("{id}:{at_micros}")
    };
    let page_info = PageInfo {
        has_next_page: page.has_next,
        has_previous_page: after.is_some(),
        start_cursor: page.items.first().map(cursor),
        end_cursor: page.items.last().map(cursor),
    };
    let edges: Vec<CaseEdge> = page
        .items
        .into_iter()
        .map(|record| CaseEdge {
            cursor: cursor(&record),
            node: Case::listed(record),
        })
        .collect();
    Ok(CaseConnection {
        nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
        edges,
        page_info,
    })
}

async fn filter_of(state: &RequestState, filter: CaseFilter) -> Result<Filter> {
    let brand = match filter.brand {
        Some(id) => Some(find_brand(state, parse(&id, "where.brand")?).await?.0.id),
        None => None,
    };
    let campaign = match filter.campaign {
        Some(id) => {
            let id = parse(&id, "where.campaign")?;
            Some(find_campaign(state, id).await?.0.id)
        }
        None => None,
    };
    let assignee = filter.assignee.map(|id| parse(&id, "where.assignee"));
    Ok(Filter {
        definition: filter.definition,
        states: filter.states,
        brand,
        campaign,
        assignee: assignee.transpose()?,
        is_open: filter.is_open,
        due_before: filter.due_before.map(|moment| moment.0),
    })
}

/// A cursor is the case's id and the moment that it is sorted by.
fn place(cursor: &str) -> Result<CasePlace, Refusal> {
    let parts = cursor.split_once(':');
    let place = parts.and_then(|(id, at)| {
        let id: CaseId = id.parse().ok()?;
        let at_micros = at.parse().ok()?;
        Some(CasePlace { at_micros, id })
    });
    place.ok_or_else(|| {
        let message =
            format!("`{cursor}` is not a cursor; use `pageInfo.endCursor` of the page before");
        Refusal::invalid(message).at("after")
    })
}
