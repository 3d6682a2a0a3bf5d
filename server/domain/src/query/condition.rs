//! Conditions on campaigns and facts, of any shape, in canonical form.
//!
//! What a campaign decides is decided for each campaign ([`Condition::reduced`]); what remains
//! speaks of facts only.

use super::dimension::Dimension;

/// What a test looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A dimension; never the period.
    Dimension(Dimension),
    /// The campaign's label of this name.
    Label(String),
    /// The brand's name, in any case.
    BrandName,
    /// The campaign's name, in any case.
    CampaignName,
    /// What the campaign is for.
    Objective,
    /// Where the campaign stands.
    Status,
}

/// Which texts pass a test; names are held in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Accepted {
    /// One of these; sorted and distinct.
    In(Vec<String>),
    /// One in which this stands.
    Containing(String),
}

/// One test of a campaign or fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Test {
    /// What it looks at.
    pub subject: Subject,
    /// Which texts pass.
    pub accepted: Accepted,
}

/// A condition: tests put together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// The test passes.
    Test(Test),
    /// All of these hold; of none it holds.
    All(Vec<Condition>),
    /// Any of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
}

/// What is left of a condition once some of its tests are decided.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reduced {
    /// Nothing: whether it holds.
    Known(bool),
    /// A condition over the tests that are not decided.
    Open(Condition),
}

impl Subject {
    /// The fact dimension that it is, which a campaign has no one value of.
    pub fn fact_dimension(&self) -> Option<Dimension> {
        match self {
            Self::Dimension(dimension) => dimension.fact_column().and(Some(*dimension)),
            _ => None,
        }
    }

    /// Whether it is a name, which passes in any case.
    pub fn is_name(&self) -> bool {
        matches!(self, Self::BrandName | Self::CampaignName)
    }
}

impl Test {
    /// Whether the text passes; a name comes in small letters. What is absent has no text, which
    /// passes no test.
    pub fn passes(&self, text: Option<&str>) -> bool {
        text.is_some_and(|text| match &self.accepted {
            Accepted::In(values) => values.binary_search_by(|value| (**value).cmp(text)).is_ok(),
            Accepted::Containing(part) => text.contains(part.as_str()),
        })
    }
}

impl Condition {
    /// All of these, in canonical form.
    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let nested = conditions
            .into_iter()
            .flat_map(|condition| match condition {
                Self::All(inner) => inner,
                other => vec![other],
            });
        sorted(nested.collect(), Self::All)
    }

    /// Any of these, in canonical form.
    pub(super) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let nested = conditions
            .into_iter()
            .flat_map(|condition| match condition {
                Self::Any(inner) => inner,
                other => vec![other],
            });
        sorted(nested.collect(), Self::Any)
    }

    /// Not this, in canonical form.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// What is left once the tests are decided of which `decide` knows whether they pass.
    pub fn reduced(&self, decide: &impl Fn(&Test) -> Option<bool>) -> Reduced {
        match self {
            Self::Test(test) => {
                decide(test).map_or_else(|| Reduced::Open(self.clone()), Reduced::Known)
            }
            Self::All(all) => reduced(all, false, Self::all, decide),
            Self::Any(any) => reduced(any, true, Self::any, decide),
            Self::Not(inner) => match inner.reduced(decide) {
                Reduced::Known(holds) => Reduced::Known(!holds),
                Reduced::Open(open) => Reduced::Open(open.not()),
            },
        }
    }

    /// Every test in it.
    pub fn tests(&self) -> Vec<&Test> {
        match self {
            Self::Test(test) => vec![test],
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::tests).collect(),
            Self::Not(inner) => inner.tests(),
        }
    }

    /// About how many bytes of memory it holds.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Test(test) => match &test.accepted {
                    Accepted::Containing(part) => part.len(),
                    Accepted::In(values) => {
                        let sizes = values.iter().map(|it| size_of::<String>() + it.len());
                        sizes.sum()
                    }
                },
                Self::All(inner) | Self::Any(inner) => inner.iter().map(Self::size_bytes).sum(),
                Self::Not(inner) => inner.size_bytes(),
            }
    }
}

