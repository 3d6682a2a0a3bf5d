//! Caches within a budget of bytes: what they let go of, and how their entries are weighed.

use std::hash::Hash;

use moka::future::Cache;
use moka::policy::EvictionPolicy;

/// What an entry takes beside its value's bytes: its key, and the cache's own books.
const ENTRY_BYTES: usize = 256;

/// A cache within a budget, given how many bytes an entry takes.
///
/// It lets go of what was not asked for longest: pieces of versions that were replaced are not
/// asked for again, however often they were before.
pub(crate) fn weighed<K, V>(
    budget_bytes: u64,
    size_bytes: impl Fn(&K, &V) -> usize + Send + Sync + 'static,
) -> Cache<K, V>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    // Weights are in KiB, because moka's are 32 bits wide.
    let weigh = move |key: &K, value: &V| {
        let kib = (size_bytes(key, value) + ENTRY_BYTES).div_ceil(1024);
        u32::try_from(kib).unwrap_or(u32::MAX)
    };
    Cache::builder()
        .eviction_policy(EvictionPolicy::lru())
        .max_capacity(budget_bytes / 1024)
        .weigher(weigh)
        .build()
}
