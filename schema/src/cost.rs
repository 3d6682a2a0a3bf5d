//! What a request cost, and how that is told in `extensions.cost` of its answer.
//!
//! An answer tells its cost only where the request's `extensions` say `cost: true`, and such an
//! answer is never kept: the balance in it is of one moment.

use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_domain::Scope;
use bellwether_domain::scope::BrandAccess;
use bellwether_service::{Cost, Services};
use serde::Serialize;

/// What the queries of one request cost together.
#[derive(Debug, Default)]
pub(crate) struct Spent {
    requested: AtomicU64,
    actual: AtomicU64,
}

impl Spent {
    /// Adds what one query cost.
    pub(crate) fn add(&self, cost: Cost) {
        self.requested.fetch_add(cost.requested, Ordering::Relaxed);
        self.actual.fetch_add(cost.actual, Ordering::Relaxed);
    }

    fn total(&self) -> Cost {
        Cost {
            requested: self.requested.load(Ordering::Relaxed),
            actual: self.actual.load(Ordering::Relaxed),
        }
    }
}

/// What an answer tells of its cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CostTold {
    requested: u64,
    actual: u64,
    available: u64,
    restore_per_second: u64,
}

impl CostTold {
    /// What the caller is told; nothing to members who see only some brands, because prices
    /// follow from the rows of all brands of the agency.
    pub(crate) fn to(scope: &Scope, services: &Services, spent: &Spent) -> Option<Self> {
        if *scope.brands() != BrandAccess::All {
            return None;
        }
        let (spent, balance) = (spent.total(), services.balance(scope));
        Some(Self {
            requested: spent.requested,
            actual: spent.actual,
            available: balance.available,
            restore_per_second: balance.restored_per_s,
        })
    }
}
