//! A campaign, its brand and its scores.

use async_graphql::{Context, ID, Object, Result};
use bellwether_domain::campaign;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::decimal_of_micros;

use super::brand::Brand;
use super::score::Score;
use crate::context::ContextExt;
use crate::metrics::{Asked, CompareInput, MetricsRow, RangeInput, of_campaign};
use crate::refusal::resolver_error;
use crate::scalars::{Date, DateTime, Decimal};
use crate::words::{CampaignStatus, Objective, Platform};

/// A campaign of a brand on one platform.
#[derive(Debug, Clone)]
pub(crate) struct Campaign(pub(crate) campaign::Campaign);

/// A campaign of a brand on one platform.
#[Object]
impl Campaign {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The platform's own id, unique in the brand.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// Its name as shown.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it runs.
    async fn platform(&self) -> Platform {
        self.0.platform.into()
    }

    /// What it is for; decides which metrics judge it.
    async fn objective(&self) -> Objective {
        self.0.objective.into()
    }

    /// Where it stands.
    async fn status(&self) -> CampaignStatus {
        self.0.status.into()
    }

    /// The ISO 4217 code of the currency of all its money.
    async fn currency(&self) -> &str {
        self.0.currency.code()
    }

    /// The ad account's IANA time zone, in which its days are cut.
    async fn timezone(&self) -> &str {
        self.0.timezone.as_str()
    }

    /// Its first day; null when not known.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// Its last day; null when not known.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Its whole budget in its currency; null when not known.
    async fn budget(&self) -> Option<Decimal> {
        let micros = i128::from(self.0.budget_micros?);
        decimal_of_micros(micros).map(Decimal)
    }

    /// The agency's own words about it, by name; metrics group and filter by them.
    async fn labels(&self) -> Vec<CampaignLabel<'_>> {
        let labels = self.0.labels.iter();
        labels
            .map(|(name, value)| CampaignLabel { name, value })
            .collect()
    }

    /// Its numbers over a range of days, as the row of `metrics` that is the campaign's; null where no facts of it are known. All objects of a request that ask the same are one question.
    async fn metrics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The days that are read.")] range: RangeInput,
        #[graphql(desc = "With which earlier range it is compared, at the same snapshot.")]
        compare: Option<CompareInput>,
        #[graphql(desc = "Facts as they were known at this moment.")] as_of: Option<DateTime>,
    ) -> Result<Option<MetricsRow>> {
        let asked = Asked {
            range,
            compare,
            as_of,
        };
        of_campaign(ctx, self.0.id, asked).await
    }

    /// The brand that it promotes.
    async fn brand(&self, ctx: &Context<'_>) -> Result<Brand> {
        let state = ctx.state();
        let brand = state.answer(state.brand(self.0.brand).await)?;
        brand
            .map(Brand)
            .ok_or_else(|| resolver_error(&Refusal::not_found("brand", self.0.brand)))
    }

    /// What plugins say of it at the newest snapshot. A plugin that failed is missing, with one error of code `PLUGIN_FAULT` a request; null when all failed.
    async fn scores(&self, ctx: &Context<'_>) -> Result<Option<Vec<Score>>> {
        let state = ctx.state();
        let (scores, faults) = state.answer(state.scores(self.0.id).await)?;
        for fault in faults.iter() {
            // One failure is the same for every campaign; the service has logged it.
            if state.is_first_sight_of(&fault.chain()) {
                let error = resolver_error(&fault.refusal()).into_server_error(ctx.item.pos);
                ctx.add_error(ctx.set_error_path(error));
            }
        }
        Ok(Some(scores.into_iter().map(Score).collect()))
    }
}

/// A label of a campaign.
#[derive(Debug)]
pub(crate) struct CampaignLabel<'a> {
    name: &'a str,
    value: &'a str,
}

/// A label of a campaign.
#[Object]
impl CampaignLabel<'_> {
    /// The label's name.
    async fn name(&self) -> &str {
        self.name
    }

    /// Its value.
    async fn value(&self) -> &str {
        self.value
    }
}
