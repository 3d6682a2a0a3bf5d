//! The root of mutations. What a person at a form could mend stands in `userErrors` of the
//! payload; what is not theirs to do or not there is an error as anywhere.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use bellwether_domain::ErrorCode;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::CampaignId;
use bellwether_domain::money::{NotMicros, micros_of};
use bellwether_service::{CampaignChange, Error, ExportOrder};

use crate::catalog::{
    self, ArchiveCustomMetricInput, ArchiveCustomMetricPayload, SaveCustomMetricInput,
    SaveCustomMetricPayload,
};
use crate::context::{ContextExt, RequestState};
use crate::metrics::{MetricsInput, Selection};
use crate::nouns::{
    Batch, Brand, Campaign, CancelExportInput, CancelExportPayload, Export, StartExportPayload,
    find_batch,
};
use crate::query::parse;
use crate::scalars::{Date, Decimal};
use crate::words::{CampaignStatus, CsvTexts, ExportFormat, Objective, Platform};

/// The root of mutations.
#[derive(Debug)]
pub(crate) struct Mutation;

/// What the input has against it, for a person who can mend it.
#[derive(Debug, SimpleObject)]
pub(crate) struct UserError {
    /// The place in the input, as the names on the way to it.
    pub(crate) field: Vec<String>,
    /// What is wrong and what would be accepted, as a sentence.
    pub(crate) message: String,
    /// The code, as in `schema/errors.md`.
    pub(crate) code: String,
}

/// What to rename a brand to.
#[derive(Debug, InputObject)]
pub(crate) struct RenameBrandInput {
    /// The brand's id, such as `"brd_01ARZ3NDEKTSV4RRFFQ69G5FAV"`.
    brand_id: ID,
    /// Its new name, 1 to 256 bytes, such as `"Acme"`.
    name: String,
}

/// What became of renaming a brand.
#[derive(Debug, SimpleObject)]
pub(crate) struct RenameBrandPayload {
    /// The brand with its new name; null when the input was not accepted.
    brand: Option<Brand>,
    /// What the input has against it; empty when the brand was renamed.
    user_errors: Vec<UserError>,
}

/// What to change of a campaign; what is left out or null stays as it is.
#[derive(Debug, InputObject)]
pub(crate) struct UpdateCampaignInput {
    /// The campaign's id, such as `"cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV"`.
    campaign_id: ID,
    /// Its new name, 1 to 256 bytes, such as `"Spring sale"`.
    name: Option<String>,
    /// Where it runs, such as `TIKTOK`; all its facts count for the new platform from now on.
    platform: Option<Platform>,
    /// What it is for, such as `SALES`.
    objective: Option<Objective>,
    /// Where it stands, such as `PAUSED`.
    status: Option<CampaignStatus>,
    /// Its first day, such as `"2026-04-01"`.
    starts_on: Option<Date>,
    /// Its last day, such as `"2026-04-30"`.
    ends_on: Option<Date>,
    /// Its whole budget in its currency, such as `"2500.00"`.
    budget: Option<Decimal>,
}

/// What became of changing a campaign.
#[derive(Debug, SimpleObject)]
pub(crate) struct UpdateCampaignPayload {
    /// The campaign as it is now; null when the input was not accepted.
    campaign: Option<Campaign>,
    /// What the input has against it; empty when the campaign was changed.
    user_errors: Vec<UserError>,
}

/// Which batch to undo.
#[derive(Debug, InputObject)]
pub(crate) struct RetractBatchInput {
    /// The batch's id, such as `"bat_01ARZ3NDEKTSV4RRFFQ69G5FAV"`.
    batch_id: ID,
}

/// What became of undoing a batch.
#[derive(Debug, SimpleObject)]
pub(crate) struct RetractBatchPayload {
    /// The batch with its `retractedBy`; null when it was not retracted.
    batch: Option<Batch>,
    /// The snapshot from which on answers are without the batch; null when it was not retracted.
    snapshot: Option<String>,
    /// What the input has against it; empty when the batch was retracted.
    user_errors: Vec<UserError>,
}

/// Which labels a campaign has from now on.
#[derive(Debug, InputObject)]
pub(crate) struct SetCampaignLabelsInput {
    /// The campaign's id, such as `"cmp_01ARZ3NDEKTSV4RRFFQ69G5FAV"`.
    campaign: ID,
    /// All its labels, each name once, such as `[{name: "team", value: "north"}]`; those that are not here go.
    labels: Vec<LabelInput>,
}

