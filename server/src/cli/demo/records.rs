//! The demonstration's records: what is promoted, promised and agreed, with the faults that make a
//! demonstration worth looking at.
//!
//! In every brand: a promotion that says "miracle cure", unsupported, with a price that is not the
//! catalogue's and a tone that is not the product's; an agreement with notice and fee; an audience
//! that was missed; an experiment with a clear result and one without.
//! They come in as files, by the door that everybody's do.

use bellwether_domain::Scope;
use bellwether_domain::agency::Slug;
use bellwether_domain::ids::CampaignId;
use bellwether_domain::money::Currency;
use bellwether_domain::record::{ImportAnswer, ImportOutcome, RecordKind};
use bellwether_domain::time::{Date, days_later, utc_date};
use bellwether_service::{ImportRequest, RecordFormat, Services};
use serde_json::{Value, json};

/// What the demonstration tells of a brand.
struct Promoted {
    brand: &'static str,
    product: &'static str,
    claim: &'static str,
    price: &'static str,
    stated_price: &'static str,
}

const PROMOTED: [Promoted; 5] = [
    Promoted {
        brand: "aurora-skin",
        product: "Night Repair Serum",
        claim: "moisturises for 24 hours",
        price: "49.00",
        stated_price: "39.00",
    },
    Promoted {
        brand: "trailhead-outdoor",
        product: "Ridge 40 Backpack",
        claim: "keeps dry in steady rain",
        price: "139.00",
        stated_price: "99.00",
    },
    Promoted {
        brand: "pepperpot-kitchen",
        product: "Cast Iron Pan",
        claim: "heats evenly",
        price: "59.00",
        stated_price: "49.00",
    },
    Promoted {
        brand: "yunwu-tea",
        product: "\u{4e91}\u{96fe}\u{6bdb}\u{5c16}",
        claim: "picked before the spring rains",
        price: "168.00",
        stated_price: "128.00",
    },
    Promoted {
        brand: "lanting-home",
        product: "\u{5170}\u{4ead}\u{6728}\u{6905}",
        claim: "of oak from one forest",
        price: "899.00",
        stated_price: "699.00",
    },
];

/// The days that the demonstration speaks of: half a year until today, and the year around.
struct Days {
    half_a_year_ago: Date,
    a_week_ago: Date,
    in_half_a_year: Date,
}

/// A brand whose records are made.
struct Making<'a> {
    services: &'a Services,
    scope: &'a Scope,
    brand: &'a Slug,
}

/// Makes the records of a brand and of its first campaign.
pub(super) async fn make_records(
    services: &Services,
    scope: &Scope,
    brand: &Slug,
    currency: Currency,
    campaign: Option<CampaignId>,
) -> Result<(), String> {
    let Some(promoted) = PROMOTED.iter().find(|it| it.brand == brand.as_str()) else {
        return Ok(());
    };
    let today = utc_date(services.clock().now());
    let day = |days| days_later(today, days).ok_or("the calendar ends");
    let days = Days {
        half_a_year_ago: day(-182)?,
        a_week_ago: day(-7)?,
        in_half_a_year: day(182)?,
    };
    let making = Making {
        services,
        scope,
        brand,
    };
    let money = |amount: &str| json!({"amount": amount, "currency": currency.code()});
    let product = making
        .import(RecordKind::Product, &[product(promoted, &money)])
        .await?;
    let party = making.import(RecordKind::Party, &[party()]).await?;
    let content = content(promoted, &product[0], &days, &money);
    making.import(RecordKind::Content, &[content]).await?;
    making.import(RecordKind::Audience, &[audience()]).await?;
    let agreement = agreement(&party[0], &days, &money);
    making.import(RecordKind::Agreement, &[agreement]).await?;
    making
        .import(RecordKind::MarketingPlan, &[plan(&days, &money)])
        .await?;
    let said = feedback(&product[0], days.a_week_ago);
    making.import(RecordKind::FeedbackItem, &said).await?;
    making
        .import(RecordKind::Experiment, &experiments(&days))
        .await?;
    making.import(RecordKind::Source, &[source()]).await?;
    making
        .import(RecordKind::BrandProfile, &[profile(&days)])
        .await?;
    if let Some(campaign) = campaign {
        let plan = campaign_plan(campaign, &party[0], &days, &money);
        making.import(RecordKind::CampaignPlan, &[plan]).await?;
    }
    Ok(())
}

impl Making<'_> {
    /// Takes records in, and gives their ids.
    async fn import(&self, kind: RecordKind, records: &[Value]) -> Result<Vec<String>, String> {
        let lines = records.iter().map(|record| format!("{record}\n"));
        let file = lines.collect::<String>().into_bytes();
        let request = ImportRequest {
            kind,
            format: RecordFormat::Ndjson,
            brand: Some(self.brand.clone()),
            is_dry_run: false,
            idempotency_key: None,
        };
        let answer = self
            .services
            .import_records(self.scope, request, file)
            .await;
        let ImportAnswer { outcome, lines, .. } = answer.map_err(|error| error.chain())?;
        if outcome != ImportOutcome::Committed {
            return Err(format!(
                "the demonstration's records of kind `{kind}` were rejected: {lines:?}"
            ));
        }
        Ok(lines.into_iter().filter_map(|line| line.id).collect())
    }
}

