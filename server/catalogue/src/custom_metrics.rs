//! Custom metrics: an agency's own formulas, revision by revision.
//!
//! Invariant: a revision that was written never changes; the newest one of a name is in force, and
//! it comes with the agency's catalogue version.

use std::collections::{BTreeSet, HashMap};

use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::{
    CUSTOM_METRIC_REVISIONS_MAX, CUSTOM_METRICS_MAX, CustomFormula, CustomMetric, CustomMetricDraft,
};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::{lock_agency, raise_catalogue_version};
use crate::columns::{RowName, micros};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::custom_metric_revisions;

/// The state of a revision that can be asked for.
const SAVED: &str = "SAVED";

/// The state of a revision that took the metric out of use.
const ARCHIVED: &str = "ARCHIVED";

impl Catalogue {
    /// Writes the next revision of a custom metric, its first one or the one after an archiving
    /// too, and raises the agency's catalogue version. `expected` is the newest revision that the
    /// caller knows of, 0 for none; another one is a conflict.
    pub fn save_custom_metric(
        &self,
        scope: &Scope,
        draft: &CustomMetricDraft,
        expected: Option<u32>,
        now: Timestamp,
    ) -> Result<CustomMetric> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let newest = newest(connection, scope, &draft.name)?;
            require_revision(&draft.name, newest.as_ref(), expected)?;
            match &newest {
                None => refuse_too_many(connection, scope)?,
                Some(newest) => refuse_too_many_revisions(newest)?,
            }
            let metric = CustomMetric {
                draft: draft.clone(),
                revision: 1 + newest.map_or(0, |newest| newest.revision),
                is_archived: false,
                made_by: scope.member(),
                made_at: now,
            };
            insert(connection, scope, &metric)?;
            Ok(metric)
        })
    }

    /// Takes a custom metric out of use by a revision of its own, and raises the agency's
    /// catalogue version.
    pub fn archive_custom_metric(
        &self,
        scope: &Scope,
        name: &str,
        expected: Option<u32>,
        now: Timestamp,
    ) -> Result<CustomMetric> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let newest = newest(connection, scope, name)?;
            let newest = newest.ok_or_else(|| Error::not_found("custom metric", name))?;
            require_revision(name, Some(&newest), expected)?;
            if newest.is_archived {
                let message = format!("custom metric `{name}` is archived already");
                return Err(Refusal::new(ErrorCode::Conflict, message).into());
            }
            let metric = CustomMetric {
                revision: newest.revision + 1,
                is_archived: true,
                made_by: scope.member(),
                made_at: now,
                ..newest
            };
            insert(connection, scope, &metric)?;
            Ok(metric)
        })
    }

    /// The newest revision of every custom metric of the agency, archived ones too, by name.
    pub fn list_custom_metrics(&self, scope: &Scope) -> Result<Vec<CustomMetric>> {
        let (newest, rows) = self.read(|connection| {
            let agency = scope.agency().to_string();
            let newest: HashMap<String, Option<i64>> = custom_metric_revisions::table
                .filter(custom_metric_revisions::agency_id.eq(&agency))
                .group_by(custom_metric_revisions::name)
                .select((
                    custom_metric_revisions::name,
                    max(custom_metric_revisions::revision),
                ))
                .load::<(String, Option<i64>)>(connection)
                .map_err(Error::database("number custom metrics"))?
                .into_iter()
                .collect();
            let revisions: BTreeSet<i64> = newest.values().copied().flatten().collect();
            let rows = custom_metric_revisions::table
                .filter(custom_metric_revisions::agency_id.eq(&agency))
                .filter(custom_metric_revisions::revision.eq_any(Vec::from_iter(revisions)))
                .order(custom_metric_revisions::name)
                .load::<RevisionRow>(connection)
                .map_err(Error::database("list custom metrics"))?;
            Ok((newest, rows))
        })?;
        let is_newest = |row: &RevisionRow| newest.get(&row.name) == Some(&Some(row.revision));
        let rows = rows.into_iter().filter(is_newest);
        rows.map(CustomMetric::try_from).collect()
    }

    /// Every revision of a custom metric, the newest first; none when there is no such metric.
    pub fn custom_metric_revisions(&self, scope: &Scope, name: &str) -> Result<Vec<CustomMetric>> {
        let rows = self.read(|connection| {
            custom_metric_revisions::table
                .filter(custom_metric_revisions::agency_id.eq(scope.agency().to_string()))
                .filter(custom_metric_revisions::name.eq(name))
                .order(custom_metric_revisions::revision.desc())
                .load::<RevisionRow>(connection)
                .map_err(Error::database("list revisions of a custom metric"))
        })?;
        rows.into_iter().map(CustomMetric::try_from).collect()
    }
}

