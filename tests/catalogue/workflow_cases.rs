//! Cases of workflows in the catalogue: what is written is written whole, and what happened stays.

use bellwether_catalogue::{
    CalendarDay, CaseEntry, CaseFilter, CaseRecord, CaseSort, CaseSubject, CaseText, CaseTurn,
    Catalogue, CommandKey, Commanded, Error, SavedDefinition, WorkflowRole,
};
use bellwether_domain::ids::{BrandId, CaseId};
use bellwether_domain::member::Role;
use bellwether_domain::time::date;
use bellwether_domain::{ErrorCode, Scope};

use super::given::{a_brand, a_member, an_agency, at, next_id};
use super::tenancy_cases::scope_of_member;

/// More cases than any test begins.
const MANY: u32 = 1_000;

fn record(id: CaseId, brand: Option<BrandId>, n_events: u64) -> CaseRecord {
    CaseRecord {
        id,
        definition: "cancel_promotion".to_owned(),
        definition_version: 1,
        brand,
        campaign: None,
        state: "requested".to_owned(),
        is_final: false,
        version: n_events,
        n_events,
        head: "00".repeat(32),
        assignee: None,
        due_at: Some(at(60)),
        began_at: at(1),
        changed_at: at(1),
    }
}

/// A turn that adds the event of this number.
fn turn(id: CaseId, brand: Option<BrandId>, seq: u64) -> CaseTurn {
    CaseTurn {
        record: record(id, brand, seq),
        entries: vec![CaseEntry {
            seq,
            entry: format!("{{\"seq\":{seq}}}"),
            sha256: "00".repeat(32),
        }],
        texts: vec![CaseText {
            seq,
            field: "comment".to_owned(),
            salt: "00".to_owned(),
            text: "words".to_owned(),
        }],
        timers: vec![("requested".to_owned(), at(60))],
        is_done: true,
    }
}

