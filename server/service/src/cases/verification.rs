//! Every chain of an agency, for `bellwether verify`.

use bellwether_catalogue::{CaseFilter, CasePlace, CaseSort, PAGE_ROWS_MAX};
use bellwether_domain::Scope;
use bellwether_domain::ids::{AgencyId, CaseId};

use super::ground::verify_entries;
use crate::error::Result;
use crate::services::Parts;

/// A case whose records were changed by another hand than the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedCase {
    /// The case.
    pub case: CaseId,
    /// Whose it is.
    pub agency: AgencyId,
    /// The number of the first event that is broken.
    pub seq: u64,
    /// What is wrong with it.
    pub fault: String,
}

/// How many cases an agency has, and those of which an event is broken.
pub(crate) fn damaged_cases(parts: &Parts, scope: &Scope) -> Result<(usize, Vec<DamagedCase>)> {
    let (mut n_cases, mut damaged) = (0, Vec::new());
    let (everything, mut after) = (CaseFilter::default(), None);
    loop {
        let sort = CaseSort::BeganAt;
        let catalogue = &parts.catalogue;
        let page = catalogue.list_cases(scope, &everything, sort, false, after, PAGE_ROWS_MAX)?;
        let Some(last) = page.last() else {
            return Ok((n_cases, damaged));
        };
        after = Some(CasePlace::of(last, sort));
        n_cases += page.len();
        for case in &page {
            // Read again with its events: it may have gone on since the page was read.
            let ground = catalogue.case_ground(scope, case.id)?;
            let Some(record) = &ground.record else {
                continue;
            };
            if let Err(broken) = verify_entries(scope, record, &ground.entries) {
                damaged.push(DamagedCase {
                    case: case.id,
                    agency: scope.agency(),
                    seq: broken.seq,
                    fault: broken.fault.to_string(),
                });
            }
        }
    }
}
