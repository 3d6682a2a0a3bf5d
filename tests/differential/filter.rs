//! Random filters on campaigns, and which campaigns they keep.

use proptest::prelude::*;

use super::report::{CAMPAIGNS, name};

/// A filter, as a tree.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    /// The campaign is on the platform, or is not.
    Platform(&'static str, bool),
    /// The campaign is one of these, by their places, or is none of them.
    Campaigns(Vec<usize>, bool),
    /// The campaign's name ends with this number, as `contains` finds it.
    Named(usize),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

/// Filters of any shape.
pub(super) fn filters() -> impl Strategy<Value = Filter> {
    let places = proptest::sample::subsequence(vec![0, 1, 2], 1..=2);
    let leaf = prop_oneof![
        (prop_oneof![Just("TIKTOK"), Just("META")], any::<bool>())
            .prop_map(|(platform, is)| Filter::Platform(platform, is)),
        (places, any::<bool>()).prop_map(|(places, are)| Filter::Campaigns(places, are)),
        (0..CAMPAIGNS.len()).prop_map(Filter::Named),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(Filter::All),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(Filter::Any),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

impl Filter {
    /// Whether a campaign is kept.
    pub(super) fn keeps(&self, campaign: usize) -> bool {
        match self {
            Self::Platform(platform, is) => (CAMPAIGNS[campaign] == *platform) == *is,
            Self::Campaigns(places, are) => places.contains(&campaign) == *are,
            Self::Named(number) => campaign == *number,
            Self::All(all) => all.iter().all(|inner| inner.keeps(campaign)),
            Self::Any(any) => any.iter().any(|inner| inner.keeps(campaign)),
            Self::Not(inner) => !inner.keeps(campaign),
        }
    }

    /// The fields of the filter in a query's input.
    pub(super) fn input(&self, ids: &[String]) -> String {
        let each = |filters: &[Self]| {
            let filters = filters.iter().map(|it| format!("{{{}}}", it.input(ids)));
            filters.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Platform(platform, true) => format!("platform: {{eq: {platform}}}"),
            Self::Platform(platform, false) => format!("platform: {{ne: {platform}}}"),
            Self::Campaigns(places, are) => {
                let ids: Vec<&str> = places.iter().map(|place| ids[*place].as_str()).collect();
                let how = if *are { "in" } else { "notIn" };
                format!("campaign: {{{how}: [\"{}\"]}}", ids.join("\", \""))
            }
            // The rest of the name is the world's, which other filters keep apart.
            Self::Named(number) => {
                let name = name(0, *number).to_uppercase();
                let (_, end) = name.split_once('-').expect("a name has a hyphen");
                format!("campaignName: {{contains: \"-{end}\"}}")
            }
            Self::All(all) => format!("and: [{}]", each(all)),
            Self::Any(any) => format!("or: [{}]", each(any)),
            Self::Not(inner) => format!("not: {{{}}}", inner.input(ids)),
        }
    }
}