/// A label and its value.
#[derive(Debug, InputObject)]
pub(crate) struct LabelInput {
    /// The label's name: a small letter, then small letters, digits or `_`, such as `"team"`.
    name: String,
    /// Its value, 1 to 128 bytes, such as `"north"`.
    value: String,
}

/// What became of labelling a campaign.
#[derive(Debug, SimpleObject)]
pub(crate) struct SetCampaignLabelsPayload {
    /// The campaign with its new labels; null when the input was not accepted.
    campaign: Option<Campaign>,
    /// What the input has against it; empty when the campaign was labelled.
    user_errors: Vec<UserError>,
}

/// The root of mutations: each is done whole or not at all, one after another.
#[Object(name = "MutationOfFacts")]
impl Mutation {
    /// Renames a brand; the next answer shows the new name.
    async fn rename_brand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which brand, and its new name.")] input: RenameBrandInput,
    ) -> Result<RenameBrandPayload> {
        let state = ctx.state();
        let brand = parse(&input.brand_id, "input.brandId")?;
        let renamed = state
            .services
            .rename_brand(&state.scope, brand, input.name)
            .await;
        let (brand, user_errors) = outcome(state, renamed).await?;
        Ok(RenameBrandPayload {
            brand: brand.map(Brand),
            user_errors,
        })
    }

    /// Changes a campaign's attributes; the next answer groups its facts by the new ones.
    async fn update_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign, and what changes.")] input: UpdateCampaignInput,
    ) -> Result<UpdateCampaignPayload> {
        let state = ctx.state();
        let campaign: CampaignId = parse(&input.campaign_id, "input.campaignId")?;
        let updated = match input.into_change() {
            Ok(change) => {
                let services = &state.services;
                services
                    .update_campaign(&state.scope, campaign, change)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        let (campaign, user_errors) = outcome(state, updated).await?;
        Ok(UpdateCampaignPayload {
            campaign: campaign.map(Campaign),
            user_errors,
        })
    }

    /// Gives a campaign these labels and no others; the next answer groups its facts by them.
    async fn set_campaign_labels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which campaign, and its labels.")] input: SetCampaignLabelsInput,
    ) -> Result<SetCampaignLabelsPayload> {
        let state = ctx.state();
        let campaign: CampaignId = parse(&input.campaign, "input.campaign")?;
        let labelled = match labels_by_name(input.labels) {
            Ok(labels) => {
                let services = &state.services;
                services
                    .set_campaign_labels(&state.scope, campaign, labels)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        let (campaign, user_errors) = outcome(state, labelled).await?;
        Ok(SetCampaignLabelsPayload {
            campaign: campaign.map(Campaign),
            user_errors,
        })
    }

    /// Saves a metric of the agency's own, or another revision of it; the next answer is computed by it.
    async fn save_custom_metric(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The metric.")] input: SaveCustomMetricInput,
    ) -> Result<SaveCustomMetricPayload> {
        catalog::save(ctx.state(), input).await
    }

    /// Takes one of the agency's own metrics out of use; its revisions can still be read, and saving brings it back.
    async fn archive_custom_metric(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which metric.")] input: ArchiveCustomMetricInput,
    ) -> Result<ArchiveCustomMetricPayload> {
        catalog::archive(ctx.state(), input).await
    }

    /// Begins to write all rows of the answer to a metric query to a file, for answers that take long; `export` tells how it stands. What is in the file is told in `docs/clients/export.md`.
    async fn start_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked; its metrics are those that it names.")]
        input: MetricsInput,
        #[graphql(desc = "As what it is written.")] format: ExportFormat,
        #[graphql(
            desc = "How texts stand in CSV that a spreadsheet would run as formulas.",
            default_with = "CsvTexts::Guarded"
        )]
        texts: CsvTexts,
    ) -> Result<StartExportPayload> {
        let state = ctx.state();
        let reading = input.reading(None);
        let started = match input.into_request(Selection::default()) {
            Ok(request) => {
                let order = ExportOrder {
                    request,
                    reading,
                    format: format.into(),
                    texts: texts.into(),
                };
                state.services.start_export(&state.scope, order).await
            }
            Err(refusal) => Err(refusal.into()),
        };
        let (export, user_errors) = outcome(state, started).await?;
        Ok(StartExportPayload {
            export: export.map(Export),
            user_errors,
        })
    }

    /// Gives up an export that runs, or removes the file of one that is done.
    async fn cancel_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which export.")] input: CancelExportInput,
    ) -> Result<CancelExportPayload> {
        let state = ctx.state();
        let id = parse(&input.export_id, "input.exportId")?;
        let cancelled = state.services.cancel_export(&state.scope, id).await;
        let (export, user_errors) = outcome(state, cancelled).await?;
        Ok(CancelExportPayload {
            export: export.map(Export),
            user_errors,
        })
    }

    /// Undoes a batch: from the next answer on its rows don't count, and what they replaced does again. A question `asOf` an earlier moment still sees it.
    async fn retract_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which batch.")] input: RetractBatchInput,
    ) -> Result<RetractBatchPayload> {
        let state = ctx.state();
        let batch = parse(&input.batch_id, "input.batchId")?;
        let retracted = state.services.retract_batch(&state.scope, batch).await;
        let (retracted, user_errors) = outcome(state, retracted).await?;
        let batch = match retracted {
            Some(_) => Some(find_batch(state, batch).await?),
            None => None,
        };
        Ok(RetractBatchPayload {
            batch,
            snapshot: retracted.map(|retracted| retracted.snapshot.to_string()),
            user_errors,
        })
    }
}

