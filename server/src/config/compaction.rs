//! `[compaction]`: when segments are merged, and how long old snapshots stay readable.

use bellwether_domain::compaction::CompactionPolicy;
use bellwether_service::CompactionConfig;
use serde::Deserialize;

/// The most segments of one merge: each is open meanwhile, with some eight megabytes of its pages
/// and rows.
const MERGED_SEGMENTS_MAX: usize = 16;

/// The least retention: a walk through the pages of an answer must be through within it, because
/// nothing else holds its snapshot.
const RETENTION_DAYS_MIN: u32 = 1;

/// `[compaction]`
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompactionSection {
    /// Whether a server compacts by itself.
    pub automatic: bool,
    /// How long it rests when nothing is committed.
    pub interval_s: u32,
    /// How long superseded, removed and retracted rows are kept, so that `asOf` sees them; at
    /// least 1.
    pub retention_days: u32,
    /// How long after the retention rows may stay before a segment is rewritten just to drop them.
    pub overdue_days: u32,
    /// How long a file that gave way stays on the disk for those who are reading it.
    pub dropped_file_grace_s: u32,
    /// Rows of the segments that are merged into one.
    pub merged_rows_max: u64,
    /// Bytes of their files, which are in memory meanwhile.
    pub merged_bytes_max: u64,
}

impl Default for CompactionSection {
    fn default() -> Self {
        Self {
            automatic: true,
            interval_s: 300,
            retention_days: 400,
            overdue_days: 100,
            dropped_file_grace_s: 900,
            merged_rows_max: 8_000_000,
            merged_bytes_max: 128 << 20,
        }
    }
}

impl CompactionSection {
    /// What the services are configured with; refuses a retention of no day.
    pub(super) fn read(&self) -> Result<CompactionConfig, String> {
        if self.retention_days < RETENTION_DAYS_MIN {
            return Err(format!(
                "`retention_days` of `[compaction]` must be at least {RETENTION_DAYS_MIN}"
            ));
        }
        Ok(CompactionConfig {
            is_automatic: self.automatic,
            interval_s: self.interval_s.max(1),
            policy: CompactionPolicy {
                merged_rows_max: self.merged_rows_max,
                merged_bytes_max: self.merged_bytes_max,
                merged_segments_max: MERGED_SEGMENTS_MAX,
            },
            retention_days: self.retention_days,
            overdue_days: self.overdue_days,
            dropped_file_grace_s: self.dropped_file_grace_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_of_no_day_is_refused() {
        let section: CompactionSection = toml::from_str("retention_days = 0").unwrap();
        assert!(section.read().unwrap_err().contains("at least 1"));
        let section: CompactionSection = toml::from_str("retention_days = 1").unwrap();
        assert_eq!(section.read().unwrap().retention_days, 1);
    }
}