fn product(promoted: &Promoted, money: &impl Fn(&str) -> Value) -> Value {
    json!({
        "key": "hero", "name": promoted.product, "description": "The brand's best known product.",
        "price": money(promoted.price), "priceTier": "PREMIUM", "tone": "CALM",
        "claims": [{"text": promoted.claim, "support": "test of 2025"}],
        "intendedUse": "every day", "stock": "IN_STOCK",
    })
}

fn content(
    promoted: &Promoted,
    product: &str,
    days: &Days,
    money: &impl Fn(&str) -> Value,
) -> Value {
    json!({
        "key": "launch", "name": "Launch film", "product": product,
        "runs": {"from": days.half_a_year_ago}, "tone": "ENERGETIC",
        "variants": [{"name": "short", "text": format!("{}: a miracle cure!", promoted.product)}],
        "claims": ["miracle cure", promoted.claim], "price": money(promoted.stated_price),
        "offer": "only this week", "hashtags": ["launch"], "approval": "PENDING",
    })
}

fn audience() -> Value {
    json!({
        "key": "intended", "name": "Those who can afford it", "note": "interviews of last year",
        "distributions": [{"by": "AGE", "shares": [
            {"value": "55+", "share": "0.8"}, {"value": "45-54", "share": "0.2"},
        ]}],
    })
}

fn party() -> Value {
    json!({
        "key": "operator", "name": "Bright Path Media", "role": "AGENCY",
        "contacts": [{"name": "Ada Lin", "email": "ada.lin@example.com"}],
        "accounts": [{"kind": "AD_ACCOUNT", "externalId": "act_1001", "owner": "Bright Path Media", "admins": ["Ada Lin"]}],
    })
}

fn agreement(party: &str, days: &Days, money: &impl Fn(&str) -> Value) -> Value {
    json!({
        "key": "operation", "name": "Operation of the accounts", "parties": [party],
        "period": {"from": days.half_a_year_ago, "until": days.in_half_a_year},
        "notice": {"days": 30, "count": "CALENDAR", "form": "in writing"},
        "cancellationFee": {"percent": "20", "terms": "of the fees still outstanding"},
        "deposits": [{"name": "first month", "amount": money("2000")}],
        "terminationForCause": "after two written warnings",
    })
}

fn plan(days: &Days, money: &impl Fn(&str) -> Value) -> Value {
    json!({
        "key": "this-year", "name": "This year", "summary": "Fewer channels, more of what works.",
        "period": {"from": days.half_a_year_ago, "until": days.in_half_a_year},
        "budget": money("120000"), "goals": [{"name": "a return above costs", "metric": "roas", "value": "3"}],
    })
}

fn feedback(product: &str, day: Date) -> [Value; 3] {
    let said_at = format!("{day}T08:00:00Z");
    let said = |key: &str,
                kind: &str,
                rating: Option<&str>,
                sentiment: &str,
                text: &str,
                state: &str| {
        json!({
            "key": key, "kind": kind, "saidAt": said_at, "text": text, "rating": rating,
            "sentiment": sentiment, "language": "en", "product": product, "reply": {"state": state},
        })
    };
    [
        said(
            "r1",
            "REVIEW",
            Some("1"),
            "NEGATIVE",
            "No miracle at all, and dearer than advertised.",
            "ESCALATED",
        ),
        said(
            "r2",
            "REVIEW",
            Some("5"),
            "POSITIVE",
            "Exactly as described.",
            "REPLIED",
        ),
        said(
            "c1",
            "COMMENT",
            None,
            "NEUTRAL",
            "Which price is right?",
            "OPEN",
        ),
    ]
}

fn experiments(days: &Days) -> [Value; 2] {
    let experiment = |key: &str, name: &str, successes: [u32; 2]| {
        let observed = successes.map(|successes| json!({"count": 10_000, "successes": successes}));
        json!({
            "key": key, "name": name, "metric": "cvr", "test": "TWO_PROPORTION",
            "period": {"from": days.half_a_year_ago, "until": days.a_week_ago},
            "minimumEffect": "0.1", "confidence": "0.95",
            "stoppingRule": {"observationsPerVariant": 10_000},
            "variants": [
                {"name": "as before", "allocation": "0.5", "observed": observed[0]},
                {"name": "new", "allocation": "0.5", "observed": observed[1]},
            ],
        })
    };
    [
        experiment("caption", "Short caption", [310, 402]),
        experiment("music", "Calmer music", [310, 317]),
    ]
}

fn source() -> Value {
    json!({
        "key": "daily", "name": "Daily report", "platform": "TIKTOK", "account": "act_1001",
        "dataset": "delivery_daily", "arrival": {"lagDays": 1, "byHour": 9}, "owner": "Ada Lin",
    })
}

fn profile(days: &Days) -> Value {
    json!({
        "voice": "As among friends who know what they speak of.", "tones": ["CALM", "FRIENDLY"],
        "values": ["honesty"], "restatements": [{"platform": "META", "days": 28}],
        "holidays": [{"date": days.in_half_a_year, "name": "Company day"}],
    })
}

fn campaign_plan(
    campaign: CampaignId,
    party: &str,
    days: &Days,
    money: &impl Fn(&str) -> Value,
) -> Value {
    json!({
        "campaign": campaign.to_string(), "objective": "SALES",
        "targets": [{"metric": "roas", "value": "3", "by": days.in_half_a_year}],
        "budget": [{"period": {"from": days.half_a_year_ago, "until": days.in_half_a_year}, "amount": money("30000")}],
        "bounds": {"dailyMin": money("10"), "dailyMax": money("1000"), "changePercentMax": "25"},
        "collaborations": [party],
    })
}
