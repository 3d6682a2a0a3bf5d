//! Which sums of an answer are of days whose numbers may still change.
//!
//! Known from the last day on which a class of campaigns has facts in a partition, so that no sums
//! by day are needed: a week or month that has such a day may change as a whole.

use bellwether_domain::campaign::Platform;
use bellwether_domain::provisional::{Moving, RestatementWindows};
use bellwether_domain::query::MetricQuery;
use bellwether_domain::time::{Date, day_number};
use bellwether_store::{Bucket, Partial};

use super::Reading;
use super::classes::{Classes, NO_CLASS};
use crate::attributes::Attributes;
use crate::services::Parts;

/// The numbers of the days from which on a platform's numbers may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MovesFrom {
    pub(super) delivery: i32,
    pub(super) attributed: i32,
}

impl MovesFrom {
    /// Those of a platform on the day that the query is asked on; `None` where all days of the
    /// query are final.
    pub(super) fn of(
        query: &MetricQuery,
        platform: Platform,
        windows: &RestatementWindows,
    ) -> Option<Self> {
        let today = query.asked_on?;
        let window = windows.of(platform);
        let delivery = window.delivery_moves_from(today);
        Some(Self {
            delivery,
            // Where nothing is attributed, that is no difference.
            attributed: if query.is_attributed() {
                window.attributed_moves_from(today)
            } else {
                delivery
            },
        })
    }

    /// What may change of facts whose last day this is.
    pub(super) fn moving(self, last_day: i32) -> Moving {
        Moving {
            delivery: last_day >= self.delivery,
            attributed: last_day >= self.attributed,
        }
    }
}

impl Parts {
    /// The agency's day on which a question is asked, or was with `asOf`, where any of its days may
    /// still change on it: answers about days that are final are the same on every day.
    pub(super) fn asked_on(
        &self,
        query: &MetricQuery,
        attributes: &Attributes,
        reading: Reading,
    ) -> Option<Date> {
        let moment = reading.as_of.unwrap_or_else(|| self.clock.now());
        let today = attributes.agency.timezone.today(moment);
        let compared = query.compare.map(|compare| compare.range.until());
        let until = compared.map_or(query.range.until(), |other| other.max(query.range.until()));
        let moves_from = self.config.restatement.move_from(today);
        (day_number(until) > moves_from).then_some(today)
    }
}

/// The last day of facts of each class in a partial; `None` where no class has a day that may
/// change, so that nothing has to be looked at.
pub(super) fn last_days_of(partial: &Partial, classes: &Classes) -> Option<Vec<i32>> {
    if classes.list.iter().all(|class| class.moves_from.is_none()) {
        return None;
    }
    let mut last_days = vec![i32::MIN; classes.list.len()];
    for (campaign, last_day) in &partial.last_days {
        let class = classes.of_campaign.get(*campaign as usize).copied();
        if let Some(class) = class.filter(|class| *class != NO_CLASS) {
            let known = &mut last_days[class as usize];
            *known = (*known).max(*last_day);
        }
    }
    Some(last_days)
}

/// What may change of a class's sum of a bucket, with the class's last day in the partition.
pub(super) fn moving(classes: &Classes, class: u32, bucket: i32, last_day: i32) -> Moving {
    let Some(moves_from) = classes.list[class as usize].moves_from else {
        return Moving::default();
    };
    let last_day = match classes.bucket {
        Bucket::Day => bucket,
        // Facts of the class after the week say nothing of it.
        Bucket::Week(_) => last_day.min(bucket.saturating_add(6)),
        // A partition is a month.
        Bucket::Whole | Bucket::Month => last_day,
    };
    moves_from.moving(last_day)
}
