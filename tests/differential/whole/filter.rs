//! Random filters on what campaigns are, and what they keep.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{BRANDS, CURRENCIES, Campaign, LABELS, Served};
use crate::differential::report::name;

/// A filter, as a tree.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    Test(Test),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

/// Whether something is one of these, by their places, or is none of them.
#[derive(Debug, Clone)]
pub(super) struct Test {
    of: Subject,
    places: Vec<usize>,
    is_in: bool,
}

#[derive(Debug, Clone, Copy)]
enum Subject {
    Brand,
    BrandName,
    Platform,
    Campaign,
    CampaignName,
    Currency,
    Label(usize),
}

/// What a filter looks at: a campaign, or a cost of a whole brand, of which only brand and
/// currency are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thing<'a> {
    pub(super) campaign: Option<(usize, &'a Campaign)>,
    pub(super) brand: usize,
    pub(super) currency: usize,
}

const PLATFORMS: [&str; 2] = ["META", "TIKTOK"];

/// Filters of any shape.
pub(super) fn filters() -> impl Strategy<Value = Filter> {
    let of = select(vec![
        Subject::Brand,
        Subject::BrandName,
        Subject::Platform,
        Subject::Campaign,
        Subject::CampaignName,
        Subject::Currency,
        Subject::Label(0),
        Subject::Label(1),
    ]);
    let test = of.prop_flat_map(|of| {
        let n = if matches!(of, Subject::Campaign | Subject::CampaignName) {
            3
        } else {
            2
        };
        let places = subsequence((0..n).collect::<Vec<usize>>(), 1..=2);
        (places, any::<bool>()).prop_map(move |(places, is_in)| Test { of, places, is_in })
    });
    let leaf = test.prop_map(Filter::Test);
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(Filter::All),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(Filter::Any),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

impl Filter {
    /// Whether the thing is kept; none where that can't be known of it.
    pub(super) fn keeps(&self, thing: Thing<'_>) -> Option<bool> {
        let kept = |filters: &[Self]| -> Vec<Option<bool>> {
            filters.iter().map(|it| it.keeps(thing)).collect()
        };
        match self {
            Self::Test(test) => test.keeps(thing),
            Self::All(all) => {
                let kept = kept(all);
                if kept.contains(&Some(false)) {
                    Some(false)
                } else {
                    (!kept.contains(&None)).then_some(true)
                }
            }
            Self::Any(any) => {
                let kept = kept(any);
                if kept.contains(&Some(true)) {
                    Some(true)
                } else {
                    (!kept.contains(&None)).then_some(false)
                }
            }
            Self::Not(inner) => inner.keeps(thing).map(|kept| !kept),
        }
    }

    /// The fields of the filter in a query's input.
    pub(super) fn input(&self, served: &Served) -> String {
        let each = |filters: &[Self]| {
            let filters = filters.iter().map(|it| format!("{{{}}}", it.input(served)));
            filters.collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Test(test) => test.input(served),
            Self::All(all) => format!("and: [{}]", each(all)),
            Self::Any(any) => format!("or: [{}]", each(any)),
            Self::Not(inner) => format!("not: {{{}}}", inner.input(served)),
        }
    }
}

impl Test {
    fn keeps(&self, thing: Thing<'_>) -> Option<bool> {
        let place = match self.of {
            Subject::Brand | Subject::BrandName => Some(thing.brand),
            Subject::Currency => Some(thing.currency),
            Subject::Platform => {
                let platform = thing.campaign?.1.platform;
                PLATFORMS.iter().position(|it| *it == platform)
            }
            Subject::Campaign | Subject::CampaignName => Some(thing.campaign?.0),
            Subject::Label(label) => {
                let value = thing.campaign?.1.labels[label];
                let mut values = LABELS[label].1.iter();
                value.and_then(|value| values.position(|it| *it == value))
            }
        };
        // What has no label has none of these.
        let is_one = place.is_some_and(|place| self.places.contains(&place));
        Some(is_one == self.is_in)
    }

    fn input(&self, served: &Served) -> String {
        let quoted = |text: &str| format!("\"{text}\"");
        let text = |place: usize| match self.of {
            Subject::Brand => quoted(&served.brand_ids[place]),
            Subject::BrandName => quoted(&BRANDS[place].to_uppercase()),
            Subject::Platform => PLATFORMS[place].to_owned(),
            Subject::Campaign => quoted(&served.campaign_ids[place]),
            Subject::CampaignName => quoted(&name(0, place)),
            Subject::Currency => quoted(CURRENCIES[place]),
            Subject::Label(label) => quoted(LABELS[label].1[place]),
        };
        let values: Vec<String> = self.places.iter().map(|place| text(*place)).collect();
        let how = match (values.as_slice(), self.is_in) {
            ([one], true) => format!("eq: {one}"),
            ([one], false) => format!("ne: {one}"),
            (_, true) => format!("in: [{}]", values.join(", ")),
            (_, false) => format!("notIn: [{}]", values.join(", ")),
        };
        let field = match self.of {
            Subject::Brand => "brand",
            Subject::BrandName => "brandName",
            Subject::Platform => "platform",
            Subject::Campaign => "campaign",
            Subject::CampaignName => "campaignName",
            Subject::Currency => "currency",
            Subject::Label(label) => {
                return format!("labels: [{{name: \"{}\", {how}}}]", LABELS[label].0);
            }
        };
        format!("{field}: {{{how}}}")
    }
}
