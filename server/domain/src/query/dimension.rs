//! Dimensions: what an answer can be grouped and filtered by.

use crate::closed_words;
use crate::dataset::{Dataset, DatasetName};

closed_words! {
    /// What an answer can be grouped by.
    pub enum Dimension, "a dimension" {
        /// The day, week or month, by `grain`.
        Period => "PERIOD",
        /// The hour of the day, 0 to 23, in the ad account's zone.
        Hour => "HOUR",
        /// The brand.
        Brand => "BRAND",
        /// The platform on which the campaign runs.
        Platform => "PLATFORM",
        /// The campaign.
        Campaign => "CAMPAIGN",
        /// The currency of the money.
        Currency => "CURRENCY",
        /// The country of the audience.
        Country => "COUNTRY",
        /// The age group of the audience.
        Age => "AGE",
        /// The gender of the audience.
        Gender => "GENDER",
        /// The product that feedback speaks of.
        Product => "PRODUCT",
    }
}

/// One column that a dimension brings to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DimensionColumn {
    /// The column's name in tables and exports.
    pub name: &'static str,
    /// The name of the same field in typed rows.
    pub field: &'static str,
    /// The column's type in tables: `DATE`, `ID`, `STRING` or `COUNT`.
    pub kind: &'static str,
}

const fn column(name: &'static str, field: &'static str, kind: &'static str) -> DimensionColumn {
    DimensionColumn { name, field, kind }
}

impl Dimension {
    /// The columns that grouping by it brings.
    pub const fn columns(self) -> &'static [DimensionColumn] {
        const PERIOD: &[DimensionColumn] = &[column("period", "period", "DATE")];
        const HOUR: &[DimensionColumn] = &[column("hour", "hour", "COUNT")];
        const BRAND: &[DimensionColumn] = &[
            column("brand_id", "brandId", "ID"),
            column("brand_name", "brandName", "STRING"),
        ];
        const PLATFORM: &[DimensionColumn] = &[column("platform", "platform", "STRING")];
        const CAMPAIGN: &[DimensionColumn] = &[
            column("campaign_id", "campaignId", "ID"),
            column("campaign_name", "campaignName", "STRING"),
        ];
        const CURRENCY: &[DimensionColumn] = &[column("currency", "currency", "STRING")];
        const COUNTRY: &[DimensionColumn] = &[column("country", "country", "STRING")];
        const AGE: &[DimensionColumn] = &[column("age", "age", "STRING")];
        const GENDER: &[DimensionColumn] = &[column("gender", "gender", "STRING")];
        const PRODUCT: &[DimensionColumn] = &[column("product", "product", "STRING")];
        match self {
            Self::Period => PERIOD,
            Self::Hour => HOUR,
            Self::Brand => BRAND,
            Self::Platform => PLATFORM,
            Self::Campaign => CAMPAIGN,
            Self::Currency => CURRENCY,
            Self::Country => COUNTRY,
            Self::Age => AGE,
            Self::Gender => GENDER,
            Self::Product => PRODUCT,
        }
    }

    /// What it tells apart, as a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Period => "The period of the row, as long as `grain` says.",
            Self::Hour => "The hour of the day, 0 to 23, in the ad account's zone.",
            Self::Brand => "The brand.",
            Self::Platform => "The platform on which the campaign runs.",
            Self::Campaign => "The campaign.",
            Self::Currency => "The currency of the money.",
            Self::Country => "The country of the audience.",
            Self::Age => "The age group of the audience.",
            Self::Gender => "The gender of the audience.",
            Self::Product => "The product that feedback speaks of.",
        }
    }

    /// The key column of the facts that holds it, for dimensions that only facts know.
    pub const fn fact_column(self) -> Option<&'static str> {
        match self {
            Self::Hour => Some("hour"),
            Self::Country => Some("country"),
            Self::Age => Some("age"),
            Self::Gender => Some("gender"),
            Self::Product => Some("product"),
            Self::Period | Self::Brand | Self::Platform | Self::Campaign | Self::Currency => None,
        }
    }

    /// Whether facts of the dataset can be told apart by it.
    pub fn is_known_in(self, dataset: DatasetName) -> bool {
        self.fact_column()
            .is_none_or(|column| Dataset::of(dataset).dimension_index(column).is_some())
    }

    /// Whether a row grouped by `self` has just one value of `other`.
    pub const fn determines(self, other: Self) -> bool {
        matches!(
            (self, other),
            (
                Self::Campaign,
                Self::Brand | Self::Platform | Self::Currency
            )
        )
    }
}
