//! Every kind is created, revised, listed, archived and read back whole.

use serde_json::{Value, json};

use crate::tests::given::World;

/// A kind: its name, its field, its list, a body with every field, and another body.
struct Kind {
    name: &'static str,
    one: &'static str,
    many: &'static str,
    body: Value,
    selection: &'static str,
    changed: (&'static str, Value),
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn year() -> Value {
    json!({"from": "2026-01-01", "until": "2027-01-01"})
}

/// The kinds that name no other record.
#[expect(clippy::too_many_lines, reason = "a list, one entry a kind")]
fn plain_kinds() -> Vec<Kind> {
    vec![
        Kind {
            name: "Product",
            one: "product",
            many: "products",
            body: json!({
                "name": "Tea", "description": "Bags.", "price": euros("4.95"), "priceTier": "MID",
                "attributes": [{"name": "weight", "value": "40 g"}],
                "claims": [{"text": "calms", "support": null}], "tone": "CALM",
                "intendedUse": "before sleep", "stock": "IN_STOCK",
            }),
            selection: "name description price { amount currency } priceTier attributes { name value } claims { text support } tone intendedUse stock",
            changed: ("stock", json!("LOW")),
        },
        Kind {
            name: "Audience",
            one: "audience",
            many: "audiences",
            body: json!({
                "name": "Light sleepers", "note": "survey",
                "distributions": [{"by": "COUNTRY", "shares": [{"value": "US", "share": "0.75"}, {"value": "CN", "share": "0.25"}]}],
            }),
            selection: "name note distributions { by shares { value share } }",
            changed: ("note", json!("newer survey")),
        },
        Kind {
            name: "Party",
            one: "party",
            many: "parties",
            body: json!({
                "name": "Northwind", "role": "AGENCY", "note": "since 2020",
                "contacts": [{"name": "Ada", "email": "ada@example.com", "phone": null}],
                "accounts": [{"kind": "PIXEL", "externalId": "7", "owner": "Northwind", "admins": ["Ada"]}],
            }),
            selection: "name role note contacts { name email phone } accounts { kind externalId owner admins }",
            changed: ("role", json!("PARTNER")),
        },
        Kind {
            name: "MarketingPlan",
            one: "marketingPlan",
            many: "marketingPlans",
            body: json!({
                "name": "2026", "period": year(), "summary": "Grow.", "budget": euros("100000"),
                "goals": [{"name": "sell more", "metric": "ROAS", "value": "3.5"}],
                "channels": [{"name": "TikTok", "platform": "TIKTOK", "budget": euros("60000"), "note": null}],
            }),
            selection: "name period { from until } summary budget { amount currency } goals { name metric value } channels { name platform budget { amount currency } note }",
            changed: ("summary", json!("Keep.")),
        },
        Kind {
            name: "Source",
            one: "source",
            many: "sources",
            body: json!({
                "name": "Meta daily", "platform": "META", "account": "act_7",
                "dataset": "DELIVERY_DAILY", "arrival": {"lagDays": 1, "byHour": 9}, "owner": "Ada",
            }),
            selection: "name platform account dataset arrival { lagDays byHour } owner",
            changed: ("owner", Value::Null),
        },
        Kind {
            name: "BrandProfile",
            one: "brandProfile",
            many: "brandProfiles",
            body: json!({
                "voice": "As among friends.", "tones": ["FRIENDLY"], "values": ["honesty"],
                "marginPercent": "38.5", "attributionWindow": "7d_click",
                "restatements": [{"platform": "META", "days": 28}],
                "holidays": [{"date": "2026-12-25", "name": "Christmas", "country": "US"}],
            }),
            selection: "voice tones values marginPercent attributionWindow restatements { platform days } holidays { date name country }",
            changed: ("marginPercent", json!("40")),
        },
    ]
}

/// The kinds that name a product, a party or a campaign.
#[expect(clippy::too_many_lines, reason = "a list, one entry a kind")]
fn naming_kinds(product: &Value, party: &Value, campaign: &str) -> Vec<Kind> {
    vec![
        Kind {
            name: "Content",
            one: "content",
            many: "contents",
            body: json!({
                "name": "Evening", "product": product, "runs": year(),
                "variants": [{"name": "a", "text": "Sleep well", "externalId": "v1"}],
                "claims": ["calms"], "price": euros("4.95"), "offer": "two for one",
                "tone": "CALM", "hashtags": ["tea"], "approval": "PENDING",
            }),
            selection: "name product runs { from until } variants { name text externalId } claims price { amount currency } offer tone hashtags approval",
            changed: ("tone", json!("ENERGETIC")),
        },
        Kind {
            name: "Agreement",
            one: "agreement",
            many: "agreements",
            body: json!({
                "name": "Operation", "parties": [party], "period": year(),
                "notice": {"days": 30, "count": "CALENDAR", "form": "in writing"},
                "cancellationFee": {"amount": null, "percent": "20", "terms": null},
                "penalty": {"amount": euros("500"), "percent": null, "terms": null},
                "payInLieu": null, "deposits": [{"name": "first", "amount": euros("1000")}],
                "milestones": [{"name": "launch", "due": "2026-03-01", "amount": null, "isDone": true}],
                "nonRefundable": [], "passThrough": [], "terminationForCause": "after two warnings",
                "document": "archive/7.pdf",
            }),
            selection: "name parties period { from until } notice { days count form } cancellationFee { amount { amount currency } percent terms } penalty { amount { amount currency } percent terms } payInLieu { terms } deposits { name amount { amount currency } } milestones { name due amount { amount currency } isDone } nonRefundable { name } passThrough { name } terminationForCause document",
            changed: ("document", json!("archive/8.pdf")),
        },
        Kind {
            name: "FeedbackItem",
            one: "feedbackItem",
            many: "feedbackItems",
            body: json!({
                "kind": "REVIEW", "saidAt": "2026-04-01T08:00:00Z", "text": "Sleeps well",
                "rating": "4.5", "sentiment": "POSITIVE", "language": "zh-Hans", "product": product,
                "reply": {"state": "OPEN", "dueAt": "2026-04-02T08:00:00Z", "text": null},
            }),
            selection: "kind saidAt text rating sentiment language product reply { state dueAt text }",
            changed: ("sentiment", json!("NEUTRAL")),
        },
        Kind {
            name: "Experiment",
            one: "experiment",
            many: "experiments",
            body: json!({
                "name": "Caption", "hypothesis": "Short is better.", "period": year(),
                "metric": "CVR", "test": "TWO_PROPORTION", "minimumEffect": "0.1",
                "confidence": "0.95", "stoppingRule": {"observationsPerVariant": 10_000, "note": null},
                "variants": [
                    {"name": "short", "content": null, "allocation": "0.5"},
                    {"name": "long", "content": null, "allocation": "0.5"},
                ],
            }),
            selection: "name hypothesis period { from until } metric test minimumEffect confidence stoppingRule { observationsPerVariant note } variants { name content allocation }",
            changed: ("confidence", json!("0.9")),
        },
        Kind {
            name: "CampaignPlan",
            one: "campaignPlan",
            many: "campaignPlans",
            body: json!({
                "objective": "SALES", "targets": [{"metric": "ROAS", "value": "3", "by": "2026-06-01"}],
                "budget": [{"period": year(), "amount": euros("5000")}],
                "bounds": {"dailyMin": euros("10"), "dailyMax": euros("500"), "changePercentMax": "25"},
                "links": [{"campaign": campaign, "kind": "FOLLOWS"}],
                "collaborations": [party], "note": "spring",
            }),
            selection: "objective targets { metric value by } budget { period { from until } amount { amount currency } } bounds { dailyMin { amount currency } dailyMax { amount currency } changePercentMax } links { campaign kind } collaborations note",
            changed: ("objective", json!("ENGAGEMENT")),
        },
    ]
}

impl World {
    /// Creates a record of a kind and gives its id.
    async fn created(&self, kind: &Kind) -> Value {
        let Kind {
            name,
            one,
            body,
            selection,
            ..
        } = kind;
        let document = format!(
            "mutation($input: Create{name}Input!) {{ create{name}(input: $input) {{ {one} {{ id revision state brand {{ id }} campaignId {selection} }} userErrors {{ field message code }} }} }}"
        );
        let campaign = (*name == "CampaignPlan").then(|| self.campaigns[0].to_string());
        let input = json!({"brand": self.brand.to_string(), "campaign": campaign, *one: body});
        let answer = self.put_as(&self.scope, &document, input).await;
        let payload = &answer["data"][format!("create{name}")];
        assert_eq!(payload["userErrors"], json!([]), "{name}: {answer}");
        let made = &payload[*one];
        assert_eq!(made["revision"], 1);
        assert_eq!(made["campaignId"], json!(campaign));
        for (field, value) in body.as_object().unwrap() {
            assert_eq!(made[field], *value, "{name}.{field}");
        }
        made["id"].clone()
    }

    /// Takes a created record through the rest of its life.
    async fn lives_on(&self, kind: &Kind, id: &Value) {
        let Kind {
            name,
            one,
            many,
            body,
            selection,
            changed,
        } = kind;
        let (field, value) = changed;
        let document = format!(
            "mutation($input: Revise{name}Input!) {{ revise{name}(input: $input) {{ {one} {{ revision {selection} }} userErrors {{ field message code }} }} }}"
        );
        let mut revised = body.clone();
        revised[*field] = value.clone();
        let input = json!({"id": id, "baseRevision": 1, *one: revised});
        let answer = self.put_as(&self.scope, &document, input).await;
        let told = &answer["data"][format!("revise{name}")][*one];
        assert_eq!(
            (&told["revision"], &told[*field]),
            (&json!(2), value),
            "{name}: {answer}"
        );

        let listed = format!("{{ {many} {{ nodes {{ id revision }} }} }}");
        let answer = self.ask(&listed).await;
        let expected = json!([{"id": id, "revision": 2}]);
        assert_eq!(answer.body["data"][*many]["nodes"], expected, "{name}");

        let document = format!(
            "mutation {{ archive{name}(input: {{id: {id}, baseRevision: 2}}) {{ {one} {{ state }} }} }}"
        );
        let answer = self.ask(&document).await;
        assert_eq!(
            answer.body["data"][format!("archive{name}")][*one]["state"],
            "ARCHIVED"
        );
        let answer = self.ask(&listed).await;
        assert_eq!(answer.body["data"][*many]["nodes"], json!([]), "{name}");

        let back = format!(
            "{{ {one}(id: {id}) {{ history {{ nodes {{ revision state changes {{ field }} }} }} }} }}"
        );
        let answer = self.ask(&back).await;
        let history = &answer.body["data"][*one]["history"]["nodes"];
        assert_eq!(
            history[0],
            json!({"revision": 3, "state": "ARCHIVED", "changes": []})
        );
        assert_eq!(history[1]["changes"], json!([{"field": field}]), "{name}");
    }
}

#[tokio::test]
async fn records_that_name_no_other_are_created_revised_listed_and_archived() {
    let world = World::new();
    for kind in plain_kinds() {
        let id = world.created(&kind).await;
        world.lives_on(&kind, &id).await;
    }
}

#[tokio::test]
async fn records_that_name_others_are_created_revised_listed_and_archived() {
    let world = World::new();
    let plain = plain_kinds();
    let product = world.created(&plain[0]).await;
    let party = world.created(&plain[2]).await;
    let linked = world.campaigns[1].to_string();
    for kind in naming_kinds(&product, &party, &linked) {
        let id = world.created(&kind).await;
        world.lives_on(&kind, &id).await;
    }
}
