//! Exchange rates of an agency, import by import.
//!
//! Invariant: a rate that was written never changes. A correction is a row of a later revision, so
//! that the rates at a revision, and with them every answer of a moment in the past, stay as they
//! were.

use std::collections::{BTreeMap, HashMap};

use bellwether_domain::Scope;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Currency;
use bellwether_domain::rates::{Rate, RateEntry, RateImport, RatePair, RatesRevision};
use bellwether_domain::time::Timestamp;
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{lock_agency, raise_catalogue_version};
use crate::columns::{RowName, day_text, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::{exchange_rates, rate_imports};

/// The most rates, corrected ones too, that an agency may have: ten years of every day for some
/// 270 pairs of currencies.
pub const RATES_MAX: usize = 1_000_000;

/// How many rows one statement adds; SQLite takes some 32,000 values.
const ROWS_PER_STATEMENT: usize = 1_000;

impl Catalogue {
    /// Takes rates in, all or none, and tells what that changed. What stands already as it is
    /// makes no revision; neither does a rate carried over from another day replace one of its own
    /// day. Any change raises the agency's catalogue version.
    pub fn import_rates(
        &self,
        scope: &Scope,
        rates: &BTreeMap<RatePair, RateEntry>,
        now: Timestamp,
    ) -> Result<RateImport> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let newest = newest_import(connection, scope)?;
            let changes = Changes::of(rates, &standing(connection, scope, rates)?);
            let mut import = RateImport {
                revision: newest.map_or(RatesRevision(0), |newest| newest.0),
                ..changes.told
            };
            if changes.rows.is_empty() {
                return Ok(import);
            }
            refuse_too_many(connection, scope, changes.rows.len())?;
            import.revision.0 += 1;
            // A clock that was set back must not make a correction look older than what it corrects.
            let at = newest.map_or(micros(now), |(_, at)| at.max(micros(now)));
            write(connection, scope, import.revision, at, &changes.rows)?;
            Ok(import)
        })
    }

    /// The agency's present revision of rates; 0 before the first import.
    pub fn rates_revision(&self, scope: &Scope) -> Result<RatesRevision> {
        let newest = self.read(|connection| newest_import(connection, scope))?;
        Ok(newest.map_or(RatesRevision(0), |newest| newest.0))
    }

    /// The revision of rates that was the present one at a moment.
    pub fn rates_revision_at(&self, scope: &Scope, moment: Timestamp) -> Result<RatesRevision> {
        let revision = self.read(|connection| {
            rate_imports::table
                .filter(rate_imports::agency_id.eq(scope.agency().to_string()))
                .filter(rate_imports::imported_at.le(micros(moment)))
                .select(max(rate_imports::revision))
                .first::<Option<i64>>(connection)
                .map_err(Error::database("find a revision of rates"))
        })?;
        Ok(RatesRevision(revision.unwrap_or(0)))
    }

    /// The agency's rates into a currency as they stood at a revision. Where a day's rate was
    /// corrected both come, the later one last.
    pub fn rates_into(
        &self,
        scope: &Scope,
        into: Currency,
        revision: RatesRevision,
    ) -> Result<Vec<(RatePair, Rate)>> {
        let rows = self.read(|connection| {
            exchange_rates::table
                .filter(exchange_rates::agency_id.eq(scope.agency().to_string()))
                .filter(exchange_rates::to_currency.eq(into.code()))
                .filter(exchange_rates::revision.le(revision.0))
                .order((
                    exchange_rates::from_currency,
                    exchange_rates::day,
                    exchange_rates::revision,
                ))
                .load::<RateRow>(connection)
                .map_err(Error::database("list exchange rates"))
        })?;
        let read = rows.iter().map(|row| {
            let (pair, entry) = row.read()?;
            Ok((pair, entry.rate))
        });
        read.collect()
    }
}

/// The newest import's revision and moment.
fn newest_import(
    connection: &mut AnyConnection,
    scope: &Scope,
) -> Result<Option<(RatesRevision, i64)>> {
    let newest = rate_imports::table
        .filter(rate_imports::agency_id.eq(scope.agency().to_string()))
        .order(rate_imports::revision.desc())
        .select((rate_imports::revision, rate_imports::imported_at))
        .first::<(i64, i64)>(connection)
        .optional()
        .map_err(Error::database("find the newest import of rates"))?;
    Ok(newest.map(|(revision, at)| (RatesRevision(revision), at)))
}

/// The rates that stand for the days of these.
fn standing(
    connection: &mut AnyConnection,
    scope: &Scope,
    rates: &BTreeMap<RatePair, RateEntry>,
) -> Result<HashMap<RatePair, RateEntry>> {
    let days = || rates.keys().map(|pair| pair.day);
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Ok(HashMap::new());
    };
    let rows = exchange_rates::table
        .filter(exchange_rates::agency_id.eq(scope.agency().to_string()))
        .filter(exchange_rates::day.ge(day_text(first)))
        .filter(exchange_rates::day.le(day_text(last)))
        // The newest of a day comes last, so that it is the one that is kept.
        .order(exchange_rates::revision)
        .load::<RateRow>(connection)
        .map_err(Error::database("list exchange rates"))?;
    rows.iter().map(RateRow::read).collect()
}

