//! Amounts beyond the reference cases: clauses at their edges, limits, and identities of any input.

use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::money::Decimal;
use bellwether_domain::time::ZoneName;
use bellwether_workflow::amounts::{
    AMOUNT_MAX, Calculation, DECIMAL_PLACES_MAX, FEE_TIERS_MAX, ITEMS_MAX, RATIO_MAX, Worked,
};
use bellwether_workflow::business_days::BusinessDays;
use proptest::prelude::*;
use serde_json::{Value, json};

fn run(calculation: Calculation, input: &Value) -> Result<Worked, Refusal> {
    let utc = ZoneName::parse("UTC").expect("UTC is a zone");
    calculation.run(input, &BusinessDays::default(), &utc)
}

/// A promotion with the given changes.
fn promotion(changes: &Value) -> Value {
    let promotion = json!({
        "start": "2026-03-01", "end": "2026-04-30", "notice_received": "2026-03-27",
        "media_committed": "10000", "media_spent": "3200", "prepaid_media": "5000",
        "daily_spend": "160", "pause_at_once": true,
        "clause": {"notice": {"unit": "calendar_days", "n": 5}, "fee": {"type": "none"}},
        "non_refundable": [],
    });
    changed(promotion, changes)
}

/// A contract with the given changes.
fn contract(changes: &Value) -> Value {
    let contract = json!({
        "notice_received": "2026-04-10", "notice": {"unit": "calendar_days", "n": 60},
        "contract_end": "2026-12-31", "requested_end": "2026-04-30", "monthly_fee": "6000",
        "retainer_paid_for_last_month": "6000",
        "penalty": {"type": "percent_of_remaining_value", "percent": "20"},
        "settlement_business_days": 10,
    });
    changed(contract, changes)
}

fn changed(mut input: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().expect("changes by name") {
        input[name] = value.clone();
    }
    input
}

fn cancelled(changes: &Value) -> Value {
    run(Calculation::Cancellation, &promotion(changes))
        .expect("it can be computed")
        .figures
}

fn terminated(changes: &Value) -> Worked {
    run(Calculation::Termination, &contract(changes)).expect("it can be computed")
}

#[test]
fn a_percentage_is_never_above_what_remains_but_a_fixed_fee_may_be() {
    let percent = json!({"type": "percent_of_remaining", "percent": "15", "min": "9000"});
    let fixed = json!({"type": "fixed", "amount": "9000"});
    let with = |fee: Value| {
        let clause = json!({"notice": {"unit": "calendar_days", "n": 5}, "fee": fee});
        cancelled(&json!({ "clause": clause }))["cancellation_fee"].clone()
    };
    assert_eq!(with(percent), "6800.00");
    assert_eq!(with(fixed), "9000.00");
}

#[test]
fn a_promotion_that_cant_be_paused_spends_no_more_than_was_agreed() {
    let figures = cancelled(&json!({"pause_at_once": false, "daily_spend": "5000"}));
    assert_eq!(figures["media_spent_at_effective"], "10000.00");
    assert_eq!(figures["reallocatable_budget"], "0.00");
}

#[test]
fn an_agency_that_broke_the_contract_gets_neither_penalty_nor_pay_in_lieu() {
    let figures = terminated(&json!({"agency_breach": true})).figures;
    assert_eq!(figures["penalty"], "0.00");
    assert_eq!(figures["pay_in_lieu"], "0.00");
    assert_eq!(figures["notice_days_short"], 40);
}

#[test]
fn a_penalty_asks_for_legal_advice_and_computes_no_opinion() {
    let worked = terminated(&json!({}));
    let codes: Vec<_> = worked
        .sheet
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    assert_eq!(codes, ["SEEK_LEGAL_ADVICE"]);
    assert_eq!(worked.figures["penalty"], "8087.67");
}

#[test]
fn what_no_rule_reads_is_told_and_not_left_out_in_silence() {
    let worked = terminated(&json!({"requested_end": null, "golden_handshake": "100"}));
    assert_eq!(worked.sheet.warnings[0].code, "UNREAD_INPUT");
    assert!(
        worked.sheet.warnings[0]
            .message
            .contains("golden_handshake")
    );
}

