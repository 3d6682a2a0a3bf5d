//! `bellwether admin …`: what an operator sets up in the data folder that nobody serves right now:
//! agencies, brands, members and tokens.

use std::process::ExitCode;

use bellwether_catalogue::{Catalogue, NewToken, TokenSecret};
use bellwether_domain::Scope;
use bellwether_domain::agency::{Agency, Slug};
use bellwether_domain::brand::Brand;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::{AgencyId, BrandId, IdSource, MemberId, TokenId};
use bellwether_domain::member::{Member, Role};
use bellwether_domain::money::Currency;
use bellwether_domain::time::{Clock, Timestamp, ZoneName, parse_weekday, seconds_after};
use clap::{Args, Subcommand};

use super::Folder;
use crate::app::{App, told};
use crate::clock::{SystemClock, SystemRandom};

/// The commands of `admin`.
#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make an agency with an owner, and print the owner's token.
    AddAgency(AddAgencyArgs),
    /// Make a brand of an agency.
    AddBrand(AddBrandArgs),
    /// Make a member of an agency and print a token for it.
    AddMember(AddMemberArgs),
    /// Revoke an agency's tokens of a name; `add-member` names them by the member.
    RevokeTokens(RevokeTokensArgs),
    /// Print a new operator's token, which opens `/v1/status` and `/v1/maintenance`.
    OperatorToken(OperatorTokenArgs),
}

/// The arguments of `admin add-agency`.
#[derive(Debug, Args)]
pub(super) struct AddAgencyArgs {
    #[command(flatten)]
    folder: Folder,
    /// Its short name.
    slug: String,
    /// Its name as shown.
    #[arg(long)]
    name: String,
    /// Its reporting currency, such as `USD`.
    #[arg(long)]
    currency: String,
    /// Its time zone, such as `Asia/Shanghai`.
    #[arg(long)]
    timezone: String,
    /// The day its weeks start on.
    #[arg(long, default_value = "MONDAY")]
    week_start: String,
    /// The month its fiscal years start in, such as `APRIL`.
    #[arg(long, default_value = "JANUARY")]
    fiscal_year_start: String,
    /// The owner's name.
    #[arg(long, default_value = "owner")]
    owner: String,
}

/// The arguments of `admin add-brand`.
#[derive(Debug, Args)]
pub(super) struct AddBrandArgs {
    #[command(flatten)]
    folder: Folder,
    /// The agency.
    #[arg(long)]
    agency: String,
    /// Its short name.
    slug: String,
    /// Its name as shown.
    #[arg(long)]
    name: String,
}

/// The arguments of `admin add-member`.
#[derive(Debug, Args)]
pub(super) struct AddMemberArgs {
    #[command(flatten)]
    folder: Folder,
    /// The agency.
    #[arg(long)]
    agency: String,
    /// Its name.
    name: String,
    /// What it may do: OWNER, MANAGER, ANALYST, VIEWER or CLIENT.
    #[arg(long)]
    role: String,
    /// The only brands that it sees; a CLIENT sees none without.
    #[arg(long)]
    brand: Vec<String>,
    /// After how many days its token ends.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    token_days: Option<u16>,
    /// Its token runs only the documents listed in the file of `[documents] trusted`.
    #[arg(long)]
    trusted_documents_only: bool,
    /// Its token may not ask what the schema is.
    #[arg(long)]
    no_introspection: bool,
}

/// What a new member's token is issued with.
#[derive(Debug, Default)]
struct TokenTerms {
    expires_at: Option<Timestamp>,
    trusted_documents_only: bool,
    no_introspection: bool,
}

/// The arguments of `admin revoke-tokens`.
#[derive(Debug, Args)]
pub(super) struct RevokeTokensArgs {
    #[command(flatten)]
    folder: Folder,
    /// The agency.
    #[arg(long)]
    agency: String,
    /// The tokens' name.
    name: String,
}

/// The arguments of `admin operator-token`.
#[derive(Debug, Args)]
pub(super) struct OperatorTokenArgs {
    #[command(flatten)]
    folder: Folder,
    /// The token's name; the one of the same name ends.
    #[arg(default_value = "operator")]
    name: String,
}

pub(super) async fn run(command: AdminCommand) -> Result<ExitCode, String> {
    let app = App::open(folder(&command).load()?).await?;
    let catalogue = app.services.catalogue();
    let told = act(catalogue, command, SystemClock.now())?;
    super::say(told);
    Ok(ExitCode::SUCCESS)
}

fn folder(command: &AdminCommand) -> &Folder {
    match command {
        AdminCommand::AddAgency(args) => &args.folder,
        AdminCommand::AddBrand(args) => &args.folder,
        AdminCommand::AddMember(args) => &args.folder,
        AdminCommand::RevokeTokens(args) => &args.folder,
        AdminCommand::OperatorToken(args) => &args.folder,
    }
}

