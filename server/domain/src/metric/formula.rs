//! Formulas as data, and their one evaluation.

use super::NoteCode;
use super::catalogue::{Metric, Unit};
use crate::money::{Decimal, MICROS, RoundingStrategy, decimal_of_micros};

/// How many decimal places a quotient is rounded to, half away from zero.
const QUOTIENT_SCALE: u32 = 10;

/// Something that adds up, of which metrics are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// The measure of this name in the dataset that is read.
    Measure(&'static str),
    /// The accrued costs of this kind, from the dataset `costs`; none recorded means zero.
    Cost(&'static str),
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

/// What is known of one component in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComponentSum {
    /// The sum, in the component's stored unit.
    pub sum: i128,
    /// How many rows reported it.
    pub count: u64,
}

impl ComponentSum {
    /// Adds another group's sum to this one.
    pub fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }
}

/// Where an evaluation finds its components.
pub trait Components {
    /// The sum of a component in the group at hand, or why there is none.
    fn component(&self, component: Component) -> Result<ComponentSum, NoteCode>;

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
}

impl MetricCell {
    fn null(note: NoteCode) -> Self {
        Self {
            value: None,
            note: Some(note),
        }
    }
}

/// The metric's value from the components of one group.
pub fn evaluate(metric: Metric, components: &impl Components) -> MetricCell {
    let definition = metric.definition();
    match weighted_sums(&definition.formula, components) {
        Err(note) => MetricCell::null(note),
        Ok((numerator, None)) => value_of_sum(definition.unit, numerator),
        Ok((numerator, Some(denominator))) => value_of_quotient(
            definition.unit,
            definition.formula.factor,
            numerator,
            denominator,
        ),
    }
}

/// The sums above and below the line in millionths, if nothing that is needed lacks.
fn weighted_sums(
    formula: &Formula,
    components: &impl Components,
) -> Result<(i128, Option<i128>), NoteCode> {
    let mut reported = Reported::default();
    let mut sum_of = |terms: &[Term]| -> Result<i128, NoteCode> {
        let mut total = 0_i128;
        for term in terms {
            let found = match components.component(term.component) {
                Ok(found) => found,
                Err(note) if term.required || note != NoteCode::NotReported => return Err(note),
                Err(_) => ComponentSum::default(),
            };
            if term.required {
                reported.see(term.component, found.count);
            }
            total += i128::from(term.weight)
                * found.sum
                * i128::from(millionths_per_unit(term.component));
        }
        Ok(total)
    };
    let numerator = sum_of(formula.numerator)?;
    let denominator = match formula.denominator {
        [] => None,
        terms => Some(sum_of(terms)?),
    };
    reported.check(components.n_rows())?;
    Ok((numerator, denominator))
}

/// How many rows reported each required measure: unequal counts would make a wrong number.
#[derive(Default)]
struct Reported {
    counts: Vec<(Component, u64)>,
    n_costs: u64,
}

impl Reported {
    fn see(&mut self, component: Component, count: u64) {
        match component {
            Component::Measure(_) => self.counts.push((component, count)),
            Component::Cost(_) => self.n_costs += count,
        }
    }

    fn check(&self, n_rows: u64) -> Result<(), NoteCode> {
        let most = self
            .counts
            .iter()
            .map(|(_, count)| *count)
            .max()
            .unwrap_or(1);
        // Where nothing ran, no media was spent: costs alone are the total cost.
        let only_spend = self
            .counts
            .iter()
            .all(|(component, _)| *component == Component::Measure("spend"));
        let only_costs = n_rows == 0 && self.n_costs > 0 && only_spend;
        if most == 0 && !only_costs {
            return Err(NoteCode::NotReported);
        }
        match self.counts.iter().find(|(_, count)| *count < most) {
            None => Ok(()),
            Some((Component::Measure("cogs"), _)) => Err(NoteCode::CogsMissing),
            Some(_) => Err(NoteCode::ComponentMissing),
        }
    }
}

/// Brings a stored unit to millionths: counts are whole, the rest is stored in millionths.
fn millionths_per_unit(component: Component) -> i64 {
    match component {
        Component::Measure("conversions" | "spend" | "revenue" | "refunds" | "cogs")
        | Component::Cost(_) => 1,
        Component::Measure(_) => MICROS,
    }
}

fn value_of_sum(unit: Unit, millionths: i128) -> MetricCell {
    let value = match unit {
        Unit::Count => Some(Value::Count(millionths / i128::from(MICROS))),
        Unit::Conversions | Unit::Money | Unit::MoneyPerEvent | Unit::Ratio => {
            decimal_of_micros(millionths).map(Value::Decimal)
        }
    };
    value.map_or(MetricCell::null(NoteCode::NotReported), |value| {
        MetricCell {
            value: Some(value),
            note: None,
        }
    })
}

