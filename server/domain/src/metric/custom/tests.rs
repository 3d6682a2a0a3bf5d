//! Custom formulas: what is read, and what is refused.

mod values;

use proptest::prelude::*;

use super::expression::{Expression, Operator};
use super::*;
use crate::error_code::ErrorCode;
use crate::metric::{Metric, MetricClass, Unit};

fn formula(text: &str) -> CustomFormula {
    CustomFormula::parse(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

fn refused(text: &str) -> Refusal {
    match CustomFormula::parse(text) {
        Ok(formula) => panic!("`{text}` was read as `{}`", formula.text()),
        Err(refusal) => refusal,
    }
}

#[test]
fn a_formula_has_one_way_to_be_written() {
    for (given, written) in [
        ("1000*likes/impressions", "1000 * likes / impressions"),
        (
            " ( revenue-refunds ) / SPEND ",
            "(revenue - refunds) / spend",
        ),
        ("likes - (shares - comments)", "likes - (shares - comments)"),
        ("(likes - shares) - comments", "likes - shares - comments"),
        ("spend / (clicks * 0.50)", "spend / (clicks * 0.5)"),
        ("-(likes + shares) * 2", "-(likes + shares) * 2"),
    ] {
        assert_eq!(formula(given).text(), written);
    }
}

#[test]
fn a_formula_that_can_not_be_read_is_told_where_it_breaks() {
    for (text, place) in [
        ("likes +", "it ends too early"),
        ("", "it ends too early"),
        ("(likes + shares", "it ends too early"),
        ("likes shares", "character 7"),
        ("likes % shares", "character 7"),
        ("--likes", "character 1"),
        ("likes)", "character 6"),
        ("0.1234567 * likes", "character 1"),
        ("sum(likes)", "character 4"),
        ("\"; DROP TABLE\"", "character 1"),
    ] {
        let refusal = refused(text);
        assert!(refusal.message.contains(place), "{text}: {refusal}");
        assert_eq!(refusal.code, ErrorCode::InvalidInput);
    }
}

#[test]
fn an_unknown_name_gets_the_nearest_metric() {
    let refusal = refused("likes / impresions");
    assert_eq!(refusal.did_you_mean.as_deref(), Some("impressions"));
    assert!(refusal.message.contains("`impresions`"), "{refusal}");
}

#[test]
fn units_follow_from_the_formula() {
    for (text, unit) in [
        ("likes + 2 * shares", Unit::Count),
        ("0.5 * likes", Unit::Conversions),
        ("likes / 2", Unit::Conversions),
        ("conversions + clicks", Unit::Conversions),
        ("revenue - refunds", Unit::Money),
        ("spend / (likes + shares)", Unit::MoneyPerEvent),
        ("likes / spend", Unit::EventsPerMoney),
        ("(revenue - refunds) / spend", Unit::Ratio),
        ("roas - 1", Unit::Ratio),
        ("cpc * clicks", Unit::Money),
    ] {
        assert_eq!(formula(text).unit(), unit, "{text}");
    }
}

#[test]
fn only_like_is_added_to_like() {
    for text in [
        "spend + clicks",
        "clicks - 5",
        "revenue + roas",
        "spend * 2 - likes",
    ] {
        let refusal = refused(text);
        assert!(refusal.message.contains("only like"), "{text}: {refusal}");
    }
}

#[test]
fn a_quantity_that_reports_do_not_know_is_refused() {
    let refusal = refused("spend * revenue");
    assert!(
        refusal.message.contains("money to the power of 2"),
        "{refusal}"
    );
}

#[test]
fn sums_add_up_and_the_rest_are_ratios() {
    for (text, class) in [
        ("likes + comments + shares", MetricClass::Additive),
        ("2 * (revenue - refunds) / 3", MetricClass::Additive),
        ("total_cost - spend", MetricClass::Additive),
        ("likes / impressions", MetricClass::Ratio),
        ("clicks * ctr", MetricClass::Ratio),
        ("ctr", MetricClass::Ratio),
        ("reach", MetricClass::Deduplicated),
        ("reach * frequency", MetricClass::Deduplicated),
    ] {
        assert_eq!(formula(text).class(), class, "{text}");
    }
}

#[test]
fn people_reached_do_not_stand_with_sums() {
    for text in [
        "reach + impressions",
        "impressions / reach",
        "likes / reach",
    ] {
        let refusal = refused(text);
        assert!(
            refusal.message.contains("never adds up"),
            "{text}: {refusal}"
        );
    }
}

#[test]
fn metrics_that_no_dataset_has_together_are_refused_with_where_they_are() {
    let refusal = refused("orders / clicks");
    assert!(
        refusal.message.contains("`orders` is in `feedback_daily`"),
        "{refusal}"
    );
}

#[test]
fn a_formula_without_metrics_or_over_zero_is_refused() {
    assert!(refused("1 + 1").message.contains("at least one metric"));
    assert!(refused("likes / (2 - 2)").message.contains("is zero"));
}

#[test]
fn limits_hold_on_both_sides() {
    let terms = |n: usize| vec!["likes"; n].join(" + ");
    assert!(CustomFormula::parse(&terms(FORMULA_TERMS_MAX)).is_ok());
    let refusal = refused(&terms(FORMULA_TERMS_MAX + 1));
    assert!(refusal.message.contains("formula_terms_max"), "{refusal}");

    let deep = |n: usize| format!("{}likes{}", "(".repeat(n), ")".repeat(n));
    assert!(CustomFormula::parse(&deep(FORMULA_DEPTH_MAX)).is_ok());
    let refusal = refused(&deep(FORMULA_DEPTH_MAX + 1));
    assert!(refusal.message.contains("formula_depth_max"), "{refusal}");

    let long = |n: usize| format!("{}likes", " ".repeat(n - "likes".len()));
    assert!(CustomFormula::parse(&long(FORMULA_BYTES_MAX)).is_ok());
    let refusal = refused(&long(FORMULA_BYTES_MAX + 1));
    assert!(refusal.message.contains("formula_bytes_max"), "{refusal}");
    assert_eq!(refusal.code, ErrorCode::LimitExceeded);
}

#[test]
fn a_name_is_free_and_well_formed() {
    assert!(check_name("likes_per_mille").is_ok());
    assert!(check_name(&"a".repeat(CUSTOM_METRIC_NAME_BYTES_MAX)).is_ok());
    let long = check_name(&"a".repeat(CUSTOM_METRIC_NAME_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(long.code, ErrorCode::LimitExceeded);
    for name in [
        "",
        "Joy",
        "9lives",
        "_joy",
        "my joy",
        "joie-de-vivre",
        "roas",
        "ctr",
        "period",
        "campaign_name",
        "label_region",
        "joy_delta",
        "joy_previous",
        "joy_delta_ratio",
    ] {
        let refusal = check_name(name).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::InvalidInput, "{name}");
    }
}

#[test]
fn a_meaning_is_told_within_its_limit() {
    let draft = |meaning: &str| CustomMetricDraft::new("joy", "likes", meaning, Better::Higher);
    assert!(draft(&"x".repeat(CUSTOM_METRIC_MEANING_BYTES_MAX)).is_ok());
    let long = draft(&"x".repeat(CUSTOM_METRIC_MEANING_BYTES_MAX + 1)).unwrap_err();
    assert_eq!(
        (long.code, long.path.as_str()),
        (ErrorCode::LimitExceeded, "input.meaning")
    );
    assert_eq!(draft(" ").unwrap_err().path, "input.meaning");
    assert_eq!(draft("a\nb").unwrap_err().path, "input.meaning");
}

/// Expressions as people could write them.
fn expressions() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        (0_i64..5_000_000).prop_map(Expression::Number),
        (0..Metric::ALL.len()).prop_map(|place| Expression::Metric(Metric::ALL[place])),
    ];
    leaf.prop_recursive(4, 24, 2, |part| {
        let operators = prop_oneof![
            Just(Operator::Add),
            Just(Operator::Subtract),
            Just(Operator::Multiply),
            Just(Operator::Divide),
        ];
        prop_oneof![
            1 => part.clone().prop_map(|part| Expression::Negated(Box::new(part))),
            4 => (operators, part.clone(), part).prop_map(|(operator, left, right)| {
                Expression::Joined(operator, Box::new(left), Box::new(right))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(expression in expressions()) {
        let text = expression.to_string();
        let read = parse::parse(&text).unwrap();
        let named = read.named(&|name: String| name.parse::<Metric>()).unwrap();
        prop_assert_eq!(named, expression);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[ a-z0-9.+*/()-]{0,120}") {
        let _ = CustomFormula::parse(&text);
    }
}
