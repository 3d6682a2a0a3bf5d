//! What changed since a snapshot, as the API shows it.

use async_graphql::{Context, ID, Object, Result};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BrandId;
use bellwether_service::{ChangedPeriod as Period, Changes as Changed};

use crate::context::{ContextExt, RequestState};
use crate::nouns::Brand;
use crate::query::{find_brand, parse};
use crate::refusal::resolver_error;
use crate::scalars::Date;
use crate::words::DatasetName;

/// What a client that holds numbers of an earlier snapshot must load again.
#[derive(Debug)]
pub(crate) struct Changes(Changed);

/// A month of a brand's facts in which something changed.
#[derive(Debug)]
pub(crate) struct ChangedPeriod(Period);

/// What a client that holds numbers of an earlier snapshot must load again.
#[Object]
impl Changes {
    /// The present snapshot, to ask from the next time.
    async fn snapshot(&self) -> ID {
        self.0.snapshot.to_string().into()
    }

    /// Whether names, platforms, labels, exchange rates or custom metrics changed: whatever is shown by them is to be loaded again, of any period.
    async fn attributes_changed(&self) -> bool {
        self.0.attributes_changed
    }

    /// The months to load again, by brand, dataset and month; empty when no facts changed.
    async fn periods(&self) -> Vec<ChangedPeriod> {
        self.0.periods.iter().copied().map(ChangedPeriod).collect()
    }
}

/// A month of a brand's facts in which something changed.
#[Object]
impl ChangedPeriod {
    /// The brand.
    async fn brand(&self, ctx: &Context<'_>) -> Result<Brand> {
        find_brand(ctx.state(), self.0.brand).await
    }

    /// The brand's id.
    async fn brand_id(&self) -> ID {
        self.0.brand.into()
    }

    /// The dataset.
    async fn dataset(&self) -> DatasetName {
        self.0.dataset.into()
    }

    /// The first day.
    async fn from(&self) -> Date {
        Date(self.0.from)
    }

    /// The first day after it; null where facts of the month may reach beyond it, as costs do.
    async fn until(&self) -> Option<Date> {
        self.0.until.map(Date)
    }
}

/// What changed since a snapshot, of these brands and this dataset or of all.
pub(crate) async fn changed_since(
    state: &RequestState,
    snapshot: &ID,
    brands: Option<Vec<ID>>,
    dataset: Option<DatasetName>,
) -> Result<Changes> {
    let since = parse(snapshot, "snapshot")?;
    let brands = brands.map(|brands| brand_ids(&brands)).transpose()?;
    let services = &state.services;
    let changed = services.changed_since(&state.scope, since, brands, dataset.map(Into::into));
    state.answer(changed.await).map(Changes)
}

fn brand_ids(ids: &[ID]) -> Result<Vec<BrandId>> {
    let parsed = ids.iter().enumerate().map(|(place, id)| {
        let parsed: Result<BrandId, Refusal> = id.parse();
        parsed.map_err(|refusal| resolver_error(&refusal.at(format!("brands[{place}]"))))
    });
    parsed.collect()
}
