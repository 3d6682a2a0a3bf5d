//! The root of queries.

use async_graphql::{Any, Context, ID, Object, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_service::{BatchFilter, Cursor, ExportContent};

use crate::catalog::Catalog;
use crate::changes::{Changes, changed_since};
use crate::context::{ContextExt, RequestState};
use crate::federation::{Entity, Subgraph, SubgraphSdl, entities};
use crate::limits::{NODES_PAGE_PRICED_MAX, ROWS_PAGE_PRICED_MAX};
use crate::metrics::{
    BetweenInput, MetricsInput, MetricsPlan, MetricsResult, Selection, table_columns,
};
use crate::nouns::{
    Batch, BatchConnection, Brand, Campaign, CampaignConnection, ExchangeRateConnection, Export,
    ExportConnection, NODES_PER_PAGE, Node, RatesAsked, Viewer, batch_page, campaign_page,
    exchange_rate_page, export_page, find_batch,
};
use crate::paging::{page_price, page_size};
use crate::refusal::resolver_error;
use crate::words::{BatchState, DatasetName};

/// How many rows a page of `metrics` has unless the client says.
pub(crate) const ROWS_PER_PAGE: i32 = 100;

/// The root of queries.
#[derive(Debug)]
pub(crate) struct Query;

/// The root of queries: everything is seen as the token's agency, member and role may see it.
#[Object(name = "QueryOfFacts")]
impl Query {
    /// Who asks.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Viewer> {
        let state = ctx.state();
        let viewer = state.services.viewer(&state.scope).await;
        Ok(state.answer(viewer)?.into())
    }

    /// The brands that the token may see, by slug.
    async fn brands(&self, ctx: &Context<'_>) -> Result<Vec<Brand>> {
        let state = ctx.state();
        let _read = state.reads.begin();
        let brands = state.answer(state.services.brands(&state.scope).await)?;
        Ok(brands.into_iter().map(Brand).collect())
    }

    /// The brand of an id; null with an error of code `NOT_FOUND` when there is none for this token.
    async fn brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The brand's id.")] id: ID,
    ) -> Result<Option<Brand>> {
        find_brand(ctx.state(), parse(&id, "id")?).await.map(Some)
    }

    /// The campaigns that the token may see, in the order in which they were made.
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
        #[graphql(desc = "Only campaigns of this brand.")] brand: Option<ID>,
    ) -> Result<CampaignConnection> {
        let state = ctx.state();
        let brand = match brand {
            Some(id) => Some(find_brand(state, parse(&id, "brand")?).await?.0.id),
            None => None,
        };
        campaign_page(state, brand, first, after).await
    }

    /// The campaign of an id; null with an error of code `NOT_FOUND` when there is none for this token.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign's id.")] id: ID,
    ) -> Result<Option<Campaign>> {
        find_campaign(ctx.state(), parse(&id, "id")?)
            .await
            .map(Some)
    }

    /// The batches of the brands that the token may see, newest first.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn batches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only batches of this brand.")] brand: Option<ID>,
        #[graphql(desc = "Only batches of this dataset.")] dataset: Option<DatasetName>,
        #[graphql(desc = "Only batches in this state.")] state: Option<BatchState>,
        #[graphql(
            desc = "How many batches the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<BatchConnection> {
        let brand = match brand {
            Some(id) => Some(find_brand(ctx.state(), parse(&id, "brand")?).await?.0.id),
            None => None,
        };
        let filter = BatchFilter {
            brand,
            dataset: dataset.map(Into::into),
            state: state.map(Into::into),
        };
        batch_page(ctx.state(), filter, first, after).await
    }

    /// The batch of an id; null with an error of code `NOT_FOUND` when there is none for this token.
    async fn batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The batch's id.")] id: ID,
    ) -> Result<Option<Batch>> {
        find_batch(ctx.state(), parse(&id, "id")?).await.map(Some)
    }

    /// The export of an id; null with an error of code `NOT_FOUND` when this member has none of it, or when it has expired.
    async fn export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The export's id.")] id: ID,
    ) -> Result<Option<Export>> {
        let state = ctx.state();
        let export = state
            .services
            .export_status(&state.scope, parse(&id, "id")?)
            .await;
        Ok(Some(Export(state.answer(export)?)))
    }

    /// The exports that this member started and that are kept, newest first.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn exports(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many exports the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<ExportConnection> {
        export_page(ctx.state(), first, after).await
    }

    /// The exchange rates that answers convert by, as they stand: by the currency that they are into, the one that they are of, and day.
    #[graphql(
        complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn exchange_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only rates of this currency, such as `EUR`.")] from: Option<String>,
        #[graphql(desc = "Only rates into this currency, such as `USD`.")] to: Option<String>,
        #[graphql(desc = "Only rates of these days.")] range: Option<BetweenInput>,
        #[graphql(
            desc = "How many rates the page has at most.",
            default_with = "Some(NODES_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<ExchangeRateConnection> {
        let asked = RatesAsked { from, to, range };
        exchange_rate_page(ctx.state(), asked, first, after).await
    }

    /// The thing of an id; null with an error of code `NOT_FOUND` when there is none for this token.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The thing's id.")] id: ID,
    ) -> Result<Option<Node>> {
        let state = ctx.state();
        if let Ok(brand) = id.parse() {
            return Ok(Some(find_brand(state, brand).await?.into()));
        }
        if let Ok(campaign) = id.parse() {
            return Ok(Some(find_campaign(state, campaign).await?.into()));
        }
        if let Ok(batch) = id.parse() {
            return Ok(Some(find_batch(state, batch).await?.into()));
        }
        let id = id.as_str();
        Err(resolver_error(&Refusal::not_found("node", id).at("id")))
    }

    /// Metrics grouped by dimensions over a range of days, one page of them, with totals over all.
    #[graphql(
        complexity = "page_price(first, ROWS_PER_PAGE, ROWS_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked.")] input: MetricsInput,
        #[graphql(
            desc = "How many rows the page has at most: up to 1,000 with `rows`, 10,000 without, as for a `table`.",
            default_with = "Some(ROWS_PER_PAGE)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before, of the same question.")]
        after: Option<String>,
    ) -> Result<MetricsResult> {
        let selection = Selection::of(ctx.field());
        metrics_page(ctx.state(), input, selection, first, after).await
    }

    /// What this caller can ask for: metrics, dimensions, what goes together, and the limits that hold.
    async fn catalog(&self) -> Catalog {
        Catalog::new()
    }

    /// What a client must load again that holds numbers of a snapshot, such as that of an answer's `meta`: the months whose facts changed since. `SNAPSHOT_EXPIRED` when it is older than what is kept.
    async fn changed_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The snapshot that the client holds numbers of, such as `42.7`.")]
        snapshot: ID,
        #[graphql(desc = "Only months of these brands; left out, of all that the token may see.")]
        brands: Option<Vec<ID>>,
        #[graphql(desc = "Only months of this dataset.")] dataset: Option<DatasetName>,
    ) -> Result<Changes> {
        changed_since(ctx.state(), &snapshot, brands, dataset).await
    }

    /// The API as a subgraph, for routers of Apollo Federation.
    #[graphql(name = "_service")]
    async fn service(&self, ctx: &Context<'_>) -> Subgraph {
        // `api::root` puts it there.
        let SubgraphSdl(sdl) = ctx.data_unchecked::<SubgraphSdl>();
        Subgraph {
            sdl: sdl.to_string(),
        }
    }

    /// The brands and campaigns of these keys, each at its place, for routers of Apollo Federation; null where there is none for this token.
    #[graphql(
        name = "_entities",
        complexity = "child_complexity.max(1).saturating_mul(representations.len().max(1))"
    )]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The keys, at most 1000, such as `{__typename: \"Brand\", id: \"…\"}`.")]
        representations: Vec<Any>,
    ) -> Result<Vec<Option<Entity>>> {
        entities(ctx.state(), &representations).await
    }

    /// What a metric query would read if it were asked now: partitions, their sources, rows and bytes. Computes nothing.
    async fn explain_metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be asked; the metrics are those that it names.")]
        input: MetricsInput,
    ) -> Result<MetricsPlan> {
        metrics_plan(ctx.state(), input).await
    }
}

