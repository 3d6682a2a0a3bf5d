//! Compaction over a real catalogue and store, with a clock that the tests move: whatever happened
//! before, every snapshot that can still be read has the facts that it had.

mod world;

use bellwether_domain::ErrorCode;
use proptest::prelude::*;

use world::{Event, RETENTION_DAYS, World};

fn events() -> impl Strategy<Value = Event> {
    let day = || 1_i8..8;
    let days = proptest::collection::btree_set(day(), 1..6).prop_map(|it| it.into_iter().collect());
    let measures = proptest::option::weighted(0.3, 1_u64..8);
    prop_oneof![
        8 => (days, measures).prop_map(|(days, measures)| Event::Batch(days, measures)),
        1 => (day(), day()).prop_map(|(a, b)| Event::Replacement(a.min(b), a.max(b))),
        2 => (0_usize..20).prop_map(Event::Retraction),
        2 => (1_u32..8).prop_map(Event::Days),
        2 => Just(Event::Compaction),
    ]
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn compaction_changes_no_snapshot_that_can_be_read(
        before in proptest::collection::vec(events(), 1..30),
        after in proptest::collection::vec(events(), 0..6),
    ) {
        block_on(async {
            let (compacted, plain) = (World::new(), World::new());
            for event in before.iter().chain(&after) {
                compacted.happen(event).await;
                // A retraction that is refused for its age happens in neither world.
                let is_kept = plain.newest() != compacted.newest();
                if is_kept || matches!(event, Event::Days(_)) {
                    plain.happen(event).await;
                }
            }
            compacted.compact().await;
            let oldest = compacted.oldest();
            let expected = plain.history(oldest).await;
            prop_assert_eq!(compacted.history(oldest).await, expected);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn finished_answers_are_not_found_once_an_older_snapshot_expired() {
    let world = World::new();
    for day in [1, 1, 1, 2] {
        world.happen(&Event::Batch(vec![day], None)).await;
    }
    world.happen(&Event::Days(RETENTION_DAYS + 2)).await;
    let (before, newest) = (world.finished_key().await, world.newest());
    world.compact().await;
    assert_eq!(world.newest(), newest, "nothing was committed");
    let after = world.finished_key().await;
    assert_ne!(after, before);
    world.compact().await;
    assert_eq!(world.finished_key().await, after);
}

#[tokio::test]
async fn rows_past_the_retention_go_and_snapshots_before_it_expire() {
    let world = World::new();
    for day in [1, 1, 1, 2] {
        world.happen(&Event::Batch(vec![day], None)).await;
    }
    world.happen(&Event::Days(1)).await;
    let expected = world.seen(4).await.unwrap();
    world.compact().await;
    assert_eq!(world.segments(), (1, 4), "all are within the retention");
    world.happen(&Event::Days(RETENTION_DAYS + 2)).await;
    world.compact().await;
    assert_eq!(world.segments(), (1, 2), "two days are left");
    assert_eq!(world.seen(4).await.unwrap(), expected);
    let error = world.seen(3).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::SnapshotExpired);
}

#[tokio::test]
async fn a_rewrite_for_the_retention_is_not_done_again() {
    let world = World::new();
    for day in [1, 1, 1, 2] {
        world.happen(&Event::Batch(vec![day], None)).await;
    }
    world.happen(&Event::Days(RETENTION_DAYS + 2)).await;
    assert_eq!(world.compact().await.done.len(), 1);
    assert_eq!(world.compact().await.done, []);
}

#[tokio::test]
async fn a_month_whose_batches_were_all_undone_loses_its_files_once_nobody_sees_them() {
    let world = World::new();
    world.happen(&Event::Batch(vec![1, 2], None)).await;
    world.happen(&Event::Retraction(0)).await;
    world.happen(&Event::Days(RETENTION_DAYS + 2)).await;
    world.compact().await;
    assert_eq!(world.segments(), (0, 0));
    assert_eq!(world.seen(2).await.unwrap(), []);
}
