//! Brands, campaigns and the viewer: reads and changes of the agency's records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bellwether_catalogue::CampaignChange;
use bellwether_domain::agency::{Agency, NAME_BYTES_MAX};
use bellwether_domain::brand::Brand;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::member::{Member, Role};
use bellwether_domain::{ErrorCode, Scope};

use crate::background::blocking;
use crate::error::Result;
use crate::services::{Parts, Services};

/// Who asks: the agency, the member and the role of a scope.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The agency.
    pub agency: Agency,
    /// The member; `None` for the operator.
    pub member: Option<Member>,
    /// What it may do.
    pub role: Role,
}

/// A page of campaigns by id.
#[derive(Debug, Clone)]
pub struct CampaignPage {
    /// The campaigns of the page.
    pub items: Vec<Campaign>,
    /// Whether more follow.
    pub has_next: bool,
}

impl Services {
    /// Who asks.
    pub async fn viewer(&self, scope: &Scope) -> Result<Viewer> {
        self.read("read the viewer", scope, |parts, scope| {
            let agency = parts.catalogue.get_agency(scope)?;
            let member = match scope.member() {
                Some(member) => Some(parts.catalogue.get_member(scope, member)?),
                None => None,
            };
            Ok(Viewer {
                agency,
                member,
                role: scope.role(),
            })
        })
        .await
    }

    /// The brands that the scope sees, by slug.
    pub async fn brands(&self, scope: &Scope) -> Result<Vec<Brand>> {
        self.read("list brands", scope, |parts, scope| {
            Ok(parts.catalogue.list_brands(scope)?)
        })
        .await
    }

    /// A brand that the scope sees.
    pub async fn find_brand(&self, scope: &Scope, brand: BrandId) -> Result<Option<Brand>> {
        self.read("find a brand", scope, move |parts, scope| {
            Ok(parts.catalogue.find_brand(scope, brand)?)
        })
        .await
    }

    /// Renames a brand; the next answer shows the new name.
    pub async fn rename_brand(&self, scope: &Scope, brand: BrandId, name: String) -> Result<Brand> {
        require_edit(scope)?;
        let name = checked_name(&name)?;
        self.read("rename a brand", scope, move |parts, scope| {
            Ok(parts
                .catalogue
                .rename_brand(scope, brand, &name, parts.clock.now())?)
        })
        .await
    }

    /// A page of campaigns, all or of one brand, in the order of their ids.
    pub async fn campaigns(
        &self,
        scope: &Scope,
        brand: Option<BrandId>,
        after: Option<CampaignId>,
        limit: u32,
    ) -> Result<CampaignPage> {
        self.read("list campaigns", scope, move |parts, scope| {
            let mut items = parts
                .catalogue
                .list_campaigns(scope, brand, after, limit + 1)?;
            let has_next = items.len() > limit as usize;
            items.truncate(limit as usize);
            Ok(CampaignPage { items, has_next })
        })
        .await
    }

    /// A campaign that the scope sees.
    pub async fn find_campaign(
        &self,
        scope: &Scope,
        campaign: CampaignId,
    ) -> Result<Option<Campaign>> {
        self.read("find a campaign", scope, move |parts, scope| {
            Ok(parts.catalogue.find_campaign(scope, campaign)?)
        })
        .await
    }

    /// The campaigns with these ids that the scope sees, read together; each once, in no order.
    pub async fn find_campaigns(
        &self,
        scope: &Scope,
        campaigns: BTreeSet<CampaignId>,
    ) -> Result<Vec<Campaign>> {
        if campaigns.is_empty() {
            return Ok(Vec::new());
        }
        self.read("find campaigns", scope, move |parts, scope| {
            let mut found = Vec::new();
            for campaign in campaigns {
                found.extend(parts.catalogue.find_campaign(scope, campaign)?);
            }
            Ok(found)
        })
        .await
    }

    /// Changes a campaign's attributes; the next answer groups its facts by the new ones.
    pub async fn update_campaign(
        &self,
        scope: &Scope,
        campaign: CampaignId,
        mut change: CampaignChange,
    ) -> Result<Campaign> {
        require_edit(scope)?;
        change.name = change.name.as_deref().map(checked_name).transpose()?;
        self.read("change a campaign", scope, move |parts, scope| {
            Ok(parts
                .catalogue
                .update_campaign(scope, campaign, &change, parts.clock.now())?)
        })
        .await
    }

    /// Gives a campaign these labels and no others; the next answer groups its facts by them.
    pub async fn set_campaign_labels(
        &self,
        scope: &Scope,
        campaign: CampaignId,
        labels: BTreeMap<String, String>,
    ) -> Result<Campaign> {
        require_edit(scope)?;
        self.read("label a campaign", scope, move |parts, scope| {
            Ok(parts
                .catalogue
                .set_campaign_labels(scope, campaign, &labels, parts.clock.now())?)
        })
        .await
    }

    /// The names of the labels that the campaigns have which the scope sees, sorted.
    pub async fn label_names(&self, scope: &Scope) -> Result<Vec<String>> {
        let (_, attributes) = self.parts.attributes(scope).await?;
        Ok(attributes.label_names().to_vec())
    }

    /// Runs catalogue work for a scope on the blocking pool.
    pub(crate) async fn read<T, F>(
        &self,
        attempted: &'static str,
        scope: &Scope,
        work: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Parts, &Scope) -> Result<T> + Send + 'static,
    {
        let (parts, scope) = (Arc::clone(&self.parts), scope.clone());
        blocking(attempted, move || work(&parts, &scope)).await
    }
}

fn require_edit(scope: &Scope) -> Result<(), Refusal> {
    if scope.role().may_edit() {
        return Ok(());
    }
    let message = format!(
        "role `{}` may not change records; `OWNER` or `MANAGER` may",
        scope.role()
    );
    Err(Refusal::new(ErrorCode::Forbidden, message))
}

fn checked_name(name: &str) -> Result<String, Refusal> {
    let trimmed = name.trim();
    if trimmed.is_empty() {
        return Err(Refusal::invalid("a name may not be empty").at("input.name"));
    }
    if trimmed.len() > NAME_BYTES_MAX {
        let what = format!("a name of {} bytes", trimmed.len());
        return Err(Refusal::limit("name_bytes_max", NAME_BYTES_MAX, what).at("input.name"));
    }
    if trimmed.contains(char::is_control) {
        let message = "a name may not hold control characters, such as line breaks";
        return Err(Refusal::invalid(message).at("input.name"));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_holds_no_control_character() {
        assert_eq!(checked_name(" Acme\n").as_deref(), Ok("Acme"));
        for name in ["Ac\0me", "Ac\nme", "\u{9f}Acme"] {
            let refusal = checked_name(name).unwrap_err();
            assert_eq!(refusal.path, "input.name");
            assert_eq!(refusal.code, ErrorCode::InvalidInput);
        }
    }
}
