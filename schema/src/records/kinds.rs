//! The kinds of record, each with the names that it has in the schema.

use async_graphql::{Context, ID, InputObject, MergedObject, Object, Result, SimpleObject};
use bellwether_domain::error_code::Refusal;
use bellwether_domain::record::{Body, Record, RecordKind};

use super::bodies::{
    AgreementBody, AudienceBody, BrandProfileBody, CampaignPlanBody, ContentBody, ExperimentBody,
    FeedbackItemBody, MarketingPlanBody, PartyBody, ProductBody, SourceBody,
};
use super::experiments::ExperimentComputed;
use super::history::{RecordRevisionConnection, read_history};
use super::listing::{Listing, RecordFilter, RecordOrder, read_page};
use super::mirror::Mirror;
use super::outcome::{ArchiveRecordInput, Changed, NewRecord, archive, create, revise};
use super::wiring::record_kind;
use super::words::RecordState;
use crate::context::ContextExt;
use crate::limits::NODES_PAGE_PRICED_MAX;
use crate::mutation::UserError;
use crate::nouns::{Brand, NODES_PER_PAGE};
use crate::paging::{PageInfo, page_price};
use crate::query::parse;
use crate::refusal::resolver_error;
use crate::scalars::DateTime;

/// The fields of all kinds at the root of queries.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct RecordQuery(
    ProductQuery,
    ContentQuery,
    AudienceQuery,
    PartyQuery,
    AgreementQuery,
    MarketingPlanQuery,
    FeedbackItemQuery,
    ExperimentQuery,
    SourceQuery,
    CampaignPlanQuery,
    BrandProfileQuery,
);

/// The fields of all kinds at the root of mutations.
#[derive(Debug, Default, MergedObject)]
pub(crate) struct RecordMutation(
    ProductMutation,
    ContentMutation,
    AudienceMutation,
    PartyMutation,
    AgreementMutation,
    MarketingPlanMutation,
    FeedbackItemMutation,
    ExperimentMutation,
    SourceMutation,
    CampaignPlanMutation,
    BrandProfileMutation,
);

record_kind! {
    /// A product, in one of its revisions.
    Product of ProductBody,
    query ProductQuery { product, products },
    mutation ProductMutation { create_product, revise_product, archive_product },
    types ProductConnection, ProductEdge, CreateProductInput, ReviseProductInput, ProductPayload
}

record_kind! {
    /// What a promotion shows and says, in one of its revisions.
    Content of ContentBody,
    query ContentQuery { content, contents },
    mutation ContentMutation { create_content, revise_content, archive_content },
    types ContentConnection, ContentEdge, CreateContentInput, ReviseContentInput, ContentPayload
}

record_kind! {
    /// Whom a campaign is meant for, in one of its revisions.
    Audience of AudienceBody,
    query AudienceQuery { audience, audiences },
    mutation AudienceMutation { create_audience, revise_audience, archive_audience },
    types AudienceConnection, AudienceEdge, CreateAudienceInput, ReviseAudienceInput, AudiencePayload
}

record_kind! {
    /// Somebody a brand deals with, in one of its revisions.
    Party of PartyBody,
    query PartyQuery { party, parties },
    mutation PartyMutation { create_party, revise_party, archive_party },
    types PartyConnection, PartyEdge, CreatePartyInput, RevisePartyInput, PartyPayload
}

record_kind! {
    /// What parties have agreed, in one of its revisions.
    Agreement of AgreementBody,
    query AgreementQuery { agreement, agreements },
    mutation AgreementMutation { create_agreement, revise_agreement, archive_agreement },
    types AgreementConnection, AgreementEdge, CreateAgreementInput, ReviseAgreementInput, AgreementPayload
}

record_kind! {
    /// What a brand means to do, in one of its revisions.
    MarketingPlan of MarketingPlanBody,
    query MarketingPlanQuery { marketing_plan, marketing_plans },
    mutation MarketingPlanMutation { create_marketing_plan, revise_marketing_plan, archive_marketing_plan },
    types MarketingPlanConnection, MarketingPlanEdge, CreateMarketingPlanInput, ReviseMarketingPlanInput, MarketingPlanPayload
}

record_kind! {
    /// What one customer said, in one of its revisions.
    FeedbackItem of FeedbackItemBody,
    query FeedbackItemQuery { feedback_item, feedback_items },
    mutation FeedbackItemMutation { create_feedback_item, revise_feedback_item, archive_feedback_item },
    types FeedbackItemConnection, FeedbackItemEdge, CreateFeedbackItemInput, ReviseFeedbackItemInput, FeedbackItemPayload
}

record_kind! {
    /// A comparison of variants, in one of its revisions.
    Experiment of ExperimentBody,
    query ExperimentQuery { experiment, experiments },
    mutation ExperimentMutation { create_experiment, revise_experiment, archive_experiment },
    types ExperimentConnection, ExperimentEdge, CreateExperimentInput, ReviseExperimentInput, ExperimentPayload,
    computed ExperimentComputed
}

record_kind! {
    /// Where reports come from, in one of its revisions.
    Source of SourceBody,
    query SourceQuery { source, sources },
    mutation SourceMutation { create_source, revise_source, archive_source },
    types SourceConnection, SourceEdge, CreateSourceInput, ReviseSourceInput, SourcePayload
}

record_kind! {
    /// A campaign's targets, budget, bounds and links, in one of its revisions. A campaign has one.
    CampaignPlan of CampaignPlanBody,
    query CampaignPlanQuery { campaign_plan, campaign_plans },
    mutation CampaignPlanMutation { create_campaign_plan, revise_campaign_plan, archive_campaign_plan },
    types CampaignPlanConnection, CampaignPlanEdge, CreateCampaignPlanInput, ReviseCampaignPlanInput, CampaignPlanPayload
}

record_kind! {
    /// A brand's voice, values, margin and calendar, in one of its revisions. A brand has one.
    BrandProfile of BrandProfileBody,
    query BrandProfileQuery { brand_profile, brand_profiles },
    mutation BrandProfileMutation { create_brand_profile, revise_brand_profile, archive_brand_profile },
    types BrandProfileConnection, BrandProfileEdge, CreateBrandProfileInput, ReviseBrandProfileInput, BrandProfilePayload
}
