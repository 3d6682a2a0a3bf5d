//! Lists of records: what is asked for, in which order, and where a page begins.

use async_graphql::{Enum, ID, InputObject, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::RecordId;
use bellwether_domain::record::{Record, RecordKind};
use bellwether_service::{
    RecordFilter as Filter, RecordOrder as Order, RecordPage, RecordPlace, RecordSort as Sort,
};

use super::words::RecordState;
use crate::context::RequestState;
use crate::nouns::NODES_PER_PAGE;
use crate::paging::{PageInfo, page_size};
use crate::query::{find_brand, find_campaign, parse};
use crate::refusal::resolver_error;
use crate::scalars::{Date, DateTime};

/// Which records are meant; all conditions hold at once.
#[derive(Debug, Default, InputObject)]
pub(crate) struct RecordFilter {
    /// Those of this brand.
    brand: Option<ID>,
    /// Those of this campaign.
    campaign: Option<ID>,
    /// Those in this state; null means both.
    #[graphql(default_with = "Some(RecordState::Active)")]
    state: Option<RecordState>,
    /// The one of this key, of each brand.
    key: Option<String>,
    /// Those whose days hold this one, and those without days.
    on: Option<Date>,
}

/// The order of a list of records.
#[derive(Debug, InputObject)]
pub(crate) struct RecordOrder {
    /// By what; what is the same there comes in the order in which it was made.
    by: RecordSort,
    /// Whether the greatest comes first.
    #[graphql(default)]
    descending: bool,
}

/// By what a list of records is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "bellwether_service::RecordSort")]
pub(crate) enum RecordSort {
    /// By the agency's own name for them.
    Key,
    /// By the name as shown.
    Name,
    /// By when they were made.
    CreatedAt,
    /// By when they were last revised.
    RevisedAt,
}

/// What a list was asked for.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) filter: Option<RecordFilter>,
    pub(crate) order: Option<RecordOrder>,
    pub(crate) as_of: Option<DateTime>,
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
}

/// A page that was read, and how its cursors are made.
#[derive(Debug)]
pub(crate) struct ListedPage {
    pub(crate) items: Vec<Record>,
    pub(crate) info: PageInfo,
    by: Sort,
}

impl ListedPage {
    /// The cursor of a record of the page.
    pub(crate) fn cursor(&self, record: &Record) -> String {
        cursor(record, self.by)
    }
}

/// Reads a page of a list of records of a kind.
pub(crate) async fn read_page(
    state: &RequestState,
    kind: RecordKind,
    listing: Listing,
) -> Result<ListedPage> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let max = state.limits.nodes_page_max;
    let default = NODES_PER_PAGE.unsigned_abs();
    let size = page_size(listing.first, default, "nodes_page_max", max).map_err(refused)?;
    let filter = filter_of(state, kind, listing.filter).await?;
    let order = Order {
        by: listing.order.as_ref().map_or(Sort::Key, |it| it.by.into()),
        is_descending: listing.order.is_some_and(|order| order.descending),
    };
    let after = listing.after.map(|text| place(&text)).transpose();
    let after = after.map_err(refused)?;
    let is_first = after.is_none();
    let as_of = listing.as_of.map(|moment| moment.0);
    let services = &state.services;
    let _read = state.reads.begin();
    let page = services
        .records(&state.scope, filter, order, as_of, after, size)
        .await;
    let RecordPage { items, has_next } = state.answer(page)?;
    let info = PageInfo {
        has_next_page: has_next,
        has_previous_page: !is_first,
        start_cursor: items.first().map(|record| cursor(record, order.by)),
        end_cursor: items.last().map(|record| cursor(record, order.by)),
    };
    let by = order.by;
    Ok(ListedPage { items, info, by })
}

async fn filter_of(
    state: &RequestState,
    kind: RecordKind,
    filter: Option<RecordFilter>,
) -> Result<Filter> {
    let filter = filter.unwrap_or_else(|| RecordFilter {
        state: Some(RecordState::Active),
        ..RecordFilter::default()
    });
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
    Ok(Filter {
        kind,
        brand,
        campaign,
        state: filter.state.map(Into::into),
        key: filter.key,
        on: filter.on.map(|day| day.0),
    })
}

/// A cursor is the record's id and what it is sorted by.
fn cursor(record: &Record, by: Sort) -> String {
    let RecordPlace { value, id } = RecordPlace::of(record, by);
    format!("{id}:{value}")
}

fn place(cursor: &str) -> Result<RecordPlace, Refusal> {
    let parts = cursor.split_once(':');
    let place = parts.and_then(|(id, value)| {
        let id: RecordId = id.parse().ok()?;
        let value = value.to_owned();
        Some(RecordPlace { value, id })
    });
    place.ok_or_else(|| {
        let message =
            format!("`{cursor}` is not a cursor; use `pageInfo.endCursor` of the page before");
        Refusal::invalid(message).at("after")
    })
}
