//! The root of subscriptions: events that tell when an answer has changed, and the answer itself
//! for whoever selects it.

use std::time::Duration;

use async_graphql::futures_util::stream::{self, Stream};
use async_graphql::{Context, Object, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::query::MetricRequest;
use bellwether_service::MetricsChanged;

use crate::context::{ContextExt, RequestState};
use crate::limits::ROWS_PAGE_PRICED_MAX;
use crate::metrics::{DayRange, MetricsInput, MetricsResult, Selection};
use crate::paging::page_price;
use crate::query::{ROWS_PER_PAGE, metrics_page};
use crate::refusal::{resolver_error, too_slow};
use crate::words::ChangeReason;

/// The root of subscriptions.
#[derive(Debug)]
pub(crate) struct Subscription;

/// The root of subscriptions, over WebSocket (`graphql-transport-ws`) or an event stream (`Accept: text/event-stream`).
#[async_graphql::Subscription]
impl Subscription {
    /// Tells when the answer to a metric query may have changed: at once at the beginning, then after commits that touch its brands, dataset and days, after changes of names, platforms, labels, exchange rates or custom metrics, and when a day has passed that moves its range. Changes that come close together are one event.
    async fn metrics_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "What is asked, as in `metrics`; `asOf` has no place in it, since the past doesn't change."
        )]
        input: MetricsInput,
    ) -> Result<impl Stream<Item = Result<MetricsChange>>> {
        changes(ctx.state(), input, answers_of(ctx)).await
    }
}

/// What every answer within an event selects; one that selects nothing where none is asked for.
fn answers_of(ctx: &Context<'_>) -> Vec<Selection> {
    let change = ctx.field();
    let parts = change.selection_set();
    let answers = parts.filter(|part| part.name() == "metrics");
    let answers: Vec<Selection> = answers.map(Selection::of).collect();
    if answers.is_empty() {
        return vec![Selection::default()];
    }
    answers
}

async fn changes(
    state: &RequestState,
    input: MetricsInput,
    answers: Vec<Selection>,
) -> Result<impl Stream<Item = Result<MetricsChange>> + use<'_>> {
    if input.is_of_the_past() {
        let message = "an answer about the past doesn't change; ask it with `metrics`";
        return Err(resolver_error(&Refusal::invalid(message).at("asOf")));
    }
    // What is selected has its part in which dataset, costs and rates an answer is made of.
    let requests = answers.into_iter();
    let requests = requests.map(|selection| input.clone().into_request(selection));
    let requests: Result<Vec<MetricRequest>, Refusal> = requests.collect();
    let requests = requests.map_err(|refusal| resolver_error(&refusal))?;
    let watch = state.services.watch_metrics(&state.scope, requests).await;
    let watch = state.answer(watch)?;
    // After an error that doesn't pass by itself there is nothing more.
    Ok(stream::unfold(Some(watch), move |watch| {
        let input = input.clone();
        async move {
            let mut watch = watch?;
            match watch.next().await {
                Ok(Some(change)) => {
                    state.forget().await;
                    Some((Ok(MetricsChange { change, input }), Some(watch)))
                }
                Ok(None) => None,
                Err(error) => Some((state.answer(Err(error)), None)),
            }
        }
    }))
}

/// That the answer to a metric query may have changed.
#[derive(Debug)]
pub(crate) struct MetricsChange {
    change: MetricsChanged,
    input: MetricsInput,
}

/// That the answer to a metric query may have changed.
#[Object]
impl MetricsChange {
    /// Why this is told.
    async fn reason(&self) -> ChangeReason {
        self.change.reason.into()
    }

    /// The snapshot from which on the change is seen, such as `18.27`; `meta { snapshot }` of an answer tells which one it comes from.
    async fn snapshot(&self) -> String {
        self.change.snapshot.to_string()
    }

    /// The days whose numbers may have changed, those compared with among them, in order; all that are read, unless the reason is `FACTS`.
    async fn periods(&self) -> Vec<DayRange> {
        self.change.days.iter().copied().map(DayRange::of).collect()
    }

    /// The answer as it is now, its first page. Priced and bounded as a query of its own for every event; what it can't do stands in the event's `errors`, and the next event tries again.
    #[graphql(
        complexity = "page_price(first, ROWS_PER_PAGE, ROWS_PAGE_PRICED_MAX, child_complexity)"
    )]
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many rows the page has at most.",
            default_with = "Some(ROWS_PER_PAGE)"
        )]
        first: Option<i32>,
    ) -> Result<MetricsResult> {
        let (state, selection) = (ctx.state(), Selection::of(ctx.field()));
        let place = state.answer(state.services.query_place(&state.scope).await)?;
        let wall_time_ms = state.limits.wall_time_ms;
        let page = metrics_page(state, self.input.clone(), selection, first, None);
        let page = tokio::time::timeout(Duration::from_millis(wall_time_ms), page).await;
        place.end();
        page.unwrap_or_else(|_| Err(resolver_error(&too_slow(wall_time_ms))))
    }
}
