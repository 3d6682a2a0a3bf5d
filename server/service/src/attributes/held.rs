//! Attributes in memory, within a budget.

use std::sync::{Arc, Weak};

use bellwether_domain::Scope;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::scope::BrandAccess;
use bellwether_domain::segment::Snapshot;
use moka::future::Cache;

use super::Attributes;
use crate::analytics::CacheHeld;
use crate::background::blocking;
use crate::budget::weighed;
use crate::config::ServiceConfig;
use crate::error::{Error, Result};
use crate::services::Parts;

/// Of how many agencies the attributes that were loaded last are known; some hundred bytes each.
const LATEST_HELD_MAX: u64 = 10_000;

/// Attributes by who may see what at which snapshot, within a budget.
#[derive(Debug)]
pub(crate) struct AttributesCache {
    held: Cache<AttributesKey, Arc<Attributes>>,
    /// By agency and what of it is seen, those that were loaded last, while they are held.
    latest: Cache<(AgencyId, BrandAccess), Weak<Attributes>>,
}

/// What attributes are found by.
type AttributesKey = (AgencyId, BrandAccess, Snapshot);

impl AttributesCache {
    pub(crate) fn new(budget_bytes: u64) -> Self {
        let size_bytes = |key: &AttributesKey, attributes: &Arc<Attributes>| {
            attributes.size_bytes() + key.1.size_bytes()
        };
        Self {
            held: weighed(budget_bytes, size_bytes),
            latest: Cache::new(LATEST_HELD_MAX),
        }
    }

    /// How many bytes are held.
    pub(crate) fn held(&self, config: &ServiceConfig) -> CacheHeld {
        CacheHeld {
            name: "attributes",
            bytes: self.held.weighted_size() * 1024,
            budget_bytes: config.attribute_cache_bytes,
        }
    }
}

impl Parts {
    /// The attributes as the scope sees them at its newest snapshot, and that snapshot.
    ///
    /// The snapshot is read first: attributes that are newer than it would only make its entry
    /// fresher, and the next change raises `catalogue_version` anyway.
    pub(crate) async fn attributes(
        self: &Arc<Self>,
        scope: &Scope,
    ) -> Result<(Snapshot, Arc<Attributes>)> {
        let snapshot = self.snapshot(scope).await?;
        let key = (scope.agency(), scope.brands().clone(), snapshot);
        let held = &self.attributes.held;
        let attributes = held.try_get_with(key, self.load_attributes(scope)).await;
        let attributes = attributes.map_err(|error: Arc<Error>| Error::clone(&error))?;
        Ok((snapshot, attributes))
    }

    async fn load_attributes(self: &Arc<Self>, scope: &Scope) -> Result<Arc<Attributes>> {
        let seen = (scope.agency(), scope.brands().clone());
        let latest = &self.attributes.latest;
        let known = latest.get(&seen).await.and_then(|known| known.upgrade());
        let (parts, asker) = (Arc::clone(self), scope.clone());
        let loaded = blocking("load attributes", move || {
            Attributes::load(&parts, &asker, known.as_deref()).map(Arc::new)
        })
        .await?;
        latest.insert(seen, Arc::downgrade(&loaded)).await;
        Ok(loaded)
    }

    /// The same attributes with the codes as they are now.
    pub(crate) async fn with_newest_codes(
        self: &Arc<Self>,
        scope: &Scope,
        attributes: &Arc<Attributes>,
    ) -> Result<Arc<Attributes>> {
        let (parts, asker) = (Arc::clone(self), scope.clone());
        let attributes = Arc::clone(attributes);
        blocking("read codes again", move || {
            let codes = parts.catalogue.codes(&asker)?;
            Ok(Arc::new(attributes.with_codes(codes)))
        })
        .await
    }
}
