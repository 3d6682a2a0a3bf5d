//! The steps of an instance's upkeep, none of which changes an answer: compaction, backups,
//! verification, and kills in the middle of them. A restore goes back to the backup's answers.

use bellwether_domain::time::days_before;
use bellwether_service::{Reading, Step as Stop};
use tempfile::TempDir;

use super::folder::a_folder;
use super::model::Agency;
use super::product::{Ended, RETENTION_DAYS};
use super::question::Question;
use super::report::AGENCIES;
use super::run::{Failure, Run, fault};

/// A folder for backups, and what the last one in it is of.
pub(super) struct Backup {
    folder: TempDir,
    agencies: [Agency; AGENCIES.len()],
}

impl Run {
    /// Compaction changes no answer. How far back one can ask is the product's to say, but never
    /// less than the retention.
    pub(super) fn compact(&mut self) -> Result<(), Failure> {
        let report = self.product.compact().map_err(fault("compact"))?;
        if let Some(failed) = report.failed.first() {
            return Err(format!("{:?}: {}", failed.partition, failed.error.chain()));
        }
        for done in &report.done {
            self.saw("compacted");
            if done.n_rows_written < done.n_rows_read {
                self.saw("compacted to fewer rows");
            }
        }
        self.learn_oldest()
    }

    /// A question that is asked while compaction is under way is answered as ever.
    pub(super) fn compact_while_asked(
        &mut self,
        agency: usize,
        question: &Question,
    ) -> Result<(), Failure> {
        let question = question.known_to(&self.agencies[agency]);
        let request = question.request(&self.agencies[agency], &self.product.brands[agency]);
        let scope = self.product.scope(agency);
        let (report, answer) = self.product.run(async |services| {
            let asked = services.metrics(scope, &request, Reading::default());
            tokio::join!(services.compact(), asked)
        });
        report.map_err(fault("compact"))?;
        let answer = answer.map_err(fault("ask while compaction is under way"))?;
        self.saw("asked while compaction ran");
        let newest = self.agencies[agency].newest();
        self.compare(agency, &question, &answer, newest)?;
        self.learn_oldest()
    }

    /// A kill in a compaction changes no answer either.
    pub(super) fn crash_in_compaction(&mut self, stop: Stop) -> Result<(), Failure> {
        match self.product.crash_in_compaction(stop) {
            Ended::Done(report) => drop(report.map_err(fault("compact"))?),
            Ended::Killed => self.saw(stop.as_str()),
        }
        self.learn_oldest()?;
        self.check_after_start()
    }

    fn learn_oldest(&mut self) -> Result<(), Failure> {
        let retained_since = days_before(self.product.now(), RETENTION_DAYS);
        for (place, model) in self.agencies.iter_mut().enumerate() {
            let scope = self.product.scope(place);
            let oldest = self.product.catalogue().oldest_commit(scope);
            let oldest = oldest.map_err(fault("read the oldest commit"))?.0;
            model.oldest = usize::try_from(oldest).unwrap_or(0);
            let kept = model.commit_at(retained_since);
            if model.oldest > kept {
                return Err(format!(
                    "commits before {oldest} are gone, and {kept} must be kept"
                ));
            }
        }
        Ok(())
    }

    /// A backup is made, into the folder of the one before or a new one.
    pub(super) fn back_up(&mut self, into_new: bool) -> Result<(), Failure> {
        let folder = self.folder_for_backup(into_new);
        let made = self.product.back_up(folder.path());
        made.map_err(fault("make a backup"))?;
        self.saw("backed up");
        self.backup = Some(Backup {
            folder,
            agencies: self.agencies.clone(),
        });
        Ok(())
    }

    fn folder_for_backup(&mut self, into_new: bool) -> TempDir {
        let known = self.backup.take().filter(|_| !into_new);
        known.map_or_else(a_folder, |backup| backup.folder)
    }

    /// A kill in a backup leaves the one before in the same folder whole.
    pub(super) fn crash_in_backup(&mut self, stop: Stop) -> Result<(), Failure> {
        let new = a_folder();
        let folder = self
            .backup
            .as_ref()
            .map_or(new.path(), |backup| backup.folder.path());
        match self.product.crash_in_backup(folder, stop) {
            Ended::Done(made) => drop(made.map_err(fault("make a backup"))?),
            Ended::Killed => self.saw(stop.as_str()),
        }
        self.check_after_start()
    }

    /// The last backup goes into a new folder, where everything is as it was when it was made.
    pub(super) fn restore(&mut self) -> Result<(), Failure> {
        let Some(backup) = &self.backup else {
            return Ok(());
        };
        let restored = self.product.restore(backup.folder.path());
        restored.map_err(fault("restore a backup"))?;
        self.agencies = backup.agencies.clone();
        self.forget_pages();
        self.saw("restored");
        self.check_after_start()
    }

    /// Nothing is damaged, and nothing lies about.
    pub(super) fn verify(&mut self) -> Result<(), Failure> {
        let report = self.product.verify().map_err(fault("verify"))?;
        if report.is_sound() && report.strays.is_empty() {
            self.saw("verified");
            return Ok(());
        }
        Err(format!("the verification found {report:?}"))
    }
}