#[test]
fn credits_and_deposits_are_set_off_against_what_is_owed() {
    let figures =
        terminated(&json!({"requested_end": null, "deposit": "3000", "credits": "0.01"})).figures;
    // 1800.00 earned of the last month, less 6000.00 paid, the deposit and the credit.
    assert_eq!(
        figures["settlement"],
        json!({"payer": "agency", "amount": "7200.01"})
    );
}

#[test]
fn the_arithmetic_names_formula_inputs_amount_and_rounding_of_each_line() {
    let worked = terminated(&json!({}));
    let lieu = worked
        .sheet
        .lines
        .iter()
        .find(|line| line.label == "pay in lieu of notice");
    let lieu = serde_json::to_value(lieu).expect("a line is JSON");
    let expected = json!({
        "label": "pay in lieu of notice",
        "formula": "monthly_fee * 12 / 365 * days_short",
        "inputs": [["monthly_fee", "6000"], ["days_short", "40"]],
        "amount": "7890.41",
        "rounding": "HALF_UP_2",
    });
    assert_eq!(lieu, expected);
}

#[test]
fn inputs_are_taken_up_to_their_limits_and_no_further() {
    let committed = |amount: String| {
        run(
            Calculation::Cancellation,
            &promotion(&json!({"media_committed": amount})),
        )
    };
    assert!(committed(AMOUNT_MAX.to_string()).is_ok());
    assert_eq!(
        committed(format!("{AMOUNT_MAX}.01")).unwrap_err().code,
        ErrorCode::LimitExceeded
    );
    assert_eq!(
        committed("-0.01".to_owned()).unwrap_err().path,
        "media_committed"
    );

    let places = usize::try_from(DECIMAL_PLACES_MAX).expect("a small number");
    assert!(committed(format!("1.{}", "1".repeat(places))).is_ok());
    assert!(committed(format!("1.{}", "1".repeat(places + 1))).is_err());

    let roas = |roas: i64| {
        let decision = json!({
            "expected_roas_if_continued": roas.to_string(), "expected_roas_elsewhere": "1", "margin": "1",
        });
        run(
            Calculation::Cancellation,
            &promotion(&json!({ "decision": decision })),
        )
    };
    assert!(roas(RATIO_MAX).is_ok());
    assert!(roas(RATIO_MAX + 1).is_err());

    let items = |n: usize| {
        let items = vec![json!({"what": "prop", "amount": "1", "paid": true}); n];
        run(
            Calculation::Cancellation,
            &promotion(&json!({ "non_refundable": items })),
        )
    };
    assert!(items(ITEMS_MAX).is_ok());
    assert!(items(ITEMS_MAX + 1).is_err());
}

#[test]
fn a_schedule_of_fees_has_tiers_up_to_its_limit_and_no_more() {
    let tiers = |n: i32| {
        let tiers: Vec<_> = (0..n)
            .map(|day| json!({"min_days": day, "percent": "10"}))
            .collect();
        let fee = json!({"type": "tiered_days_before_end", "tiers": tiers});
        let clause = json!({"notice": {"unit": "calendar_days", "n": 5}, "fee": fee});
        run(
            Calculation::Cancellation,
            &promotion(&json!({ "clause": clause })),
        )
    };
    let most = i32::try_from(FEE_TIERS_MAX).expect("a small number");
    assert!(tiers(1).is_ok() && tiers(most).is_ok());
    assert!(tiers(0).is_err() && tiers(most + 1).is_err());
}

#[test]
fn figures_beyond_what_a_decimal_holds_are_refused_and_dont_overflow() {
    let most = AMOUNT_MAX.to_string();
    let input = json!({
        "score": 0.7, "detected_at": "2026-05-08T15:30:00Z", "baseline_orders": most,
        "baseline_clicks": "0.000000001", "orders": "0", "clicks": most, "aov": most, "refunds": most,
        "baseline_refund_rate": "0", "refund_handling": most, "affected_orders_to_notify": most,
        "voucher": most,
    });
    assert_eq!(
        run(Calculation::Mismatch, &input).unwrap_err().code,
        ErrorCode::LimitExceeded
    );
}

