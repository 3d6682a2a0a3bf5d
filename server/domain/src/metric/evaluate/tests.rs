//! Formulas over components as the reference cases give them.

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
                coverage: 0,
            });
            (Component::Measure(name), sum)
        });
        let cost = costs.iter().map(|(kind, value)| {
            (
                Component::Cost(kind),
                ComponentSum {
                    sum: i128::from(value * MICROS),
                    count: 1,
                    coverage: 0,
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
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        let sum = self.0.get(&component).copied().unwrap_or_default();
        Ok(Found {
            sum,
            currency: None,
        })
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
        Err(NoteCode::NoCost)
    );
    let only_fees = sale(800, 0, Some(300), 0, 200);
    assert_eq!(only_fees.ratio(Metric::Roas), Err(NoteCode::NoSpend));
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
            ComponentSum {
                sum: 5,
                count: 1,
                coverage: 0,
            },
        ),
        (
            Component::Measure("impressions"),
            ComponentSum {
                sum: 100,
                count: 2,
                coverage: 0,
            },
        ),
    ]));
    assert_eq!(half.ratio(Metric::Ctr), Err(NoteCode::ComponentMissing));
}

#[test]
fn a_loss_on_the_goods_never_breaks_even() {
    let loss = sale(3_000, 200, Some(3_500), 1_000, 0);
    let none = Err(NoteCode::NegativeGrossProfit);
    assert_eq!(loss.ratio(Metric::BreakEvenRoas), none);
    let notes = [Metric::GrossProfit, Metric::NetProfit].map(|it| evaluate(it, &loss).note);
    let told = [NoteCode::NegativeGrossProfit, NoteCode::NegativeProfit];
    assert_eq!(notes, told.map(Some));
}

#[test]
fn an_assumed_margin_stands_in_for_goods_that_nobody_reports() {
    let margin = AssumedMargin::new("0.38".parse().unwrap()).ok();
    let told = |metric, sale: &Case| {
        let cell = evaluate_assuming(metric, sale, margin);
        let value = cell.value.map(|value| value.decimal().to_string());
        (value, cell.note)
    };
    let lacking = sale(12_000, 0, None, 2_000, 0);
    let estimated = |text: &str| (Some(text.to_owned()), Some(NoteCode::Estimated));
    assert_eq!(told(Metric::GrossProfit, &lacking), estimated("4560"));
    assert_eq!(told(Metric::Roi, &lacking), estimated("1.28"));
    assert_eq!(told(Metric::Roas, &lacking), (Some("6".into()), None));
    let not_reported = (None, Some(NoteCode::NotReported));
    assert_eq!(told(Metric::Cogs, &lacking), not_reported);
    let reported = sale(12_000, 0, Some(7_000), 2_000, 0);
    assert_eq!(told(Metric::Roi, &reported), (Some("1.5".into()), None));
}

#[test]
fn more_conversions_than_clicks_are_told_as_view_through() {
    let case = |conversions| {
        Case::new(
            &[("clicks", Some(10)), ("conversions", Some(conversions))],
            &[],
        )
    };
    let note = |conversions| evaluate(Metric::Cvr, &case(conversions)).note;
    assert_eq!((note(14), note(10)), (Some(NoteCode::ViewThrough), None));
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

#[test]
fn no_formula_has_more_terms_than_an_evaluator_holds() {
    for metric in Metric::ALL {
        let n_terms = metric.definition().formula.terms().count();
        assert!(n_terms <= TERMS_MAX, "{metric} has {n_terms} terms");
    }
}

#[test]
fn components_are_money_and_in_millionths_as_their_measures_are() {
    use crate::dataset::{Dataset, MeasureKind};
    for measure in Dataset::ALL.iter().flat_map(|dataset| dataset.measures) {
        let component = Component::Measure(measure.name);
        if measure.name == "amount" || matches!(measure.kind, MeasureKind::Choice(_)) {
            continue;
        }
        assert_eq!(
            component.is_money(),
            measure.kind == MeasureKind::Money,
            "{}",
            measure.name
        );
        let is_whole = measure.kind == MeasureKind::Count;
        assert_eq!(
            millionths_per_unit(component) == MICROS,
            is_whole,
            "{}",
            measure.name
        );
    }
}

proptest::proptest! {
    #[test]
    fn whole_numbers_give_the_quotient_that_decimals_give(
        numerator in -1_000_000_000_000_000_i128..1_000_000_000_000_000,
        denominator in 1_i128..1_000_000_000_000,
        factor in proptest::prop_oneof![proptest::prelude::Just(1_i64), proptest::prelude::Just(1000)],
        is_negative: bool,
    ) {
        let denominator = if is_negative { -denominator } else { denominator };
        proptest::prop_assert_eq!(
            exact_quotient(factor, numerator, denominator),
            quotient_of_sums(factor, numerator, denominator)
        );
    }
}
