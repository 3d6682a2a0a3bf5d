//! Time in cases: what is due is noticed without anybody's asking.

use serde_json::json;

use super::drive::{Drive, answered};

/// How often the case is looked at before a test gives up on its timer.
const LOOKS_MAX: usize = 2_000;

#[test]
fn a_step_that_is_late_becomes_overdue_once_and_stays_to_be_done() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    assert_eq!(timer(&drive), "OPEN");
    let version = drive.version();
    let stopped = drive.server.kill();
    let mut drive = Drive {
        server: stopped.restart_at(Some("2038-01-01T00:00:00Z"), ""),
        definition: drive.definition,
        case: drive.case,
    };
    for _ in 0..LOOKS_MAX {
        drive.look();
        if timer(&drive) == "OVERDUE" {
            break;
        }
    }
    assert_eq!(timer(&drive), "OVERDUE");
    assert_eq!(drive.version(), version + 1);
    let fired = answered(
        &drive.server.owner(),
        "case",
        "query($id: ID!) { case(id: $id) { events(first: 100) { nodes { type by { kind } } } } }",
        &json!({ "id": drive.id() }),
    );
    let events = fired["events"]["nodes"].as_array().unwrap();
    let last = events.last().unwrap();
    assert_eq!(
        *last,
        json!({ "type": "timer_fired", "by": { "kind": "SYSTEM" } })
    );
    drive.goes("record_impact");
}

/// How the timer of the first step after the request stands.
fn timer(drive: &Drive) -> &str {
    let timers = drive.case["timers"].as_array().unwrap();
    let meant = timers.iter().find(|it| it["name"] == "impact_assessed");
    meant.unwrap()["status"].as_str().unwrap()
}