/// A cent amount up to a hundred million.
fn cents() -> impl Strategy<Value = Decimal> {
    (0_i64..10_000_000_000).prop_map(|cents| Decimal::new(cents, 2))
}

fn amount(figures: &Value, name: &str) -> Decimal {
    figures[name]
        .as_str()
        .expect("an amount is text")
        .parse()
        .expect("it is a decimal")
}

proptest! {
    #[test]
    fn a_cancellation_adds_up(
        (committed, spent, prepaid, daily) in (cents(), cents(), cents(), cents()),
        (percent, least, days) in (0_u32..=100, cents(), 0_u32..120),
        (lost, paid) in (cents(), any::<bool>()),
        pause_at_once in any::<bool>(),
    ) {
        let fee = json!({"type": "percent_of_remaining", "percent": percent.to_string(), "min": least});
        let figures = cancelled(&json!({
            "media_committed": committed, "media_spent": spent, "prepaid_media": prepaid,
            "daily_spend": daily, "pause_at_once": pause_at_once,
            "clause": {"notice": {"unit": "calendar_days", "n": days}, "fee": fee},
            "non_refundable": [{"what": "deposit", "amount": lost, "paid": paid}],
        }));
        let of = |name: &str| amount(&figures, name);
        let fee = of("cancellation_fee");
        let unpaid = if paid { Decimal::ZERO } else { lost };
        prop_assert!(fee <= of("media_remaining"));
        prop_assert_eq!(of("financial_loss"), fee + lost);
        // The fee may end on half a cent, which goes up in the fee and up in the refund.
        let net = of("refund_due") - of("payment_due");
        let expected = prepaid - of("media_spent_at_effective") - fee - unpaid;
        prop_assert!((net - expected).abs() <= Decimal::new(1, 2));
        prop_assert!(of("refund_due").is_zero() || of("payment_due").is_zero());
        prop_assert!(of("reallocatable_budget") >= Decimal::ZERO);
        prop_assert!(of("media_spent_at_effective") >= spent);
    }

    #[test]
    fn a_termination_is_settled_to_the_cent_of_what_is_owed_and_held(
        (fee, paid, price, deposit) in (cents(), cents(), cents(), cents()),
        (done, percent, notice) in (0_u32..=100, 0_u32..=100, 0_u32..300),
        (breach, always) in (any::<bool>(), any::<bool>()),
    ) {
        let worked = terminated(&json!({
            "monthly_fee": fee, "retainer_paid_for_last_month": paid, "deposit": deposit,
            "notice": {"unit": "business_days", "n": notice},
            "milestones": [{"name": "set", "price": price, "percent_done": done.to_string(), "paid": "0"}],
            "penalty": {"type": "percent_of_remaining_value", "percent": percent.to_string(), "always": always},
            "agency_breach": breach,
        }));
        let of = |name: &str| amount(&worked.figures, name);
        let signed = match worked.figures["settlement"]["payer"].as_str() {
            Some("agency") => -amount(&worked.figures["settlement"], "amount"),
            _ => amount(&worked.figures["settlement"], "amount"),
        };
        // Totals are of unrounded parts, so that each may be half a cent off the rounded ones.
        let cent = Decimal::new(1, 2);
        prop_assert!((signed - (of("agency_is_owed") - of("agency_holds"))).abs() <= cent);
        if breach {
            prop_assert!(of("penalty").is_zero() && of("pay_in_lieu").is_zero());
        }
    }

    #[test]
    fn the_same_input_gives_the_same_figures_and_arithmetic(days in 0_u32..400) {
        let input = contract(&json!({"notice": {"unit": "months", "n": days % 24, "end_of_month": true}}));
        prop_assert_eq!(run(Calculation::Termination, &input), run(Calculation::Termination, &input));
    }
}