fn labels_by_name(labels: Vec<LabelInput>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut by_name = BTreeMap::new();
    for (index, label) in labels.into_iter().enumerate() {
        if by_name.contains_key(&label.name) {
            let message = format!("the label `{}` is given twice", label.name);
            return Err(Refusal::invalid(message).at(format!("input.labels.{index}.name")));
        }
        by_name.insert(label.name, label.value);
    }
    Ok(by_name)
}

impl UpdateCampaignInput {
    fn into_change(self) -> Result<CampaignChange, Refusal> {
        let budget_micros = self.budget.map(budget_in_micros).transpose()?;
        Ok(CampaignChange {
            name: self.name,
            platform: self.platform.map(Into::into),
            objective: self.objective.map(Into::into),
            status: self.status.map(Into::into),
            starts_on: self.starts_on.map(|day| day.0),
            ends_on: self.ends_on.map(|day| day.0),
            budget_micros,
        })
    }
}

fn budget_in_micros(budget: Decimal) -> Result<i64, Refusal> {
    let micros = micros_of(budget.0).map_err(|fault| match fault {
        NotMicros::TooFine => Refusal::invalid(format!(
            "a budget of `{}` is too fine; use at most six decimal places",
            budget.0
        )),
        NotMicros::TooLarge => Refusal::invalid(format!(
            "a budget of `{}` is too large; use at most 9223372036854.775807",
            budget.0
        )),
    });
    match micros {
        Ok(micros) if micros < 0 => {
            let message = format!("a budget of `{}` is below zero", budget.0);
            Err(Refusal::invalid(message).at("input.budget"))
        }
        other => other.map_err(|refusal| refusal.at("input.budget")),
    }
}

/// What a change came to: the thing, or what the person can mend.
pub(crate) async fn outcome<T>(
    state: &RequestState,
    changed: Result<T, Error>,
) -> Result<(Option<T>, Vec<UserError>)> {
    match changed {
        Ok(thing) => {
            state.forget().await;
            Ok((Some(thing), Vec::new()))
        }
        Err(error) if is_mendable(error.code()) => {
            Ok((None, vec![UserError::from(error.refusal())]))
        }
        Err(error) => state.answer(Err(error)),
    }
}

fn is_mendable(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidInput
            | ErrorCode::LimitExceeded
            | ErrorCode::Conflict
            | ErrorCode::RevisionConflict
            | ErrorCode::OverlappingPeriod
            | ErrorCode::EmptyPeriod
            | ErrorCode::LinkCycle
            | ErrorCode::InvalidPercentage
            | ErrorCode::InvalidDistribution
            | ErrorCode::UnknownCurrency
            | ErrorCode::UnknownCountry
            | ErrorCode::ApprovalRefused
    )
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let place = refusal.path.split('.').filter(|name| !name.is_empty());
        Self {
            field: place.map(str::to_owned).collect(),
            message: refusal.message,
            code: refusal.code.name().to_owned(),
        }
    }
}
