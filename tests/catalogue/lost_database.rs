//! What happens when the database is away.

use bellwether_catalogue::{Catalogue, CatalogueConfig, Error, Location};
use bellwether_domain::ErrorCode;
use bellwether_test_support::postgres::PostgresCluster;

fn config(location: Location) -> CatalogueConfig {
    CatalogueConfig {
        location,
        readers_max: 2,
        writer_queue_max: 2,
        busy_timeout_ms: 300,
    }
}

fn assert_unavailable(error: &Error) {
    assert_eq!(error.code(), ErrorCode::Unavailable);
    assert!(error.code().retryable());
    assert_eq!(
        error.public_message(),
        "the catalogue can't be reached at the moment; try again shortly"
    );
}

#[test]
fn a_database_that_is_not_there_is_unavailable() {
    let url = "postgresql://someone:secret@%2Fnowhere/at_all".to_owned();
    let location = Location::Postgres(url);
    assert_eq!(format!("{location:?}"), "Postgres(***)");
    assert_unavailable(&Catalogue::open(config(location)).unwrap_err());
    let file = Location::Sqlite("/nowhere/catalogue.sqlite".into());
    assert_unavailable(&Catalogue::open(config(file)).unwrap_err());
}

#[test]
fn a_database_that_goes_away_is_unavailable() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    let url = cluster.create_database();
    let catalogue = Catalogue::open(config(Location::Postgres(url.clone()))).unwrap();
    catalogue.migrate().unwrap();
    cluster.drop_database(&url);
    assert_unavailable(&catalogue.list_agencies().unwrap_err());
    assert_unavailable(&catalogue.ping().unwrap_err());
}