async fn metrics_plan(state: &RequestState, input: MetricsInput) -> Result<MetricsPlan> {
    let reading = input.reading(None);
    let request = input.into_request(Selection::default());
    let request = request.map_err(|refusal| resolver_error(&refusal))?;
    let services = &state.services;
    let explained = services
        .explain_metrics(&state.scope, &request, reading)
        .await;
    Ok(MetricsPlan {
        explanation: state.answer(explained)?,
    })
}

pub(crate) async fn metrics_page(
    state: &RequestState,
    input: MetricsInput,
    selection: Selection,
    first: Option<i32>,
    after: Option<String>,
) -> Result<MetricsResult> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let limits = &state.limits;
    let (limit, max) = if selection.has_rows {
        ("rows_page_max", limits.rows_page_max)
    } else {
        ("table_page_max", limits.table_page_max)
    };
    let size = page_size(first, ROWS_PER_PAGE.unsigned_abs(), limit, max);
    let size = size.map_err(refused)?;
    let cursor = after.map(|text| Cursor::decode(&text)).transpose();
    let cursor = cursor.map_err(refused)?;
    let named = input.named_metrics();
    let selected = selection.metrics.iter().map(|field| field.what).collect();
    let reading = input.reading(cursor);
    let request = input.into_request(selection).map_err(refused)?;
    let services = &state.services;
    let answer = services.metrics(&state.scope, &request, reading).await;
    let offset = cursor.map_or(0, |cursor| cursor.offset);
    let answer = state.answer(answer)?;
    state.export(|| {
        let columns = table_columns(named.clone(), Vec::new(), &answer.table().query);
        ExportContent::new(answer.clone(), &columns)
    });
    state.provenance.note(answer.cache());
    state.spent.add(answer.cost());
    Ok(MetricsResult::new(
        answer,
        named,
        selected,
        offset,
        size as usize,
    ))
}

/// The brand, or `NOT_FOUND`.
pub(crate) async fn find_brand(state: &RequestState, id: BrandId) -> Result<Brand> {
    let _read = state.reads.begin();
    let found = state.services.find_brand(&state.scope, id).await;
    let found = state.answer(found)?;
    found
        .map(Brand)
        .ok_or_else(|| resolver_error(&Refusal::not_found("brand", id)))
}

/// The campaign, or `NOT_FOUND`.
pub(crate) async fn find_campaign(state: &RequestState, id: CampaignId) -> Result<Campaign> {
    let _read = state.reads.begin();
    let found = state.services.find_campaign(&state.scope, id).await;
    let found = state.answer(found)?;
    found
        .map(Campaign)
        .ok_or_else(|| resolver_error(&Refusal::not_found("campaign", id)))
}

/// The typed id of an argument at this place.
pub(crate) fn parse<T>(id: &ID, place: &str) -> Result<T>
where
    T: std::str::FromStr<Err = Refusal>,
{
    id.parse()
        .map_err(|refusal: Refusal| resolver_error(&refusal.at(place)))
}
