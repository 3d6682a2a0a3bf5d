//! The steps that change records: names, platforms and teams of campaigns.

use bellwether_domain::Scope;
use bellwether_service::CampaignChange;

use super::model::Campaign;
use super::report::TEAM;
use super::run::{Failure, Run, fault};

impl Run {
    /// A campaign gets a team, or loses the one that it had.
    pub(super) fn set_team(
        &mut self,
        agency: usize,
        pick: usize,
        team: Option<&'static str>,
    ) -> Result<(), Failure> {
        let Some((scope, campaign)) = self.campaign(agency, pick) else {
            return Ok(());
        };
        let labels = team.map(|team| (TEAM.to_owned(), team.to_owned()));
        let labels = labels.into_iter().collect();
        let id = campaign.id;
        let set = self
            .product
            .run(async |services| services.set_campaign_labels(scope, id, labels).await);
        set.map_err(fault("label a campaign"))?;
        self.change(agency, pick, |campaign| campaign.team = team);
        Ok(())
    }

    pub(super) fn rename(&mut self, agency: usize, pick: usize, name: u32) -> Result<(), Failure> {
        let name = format!("name {name}");
        let change = CampaignChange {
            name: Some(name.clone()),
            ..CampaignChange::default()
        };
        self.update(agency, pick, change)?;
        self.change(agency, pick, |campaign| campaign.name = name);
        Ok(())
    }

    pub(super) fn move_to(
        &mut self,
        agency: usize,
        pick: usize,
        platform: &'static str,
    ) -> Result<(), Failure> {
        let change = CampaignChange {
            platform: Some(platform.parse().expect("a platform")),
            ..CampaignChange::default()
        };
        self.update(agency, pick, change)?;
        self.change(agency, pick, |campaign| campaign.platform = platform);
        Ok(())
    }

    fn update(&self, agency: usize, pick: usize, change: CampaignChange) -> Result<(), Failure> {
        let Some((scope, campaign)) = self.campaign(agency, pick) else {
            return Ok(());
        };
        let id = campaign.id;
        let updated = self
            .product
            .run(async |services| services.update_campaign(scope, id, change).await);
        updated.map_err(fault("change a campaign"))?;
        Ok(())
    }

    /// One of the campaigns that an agency has, and who may change it.
    fn campaign(&self, agency: usize, pick: usize) -> Option<(&Scope, &Campaign)> {
        let campaigns = &self.agencies[agency].campaigns;
        let campaign = campaigns.values().nth(pick % campaigns.len().max(1))?;
        Some((self.product.scope(agency), campaign))
    }

    fn change(&mut self, agency: usize, pick: usize, apply: impl FnOnce(&mut Campaign)) {
        let campaigns = &mut self.agencies[agency].campaigns;
        let place = pick % campaigns.len().max(1);
        if let Some(campaign) = campaigns.values_mut().nth(place) {
            apply(campaign);
        }
    }
}
