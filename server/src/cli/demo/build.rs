//! Filling a data folder with the demonstration, through the same doors as everybody's data.

use std::collections::BTreeMap;
use std::path::Path;

use bellwether_catalogue::{NewToken, TokenSecret};
use bellwether_domain::Scope;
use bellwether_domain::agency::Agency;
use bellwether_domain::batch::{BatchOutcome, ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::brand::Brand;
use bellwether_domain::calendar::MonthOfYear;
use bellwether_domain::campaign::Campaign;
use bellwether_domain::ids::{AgencyId, BrandId, CampaignId, MemberId, TokenId};
use bellwether_domain::member::Member;
use bellwether_domain::sample::Duplicates;
use bellwether_domain::time::milliseconds_after;
use bellwether_service::{Format, IngestRequest, Services};
use indicatif::{ProgressBar, ProgressStyle};

use super::cases;
use super::records::make_records;
use crate::app::told;
use crate::clock::SystemRandom;
use crate::generate::{DemoAgency, DemoBrand, DemoReport, demo_world_at};

/// What stands in a folder whose demonstration is whole.
const MARKER: &str = "demo-complete";

/// The agencies in the order in which they are shown: the one that reports in USD first.
const SLUGS: [&str; 2] = ["northwind-media", "jade-river"];

/// The personas in the order in which they are shown.
const PERSONAS: [&str; 3] = ["owner", "analyst", "viewer"];

/// Whether the agencies come with campaigns and facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    Empty,
    Full,
}

/// One agency of the demonstration with fresh tokens.
#[derive(Debug)]
pub(super) struct BuiltAgency {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) brands: Vec<String>,
    /// By persona: `owner`, `analyst`, `viewer`.
    pub(super) tokens: Vec<(String, TokenSecret)>,
}

/// Makes the demonstration if the folder holds none, and tokens anew in either case.
pub(super) async fn build(
    services: &Services,
    data_dir: &Path,
    contents: Contents,
    shows_progress: bool,
) -> Result<Vec<BuiltAgency>, String> {
    let marker = data_dir.join(MARKER);
    let known = services
        .catalogue()
        .list_agencies()
        .map_err(|error| told(&error))?;
    let is_new = !marker.exists();
    if is_new {
        if !known.is_empty() {
            return Err(format!(
                "the data folder `{}` holds other agencies or half a demonstration; name a new folder with `--data-dir`, or remove it",
                data_dir.display()
            ));
        }
        let world = demo_world_at(services.clock().now());
        let n_reports: usize = world
            .agencies
            .iter()
            .flat_map(|a| &a.brands)
            .map(|b| b.reports.len())
            .sum();
        let bar = progress(n_reports, shows_progress && contents == Contents::Full);
        for agency in &world.agencies {
            make_agency(services, agency, contents, &bar).await?;
        }
        bar.finish_and_clear();
    }
    let mut agencies = services
        .catalogue()
        .list_agencies()
        .map_err(|error| told(&error))?;
    agencies.sort_by_key(|agency| SLUGS.iter().position(|slug| *slug == agency.slug.as_str()));
    let built: Vec<BuiltAgency> = agencies
        .iter()
        .map(|agency| fresh_tokens(services, agency))
        .collect::<Result<_, _>>()?;
    if is_new {
        if contents == Contents::Full {
            for agency in &built {
                cases::begin(services, agency).await?;
            }
        }
        std::fs::write(&marker, "")
            .map_err(|error| format!("can't write `{}`: {error}", marker.display()))?;
    }
    Ok(built)
}

async fn make_agency(
    services: &Services,
    plan: &DemoAgency,
    contents: Contents,
    bar: &ProgressBar,
) -> Result<(), String> {
    let (catalogue, now, ids) = (services.catalogue(), services.clock().now(), services.ids());
    let agency = Agency {
        id: AgencyId::from_parts(now, ids.random()),
        slug: plan.slug.clone(),
        name: plan.name.clone(),
        reporting_currency: plan.reporting_currency,
        timezone: plan.timezone.clone(),
        week_start: plan.week_start,
        fiscal_year_start: MonthOfYear::January,
    };
    catalogue
        .create_agency(&agency, now)
        .map_err(|error| told(&error))?;
    let scope = catalogue
        .operator_scope(&plan.slug)
        .map_err(|error| told(&error))?;
    for (role, name) in &plan.members {
        let id = MemberId::from_parts(now, ids.random());
        let member = Member {
            id,
            agency: agency.id,
            name: name.clone(),
            role: *role,
        };
        catalogue
            .create_member(&scope, &member)
            .map_err(|error| told(&error))?;
    }
    for brand in &plan.brands {
        make_brand(services, &scope, plan, brand, contents, bar).await?;
    }
    Ok(())
}

