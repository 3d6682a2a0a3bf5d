//! Exports as files: what was asked for, and how it stands.
//!
//! Invariant: an export ends once; who comes later with another end changes nothing.

use bellwether_domain::error_code::Refusal;
use bellwether_domain::export::{Export, ExportState, Failure, Written};
use bellwether_domain::ids::{AgencyId, ExportId};
use bellwether_domain::time::Timestamp;
use bellwether_domain::{ErrorCode, Scope};
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::columns::{RowName, micros, stored_count, texts};
use crate::error::{Error, Result};
use crate::schema::exports;

/// What somebody who has too many running is told to wait, in seconds.
const COME_BACK_AFTER_S: u32 = 30;

/// How many exports one agency may have.
#[derive(Debug, Clone, Copy)]
pub struct ExportLimits {
    /// The most that run.
    pub running_max: usize,
    /// The most that are kept, those that run and that failed included.
    pub kept_max: usize,
}

/// An export and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedExport {
    /// Whose it was.
    pub agency: AgencyId,
    /// The export.
    pub export: Export,
}

impl Catalogue {
    /// Lists an export that begins now; `RATE_LIMITED` or `LIMIT_EXCEEDED` where the agency has
    /// too many.
    pub fn begin_export(
        &self,
        scope: &Scope,
        export: &Export,
        limits: ExportLimits,
        now: Timestamp,
    ) -> Result<()> {
        self.write(|connection| {
            lock_agency(connection, scope)?;
            let kept: Vec<String> = exports::table
                .filter(exports::agency_id.eq(scope.agency().to_string()))
                .filter(
                    exports::expires_at
                        .is_null()
                        .or(exports::expires_at.gt(micros(now))),
                )
                .select(exports::state)
                .load(connection)
                .map_err(Error::database("count exports"))?;
            refuse_too_many(&kept, limits)?;
            let row = ExportRow::new(scope, export);
            diesel::insert_into(exports::table)
                .values(&row)
                .execute(connection)
                .map_err(Error::insert("export", &row.id))?;
            Ok(())
        })
    }

    /// Ends an export that runs; `false` when it had ended already.
    pub fn end_export(&self, scope: &Scope, ended: &Export) -> Result<bool> {
        self.write(|connection| {
            let row = ExportRow::new(scope, ended);
            let running = exports::table
                .find((&row.agency_id, &row.id))
                .filter(exports::state.eq(ExportState::Running.as_str()));
            let n_ended = diesel::update(running)
                .set(&row)
                .execute(connection)
                .map_err(Error::database("end an export"))?;
            Ok(n_ended > 0)
        })
    }

    /// The export of an id, if it is the caller's and not forgotten.
    pub fn find_export(
        &self,
        scope: &Scope,
        id: ExportId,
        now: Timestamp,
    ) -> Result<Option<Export>> {
        let row = self.read(|connection| {
            exports::table
                .find((scope.agency().to_string(), id.to_string()))
                .filter(
                    exports::expires_at
                        .is_null()
                        .or(exports::expires_at.gt(micros(now))),
                )
                .first::<ExportRow>(connection)
                .optional()
                .map_err(Error::database("find an export"))
        })?;
        let export = row.map(Export::try_from).transpose()?;
        Ok(export.filter(|export| export.is_of(scope)))
    }

    /// The exports that are the caller's and not forgotten, newest first. An agency has so few, by
    /// `exports_kept_max`, that all are read at once.
    pub fn list_exports(&self, scope: &Scope, now: Timestamp) -> Result<Vec<Export>> {
        let rows = self.read(|connection| {
            exports::table
                .filter(exports::agency_id.eq(scope.agency().to_string()))
                .filter(
                    exports::expires_at
                        .is_null()
                        .or(exports::expires_at.gt(micros(now))),
                )
                .order(exports::id.desc())
                .load::<ExportRow>(connection)
                .map_err(Error::database("list exports"))
        })?;
        let all = rows.into_iter().map(Export::try_from);
        let own = all.filter(|export| export.as_ref().map_or(true, |it| it.is_of(scope)));
        own.collect()
    }

    /// Takes what a file had out of an export that is done, whose file goes: it is cancelled.
    pub fn drop_export(&self, scope: &Scope, cancelled: &Export) -> Result<()> {
        self.write(|connection| {
            let row = ExportRow::new(scope, cancelled);
            diesel::update(exports::table.find((&row.agency_id, &row.id)))
                .set(&row)
                .execute(connection)
                .map_err(Error::database("cancel an export"))?;
            Ok(())
        })
    }

