//! Running steps on the product and on the model side by side.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;

use bellwether_domain::ErrorCode;
use bellwether_domain::time::seconds_before;
use bellwether_service::{CacheMode, Cursor, Error, MetricsAnswer, Reading};

use super::answer::Answer;
use super::fold;
use super::model::Agency;
use super::product::Product;
use super::question::Question;
use super::report::{AGENCIES, COSTS};
use super::steps::{Step, What};
use super::upkeep::Backup;

/// What was found wrong, as a sentence and a difference.
pub(super) type Failure = String;

/// The product and the model of it.
pub(super) struct Run {
    pub(super) product: Product,
    pub(super) agencies: [Agency; AGENCIES.len()],
    pages: Vec<Page>,
    pub(super) backup: Option<Backup>,
    pub(super) n_keys: usize,
    seen: RefCell<Seen>,
}

/// How often each thing happened that a simulation is there for.
pub(super) type Seen = BTreeMap<&'static str, usize>;

/// A page that was read, to turn to the next one later.
struct Page {
    agency: usize,
    question: Question,
    cursor: Cursor,
}

impl Run {
    pub(super) fn begin(seed: u64) -> Self {
        Self {
            product: Product::begin(seed),
            agencies: Default::default(),
            pages: Vec::new(),
            backup: None,
            n_keys: 0,
            seen: RefCell::default(),
        }
    }

    /// Takes one step; a failure tells what the product got wrong.
    pub(super) fn take(&mut self, step: &Step) -> Result<(), Failure> {
        // Several steps may fall into one second, as several commits may.
        self.product.wait(u32::from(step.agency == 0));
        let agency = step.agency;
        match &step.what {
            What::Ingest { report, has_key } => self.ingest(agency, report, *has_key),
            What::Restate { pick, seed } => self.restate(agency, *pick, *seed),
            What::Repeat { pick } => self.repeat(agency, *pick),
            What::ReuseKey { pick, report } => self.reuse_key(agency, *pick, report),
            What::Retract { pick } => self.retract(agency, *pick),
            What::Rename { pick, name } => self.rename(agency, *pick, *name),
            What::Move { pick, platform } => self.move_to(agency, *pick, platform),
            What::SetTeam { pick, team } => self.set_team(agency, *pick, *team),
            What::CrashInIngest {
                report,
                stop,
                asks_again,
            } => self.crash_in_ingest(agency, report, *stop, *asks_again),
            What::Restart => {
                self.product.restart();
                self.check_after_start()
            }
            What::Wait { seconds } => {
                self.product.wait(*seconds);
                Ok(())
            }
            What::Ask { question, modes } => self.ask(agency, question, modes),
            What::Compact => self.compact(),
            What::CompactWhileAsked { question } => self.compact_while_asked(agency, question),
            What::IngestTwo { one, other } => self.ingest_two(agency, one, other),
            What::BackUp { into_new } => self.back_up(*into_new),
            What::CrashInBackup { stop } => self.crash_in_backup(*stop),
            What::Restore => self.restore(),
            What::Verify => self.verify(),
            What::CrashInCompaction { stop } => self.crash_in_compaction(*stop),
            What::AskAsOf { question, pick } => self.ask_as_of(agency, question, *pick),
            What::ReadPage { question } => self.read_page(agency, question),
            What::TurnPage { pick } => self.turn_page(*pick),
        }
    }

    /// Everything that can be asked, at the end of a run; and what happened in it.
    pub(super) fn finish(mut self) -> Result<Seen, Failure> {
        self.product.restart();
        self.check_after_start()?;
        Ok(self.seen.take())
    }

    /// Pages of another history can't be turned.
    pub(super) fn forget_pages(&mut self) {
        self.pages.clear();
    }

    /// Counts that something happened.
    pub(super) fn saw(&self, what: &'static str) {
        *self.seen.borrow_mut().entry(what).or_default() += 1;
    }

    /// Every way through the caches gives the same answer.
    fn ask(
        &mut self,
        agency: usize,
        question: &Question,
        modes: &[CacheMode],
    ) -> Result<(), Failure> {
        let question = question.known_to(&self.agencies[agency]);
        let newest = self.agencies[agency].newest();
        for cache in modes {
            let reading = Reading {
                cache: *cache,
                ..Reading::default()
            };
            self.answer(agency, &question, reading, newest)?;
        }
        Ok(())
    }

    /// What an answer would have been at the moment of a commit, or just before.
    fn ask_as_of(
        &mut self,
        agency: usize,
        question: &Question,
        pick: usize,
    ) -> Result<(), Failure> {
        let model = &self.agencies[agency];
        let number = pick % model.newest().max(1) + 1;
        let Some(commit) = model.commits.get(number - 1) else {
            return Ok(());
        };
        let moment = seconds_before(commit.at, u32::from(pick.is_multiple_of(2)));
        let reading = Reading {
            as_of: Some(moment),
            ..Reading::default()
        };
        let question = question.known_to(model);
        let at = model.commit_at(moment);
        if at >= model.oldest {
            self.saw("asked as of an earlier moment");
            return self.answer(agency, &question, reading, at).map(drop);
        }
        let request = question.request(model, &self.product.brands[agency]);
        self.saw("asked of a forgotten moment");
        expect_code(
            self.product.ask(agency, &request, reading),
            ErrorCode::SnapshotExpired,
            "a question about a forgotten moment",
        )
    }

