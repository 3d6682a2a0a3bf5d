//! Cases of records: revisions, moments, lists, who sees them.

use bellwether_catalogue::{Catalogue, RecordFilter, RecordOrder, RecordPlace, RecordSort};
use bellwether_domain::ids::{BrandId, RecordId};
use bellwether_domain::member::Role;
use bellwether_domain::record::{Body, Record, RecordDraft, RecordKind, RecordState};
use bellwether_domain::time::date;
use bellwether_domain::{ErrorCode, Scope};
use serde_json::{Value, json};

use super::given::{a_brand, a_campaign, an_agency, at, next_id};
use super::tenancy_cases::scope_of_member;

/// More records than any case makes.
const MANY: u32 = 1_000;

pub(super) fn body(kind: RecordKind, json: &Value) -> Body {
    Body::read(kind, json).unwrap()
}

pub(super) fn product(name: &str) -> Body {
    body(RecordKind::Product, &json!({"name": name}))
}

pub(super) fn draft(brand: BrandId, key: &str, body: Body) -> RecordDraft {
    RecordDraft {
        brand,
        campaign: None,
        key: Some(key.to_owned()),
        body,
    }
}

pub(super) fn made(
    catalogue: &Catalogue,
    scope: &Scope,
    draft: &RecordDraft,
    second: i64,
) -> Record {
    create(catalogue, scope, draft, second).unwrap()
}

pub(super) fn create(
    catalogue: &Catalogue,
    scope: &Scope,
    draft: &RecordDraft,
    second: i64,
) -> bellwether_catalogue::Result<Record> {
    catalogue.create_record(scope, next_id!(RecordId), draft, MANY, at(second))
}

fn listed(catalogue: &Catalogue, scope: &Scope, filter: &RecordFilter) -> Vec<String> {
    let order = RecordOrder {
        by: RecordSort::Key,
        is_descending: false,
    };
    let records = catalogue.list_records(scope, filter, order, None, None, 100);
    let keys = records.unwrap().into_iter().map(|record| record.key);
    keys.collect()
}

fn products() -> RecordFilter {
    RecordFilter::of_kind(RecordKind::Product)
}

pub(super) fn a_record_is_as_it_stood_at_every_moment(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 10);
    let green = catalogue
        .revise_record(&scope, tea.id, 1, &product("Green tea"), at(20))
        .unwrap();
    let archived = catalogue
        .archive_record(&scope, RecordKind::Product, tea.id, 2, at(30))
        .unwrap();
    let find = |moment| {
        catalogue
            .find_record(&scope, RecordKind::Product, tea.id, moment)
            .unwrap()
    };
    assert_eq!(find(Some(at(9))), None);
    assert_eq!(find(Some(at(10))), Some(tea.clone()));
    assert_eq!(find(Some(at(19))), Some(tea.clone()));
    assert_eq!(find(Some(at(20))), Some(green.clone()));
    assert_eq!(find(None), Some(archived.clone()));
    assert_eq!(archived.state, RecordState::Archived);
    let history = |before, limit| {
        catalogue
            .record_history(&scope, RecordKind::Product, tea.id, before, limit)
            .unwrap()
    };
    assert_eq!(history(None, 2), [archived, green]);
    assert_eq!(history(Some(2), 2), [tea]);
}

pub(super) fn a_list_is_as_it_stood_at_a_moment(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 10);
    made(catalogue, &scope, &draft(brand, "mug", product("Mug")), 20);
    catalogue
        .revise_record(&scope, tea.id, 1, &product("Green tea"), at(30))
        .unwrap();
    catalogue
        .archive_record(&scope, RecordKind::Product, tea.id, 2, at(40))
        .unwrap();
    let active = RecordFilter {
        state: Some(RecordState::Active),
        ..products()
    };
    let order = RecordOrder {
        by: RecordSort::Name,
        is_descending: false,
    };
    let names = |moment| -> Vec<String> {
        let records = catalogue.list_records(&scope, &active, order, moment, None, 10);
        records.unwrap().iter().map(|it| it.body.name()).collect()
    };
    assert_eq!(names(Some(at(15))), ["Tea"]);
    assert_eq!(names(Some(at(25))), ["Mug", "Tea"]);
    assert_eq!(names(Some(at(35))), ["Green tea", "Mug"]);
    assert_eq!(names(None), ["Mug"]);
}

pub(super) fn a_revision_names_the_one_it_is_based_on(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 1);
    let revise = |base, name| catalogue.revise_record(&scope, tea.id, base, &product(name), at(2));
    assert_eq!(revise(1, "Green tea").unwrap().revision, 2);
    let refused = revise(1, "Black tea").unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RevisionConflict);
    let archived = catalogue.archive_record(&scope, RecordKind::Product, tea.id, 1, at(3));
    assert_eq!(archived.unwrap_err().code(), ErrorCode::RevisionConflict);
    assert_eq!(revise(2, "Green tea").unwrap().revision, 2);
    let newest = catalogue.find_record(&scope, RecordKind::Product, tea.id, None);
    assert_eq!(newest.unwrap().unwrap().body.name(), "Green tea");
}

