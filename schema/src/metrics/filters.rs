//! Which facts are kept: the input's filters, and their way into the domain's.

use async_graphql::{ID, InputObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::query::{self, Filter};

use crate::words::Platform;

/// Which facts are kept, by dimension.
#[derive(Debug, Default, InputObject)]
pub(crate) struct MetricsFilter {
    /// By the campaign's platform.
    platform: Option<PlatformFilter>,
    /// By brand.
    brand: Option<IdFilter>,
    /// By campaign.
    campaign: Option<IdFilter>,
    /// By the campaign's labels; all hold at once.
    pub(super) labels: Option<Vec<LabelFilter>>,
    /// By the campaign's currency.
    currency: Option<TextFilter>,
    /// By the audience's country.
    country: Option<TextFilter>,
    /// By the audience's age group.
    age: Option<TextFilter>,
    /// By the audience's gender.
    gender: Option<TextFilter>,
    /// By the hour of the day, 0 to 23, in the ad account's zone.
    hour: Option<HourFilter>,
    /// By the product that feedback speaks of.
    product: Option<TextFilter>,
}

/// A filter on platforms: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct PlatformFilter {
    /// Keeps this platform.
    eq: Option<Platform>,
    /// Keeps these platforms.
    #[graphql(name = "in")]
    any_of: Option<Vec<Platform>>,
}

/// A filter on ids: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct IdFilter {
    /// Keeps this id.
    eq: Option<ID>,
    /// Keeps these ids.
    #[graphql(name = "in")]
    any_of: Option<Vec<ID>>,
}

/// A filter on texts: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct TextFilter {
    /// Keeps this text.
    eq: Option<String>,
    /// Keeps these texts.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
}

/// A filter on hours of the day: exactly one of `eq` and `in`.
#[derive(Debug, InputObject)]
pub(crate) struct HourFilter {
    /// Keeps this hour.
    eq: Option<i32>,
    /// Keeps these hours.
    #[graphql(name = "in")]
    any_of: Option<Vec<i32>>,
}

/// A filter on a label of campaigns: exactly one of `eq` and `in`. Campaigns without the label are
/// left out.
#[derive(Debug, InputObject)]
pub(crate) struct LabelFilter {
    /// The label's name.
    name: String,
    /// Keeps this value.
    eq: Option<String>,
    /// Keeps these values.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
}

pub(super) fn label_filters(filters: Vec<LabelFilter>) -> Result<Vec<query::LabelFilter>, Refusal> {
    let checked = filters.into_iter().enumerate().map(|(index, filter)| {
        let values = values_of(filter.eq, filter.any_of)
            .map_err(|refusal| refusal.at(format!("where.labels[{index}]")))?;
        Ok(query::LabelFilter {
            name: filter.name,
            values,
        })
    });
    checked.collect()
}

/// The values of a filter, of which exactly one of `eq` and `in` is given.
fn values_of<T>(eq: Option<T>, any_of: Option<Vec<T>>) -> Result<Vec<T>, Refusal> {
    match (eq, any_of) {
        (Some(value), None) => Ok(vec![value]),
        (None, Some(values)) => Ok(values),
        _ => Err(Refusal::invalid(
            "a filter has exactly one of `eq` and `in`",
        )),
    }
}

impl MetricsFilter {
    pub(super) fn into_filters(self) -> Result<Vec<Filter>, Refusal> {
        use query::Dimension as By;
        let mut filters = Filters::default();
        if let Some(filter) = self.platform {
            let word = |platform: Platform| {
                bellwether_domain::campaign::Platform::from(platform).to_string()
            };
            filters.add(By::Platform, filter.eq, filter.any_of, |platform| {
                Ok(word(platform))
            })?;
        }
        if let Some(filter) = self.brand {
            filters.add(By::Brand, filter.eq, filter.any_of, |id| {
                Ok(id.parse::<BrandId>()?.to_string())
            })?;
        }
        if let Some(filter) = self.campaign {
            filters.add(By::Campaign, filter.eq, filter.any_of, |id| {
                Ok(id.parse::<CampaignId>()?.to_string())
            })?;
        }
        if let Some(filter) = self.hour {
            filters.add(By::Hour, filter.eq, filter.any_of, |hour| {
                Ok(hour.to_string())
            })?;
        }
        let of_texts = [
            (By::Currency, self.currency),
            (By::Country, self.country),
            (By::Age, self.age),
            (By::Gender, self.gender),
            (By::Product, self.product),
        ];
        for (dimension, filter) in of_texts {
            if let Some(filter) = filter {
                filters.add(dimension, filter.eq, filter.any_of, Ok)?;
            }
        }
        Ok(filters.added)
    }
}

/// The filters that were given so far.
#[derive(Default)]
struct Filters {
    added: Vec<Filter>,
}

impl Filters {
    fn add<T>(
        &mut self,
        dimension: query::Dimension,
        eq: Option<T>,
        any_of: Option<Vec<T>>,
        text_of: impl Fn(T) -> Result<String, Refusal>,
    ) -> Result<(), Refusal> {
        let path = format!("where.{}", dimension.as_str().to_ascii_lowercase());
        let texts = |values: Vec<T>| values.into_iter().map(text_of).collect();
        let values = values_of(eq, any_of)
            .and_then(texts)
            .map_err(|refusal| refusal.at(path))?;
        self.added.push(Filter { dimension, values });
        Ok(())
    }
}
