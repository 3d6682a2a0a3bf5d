//! Cases of what holds among records, and of their limits.

use bellwether_catalogue::Catalogue;
use bellwether_domain::ErrorCode;
use bellwether_domain::ids::{CampaignId, RecordId};
use bellwether_domain::member::Role;
use bellwether_domain::record::{RECORD_REVISIONS_MAX, RecordDraft, RecordKind};
use serde_json::json;

use super::given::{a_brand, a_campaign, an_agency, at, next_id};
use super::record_cases::{body, create, draft, made, product};
use super::tenancy_cases::scope_of_member;

pub(super) fn a_record_names_only_records_and_campaigns_of_its_brand(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let (brand, second) = (
        a_brand(catalogue, &scope, "acme"),
        a_brand(catalogue, &scope, "b"),
    );
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 1);
    let content = body(
        RecordKind::Content,
        &json!({"name": "Evening", "product": tea.id.to_string(), "approval": "PENDING"}),
    );
    made(
        catalogue,
        &scope,
        &draft(brand, "evening", content.clone()),
        2,
    );
    let refused = create(catalogue, &scope, &draft(second, "evening", content), 2).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NotFound);
    let foreign = a_campaign(catalogue, &scope, second, "c1").id;
    let of_foreign = RecordDraft {
        campaign: Some(foreign),
        ..draft(brand, "cup", product("Cup"))
    };
    let refused = create(catalogue, &scope, &of_foreign, 3).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NotFound);
}

pub(super) fn agreements_of_the_same_parties_do_not_overlap(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let party = body(RecordKind::Party, &json!({"name": "P", "role": "AGENCY"}));
    let party = made(catalogue, &scope, &draft(brand, "p", party), 1).id;
    let agreement = |from: &str, until: &str| {
        let json = json!({"name": "A", "parties": [party.to_string()], "period": {"from": from, "until": until}});
        body(RecordKind::Agreement, &json)
    };
    let first = draft(brand, "2025", agreement("2025-01-01", "2026-01-01"));
    let first = made(catalogue, &scope, &first, 2);
    let next = draft(brand, "2026", agreement("2026-01-01", "2027-01-01"));
    made(catalogue, &scope, &next, 3);
    let longer = agreement("2025-01-01", "2026-01-02");
    let refused = catalogue
        .revise_record(&scope, first.id, 1, &longer, at(4))
        .unwrap_err();
    assert_eq!(refused.code(), ErrorCode::OverlappingPeriod);
    let between = draft(brand, "between", agreement("2025-06-01", "2025-07-01"));
    let refused = create(catalogue, &scope, &between, 5).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::OverlappingPeriod);
    catalogue
        .archive_record(&scope, RecordKind::Agreement, first.id, 1, at(6))
        .unwrap();
    made(catalogue, &scope, &between, 7);
}

pub(super) fn linked_campaigns_form_no_circle(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let campaigns = ["a", "b", "c"].map(|name| a_campaign(catalogue, &scope, brand, name).id);
    let plan = |links: &[CampaignId]| {
        let links = links
            .iter()
            .map(|to| json!({"campaign": to.to_string(), "kind": "FOLLOWS"}));
        let json = json!({"objective": "SALES", "links": links.collect::<Vec<_>>()});
        body(RecordKind::CampaignPlan, &json)
    };
    let planned = |campaign, links: &[CampaignId]| {
        let draft = RecordDraft {
            brand,
            campaign: Some(campaign),
            key: None,
            body: plan(links),
        };
        create(catalogue, &scope, &draft, 1)
    };
    let [a, b, c] = campaigns;
    let of_a = planned(a, &[b]).unwrap();
    planned(b, &[c]).unwrap();
    assert_eq!(planned(c, &[a]).unwrap_err().code(), ErrorCode::LinkCycle);
    assert_eq!(planned(a, &[]).unwrap_err().code(), ErrorCode::Conflict);
    let to_itself = catalogue.revise_record(&scope, of_a.id, 1, &plan(&[a]), at(2));
    assert_eq!(to_itself.unwrap_err().code(), ErrorCode::LinkCycle);
    planned(c, &[]).unwrap();
}

pub(super) fn a_content_is_approved_by_another_member(catalogue: &Catalogue) {
    let owner = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &owner, "acme");
    let content = |approval| {
        body(
            RecordKind::Content,
            &json!({"name": "Evening", "approval": approval}),
        )
    };
    let author = scope_of_member(catalogue, &owner, Role::Analyst, &[]);
    let (pending, approved) = (content("PENDING"), content("APPROVED"));
    let evening = made(catalogue, &author, &draft(brand, "evening", pending), 1).id;
    let by_author = catalogue.revise_record(&author, evening, 1, &approved, at(2));
    assert_eq!(by_author.unwrap_err().code(), ErrorCode::ApprovalRefused);
    let by_operator = catalogue.revise_record(&owner, evening, 1, &approved, at(2));
    assert_eq!(by_operator.unwrap().revision, 2);
}

pub(super) fn an_agency_has_so_many_records_of_a_kind_and_no_more(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let create = |key: &str| {
        let draft = draft(brand, key, product("Tea"));
        catalogue.create_record(&scope, next_id!(RecordId), &draft, 2, at(1))
    };
    create("a").unwrap();
    create("b").unwrap();
    let refused = create("c").unwrap_err();
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
    assert!(refused.public_message().contains("records_per_kind_max"));
}

pub(super) fn a_record_has_so_many_revisions_and_the_last_archives_it(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("1")), 1).id;
    let revise = |base: u32| {
        let body = product(&(base + 1).to_string());
        catalogue.revise_record(&scope, tea, base, &body, at(2))
    };
    for base in 1..RECORD_REVISIONS_MAX - 1 {
        assert_eq!(revise(base).unwrap().revision, base + 1);
    }
    let refused = revise(RECORD_REVISIONS_MAX - 1).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
    let kind = RecordKind::Product;
    let archived = catalogue.archive_record(&scope, kind, tea, RECORD_REVISIONS_MAX - 1, at(3));
    assert_eq!(archived.unwrap().revision, RECORD_REVISIONS_MAX);
}
