//! Custom formulas: what is computed.

use super::formula;
use crate::metric::custom::CustomFormula;
use crate::metric::{
    Component, ComponentSum, Components, Fineness, Found, Metric, MetricCell, NoteCode, Value,
    evaluate,
};
use crate::money::Currency;

/// Sums of a group, all over the same ten rows.
struct Sums(Vec<(Component, i128)>);

impl Components for Sums {
    fn component(&self, component: Component) -> Result<Found, NoteCode> {
        let found = self.0.iter().find(|(known, _)| *known == component);
        let sum = found.map_or_else(ComponentSum::default, |(_, sum)| ComponentSum {
            sum: *sum,
            count: 10,
            coverage: 7,
        });
        let currency =
            (component.is_money() && found.is_some()).then(|| Currency::parse("USD").unwrap());
        Ok(Found { sum, currency })
    }

    fn n_rows(&self) -> u64 {
        10
    }
}

fn sums(measures: &[(&'static str, i128)]) -> Sums {
    let of = |(name, sum): &(&'static str, i128)| (Component::Measure(name), *sum);
    Sums(measures.iter().map(of).collect())
}

fn computed(text: &str, sums: &Sums) -> MetricCell {
    let formula = formula(text);
    formula.evaluate(sums.n_rows(), Fineness::Stored, |place| {
        sums.component(formula.components()[place])
    })
}

fn value(text: &str, sums: &Sums) -> Value {
    let cell = computed(text, sums);
    cell.value
        .unwrap_or_else(|| panic!("{text}: {:?}", cell.note))
}

#[test]
fn values_come_in_their_units() {
    let sums = sums(&[
        ("likes", 7),
        ("impressions", 2_000),
        ("clicks", 3),
        ("spend", 4_500_000),
        ("revenue", 9_000_000),
    ]);
    let decimal = |text: &str| text.parse().unwrap();
    for (text, expected) in [
        ("2 * likes - clicks", Value::Count(11)),
        ("0.5 * likes", Value::Decimal(decimal("3.5"))),
        ("revenue - spend", Value::Decimal(decimal("4.5"))),
        ("spend / clicks", Value::Decimal(decimal("1.5"))),
        ("likes / spend", Value::Decimal(decimal("1.5555555556"))),
        ("1000 * likes / impressions", Value::Ratio(decimal("3.5"))),
        ("revenue / spend - 1", Value::Ratio(decimal("1"))),
        ("ctr * cpc / cpc", Value::Ratio(decimal("0.0015"))),
    ] {
        assert_eq!(value(text, &sums), expected, "{text}");
    }
}

#[test]
fn a_formula_of_the_catalogue_gives_the_same_when_written_out() {
    let sums = sums(&[
        ("likes", 7),
        ("comments", 2),
        ("shares", 1),
        ("impressions", 3_001),
        ("clicks", 13),
        ("conversions", 2_500_000),
        ("spend", 4_512_345),
        ("revenue", 9_000_001),
        ("refunds", 77),
        ("cogs", 1_000_000),
    ]);
    for metric in Metric::ALL {
        let text = metric.definition().formula_text;
        let Ok(written_out) = CustomFormula::parse(text) else {
            continue;
        };
        let custom = written_out.evaluate(10, Fineness::Stored, |place| {
            sums.component(written_out.components()[place])
        });
        assert_eq!(
            custom.value,
            evaluate(*metric, &sums).value,
            "{metric}: {text}"
        );
    }
}

#[test]
fn a_denominator_of_zero_is_told_wherever_it_stands() {
    let sums = sums(&[("likes", 7), ("impressions", 0), ("clicks", 3)]);
    for text in [
        "likes / impressions",
        "ctr * 2",
        "1 / (likes / (clicks - clicks))",
    ] {
        assert_eq!(
            computed(text, &sums).note,
            Some(NoteCode::ZeroDenominator),
            "{text}"
        );
    }
}

#[test]
fn refunds_that_nobody_reports_count_as_none() {
    let sums = sums(&[("revenue", 9_000_000), ("spend", 3_000_000)]);
    let expected = Value::Ratio("3".parse().unwrap());
    assert_eq!(value("(revenue - refunds) / spend", &sums), expected);
    assert_eq!(
        computed("2 * refunds", &sums).note,
        Some(NoteCode::NotReported)
    );
}

#[test]
fn a_measure_that_some_rows_lack_makes_no_wrong_number() {
    struct Patchy;
    impl Components for Patchy {
        fn component(&self, component: Component) -> Result<Found, NoteCode> {
            let is_cogs = component == Component::Measure("cogs");
            let sum = ComponentSum {
                sum: 5,
                count: if is_cogs { 4 } else { 10 },
                coverage: if is_cogs { 4 } else { 10 },
            };
            Ok(Found {
                sum,
                currency: None,
            })
        }
        fn n_rows(&self) -> u64 {
            10
        }
    }
    let formula = formula("(revenue - cogs) / spend");
    let cell = formula.evaluate(10, Fineness::Stored, |place| {
        Patchy.component(formula.components()[place])
    });
    assert_eq!(
        cell,
        MetricCell {
            value: None,
            note: Some(NoteCode::CogsMissing),
            is_provisional: false,
        }
    );
}

#[test]
fn numbers_beyond_128_bits_are_computed_in_decimals() {
    let huge = 9_000_000_000_000_000_000_i128;
    let sums = sums(&[
        ("likes", huge),
        ("impressions", huge + 7),
        ("clicks", huge - 4),
        ("shares", huge + 9),
        ("comments", huge - 2),
        ("follows", huge + 3),
    ]);
    let text = "likes / impressions + clicks / shares + comments / follows";
    assert_eq!(value(text, &sums), Value::Ratio("3".parse().unwrap()));
}