fn newest(
    connection: &mut AnyConnection,
    scope: &Scope,
    name: &str,
) -> Result<Option<CustomMetric>> {
    let row = custom_metric_revisions::table
        .filter(custom_metric_revisions::agency_id.eq(scope.agency().to_string()))
        .filter(custom_metric_revisions::name.eq(name))
        .order(custom_metric_revisions::revision.desc())
        .first::<RevisionRow>(connection)
        .optional()
        .map_err(Error::database("find a custom metric"))?;
    row.map(CustomMetric::try_from).transpose()
}

/// Refuses a change by somebody who knows of another newest revision.
fn require_revision(
    name: &str,
    newest: Option<&CustomMetric>,
    expected: Option<u32>,
) -> Result<(), Refusal> {
    let revision = newest.map_or(0, |newest| newest.revision);
    if let Some(expected) = expected.filter(|expected| *expected != revision) {
        let message = format!(
            "custom metric `{name}` is at revision {revision}, not {expected}; somebody changed it meanwhile"
        );
        return Err(Refusal::new(ErrorCode::Conflict, message).at("input.expectedRevision"));
    }
    Ok(())
}

fn refuse_too_many_revisions(newest: &CustomMetric) -> Result<(), Refusal> {
    if newest.revision < CUSTOM_METRIC_REVISIONS_MAX {
        return Ok(());
    }
    let what = format!("one more revision of `{}`", newest.name());
    let (limit, max) = ("custom_metric_revisions_max", CUSTOM_METRIC_REVISIONS_MAX);
    Err(Refusal::limit(limit, max, what))
}

fn refuse_too_many(connection: &mut AnyConnection, scope: &Scope) -> Result<()> {
    let n_metrics: i64 = custom_metric_revisions::table
        .filter(custom_metric_revisions::agency_id.eq(scope.agency().to_string()))
        .filter(custom_metric_revisions::revision.eq(1))
        .count()
        .get_result(connection)
        .map_err(Error::database("count custom metrics"))?;
    if usize::try_from(n_metrics).is_ok_and(|n_metrics| n_metrics < CUSTOM_METRICS_MAX) {
        return Ok(());
    }
    let what = "one more custom metric in the agency";
    Err(Refusal::limit("custom_metrics_max", CUSTOM_METRICS_MAX, what).into())
}

/// Writes a revision and raises the catalogue version, in a transaction that holds the agency's
/// row.
fn insert(connection: &mut AnyConnection, scope: &Scope, metric: &CustomMetric) -> Result<()> {
    raise_catalogue_version(connection, scope)?;
    let state = if metric.is_archived { ARCHIVED } else { SAVED };
    let row = RevisionRow {
        agency_id: scope.agency().to_string(),
        name: metric.draft.name.clone(),
        revision: metric.revision.into(),
        state: state.to_owned(),
        formula: metric.draft.formula.text().to_owned(),
        meaning: metric.draft.meaning.clone(),
        better: metric.draft.better.as_str().to_owned(),
        made_by: metric.made_by.map(|member| member.to_string()),
        made_at: micros(metric.made_at),
    };
    diesel::insert_into(custom_metric_revisions::table)
        .values(&row)
        .execute(connection)
        .map_err(Error::insert("custom metric", &row.name))?;
    Ok(())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = custom_metric_revisions)]
struct RevisionRow {
    agency_id: String,
    name: String,
    revision: i64,
    state: String,
    formula: String,
    meaning: String,
    better: String,
    made_by: Option<String>,
    made_at: i64,
}

impl TryFrom<RevisionRow> for CustomMetric {
    type Error = Error;

    fn try_from(row: RevisionRow) -> Result<Self> {
        let name = RowName {
            table: "custom_metric_revisions",
            row: &row.name,
        };
        let made_by = row.made_by.as_deref().map(|member| name.parse(member));
        let formula = CustomFormula::parse(&row.formula);
        Ok(Self {
            revision: name.count(row.revision)?,
            is_archived: row.state == ARCHIVED,
            made_by: made_by.transpose()?,
            made_at: name.moment(row.made_at)?,
            // The name is not held to rules that came later.
            draft: CustomMetricDraft {
                formula: formula.map_err(|refusal| name.unreadable(refusal))?,
                better: name.parse(&row.better)?,
                meaning: row.meaning,
                name: row.name,
            },
        })
    }
}
