//! One fact: a row of a dataset, checked and keyed.

use std::sync::Arc;

use crate::dataset::{Dataset, KEY_DIMENSIONS_MAX, ShapeRule};
use crate::ids::{BrandId, CampaignId};
use crate::time::{Date, Month};

/// A text of a key: short, shared between rows.
pub type Text = Arc<str>;

/// What makes a fact one and not another. Two facts with one key are versions of each other:
/// the one of the newest commit counts.
///
/// The order is the order of rows in a segment: brand, campaign, time, then the rest.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactKey {
    /// The brand.
    pub brand: BrandId,
    /// The campaign; `None` for a cost of the whole brand.
    pub campaign: Option<CampaignId>,
    /// The day, or the first day of the range.
    pub from: Date,
    /// The first day after the range, for datasets over ranges.
    pub until: Option<Date>,
    /// The texts of the dataset's key dimensions, in its order; `None` where not given.
    pub texts: [Option<Text>; KEY_DIMENSIONS_MAX],
    /// The attribution window as the platform names it, such as `7c1v`; `None` when not given.
    pub attribution: Option<Text>,
}

impl FactKey {
    /// The month of whose partition the fact is part: that of its first day.
    pub fn month(&self) -> Month {
        Month::of(self.from)
    }

    /// Which of the key texts that make a level or breakdown are given.
    pub fn shape(&self, dataset: &Dataset) -> Shape {
        let mut bits = 0;
        for (index, (dimension, text)) in dataset.dimensions.iter().zip(&self.texts).enumerate() {
            if dimension.in_shape && text.is_some() {
                bits |= 1 << index;
            }
        }
        Shape(bits)
    }
}

/// A fact with its measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its key.
    pub key: FactKey,
    /// Its measures in the dataset's order and units; `None` is missing, which differs from 0.
    pub measures: Vec<Option<i64>>,
}

/// Which key dimensions a row gives: its level (delivery) or breakdown (audience). Bit `i` is
/// the dataset's dimension `i`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Shape(pub u8);

impl Shape {
    /// The shape that gives exactly these dimensions.
    pub fn of_dimensions(indexes: impl IntoIterator<Item = usize>) -> Self {
        Self(indexes.into_iter().fold(0, |bits, index| bits | 1 << index))
    }

    /// Whether rows of this shape can answer a question that needs the dimensions of `needed`.
    pub fn covers(self, needed: Self) -> bool {
        self.0 & needed.0 == needed.0
    }

    /// The coarsest of `present` that covers `needed`: the fewest dimensions, then the lowest
    /// bits. `None` when nothing present can answer.
    pub fn coarsest_covering(
        present: impl IntoIterator<Item = Self>,
        needed: Self,
    ) -> Option<Self> {
        present
            .into_iter()
            .filter(|shape| shape.covers(needed))
            .min_by_key(|shape| (shape.0.count_ones(), shape.0))
    }

    /// The shape's name in segments: the level `CAMPAIGN`, `AD_GROUP` or `AD`, or the breakdown
    /// such as `country,age`.
    pub fn name(self, dataset: &Dataset) -> String {
        let mut given = dataset
            .dimensions
            .iter()
            .enumerate()
            .filter(|(index, _)| self.0 & (1 << index) != 0);
        match dataset.shape_rule {
            ShapeRule::Level => given.next_back().map_or_else(
                || "CAMPAIGN".to_owned(),
                |(_, deepest)| deepest.name.to_uppercase(),
            ),
            ShapeRule::Breakdown | ShapeRule::Additive => given
                .map(|(_, dimension)| dimension.name)
                .collect::<Vec<_>>()
                .join(","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::DatasetName;

    #[test]
    fn the_coarsest_covering_shape_answers() {
        let country = Shape::of_dimensions([0]);
        let age_gender = Shape::of_dimensions([1, 2]);
        let all = Shape::of_dimensions([0, 1, 2]);
        let present = [all, country, age_gender];
        assert_eq!(Shape::coarsest_covering(present, country), Some(country));
        assert_eq!(
            Shape::coarsest_covering(present, Shape::of_dimensions([1])),
            Some(age_gender)
        );
        assert_eq!(Shape::coarsest_covering([country], age_gender), None);
    }

    #[test]
    fn levels_and_breakdowns_have_names() {
        let delivery = Dataset::of(DatasetName::DeliveryDaily);
        assert_eq!(Shape(0).name(delivery), "CAMPAIGN");
        assert_eq!(Shape(0b01).name(delivery), "AD_GROUP");
        assert_eq!(Shape(0b11).name(delivery), "AD");
        let audience = Dataset::of(DatasetName::AudienceDaily);
        assert_eq!(Shape(0b101).name(audience), "country,gender");
    }
}