    fn read_page(&mut self, agency: usize, question: &Question) -> Result<(), Failure> {
        let question = question.known_to(&self.agencies[agency]);
        let newest = self.agencies[agency].newest();
        let answer = self.answer(agency, &question, Reading::default(), newest)?;
        let cursor = answer.cursor(1);
        self.pages.push(Page {
            agency,
            question,
            cursor,
        });
        Ok(())
    }

    /// A later page comes from the commit of the first, unless records changed meanwhile or that
    /// commit is forgotten.
    fn turn_page(&mut self, pick: usize) -> Result<(), Failure> {
        if self.pages.is_empty() {
            return Ok(());
        }
        let place = pick % self.pages.len();
        let page = self.pages.swap_remove(place);
        let scope = self.product.scope(page.agency);
        let newest = self
            .product
            .catalogue()
            .snapshot(scope)
            .map_err(fault("read the snapshot"))?;
        let reading = Reading {
            cursor: Some(page.cursor),
            ..Reading::default()
        };
        let pinned = page.cursor.snapshot;
        let commit = usize::try_from(pinned.commit.0).unwrap_or(0);
        let agency = &self.agencies[page.agency];
        if page.question.names_a_team() && !agency.has_teams() {
            // Nobody has a team any more: the question itself is refused.
            return Ok(());
        }
        let (refusal, why) = if pinned.catalogue != newest.catalogue {
            (ErrorCode::Conflict, "a page after the records changed")
        } else if commit < agency.oldest {
            (ErrorCode::SnapshotExpired, "a page after its time")
        } else {
            self.saw("turned a page");
            let came = self.answer(page.agency, &page.question, reading, commit);
            return came.map(drop);
        };
        let request = page
            .question
            .request(agency, &self.product.brands[page.agency]);
        let came = self.product.ask(page.agency, &request, reading);
        expect_code(came, refusal, why)
    }

    /// Asks the product, and compares its answer with the model's at a commit.
    pub(super) fn answer(
        &self,
        agency: usize,
        question: &Question,
        reading: Reading,
        commit: usize,
    ) -> Result<MetricsAnswer, Failure> {
        let brands = &self.product.brands[agency];
        let model = &self.agencies[agency];
        let answered = self
            .product
            .ask(agency, &question.request(model, brands), reading);
        let answer = answered.map_err(fault("ask"))?;
        self.compare(agency, question, &answer, commit)?;
        Ok(answer)
    }

    /// Compares an answer of the product with the model's at a commit.
    pub(super) fn compare(
        &self,
        agency: usize,
        question: &Question,
        answer: &MetricsAnswer,
        commit: usize,
    ) -> Result<(), Failure> {
        let (brands, model) = (&self.product.brands[agency], &self.agencies[agency]);
        let got = Answer::of_table(answer.table(), question, brands)?;
        let expected = fold::answer(model, commit, question);
        self.saw(answer.cache().as_str());
        match got.difference(&expected) {
            None => expect_commit(answer, commit),
            Some(difference) => Err(format!(
                "{} at commit {commit} of {}, cache {}:\n    {difference}",
                AGENCIES[agency],
                model.newest(),
                answer.cache(),
            )),
        }
    }

    /// After any start: all facts are there, and no file that nothing names.
    pub(super) fn check_after_start(&mut self) -> Result<(), Failure> {
        for agency in 0..AGENCIES.len() {
            // Costs come with the metrics of the first dataset.
            for dataset in 0..COSTS {
                if !self.agencies[agency].has_rows(dataset) {
                    continue;
                }
                let everything = Question::of_everything(dataset);
                let newest = self.agencies[agency].newest();
                self.answer(agency, &everything, Reading::default(), newest)?;
            }
        }
        let catalogue = self.product.catalogue();
        let mut live = catalogue
            .live_segment_paths("segments/")
            .map_err(fault("list segments"))?;
        live.sort();
        let files = self.product.files_below("segments");
        if files != live {
            return Err(format!("files {files:?} and the manifest {live:?} differ"));
        }
        let bodies = self.product.files_below("spool");
        if !bodies.is_empty() {
            return Err(format!("bodies are left: {bodies:?}"));
        }
        Ok(())
    }
}

fn expect_commit(answer: &MetricsAnswer, commit: usize) -> Result<(), Failure> {
    let told = answer.snapshot.commit.0;
    if usize::try_from(told) == Ok(commit) {
        return Ok(());
    }
    Err(format!(
        "the answer is of commit {told} and should be of {commit}"
    ))
}

/// A failure of what should have worked.
pub(super) fn fault<E: std::error::Error>(what: &'static str) -> impl Fn(E) -> Failure {
    move |error| {
        let mut told = format!("could not {what}: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            // Writing to a string can't fail.
            let _ = write!(told, ": {error}");
            cause = error.source();
        }
        told
    }
}

/// Expects a refusal with this code.
pub(super) fn expect_code<T>(
    came: Result<T, Error>,
    code: ErrorCode,
    what: &str,
) -> Result<(), Failure> {
    match came {
        Err(error) if error.code() == code => Ok(()),
        Err(error) => Err(format!("{what}: {} instead of {code}", error.chain())),
        Ok(_) => Err(format!("{what} went through instead of {code}")),
    }
}
