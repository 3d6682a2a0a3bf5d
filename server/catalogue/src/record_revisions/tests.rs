//! What was written stays, even for somebody with a connection of their own.

use bellwether_domain::agency::Slug;
use bellwether_domain::brand::Brand;
use bellwether_domain::ids::BrandId;
use bellwether_domain::record::{Party, RecordDraft, words::PartyRole};
use bellwether_test_support::postgres::PostgresCluster;
use diesel::connection::SimpleConnection;

use super::*;
use crate::connection::Location;
use crate::given::an_agency;

fn assert_revisions_stay(location: Location) {
    let now = Timestamp::UNIX_EPOCH;
    let (catalogue, scope) = an_agency(location, now);
    let brand = Brand {
        id: BrandId::from_parts(now, 1),
        slug: Slug::parse("acme").unwrap(),
        name: "Acme".to_owned(),
    };
    catalogue.create_brand(&scope, &brand, now).unwrap();
    let party = Party {
        name: "Northwind".to_owned(),
        role: PartyRole::Agency,
        contacts: Vec::new(),
        accounts: Vec::new(),
        note: None,
    };
    let draft = RecordDraft {
        brand: brand.id,
        campaign: None,
        key: None,
        body: party.into(),
    };
    let id = RecordId::from_parts(now, 1);
    let made = catalogue.create_record(&scope, id, &draft, 1, now).unwrap();
    for statement in [
        "UPDATE record_revisions SET made_at = 1",
        "DELETE FROM record_revisions",
    ] {
        let changed = catalogue.write(|connection| {
            let executed = connection.batch_execute(statement);
            executed.map_err(Error::database("change history"))
        });
        assert!(changed.is_err(), "{statement}");
    }
    let kept = catalogue.find_record(&scope, RecordKind::Party, id, None);
    assert_eq!(kept.unwrap(), Some(made));
}

#[test]
fn no_statement_changes_a_revision_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    assert_revisions_stay(Location::Sqlite(folder.path().join("catalogue.sqlite")));
}

#[test]
fn no_statement_changes_a_revision_on_postgres() {
    if let Some(cluster) = PostgresCluster::shared() {
        assert_revisions_stay(Location::Postgres(cluster.create_database()));
    }
}