fn value_of_quotient(unit: Unit, factor: i64, numerator: i128, denominator: i128) -> MetricCell {
    if denominator == 0 {
        return MetricCell::null(NoteCode::ZeroDenominator);
    }
    let quotient = decimal_of_micros(numerator)
        .and_then(|above| above.checked_mul(Decimal::from(factor)))
        .zip(decimal_of_micros(denominator))
        .and_then(|(above, below)| above.checked_div(below))
        .map(|quotient| {
            quotient
                .round_dp_with_strategy(QUOTIENT_SCALE, RoundingStrategy::MidpointAwayFromZero)
                .normalize()
        });
    let Some(quotient) = quotient else {
        return MetricCell::null(NoteCode::NotReported);
    };
    let value = if unit == Unit::Ratio {
        Value::Ratio(quotient)
    } else {
        Value::Decimal(quotient)
    };
    MetricCell {
        value: Some(value),
        note: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Components as a reference case gives them, in millionths.
    struct Case(HashMap<Component, ComponentSum>);

    impl Case {
        fn new(measures: &[(&'static str, Option<i64>)], costs: &[(&'static str, i64)]) -> Self {
            let measured = measures.iter().map(|(name, value)| {
                let sum = value.map_or_else(ComponentSum::default, |value| ComponentSum {
                    sum: i128::from(value * MICROS / millionths_per_unit(Component::Measure(name))),
                    count: 1,
                });
                (Component::Measure(name), sum)
            });
            let cost = costs.iter().map(|(kind, value)| {
                (
                    Component::Cost(kind),
                    ComponentSum {
                        sum: i128::from(value * MICROS),
                        count: 1,
                    },
                )
            });
            Self(measured.chain(cost).collect())
        }

        fn ratio(&self, metric: Metric) -> Result<String, NoteCode> {
            let cell = evaluate(metric, self);
            cell.value
                .map(|value| value.decimal().to_string())
                .ok_or_else(|| cell.note.unwrap())
        }
    }

    impl Components for Case {
        fn component(&self, component: Component) -> Result<ComponentSum, NoteCode> {
            Ok(self.0.get(&component).copied().unwrap_or_default())
        }

        fn n_rows(&self) -> u64 {
            self.0.values().map(|sum| sum.count).max().unwrap_or(0)
        }
    }

    fn sale(revenue: i64, refunds: i64, cogs: Option<i64>, media: i64, fees: i64) -> Case {
        Case::new(
            &[
                ("revenue", Some(revenue)),
                ("refunds", Some(refunds)),
                ("cogs", cogs),
                ("spend", Some(media)),
            ],
            &[("agency_fee", fees)],
        )
    }

    /// Expected values from the reference cases K01, K02, K04 and K12, as fractions.
    #[test]
    fn roi_follows_the_reference_cases() {
        assert_eq!(
            sale(12_000, 0, Some(7_000), 2_000, 0)
                .ratio(Metric::Roi)
                .unwrap(),
            "1.5"
        );
        assert_eq!(
            sale(12_000, 0, Some(7_000), 2_000, 0)
                .ratio(Metric::GrossRoi)
                .unwrap(),
            "2.5"
        );
        assert_eq!(
            sale(12_000, 500, Some(6_800), 2_000, 1_000)
                .ratio(Metric::Roi)
                .unwrap(),
            "0.5666666667"
        );
        assert_eq!(
            sale(12_000, 500, Some(6_800), 2_000, 1_000)
                .ratio(Metric::Roas)
                .unwrap(),
            "5.75"
        );
        assert_eq!(
            sale(5_000, 0, Some(3_800), 2_000, 0)
                .ratio(Metric::Roi)
                .unwrap(),
            "-0.4"
        );
        assert_eq!(
            sale(1_000, 0, Some(500), 0, 200)
                .ratio(Metric::Roi)
                .unwrap(),
            "1.5"
        );
    }

    #[test]
    fn a_zero_denominator_is_null_with_the_reason() {
        assert_eq!(
            sale(800, 0, Some(300), 0, 0).ratio(Metric::Roi),
            Err(NoteCode::ZeroDenominator)
        );
        let nothing = Case::new(&[("clicks", Some(0)), ("impressions", Some(0))], &[]);
        assert_eq!(nothing.ratio(Metric::Ctr), Err(NoteCode::ZeroDenominator));
    }

    #[test]
    fn what_lacks_a_component_is_null_and_not_a_wrong_number() {
        let no_cogs = sale(12_000, 0, None, 2_000, 0);
        assert_eq!(no_cogs.ratio(Metric::Roi), Err(NoteCode::CogsMissing));
        assert_eq!(no_cogs.ratio(Metric::Roas).unwrap(), "6");
        let half = Case(HashMap::from([
            (
                Component::Measure("clicks"),
                ComponentSum { sum: 5, count: 1 },
            ),
            (
                Component::Measure("impressions"),
                ComponentSum { sum: 100, count: 2 },
            ),
        ]));
        assert_eq!(half.ratio(Metric::Ctr), Err(NoteCode::ComponentMissing));
    }

    #[test]
    fn counts_stay_whole_and_rates_have_their_unit() {
        let case = Case::new(
            &[
                ("impressions", Some(2_000)),
                ("clicks", Some(10)),
                ("spend", Some(80)),
            ],
            &[],
        );
        assert_eq!(
            evaluate(Metric::Impressions, &case).value,
            Some(Value::Count(2_000))
        );
        assert_eq!(case.ratio(Metric::Cpm).unwrap(), "40");
        assert_eq!(case.ratio(Metric::Cpc).unwrap(), "8");
        assert_eq!(case.ratio(Metric::Ctr).unwrap(), "0.005");
    }
}
