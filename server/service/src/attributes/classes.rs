//! Classes of campaigns: those that most questions don't tell apart.
//!
//! Invariant: the classes of a partition follow from its own campaigns alone, so that campaigns
//! that come or change elsewhere leave its sums by class as they are.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use bellwether_domain::campaign::Campaign;
use rustc_hash::FxHashMap;

/// Stands in for the class of campaigns that are in none.
const NO_CLASS: u32 = u32::MAX;

/// Classes of campaigns that no query tells apart unless it asks for more than brand, platform
/// and currency. A class is known by the code of one of its campaigns.
#[derive(Debug)]
pub(crate) struct AttributeClasses {
    id: u64,
    /// By campaign code, the code of the first campaign of its class.
    of_campaign: Vec<u32>,
}

impl AttributeClasses {
    /// The classes of campaigns, which come by code.
    pub(super) fn of<'a>(
        coded: impl Iterator<Item = (u32, &'a Campaign)>,
        code_width: usize,
    ) -> Self {
        let mut firsts = HashMap::new();
        let mut of_campaign = vec![NO_CLASS; code_width];
        for (code, campaign) in coded {
            let of = (campaign.brand, campaign.platform, campaign.currency);
            if let Some(class) = of_campaign.get_mut(code as usize) {
                *class = *firsts.entry(of).or_insert(code);
            }
        }
        let mut hasher = DefaultHasher::new();
        of_campaign.hash(&mut hasher);
        let id = hasher.finish();
        Self { id, of_campaign }
    }

    /// A digest of the classes of all campaigns.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// A digest of the classes of these campaigns, the ones of a partition: sums of the partition
    /// by classes of equal digests are equal. It doesn't change when others come or change.
    pub(crate) fn id_within(&self, campaigns: &[u32]) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.visit_within(campaigns, |campaign, class| {
            (campaign, class).hash(&mut hasher);
        });
        hasher.finish()
    }

    /// By campaign code the class of these campaigns, which is the code of the first of them that
    /// is in it; `u32::MAX` for those that the scope doesn't see.
    pub(crate) fn within(&self, campaigns: &[u32]) -> Vec<u32> {
        let mut of_campaign = vec![NO_CLASS; self.of_campaign.len()];
        self.visit_within(campaigns, |campaign, class| {
            of_campaign[campaign as usize] = class;
        });
        of_campaign
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.of_campaign.capacity() * size_of::<u32>()
    }

    fn visit_within(&self, campaigns: &[u32], mut visit: impl FnMut(u32, u32)) {
        let mut firsts = FxHashMap::default();
        for campaign in campaigns {
            let class = self.of_campaign.get(*campaign as usize).copied();
            if let Some(class) = class.filter(|class| *class != NO_CLASS) {
                visit(*campaign, *firsts.entry(class).or_insert(*campaign));
            }
        }
    }
}
