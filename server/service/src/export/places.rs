//! Places for exports that are being sent: each holds an answer in memory for as long as its
//! client takes to read it.
//!
//! Invariant: nobody waits here; whoever finds no place is told to come back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::limits::Limit;
use bellwether_domain::{ErrorCode, Scope};

use super::content::EXPORT_DECIMAL_DIGITS_MAX;
use crate::error::Result;
use crate::services::Services;

/// What somebody who found no place is told to wait, in seconds.
const COME_BACK_AFTER_S: u32 = 5;

/// What exports may take.
#[derive(Debug, Clone, Copy)]
pub struct ExportsConfig {
    /// The most rows of one export.
    pub rows_max: usize,
    /// The most bytes of the file of one export that is written in the background.
    pub bytes_max: u64,
    /// The bytes that such files leave free on their disk.
    pub disk_free_bytes_min: u64,
    /// The most exports that are sent at once.
    pub at_once_max: usize,
    /// The most exports of one agency that are sent at once.
    pub per_agency_max: usize,
    /// How long a client may take nothing of an export.
    pub silence_s: u32,
    /// The most exports of one agency that are written to files at once, waiting ones included.
    pub jobs_per_agency_max: usize,
    /// The most exports of one agency that are kept, failed ones included.
    pub kept_max: usize,
    /// How long the answer to an export's question may take, when it is written to a file.
    pub wall_time_s: u32,
    /// How long an export is kept once it has ended.
    pub kept_s: u32,
}

impl ExportsConfig {
    /// The limits by name, with their values in force.
    pub(crate) fn limits(&self) -> [Limit; 11] {
        [
            Limit::of_size(
                "export_rows_max",
                self.rows_max,
                "Rows of one export; of one that is sent at once also `groups_max`.",
            ),
            Limit::new(
                "export_bytes_max",
                self.bytes_max,
                "Bytes of the file of an export that is written in the background.",
            ),
            Limit::new(
                "export_disk_free_bytes_min",
                self.disk_free_bytes_min,
                "Bytes that exports leave free on the server's disk; where fewer are, it is `UNAVAILABLE`.",
            ),
            Limit::new(
                "export_decimal_digits_max",
                EXPORT_DECIMAL_DIGITS_MAX.into(),
                "Digits before the point of a decimal in an export as Arrow or Parquet.",
            ),
            Limit::of_size(
                "exports_at_once_max",
                self.at_once_max,
                "Exports that are sent at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::of_size(
                "exports_per_agency_max",
                self.per_agency_max,
                "Exports of one agency that are sent at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::new(
                "export_silence_s",
                self.silence_s.into(),
                "Seconds that a client may take nothing of an export; past them it is broken off.",
            ),
            Limit::of_size(
                "export_jobs_per_agency_max",
                self.jobs_per_agency_max,
                "Exports of one agency that are written to files at once; past them it is `RATE_LIMITED`.",
            ),
            Limit::of_size(
                "exports_kept_max",
                self.kept_max,
                "Exports of one agency that are kept, those that run or failed included.",
            ),
            Limit::new(
                "export_wall_time_s",
                self.wall_time_s.into(),
                "Seconds until the answer to an export that is written to a file, or to one part of it; past them it has failed.",
            ),
            Limit::new(
                "export_kept_s",
                self.kept_s.into(),
                "Seconds that an export is kept once it has ended.",
            ),
        ]
    }
}

#[cfg(test)]
impl ExportsConfig {
    /// For tests that export nothing.
    pub(crate) const SMALL: Self = Self {
        rows_max: 1,
        bytes_max: 1,
        disk_free_bytes_min: 1,
        at_once_max: 1,
        per_agency_max: 1,
        silence_s: 1,
        jobs_per_agency_max: 1,
        kept_max: 1,
        wall_time_s: 1,
        kept_s: 1,
    };
}

/// The places of this process.
#[derive(Debug)]
pub(crate) struct ExportPlaces {
    config: ExportsConfig,
    taken: Arc<Mutex<BTreeMap<AgencyId, usize>>>,
}

/// A place to send an export from, until it is dropped.
#[derive(Debug)]
pub struct ExportPlace {
    agency: AgencyId,
    taken: Arc<Mutex<BTreeMap<AgencyId, usize>>>,
}

impl Services {
    /// A place for an export; `RATE_LIMITED` when there is none.
    pub fn export_place(&self, scope: &Scope) -> Result<ExportPlace> {
        Ok(self.parts.export_places.take(scope.agency())?)
    }

    /// How many exports are being sent.
    pub fn exports_under_way(&self) -> usize {
        lock(&self.parts.export_places.taken).values().sum()
    }
}

impl ExportPlaces {
    pub(crate) fn new(config: ExportsConfig) -> Self {
        Self {
            config,
            taken: Arc::default(),
        }
    }

    fn take(&self, agency: AgencyId) -> Result<ExportPlace, Refusal> {
        let mut taken = lock(&self.taken);
        let ExportsConfig {
            at_once_max,
            per_agency_max,
            ..
        } = self.config;
        if taken.values().sum::<usize>() >= at_once_max.max(1) {
            return Err(come_back(format!(
                "as many exports as the limit `exports_at_once_max` of {at_once_max} are being sent"
            )));
        }
        let own = taken.entry(agency).or_default();
        if *own >= per_agency_max.max(1) {
            return Err(come_back(format!(
                "as many exports of the agency as the limit `exports_per_agency_max` of {per_agency_max} are being sent"
            )));
        }
        *own += 1;
        Ok(ExportPlace {
            agency,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for ExportPlace {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        let left = taken.get(&self.agency).copied().unwrap_or(1) - 1;
        if left == 0 {
            taken.remove(&self.agency);
        } else {
            taken.insert(self.agency, left);
        }
    }
}

fn lock(taken: &Mutex<BTreeMap<AgencyId, usize>>) -> MutexGuard<'_, BTreeMap<AgencyId, usize>> {
    // Nothing panics while it holds the lock.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

fn come_back(message: String) -> Refusal {
    Refusal::new(ErrorCode::RateLimited, message + "; send it again shortly")
        .with_retry_after(COME_BACK_AFTER_S)
}
