//! Which facts are kept: the input's filters, and their way into the domain's.

use async_graphql::{ID, InputObject};
use bellwether_domain::campaign;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{BrandId, CampaignId};
use bellwether_domain::query::{Accepts, Dimension, FilterRequest, Subject, TestRequest};

use crate::words::{CampaignStatus, Objective, Platform};

/// Which facts are kept: every field that is given holds. What is absent, such as a label that a
/// campaign lacks, passes `ne`, `notIn` and `not`.
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct MetricsFilter {
    /// By the campaign's platform, such as `{in: [META, TIKTOK]}`.
    platform: Option<PlatformFilter>,
    /// By brand, such as `{eq: "brd_01ARZ3NDEKTSV4RRFFQ69G5FAV"}`.
    brand: Option<IdFilter>,
    /// By the brand's name, in any case, such as `{eq: "Acme"}`.
    brand_name: Option<NameFilter>,
    /// By campaign, such as `{notIn: ["cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV"]}`.
    campaign: Option<IdFilter>,
    /// By the campaign's name, in any case, such as `{contains: "spring"}`.
    campaign_name: Option<NameFilter>,
    /// By what the campaign is for, such as `{eq: SALES}`.
    objective: Option<ObjectiveFilter>,
    /// By where the campaign stands, such as `{ne: ENDED}`.
    status: Option<StatusFilter>,
    /// By the campaign's labels, such as `[{name: "team", eq: "north"}]`; all hold at once.
    labels: Option<Vec<LabelFilter>>,
    /// By the campaign's currency, such as `{eq: "EUR"}`.
    currency: Option<TextFilter>,
    /// By the audience's country, such as `{in: ["DE", "AT"]}`.
    country: Option<TextFilter>,
    /// By the audience's age group, such as `{eq: "25-34"}`.
    age: Option<TextFilter>,
    /// By the audience's gender, such as `{eq: "female"}`.
    gender: Option<TextFilter>,
    /// By the hour of the day, 0 to 23, in the ad account's zone, such as `{in: [8, 9, 10]}`.
    hour: Option<HourFilter>,
    /// By the product that feedback speaks of, such as `{eq: "serum-30"}`.
    product: Option<TextFilter>,
    /// Further filters that all hold, such as `[{platform: {eq: META}}, {country: {eq: "US"}}]`. A query has at most 100 filters and tests, those within others counted.
    and: Option<Vec<MetricsFilter>>,
    /// Filters of which at least one holds, such as `[{platform: {eq: META}}, {country: {eq: "US"}}]`.
    or: Option<Vec<MetricsFilter>>,
    /// A filter that does not hold, such as `{campaignName: {contains: "test"}}`.
    not: Option<Box<MetricsFilter>>,
}

/// Declares a filter with `eq`, `in`, `ne` and `notIn` of one type of value.
macro_rules! value_filters {
    ($($(#[$doc:meta])* $name:ident: $value:ty, $one:literal, $several:literal, $such_as:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub(crate) struct $name {
            #[doc = concat!("Keeps this ", $one, ", such as `", $such_as, "`.")]
            eq: Option<$value>,
            #[doc = concat!("Keeps these ", $several, ", such as `[", $such_as, "]`.")]
            #[graphql(name = "in")]
            any_of: Option<Vec<$value>>,
            #[doc = concat!("Keeps all but this ", $one, ".")]
            ne: Option<$value>,
            #[doc = concat!("Keeps all but these ", $several, ".")]
            not_in: Option<Vec<$value>>,
        }

        impl $name {
            fn values(self) -> Values<$value> {
                Values {
                    eq: self.eq,
                    any_of: self.any_of,
                    ne: self.ne,
                    not_in: self.not_in,
                }
            }
        }
    )*};
}