    /// Ends every export that no process works on any more, with this failure. For the instance,
    /// by the one process that holds the data folder, before it serves.
    pub fn fail_unfinished_exports(
        &self,
        failure: &Failure,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<usize> {
        self.write(|connection| {
            let running = exports::table.filter(exports::state.eq(ExportState::Running.as_str()));
            diesel::update(running)
                .set((
                    exports::state.eq(ExportState::Failed.as_str()),
                    exports::ended_at.eq(micros(now)),
                    exports::expires_at.eq(micros(expires_at)),
                    exports::failure_code.eq(failure.code.name()),
                    exports::failure_message.eq(&failure.message),
                ))
                .execute(connection)
                .map_err(Error::database("end unfinished exports"))
        })
    }

    /// The exports that have expired. For the instance.
    pub fn expired_exports(&self, now: Timestamp) -> Result<Vec<ListedExport>> {
        let rows = self.read(|connection| {
            exports::table
                .filter(exports::expires_at.le(micros(now)))
                .load::<ExportRow>(connection)
                .map_err(Error::database("list expired exports"))
        })?;
        rows.into_iter().map(with_agency).collect()
    }

    /// Forgets an export, whose file is gone. For the instance.
    pub fn forget_export(&self, forgotten: &ListedExport) -> Result<()> {
        let ListedExport { agency, export } = forgotten;
        self.write(|connection| {
            diesel::delete(exports::table.find((agency.to_string(), export.id.to_string())))
                .execute(connection)
                .map_err(Error::database("forget an export"))?;
            Ok(())
        })
    }

    /// Every export with a file, with whose it is. For the instance.
    pub fn exports_with_files(&self) -> Result<Vec<ListedExport>> {
        let rows = self.read(|connection| {
            exports::table
                .filter(exports::state.eq(ExportState::Done.as_str()))
                .load::<ExportRow>(connection)
                .map_err(Error::database("list exports"))
        })?;
        rows.into_iter().map(with_agency).collect()
    }
}

fn refuse_too_many(kept: &[String], limits: ExportLimits) -> Result<(), Refusal> {
    let ExportLimits {
        running_max,
        kept_max,
    } = limits;
    let running = kept.iter();
    let n_running = running.filter(|state| *state == ExportState::Running.as_str());
    if n_running.count() >= running_max {
        let message = format!(
            "as many exports of the agency as the limit `export_jobs_per_agency_max` of {running_max} run; start it again when one has ended"
        );
        let refusal = Refusal::new(ErrorCode::RateLimited, message);
        return Err(refusal.with_retry_after(COME_BACK_AFTER_S));
    }
    if kept.len() >= kept_max {
        let what = "one more export of the agency";
        return Err(Refusal::limit("exports_kept_max", kept_max, what));
    }
    Ok(())
}

fn with_agency(row: ExportRow) -> Result<ListedExport> {
    let name = RowName {
        table: "exports",
        row: &row.id,
    };
    Ok(ListedExport {
        agency: name.parse(&row.agency_id)?,
        export: row.try_into()?,
    })
}

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = exports)]
#[diesel(treat_none_as_null = true)]
struct ExportRow {
    agency_id: String,
    id: String,
    member_id: Option<String>,
    brands: String,
    format: String,
    file_name: String,
    state: String,
    started_at: i64,
    ended_at: Option<i64>,
    expires_at: Option<i64>,
    snapshot: Option<String>,
    n_rows: Option<i64>,
    size_bytes: Option<i64>,
    failure_code: Option<String>,
    failure_message: Option<String>,
}

impl ExportRow {
    fn new(scope: &Scope, export: &Export) -> Self {
        let (written, failure) = (export.written.as_ref(), export.failure.as_ref());
        Self {
            agency_id: scope.agency().to_string(),
            id: export.id.to_string(),
            member_id: export.member.map(|member| member.to_string()),
            brands: texts(&export.brands).join(" "),
            format: export.format.as_str().to_owned(),
            file_name: export.file_name.clone(),
            state: export.state.as_str().to_owned(),
            started_at: micros(export.started_at),
            ended_at: export.ended_at.map(micros),
            expires_at: export.expires_at.map(micros),
            snapshot: written.map(|it| it.snapshot.clone()),
            n_rows: written.map(|it| stored_count(it.n_rows)),
            size_bytes: written.map(|it| stored_count(it.size_bytes)),
            failure_code: failure.map(|it| it.code.name().to_owned()),
            failure_message: failure.map(|it| it.message.clone()),
        }
    }
}

impl TryFrom<ExportRow> for Export {
    type Error = Error;

    fn try_from(row: ExportRow) -> Result<Self> {
        let name = RowName {
            table: "exports",
            row: &row.id,
        };
        let moment = |at: Option<i64>| at.map(|at| name.moment(at)).transpose();
        let written = match (row.snapshot, row.n_rows, row.size_bytes) {
            (Some(snapshot), Some(n_rows), Some(size_bytes)) => Some(Written {
                snapshot,
                n_rows: name.count(n_rows)?,
                size_bytes: name.count(size_bytes)?,
            }),
            _ => None,
        };
        let failure = row.failure_code.zip(row.failure_message);
        let brands = row.brands.split_whitespace();
        Ok(Self {
            id: name.parse(&row.id)?,
            member: row
                .member_id
                .as_deref()
                .map(|it| name.parse(it))
                .transpose()?,
            brands: brands.map(|it| name.parse(it)).collect::<Result<_>>()?,
            format: name.parse(&row.format)?,
            state: name.parse(&row.state)?,
            started_at: name.moment(row.started_at)?,
            ended_at: moment(row.ended_at)?,
            expires_at: moment(row.expires_at)?,
            written,
            failure: failure.map(|(code, message)| Failure {
                code: ErrorCode::of_name(&code).unwrap_or(ErrorCode::Internal),
                message,
            }),
            file_name: row.file_name,
        })
    }
}
