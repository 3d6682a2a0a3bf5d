//! Bad input, one fault at a time: its code, its place, and the limits from both sides.

use serde_json::{Value, json};

use super::examples::json_of;
use crate::ErrorCode;
use crate::record::*;

/// The example of a kind with another value at a place.
fn changed(kind: RecordKind, pointer: &str, value: Value) -> Body {
    let mut json = json_of(kind);
    *json
        .pointer_mut(pointer)
        .expect("the example has the place") = value;
    Body::read(kind, &json).unwrap()
}

/// The faults of a body as codes and places.
fn faults(body: &Body) -> Vec<(ErrorCode, String)> {
    let faults = body.check().err().unwrap_or_default();
    let told = faults.into_iter().map(|fault| (fault.code, fault.path));
    told.collect()
}

fn assert_fault(kind: RecordKind, pointer: &str, value: Value, code: ErrorCode, place: &str) {
    let body = changed(kind, pointer, value);
    assert_eq!(faults(&body), [(code, place.to_owned())], "{pointer}");
}

#[test]
fn a_percentage_is_from_0_to_100() {
    use RecordKind::{Agreement, BrandProfile, CampaignPlan};
    let code = ErrorCode::InvalidPercentage;
    for (kind, pointer, place) in [
        (BrandProfile, "/marginPercent", "marginPercent"),
        (
            Agreement,
            "/cancellationFee/percent",
            "cancellationFee.percent",
        ),
        (
            CampaignPlan,
            "/bounds/changePercentMax",
            "bounds.changePercentMax",
        ),
    ] {
        assert_fault(kind, pointer, json!("100.01"), code, place);
        assert_fault(kind, pointer, json!("-0.01"), code, place);
        for edge in ["0", "100"] {
            assert_eq!(faults(&changed(kind, pointer, json!(edge))), []);
        }
    }
}

#[test]
fn shares_come_to_1_within_a_millionth() {
    let kind = RecordKind::Audience;
    let (pointer, place) = ("/distributions/0/shares/0/share", "distributions.0.shares");
    let code = ErrorCode::InvalidDistribution;
    for near in ["0.600001", "0.599999"] {
        assert_eq!(faults(&changed(kind, pointer, json!(near))), []);
    }
    for off in ["0.6000011", "0.5999989", "1.01", "-0.1"] {
        assert_fault(kind, pointer, json!(off), code, place);
    }
    assert_fault(kind, "/distributions/0/shares", json!([]), code, place);
}

#[test]
fn allocations_of_an_experiment_come_to_1() {
    let code = ErrorCode::InvalidDistribution;
    let pointer = "/variants/0/allocation";
    assert_fault(
        RecordKind::Experiment,
        pointer,
        json!("0.6"),
        code,
        "variants",
    );
}

#[test]
fn an_unknown_currency_or_country_has_its_own_code_and_place() {
    let currency = ErrorCode::UnknownCurrency;
    assert_fault(
        RecordKind::Product,
        "/price/currency",
        json!("EURO"),
        currency,
        "price.currency",
    );
    let (pointer, place) = ("/deposits/0/amount/currency", "deposits.0.amount.currency");
    assert_fault(
        RecordKind::Agreement,
        pointer,
        json!("XQX"),
        currency,
        place,
    );
    let country = ErrorCode::UnknownCountry;
    let pointer = "/distributions/1/shares/0/value";
    let place = "distributions.1.shares.0.value";
    assert_fault(RecordKind::Audience, pointer, json!("UK"), country, place);
    let pointer = "/holidays/0/country";
    assert_fault(
        RecordKind::BrandProfile,
        pointer,
        json!("QX"),
        country,
        "holidays.0.country",
    );
}

#[test]
fn a_period_has_at_least_one_day() {
    let code = ErrorCode::EmptyPeriod;
    for (kind, pointer, place) in [
        (RecordKind::Agreement, "/period/until", "period.until"),
        (RecordKind::Content, "/runs/until", "runs.until"),
        (
            RecordKind::CampaignPlan,
            "/budget/0/period/until",
            "budget.0.period.until",
        ),
    ] {
        assert_fault(kind, pointer, json!("2026-01-01"), code, place);
        assert_eq!(faults(&changed(kind, pointer, json!("2026-01-02"))), []);
    }
}

#[test]
fn budgets_of_a_campaign_do_not_overlap() {
    let month = |from: &str, until: &str| json!({"period": {"from": from, "until": until}, "amount": {"amount": "1", "currency": "EUR"}});
    let both = |second| {
        json!([
            month("2026-01-01", "2026-02-01"),
            month(second, "2026-03-01")
        ])
    };
    let kind = RecordKind::CampaignPlan;
    assert_eq!(faults(&changed(kind, "/budget", both("2026-02-01"))), []);
    let code = ErrorCode::OverlappingPeriod;
    assert_fault(kind, "/budget", both("2026-01-31"), code, "budget.1.period");
}

