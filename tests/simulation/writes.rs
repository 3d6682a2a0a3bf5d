//! The steps that bring facts or take them away: reports, retractions, and kills in the middle.

use bellwether_domain::batch::{BatchAnswer, BatchOutcome};
use bellwether_domain::segment::Snapshot;
use bellwether_domain::{ErrorCode, campaign as catalogue};
use bellwether_service::Step as Stop;
use rand::SeedableRng;
use rand_pcg::Pcg64;

use super::body::{Report, Request};
use super::model::{Answered, Campaign, Change, Commit};
use super::product::Ended;
use super::report::{BRANDS, CAMPAIGNS, Key};
use super::run::{Failure, Run, expect_code, fault};

impl Run {
    pub(super) fn ingest(
        &mut self,
        agency: usize,
        report: &Report,
        has_key: bool,
    ) -> Result<(), Failure> {
        let request = Request {
            report: report.clone(),
            idempotency_key: has_key.then(|| self.fresh_key()),
        };
        let (ingest, body) = (request.to_ingest(), request.report.body());
        let answered = self.product.ingest(agency, ingest, &body);
        let answer = answered.map_err(fault("ingest"))?;
        self.record(agency, vec![(request, answer)])
    }

    fn fresh_key(&mut self) -> String {
        self.n_keys += 1;
        format!("key-{}", self.n_keys)
    }

    /// The keys of an earlier batch come again with other values.
    pub(super) fn restate(&mut self, agency: usize, pick: usize, seed: u64) -> Result<(), Failure> {
        let batches = self.row_commits(agency);
        if batches.is_empty() {
            return Ok(());
        }
        let commit = self.agencies[agency].commit(batches[pick % batches.len()]);
        let Change::Rows(rows) = &commit.change else {
            return Ok(());
        };
        let keys: Vec<Key> = rows.all.iter().map(|row| row.key).collect();
        let mut rng = Pcg64::seed_from_u64(seed);
        let report = Report::of_keys(&mut rng, rows.dataset, &keys);
        self.ingest(agency, &report, true)
    }

    /// The numbers of an agency's commits that brought rows.
    fn row_commits(&self, agency: usize) -> Vec<usize> {
        let model = &self.agencies[agency];
        (1..=model.newest())
            .filter(|number| matches!(model.commit(*number).change, Change::Rows(_)))
            .collect()
    }

    /// The same request again gets the same answer, and changes nothing.
    pub(super) fn repeat(&mut self, agency: usize, pick: usize) -> Result<(), Failure> {
        let Some(known) = self.answered_with_key(agency, pick) else {
            return Ok(());
        };
        let (ingest, body) = (known.request.to_ingest(), known.request.report.body());
        let again = self.product.ingest(agency, ingest, &body);
        let again = again.map_err(fault("ask again"))?;
        if again != known.answer {
            let first = &known.answer;
            return Err(format!("asked again: {again:?}\n    instead of {first:?}"));
        }
        self.expect_newest(agency)
    }

    /// A known key with another body is refused.
    pub(super) fn reuse_key(
        &mut self,
        agency: usize,
        pick: usize,
        report: &Report,
    ) -> Result<(), Failure> {
        let Some(known) = self.answered_with_key(agency, pick) else {
            return Ok(());
        };
        let request = Request {
            report: report.clone(),
            ..known.request
        };
        let came = self
            .product
            .ingest(agency, request.to_ingest(), &report.body());
        expect_code(came, ErrorCode::Conflict, "a key with another body")
    }

    /// One of the answers to requests with a key that are certainly kept.
    fn answered_with_key(&self, agency: usize, pick: usize) -> Option<Answered> {
        let now = self.product.now();
        let is_kept = |known: &&Answered| {
            let age_s = now.as_second() - known.at.as_second();
            known.request.idempotency_key.is_some() && age_s < 29 * 86_400
        };
        let answers = &self.agencies[agency].answers;
        let kept: Vec<&Answered> = answers.iter().filter(is_kept).collect();
        let known = kept.get(pick % kept.len().max(1))?;
        Some((*known).clone())
    }