value_filters! {
    /// A filter on platforms: exactly one of `eq`, `in`, `ne` and `notIn`.
    PlatformFilter: Platform, "platform", "platforms", "META";
    /// A filter on ids: exactly one of `eq`, `in`, `ne` and `notIn`.
    IdFilter: ID, "id", "ids", "\"cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV\"";
    /// A filter on texts: exactly one of `eq`, `in`, `ne` and `notIn`.
    TextFilter: String, "text", "texts", "\"EUR\"";
    /// A filter on hours of the day: exactly one of `eq`, `in`, `ne` and `notIn`.
    HourFilter: i32, "hour", "hours", "8";
    /// A filter on objectives: exactly one of `eq`, `in`, `ne` and `notIn`.
    ObjectiveFilter: Objective, "objective", "objectives", "SALES";
    /// A filter on statuses of campaigns: exactly one of `eq`, `in`, `ne` and `notIn`.
    StatusFilter: CampaignStatus, "status", "statuses", "ACTIVE";
}

/// A filter on names, in any case: exactly one of `contains`, `eq`, `in`, `ne` and `notIn`.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct NameFilter {
    /// Keeps names in which this text stands, such as `"spring"`.
    contains: Option<String>,
    /// Keeps this name, such as `"Spring sale"`.
    eq: Option<String>,
    /// Keeps these names.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
    /// Keeps all but this name.
    ne: Option<String>,
    /// Keeps all but these names.
    not_in: Option<Vec<String>>,
}

/// A filter on a label of campaigns: exactly one of `eq`, `in`, `ne` and `notIn`. Campaigns
/// without the label pass only the last two.
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LabelFilter {
    /// The label's name, such as `"team"`.
    name: String,
    /// Keeps this value, such as `"north"`.
    eq: Option<String>,
    /// Keeps these values.
    #[graphql(name = "in")]
    any_of: Option<Vec<String>>,
    /// Keeps all but this value.
    ne: Option<String>,
    /// Keeps all but these values.
    not_in: Option<Vec<String>>,
}

impl MetricsFilter {
    /// The filter as the domain knows it; `path` is its place in the input.
    pub(super) fn into_request(self, path: &str) -> Result<FilterRequest, Refusal> {
        let within = |filters: Vec<Self>, place: &str| {
            let filters = filters.into_iter().enumerate();
            filters
                .map(|(index, filter)| filter.into_request(&format!("{path}.{place}[{index}]")))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut tests = Tests::new(path);
        tests.add_of_campaigns(self.platform, self.brand, self.campaign)?;
        tests.add_attributes(
            self.brand_name,
            self.campaign_name,
            self.objective,
            self.status,
        )?;
        tests.add_labels(self.labels.unwrap_or_default())?;
        if let Some(filter) = self.hour {
            let hours = filter.values().each(|hour| Ok(hour.to_string()));
            tests.add(Subject::Dimension(Dimension::Hour), "hour", hours)?;
        }
        let of_texts = [
            (Dimension::Currency, "currency", self.currency),
            (Dimension::Country, "country", self.country),
            (Dimension::Age, "age", self.age),
            (Dimension::Gender, "gender", self.gender),
            (Dimension::Product, "product", self.product),
        ];
        for (dimension, field, filter) in of_texts {
            if let Some(filter) = filter {
                let texts = filter.values().each(Ok);
                tests.add(Subject::Dimension(dimension), field, texts)?;
            }
        }
        let not = self.not.map(|not| not.into_request(&format!("{path}.not")));
        Ok(FilterRequest {
            tests: tests.added,
            and: within(self.and.unwrap_or_default(), "and")?,
            or: self.or.map(|or| within(or, "or")).transpose()?,
            not: not.transpose()?.map(Box::new),
        })
    }
}

/// The values of a filter, of which exactly one of these is given.
struct Values<T> {
    eq: Option<T>,
    any_of: Option<Vec<T>>,
    ne: Option<T>,
    not_in: Option<Vec<T>>,
}

impl<T> Values<T> {
    /// The values as texts.
    fn each(self, text_of: impl Fn(T) -> Result<String, Refusal>) -> Result<Accepts, Refusal> {
        let texts = |values: Vec<T>| -> Result<Vec<String>, Refusal> {
            values.into_iter().map(&text_of).collect()
        };
        match (self.eq, self.any_of, self.ne, self.not_in) {
            (Some(value), None, None, None) => Ok(Accepts::In(texts(vec![value])?)),
            (None, Some(values), None, None) => Ok(Accepts::In(texts(values)?)),
            (None, None, Some(value), None) => Ok(Accepts::NotIn(texts(vec![value])?)),
            (None, None, None, Some(values)) => Ok(Accepts::NotIn(texts(values)?)),
            _ => Err(
                Refusal::invalid("a filter has exactly one of `eq`, `in`, `ne` and `notIn`")
                    .with_allowed(["eq", "in", "ne", "notIn"]),
            ),
        }
    }
}

/// The tests that were given so far.
struct Tests<'a> {
    path: &'a str,
    added: Vec<TestRequest>,
}

