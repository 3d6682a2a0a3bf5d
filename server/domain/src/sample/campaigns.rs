//! The campaigns that a report's rows name: known ones, and those that the report registers.

use std::collections::{BTreeMap, HashMap};

use super::number::shown;
use super::problem::ProblemCode;
use crate::agency::NAME_BYTES_MAX;
use crate::brand::Brand;
use crate::campaign::{Campaign, CampaignStatus, EXTERNAL_ID_BYTES_MAX, Objective, Platform};
use crate::ids::{BrandId, CampaignId, IdSource};
use crate::money::Currency;
use crate::time::{Date, Timestamp, ZoneName, milliseconds_after};

/// What a campaign gets that is registered by a report, where its row says nothing else.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Where it runs.
    pub platform: Platform,
    /// The currency of its money.
    pub currency: Currency,
    /// The ad account's zone.
    pub timezone: ZoneName,
}

/// The campaigns of one brand by external id, growing by those that a report registers.
#[derive(Debug)]
pub struct CampaignDirectory<'a> {
    brand: BrandId,
    campaigns: HashMap<String, Entry>,
    registration: Option<Registration>,
    ids: &'a dyn IdSource,
    now: Timestamp,
}

#[derive(Debug)]
struct Entry {
    campaign: Campaign,
    /// Today in the campaign's zone: no fact may lie after it.
    today: Date,
    registered: bool,
}

/// What a row says of its campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowCampaign<'a> {
    pub(super) external_id: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) platform: Option<&'a str>,
    pub(super) currency: Option<&'a str>,
}

/// What a row needs to know of its campaign.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownCampaign {
    pub(super) id: CampaignId,
    pub(super) today: Date,
}

/// A problem with the column at fault.
pub(super) type ColumnProblem = (&'static str, ProblemCode, String);

impl<'a> CampaignDirectory<'a> {
    /// The directory of a brand; with a `registration`, unknown external ids become campaigns.
    pub fn new(
        brand: &Brand,
        campaigns: Vec<Campaign>,
        registration: Option<Registration>,
        ids: &'a dyn IdSource,
        now: Timestamp,
    ) -> Self {
        let campaigns = campaigns
            .into_iter()
            .map(|campaign| {
                let today = campaign.timezone.today(now);
                (
                    campaign.external_id.clone(),
                    Entry {
                        campaign,
                        today,
                        registered: false,
                    },
                )
            })
            .collect();
        Self {
            brand: brand.id,
            campaigns,
            registration,
            ids,
            now,
        }
    }

    /// The campaigns that were registered by rows, in the order of their external ids.
    pub fn into_registered(self) -> Vec<Campaign> {
        let mut registered: Vec<Campaign> = self
            .campaigns
            .into_values()
            .filter(|entry| entry.registered)
            .map(|entry| entry.campaign)
            .collect();
        registered.sort_by(|a, b| a.external_id.cmp(&b.external_id));
        registered
    }

    pub(super) fn resolve(&mut self, row: RowCampaign<'_>) -> Result<KnownCampaign, ColumnProblem> {
        let currency = row.currency.map(parse_currency).transpose()?;
        if !self.campaigns.contains_key(row.external_id) {
            let entry = self.register(row, currency)?;
            self.campaigns.insert(row.external_id.to_owned(), entry);
        }
        let entry = &self.campaigns[row.external_id];
        if let Some(currency) = currency.filter(|currency| *currency != entry.campaign.currency) {
            let message = format!(
                "`{currency}` is not the currency of campaign `{}`, which is `{}`",
                shown(row.external_id),
                entry.campaign.currency,
            );
            return Err(("currency", ProblemCode::CurrencyMismatch, message));
        }
        Ok(KnownCampaign {
            id: entry.campaign.id,
            today: entry.today,
        })
    }

    fn register(
        &self,
        row: RowCampaign<'_>,
        currency: Option<Currency>,
    ) -> Result<Entry, ColumnProblem> {
        let Some(defaults) = &self.registration else {
            let message = format!(
                "the brand has no campaign `{}`; use a known external id, or `register=true` to create it",
                shown(row.external_id),
            );
            return Err(("campaign", ProblemCode::UnknownCampaign, message));
        };
        if row.external_id.len() > EXTERNAL_ID_BYTES_MAX {
            let message = format!("the external id is longer than {EXTERNAL_ID_BYTES_MAX} bytes");
            return Err(("campaign", ProblemCode::TextTooLong, message));
        }
        if row.name.is_some_and(|name| name.len() > NAME_BYTES_MAX) {
            let message = format!("the name is longer than {NAME_BYTES_MAX} bytes");
            return Err(("campaign_name", ProblemCode::TextTooLong, message));
        }
        let platform = match row.platform {
            Some(word) => word
                .parse::<Platform>()
                .map_err(|refusal| ("platform", ProblemCode::UnknownWord, refusal.message))?,
            None => defaults.platform,
        };
        let campaign = Campaign {
            // In the order of the rows: what is ordered by ids is then the same for the same report.
            id: CampaignId::from_parts(
                milliseconds_after(self.now, self.campaigns.len()),
                self.ids.random(),
            ),
            brand: self.brand,
            external_id: row.external_id.to_owned(),
            name: row.name.unwrap_or(row.external_id).to_owned(),
            platform,
            objective: Objective::Sales,
            status: CampaignStatus::Active,
            currency: currency.unwrap_or(defaults.currency),
            timezone: defaults.timezone.clone(),
            starts_on: None,
            ends_on: None,
            budget_micros: None,
            labels: BTreeMap::new(),
        };
        let today = campaign.timezone.today(self.now);
        Ok(Entry {
            campaign,
            today,
            registered: true,
        })
    }
}

fn parse_currency(code: &str) -> Result<Currency, ColumnProblem> {
    Currency::parse(code)
        .map_err(|refusal| ("currency", ProblemCode::UnknownCurrency, refusal.message))
}
