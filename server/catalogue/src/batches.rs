//! Ingest batches and their idempotency keys: the same request twice is answered twice and
//! written once.
//!
//! A batch is `RECEIVED` until it is published, rejected or abandoned. Its key belongs to the
//! agency; an abandoned batch has freed it.

use bellwether_domain::Scope;
use bellwether_domain::closed_words;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::ids::{BatchId, BrandId};
use bellwether_domain::segment::CommitNumber;
use bellwether_domain::time::Timestamp;
use diesel::prelude::*;

use crate::Catalogue;
use crate::agencies::lock_agency;
use crate::columns::{micros, require_brand, require_text};
use crate::connection::AnyConnection;
use crate::error::{Error, Result};
use crate::schema::batches;

/// The most bytes of an idempotency key.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// The most bytes of a request's fingerprint: two SHA-256 in hexadecimal.
pub const FINGERPRINT_BYTES_MAX: usize = 128;

closed_words! {
    /// Where a batch stands.
    pub enum BatchState, "a batch state" {
        /// Being validated and staged.
        Received => "RECEIVED",
        /// Published; its answer is kept.
        Committed => "COMMITTED",
        /// Refused for its contents; its answer is kept.
        Rejected => "REJECTED",
        /// Given up without an answer; its key is free.
        Abandoned => "ABANDONED",
    }
}

/// A batch as it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// Its id.
    pub id: BatchId,
    /// The dataset of its facts.
    pub dataset: DatasetName,
    /// The brand of its facts.
    pub brand: BrandId,
    /// The client's key, at most [`IDEMPOTENCY_KEY_BYTES_MAX`].
    pub idempotency_key: Option<String>,
    /// What tells this request from another: a digest of body, dataset, brand and options.
    pub fingerprint: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Until when a twin with the same key waits for it.
    pub lease_expires_at: Timestamp,
}

/// What became of the attempt to begin a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchStart {
    /// It is begun; go on.
    Fresh,
    /// The same request was answered before, with this JSON.
    Answered {
        /// The stored answer.
        answer: String,
    },
    /// The same request is being worked on: `BUSY`, retryable.
    InProgress,
    /// The key was used for another request: `CONFLICT`.
    KeyReused,
}

impl Catalogue {
    /// Begins a batch, or tells what became of its twin with the same idempotency key. A twin
    /// whose lease has ended is abandoned, and this batch takes its key.
    pub fn begin_batch(&self, scope: &Scope, batch: &NewBatch) -> Result<BatchStart> {
        require_brand(scope, batch.brand)?;
        if let Some(key) = &batch.idempotency_key {
            let (limit, bytes_max) = ("idempotency_key_bytes_max", IDEMPOTENCY_KEY_BYTES_MAX);
            require_text("the idempotency key", key, limit, bytes_max)?;
        }
        let (limit, bytes_max) = ("fingerprint_bytes_max", FINGERPRINT_BYTES_MAX);
        require_text("the fingerprint", &batch.fingerprint, limit, bytes_max)?;
        self.write(|connection| {
            // The lock makes two requests with one key take turns.
            lock_agency(connection, scope)?;
            let twin = match &batch.idempotency_key {
                Some(key) => find_by_key(connection, scope, key)?,
                None => None,
            };
            let start = twin
                .as_ref()
                .map_or(BatchStart::Fresh, |twin| twin.answer_to(batch));
            if start == BatchStart::Fresh {
                if let Some(twin) = &twin {
                    let finish = Finish {
                        at: Some(batch.received_at),
                        ..Finish::default()
                    };
                    close_row(connection, scope, &twin.id, BatchState::Abandoned, &finish)?;
                }
                insert(connection, scope, batch)?;
            }
            Ok(start)
        })
    }

    /// Ends a batch that was refused for its contents, keeping the answer for its twins.
    pub fn reject_batch(
        &self,
        scope: &Scope,
        batch: BatchId,
        answer_json: &str,
        now: Timestamp,
    ) -> Result<()> {
        let finish = Finish {
            at: Some(now),
            answer_json: Some(answer_json),
            ..Finish::default()
        };
        self.write(|connection| {
            close_batch(connection, scope, batch, BatchState::Rejected, &finish)
        })
    }

    /// Gives up a batch without an answer and frees its key; one that is finished stays as it is.
    pub fn abandon_batch(&self, scope: &Scope, batch: BatchId) -> Result<()> {
        let finish = Finish::default();
        let id = batch.to_string();
        self.write(|connection| {
            close_row(connection, scope, &id, BatchState::Abandoned, &finish)?;
            Ok(())
        })
    }

    /// Abandons every unfinished batch of the instance and returns how many there were: for the
    /// start of the one process that owns a local folder, when all of them are dead.
    pub fn abandon_unfinished(&self, now: Timestamp) -> Result<usize> {
        self.write(|connection| {
            diesel::update(batches::table.filter(is_received()))
                .set((
                    batches::state.eq(BatchState::Abandoned.as_str()),
                    batches::finished_at.eq(Some(micros(now))),
                ))
                .execute(connection)
                .map_err(Error::database("abandon batches"))
        })
    }