/// The conditions sorted and distinct, put together unless it is just one.
fn sorted(mut conditions: Vec<Condition>, together: fn(Vec<Condition>) -> Condition) -> Condition {
    conditions.sort_unstable();
    conditions.dedup();
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => {
            conditions.extend(last);
            together(conditions)
        }
    }
}

/// What is left of conditions of which one that is known to be `decisive` decides.
fn reduced(
    conditions: &[Condition],
    decisive: bool,
    together: fn(Vec<Condition>) -> Condition,
    decide: &impl Fn(&Test) -> Option<bool>,
) -> Reduced {
    let mut open = Vec::new();
    for condition in conditions {
        match condition.reduced(decide) {
            Reduced::Known(holds) if holds == decisive => return Reduced::Known(decisive),
            Reduced::Known(_) => {}
            Reduced::Open(condition) => open.push(condition),
        }
    }
    if open.is_empty() {
        return Reduced::Known(!decisive);
    }
    Reduced::Open(together(open))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn test(dimension: Dimension, values: &[&str]) -> Condition {
        let values = values.iter().map(|value| (*value).to_owned());
        Condition::Test(Test {
            subject: Subject::Dimension(dimension),
            accepted: Accepted::In(values.collect()),
        })
    }

    /// Conditions over two platforms and two countries.
    fn conditions() -> impl Strategy<Value = Condition> {
        let leaf = prop_oneof![
            Just(test(Dimension::Platform, &["META"])),
            Just(test(Dimension::Platform, &["TIKTOK"])),
            Just(test(Dimension::Country, &["US"])),
            Just(test(Dimension::Country, &["DE", "US"])),
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Condition::all),
                proptest::collection::vec(inner.clone(), 1..3).prop_map(Condition::any),
                inner.prop_map(Condition::not),
            ]
        })
    }

    fn holds(condition: &Condition, platform: &str, country: &str) -> bool {
        let inner = |it: &Condition| holds(it, platform, country);
        match condition {
            Condition::Test(test) if test.subject == Subject::Dimension(Dimension::Country) => {
                test.passes(Some(country))
            }
            Condition::Test(test) => test.passes(Some(platform)),
            Condition::All(all) => all.iter().all(inner),
            Condition::Any(any) => any.iter().any(inner),
            Condition::Not(not) => !inner(not),
        }
    }

    proptest! {
        #[test]
        fn what_is_left_decides_as_the_whole_does(condition in conditions()) {
            for platform in ["META", "TIKTOK", "GOOGLE"] {
                let of_platform = |test: &Test| {
                    let is_open = test.subject.fact_dimension().is_some();
                    (!is_open).then(|| test.passes(Some(platform)))
                };
                let reduced = condition.reduced(&of_platform);
                for country in ["US", "DE", "FR"] {
                    let decided = match &reduced {
                        Reduced::Known(holds) => *holds,
                        Reduced::Open(open) => {
                            prop_assert!(open.tests().iter().all(|it| it.subject.fact_dimension().is_some()));
                            holds(open, platform, country)
                        }
                    };
                    prop_assert_eq!(decided, holds(&condition, platform, country));
                }
            }
        }
    }

    #[test]
    fn order_and_doubles_make_no_difference() {
        let (one, other) = (
            test(Dimension::Platform, &["META"]),
            test(Dimension::Country, &["US"]),
        );
        let nested = Condition::all([other.clone(), Condition::all([one.clone(), other.clone()])]);
        assert_eq!(nested, Condition::all([one.clone(), other]));
        assert_eq!(Condition::any([one.clone()]), one.clone());
        assert_eq!(one.clone().not().not(), one);
    }
}
