//! Who gets a place.

use bellwether_domain::Scope;
use bellwether_domain::ids::{AgencyId, TokenId};
use bellwether_domain::member::Role;
use bellwether_domain::scope::{BrandAccess, TokenGrant};
use bellwether_domain::time::Timestamp;

use super::*;

fn places() -> ConnectionPlaces {
    ConnectionPlaces::new(SubscriptionConfig::of_tests())
}

fn by(agency: u128, token: u128) -> Scope {
    let agency = AgencyId::from_parts(Timestamp::UNIX_EPOCH, agency);
    let scope = Scope::authorised(agency, None, Role::Viewer, BrandAccess::All);
    scope.by_token(TokenGrant {
        token: TokenId::from_parts(Timestamp::UNIX_EPOCH, token),
        trusted_documents_only: false,
        may_introspect: true,
    })
}

fn claimed(places: &ConnectionPlaces, scope: &Scope) -> Result<ConnectionPlace, String> {
    let mut place = places.enter().map_err(|refusal| refusal.message)?;
    let claimed = place.claim(scope);
    claimed.map_err(|refusal| refusal.message)?;
    Ok(place)
}

fn refused(places: &ConnectionPlaces, scope: &Scope, limit: &str) {
    let message = claimed(places, scope).unwrap_err();
    assert!(message.contains(limit), "{message}");
}

#[test]
fn a_token_has_its_connections_and_one_more_is_refused_until_one_goes() {
    let places = places();
    let (first, _second) = (claimed(&places, &by(1, 1)), claimed(&places, &by(1, 1)));
    refused(&places, &by(1, 1), "connections_per_token_max");
    drop(first);
    assert!(claimed(&places, &by(1, 1)).is_ok());
}

#[test]
fn an_agency_has_its_connections_whatever_tokens_they_come_by() {
    let places = places();
    let of_agency = [1, 1, 2].map(|token| claimed(&places, &by(1, token)).unwrap());
    refused(&places, &by(1, 2), "connections_per_agency_max");
    assert!(claimed(&places, &by(2, 9)).is_ok());
    drop(of_agency);
}

#[test]
fn the_server_has_its_connections_whoever_they_are_of() {
    let places = places();
    let all = [1, 2, 3, 4].map(|agency| claimed(&places, &by(agency, agency)).unwrap());
    refused(&places, &by(5, 5), "connections_max");
    drop(all);
    assert_eq!(places.counts().connections, 0);
    assert_eq!(places.counts().turned_away, 1);
}

#[test]
fn a_connection_runs_as_many_operations_as_the_limit_says() {
    let places = places();
    let place = claimed(&places, &by(1, 1)).unwrap();
    let running = place.operation(1).unwrap();
    assert_eq!(places.counts().operations, 1);
    let refusal = place.operation(2).unwrap_err();
    assert!(refusal.message.contains("operations_per_connection_max"));
    drop(running);
    assert_eq!(places.counts().operations, 0);
}