    /// Two reports that come in at once are two commits, one after the other.
    pub(super) fn ingest_two(
        &mut self,
        agency: usize,
        one: &Report,
        other: &Report,
    ) -> Result<(), Failure> {
        let requests = [one, other].map(|report| Request {
            report: report.clone(),
            idempotency_key: None,
        });
        let answers = self.product.ingest_two(agency, &requests);
        let mut answered = Vec::new();
        for (request, answer) in requests.into_iter().zip(answers) {
            answered.push((request, answer.map_err(fault("ingest two at once"))?));
        }
        self.saw("ingested two at once");
        self.record(agency, answered)
    }

    /// Takes the answers to requests that were sent the first time: checks them, and lets the
    /// model follow in the order of their commits.
    fn record(
        &mut self,
        agency: usize,
        mut answered: Vec<(Request, BatchAnswer)>,
    ) -> Result<(), Failure> {
        let now = self.product.now();
        answered.sort_by_key(|(_, answer)| commit_of(answer));
        for (request, answer) in &answered {
            check_answer(&request.report, answer)?;
            if answer.outcome == BatchOutcome::Rejected {
                self.saw("rejected a batch");
                continue;
            }
            self.saw("committed a batch");
            if !request.report.overtaken.is_empty() {
                self.saw("sent keys twice");
            }
            self.agencies[agency].commits.push(Commit {
                at: now,
                batch: answer.batch,
                change: Change::Rows(request.report.change()),
            });
            let newest = self.agencies[agency].newest();
            if commit_of(answer) != Some(newest) {
                return Err(format!(
                    "the sender is told {answer:?}, and it is commit {newest}"
                ));
            }
            self.learn_campaigns(agency, &request.report)?;
        }
        for (request, answer) in answered {
            self.expect_campaigns(agency, request.report.brand)?;
            self.agencies[agency].answers.push(Answered {
                request,
                answer,
                at: now,
            });
        }
        self.expect_newest(agency)
    }

    /// The campaigns that a committed report names are known from then on.
    fn learn_campaigns(&mut self, agency: usize, report: &Report) -> Result<(), Failure> {
        let listed = self.listed(agency, report.brand)?;
        let model = &mut self.agencies[agency].campaigns;
        for row in &report.rows {
            let (place, entry) = (row.key.campaign, &CAMPAIGNS[row.key.campaign]);
            let found = listed
                .iter()
                .find(|it| it.external_id == entry.external_id)
                .ok_or_else(|| format!("campaign {} is lost", entry.external_id))?;
            let new = || Campaign {
                id: found.id,
                name: entry.external_id.to_owned(),
                platform: entry.platform,
                team: None,
            };
            if model.entry(place).or_insert_with(new).id != found.id {
                return Err(format!("campaign {} has another id", entry.external_id));
            }
        }
        Ok(())
    }

    /// Sees that a brand has no campaign that no committed row named.
    fn expect_campaigns(&self, agency: usize, brand: usize) -> Result<(), Failure> {
        let listed = self.listed(agency, brand)?;
        let known = self.agencies[agency].campaigns.keys();
        let n_known = known.filter(|it| CAMPAIGNS[**it].brand == brand).count();
        if n_known == listed.len() {
            return Ok(());
        }
        let brand = BRANDS[brand];
        Err(format!(
            "brand {brand} has {n_known} campaigns, and the product lists {listed:?}"
        ))
    }

    fn listed(&self, agency: usize, brand: usize) -> Result<Vec<catalogue::Campaign>, Failure> {
        let brand = self.product.brands[agency][brand];
        let listed = self.product.run(async |services| {
            let scope = self.product.scope(agency);
            services.campaigns(scope, Some(brand), None, 100).await
        });
        Ok(listed.map_err(fault("list campaigns"))?.items)
    }

    /// Sees that no commit came or went unnoticed.
    pub(super) fn expect_newest(&self, agency: usize) -> Result<(), Failure> {
        let (newest, told) = (self.agencies[agency].newest(), self.newest(agency)?);
        if told != newest {
            return Err(format!(
                "the newest commit is {told} and should be {newest}"
            ));
        }
        Ok(())
    }