fn key(name: &str, fingerprint: &str) -> CommandKey {
    CommandKey {
        key: name.to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

fn subject(brand: Option<BrandId>) -> CaseSubject {
    CaseSubject {
        definition: "cancel_promotion".to_owned(),
        brand,
        campaign: None,
    }
}

fn begin(catalogue: &Catalogue, scope: &Scope, brand: Option<BrandId>) -> CaseId {
    let id = next_id!(CaseId);
    let begun = catalogue.begin_case(scope, &subject(brand), None, MANY, |_| {
        Ok((Some(turn(id, brand, 1)), ()))
    });
    assert_eq!(begun.unwrap(), Commanded::Now(()));
    id
}

pub(super) fn a_turn_writes_events_texts_timers_and_where_the_case_stands(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let id = begin(catalogue, &scope, Some(brand));
    let changed = catalogue.change_case(&scope, id, None, |ground| {
        assert_eq!(ground.entries.len(), 1);
        Ok((Some(turn(id, Some(brand), 2)), "done"))
    });
    assert_eq!(changed.unwrap(), Commanded::Now("done"));
    let case = catalogue.find_case(&scope, id).unwrap().unwrap();
    assert_eq!(case, record(id, Some(brand), 2));
    let entries = catalogue.case_entries(&scope, &case, 0, 10).unwrap();
    assert_eq!(entries.iter().map(|it| it.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        catalogue.case_entries(&scope, &case, 1, 10).unwrap().len(),
        1
    );
    assert_eq!(catalogue.case_texts(&scope, &case).unwrap().len(), 2);
    assert_eq!(catalogue.due_timers(&scope, at(59), 10).unwrap(), []);
    let due = catalogue.due_timers(&scope, at(60), 10).unwrap();
    assert_eq!(due, [(id, "requested".to_owned())]);
}

pub(super) fn a_refused_turn_writes_nothing(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let id = next_id!(CaseId);
    let nothing = catalogue.begin_case(&scope, &subject(None), None, MANY, |_| Ok((None, ())));
    assert_eq!(nothing.unwrap(), Commanded::Now(()));
    assert_eq!(catalogue.find_case(&scope, id).unwrap(), None);
    let id = begin(catalogue, &scope, None);
    // An event whose number is taken: the whole turn is undone.
    let twice = catalogue.change_case(&scope, id, None, |_| Ok((Some(turn(id, None, 1)), ())));
    assert_eq!(twice.unwrap_err().code(), ErrorCode::Conflict);
    let case = catalogue.find_case(&scope, id).unwrap().unwrap();
    assert_eq!(case.n_events, 1);
}

pub(super) fn a_command_under_a_key_is_done_once(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let id = begin(catalogue, &scope, None);
    let once = key("k1", "same");
    let told = |key: &CommandKey, seq| {
        catalogue.change_case(&scope, id, Some(key), |_| {
            Ok((Some(turn(id, None, seq)), ()))
        })
    };
    assert_eq!(told(&once, 2).unwrap(), Commanded::Now(()));
    assert_eq!(told(&once, 3).unwrap(), Commanded::Before(id, 2));
    let other = told(&key("k1", "other"), 3).unwrap_err();
    assert_eq!(other.code(), ErrorCode::Conflict);
    let begun = catalogue.begin_case(&scope, &subject(None), Some(&once), MANY, |_| {
        Ok((None, ()))
    });
    assert_eq!(begun.unwrap(), Commanded::Before(id, 2));
}

pub(super) fn erased_texts_are_gone_and_their_events_stay(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let id = begin(catalogue, &scope, None);
    let case = catalogue.find_case(&scope, id).unwrap().unwrap();
    assert_eq!(
        catalogue.erase_case_texts(&scope, &case, Some(2)).unwrap(),
        0
    );
    assert_eq!(catalogue.erase_case_texts(&scope, &case, None).unwrap(), 1);
    assert_eq!(catalogue.case_texts(&scope, &case).unwrap(), []);
    assert_eq!(
        catalogue.case_entries(&scope, &case, 0, 9).unwrap().len(),
        1
    );
}

pub(super) fn cases_are_seen_by_those_who_see_what_they_are_about(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let (acme, zen) = (
        a_brand(catalogue, &mine, "acme"),
        a_brand(catalogue, &mine, "zen"),
    );
    let of_acme = begin(catalogue, &mine, Some(acme));
    let of_zen = begin(catalogue, &mine, Some(zen));
    let of_all = begin(catalogue, &mine, None);
    let client = scope_of_member(catalogue, &mine, Role::Client, &[acme]);
    let listed = |scope: &Scope| -> Vec<CaseId> {
        let all = CaseFilter::default();
        let cases = catalogue.list_cases(scope, &all, CaseSort::BeganAt, false, None, 10);
        cases.unwrap().into_iter().map(|case| case.id).collect()
    };
    assert_eq!(listed(&mine), [of_acme, of_zen, of_all]);
    assert_eq!(listed(&client), [of_acme]);
    assert_eq!(listed(&other), []);
    for unseen in [of_zen, of_all] {
        assert_eq!(catalogue.find_case(&client, unseen).unwrap(), None);
        let refused = catalogue.change_case(&client, unseen, None, |_| Ok((None, ())));
        assert!(matches!(refused, Err(Error::NotFound { .. })));
    }
    assert!(catalogue.case_ground(&other, of_acme).is_err());
    let begun = catalogue.begin_case(&other, &subject(Some(acme)), None, MANY, |_| Ok((None, ())));
    assert_eq!(begun.unwrap_err().code(), ErrorCode::NotFound);
    let whole = catalogue.begin_case(&client, &subject(None), None, MANY, |_| Ok((None, ())));
    assert_eq!(whole.unwrap_err().code(), ErrorCode::Forbidden);
}

pub(super) fn an_agency_has_so_many_open_cases(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    begin(catalogue, &scope, None);
    let one_more =
        |open_max| catalogue.begin_case(&scope, &subject(None), None, open_max, |_| Ok((None, ())));
    assert!(one_more(2).is_ok());
    let refused = one_more(1).unwrap_err();
    assert!(
        refused.public_message().contains("open_cases_max"),
        "{refused}"
    );
}

pub(super) fn roles_days_and_workflows_are_their_agencys_alone(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let member = a_member(catalogue, &mine, Role::Viewer);
    let role = WorkflowRole {
        member,
        role: "finance".to_owned(),
        brand: None,
        case: None,
    };
    catalogue.set_workflow_role(&mine, &role, true).unwrap();
    catalogue.set_workflow_role(&mine, &role, true).unwrap();
    assert_eq!(
        catalogue.workflow_roles(&mine, None).unwrap(),
        std::slice::from_ref(&role)
    );
    assert_eq!(catalogue.workflow_roles(&other, None).unwrap(), []);
    assert!(catalogue.set_workflow_role(&other, &role, true).is_err());
    catalogue.set_workflow_role(&mine, &role, false).unwrap();
    assert_eq!(catalogue.workflow_roles(&mine, Some(member)).unwrap(), []);

    let holiday = CalendarDay {
        day: date(2026, 10, 1),
        is_worked: false,
        name: "National Day".to_owned(),
    };
    let year = (date(2026, 1, 1), date(2026, 12, 31));
    let days = std::slice::from_ref(&holiday);
    catalogue.set_calendar_days(&mine, year, days).unwrap();
    assert_eq!(catalogue.calendar_days(&mine).unwrap(), days);
    assert_eq!(catalogue.calendar_days(&other).unwrap(), []);
    catalogue.set_calendar_days(&mine, year, &[]).unwrap();
    assert_eq!(catalogue.calendar_days(&mine).unwrap(), []);

    let saved = SavedDefinition {
        name: "ours".to_owned(),
        version: 1,
        json: "{}".to_owned(),
        saved_by: None,
        saved_at: at(1),
    };
    catalogue.save_workflow_definition(&mine, &saved).unwrap();
    let again = catalogue.save_workflow_definition(&mine, &saved);
    assert_eq!(again.unwrap_err().code(), ErrorCode::Conflict);
    assert_eq!(catalogue.workflow_definitions(&mine).unwrap(), [saved]);
    assert_eq!(catalogue.workflow_definitions(&other).unwrap(), []);
}

pub(super) fn closed_books_never_open_again(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    assert_eq!(catalogue.closed_through(&scope).unwrap(), None);
    catalogue
        .close_books(&scope, date(2026, 3, 31), at(1))
        .unwrap();
    catalogue
        .close_books(&scope, date(2026, 1, 31), at(2))
        .unwrap();
    let closed = catalogue.closed_through(&scope).unwrap();
    assert_eq!(closed, Some(date(2026, 3, 31)));
}
