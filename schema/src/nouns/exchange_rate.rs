//! Exchange rates as they stand, page by page.

use async_graphql::{Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Currency;
use bellwether_domain::rates::RatePair;
use bellwether_service::{ListedRate, RateFilter, RatePage};

use super::connection::NODES_PER_PAGE;
use crate::context::RequestState;
use crate::metrics::BetweenInput;
use crate::paging::{PageInfo, page_size};
use crate::refusal::resolver_error;
use crate::scalars::{Count, Date, Decimal};

/// How much of a currency one unit of another is worth on a day.
#[derive(Debug, Clone)]
pub(crate) struct ExchangeRate(ListedRate);

/// How much of a currency one unit of another is worth on a day.
#[Object]
impl ExchangeRate {
    /// The code of the currency of which one unit is worth the rate, such as `EUR`.
    async fn from(&self) -> &str {
        self.0.pair.from.code()
    }

    /// The code of the currency that the rate is in, such as `USD`.
    async fn to(&self) -> &str {
        self.0.pair.to.code()
    }

    /// The day on which it holds.
    async fn day(&self) -> Date {
        Date(self.0.pair.day)
    }

    /// The rate, such as `"1.085"`.
    async fn rate(&self) -> Decimal {
        Decimal(self.0.entry.rate.decimal())
    }

    /// Who published it, such as `ECB`; null when the import did not say.
    async fn source(&self) -> Option<&str> {
        Some(self.0.entry.source.as_str()).filter(|source| !source.is_empty())
    }

    /// The day of whose rate it is a copy, because its own has none, such as the Friday before; null for a rate of its own day.
    async fn carried_from(&self) -> Option<Date> {
        self.0.entry.carried_from.map(Date)
    }

    /// The number of the import that brought it, from 1; a correction is of a later one.
    async fn revision(&self) -> Count {
        Count::up_to_max(self.0.revision.0.unsigned_abs())
    }
}

/// One rate of a page, with its cursor.
#[derive(Debug, SimpleObject)]
pub(crate) struct ExchangeRateEdge {
    /// The place of the rate, for `after`.
    cursor: String,
    /// The rate.
    node: ExchangeRate,
}

/// A page of exchange rates.
#[derive(Debug)]
pub(crate) struct ExchangeRateConnection {
    page: RatePage,
    is_first: bool,
}

/// A page of exchange rates.
#[Object]
impl ExchangeRateConnection {
    /// The rates of the page.
    async fn nodes(&self) -> Vec<ExchangeRate> {
        self.page.items.iter().cloned().map(ExchangeRate).collect()
    }

    /// The rates of the page with their cursors.
    async fn edges(&self) -> Vec<ExchangeRateEdge> {
        let edges = self.page.items.iter().map(|rate| ExchangeRateEdge {
            cursor: cursor_of(rate),
            node: ExchangeRate(rate.clone()),
        });
        edges.collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        let items = &self.page.items;
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: !self.is_first,
            start_cursor: items.first().map(cursor_of),
            end_cursor: items.last().map(cursor_of),
        }
    }
}

/// Which rates are asked for, as a client wrote it.
#[derive(Debug)]
pub(crate) struct RatesAsked {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) range: Option<BetweenInput>,
}

impl RatesAsked {
    fn filter(&self) -> Result<RateFilter, Refusal> {
        let currency = |code: &Option<String>, path: &str| {
            let parsed = code.as_deref().map(Currency::parse).transpose();
            parsed.map_err(|refusal| refusal.at(path))
        };
        let days = self.range.as_ref().map(|range| range.days("range"));
        Ok(RateFilter {
            from: currency(&self.from, "from")?,
            to: currency(&self.to, "to")?,
            days: days.transpose()?,
        })
    }
}

/// A page of the agency's rates.
pub(crate) async fn exchange_rate_page(
    state: &RequestState,
    asked: RatesAsked,
    first: Option<i32>,
    after: Option<String>,
) -> Result<ExchangeRateConnection> {
    let refused = |refusal: Refusal| resolver_error(&refusal);
    let max = state.limits.nodes_page_max;
    let size = page_size(first, NODES_PER_PAGE.unsigned_abs(), "nodes_page_max", max);
    let size = size.map_err(refused)?;
    let filter = asked.filter().map_err(refused)?;
    let after = after.map(|text| place_of_cursor(&text)).transpose();
    let after = after.map_err(refused)?;
    let page = state
        .services
        .exchange_rates(&state.scope, filter, after, size);
    Ok(ExchangeRateConnection {
        page: state.answer(page.await)?,
        is_first: after.is_none(),
    })
}

/// A rate's cursor says what it is of, such as `USD:EUR:2026-04-01`: pages go by that.
fn cursor_of(rate: &ListedRate) -> String {
    let RatePair { from, to, day } = rate.pair;
    format!("{}:{}:{day}", to.code(), from.code())
}

fn place_of_cursor(text: &str) -> Result<RatePair, Refusal> {
    let parsed = || {
        let mut parts = text.splitn(3, ':');
        Some(RatePair {
            to: Currency::parse(parts.next()?).ok()?,
            from: Currency::parse(parts.next()?).ok()?,
            day: parts.next()?.parse().ok()?,
        })
    };
    parsed().ok_or_else(|| {
        Refusal::invalid(format!(
            "`{text}` is not a cursor; use `pageInfo.endCursor` of the page before"
        ))
        .at("after")
    })
}
