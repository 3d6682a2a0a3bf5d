//! Tenancy: no field of the API shows or changes another agency's data, or a brand that a client
//! is not limited to. A new field fails these tests until it stands in their table.

mod agencies;
mod cases;
mod clients;
mod records;

use bellwether_test_support::{Persona, TestServer};

use crate::given::an_empty_server;
use crate::metrics::{brand_id, campaign_id};

/// What a caller who must not see the data gets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stranger {
    /// An answer of their own, in which nothing of the other agency stands.
    SeesOnlyTheirOwn,
    /// `NOT_FOUND`, as for an id that was never given out.
    FindsNothing,
}

use Stranger::{FindsNothing, SeesOnlyTheirOwn};

/// One use of a field of the roots; `BRAND_ID` and `CAMPAIGN_ID` stand for ids of the first agency,
/// `MOMENT` for one after its last batch.
struct Use {
    field: &'static str,
    document: &'static str,
    stranger: Stranger,
}

const fn used(field: &'static str, document: &'static str, stranger: Stranger) -> Use {
    Use {
        field,
        document,
        stranger,
    }
}

/// Every field of `Query` with all its ways to name a thing.
fn queries() -> impl Iterator<Item = &'static Use> {
    let of_things = records::RECORD_QUERIES.iter().chain(cases::CASE_QUERIES);
    QUERIES.iter().chain(of_things)
}

/// Every field of `Mutation`.
fn mutations() -> impl Iterator<Item = &'static Use> {
    let of_cases = cases::CASE_COMMANDS.iter().chain(cases::WORKFLOW_SETTINGS);
    let of_things = records::record_mutations().chain(of_cases);
    MUTATIONS.iter().chain(of_things)
}

/// The fields of `Query` that are not of records.
const QUERIES: &[Use] = &[
    used(
        "viewer",
        "{ viewer { agency { id slug name } member { name } role } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "brands",
        "{ brands { id slug name campaigns { nodes { id } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "brands",
        r#"{ brands { slug metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}) { brandName impressions } campaigns { nodes { metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}) { campaignName impressions } } } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "brand",
        r#"{ brand(id: "BRAND_ID") { slug } }"#,
        FindsNothing,
    ),
    used("_service", "{ _service { sdl } }", SeesOnlyTheirOwn),
    used(
        "_entities",
        r#"{ _entities(representations: [{__typename: "Brand", id: "BRAND_ID"}, {__typename: "Campaign", id: "CAMPAIGN_ID"}]) { ... on Brand { slug name } ... on Campaign { name externalId } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "brand",
        r#"{ brand(id: "BRAND_ID") { metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}) { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "campaigns",
        "{ campaigns { nodes { id externalId scores { value } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "campaigns",
        r#"{ campaigns(brand: "BRAND_ID") { nodes { id } } }"#,
        FindsNothing,
    ),
    used(
        "campaigns",
        r#"{ campaigns(after: "CAMPAIGN_ID") { nodes { externalId } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "campaign",
        r#"{ campaign(id: "CAMPAIGN_ID") { name brand { name } scores { value } } }"#,
        FindsNothing,
    ),
    used(
        "campaign",
        r#"{ campaign(id: "CAMPAIGN_ID") { metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}) { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "campaigns",
        r#"{ campaigns { nodes { externalId metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}, asOf: "MOMENT") { campaignId impressions } } } }"#,
        SeesOnlyTheirOwn,
    ),
    used("node", r#"{ node(id: "BRAND_ID") { id } }"#, FindsNothing),
    used(
        "node",
        r#"{ node(id: "CAMPAIGN_ID") { ... on Campaign { metrics(range: {between: {from: "2026-04-01", until: "2026-05-01"}}) { impressions } } } }"#,
        FindsNothing,
    ),
    used(
        "node",
        r#"{ node(id: "CAMPAIGN_ID") { id ... on Campaign { name } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN]}) { rows { campaignId campaignName impressions } totals { impressions } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, brands: ["BRAND_ID"]}) { totals { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, where: {campaign: {eq: "CAMPAIGN_ID"}}}) { totals { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, where: {brand: {eq: "BRAND_ID"}}}) { totals { impressions } } }"#,
        FindsNothing,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN], labels: [], cache: BYPASS, asOf: "MOMENT"}) { rows { campaignName impressions } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "metrics",
        r#"{ metrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, customMetrics: ["delight"]}) { totals { custom { value } } } }"#,
        FindsNothing,
    ),
    used(
        "changedSince",
        r#"{ changedSince(snapshot: "0.0") { periods { brand { slug } brandId dataset from until } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "changedSince",
        r#"{ changedSince(snapshot: "0.0", brands: ["BRAND_ID"]) { periods { brandId } } }"#,
        FindsNothing,
    ),
    used(
        "explainMetrics",
        r#"{ explainMetrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}}) { rows bytes partitions { rows segments } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "explainMetrics",
        r#"{ explainMetrics(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, brands: ["BRAND_ID"]}) { rows } }"#,
        FindsNothing,
    ),
    used(
        "catalog",
        "{ catalog { metrics { name formula } datasets { name metrics } labels customMetrics { name meaning } limits { name } access { role brands { id slug } } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "catalog",
        r#"{ catalog { customMetricRevisions(name: "delight") { formula } } }"#,
        FindsNothing,
    ),
    used(
        "batches",
        "{ batches { nodes { id brand { slug } accepted } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "batches",
        r#"{ batches(brand: "BRAND_ID") { nodes { id } } }"#,
        FindsNothing,
    ),
    used(
        "batch",
        r#"{ batch(id: "BATCH_ID") { state } }"#,
        FindsNothing,
    ),
    used("node", r#"{ node(id: "BATCH_ID") { id } }"#, FindsNothing),
    used(
        "export",
        r#"{ export(id: "EXPORT_ID") { state url } }"#,
        FindsNothing,
    ),
    used(
        "exports",
        "{ exports { nodes { id fileName } } }",
        SeesOnlyTheirOwn,
    ),
    used(
        "exchangeRates",
        "{ exchangeRates { nodes { from to day rate source } } }",
        SeesOnlyTheirOwn,
    ),
];

