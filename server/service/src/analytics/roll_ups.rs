//! Roll-ups: sums by day that are derived from a partition once and serve every query that they
//! cover. Nobody configures them; what a query needs is made when it is first needed.

use std::sync::Arc;

use bellwether_domain::segment::PartitionVersion;
use bellwether_store::{Column, ColumnName, PartialPlan, PartitionView, RollUp, roll_up_by_day};

use super::caches::{LayoutKey, Making, RollUpLevel, Rolled, layout_key};
use super::columns::Found;
use super::engine::Ask;
use crate::error::Result;
use crate::services::Parts;

/// A roll-up with some of its columns.
type RolledUp = (Arc<RollUp>, Vec<(ColumnName, Arc<Column>)>);

impl Parts {
    /// A roll-up of a partition with the plan's measures; made where it is not there.
    pub(super) async fn roll_up_view(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        plan: &PartialPlan,
        level: RollUpLevel,
    ) -> Result<PartitionView> {
        let names = plan.columns();
        let (roll_up, columns) = match level {
            RollUpLevel::CampaignDay => self.campaign_days(ask, version, &names).await?,
            RollUpLevel::ClassDay(_) => self.class_days(ask, version, &names, level).await?,
        };
        Ok(PartitionView {
            index: Arc::clone(roll_up.index()),
            columns,
        })
    }

    async fn campaign_days(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        names: &[ColumnName],
    ) -> Result<RolledUp> {
        let (key, level) = (layout_key(version), RollUpLevel::CampaignDay);
        if let Ok(rolled_up) = self.rolled(key, level, names).await.complete() {
            return Ok(rolled_up);
        }
        let making = self.making(key, Making::RollUp(level)).await;
        let _alone = making.lock().await;
        let found = match self.rolled(key, level, names).await.complete() {
            Ok(rolled_up) => return Ok(rolled_up),
            Err(found) => found,
        };
        let rows = self.view(ask, version, &found.missing()).await?;
        let (index, columns) = (rows.index, rows.columns);
        self.make_rolled(key, level, found, columns, move || roll_up_by_day(&index))
            .await
    }

    async fn class_days(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        names: &[ColumnName],
        level: RollUpLevel,
    ) -> Result<RolledUp> {
        let key = layout_key(version);
        if let Ok(rolled_up) = self.rolled(key, level, names).await.complete() {
            return Ok(rolled_up);
        }
        let making = self.making(key, Making::RollUp(level)).await;
        let _alone = making.lock().await;
        let found = match self.rolled(key, level, names).await.complete() {
            Ok(rolled_up) => return Ok(rolled_up),
            Err(found) => found,
        };
        let (finer, columns) = self.campaign_days(ask, version, &found.missing()).await?;
        let attributes = Arc::clone(&ask.attributes);
        self.make_rolled(key, level, found, columns, move || {
            let campaigns: Vec<u32> = finer.index().campaigns().collect();
            finer.by_class(&attributes.classes().within(&campaigns))
        })
        .await
    }

    /// Makes what lacks of a roll-up from the columns of what it is derived from, and keeps it.
    async fn make_rolled(
        &self,
        key: LayoutKey,
        level: RollUpLevel,
        found: Found<Arc<RollUp>>,
        source: Vec<(ColumnName, Arc<Column>)>,
        roll_up: impl FnOnce() -> RollUp + Send + 'static,
    ) -> Result<RolledUp> {
        let known = found.whole;
        let make = move || {
            let roll_up = known.unwrap_or_else(|| Arc::new(roll_up()));
            let mut made = Vec::with_capacity(source.len());
            for (name, column) in source {
                made.push((name, Arc::new(roll_up.column(&column)?)));
            }
            Ok((roll_up, made))
        };
        let (roll_up, made) = self.aggregating("roll a partition up", make).await?;
        let cache = &self.caches.roll_ups;
        let whole = Rolled::RollUp(Arc::clone(&roll_up));
        cache.insert((key, level, None), whole).await;
        for (name, column) in &made {
            let piece = Rolled::Column(Arc::clone(column));
            cache.insert((key, level, Some(*name)), piece).await;
        }
        let fresh = |name| {
            let fresh = made.iter().find(|(known, _)| *known == name);
            fresh.map(|(_, column)| Arc::clone(column))
        };
        let columns = found.columns.into_iter();
        let columns =
            columns.filter_map(|(name, held)| Some((name, held.or_else(|| fresh(name))?)));
        Ok((roll_up, columns.collect()))
    }

    pub(super) async fn rolled(
        &self,
        key: LayoutKey,
        level: RollUpLevel,
        names: &[ColumnName],
    ) -> Found<Arc<RollUp>> {
        let cache = &self.caches.roll_ups;
        let whole = match cache.get(&(key, level, None)).await {
            Some(Rolled::RollUp(roll_up)) => Some(roll_up),
            _ => None,
        };
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let column = match cache.get(&(key, level, Some(*name))).await {
                Some(Rolled::Column(column)) => Some(column),
                _ => None,
            };
            columns.push((*name, column));
        }
        Found { whole, columns }
    }
}
