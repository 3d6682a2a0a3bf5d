//! Who gets a place, and when.

use futures_util::FutureExt;

use super::*;

fn places(at_once: usize, per_agency: usize, waiting: usize) -> QueryPlaces {
    QueryPlaces::new(QueryPlacesConfig {
        queries_at_once_max: at_once,
        queries_per_agency_max: per_agency,
        queries_waiting_max: waiting,
        queue_wait_ms: 600_000,
    })
}

fn agency(number: u128) -> AgencyId {
    AgencyId::from_parts(bellwether_domain::time::Timestamp::UNIX_EPOCH, number)
}

fn taken(places: &QueryPlaces, agency: AgencyId) -> QueryPlace {
    let placed = places.place(agency).now_or_never();
    placed.expect("a place is free").unwrap()
}

fn counts(places: &QueryPlaces) -> (usize, usize) {
    let counts = places.counts();
    (counts.running, counts.waiting)
}

#[tokio::test]
async fn as_many_run_as_there_are_places_and_the_next_waits() {
    let places = places(2, 2, 10);
    let (_first, second) = (taken(&places, agency(1)), taken(&places, agency(1)));
    let mut third = Box::pin(places.place(agency(1)));
    assert!(futures_util::poll!(&mut third).is_pending());
    assert_eq!(counts(&places), (2, 1));
    second.end();
    assert!(third.now_or_never().is_some());
}

#[tokio::test]
async fn one_agency_alone_has_no_more_than_one_may_have() {
    let places = places(3, 2, 10);
    let _its = [taken(&places, agency(1)), taken(&places, agency(1))];
    assert!(places.place(agency(1)).now_or_never().is_none());
    assert!(places.place(agency(2)).now_or_never().is_some());
}

#[tokio::test]
async fn a_place_goes_to_the_agency_with_the_fewest_running_not_to_the_longest_queue() {
    let places = places(2, 2, 10);
    let (first, second) = (taken(&places, agency(1)), taken(&places, agency(1)));
    let mut of_the_greedy = Box::pin(places.place(agency(1)));
    assert!(futures_util::poll!(&mut of_the_greedy).is_pending());
    let mut of_another = Box::pin(places.place(agency(2)));
    assert!(futures_util::poll!(&mut of_another).is_pending());
    first.end();
    assert!(futures_util::poll!(&mut of_the_greedy).is_pending());
    let _place = of_another.now_or_never().expect("its turn").unwrap();
    second.end();
    assert!(of_the_greedy.now_or_never().is_some());
}

#[tokio::test]
async fn within_an_agency_the_first_to_come_is_the_first_to_run() {
    let places = places(1, 1, 10);
    let running = taken(&places, agency(1));
    let mut earlier = Box::pin(places.place(agency(1)));
    assert!(futures_util::poll!(&mut earlier).is_pending());
    let mut later = Box::pin(places.place(agency(1)));
    assert!(futures_util::poll!(&mut later).is_pending());
    running.end();
    assert!(futures_util::poll!(&mut later).is_pending());
    assert!(earlier.now_or_never().is_some());
}

#[tokio::test]
async fn the_queue_of_an_agency_ends_at_its_limit() {
    let places = places(1, 1, 1);
    let _running = taken(&places, agency(1));
    let mut waiting = Box::pin(places.place(agency(1)));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let refusal = places.place(agency(1)).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::QueueFull);
    assert!(refusal.message.contains("`queries_waiting_max` of 1"));
    assert_eq!(refusal.retry_after_s, Some(1));
    assert!(
        places.place(agency(2)).now_or_never().is_none(),
        "another agency may wait"
    );
}

#[tokio::test]
async fn the_wait_ends_at_its_limit() {
    let places = QueryPlaces::new(QueryPlacesConfig {
        queue_wait_ms: 0,
        ..places(1, 1, 10).shared.config
    });
    let _running = taken(&places, agency(1));
    let refusal = places.place(agency(2)).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::QueueFull);
    assert!(refusal.message.contains("`queue_wait_ms` of 0"));
    assert_eq!(counts(&places), (1, 0));
    assert_eq!(places.counts().turned_away, 1);
}

#[tokio::test]
async fn whoever_goes_away_leaves_no_place_taken() {
    let places = places(1, 1, 10);
    let running = taken(&places, agency(1));
    let mut gone_while_waiting = Box::pin(places.place(agency(2)));
    assert!(futures_util::poll!(&mut gone_while_waiting).is_pending());
    let mut gone_when_placed = Box::pin(places.place(agency(3)));
    assert!(futures_util::poll!(&mut gone_when_placed).is_pending());
    drop(gone_while_waiting);
    drop(running);
    assert_eq!(counts(&places), (1, 0), "the place is given, not yet taken");
    drop(gone_when_placed);
    assert_eq!(counts(&places), (0, 0));
    assert_eq!(places.counts().abandoned, 1);
}
