//! TikTok's history files: to which campaign an ad or ad group belongs, and whose a campaign is.
//!
//! A history has a row for each change of a thing; the newest one counts. Which file is which is
//! told by its columns, not by its name.
//! Invariant: where the files name different campaigns for one thing, none is chosen.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use bellwether_domain::sample::ProblemCode;

use super::moment::Moment;
use super::table::{Table, TableRow};

/// What the history files say.
#[derive(Debug, Default)]
pub(super) struct History {
    campaigns: Newest<Campaign>,
    ad_groups: Newest<Option<String>>,
    ads: Newest<Ad>,
    /// For each ad group, the campaigns that its ads are said to be in.
    of_ads: HashMap<String, Named>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Campaign {
    name: Option<String>,
    advertiser: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Ad {
    ad_group: Option<String>,
    campaign: Option<String>,
}

/// Campaigns named for one thing, each with the place that names it.
type Named = BTreeMap<String, String>;

/// An ad's or ad group's place under its campaign.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parents {
    pub(super) campaign: String,
    pub(super) ad_group: Option<String>,
}

/// Why an ad or ad group has no campaign.
pub(super) type Orphan = (ProblemCode, String);

impl History {
    /// Reads the history files of a folder; other files there are left alone.
    pub(super) fn load(folder: &Path) -> Result<Self, String> {
        let shown = folder.display();
        let mut paths = Vec::new();
        let entries = std::fs::read_dir(folder)
            .map_err(|error| format!("`--reference {shown}` can't be read: {error}"))?;
        for entry in entries {
            let path = entry
                .map_err(|error| format!("`--reference {shown}` can't be read: {error}"))?
                .path();
            let is_csv = path
                .extension()
                .is_some_and(|e| e.eq_ignore_ascii_case("csv"));
            if is_csv && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        let mut history = Self::default();
        for path in paths {
            history.read(&path)?;
        }
        let nothing =
            history.campaigns.is_empty() && history.ad_groups.is_empty() && history.ads.is_empty();
        if nothing {
            return Err(format!(
                "`--reference {shown}` holds no TikTok history file; it needs CSV files with UPDATED_AT and CAMPAIGN_ID, such as tiktok_ad_history_data.csv"
            ));
        }
        history.note_ad_groups_of_ads();
        Ok(history)
    }

    /// Whether a campaign history is there.
    pub(super) fn has_campaigns(&self) -> bool {
        !self.campaigns.is_empty()
    }

    /// The newest name of a campaign.
    pub(super) fn campaign_name(&self, campaign: &str) -> Option<&str> {
        self.campaigns.only(campaign)?.name.as_deref()
    }

    /// The advertiser of a campaign.
    pub(super) fn advertiser(&self, campaign: &str) -> Option<&str> {
        self.campaigns.only(campaign)?.advertiser.as_deref()
    }

    /// The campaign of an ad group.
    pub(super) fn parents_of_ad_group(&self, ad_group: &str) -> Result<Parents, Orphan> {
        let named = self.named_for_ad_group(ad_group);
        only("ad group", ad_group, named).map(|campaign| Parents {
            campaign,
            ad_group: None,
        })
    }

    /// The ad group and campaign of an ad.
    pub(super) fn parents_of_ad(&self, ad: &str) -> Result<Parents, Orphan> {
        let known = self.ads.get(ad);
        let mut named = Named::new();
        let mut ad_groups = std::collections::BTreeSet::new();
        for (place, Ad { ad_group, campaign }) in known {
            if let Some(ad_group) = ad_group {
                named.extend(self.named_for_ad_group(ad_group));
                ad_groups.insert(ad_group.clone());
            }
            named.extend(campaign.clone().map(|campaign| (campaign, place.clone())));
        }
        if ad_groups.len() > 1 {
            let ids: Vec<String> = ad_groups.iter().map(|id| format!("`{id}`")).collect();
            let message = format!("ad `{ad}` is said to be in ad groups {}", ids.join(" and "));
            return Err((ProblemCode::ContradictoryParent, message));
        }
        let campaign = only("ad", ad, named)?;
        // An ad's rows are known by its ad group too; without it they would come to other keys.
        let ad_group = ad_groups.pop_first().ok_or_else(|| {
            let message = format!("no history file says to which ad group ad `{ad}` belongs");
            (ProblemCode::UnresolvedParent, message)
        })?;
        Ok(Parents {
            campaign,
            ad_group: Some(ad_group),
        })
    }

    fn named_for_ad_group(&self, ad_group: &str) -> Named {
        let mut named = self.of_ads.get(ad_group).cloned().unwrap_or_default();
        for (place, campaign) in self.ad_groups.get(ad_group) {
            named.extend(campaign.clone().map(|campaign| (campaign, place.clone())));
        }
        named
    }

    fn note_ad_groups_of_ads(&mut self) {
        for (place, Ad { ad_group, campaign }) in self.ads.all() {
            if let (Some(ad_group), Some(campaign)) = (ad_group, campaign) {
                self.of_ads
                    .entry(ad_group.clone())
                    .or_default()
                    .insert(campaign.clone(), place.clone());
            }
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), String> {
        let mut table = Table::open(path)?;
        let (Some(updated), Some(campaign)) =
            (table.index("UPDATED_AT"), table.index("CAMPAIGN_ID"))
        else {
            return Ok(());
        };
        let (ad, ad_group) = (table.index("AD_ID"), table.index("ADGROUP_ID"));
        let (name, advertiser) = (table.index("CAMPAIGN_NAME"), table.index("ADVERTISER_ID"));
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let shown = table.name.clone();
        while let Some(row) = table.next()? {
            let at = field(&row, Some(updated)).and_then(|text| Moment::parse(&text));
            let at = at.ok_or_else(|| {
                format!(
                    "`{shown}`, line {}: UPDATED_AT is not a moment such as `2021-09-15 04:26:28`",
                    row.line
                )
            })?;
            let place = format!("{file}, line {}", row.line);
            let parent = field(&row, Some(campaign));
            match (field(&row, ad), field(&row, ad_group)) {
                (Some(id), ad_group) if ad.is_some() => {
                    let ad = Ad {
                        ad_group,
                        campaign: parent,
                    };
                    self.ads.take(id, at, place, ad);
                }
                (None, Some(id)) if ad.is_none() => self.ad_groups.take(id, at, place, parent),
                (None, None) if ad.is_none() && ad_group.is_none() => {
                    let campaign = Campaign {
                        name: field(&row, name),
                        advertiser: field(&row, advertiser),
                    };
                    if let Some(id) = parent {
                        self.campaigns.take(id, at, place, campaign);
                    }
                }
                // A row without the id that its file is about says nothing.
                _ => {}
            }
        }
        Ok(())
    }
}

/// Of each id the newest rows: several only when they say different things of one moment.
#[derive(Debug)]
struct Newest<T>(HashMap<String, (Moment, Vec<(String, T)>)>);

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: PartialEq> Newest<T> {
    fn take(&mut self, id: String, at: Moment, place: String, row: T) {
        let (newest, rows) = self.0.entry(id).or_insert((at, Vec::new()));
        if at > *newest {
            *newest = at;
            rows.clear();
        }
        if at == *newest && rows.iter().all(|(_, known)| *known != row) {
            rows.push((place, row));
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, id: &str) -> &[(String, T)] {
        self.0.get(id).map_or(&[], |(_, rows)| rows)
    }

    /// The row of an id, unless several contradict each other.
    fn only(&self, id: &str) -> Option<&T> {
        match self.get(id) {
            [(_, row)] => Some(row),
            _ => None,
        }
    }

    fn all(&self) -> impl Iterator<Item = &(String, T)> {
        self.0.values().flat_map(|(_, rows)| rows)
    }
}

fn only(noun: &str, id: &str, named: Named) -> Result<String, Orphan> {
    if named.len() > 1 {
        let named: Vec<String> = named
            .iter()
            .map(|(campaign, place)| format!("`{campaign}` ({place})"))
            .collect();
        let message = format!(
            "the history files name different campaigns for {noun} `{id}`: {}",
            named.join(" and ")
        );
        return Err((ProblemCode::ContradictoryParent, message));
    }
    named.into_keys().next().ok_or_else(|| {
        let message = format!("no history file says to which campaign {noun} `{id}` belongs");
        (ProblemCode::UnresolvedParent, message)
    })
}

/// A field's text, if the file has the column and the row a value there.
fn field(row: &TableRow<'_>, index: Option<usize>) -> Option<String> {
    let text = row.text(index?)?;
    (!text.is_empty()).then(|| text.to_owned())
}
