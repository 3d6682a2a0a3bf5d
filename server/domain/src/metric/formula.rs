//! Formulas as data; `evaluate.rs` turns them into numbers.

use super::NoteCode;
use crate::dataset::{Dataset, DatasetName};
use crate::money::{Currency, Decimal};
use crate::rates::RATE_ONE;

/// The most terms of a formula, above the line and below: those of ROI, with one to spare.
pub(super) const TERMS_MAX: usize = 12;

/// Something that adds up, of which metrics are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// The measure of this name in the dataset that is read.
    Measure(&'static str),
    /// The accrued costs of this kind, from the dataset `costs`; none recorded means zero.
    Cost(&'static str),
}

impl Component {
    /// Whether facts of the dataset, or the costs that join them, can have it.
    pub fn is_known_in(self, dataset: DatasetName) -> bool {
        let dataset = Dataset::of(dataset);
        match self {
            Self::Measure(name) => dataset.measure_index(name).is_some(),
            Self::Cost(_) => dataset.takes_costs,
        }
    }

    /// Whether its sums are money, which is kept apart by currency.
    pub fn is_money(self) -> bool {
        match self {
            Self::Cost(_) => true,
            Self::Measure(name) => matches!(name, "spend" | "revenue" | "refunds" | "cogs"),
        }
    }

    /// Whether its number depends on the attribution window of its facts.
    pub fn is_attributed(self) -> bool {
        matches!(
            self,
            Self::Measure("conversions" | "revenue" | "refunds" | "cogs")
        )
    }
}

/// A weighted component of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The weight: 1 or -1.
    pub weight: i32,
    /// What is weighted.
    pub component: Component,
    /// Whether the metric is null where rows lack it; an optional one counts as zero.
    pub required: bool,
}

/// A metric's formula: `factor` x numerator / denominator; an empty denominator is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formula {
    /// A constant: 1000 for cpm, else 1.
    pub factor: i64,
    /// The sum above the line.
    pub numerator: &'static [Term],
    /// The sum below the line.
    pub denominator: &'static [Term],
}

impl Formula {
    /// Every term, above the line and below.
    pub fn terms(&self) -> impl Iterator<Item = &'static Term> {
        self.numerator.iter().chain(self.denominator)
    }
}

/// What the sums of an answer are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fineness {
    /// The components' stored units.
    #[default]
    Stored,
    /// As many parts of them as a rate of one has, because money was converted.
    Converted,
}

impl Fineness {
    /// How many parts a stored unit has.
    pub fn parts(self) -> i128 {
        match self {
            Self::Stored => 1,
            Self::Converted => RATE_ONE,
        }
    }
}

/// What is known of one component in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComponentSum {
    /// The sum, in the component's stored unit or parts of it, see [`Fineness`].
    pub sum: i128,
    /// How many rows reported it.
    pub count: u64,
    /// Which rows those were, as far as partial sums tell: the sum over them of a hash of their
    /// partial group. Components that cover the same rows have equal coverage.
    pub coverage: u64,
}

/// A component's sum with the currency that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// The sum.
    pub sum: ComponentSum,
    /// The currency of money; `None` for counts, and where nothing was found.
    pub currency: Option<Currency>,
}

impl ComponentSum {
    /// Adds another group's sum to this one.
    pub fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
        self.coverage = self.coverage.wrapping_add(other.coverage);
    }
}

/// Where an evaluation finds its components.
pub trait Components {
    /// The sum of a component in the group at hand, or why there is none.
    fn component(&self, component: Component) -> Result<Found, NoteCode>;

    /// How many rows of facts the group at hand has; one that only costs fall into has none.
    fn n_rows(&self) -> u64;
}

/// A metric's value in its wire form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A whole number of events.
    Count(i128),
    /// An exact decimal: money or conversions.
    Decimal(Decimal),
    /// A quotient without unit, rounded to ten places; 0.25 means 25 %.
    Ratio(Decimal),
}

impl Value {
    /// The value as a decimal, for ordering.
    pub fn decimal(self) -> Decimal {
        match self {
            Self::Count(count) => {
                Decimal::try_from_i128_with_scale(count, 0).unwrap_or(Decimal::MAX)
            }
            Self::Decimal(amount) | Self::Ratio(amount) => amount,
        }
    }
}

/// One cell of an answer: a value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetricCell {
    /// The value; `None` comes with a note.
    pub value: Option<Value>,
    /// The reason or caveat.
    pub note: Option<NoteCode>,
    /// Whether the value is of a day whose numbers the platform may still change.
    pub is_provisional: bool,
}

impl MetricCell {
    /// A value without a note.
    pub(crate) fn of(value: Value) -> Self {
        Self {
            value: Some(value),
            note: None,
            is_provisional: false,
        }
    }

    /// Every note of the cell.
    pub fn notes(self) -> impl Iterator<Item = NoteCode> {
        let provisional = self.is_provisional.then_some(NoteCode::Provisional);
        self.note.into_iter().chain(provisional)
    }

    pub(crate) fn null(note: NoteCode) -> Self {
        Self {
            value: None,
            note: Some(note),
            is_provisional: false,
        }
    }
}
