//! Decoded columns: each is loaded by one task at a time, and only when a query touches it.

use std::sync::Arc;

use bellwether_domain::segment::PartitionVersion;
use bellwether_store::{Column, ColumnName, PartitionIndex, PartitionView};
use tokio::sync::Mutex;

use super::caches::{Decoded, LayoutKey, Making, layout_key};
use super::engine::Ask;
use crate::error::Result;
use crate::services::Parts;

/// Columns with their names.
pub(super) type NamedColumns = Vec<(ColumnName, Arc<Column>)>;

/// What of a partition is there already.
pub(super) struct Found<I> {
    pub(super) whole: Option<I>,
    pub(super) columns: Vec<(ColumnName, Option<Arc<Column>>)>,
}

impl<I> Found<I> {
    pub(super) fn missing(&self) -> Vec<ColumnName> {
        let missing = self.columns.iter().filter(|(_, column)| column.is_none());
        missing.map(|(name, _)| *name).collect()
    }

    /// Everything that was looked for, if nothing lacks.
    pub(super) fn complete(self) -> Result<(I, NamedColumns), Self> {
        if self.whole.is_none() || self.columns.iter().any(|(_, column)| column.is_none()) {
            return Err(self);
        }
        let columns = self.columns.into_iter();
        let columns = columns.filter_map(|(name, column)| Some((name, column?)));
        match self.whole {
            Some(whole) => Ok((whole, columns.collect())),
            None => Err(Self {
                whole: None,
                columns: Vec::new(),
            }),
        }
    }
}

impl Parts {
    /// A partition with these columns, decoded; from the cache where it is there.
    pub(super) async fn view(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        columns: &[ColumnName],
    ) -> Result<PartitionView> {
        let key = layout_key(version);
        let found = match self.decoded(key, columns).await.complete() {
            Ok((index, columns)) => return Ok(PartitionView { index, columns }),
            Err(found) => found,
        };
        drop(found);
        let making = self.making(key, Making::Columns).await;
        let _alone = making.lock().await;
        // Another task may have loaded them while this one waited.
        let found = match self.decoded(key, columns).await.complete() {
            Ok((index, columns)) => return Ok(PartitionView { index, columns }),
            Err(found) => found,
        };
        self.load(ask, version, found, columns).await
    }

    async fn load(
        self: &Arc<Self>,
        ask: &Ask,
        version: &PartitionVersion,
        found: Found<Arc<PartitionIndex>>,
        columns: &[ColumnName],
    ) -> Result<PartitionView> {
        let key = layout_key(version);
        // The semaphore is never closed, so that there is always a place in the end.
        let _place = self.caches.decoding.acquire().await.ok();
        let missing = found.missing();
        let codes = &ask.attributes.codes;
        let (store, scope) = (&self.store, &ask.scope);
        let (index, loaded) = if let Some(index) = found.whole {
            let loaded = store.load_columns(scope, version, codes, &index, &missing);
            (Arc::clone(&index), loaded.await?)
        } else {
            let (index, loaded) = store.load(scope, version, codes, &missing).await?;
            let index = Arc::new(index);
            let held = Decoded::Index(Arc::clone(&index));
            self.caches.columns.insert((key, None), held).await;
            (index, loaded)
        };
        let mut held = found.columns;
        for (name, column) in missing.into_iter().zip(loaded) {
            let column = Arc::new(column);
            let piece = Decoded::Column(Arc::clone(&column));
            self.caches.columns.insert((key, Some(name)), piece).await;
            if let Some(place) = held.iter_mut().find(|(known, _)| *known == name) {
                place.1 = Some(column);
            }
        }
        debug_assert_eq!(held.len(), columns.len());
        Ok(PartitionView {
            index,
            columns: held
                .into_iter()
                .filter_map(|(name, column)| Some((name, column?)))
                .collect(),
        })
    }

    /// The lock of who makes a piece of a partition.
    pub(super) async fn making(&self, key: LayoutKey, what: Making) -> Arc<Mutex<()>> {
        let fresh = async { Arc::new(Mutex::new(())) };
        self.caches.makings.get_with((key, what), fresh).await
    }

    pub(super) async fn decoded(
        &self,
        key: LayoutKey,
        columns: &[ColumnName],
    ) -> Found<Arc<PartitionIndex>> {
        let cache = &self.caches.columns;
        let whole = match cache.get(&(key, None)).await {
            Some(Decoded::Index(index)) => Some(index),
            _ => None,
        };
        let mut found = Vec::with_capacity(columns.len());
        for name in columns {
            let column = match cache.get(&(key, Some(*name))).await {
                Some(Decoded::Column(column)) => Some(column),
                _ => None,
            };
            found.push((*name, column));
        }
        Found {
            whole,
            columns: found,
        }
    }
}
