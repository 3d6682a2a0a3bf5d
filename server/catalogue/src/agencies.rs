//! Agencies: the tenants, and each one's commit number and catalogue version.

use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, NAME_BYTES_MAX, Slug};
use bellwether_domain::money::Currency;
use bellwether_domain::segment::{CatalogueVersion, CommitNumber, Snapshot};
use bellwether_domain::time::{Timestamp, ZoneName, parse_weekday, weekday_name};
use diesel::prelude::*;

use crate::Catalogue;
use crate::columns::{RowName, micros, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::agencies;

impl Catalogue {
    /// Adds an agency. For the operator: whoever calls it must have been checked.
    pub fn create_agency(&self, agency: &Agency, now: Timestamp) -> Result<()> {
        require_text(
            "the agency's name",
            &agency.name,
            "name_bytes_max",
            NAME_BYTES_MAX,
        )?;
        let row = AgencyRow::new(agency, now);
        self.write(|connection| {
            diesel::insert_into(agencies::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("agency", &agency.slug))?;
            Ok(())
        })
    }

    /// Every agency of the instance, by slug. For the operator: whoever calls it must have been
    /// checked.
    pub fn list_agencies(&self) -> Result<Vec<Agency>> {
        let rows = self.read(|connection| {
            agencies::table
                .order(agencies::slug)
                .load::<AgencyRow>(connection)
                .map_err(Error::database("list agencies"))
        })?;
        rows.into_iter().map(Agency::try_from).collect()
    }

    /// The scope's agency.
    pub fn get_agency(&self, scope: &Scope) -> Result<Agency> {
        self.read(|connection| agency_row(connection, scope))?
            .try_into()
    }

    /// The scope's agency, its present snapshot, and the oldest commit that can be read, by one
    /// read of one row.
    pub fn agency_and_snapshot(&self, scope: &Scope) -> Result<(Agency, Snapshot, CommitNumber)> {
        let row = self.read(|connection| agency_row(connection, scope))?;
        let (snapshot, oldest) = (row.snapshot(), CommitNumber(row.oldest_commit));
        Ok((row.try_into()?, snapshot, oldest))
    }

    /// The scope's present snapshot: the newest commit and the version of the attributes. One
    /// read of one row.
    pub fn snapshot(&self, scope: &Scope) -> Result<Snapshot> {
        let row = self.read(|connection| agency_row(connection, scope))?;
        Ok(row.snapshot())
    }
}

/// Locks the agency's own row until the transaction ends, so that the agency's commits, codes and
/// versions follow each other. On SQLite the transaction has the whole database already.
///
/// On PostgreSQL it is `NO KEY UPDATE`: writers of one agency wait for each other, but a row that
/// only refers to the agency can be added meanwhile, without a chance of deadlock.
pub(crate) fn lock_agency(connection: &mut AnyConnection, scope: &Scope) -> Result<AgencyRow> {
    let id = scope.agency().to_string();
    let found = match connection {
        AnyConnection::Sqlite(sqlite) => agencies::table.find(&id).first(sqlite),
        AnyConnection::Postgres(postgres) => agencies::table
            .find(&id)
            .for_no_key_update()
            .first(postgres),
    };
    found
        .optional()
        .map_err(Error::database("lock an agency"))?
        .ok_or_else(|| Error::not_found("agency", id))
}

/// Raises the agency's catalogue version, so that no cached answer with the old attributes is
/// given again. Locks the agency's row.
pub(crate) fn raise_catalogue_version(connection: &mut AnyConnection, scope: &Scope) -> Result<()> {
    let n_raised = diesel::update(agencies::table.find(scope.agency().to_string()))
        .set(agencies::catalogue_version.eq(agencies::catalogue_version + 1))
        .execute(connection)
        .map_err(Error::database("raise the catalogue version"))?;
    if n_raised == 0 {
        return Err(Error::not_found("agency", scope.agency()));
    }
    Ok(())
}

pub(crate) fn agency_row(connection: &mut AnyConnection, scope: &Scope) -> Result<AgencyRow> {
    let id = scope.agency().to_string();
    agencies::table
        .find(&id)
        .first(connection)
        .optional()
        .map_err(Error::database("get an agency"))?
        .ok_or_else(|| Error::not_found("agency", id))
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = agencies)]
pub(crate) struct AgencyRow {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) reporting_currency: String,
    pub(crate) timezone: String,
    pub(crate) week_start: String,
    pub(crate) last_commit: i64,
    pub(crate) catalogue_version: i64,
    pub(crate) created_at: i64,
    pub(crate) oldest_commit: i64,
    pub(crate) fiscal_year_start: String,
}

impl AgencyRow {
    fn new(agency: &Agency, now: Timestamp) -> Self {
        Self {
            id: agency.id.to_string(),
            slug: agency.slug.to_string(),
            name: agency.name.clone(),
            reporting_currency: agency.reporting_currency.code().to_owned(),
            timezone: agency.timezone.to_string(),
            week_start: weekday_name(agency.week_start).to_owned(),
            last_commit: 0,
            catalogue_version: 0,
            created_at: micros(now),
            oldest_commit: 0,
            fiscal_year_start: agency.fiscal_year_start.as_str().to_owned(),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot {
            commit: CommitNumber(self.last_commit),
            catalogue: CatalogueVersion(self.catalogue_version),
        }
    }
}

impl TryFrom<AgencyRow> for Agency {
    type Error = Error;

    fn try_from(row: AgencyRow) -> Result<Self> {
        let name = RowName {
            table: "agencies",
            row: &row.id,
        };
        let bad = |refusal| name.unreadable(refusal);
        Ok(Self {
            id: name.parse(&row.id)?,
            slug: Slug::parse(&row.slug).map_err(bad)?,
            reporting_currency: Currency::parse(&row.reporting_currency).map_err(bad)?,
            timezone: ZoneName::parse(&row.timezone).map_err(bad)?,
            week_start: parse_weekday(&row.week_start).map_err(bad)?,
            fiscal_year_start: row.fiscal_year_start.parse().map_err(bad)?,
            name: row.name,
        })
    }
}
