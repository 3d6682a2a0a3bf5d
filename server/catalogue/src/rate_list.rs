//! Exchange rates as they stand, page by page: of each pair and day the newest revision.

use bellwether_domain::Scope;
use bellwether_domain::money::Currency;
use bellwether_domain::rates::{RateEntry, RatePair, RatesRevision};
use bellwether_domain::time::DateRange;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::day_text;
use crate::connection::MultiBackend;
use crate::error::{Error, Result};
use crate::exchange_rates::RateRow;
use crate::schema::exchange_rates;

/// Which rates are listed; all of them unless something is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct RateFilter {
    /// Only rates of this currency.
    pub from: Option<Currency>,
    /// Only rates into this currency.
    pub to: Option<Currency>,
    /// Only rates of these days.
    pub days: Option<DateRange>,
}

/// A rate as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRate {
    /// What it is of.
    pub pair: RatePair,
    /// The rate, and where it comes from.
    pub entry: RateEntry,
    /// The revision that brought it.
    pub revision: RatesRevision,
}

impl Catalogue {
    #[expect(
        clippy::too_many_lines,
        reason = "one condition after another; the type of the aliased query can't be written down"
    )]
    /// The agency's rates by the currency that they are into, the one that they are of, and day:
    /// those after `after`, at most `limit`.
    pub fn list_rates(
        &self,
        scope: &Scope,
        filter: RateFilter,
        after: Option<RatePair>,
        limit: u32,
    ) -> Result<Vec<ListedRate>> {
        let newer = diesel::alias!(exchange_rates as newer);
        let is_corrected = exists(
            newer
                .filter(
                    newer
                        .field(exchange_rates::agency_id)
                        .eq(exchange_rates::agency_id),
                )
                .filter(
                    newer
                        .field(exchange_rates::to_currency)
                        .eq(exchange_rates::to_currency),
                )
                .filter(
                    newer
                        .field(exchange_rates::from_currency)
                        .eq(exchange_rates::from_currency),
                )
                .filter(newer.field(exchange_rates::day).eq(exchange_rates::day))
                .filter(
                    newer
                        .field(exchange_rates::revision)
                        .gt(exchange_rates::revision),
                ),
        );
        let mut listed = exchange_rates::table
            .filter(exchange_rates::agency_id.eq(scope.agency().to_string()))
            .filter(not(is_corrected))
            .order((
                exchange_rates::to_currency,
                exchange_rates::from_currency,
                exchange_rates::day,
            ))
            .limit(i64::from(limit))
            .into_boxed::<MultiBackend>();
        if let Some(from) = filter.from {
            listed = listed.filter(exchange_rates::from_currency.eq(from.code()));
        }
        if let Some(to) = filter.to {
            listed = listed.filter(exchange_rates::to_currency.eq(to.code()));
        }
        if let Some(days) = filter.days {
            listed = listed
                .filter(exchange_rates::day.ge(day_text(days.from())))
                .filter(exchange_rates::day.lt(day_text(days.until())));
        }
        if let Some(RatePair { from, to, day }) = after {
            let (from, to, day) = (from.code(), to.code(), day_text(day));
            let is_later_day = exchange_rates::from_currency
                .eq(from)
                .and(exchange_rates::day.gt(day));
            let is_later_of_currency = exchange_rates::to_currency
                .eq(to)
                .and(exchange_rates::from_currency.gt(from).or(is_later_day));
            listed = listed.filter(exchange_rates::to_currency.gt(to).or(is_later_of_currency));
        }
        let rows = self.read(|connection| {
            listed
                .load::<RateRow>(connection)
                .map_err(Error::database("list exchange rates"))
        })?;
        let read = rows.iter().map(|row| {
            let (pair, entry) = row.read()?;
            let revision = RatesRevision(row.revision);
            Ok(ListedRate {
                pair,
                entry,
                revision,
            })
        });
        read.collect()
    }
}