    fn newest(&self, agency: usize) -> Result<usize, Failure> {
        let scope = self.product.scope(agency);
        let snapshot = self.product.catalogue().snapshot(scope);
        let snapshot = snapshot.map_err(fault("read the snapshot"))?;
        Ok(usize::try_from(snapshot.commit.0).unwrap_or(0))
    }

    /// A batch is undone by a commit of its own, once, if it brought anything; its agency alone
    /// knows it.
    pub(super) fn retract(&mut self, agency: usize, pick: usize) -> Result<(), Failure> {
        let answers = &self.agencies[agency].answers;
        let Some(known) = answers.get(pick % answers.len().max(1)) else {
            return Ok(());
        };
        let batch = known.answer.batch;
        if pick.is_multiple_of(5) {
            let came = self.product.retract(1 - agency, batch);
            return expect_code(came, ErrorCode::NotFound, "undoing another agency's batch");
        }
        let came = self.product.retract(agency, batch);
        let model = &mut self.agencies[agency];
        let newest = model.newest();
        let of_batch = |number: &usize| model.commit(*number).batch == batch;
        let number = (1..=newest).find(of_batch);
        let may_be = number.filter(|it| *it > model.oldest && !model.is_retracted(*it, newest));
        let Some(number) = may_be else {
            return expect_code(
                came,
                ErrorCode::Conflict,
                "undoing a batch that can't be undone",
            );
        };
        let retracted = came.map_err(fault("undo a batch"))?;
        self.saw("retracted");
        let model = &mut self.agencies[agency];
        model.commits.push(Commit {
            at: self.product.now(),
            batch,
            change: Change::Retraction(number),
        });
        if usize::try_from(retracted.commit.0) != Ok(newest + 1) {
            return Err(format!(
                "the retraction is {retracted:?} after commit {newest}"
            ));
        }
        self.expect_newest(agency)
    }

    /// The process is killed at a step: what was acknowledged is there, and the report on its way
    /// wholly or not at all. The model learns which by the newest commit, and the answers that
    /// follow must agree.
    pub(super) fn crash_in_ingest(
        &mut self,
        agency: usize,
        report: &Report,
        stop: Stop,
        asks_again: bool,
    ) -> Result<(), Failure> {
        let request = Request {
            report: report.clone(),
            idempotency_key: Some(self.fresh_key()),
        };
        let (ingest, body) = (request.to_ingest(), request.report.body());
        let ended = self
            .product
            .crash_in_ingest(agency, ingest.clone(), &body, stop);
        if let Ended::Done(answered) = ended {
            let answer = answered.map_err(fault("ingest"))?;
            self.record(agency, vec![(request, answer)])?;
            return self.check_after_start();
        }
        self.saw(stop.as_str());
        let newest = self.agencies[agency].newest();
        let is_there = self.newest(agency)? > newest;
        if is_there || asks_again {
            // The sender doesn't know; with the same key it gets the batch in exactly once.
            let again = self.product.ingest(agency, ingest, &body);
            let answer = again.map_err(fault("ask again after a crash"))?;
            self.record(agency, vec![(request, answer)])?;
        }
        self.check_after_start()
    }
}

/// The commit from which on answers see the batch; `None` when nothing of it was written.
fn commit_of(answer: &BatchAnswer) -> Option<usize> {
    let snapshot: Snapshot = answer.snapshot.as_deref()?.parse().ok()?;
    usize::try_from(snapshot.commit.0).ok()
}

/// Checks what the sender is told.
fn check_answer(report: &Report, answer: &BatchAnswer) -> Result<(), Failure> {
    let (n_rows, n_bad) = (report.rows.len() as u64, report.bad.len() as u64);
    let n_good = n_rows + report.overtaken.len() as u64;
    let expected = if report.is_refused() {
        (BatchOutcome::Rejected, 0, n_bad, 0)
    } else {
        (BatchOutcome::Committed, n_good, n_bad, n_rows)
    };
    let told = (
        answer.outcome,
        answer.accepted,
        answer.rejected,
        answer.rows_written,
    );
    if told != expected || answer.problems.len() as u64 != n_bad {
        return Err(format!(
            "the answer is {answer:?} and should be {expected:?}"
        ));
    }
    Ok(())
}