impl<'a> Tests<'a> {
    fn new(path: &'a str) -> Self {
        let added = Vec::new();
        Self { path, added }
    }

    fn add(
        &mut self,
        subject: Subject,
        field: &str,
        accepts: Result<Accepts, Refusal>,
    ) -> Result<(), Refusal> {
        let accepts = accepts.map_err(|refusal| refusal.at(format!("{}.{field}", self.path)))?;
        self.added.push(TestRequest { subject, accepts });
        Ok(())
    }

    fn add_of_campaigns(
        &mut self,
        platform: Option<PlatformFilter>,
        brand: Option<IdFilter>,
        campaign: Option<IdFilter>,
    ) -> Result<(), Refusal> {
        if let Some(filter) = platform {
            let word = |platform| Ok(campaign::Platform::from(platform).to_string());
            let words = filter.values().each(word);
            self.add(Subject::Dimension(Dimension::Platform), "platform", words)?;
        }
        if let Some(filter) = brand {
            let ids = filter
                .values()
                .each(|id| Ok(id.parse::<BrandId>()?.to_string()));
            self.add(Subject::Dimension(Dimension::Brand), "brand", ids)?;
        }
        if let Some(filter) = campaign {
            let ids = filter
                .values()
                .each(|id| Ok(id.parse::<CampaignId>()?.to_string()));
            self.add(Subject::Dimension(Dimension::Campaign), "campaign", ids)?;
        }
        Ok(())
    }

    fn add_attributes(
        &mut self,
        brand_name: Option<NameFilter>,
        campaign_name: Option<NameFilter>,
        objective: Option<ObjectiveFilter>,
        status: Option<StatusFilter>,
    ) -> Result<(), Refusal> {
        if let Some(filter) = brand_name {
            self.add(Subject::BrandName, "brandName", filter.accepts())?;
        }
        if let Some(filter) = campaign_name {
            self.add(Subject::CampaignName, "campaignName", filter.accepts())?;
        }
        if let Some(filter) = objective {
            let word = |objective| Ok(campaign::Objective::from(objective).to_string());
            self.add(Subject::Objective, "objective", filter.values().each(word))?;
        }
        if let Some(filter) = status {
            let word = |status| Ok(campaign::CampaignStatus::from(status).to_string());
            self.add(Subject::Status, "status", filter.values().each(word))?;
        }
        Ok(())
    }

    fn add_labels(&mut self, labels: Vec<LabelFilter>) -> Result<(), Refusal> {
        for (index, filter) in labels.into_iter().enumerate() {
            let values = Values {
                eq: filter.eq,
                any_of: filter.any_of,
                ne: filter.ne,
                not_in: filter.not_in,
            };
            let subject = Subject::Label(filter.name);
            self.add(subject, &format!("labels[{index}]"), values.each(Ok))?;
        }
        Ok(())
    }
}

impl NameFilter {
    fn accepts(self) -> Result<Accepts, Refusal> {
        let values = Values {
            eq: self.eq,
            any_of: self.any_of,
            ne: self.ne,
            not_in: self.not_in,
        };
        let has_others = values.eq.is_some()
            || values.any_of.is_some()
            || values.ne.is_some()
            || values.not_in.is_some();
        match (self.contains, has_others) {
            (Some(part), false) => Ok(Accepts::Containing(part)),
            (None, true) => values.each(Ok),
            _ => Err(Refusal::invalid(
                "a filter on names has exactly one of `contains`, `eq`, `in`, `ne` and `notIn`",
            )
            .with_allowed(["contains", "eq", "in", "ne", "notIn"])),
        }
    }
}
