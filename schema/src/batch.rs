//! Batches: what many fields of one request ask for one by one is read together.
//!
//! Fields of a list are resolved concurrently. Each puts its key down and lets the others go
//! first; whoever comes to the lock first reads all keys that wait, the others find theirs read.
//! Invariant: a batch belongs to one request, never to the process, so it can't grow stale or
//! carry anything from one caller to another.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use bellwether_service::Error;
use tokio::sync::Mutex as AsyncMutex;

use crate::reads::Reads;

/// Values by key, read in batches.
#[derive(Debug)]
pub(crate) struct Batch<K, V> {
    waiting: Mutex<BTreeSet<K>>,
    /// What was read for each key: the value, `None` when there is none, or the failure.
    read: AsyncMutex<HashMap<K, Result<Option<V>, Error>>>,
}

impl<K: Copy + Ord + Hash, V: Clone> Batch<K, V> {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Mutex::default(),
            read: AsyncMutex::default(),
        }
    }

    /// The value of a key; `read_all` is called for all keys that wait at that moment.
    pub(crate) async fn load<F>(&self, key: K, read_all: F) -> Result<Option<V>, Error>
    where
        F: AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, Error>,
    {
        self.waiting_keys(|waiting| waiting.insert(key));
        tokio::task::yield_now().await;
        self.read_waiting(key, None, read_all).await
    }

    /// The same, once nothing is being read that may lead to further keys.
    pub(crate) async fn load_at_rest<F>(
        &self,
        key: K,
        reads: &Reads,
        read_all: F,
    ) -> Result<Option<V>, Error>
    where
        F: AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, Error>,
    {
        self.waiting_keys(|waiting| waiting.insert(key));
        reads.note();
        self.read_waiting(key, Some(reads), read_all).await
    }

    async fn read_waiting<F>(
        &self,
        key: K,
        reads: Option<&Reads>,
        read_all: F,
    ) -> Result<Option<V>, Error>
    where
        F: AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, Error>,
    {
        let mut read = self.read.lock().await;
        if let Some(known) = read.get(&key) {
            return known.clone();
        }
        if let Some(reads) = reads {
            // With the lock, so that the others sleep meanwhile.
            reads.rest().await;
        }
        let mut keys = self.waiting_keys(std::mem::take);
        // Missing when an earlier reader took the keys and was dropped while it read.
        keys.insert(key);
        let keys: Vec<K> = keys.into_iter().collect();
        match read_all(keys.clone()).await {
            Ok(mut found) => read.extend(keys.iter().map(|key| (*key, Ok(found.remove(key))))),
            Err(error) => read.extend(keys.iter().map(|key| (*key, Err(error.clone())))),
        }
        read.get(&key).cloned().unwrap_or(Ok(None))
    }

    /// Forgets everything that was read.
    pub(crate) async fn forget(&self) {
        self.read.lock().await.clear();
    }

    fn waiting_keys<T>(&self, work: impl FnOnce(&mut BTreeSet<K>) -> T) -> T {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn keys_asked_for_at_the_same_time_are_read_at_once() {
        let batch: Batch<u32, u32> = Batch::new();
        let n_reads = AtomicUsize::new(0);
        let load = async |key| {
            let value = batch.load(key, async |keys| {
                n_reads.fetch_add(1, Ordering::Relaxed);
                Ok(keys.into_iter().map(|key| (key, key * 10)).collect())
            });
            value.await.unwrap()
        };
        let (one, two, again) = tokio::join!(load(1), load(2), load(1));
        assert_eq!((one, two, again), (Some(10), Some(20), Some(10)));
        assert_eq!(n_reads.load(Ordering::Relaxed), 1);
    }
}