fn act(catalogue: &Catalogue, command: AdminCommand, now: Timestamp) -> Result<String, String> {
    match command {
        AdminCommand::AddAgency(args) => args.act(catalogue, now),
        AdminCommand::AddBrand(args) => args.act(catalogue, now),
        AdminCommand::AddMember(args) => args.act(catalogue, now),
        AdminCommand::RevokeTokens(args) => args.act(catalogue, now),
        AdminCommand::OperatorToken(args) => args.act(catalogue, now),
    }
}

impl AddAgencyArgs {
    fn act(self, catalogue: &Catalogue, now: Timestamp) -> Result<String, String> {
        let agency = Agency {
            id: AgencyId::from_parts(now, SystemRandom.random()),
            slug: parse_slug(&self.slug)?,
            name: self.name,
            reporting_currency: Currency::parse(&self.currency).map_err(sentence)?,
            timezone: ZoneName::parse(&self.timezone).map_err(sentence)?,
            week_start: parse_weekday(&self.week_start).map_err(sentence)?,
            fiscal_year_start: self.fiscal_year_start.parse().map_err(sentence)?,
        };
        catalogue
            .create_agency(&agency, now)
            .map_err(|error| told(&error))?;
        let scope = scope_of(catalogue, &self.slug)?;
        let terms = TokenTerms::default();
        add_member(catalogue, &scope, self.owner, Role::Owner, &[], &terms, now)
    }
}

impl AddBrandArgs {
    fn act(self, catalogue: &Catalogue, now: Timestamp) -> Result<String, String> {
        let scope = scope_of(catalogue, &self.agency)?;
        let id = BrandId::from_parts(now, SystemRandom.random());
        let brand = Brand {
            id,
            slug: parse_slug(&self.slug)?,
            name: self.name,
        };
        catalogue
            .create_brand(&scope, &brand, now)
            .map_err(|error| told(&error))?;
        Ok(id.to_string())
    }
}

impl AddMemberArgs {
    fn act(self, catalogue: &Catalogue, now: Timestamp) -> Result<String, String> {
        let scope = scope_of(catalogue, &self.agency)?;
        let role = self.role.parse().map_err(sentence)?;
        let expires_at = self
            .token_days
            .map(|days| seconds_after(now, u32::from(days) * 86_400));
        let terms = TokenTerms {
            expires_at,
            trusted_documents_only: self.trusted_documents_only,
            no_introspection: self.no_introspection,
        };
        add_member(catalogue, &scope, self.name, role, &self.brand, &terms, now)
    }
}

impl RevokeTokensArgs {
    fn act(self, catalogue: &Catalogue, now: Timestamp) -> Result<String, String> {
        let scope = scope_of(catalogue, &self.agency)?;
        let revoked = catalogue
            .revoke_tokens_named(&scope, &self.name, now)
            .map_err(|error| told(&error))?;
        Ok(format!("tokens revoked: {revoked}"))
    }
}

impl OperatorTokenArgs {
    fn act(self, catalogue: &Catalogue, now: Timestamp) -> Result<String, String> {
        let secret = TokenSecret::from_random(SystemRandom.secret());
        catalogue
            .issue_operator_token(&self.name, &secret, now)
            .map_err(|error| told(&error))?;
        Ok(secret.expose().to_owned())
    }
}

/// Makes a member and its token; returns the token, which is never shown again.
fn add_member(
    catalogue: &Catalogue,
    scope: &Scope,
    name: String,
    role: Role,
    brands: &[String],
    terms: &TokenTerms,
    now: Timestamp,
) -> Result<String, String> {
    let mut visible = Vec::new();
    for slug in brands {
        let brand = catalogue
            .find_brand_by_slug(scope, &parse_slug(slug)?)
            .map_err(|error| told(&error))?;
        visible.push(
            brand
                .ok_or_else(|| format!("the agency has no brand `{slug}`"))?
                .id,
        );
    }
    let id = MemberId::from_parts(now, SystemRandom.random());
    let member = Member {
        id,
        agency: scope.agency(),
        name: name.clone(),
        role,
    };
    catalogue
        .create_member(scope, &member)
        .map_err(|error| told(&error))?;
    if !visible.is_empty() {
        catalogue
            .limit_member_to_brands(scope, id, &visible)
            .map_err(|error| told(&error))?;
    }
    let token_id = TokenId::from_parts(now, SystemRandom.random());
    let token = NewToken {
        id: token_id,
        member: id,
        name,
        created_at: now,
        expires_at: terms.expires_at,
        trusted_documents_only: terms.trusted_documents_only,
        may_introspect: !terms.no_introspection,
    };
    let secret = TokenSecret::from_random(SystemRandom.secret());
    catalogue
        .issue_token(scope, &token, &secret)
        .map_err(|error| told(&error))?;
    Ok(secret.expose().to_owned())
}

fn scope_of(catalogue: &Catalogue, agency: &str) -> Result<Scope, String> {
    catalogue
        .operator_scope(&parse_slug(agency)?)
        .map_err(|error| told(&error))
}

fn parse_slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(sentence)
}

fn sentence(refusal: Refusal) -> String {
    refusal.message
}