#[test]
fn numbers_keep_to_their_bounds() {
    let invalid = ErrorCode::InvalidInput;
    for (kind, pointer, value, place) in [
        (RecordKind::Product, "/price/amount", "-1", "price.amount"),
        (
            RecordKind::Product,
            "/price/amount",
            "0.0000001",
            "price.amount",
        ),
        (RecordKind::FeedbackItem, "/rating", "5.1", "rating"),
        (RecordKind::FeedbackItem, "/language", "english", "language"),
        (
            RecordKind::Experiment,
            "/minimumEffect",
            "0",
            "minimumEffect",
        ),
        (RecordKind::Experiment, "/confidence", "1", "confidence"),
        (
            RecordKind::CampaignPlan,
            "/bounds/dailyMin/amount",
            "501",
            "bounds.dailyMax",
        ),
        (
            RecordKind::Party,
            "/contacts/0/email",
            "ada",
            "contacts.0.email",
        ),
    ] {
        assert_fault(kind, pointer, json!(value), invalid, place);
    }
    let hour = changed(RecordKind::Source, "/arrival/byHour", json!(24));
    assert_eq!(faults(&hour), [(invalid, "arrival.byHour".to_owned())]);
}

#[test]
fn what_stands_twice_is_refused_at_the_second_place() {
    let code = ErrorCode::InvalidInput;
    let tags = json!(["tea", "sleep", "tea"]);
    assert_fault(RecordKind::Content, "/hashtags", tags, code, "hashtags.2");
}

#[test]
fn a_fee_is_an_amount_or_a_percentage() {
    let code = ErrorCode::InvalidInput;
    let both = json!({"percent": "1", "amount": {"amount": "1", "currency": "EUR"}});
    for fee in [both, json!({"terms": "as agreed"})] {
        assert_fault(
            RecordKind::Agreement,
            "/penalty",
            fee,
            code,
            "penalty.amount",
        );
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut json = json_of(RecordKind::Product);
    json["name"] = json!("");
    json["price"] = json!({"amount": "-1", "currency": "EURO"});
    let body = Body::read(RecordKind::Product, &json).unwrap();
    let expected = [
        (ErrorCode::InvalidInput, "name".to_owned()),
        (ErrorCode::InvalidInput, "price.amount".to_owned()),
        (ErrorCode::UnknownCurrency, "price.currency".to_owned()),
    ];
    assert_eq!(faults(&body), expected);
}

#[test]
fn texts_lists_and_bodies_keep_to_their_limits() {
    let kind = RecordKind::Product;
    let limit = ErrorCode::LimitExceeded;
    let letters = |n: usize| json!("a".repeat(n));
    for (pointer, place, max) in [
        ("/name", "name", RECORD_NAME_BYTES_MAX),
        ("/description", "description", RECORD_TEXT_BYTES_MAX),
    ] {
        assert_eq!(faults(&changed(kind, pointer, letters(max))), []);
        assert_fault(kind, pointer, letters(max + 1), limit, place);
    }
    let claims = |n: usize, support: usize| {
        let claim =
            |number: usize| json!({"text": number.to_string(), "support": "a".repeat(support)});
        Value::Array((0..n).map(claim).collect())
    };
    let most = RECORD_LIST_MAX;
    assert_eq!(faults(&changed(kind, "/claims", claims(most, 9))), []);
    assert_fault(kind, "/claims", claims(most + 1, 9), limit, "claims");
    let n_bytes = |support| {
        changed(kind, "/claims", claims(16, support))
            .to_json()
            .to_string()
            .len()
    };
    let support = 4_000;
    let missing = RECORD_BODY_BYTES_MAX - n_bytes(support);
    let mut whole = changed(kind, "/claims", claims(16, support)).to_json();
    let fill = |whole: &mut Value, n: usize| {
        whole["intendedUse"] = letters("before sleep".len() + n);
        Body::read(kind, whole).unwrap()
    };
    assert_eq!(faults(&fill(&mut whole, missing)), []);
    assert_eq!(
        faults(&fill(&mut whole, missing + 1)),
        [(limit, String::new())]
    );
}

#[test]
fn a_notice_is_at_most_ten_years() {
    let kind = RecordKind::Agreement;
    let days = |days: u32| changed(kind, "/notice/days", json!(days));
    assert_eq!(faults(&days(3_660)), []);
    assert_eq!(
        faults(&days(3_661)),
        [(ErrorCode::LimitExceeded, "notice.days".to_owned())]
    );
}