    /// Forgets the keys and answers of batches that finished before `before`, in the whole
    /// instance, and returns how many there were.
    pub fn purge_answers(&self, before: Timestamp) -> Result<usize> {
        self.write(|connection| {
            diesel::update(
                batches::table
                    .filter(batches::finished_at.lt(Some(micros(before))))
                    .filter(batches::answer_json.is_not_null()),
            )
            .set((
                batches::answer_json.eq(None::<String>),
                batches::idempotency_key.eq(None::<String>),
            ))
            .execute(connection)
            .map_err(Error::database("purge answers"))
        })
    }
}

/// How a batch ends.
#[derive(Default)]
pub(crate) struct Finish<'a> {
    pub(crate) at: Option<Timestamp>,
    pub(crate) answer_json: Option<&'a str>,
    pub(crate) commit: Option<CommitNumber>,
    pub(crate) n_rows_accepted: Option<i64>,
    pub(crate) n_rows_written: Option<i64>,
}

/// Ends an open batch; refuses one that is absent or was ended before.
pub(crate) fn close_batch(
    connection: &mut AnyConnection,
    scope: &Scope,
    batch: BatchId,
    state: BatchState,
    finish: &Finish<'_>,
) -> Result<()> {
    let id = batch.to_string();
    if close_row(connection, scope, &id, state, finish)? == 1 {
        return Ok(());
    }
    let row = batches::table
        .find((scope.agency().to_string(), &id))
        .first::<BatchRow>(connection)
        .optional()
        .map_err(Error::database("find a batch"))?;
    let state = row.ok_or_else(|| Error::not_found("batch", batch))?.state;
    Err(Error::BatchClosed { batch: id, state })
}

fn close_row(
    connection: &mut AnyConnection,
    scope: &Scope,
    id: &str,
    state: BatchState,
    finish: &Finish<'_>,
) -> Result<usize> {
    let row = batches::table.find((scope.agency().to_string(), id));
    diesel::update(row.filter(is_received()))
        .set((
            batches::state.eq(state.as_str()),
            batches::finished_at.eq(finish.at.map(micros)),
            batches::answer_json.eq(finish.answer_json),
            batches::commit_number.eq(finish.commit.map(|commit| commit.0)),
            batches::n_rows_accepted.eq(finish.n_rows_accepted),
            batches::n_rows_written.eq(finish.n_rows_written),
        ))
        .execute(connection)
        .map_err(Error::database("end a batch"))
}

fn is_received() -> diesel::dsl::Eq<batches::state, &'static str> {
    batches::state.eq(BatchState::Received.as_str())
}

fn find_by_key(
    connection: &mut AnyConnection,
    scope: &Scope,
    key: &str,
) -> Result<Option<BatchRow>> {
    batches::table
        .filter(batches::agency_id.eq(scope.agency().to_string()))
        .filter(batches::idempotency_key.eq(Some(key)))
        .filter(batches::state.ne(BatchState::Abandoned.as_str()))
        .first(connection)
        .optional()
        .map_err(Error::database("find a batch by its key"))
}

fn insert(connection: &mut AnyConnection, scope: &Scope, batch: &NewBatch) -> Result<()> {
    diesel::insert_into(batches::table)
        .values((
            batches::agency_id.eq(scope.agency().to_string()),
            batches::id.eq(batch.id.to_string()),
            batches::dataset.eq(batch.dataset.as_str()),
            batches::brand_id.eq(batch.brand.to_string()),
            batches::idempotency_key.eq(batch.idempotency_key.as_deref()),
            batches::fingerprint.eq(&batch.fingerprint),
            batches::state.eq(BatchState::Received.as_str()),
            batches::received_at.eq(micros(batch.received_at)),
            batches::lease_expires_at.eq(micros(batch.lease_expires_at)),
        ))
        .execute(connection)
        .map_err(Error::insert("batch", batch.id))?;
    Ok(())
}

#[derive(Queryable)]
struct BatchRow {
    _agency_id: String,
    id: String,
    _dataset: String,
    _brand_id: String,
    _idempotency_key: Option<String>,
    fingerprint: String,
    state: String,
    _received_at: i64,
    lease_expires_at: i64,
    _finished_at: Option<i64>,
    _commit_number: Option<i64>,
    _n_rows_accepted: Option<i64>,
    answer_json: Option<String>,
    _n_rows_written: Option<i64>,
}

impl BatchRow {
    /// What a later request with this batch's key is told.
    fn answer_to(&self, twin: &NewBatch) -> BatchStart {
        if self.fingerprint != twin.fingerprint {
            return BatchStart::KeyReused;
        }
        if let Some(answer) = &self.answer_json {
            let answer = answer.clone();
            return BatchStart::Answered { answer };
        }
        if micros(twin.received_at) < self.lease_expires_at {
            return BatchStart::InProgress;
        }
        BatchStart::Fresh
    }
}
