//! The level that a partition's sums come from: sums of the very question, a roll-up by class or
//! by campaign, or columns. Computing, answering at once and explaining all choose it here.
//!
//! Invariant: looks only at what is in memory; loads and makes nothing.

use std::sync::Arc;

use bellwether_store::{Column, ColumnName, PartitionIndex, PartitionView};

use super::answer::CacheMode;
use super::caches::{RollUpLevel, layout_key};
use super::engine::{PartitionSums, partial_key};
use super::partitions::PartitionAsk;
use crate::services::Parts;

/// What sums are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// A roll-up.
    RollUp(RollUpLevel),
    /// The rows themselves.
    Columns,
}

impl Level {
    /// The digest of the classes that its sums are of, if they are.
    pub(super) fn classes(self) -> Option<u64> {
        match self {
            Self::RollUp(RollUpLevel::ClassDay(id)) => Some(id),
            Self::RollUp(RollUpLevel::CampaignDay) | Self::Columns => None,
        }
    }
}

/// What there is of a partition's sums.
pub(super) enum Chosen {
    /// The sums.
    Sums(PartitionSums),
    /// Everything that they are computed from.
    View(Level, PartitionView),
    /// Not all of it: this level has to be loaded or made.
    Absent(Level),
}

impl Parts {
    /// The level that the sums of a partition come from, and what of it is in memory.
    pub(super) async fn choose(&self, asked: &PartitionAsk, cache: CacheMode) -> Chosen {
        let level = if asked.plan.is_covered_by_roll_up() {
            Level::RollUp(RollUpLevel::CampaignDay)
        } else {
            Level::Columns
        };
        match cache {
            CacheMode::Bypass => self.columns_or_absent(asked).await,
            CacheMode::Refresh => Chosen::Absent(level),
            CacheMode::Use => {
                if let Some(sums) = self.found_sums(asked).await {
                    return Chosen::Sums(sums);
                }
                match level {
                    Level::Columns => self.columns_or_absent(asked).await,
                    Level::RollUp(_) => self.roll_up_or_absent(asked).await,
                }
            }
        }
    }

    /// The sums of this very question, by class or by campaign.
    pub(super) async fn found_sums(&self, asked: &PartitionAsk) -> Option<PartitionSums> {
        let by_class = asked.classes.map(Some).into_iter();
        for classes in by_class.chain([None]) {
            let key = partial_key(&asked.version, classes, &asked.plan);
            if let Some(partial) = self.caches.partials.get(&key).await {
                return Some(PartitionSums {
                    partial,
                    computed: false,
                });
            }
        }
        None
    }

    async fn columns_or_absent(&self, asked: &PartitionAsk) -> Chosen {
        let key = layout_key(&asked.version);
        let found = self.decoded(key, &asked.plan.columns()).await;
        match found.complete() {
            Ok((index, columns)) => Chosen::View(Level::Columns, PartitionView { index, columns }),
            Err(_) => Chosen::Absent(Level::Columns),
        }
    }

    /// The columns, if they are at hand and the plan names the campaigns that it is about, which
    /// are few: adding up their rows takes less time than making a roll-up of all campaigns.
    async fn columns_of_few_campaigns(&self, asked: &PartitionAsk) -> Option<Chosen> {
        asked.plan.campaigns.as_ref()?;
        let columns = self.columns_or_absent(asked).await;
        matches!(columns, Chosen::View(..)).then_some(columns)
    }

    async fn roll_up_or_absent(&self, asked: &PartitionAsk) -> Chosen {
        let (key, names) = (layout_key(&asked.version), asked.plan.columns());
        let mut level = RollUpLevel::CampaignDay;
        let Ok(mut rolled_up) = self.rolled(key, level, &names).await.complete() else {
            let absent = Chosen::Absent(Level::RollUp(level));
            return self.columns_of_few_campaigns(asked).await.unwrap_or(absent);
        };
        let classes = asked.classes;
        if let Some(id) = classes.filter(|_| may_stand_in(rolled_up.0.index(), &rolled_up.1)) {
            level = RollUpLevel::ClassDay(id);
            let Ok(by_class) = self.rolled(key, level, &names).await.complete() else {
                return Chosen::Absent(Level::RollUp(level));
            };
            rolled_up = by_class;
        }
        let (roll_up, columns) = rolled_up;
        let index = Arc::clone(roll_up.index());
        Chosen::View(Level::RollUp(level), PartitionView { index, columns })
    }
}

/// Whether classes may stand in for campaigns: one attribution window, so that no campaign's has
/// to be chosen, and a value in every row, so that no campaign's gap can hide.
pub(super) fn may_stand_in(index: &PartitionIndex, columns: &[(ColumnName, Arc<Column>)]) -> bool {
    index.attributions().len() <= 1 && !columns.iter().any(|(_, column)| column.has_nulls())
}
