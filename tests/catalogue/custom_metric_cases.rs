//! Cases of custom metrics: revisions, who sees them, limits.

use bellwether_catalogue::Catalogue;
use bellwether_domain::ErrorCode;
use bellwether_domain::member::Role;
use bellwether_domain::metric::{
    Better, CUSTOM_METRIC_REVISIONS_MAX, CUSTOM_METRICS_MAX, CustomMetricDraft,
};

use super::given::{an_agency, at};
use super::tenancy_cases::scope_of_member;

fn draft(name: &str, formula: &str) -> CustomMetricDraft {
    CustomMetricDraft::new(name, formula, "Told in a sentence.", Better::Higher).unwrap()
}

pub(super) fn every_save_is_a_revision_and_old_ones_stay(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let save = |formula, second| {
        let draft = draft("joy", formula);
        catalogue
            .save_custom_metric(&scope, &draft, None, at(second))
            .unwrap()
    };
    let first = save("likes / impressions", 1);
    let second = save("(likes + shares) / impressions", 2);
    assert_eq!((first.revision, second.revision), (1, 2));
    let current = catalogue.list_custom_metrics(&scope).unwrap();
    assert_eq!(current, std::slice::from_ref(&second));
    let revisions = catalogue.custom_metric_revisions(&scope, "joy").unwrap();
    let told = revisions
        .iter()
        .map(|it| (it.revision, it.draft.formula.text(), it.made_at));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (2, "(likes + shares) / impressions", at(2)),
            (1, "likes / impressions", at(1))
        ]
    );
}

pub(super) fn an_archived_metric_keeps_its_revisions_and_can_be_saved_again(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let joy = draft("joy", "likes / impressions");
    catalogue
        .save_custom_metric(&scope, &joy, None, at(1))
        .unwrap();
    let archived = catalogue
        .archive_custom_metric(&scope, "joy", Some(1), at(2))
        .unwrap();
    assert!(archived.is_archived);
    let error = catalogue
        .archive_custom_metric(&scope, "joy", None, at(3))
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    let again = catalogue
        .save_custom_metric(&scope, &joy, None, at(4))
        .unwrap();
    assert_eq!((again.revision, again.is_archived), (3, false));
}

pub(super) fn a_change_of_another_revision_than_expected_is_a_conflict(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let joy = draft("joy", "likes / impressions");
    let save = |expected| catalogue.save_custom_metric(&scope, &joy, expected, at(1));
    assert_eq!(save(Some(1)).unwrap_err().code(), ErrorCode::Conflict);
    assert_eq!(save(Some(0)).unwrap().revision, 1);
    assert_eq!(save(Some(0)).unwrap_err().code(), ErrorCode::Conflict);
    assert_eq!(save(Some(1)).unwrap().revision, 2);
}

pub(super) fn every_revision_raises_the_catalogue_version(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let version = || catalogue.snapshot(&scope).unwrap().catalogue.0;
    let before = version();
    let joy = draft("joy", "likes / impressions");
    catalogue
        .save_custom_metric(&scope, &joy, None, at(1))
        .unwrap();
    assert_eq!(version(), before + 1);
    catalogue
        .archive_custom_metric(&scope, "joy", None, at(2))
        .unwrap();
    assert_eq!(version(), before + 2);
}

pub(super) fn custom_metrics_are_their_agencys_alone(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let joy = draft("joy", "likes / impressions");
    catalogue
        .save_custom_metric(&mine, &joy, None, at(1))
        .unwrap();
    assert_eq!(catalogue.list_custom_metrics(&other).unwrap(), []);
    assert_eq!(
        catalogue.custom_metric_revisions(&other, "joy").unwrap(),
        []
    );
    let error = catalogue
        .archive_custom_metric(&other, "joy", None, at(2))
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::NotFound);
    let theirs = catalogue
        .save_custom_metric(&other, &joy, Some(0), at(2))
        .unwrap();
    assert_eq!(theirs.revision, 1);
}

pub(super) fn a_revision_tells_who_made_it(catalogue: &Catalogue) {
    let operator = an_agency(catalogue, "mine");
    let scope = scope_of_member(catalogue, &operator, Role::Analyst, &[]);
    let joy = draft("joy", "likes / impressions");
    catalogue
        .save_custom_metric(&scope, &joy, None, at(1))
        .unwrap();
    let current = catalogue.list_custom_metrics(&operator).unwrap();
    assert!(scope.member().is_some());
    assert_eq!(current[0].made_by, scope.member());
}

pub(super) fn an_agency_has_so_many_custom_metrics_and_no_more(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let save = |number: usize| {
        let draft = draft(&format!("m{number}"), "likes / impressions");
        catalogue.save_custom_metric(&scope, &draft, None, at(1))
    };
    for number in 1..=CUSTOM_METRICS_MAX {
        save(number).unwrap();
    }
    let refused = save(CUSTOM_METRICS_MAX + 1).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
    assert!(refused.public_message().contains("custom_metrics_max"));
    assert_eq!(save(1).unwrap().revision, 2);
}

pub(super) fn a_custom_metric_has_so_many_revisions_and_no_more(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let joy = draft("joy", "likes / impressions");
    let save = || catalogue.save_custom_metric(&scope, &joy, None, at(1));
    for revision in 1..=CUSTOM_METRIC_REVISIONS_MAX {
        assert_eq!(save().unwrap().revision, revision);
    }
    let refused = save().unwrap_err();
    assert_eq!(refused.code(), ErrorCode::LimitExceeded);
    assert!(
        refused
            .public_message()
            .contains("custom_metric_revisions_max")
    );
    let archived = catalogue.archive_custom_metric(&scope, "joy", None, at(2));
    assert!(archived.unwrap().is_archived);
}
