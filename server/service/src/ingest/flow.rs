//! The whole way of one batch, from its body to its answer.

use std::sync::Arc;

use bellwether_catalogue::{BatchStart, NewBatch};
use bellwether_domain::batch::BatchAnswer;
use bellwether_domain::brand::Brand;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BatchId;
use bellwether_domain::time::{Timestamp, seconds_after};
use bellwether_domain::{ErrorCode, Scope};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::admission::Permit;
use super::finished::FinishedLog;
use super::request::IngestRequest;
use super::spool::SpooledBody;
use crate::background::blocking;
use crate::error::{Error, Result};
use crate::services::{Parts, Services};
use crate::steps::Step;

/// How often a batch is checked anew because another one registered a campaign of its meanwhile.
/// Each time it knows all campaigns so far, so that only a further new one stops it again.
const ATTEMPTS_MAX: u32 = 8;

/// A batch that is received and registered; its rows are not looked at yet.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) scope: Scope,
    pub(super) id: BatchId,
    pub(super) request: IngestRequest,
    pub(super) brand: Brand,
    pub(super) body: Arc<SpooledBody>,
    pub(super) at: Timestamp,
    /// The memory that the batch may take.
    pub(super) memory_bytes: u64,
    pub(super) lease_expires_at: Timestamp,
}

/// How a batch begins: anew, or with the answer that its twin got.
enum Begun {
    Anew(Box<Received>),
    Answered(BatchAnswer),
}

impl Services {
    /// Takes a report in: checks every row, writes the good ones if the mode allows, and answers
    /// once that is lasting.
    ///
    /// The work goes on to its end when the caller goes away, so that a sender who lost the
    /// connection finds the batch whole by its idempotency key.
    pub async fn ingest(
        &self,
        scope: &Scope,
        request: IngestRequest,
        body: SpooledBody,
    ) -> Result<BatchAnswer> {
        scope.require_ingest()?;
        request.check()?;
        let ingests = &self.parts.ingests;
        let body = body.placed(ingests, scope.agency())?;
        let permit = ingests.admit(body.size_bytes)?;
        let (parts, scope) = (Arc::clone(&self.parts), scope.clone());
        let whole = self
            .parts
            .tasks
            .spawn(async move { run(&parts, scope, request, body, permit).await });
        whole.await.map_err(|_| Error::TaskEnded {
            attempted: "ingest a batch",
        })?
    }
}

async fn run(
    parts: &Arc<Parts>,
    scope: Scope,
    request: IngestRequest,
    body: SpooledBody,
    permit: Permit,
) -> Result<BatchAnswer> {
    let received = match begin(parts, scope, request, body, permit.bytes).await? {
        Begun::Anew(received) => received,
        Begun::Answered(answer) => return Ok(answer),
    };
    parts.steps.reached(Step::Received).await;
    let (scope, batch) = (received.scope.clone(), received.id);
    let _on_its_way = parts.ingests.on_its_way(&received);
    let log = FinishedLog::of(&received, parts);
    let outcome = settle(parts, *received).await;
    log.write(&outcome, parts);
    if outcome.is_err() {
        // The key becomes free again, so that the sender can try once more.
        let parts = Arc::clone(parts);
        let freed = blocking("free a batch", move || {
            Ok(parts.catalogue.abandon_batch(&scope, batch)?)
        })
        .await;
        if let Err(error) = freed {
            tracing::warn!(batch.id = %batch, error = error.chain(), "the batch stays open until its lease ends");
        }
    }
    outcome
}

async fn settle(parts: &Arc<Parts>, received: Received) -> Result<BatchAnswer> {
    for _ in 0..ATTEMPTS_MAX {
        match settle_once(parts, received.clone()).await {
            Err(error) if was_overtaken(&error) => {}
            settled => return settled,
        }
    }
    let message = "another batch registered the same campaigns just now; send it again";
    Err(Refusal::new(ErrorCode::Busy, message).into())
}

/// Whether another batch made a campaign that this one was about to make.
fn was_overtaken(error: &Error) -> bool {
    use bellwether_catalogue::Error::AlreadyExists;
    matches!(error, Error::Catalogue(cause) if matches!(**cause, AlreadyExists { .. }))
}

async fn settle_once(parts: &Arc<Parts>, received: Received) -> Result<BatchAnswer> {
    match received.validate(parts).await? {
        Ok(validated) => {
            parts.steps.reached(Step::Validated).await;
            validated.stage(parts).await?.commit(parts).await
        }
        Err(rejected) => rejected.record(parts).await,
    }
}

async fn begin(
    parts: &Arc<Parts>,
    scope: Scope,
    request: IngestRequest,
    body: SpooledBody,
    memory_bytes: u64,
) -> Result<Begun> {
    let parts = Arc::clone(parts);
    blocking("begin a batch", move || {
        let brand = parts
            .catalogue
            .find_brand_by_slug(&scope, &request.brand)?
            .ok_or_else(|| Refusal::not_found("brand", &request.brand).at("brand"))?;
        let now = parts.clock.now();
        let batch = NewBatch {
            id: BatchId::from_parts(now, parts.ids.random()),
            dataset: request.dataset,
            brand: brand.id,
            idempotency_key: request.idempotency_key.clone(),
            fingerprint: fingerprint(&request, &body),
            received_at: now,
            lease_expires_at: seconds_after(now, parts.config.staging_lease_s),
        };
        match parts.catalogue.begin_batch(&scope, &batch)? {
            BatchStart::Fresh => Ok(Begun::Anew(Box::new(Received {
                scope,
                id: batch.id,
                request,
                brand,
                body: Arc::new(body),
                at: now,
                memory_bytes,
                lease_expires_at: batch.lease_expires_at,
            }))),
            BatchStart::Answered { answer } => serde_json::from_str(&answer)
                .map(Begun::Answered)
                .map_err(|_| Error::TaskEnded {
                    attempted: "read a stored answer",
                }),
            BatchStart::InProgress => Err(Refusal::new(
                ErrorCode::Busy,
                "the same batch is being ingested right now; ask again shortly for its answer",
            )
            .into()),
            BatchStart::KeyReused => Err(Refusal::new(
                ErrorCode::Conflict,
                "this idempotency key was used for another request; use a fresh key",
            )
            .at("Idempotency-Key")
            .into()),
        }
    })
    .await
}

/// Equal for equal requests: body, dataset, brand and options.
fn fingerprint(request: &IngestRequest, body: &SpooledBody) -> String {
    let mut hash = Sha256::new();
    hash.update(body.sha256.as_bytes());
    hash.update(request.options().as_bytes());
    HEXLOWER.encode(&hash.finalize())
}