/// The fields of `Mutation` that are not of records.
const MUTATIONS: &[Use] = &[
    used(
        "saveCustomMetric",
        r#"mutation { saveCustomMetric(input: {name: "joy", formula: "likes", meaning: "Likes."}) { customMetric { name revision } userErrors { code } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "archiveCustomMetric",
        r#"mutation { archiveCustomMetric(input: {name: "delight"}) { customMetric { name } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "renameBrand",
        r#"mutation { renameBrand(input: {brandId: "BRAND_ID", name: "Taken over"}) { brand { name } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "updateCampaign",
        r#"mutation { updateCampaign(input: {campaignId: "CAMPAIGN_ID", name: "Taken over"}) { campaign { name } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "setCampaignLabels",
        r#"mutation { setCampaignLabels(input: {campaign: "CAMPAIGN_ID", labels: [{name: "theme", value: "taken"}]}) { campaign { name } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "startExport",
        r#"mutation { startExport(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, brands: ["BRAND_ID"]}, format: CSV) { export { id } } }"#,
        FindsNothing,
    ),
    used(
        "cancelExport",
        r#"mutation { cancelExport(input: {exportId: "EXPORT_ID"}) { export { state } userErrors { code } } }"#,
        FindsNothing,
    ),
    used(
        "retractBatch",
        r#"mutation { retractBatch(input: {batchId: "BATCH_ID"}) { snapshot userErrors { code } } }"#,
        FindsNothing,
    ),
];

/// Every field of `Subscription`; `tests/graphql_streams` says what its events tell to whom.
const SUBSCRIPTIONS: &[Use] = &[
    used(
        "metricsChanged",
        r#"subscription { metricsChanged(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, by: [CAMPAIGN]}) { metrics { rows { campaignId campaignName impressions } totals { impressions } } } }"#,
        SeesOnlyTheirOwn,
    ),
    used(
        "metricsChanged",
        r#"subscription { metricsChanged(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, brands: ["BRAND_ID"]}) { reason } }"#,
        FindsNothing,
    ),
    used(
        "metricsChanged",
        r#"subscription { metricsChanged(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}, where: {campaign: {eq: "CAMPAIGN_ID"}}}) { reason } }"#,
        FindsNothing,
    ),
];

const OF_FIRST_BRAND: &str =
    "date,campaign,impressions,spend,revenue,cogs\n2026-04-01,secret-1,777,200,900,100\n";
const OF_SECOND_BRAND: &str =
    "date,campaign,impressions,spend,revenue,cogs\n2026-04-01,secret-2,888,200,900,100\n";

fn two_brands() -> TestServer {
    let server = an_empty_server();
    let analyst = server.analyst();
    analyst.commit_csv("delivery_daily", server.brand(0), OF_FIRST_BRAND);
    analyst.commit_csv("delivery_daily", server.brand(1), OF_SECOND_BRAND);
    analyst.data(
        r#"mutation { saveCustomMetric(input: {name: "delight", formula: "likes", meaning: "secret-delight"}) { userErrors { code } } }"#,
    );
    records::make_records(&server);
    cases::begin_cases(&server);
    server
}

/// The document with the ids of the first agency's first brand and its campaign.
fn with_ids(one: &Use, owner: &Persona, server: &TestServer) -> String {
    let brand = brand_id(owner, server.brand(0));
    with_ids_of(one, owner, &brand, "secret-1")
}

/// The document with the ids of a brand, of a campaign of it, and of its last batch.
fn with_ids_of(one: &Use, owner: &Persona, brand: &str, campaign: &str) -> String {
    let document = records::with_record_ids(one.document.to_owned(), owner, brand);
    let document = cases::with_case_ids(document, owner, brand);
    let document = document.replace("BRAND_ID", brand);
    let document = if document.contains("EXPORT_ID") {
        document.replace("EXPORT_ID", &export_id(owner))
    } else {
        document
    };
    document
        .replace("CAMPAIGN_ID", &campaign_id(owner, campaign))
        .replace("BATCH_ID", &batch_id(owner, brand))
        .replace("MOMENT", &of_last_batch(owner, brand, "finishedAt"))
}

/// The id of an export of all that the owner sees.
fn export_id(owner: &Persona) -> String {
    let document = r#"mutation { startExport(input: {range: {between: {from: "2026-04-01", until: "2026-05-01"}}}, format: CSV) { export { id } } }"#;
    let started = owner.data(document);
    let id = started["startExport"]["export"]["id"].as_str();
    id.expect("an export was started").to_owned()
}

/// The id of a brand's last batch.
fn batch_id(owner: &Persona, brand: &str) -> String {
    of_last_batch(owner, brand, "id")
}

/// A field of a brand's last batch.
fn of_last_batch(owner: &Persona, brand: &str, field: &str) -> String {
    let batches = owner.data(&format!(
        r#"{{ batches(brand: "{brand}", first: 1) {{ nodes {{ {field} }} }} }}"#
    ));
    let value = batches["batches"]["nodes"][0][field].as_str();
    value.expect("the brand has a batch").to_owned()
}