pub(super) fn a_record_is_of_its_kind_alone(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 1);
    let party = body(RecordKind::Party, &json!({"name": "P", "role": "AGENCY"}));
    let found = catalogue.find_record(&scope, RecordKind::Party, tea.id, None);
    assert_eq!(found.unwrap(), None);
    let revised = catalogue.revise_record(&scope, tea.id, 1, &party, at(2));
    assert_eq!(revised.unwrap_err().code(), ErrorCode::NotFound);
    made(catalogue, &scope, &draft(brand, "tea", party), 3);
}

pub(super) fn records_are_their_agencys_and_their_brands_alone(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let (seen, hidden) = (
        a_brand(catalogue, &mine, "seen"),
        a_brand(catalogue, &mine, "hidden"),
    );
    let client = scope_of_member(catalogue, &mine, Role::Client, &[seen]);
    let tea = made(catalogue, &mine, &draft(hidden, "tea", product("Tea")), 1);
    made(catalogue, &mine, &draft(seen, "mug", product("Mug")), 1);
    assert_eq!(listed(catalogue, &mine, &products()), ["mug", "tea"]);
    assert_eq!(listed(catalogue, &client, &products()), ["mug"]);
    assert_eq!(listed(catalogue, &other, &products()), [""; 0]);
    for stranger in [&client, &other] {
        let kind = RecordKind::Product;
        assert_eq!(
            catalogue.find_record(stranger, kind, tea.id, None).unwrap(),
            None
        );
        let history = catalogue.record_history(stranger, kind, tea.id, None, 10);
        assert_eq!(history.unwrap(), []);
        for refused in [
            create(
                catalogue,
                stranger,
                &draft(hidden, "cup", product("Cup")),
                2,
            ),
            catalogue.revise_record(stranger, tea.id, 1, &product("Mine"), at(2)),
            catalogue.archive_record(stranger, kind, tea.id, 1, at(2)),
        ] {
            assert_eq!(refused.unwrap_err().code(), ErrorCode::NotFound);
        }
    }
}

pub(super) fn records_come_in_pages_of_every_order(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    for (second, (key, name)) in (1..).zip([("b", "X"), ("a", "X"), ("d", "W"), ("c", "Y")]) {
        made(catalogue, &scope, &draft(brand, key, product(name)), second);
    }
    for (by, expected) in [
        (RecordSort::Key, ["a", "b", "c", "d"]),
        (RecordSort::Name, ["d", "b", "a", "c"]),
        (RecordSort::CreatedAt, ["b", "a", "d", "c"]),
        (RecordSort::RevisedAt, ["b", "a", "d", "c"]),
    ] {
        for is_descending in [false, true] {
            let order = RecordOrder { by, is_descending };
            let (mut keys, mut after) = (Vec::new(), None);
            loop {
                let page =
                    catalogue.list_records(&scope, &products(), order, None, after.as_ref(), 3);
                let page = page.unwrap();
                after = page.last().map(|record| RecordPlace::of(record, by));
                if page.is_empty() {
                    break;
                }
                keys.extend(page.into_iter().map(|record| record.key));
            }
            let mut expected = expected.to_vec();
            if is_descending {
                expected.reverse();
            }
            assert_eq!(keys, expected, "{order:?}");
        }
    }
}

pub(super) fn records_are_found_by_campaign_key_and_day(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let campaign = a_campaign(catalogue, &scope, brand, "c1").id;
    let content = |from: &str, until: Option<&str>| {
        let json =
            json!({"name": "E", "approval": "PENDING", "runs": {"from": from, "until": until}});
        body(RecordKind::Content, &json)
    };
    let spring = RecordDraft {
        campaign: Some(campaign),
        ..draft(brand, "spring", content("2026-03-01", Some("2026-06-01")))
    };
    made(catalogue, &scope, &spring, 1);
    made(
        catalogue,
        &scope,
        &draft(brand, "open", content("2026-05-01", None)),
        1,
    );
    let all = || RecordFilter::of_kind(RecordKind::Content);
    let keys = |filter: RecordFilter| listed(catalogue, &scope, &filter);
    assert_eq!(
        keys(RecordFilter {
            campaign: Some(campaign),
            ..all()
        }),
        ["spring"]
    );
    assert_eq!(
        keys(RecordFilter {
            key: Some("open".to_owned()),
            ..all()
        }),
        ["open"]
    );
    let on = |day| {
        keys(RecordFilter {
            on: Some(day),
            ..all()
        })
    };
    assert_eq!(on(date(2026, 5, 31)), ["open", "spring"]);
    assert_eq!(on(date(2026, 6, 1)), ["open"]);
    assert_eq!(on(date(2026, 2, 28)), [""; 0]);
}

pub(super) fn every_revision_of_a_record_raises_the_catalogue_version(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let version = || catalogue.snapshot(&scope).unwrap().catalogue.0;
    let before = version();
    let tea = made(catalogue, &scope, &draft(brand, "tea", product("Tea")), 1);
    catalogue
        .revise_record(&scope, tea.id, 1, &product("Green tea"), at(2))
        .unwrap();
    catalogue
        .archive_record(&scope, RecordKind::Product, tea.id, 2, at(3))
        .unwrap();
    assert_eq!(version(), before + 3);
}
