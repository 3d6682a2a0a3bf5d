//! One whole body of each kind.

use serde_json::{Value, json};

use crate::record::{Body, RecordKind};

pub(super) const RECORD: &str = "rec_01ARZ3NDEKTSV4RRFFQ69G5FAV";
pub(super) const CAMPAIGN: &str = "cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV";

pub(in crate::record) fn examples() -> impl Iterator<Item = (RecordKind, Value)> {
    RecordKind::ALL.iter().map(|kind| (*kind, json_of(*kind)))
}

pub(super) fn example(kind: RecordKind) -> Body {
    Body::read(kind, &json_of(kind)).unwrap()
}

#[expect(clippy::too_many_lines, reason = "a list, one entry a kind")]
pub(super) fn json_of(kind: RecordKind) -> Value {
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    let period = json!({"from": "2026-01-01", "until": "2027-01-01"});
    match kind {
        RecordKind::Product => json!({
            "name": "Camomile tea", "description": "Twenty bags.", "price": euros("4.95"),
            "priceTier": "MID", "attributes": [{"name": "weight", "value": "40 g"}],
            "claims": [{"text": "calms", "support": "study of 2024"}], "tone": "CALM",
            "intendedUse": "before sleep", "stock": "IN_STOCK",
        }),
        RecordKind::Content => json!({
            "name": "Evening", "product": RECORD, "runs": period,
            "variants": [{"name": "a", "text": "Sleep well", "externalId": "v1"}],
            "claims": ["calms"], "price": euros("4.95"), "offer": "two for one", "tone": "CALM",
            "hashtags": ["tea"], "approval": "PENDING",
        }),
        RecordKind::Audience => json!({
            "name": "Light sleepers", "note": "survey of 2025",
            "distributions": [
                {"by": "GENDER", "shares": [{"value": "f", "share": "0.6"}, {"value": "m", "share": "0.4"}]},
                {"by": "COUNTRY", "shares": [{"value": "US", "share": "1"}]},
                {"by": "PRICE_TIER", "shares": [{"value": "MID", "share": "1"}]},
            ],
        }),
        RecordKind::Party => json!({
            "name": "Northwind", "role": "AGENCY", "note": "since 2020",
            "contacts": [{"name": "Ada", "email": "ada@example.com", "phone": "+49 1"}],
            "accounts": [{"kind": "AD_ACCOUNT", "externalId": "7", "owner": "Northwind", "admins": ["Ada"]}],
        }),
        RecordKind::Agreement => json!({
            "name": "Operation", "parties": [RECORD], "period": period,
            "notice": {"days": 30, "count": "CALENDAR", "form": "in writing"},
            "cancellationFee": {"percent": "20", "terms": "of what is outstanding"},
            "penalty": {"amount": euros("500")}, "payInLieu": {"percent": "100"},
            "deposits": [{"name": "first month", "amount": euros("1000")}],
            "milestones": [{"name": "launch", "due": "2026-03-01", "amount": euros("100"), "isDone": true}],
            "nonRefundable": [{"name": "set", "amount": euros("300")}],
            "passThrough": [{"name": "media", "amount": euros("9000")}],
            "terminationForCause": "after two warnings", "document": "archive/7.pdf",
        }),
        RecordKind::MarketingPlan => json!({
            "name": "2026", "period": period, "summary": "Grow.", "budget": euros("100000"),
            "goals": [{"name": "sell more", "metric": "roas", "value": "3.5"}],
            "channels": [{"name": "TikTok", "platform": "TIKTOK", "budget": euros("60000"), "note": "short films"}],
        }),
        RecordKind::FeedbackItem => json!({
            "kind": "REVIEW", "saidAt": "2026-04-01T08:00:00Z", "text": "Sleeps well", "rating": "4.5",
            "sentiment": "POSITIVE", "language": "en", "product": RECORD,
            "reply": {"state": "OPEN", "dueAt": "2026-04-02T08:00:00Z", "text": "Thank you"},
        }),
        RecordKind::Experiment => json!({
            "name": "Caption", "hypothesis": "Short is better.", "period": period,
            "metric": "cvr", "test": "TWO_PROPORTION", "minimumEffect": "0.1",
            "confidence": "0.95", "stoppingRule": {"observationsPerVariant": 10_000, "note": "no peeking"},
            "variants": [
                {"name": "short", "content": RECORD, "allocation": "0.5", "observed": {"count": 900, "successes": 30}},
                {"name": "long", "content": RECORD, "allocation": "0.5"},
            ],
        }),
        RecordKind::Source => json!({
            "name": "Meta daily", "platform": "META", "account": "act_7", "dataset": "delivery_daily",
            "arrival": {"lagDays": 1, "byHour": 9}, "owner": "Ada",
        }),
        RecordKind::CampaignPlan => json!({
            "objective": "SALES", "targets": [{"metric": "roas", "value": "3", "by": "2026-06-01"}],
            "budget": [{"period": period, "amount": euros("5000")}],
            "bounds": {"dailyMin": euros("10"), "dailyMax": euros("500"), "changePercentMax": "25"},
            "links": [{"campaign": CAMPAIGN, "kind": "FOLLOWS"}],
            "collaborations": [RECORD], "note": "spring",
        }),
        RecordKind::BrandProfile => json!({
            "voice": "As among friends.", "tones": ["FRIENDLY"], "values": ["honesty"],
            "marginPercent": "38.5", "attributionWindow": "7d_click",
            "restatements": [{"platform": "META", "days": 28}],
            "holidays": [{"date": "2026-12-25", "name": "Christmas", "country": "US"}],
        }),
    }
}
