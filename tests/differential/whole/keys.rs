//! What tells rows apart, and the names that a table shows of it.

use super::ask::{Asked, Level};
use super::world::{BRANDS, DETAILS, LABELS};
use crate::differential::report;

/// What tells rows apart; what is not grouped by is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    pub(super) period: Option<String>,
    pub(super) brand: Option<usize>,
    pub(super) platform: Option<&'static str>,
    pub(super) campaign: Option<usize>,
    pub(super) currency: Option<&'static str>,
    /// In the places of what breakdowns tell apart.
    pub(super) details: [Option<&'static str>; DETAILS.len()],
    /// In the places of the question's labels.
    pub(super) labels: Vec<Option<&'static str>>,
}

impl RowKey {
    /// The key of the larger group that agrees in these.
    pub(super) fn at_level(&self, level: &Level) -> Self {
        let by = |dimension| level.by.contains(&dimension);
        let of_campaign = by("CAMPAIGN");
        let labels = self.labels.iter().enumerate();
        let detail = |place: usize| self.details[place].filter(|_| by(DETAILS[place].0));
        Self {
            details: std::array::from_fn(detail),
            period: self.period.clone().filter(|_| by("PERIOD")),
            brand: self.brand.filter(|_| of_campaign || by("BRAND")),
            platform: self.platform.filter(|_| of_campaign || by("PLATFORM")),
            campaign: self.campaign.filter(|_| of_campaign),
            currency: self.currency.filter(|_| by("CURRENCY")),
            labels: labels
                .map(|(place, value)| value.filter(|_| level.labels.contains(&place)))
                .collect(),
        }
    }
}

/// The names of what a key has, in the order of a table's columns; of a total those of its level.
pub(super) fn names(key: &RowKey, asked: &Asked, level: Option<&Level>) -> Vec<Option<String>> {
    let dimension = |name: &&str| match *name {
        name if level.is_some_and(|level| !level.by.contains(&name)) => None,
        "PERIOD" => key.period.clone(),
        "BRAND" => key.brand.map(|place| BRANDS[place].to_owned()),
        "PLATFORM" => key.platform.map(str::to_owned),
        "CAMPAIGN" => key.campaign.map(|place| report::name(0, place)),
        "CURRENCY" => key.currency.map(str::to_owned),
        name => {
            let place = DETAILS.iter().position(|detail| detail.0 == name);
            key.details[place.expect("a detail")].map(str::to_owned)
        }
    };
    let labels = key.labels.iter().map(|value| value.map(str::to_owned));
    let dimensions = asked.groups.by.iter().map(dimension);
    dimensions.chain(labels).collect()
}

/// The columns of a table that tell rows apart.
pub(super) fn columns(asked: &Asked) -> Vec<String> {
    let dimensions = asked.groups.by.iter().map(|name| match *name {
        "BRAND" => "brand_name".to_owned(),
        "CAMPAIGN" => "campaign_name".to_owned(),
        other => other.to_lowercase(),
    });
    let labels = asked.groups.labels.iter();
    dimensions
        .chain(labels.map(|place| format!("label_{}", LABELS[*place].0)))
        .collect()
}
