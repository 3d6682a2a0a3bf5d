//! A body of each kind as GraphQL reads it, in an order in which those that others name come first.

use serde_json::{Value, json};

/// A kind of record: its name in addresses, mutations and as a field, and a body.
pub(super) struct Kind {
    pub(super) entity: &'static str,
    pub(super) name: &'static str,
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    pub(super) body: Value,
    /// A field with another value that it can take.
    pub(super) change: (&'static str, Value),
}

/// What the bodies name.
pub(super) struct Named<'a> {
    pub(super) product: &'a str,
    pub(super) party: &'a str,
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn year() -> Value {
    json!({"from": "2026-01-01", "until": "2027-01-01"})
}

/// The kinds that others name.
pub(super) fn named_kinds() -> Vec<Kind> {
    vec![
        Kind {
            entity: "product",
            name: "Product",
            one: "product",
            many: "products",
            body: json!({
                "name": "=Tea, \"calm\"", "description": "Twenty bags.\nOf camomile.",
                "price": euros("4.950"), "priceTier": "MID",
                "attributes": [{"name": "weight", "value": "40 g"}],
                "claims": [{"text": "'- calms", "support": null}], "tone": "CALM",
                "intendedUse": "'+ before sleep", "stock": "IN_STOCK",
            }),
            change: ("stock", json!("LOW")),
        },
        Kind {
            entity: "party",
            name: "Party",
            one: "party",
            many: "parties",
            body: json!({
                "name": "\u{5de8}\u{91cf}", "role": "AGENCY",
                "contacts": [{"name": "Ada", "email": "ada@example.com"}],
                "accounts": [{"kind": "PIXEL", "externalId": "7", "owner": "Northwind", "admins": ["Ada"]}],
            }),
            change: ("note", json!("since 2020")),
        },
    ]
}

/// All other kinds.
pub(super) fn other_kinds(named: &Named<'_>) -> Vec<Kind> {
    [of_promotions(named), of_brands(named)]
        .into_iter()
        .flatten()
        .collect()
}

#[expect(clippy::too_many_lines, reason = "a list, one entry a kind")]
fn of_promotions(named: &Named<'_>) -> Vec<Kind> {
    vec![
        Kind {
            entity: "content",
            name: "Content",
            one: "content",
            many: "contents",
            body: json!({
                "name": "Evening", "product": named.product, "runs": year(),
                "variants": [{"name": "a", "text": "Sleep well", "externalId": "v1"}],
                "claims": ["calms", "a, b"], "price": euros("4.95"), "hashtags": ["tea"],
                "approval": "PENDING",
            }),
            change: ("offer", json!("two for one")),
        },
        Kind {
            entity: "audience",
            name: "Audience",
            one: "audience",
            many: "audiences",
            body: json!({
                "name": "Light sleepers",
                "distributions": [{"by": "COUNTRY", "shares": [{"value": "US", "share": "0.75"}, {"value": "CN", "share": "0.25"}]}],
            }),
            change: ("note", json!("survey")),
        },
        Kind {
            entity: "feedback_item",
            name: "FeedbackItem",
            one: "feedbackItem",
            many: "feedbackItems",
            body: json!({
                "kind": "REVIEW", "saidAt": "2026-04-01T08:00:00Z", "text": "Sleeps well",
                "rating": "4.5", "product": named.product, "reply": {"state": "OPEN"},
            }),
            change: ("sentiment", json!("NEUTRAL")),
        },
        Kind {
            entity: "experiment",
            name: "Experiment",
            one: "experiment",
            many: "experiments",
            body: json!({
                "name": "Caption", "period": year(), "metric": "CVR", "test": "TWO_PROPORTION",
                "minimumEffect": "0.1", "confidence": "0.95",
                "stoppingRule": {"observationsPerVariant": 10_000},
                "variants": [{"name": "short", "allocation": "0.5"}, {"name": "long", "allocation": "0.5"}],
            }),
            change: ("confidence", json!("0.9")),
        },
        Kind {
            entity: "campaign_plan",
            name: "CampaignPlan",
            one: "campaignPlan",
            many: "campaignPlans",
            body: json!({
                "objective": "SALES", "targets": [{"metric": "ROAS", "value": "3", "by": "2026-06-01"}],
                "budget": [{"period": year(), "amount": euros("5000")}],
                "bounds": {"dailyMax": euros("500")}, "collaborations": [named.party],
            }),
            change: ("note", json!("spring")),
        },
    ]
}

fn of_brands(named: &Named<'_>) -> Vec<Kind> {
    vec![
        Kind {
            entity: "agreement",
            name: "Agreement",
            one: "agreement",
            many: "agreements",
            body: json!({
                "name": "Operation", "parties": [named.party], "period": year(),
                "notice": {"days": 30, "count": "CALENDAR"},
                "cancellationFee": {"percent": "20"}, "penalty": {"amount": euros("500")},
                "deposits": [{"name": "first", "amount": euros("1000")}],
            }),
            change: ("document", json!("archive/7.pdf")),
        },
        Kind {
            entity: "marketing_plan",
            name: "MarketingPlan",
            one: "marketingPlan",
            many: "marketingPlans",
            body: json!({
                "name": "2026", "period": year(), "budget": euros("100000"),
                "goals": [{"name": "sell more", "metric": "ROAS", "value": "3.5"}],
            }),
            change: ("summary", json!("Grow.")),
        },
        Kind {
            entity: "source",
            name: "Source",
            one: "source",
            many: "sources",
            body: json!({
                "name": "Meta daily", "platform": "META", "account": "act_7",
                "dataset": "DELIVERY_DAILY", "arrival": {"lagDays": 1, "byHour": 9},
            }),
            change: ("owner", json!("Ada")),
        },
        Kind {
            entity: "brand_profile",
            name: "BrandProfile",
            one: "brandProfile",
            many: "brandProfiles",
            body: json!({
                "tones": ["FRIENDLY"], "values": ["honesty"], "marginPercent": "38.5",
                "restatements": [{"platform": "META", "days": 28}],
            }),
            change: ("voice", json!("As among friends.")),
        },
    ]
}
