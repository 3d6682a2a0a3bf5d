//! The fields of the roots that are of records, kind by kind, and a record of each kind in both
//! brands of the first agency.

use bellwether_test_support::{Persona, TestServer};

use super::Stranger::{FindsNothing, SeesOnlyTheirOwn};
use super::{Use, used, with_ids_of};
use crate::metrics::brand_id;

/// Declares the uses of each kind: its field, its list, its name in mutations, the word that stands
/// for the id of one, where one is made, and a body.
macro_rules! records {
    ($($one:literal, $many:literal, $name:literal, $id:literal, $place:literal, $body:literal;)*) => {
        pub(super) const RECORD_QUERIES: &[Use] = &[$(
            used(
                $one,
                concat!("{ ", $one, "(id: \"", $id, "\") { id key brand { name } history { nodes { changes { new } } } } }"),
                FindsNothing,
            ),
            used($many, concat!("{ ", $many, " { nodes { id key } } }"), SeesOnlyTheirOwn),
            used(
                $many,
                concat!("{ ", $many, "(where: {brand: \"BRAND_ID\"}) { nodes { id } } }"),
                FindsNothing,
            ),
            used(
                $many,
                concat!("{ ", $many, "(where: {campaign: \"CAMPAIGN_ID\"}) { nodes { id } } }"),
                FindsNothing,
            ),
        )*];

        /// How a record of each kind is made, each after those that it names.
        const MAKING: &[Use] = &[$(
            used(
                concat!("create", $name),
                concat!("mutation { create", $name, "(input: {brand: \"BRAND_ID\"", $place, ", ", $one, ": ", $body, "}) { ", $one, " { id } userErrors { code message } } }"),
                FindsNothing,
            ),
        )*];

        const CHANGING: &[Use] = &[$(
            used(
                concat!("revise", $name),
                concat!("mutation { revise", $name, "(input: {id: \"", $id, "\", baseRevision: 1, ", $one, ": ", $body, "}) { ", $one, " { id } userErrors { code } } }"),
                FindsNothing,
            ),
            used(
                concat!("archive", $name),
                concat!("mutation { archive", $name, "(input: {id: \"", $id, "\", baseRevision: 1}) { ", $one, " { id } userErrors { code } } }"),
                FindsNothing,
            ),
        )*];

        /// By the word that stands for the id of one, the list that has it.
        const LISTS: &[(&str, &str)] = &[$(($id, $many),)*];
    };
}

records! {
    "product", "products", "Product", "PRODUCT_ID", "", "{name: \"secret-tea\"}";
    "content", "contents", "Content", "CONTENT_ID", "",
        "{name: \"secret-evening\", product: \"PRODUCT_ID\", approval: PENDING}";
    "audience", "audiences", "Audience", "AUDIENCE_ID", "", "{name: \"secret-sleepers\"}";
    "party", "parties", "Party", "PARTY_ID", "", "{name: \"secret-partner\", role: PARTNER}";
    "agreement", "agreements", "Agreement", "AGREEMENT_ID", "",
        "{name: \"secret-deal\", parties: [\"PARTY_ID\"], period: {from: \"2026-01-01\"}}";
    "marketingPlan", "marketingPlans", "MarketingPlan", "MARKETING_PLAN_ID", "",
        "{name: \"secret-plan\", period: {from: \"2026-01-01\"}}";
    "feedbackItem", "feedbackItems", "FeedbackItem", "FEEDBACK_ITEM_ID", "",
        "{kind: REVIEW, saidAt: \"2026-04-01T08:00:00Z\", text: \"secret-words\", reply: {state: OPEN}}";
    "experiment", "experiments", "Experiment", "EXPERIMENT_ID", "",
        "{name: \"secret-test\", period: {from: \"2026-01-01\"}, metric: CVR, test: TWO_PROPORTION, variants: [{name: \"a\", allocation: \"0.5\"}, {name: \"b\", allocation: \"0.5\"}], minimumEffect: \"0.1\", confidence: \"0.95\", stoppingRule: {observationsPerVariant: 1000}}";
    "source", "sources", "Source", "SOURCE_ID", "",
        "{name: \"secret-source\", platform: META, account: \"7\", dataset: DELIVERY_DAILY, arrival: {lagDays: 1, byHour: 9}}";
    "campaignPlan", "campaignPlans", "CampaignPlan", "CAMPAIGN_PLAN_ID",
        ", campaign: \"CAMPAIGN_ID\"", "{objective: SALES, note: \"secret-note\"}";
    "brandProfile", "brandProfiles", "BrandProfile", "BRAND_PROFILE_ID", "",
        "{voice: \"secret-voice\"}";
}

/// Every field of `Mutation` that is of records.
pub(super) fn record_mutations() -> impl Iterator<Item = &'static Use> {
    MAKING.iter().chain(CHANGING)
}

/// Makes a record of each kind in both brands.
pub(super) fn make_records(server: &TestServer) {
    let owner = server.owner();
    for (brand, campaign) in [(0, "secret-1"), (1, "secret-2")] {
        let brand = brand_id(&owner, server.brand(brand));
        for one in MAKING {
            let made = owner.data(&with_ids_of(one, &owner, &brand, campaign));
            let errors = &made[one.field]["userErrors"];
            assert_eq!(errors.as_array().map(Vec::len), Some(0), "{made}");
        }
    }
}

/// The document with the ids of a brand's records.
pub(super) fn with_record_ids(document: String, owner: &Persona, brand: &str) -> String {
    LISTS.iter().fold(document, |document, (word, list)| {
        if !document.contains(word) {
            return document;
        }
        document.replace(word, &record_id(owner, brand, list))
    })
}

/// The id of the record that a document asks for or changes; none when it does neither.
pub(super) fn named_record(one: &Use, owner: &Persona, brand: &str) -> Option<String> {
    let named = |word: &str| one.document.contains(&format!("id: \"{word}\""));
    let (_, list) = LISTS.iter().find(|(word, _)| named(word))?;
    Some(record_id(owner, brand, list))
}

/// The document with an id that was never given out in place of every record's.
pub(super) fn with_invented_records(document: String, invented: &str) -> String {
    let words = LISTS.iter().map(|(word, _)| word);
    words.fold(document, |document, word| document.replace(word, invented))
}

fn record_id(owner: &Persona, brand: &str, list: &str) -> String {
    let records = owner.data(&format!(
        r#"{{ {list}(where: {{brand: "{brand}"}}) {{ nodes {{ id }} }} }}"#
    ));
    let id = records[list]["nodes"][0]["id"].as_str();
    id.expect("the brand has a record of each kind").to_owned()
}