async fn make_brand(
    services: &Services,
    scope: &Scope,
    agency: &DemoAgency,
    plan: &DemoBrand,
    contents: Contents,
    bar: &ProgressBar,
) -> Result<(), String> {
    let (catalogue, now, ids) = (services.catalogue(), services.clock().now(), services.ids());
    let id = BrandId::from_parts(now, ids.random());
    let brand = Brand {
        id,
        slug: plan.slug.clone(),
        name: plan.name.clone(),
    };
    catalogue
        .create_brand(scope, &brand, now)
        .map_err(|error| told(&error))?;
    if contents == Contents::Empty {
        return Ok(());
    }
    let mut first_campaign = None;
    for (order, campaign) in plan.campaigns.iter().enumerate() {
        // Ids in the order of the plan, so that what is ordered by them (the micros of spread
        // costs, the first page of campaigns) is the same in every demonstration.
        let at = milliseconds_after(now, order);
        let campaign = Campaign {
            id: CampaignId::from_parts(at, ids.random()),
            brand: id,
            external_id: campaign.external_id.clone(),
            name: campaign.name.clone(),
            platform: campaign.platform,
            objective: campaign.objective,
            status: campaign.status,
            currency: agency.reporting_currency,
            timezone: agency.timezone.clone(),
            starts_on: Some(campaign.starts_on),
            ends_on: campaign.ends_on,
            budget_micros: Some(campaign.budget_micros),
            labels: BTreeMap::new(),
        };
        catalogue
            .create_campaign(scope, &campaign, now)
            .map_err(|error| told(&error))?;
        first_campaign.get_or_insert(campaign.id);
    }
    let currency = agency.reporting_currency;
    make_records(services, scope, &plan.slug, currency, first_campaign).await?;
    for report in &plan.reports {
        bar.set_message(format!("{}: {}", plan.name, report.name));
        ingest(services, scope, plan, report).await?;
        bar.inc(1);
    }
    Ok(())
}

async fn ingest(
    services: &Services,
    scope: &Scope,
    brand: &DemoBrand,
    report: &DemoReport,
) -> Result<(), String> {
    let mut spool = services
        .spool(scope, Some(report.csv.len() as u64))
        .map_err(|error| error.chain())?;
    spool
        .write(&report.csv)
        .await
        .map_err(|error| error.chain())?;
    let body = spool.finish().await.map_err(|error| error.chain())?;
    let request = IngestRequest {
        dataset: report.dataset,
        brand: brand.slug.clone(),
        format: Format::Csv,
        mode: IngestMode::Strict,
        duplicates: Duplicates::Reject,
        columns: ColumnRule::Replace,
        replace: ReplaceRule::Keys,
        register: None,
        idempotency_key: None,
    };
    let answer = services
        .ingest(scope, request, body)
        .await
        .map_err(|error| error.chain())?;
    if answer.outcome == BatchOutcome::Rejected {
        return Err(format!(
            "the demonstration's report `{}` was rejected: {:?}",
            report.name,
            answer.problems.first()
        ));
    }
    Ok(())
}

/// A new token for the first member of each role, named by its persona; the last run's go.
fn fresh_tokens(services: &Services, agency: &Agency) -> Result<BuiltAgency, String> {
    let (catalogue, now, ids) = (services.catalogue(), services.clock().now(), services.ids());
    let scope = catalogue
        .operator_scope(&agency.slug)
        .map_err(|error| told(&error))?;
    let mut tokens = Vec::new();
    for member in catalogue
        .list_members(&scope)
        .map_err(|error| told(&error))?
    {
        let persona = member.role.as_str().to_lowercase();
        if tokens.iter().any(|(known, _)| *known == persona) {
            continue;
        }
        let name = format!("demo {persona}");
        catalogue
            .revoke_tokens_named(&scope, &name, now)
            .map_err(|error| told(&error))?;
        let id = TokenId::from_parts(now, ids.random());
        let token = NewToken {
            id,
            member: member.id,
            name,
            created_at: now,
            expires_at: None,
            trusted_documents_only: false,
            may_introspect: true,
        };
        let secret = TokenSecret::from_random(SystemRandom.secret());
        catalogue
            .issue_token(&scope, &token, &secret)
            .map_err(|error| told(&error))?;
        tokens.push((persona, secret));
    }
    tokens.sort_by_key(|(persona, _)| PERSONAS.iter().position(|known| known == persona));
    let brands = catalogue
        .list_brands(&scope)
        .map_err(|error| told(&error))?;
    Ok(BuiltAgency {
        slug: agency.slug.to_string(),
        name: agency.name.clone(),
        brands: brands
            .into_iter()
            .map(|brand| brand.slug.to_string())
            .collect(),
        tokens,
    })
}

fn progress(n_reports: usize, visible: bool) -> ProgressBar {
    if !visible {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("making the demonstration {bar:24} {pos}/{len} {wide_msg}");
    ProgressBar::new(n_reports as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
