//! Work on each month of a gathered report, on all cores.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bellwether_domain::sample::{Duplicates, Layout, Rows};
use bellwether_domain::time::Month;

use super::gather::Gathered;
use super::merge::{Merge, Source};
use super::problems::Problems;
use super::settle::settle;
use crate::error::Result;

/// How many rows are handed on at a time: two megabytes or so.
const OUTPUT_ROWS: usize = 8192;

/// A gathered report and the rule by which its rows come to distinct keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Months<'a> {
    pub(super) gathered: &'a Gathered,
    pub(super) layout: &'a Layout,
    pub(super) rule: Duplicates,
    /// How many months are worked on at once.
    pub(super) n_threads: usize,
}

impl Months<'_> {
    /// The months that have rows, in order.
    pub(super) fn all(&self) -> Vec<Month> {
        let months = self.gathered.sources.iter().flat_map(Source::months);
        months.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Settles the rows of a month and hands them on in order.
    pub(super) fn settle(
        &self,
        month: Month,
        with_measures: bool,
        hand_on: impl FnMut(Rows) -> Result<()>,
    ) -> Result<Problems> {
        let (sources, ranks) = (&self.gathered.sources, &self.gathered.ranks);
        let merge = Merge::new(sources, month, ranks, self.layout, with_measures)?;
        settle(merge, self.layout, Some(self.rule), OUTPUT_ROWS, hand_on)
    }
}

/// Does the work for each item, some at once; the results in the order of the items. After an
/// error no further item is begun.
pub(super) fn for_each<I: Sync, T: Send>(
    items: &[I],
    n_threads: usize,
    work: impl Fn(&I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let worker = || -> Result<()> {
        while let Some((place, item)) = take_next(items, &next) {
            let result = work(item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?;
            let mut done = done
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            done.push((place, result));
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..n_threads.min(items.len()))
            .map(|_| scope.spawn(worker))
            .collect();
        let mut outcome = worker();
        for other in others {
            let ended = other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            outcome = outcome.and(ended);
        }
        outcome
    })?;
    let mut done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn take_next<'i, I>(items: &'i [I], next: &AtomicUsize) -> Option<(usize, &'i I)> {
    let place = next.fetch_add(1, Ordering::Relaxed);
    items.get(place).map(|item| (place, item))
}