/// What an import changes.
struct Changes<'a> {
    rows: Vec<(&'a RatePair, &'a RateEntry)>,
    told: RateImport,
}

impl<'a> Changes<'a> {
    fn of(
        rates: &'a BTreeMap<RatePair, RateEntry>,
        standing: &HashMap<RatePair, RateEntry>,
    ) -> Self {
        let (mut rows, mut told) = (Vec::new(), RateImport::default());
        for (pair, entry) in rates {
            match standing.get(pair) {
                None => told.added += 1,
                Some(known) if is_settled(known, entry) => {
                    told.unchanged += 1;
                    continue;
                }
                Some(_) => told.corrected += 1,
            }
            rows.push((pair, entry));
        }
        Self { rows, told }
    }
}

/// Whether what stands stays: it is the same, or of its own day where the other is carried.
fn is_settled(known: &RateEntry, entry: &RateEntry) -> bool {
    known == entry || (known.carried_from.is_none() && entry.carried_from.is_some())
}

fn refuse_too_many(connection: &mut AnyConnection, scope: &Scope, n_new: usize) -> Result<()> {
    let n_known: i64 = exchange_rates::table
        .filter(exchange_rates::agency_id.eq(scope.agency().to_string()))
        .count()
        .get_result(connection)
        .map_err(Error::database("count exchange rates"))?;
    let n_known = usize::try_from(n_known).unwrap_or(usize::MAX);
    Ok(require_room(n_known, n_new)?)
}

fn require_room(n_known: usize, n_new: usize) -> Result<(), Refusal> {
    if n_known.saturating_add(n_new) <= RATES_MAX {
        return Ok(());
    }
    let what = format!("{n_new} more exchange rates in the agency");
    Err(Refusal::limit("rates_max", RATES_MAX, what))
}

/// Writes a revision and raises the catalogue version, in a transaction that holds the agency's
/// row.
fn write(
    connection: &mut AnyConnection,
    scope: &Scope,
    revision: RatesRevision,
    at: i64,
    rates: &[(&RatePair, &RateEntry)],
) -> Result<()> {
    raise_catalogue_version(connection, scope)?;
    let agency_id = scope.agency().to_string();
    diesel::insert_into(rate_imports::table)
        .values((
            rate_imports::agency_id.eq(&agency_id),
            rate_imports::revision.eq(revision.0),
            rate_imports::imported_by.eq(scope.member().map(|member| member.to_string())),
            rate_imports::imported_at.eq(at),
        ))
        .execute(connection)
        .map_err(Error::insert("import of rates", revision.0))?;
    for some in rates.chunks(ROWS_PER_STATEMENT) {
        let rows: Vec<RateRow> = some
            .iter()
            .map(|(pair, entry)| RateRow::new(&agency_id, revision, **pair, entry))
            .collect();
        let insert = diesel::insert_into(exchange_rates::table).values(&rows);
        // Many rows in one statement are written differently for each database.
        match connection {
            AnyConnection::Sqlite(sqlite) => insert.execute(sqlite),
            AnyConnection::Postgres(postgres) => insert.execute(postgres),
        }
        .map_err(Error::insert("exchange rates", revision.0))?;
    }
    Ok(())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = exchange_rates)]
pub(crate) struct RateRow {
    agency_id: String,
    to_currency: String,
    from_currency: String,
    day: String,
    pub(crate) revision: i64,
    rate: i64,
    source: String,
    carried_from: Option<String>,
}

impl RateRow {
    fn new(agency_id: &str, revision: RatesRevision, pair: RatePair, entry: &RateEntry) -> Self {
        Self {
            agency_id: agency_id.to_owned(),
            to_currency: pair.to.code().to_owned(),
            from_currency: pair.from.code().to_owned(),
            day: day_text(pair.day),
            revision: revision.0,
            rate: entry.rate.parts(),
            source: entry.source.clone(),
            carried_from: entry.carried_from.map(day_text),
        }
    }

    /// What the row says.
    pub(crate) fn read(&self) -> Result<(RatePair, RateEntry)> {
        let name = RowName {
            table: "exchange_rates",
            row: &self.day,
        };
        let currency =
            |code: &str| Currency::parse(code).map_err(|refusal| name.unreadable(refusal));
        let no_rate = || {
            let message = format!("`{}` parts are no rate", self.rate);
            name.unreadable(Refusal::invalid(message))
        };
        let pair = RatePair {
            from: currency(&self.from_currency)?,
            to: currency(&self.to_currency)?,
            day: name.day(&self.day)?,
        };
        let entry = RateEntry {
            rate: Rate::of_parts(self.rate).ok_or_else(no_rate)?,
            source: self.source.clone(),
            carried_from: name.day_if_any(self.carried_from.as_deref())?,
        };
        Ok((pair, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_has_so_many_rates_and_no_more() {
        assert_eq!(require_room(RATES_MAX - 1, 1), Ok(()));
        let refusal = require_room(RATES_MAX, 1).unwrap_err();
        assert!(refusal.message.contains("rates_max"), "{refusal}");
    }
}
