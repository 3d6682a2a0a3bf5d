//! Cases of exchange rates: revisions, what an import changes, limits.

use std::collections::BTreeMap;

use bellwether_catalogue::Catalogue;
use bellwether_domain::Scope;
use bellwether_domain::money::Currency;
use bellwether_domain::rates::{Rate, RateEntry, RateImport, RatePair, RateTable, RatesRevision};
use bellwether_domain::time::{Date, parse_date};

use super::given::{an_agency, at};

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

/// Rates of euros in dollars: days, rates, and the day that one is carried from.
fn rates(given: &[(&str, &str, Option<&str>)]) -> BTreeMap<RatePair, RateEntry> {
    let rates = given.iter().map(|(on, rate, carried_from)| {
        let pair = RatePair {
            from: currency("EUR"),
            to: currency("USD"),
            day: day(on),
        };
        let entry = RateEntry {
            rate: Rate::parse(rate).unwrap(),
            source: "ECB".to_owned(),
            carried_from: carried_from.map(day),
        };
        (pair, entry)
    });
    rates.collect()
}

fn rate_of(catalogue: &Catalogue, scope: &Scope, revision: i64, on: &str) -> Option<String> {
    let revision = RatesRevision(revision);
    let rates = catalogue
        .rates_into(scope, currency("USD"), revision)
        .unwrap();
    let rate = RateTable::new(currency("USD"), rates).rate(currency("EUR"), day(on));
    rate.map(|rate| rate.to_string())
}

pub(super) fn a_correction_is_a_revision_and_what_was_known_stays(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let import = |rate, second| {
        let rates = rates(&[("2026-04-01", rate, None)]);
        catalogue.import_rates(&scope, &rates, at(second)).unwrap()
    };
    let first = import("1.0850", 10);
    assert_eq!((first.revision, first.added), (RatesRevision(1), 1));
    let second = import("1.09", 20);
    assert_eq!((second.revision, second.corrected), (RatesRevision(2), 1));
    let rate = |revision| rate_of(catalogue, &scope, revision, "2026-04-01");
    assert_eq!(rate(0), None);
    assert_eq!(rate(1).as_deref(), Some("1.085"));
    assert_eq!(rate(2).as_deref(), Some("1.09"));
    let revision_at = |second| catalogue.rates_revision_at(&scope, at(second)).unwrap().0;
    assert_eq!(
        (revision_at(9), revision_at(10), revision_at(19)),
        (0, 1, 1)
    );
    assert_eq!((revision_at(20), revision_at(99)), (2, 2));
}

pub(super) fn the_same_rates_again_change_nothing(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let rates = rates(&[("2026-04-01", "1.085", None), ("2026-04-02", "1.09", None)]);
    catalogue.import_rates(&scope, &rates, at(1)).unwrap();
    let before = catalogue.snapshot(&scope).unwrap();
    let again = catalogue.import_rates(&scope, &rates, at(2)).unwrap();
    let unchanged = RateImport {
        revision: RatesRevision(1),
        unchanged: 2,
        ..RateImport::default()
    };
    assert_eq!(again, unchanged);
    assert_eq!(catalogue.snapshot(&scope).unwrap(), before);
}

pub(super) fn a_change_of_rates_raises_the_catalogue_version(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let version = || catalogue.snapshot(&scope).unwrap().catalogue.0;
    let before = version();
    let rates = rates(&[("2026-04-01", "1.085", None)]);
    catalogue.import_rates(&scope, &rates, at(1)).unwrap();
    assert_eq!(version(), before + 1);
}

pub(super) fn a_carried_rate_gives_way_to_one_of_its_day_and_never_replaces_it(
    catalogue: &Catalogue,
) {
    let scope = an_agency(catalogue, "mine");
    let import = |given: &[(&str, &str, Option<&str>)]| {
        catalogue
            .import_rates(&scope, &rates(given), at(1))
            .unwrap()
    };
    import(&[
        ("2026-04-03", "1.1", None),
        ("2026-04-04", "1.1", Some("2026-04-03")),
    ]);
    let own = import(&[("2026-04-04", "1.2", None)]);
    assert_eq!(own.corrected, 1);
    let again = import(&[
        ("2026-04-03", "1.1", None),
        ("2026-04-04", "1.1", Some("2026-04-03")),
    ]);
    assert_eq!((again.unchanged, again.revision), (2, RatesRevision(2)));
    assert_eq!(
        rate_of(catalogue, &scope, 2, "2026-04-04").as_deref(),
        Some("1.2")
    );
}

pub(super) fn rates_are_their_agencys_alone(catalogue: &Catalogue) {
    let (mine, other) = (an_agency(catalogue, "mine"), an_agency(catalogue, "other"));
    let rates = rates(&[("2026-04-01", "1.085", None)]);
    catalogue.import_rates(&mine, &rates, at(1)).unwrap();
    assert_eq!(catalogue.rates_revision(&other).unwrap(), RatesRevision(0));
    assert_eq!(rate_of(catalogue, &other, 1, "2026-04-01"), None);
    let theirs = catalogue.import_rates(&other, &rates, at(2)).unwrap();
    assert_eq!((theirs.revision, theirs.added), (RatesRevision(1), 1));
}

pub(super) fn an_import_never_looks_older_than_the_one_before(catalogue: &Catalogue) {
    let scope = an_agency(catalogue, "mine");
    let import = |rate, second| {
        let rates = rates(&[("2026-04-01", rate, None)]);
        catalogue.import_rates(&scope, &rates, at(second)).unwrap()
    };
    import("1.1", 50);
    import("1.2", 40);
    let revision_at = |second| catalogue.rates_revision_at(&scope, at(second)).unwrap().0;
    assert_eq!((revision_at(49), revision_at(50)), (0, 2));
}
