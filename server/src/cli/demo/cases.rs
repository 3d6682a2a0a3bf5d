//! The demonstration's cases: one of each workflow, each open, at another step, with a due date.

use bellwether_domain::Scope;
use bellwether_domain::ids::{BrandId, CampaignId, MemberId};
use bellwether_domain::time::{Date, Timestamp, days_later, utc_date};
use bellwether_service::{CaseCommand, CaseOutcome, CaseView, Services, StartCase, WorkflowRole};
use bellwether_workflow::case::{GivenEvidence, Verb};
use serde_json::{Map, Value, json};

use super::build::BuiltAgency;

/// Begins the cases of an agency by its owner and analyst, who hold every workflow role: what one
/// asks for, the other approves.
pub(super) async fn begin(services: &Services, agency: &BuiltAgency) -> Result<(), String> {
    let owner = authorised(services, agency, "owner").await?;
    let analyst = authorised(services, agency, "analyst").await?;
    give_roles(services, &owner, [&owner, &analyst]).await?;
    let now = services.clock().now();
    let about = About::of(services, &owner)?;
    cancel_a_promotion(services, &owner, about).await?;
    leave_an_agency(services, &owner).await?;
    mend_a_mismatch(services, &analyst, about, now).await?;
    review_performance(services, &owner, about, utc_date(now)).await
}

/// What the cases are about: the first brand and its first campaign.
#[derive(Debug, Clone, Copy)]
struct About {
    brand: BrandId,
    campaign: CampaignId,
}

impl About {
    fn of(services: &Services, scope: &Scope) -> Result<Self, String> {
        let campaigns = services.catalogue().list_campaigns(scope, None, None, 1);
        let campaigns = campaigns.map_err(|error| crate::app::told(&error))?;
        let first = campaigns.first();
        first
            .map(|campaign| Self {
                brand: campaign.brand,
                campaign: campaign.id,
            })
            .ok_or_else(|| "the demonstration has no campaign for its cases".to_owned())
    }
}

async fn authorised(
    services: &Services,
    agency: &BuiltAgency,
    persona: &str,
) -> Result<Scope, String> {
    let token = agency.tokens.iter().find(|(known, _)| known == persona);
    let (_, secret) = token.ok_or_else(|| format!("the demonstration has no {persona}"))?;
    let scope = services.authorise(secret.expose()).await;
    scope.map_err(|error| error.chain())
}

async fn give_roles(services: &Services, owner: &Scope, people: [&Scope; 2]) -> Result<(), String> {
    let known = services.workflow_definitions(owner).await;
    let known = known.map_err(|error| error.chain())?;
    let names: Vec<String> = known
        .iter()
        .flat_map(|one| one.definition.roles.iter().map(|role| role.name.clone()))
        .collect();
    let members: Vec<MemberId> = people.into_iter().filter_map(Scope::member).collect();
    let roles = members.into_iter().flat_map(|member| {
        names.iter().map(move |role| WorkflowRole {
            member,
            role: role.clone(),
            brand: None,
            case: None,
        })
    });
    let given = services.set_workflow_roles(owner, roles.collect(), true);
    given.await.map_err(|error| error.chain())
}

async fn cancel_a_promotion(
    services: &Services,
    owner: &Scope,
    about: About,
) -> Result<(), String> {
    let case = started(services, owner, "cancel_promotion", Some(about), json!({})).await?;
    let why = "the brand moves its spring budget to the launch in June";
    let evidence = vec![
        given("reason_code", json!({ "codes": ["BUDGET_CONSTRAINTS"] })),
        given("promotion_id", json!({ "id": about.campaign })),
        given("explanation", json!({ "text": why })),
    ];
    advanced(services, owner, &case, "submit", evidence).await
}

async fn leave_an_agency(services: &Services, owner: &Scope) -> Result<(), String> {
    let subject = json!({ "contract": "OPS-2025-114" });
    let case = started(services, owner, "terminate_agency", None, subject).await?;
    let analysis = "two quarters below the agreed return, and reports that came late";
    let reason = json!({
        "codes": ["POOR_RESULTS"],
        "operating_agency": "OPS-114",
        "analysis": analysis,
    });
    let evidence = vec![
        given("reason", reason),
        given(
            "risks",
            json!({ "risks": ["HANDOVER_GAP", "ACCOUNT_OWNERSHIP"] }),
        ),
    ];
    advanced(services, owner, &case, "open_talks", evidence).await
}

async fn mend_a_mismatch(
    services: &Services,
    analyst: &Scope,
    about: About,
    now: Timestamp,
) -> Result<(), String> {
    let subject = json!({ "claim": "MIRACLE_CURE" });
    let case = started(services, analyst, "resolve_mismatch", Some(about), subject).await?;
    let score = GivenEvidence {
        input: Some(json!({
            "score": 0.74,
            "detected_at": now,
            "baseline_orders": "300",
            "baseline_clicks": "10000",
            "orders": "120",
            "clicks": "8000",
            "aov": "32.50",
            "refunds": "24",
            "baseline_refund_rate": "0.05",
            "refund_handling": "4.20",
            "affected_orders_to_notify": "96",
            "voucher": "5.00",
        })),
        ..given(
            "composite_score",
            json!({ "components": { "claims": 0.9, "price": 0.4 } }),
        )
    };
    advanced(services, analyst, &case, "open", vec![score]).await
}

async fn review_performance(
    services: &Services,
    owner: &Scope,
    about: About,
    today: Date,
) -> Result<(), String> {
    let start = days_later(today, 14).unwrap_or(today);
    let subject = json!({ "start": start });
    let case = started(services, owner, "performance_review", Some(about), subject).await?;
    let targets = json!({ "cvr": "0.025", "cpa": "18" });
    let objective = given(
        "objective",
        json!({ "objective": "SALES", "targets": targets }),
    );
    advanced(services, owner, &case, "set_objective", vec![objective]).await
}

async fn started(
    services: &Services,
    scope: &Scope,
    definition: &str,
    about: Option<About>,
    subject: Value,
) -> Result<Box<CaseView>, String> {
    let asked = StartCase {
        definition: definition.to_owned(),
        brand: about.map(|about| about.brand),
        campaign: about.map(|about| about.campaign),
        subject: fields(subject),
        idempotency_key: None,
    };
    let started = services.start_case(scope, asked).await;
    done(definition, started.map_err(|error| error.chain())?)
}

async fn advanced(
    services: &Services,
    scope: &Scope,
    case: &CaseView,
    action: &str,
    evidence: Vec<GivenEvidence>,
) -> Result<(), String> {
    let command = CaseCommand {
        expected_version: Some(case.record.version),
        occurred_at: None,
        idempotency_key: None,
        verb: Verb::Advance {
            action: action.to_owned(),
            evidence,
        },
    };
    let advanced = services.command_case(scope, case.record.id, command).await;
    done(action, advanced.map_err(|error| error.chain())?).map(|_| ())
}

fn done(what: &str, outcome: CaseOutcome) -> Result<Box<CaseView>, String> {
    match outcome {
        CaseOutcome::Done(view) => Ok(view),
        CaseOutcome::Refused(refused, _) => Err(format!(
            "the demonstration's `{what}` was refused: {refused}"
        )),
    }
}

fn given(kind: &str, says: Value) -> GivenEvidence {
    GivenEvidence {
        kind: kind.to_owned(),
        fields: fields(says),
        ..GivenEvidence::default()
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
