//! The price of a query: known before it runs, the same each time it is asked of one snapshot.
//!
//! It is what reading all rows of the months that it touches, and of those that it is compared with, would come to. What was in the caches
//! is refunded afterwards, so that asking twice costs once.

use std::sync::Arc;

use bellwether_domain::budget::points_of_rows;
use bellwether_domain::time::DateRange;

use super::Asked;
use crate::error::Result;
use crate::services::Parts;

impl Parts {
    /// The points of a query if nothing of it were in the caches.
    pub(super) async fn price(self: &Arc<Self>, asked: &Asked) -> Result<u64> {
        let (query, commit) = (&asked.query, asked.snapshot.commit);
        let versions = self
            .partition_versions(&asked.scope, query.dataset, commit)
            .await?;
        let compared = asked.previous().map(|previous| previous.query.range);
        let ranges = [Some(query.range), compared].into_iter().flatten();
        let touched = ranges.flat_map(|range| {
            let within = move |days: DateRange| days.intersect(&range).is_some();
            versions
                .iter()
                .filter(move |version| within(version.name.month.days()))
        });
        let segments = touched.flat_map(|version| &version.segments);
        Ok(points_of_rows(segments.map(|segment| segment.n_rows).sum()))
    }
}
