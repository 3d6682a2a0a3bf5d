//! Putting an answer together: the groups of what was read of each range, side by side in a table.
//!
//! Invariant: works on what is in memory and waits for nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use bellwether_domain::answer::MetricTable;
use bellwether_domain::provisional::RestatementWindows;
use bellwether_domain::query::{Compare, Fill, MetricQuery};
use bellwether_domain::time::{Timestamp, date_of_day_number};

use super::Asked;
use super::answer::{Computed, Effort, Warning, WarningCode};
use super::costs::RecordedCosts;
use super::gather::{Gathered, Gathering};
use super::sums::FactSums;
use super::{windows, zones};
use crate::error::Result;

/// The most groups, with no costs to spread, that are put together where the question is asked: a
/// change of threads takes longer than they do.
const PUT_TOGETHER_AT_ONCE_MAX: usize = 2_000;

/// What was read of the facts and costs of one range.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) sums: FactSums,
    pub(super) costs: RecordedCosts,
    /// The time zones in which the days of its facts are cut.
    pub(super) zones: BTreeSet<String>,
    pub(super) effort: Effort,
}

/// Whether an answer takes less time than a change of threads.
pub(super) fn is_small(query: &MetricQuery, now: &Read, before: Option<&Read>) -> bool {
    let mut reads = [Some(now), before].into_iter().flatten();
    let n_groups: usize = reads.clone().map(|read| read.sums.n_groups()).sum();
    let n_filled = match query.fill {
        Fill::None => n_groups,
        Fill::Zero | Fill::Null => n_groups.max(1).saturating_mul(query.periods().len()),
    };
    let has_no_costs = reads.all(|read| read.costs.costs.is_empty());
    has_no_costs && n_groups.max(n_filled) <= PUT_TOGETHER_AT_ONCE_MAX
}

/// The table of an answer, from what was read of its range and of the one compared with.
pub(super) fn put_together(
    asked: Asked,
    now: Read,
    before: Option<Read>,
    at: Timestamp,
    restatement: &RestatementWindows,
) -> Result<Arc<Computed>> {
    let gathered = groups(&asked, &now, restatement)?;
    let (groups, mut warnings) = (gathered.sums, gathered.warnings);
    let (mut effort, mut zones) = (now.effort, now.zones);
    let mut groups_before = None;
    if let Some((before, asked)) = before.zip(asked.previous()) {
        let further = self::groups(&asked, &before, restatement)?;
        groups_before = Some(further.sums);
        effort.join(before.effort);
        zones.extend(before.zones);
        let used = gathered.windows.union(&further.windows);
        warnings.extend(windows::warning_of_ranges(&asked.query, used)?);
        for warning in further.warnings {
            if !warnings.iter().any(|known| known.code == warning.code) {
                warnings.push(warning);
            }
        }
    }
    warnings.extend(asked.query.compare.and_then(warning_of_cut));
    warnings.extend(zones::warning(&asked.query, &zones));
    let table = MetricTable::of_sums(asked.query, groups, groups_before, &*asked.attributes)?;
    Ok(Arc::new(Computed {
        table,
        data_through: now.sums.last_day().and_then(date_of_day_number),
        provisional_from: gathered.provisional_from,
        warnings,
        at,
        effort: effort.size(),
    }))
}

/// The groups of the facts' sums under the campaigns' attributes, with costs.
fn groups(asked: &Asked, read: &Read, restatement: &RestatementWindows) -> Result<Gathered> {
    let mut gathering = Gathering::new(asked, restatement);
    gathering.add_sums(&read.sums)?;
    gathering.add_costs(&read.costs);
    Ok(gathering.finish()?)
}

fn warning_of_cut(compare: Compare) -> Option<Warning> {
    compare.is_cut.then(|| Warning {
        code: WarningCode::PreviousRangeCut,
        message: format!(
            "the range compared with has more periods than the range; it ends before {}",
            compare.range.until()
        ),
    })
}
