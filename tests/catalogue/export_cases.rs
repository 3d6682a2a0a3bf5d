//! Cases of exports: who finds them, how they end, how many there are.

use bellwether_catalogue::{Catalogue, ExportLimits};
use bellwether_domain::export::{Export, ExportFormat, ExportState, Failure, Written};
use bellwether_domain::ids::{BrandId, ExportId};
use bellwether_domain::member::Role;
use bellwether_domain::{ErrorCode, Scope};

use super::given::{a_brand, an_agency, at, next_number};
use super::tenancy_cases::scope_of_member;

const PLENTY: ExportLimits = ExportLimits {
    running_max: 10,
    kept_max: 10,
};

fn begun(
    catalogue: &Catalogue,
    scope: &Scope,
    brands: &[BrandId],
    limits: ExportLimits,
) -> Result<Export, ErrorCode> {
    let export = Export {
        id: ExportId::from_parts(at(1), next_number().into()),
        member: scope.member(),
        brands: brands.to_vec(),
        format: ExportFormat::Parquet,
        file_name: "reach.parquet".to_owned(),
        state: ExportState::Running,
        started_at: at(1),
        ended_at: None,
        expires_at: None,
        written: None,
        failure: None,
    };
    let begun = catalogue.begin_export(scope, &export, limits, at(1));
    begun.map(|()| export).map_err(|error| error.code())
}

fn done(export: &Export) -> Export {
    Export {
        state: ExportState::Done,
        ended_at: Some(at(2)),
        expires_at: Some(at(10)),
        written: Some(Written {
            snapshot: "1.2".to_owned(),
            n_rows: 3,
            size_bytes: 4,
        }),
        ..export.clone()
    }
}

pub(super) fn an_export_ends_once_and_is_forgotten_when_it_expires(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let brand = a_brand(catalogue, &scope, "acme");
    let export = begun(catalogue, &scope, &[brand], PLENTY).unwrap();
    let find = |second| {
        catalogue
            .find_export(&scope, export.id, at(second))
            .unwrap()
    };
    assert_eq!(find(1).as_ref(), Some(&export));
    assert!(catalogue.expired_exports(at(99)).unwrap().is_empty());
    let done = done(&export);
    assert!(catalogue.end_export(&scope, &done).unwrap());
    let late = Export {
        state: ExportState::Cancelled,
        ..done.clone()
    };
    assert!(!catalogue.end_export(&scope, &late).unwrap());
    assert_eq!(find(9).as_ref(), Some(&done));
    let with_files = catalogue.exports_with_files().unwrap();
    assert_eq!(
        (with_files.len(), with_files[0].agency),
        (1, scope.agency())
    );
    assert_eq!(find(10), None);
    assert!(catalogue.expired_exports(at(9)).unwrap().is_empty());
    assert_eq!(catalogue.expired_exports(at(10)).unwrap(), with_files);
    catalogue.forget_export(&with_files[0]).unwrap();
    assert!(catalogue.expired_exports(at(10)).unwrap().is_empty());
    assert!(catalogue.exports_with_files().unwrap().is_empty());
}

pub(super) fn an_export_is_found_by_who_began_it_and_sees_its_brands(catalogue: &Catalogue) {
    let (owner, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let seen = a_brand(catalogue, &owner, "seen");
    let hidden = a_brand(catalogue, &owner, "hidden");
    let member = scope_of_member(catalogue, &owner, Role::Viewer, &[seen]);
    let own = begun(catalogue, &member, &[seen], PLENTY).unwrap();
    let of_hidden = begun(catalogue, &member, &[seen, hidden], PLENTY).unwrap();
    let finds = |scope, export: &Export| {
        let found = catalogue.find_export(scope, export.id, at(1));
        found.unwrap().is_some()
    };
    assert!(finds(&member, &own));
    assert!(!finds(&member, &of_hidden));
    assert!(!finds(&owner, &own));
    assert!(!finds(&other, &own));
    assert!(!catalogue.end_export(&other, &done(&own)).unwrap());
    assert!(finds(&member, &own));
    let lists = |scope| catalogue.list_exports(scope, at(1)).unwrap();
    assert_eq!(lists(&member), [own]);
    assert!(lists(&owner).is_empty() && lists(&other).is_empty());
}

pub(super) fn an_agency_has_so_many_exports(catalogue: &Catalogue) {
    let (scope, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let limits = ExportLimits {
        running_max: 1,
        kept_max: 2,
    };
    let begin = |scope: &Scope| begun(catalogue, scope, &[], limits);
    let first = begin(&scope).unwrap();
    assert_eq!(begin(&scope), Err(ErrorCode::RateLimited));
    assert!(begin(&other).is_ok());
    catalogue.end_export(&scope, &done(&first)).unwrap();
    let second = begin(&scope).unwrap();
    catalogue.end_export(&scope, &done(&second)).unwrap();
    assert_eq!(begin(&scope), Err(ErrorCode::LimitExceeded));
}

pub(super) fn an_export_that_nobody_works_on_has_failed(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let unfinished = begun(catalogue, &scope, &[], PLENTY).unwrap();
    let ended = begun(catalogue, &scope, &[], PLENTY).unwrap();
    catalogue.end_export(&scope, &done(&ended)).unwrap();
    let failure = Failure {
        code: ErrorCode::Unavailable,
        message: "it stopped".to_owned(),
    };
    let n_failed = catalogue
        .fail_unfinished_exports(&failure, at(3), at(9))
        .unwrap();
    assert_eq!(n_failed, 1);
    let find = |export: &Export| catalogue.find_export(&scope, export.id, at(4)).unwrap();
    assert_eq!(find(&ended), Some(done(&ended)));
    let expected = Export {
        state: ExportState::Failed,
        ended_at: Some(at(3)),
        expires_at: Some(at(9)),
        failure: Some(failure),
        ..unfinished.clone()
    };
    assert_eq!(find(&unfinished), Some(expected));
}
