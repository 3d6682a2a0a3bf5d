//! Many at once, the same again, and a process that dies: one wins, the others are told, nothing
//! acknowledged is lost.

use serde_json::{Value, json};

use super::drive::{Drive, a_server_for, answered, begun, sent};

const COMMENT: &str = "mutation($input: CaseChangeInput!, $text: String!) { commentOnCase(input: $input, text: $text) { case { version eventCount } userErrors { code } } }";

#[test]
fn of_many_who_press_at_once_one_wins_and_the_others_are_told() {
    let mut drive = Drive::of("cancel_promotion");
    let owner = drive.server.owner();
    for (kind, fields) in [
        ("reason_code", json!({ "codes": ["BUDGET_CONSTRAINTS"] })),
        ("promotion_id", json!({ "id": "spring" })),
        ("explanation", json!({ "text": "no money" })),
    ] {
        let evidence = json!({ "kind": kind, "fields": fields });
        assert_eq!(drive.gives(&owner, &evidence), json!([]));
    }
    let variables = json!({ "input": drive.change(), "action": "submit" });
    let query = "mutation($input: CaseChangeInput!, $action: String!) { advanceCase(input: $input, action: $action) { userErrors { code } } }";
    let answers: Vec<Value> = std::thread::scope(|threads| {
        let all: Vec<_> = (0..10)
            .map(|_| {
                threads.spawn(|| answered(&drive.server.owner(), "advanceCase", query, &variables))
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let n_won = answers
        .iter()
        .filter(|it| it["userErrors"] == json!([]))
        .count();
    let n_told = answers
        .iter()
        .filter(|it| it["userErrors"][0]["code"] == "CONFLICT")
        .count();
    assert_eq!((n_won, n_told), (1, 9), "{answers:?}");
}

#[test]
fn fifty_at_once_lose_nothing_and_double_nothing() {
    let drive = Drive::of("cancel_promotion");
    let before = drive.case["eventCount"].as_u64().unwrap();
    std::thread::scope(|threads| {
        for actor in 0..50 {
            let (server, id) = (&drive.server, drive.id());
            threads.spawn(move || {
                // Each sends its command twice, as a client does that heard nothing.
                for _ in 0..2 {
                    let input = json!({ "case": id, "idempotencyKey": format!("comment-{actor}") });
                    let variables = json!({ "input": input, "text": format!("said by {actor}") });
                    let said = answered(&server.owner(), "commentOnCase", COMMENT, &variables);
                    assert_eq!(said["userErrors"], json!([]), "{said}");
                }
            });
        }
    });
    let seen = answered(
        &drive.server.owner(),
        "verifyCase",
        "query($id: ID!) { verifyCase(id: $id) { isWhole eventCount } }",
        &json!({ "id": drive.id() }),
    );
    assert_eq!(seen, json!({ "isWhole": true, "eventCount": before + 50 }));
}

#[test]
fn a_key_begins_one_case_and_another_command_under_it_is_refused() {
    let (server, _) = a_server_for("cancel_promotion");
    let first = begun(&server.owner(), &server, "cancel_promotion", Some("key-1"));
    let again = begun(&server.owner(), &server, "cancel_promotion", Some("key-1"));
    assert_eq!(first["case"]["id"], again["case"]["id"]);
    let input = json!({ "case": first["case"]["id"], "idempotencyKey": "key-1" });
    let variables = json!({ "input": input, "text": "something else" });
    let other = answered(&server.owner(), "commentOnCase", COMMENT, &variables);
    assert_eq!(other["userErrors"][0]["code"], "CONFLICT");
}

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let (state, head) = (drive.case["state"].clone(), drive.case["head"].clone());
    let mut drive = Drive {
        server: drive.server.kill_and_restart(),
        ..drive
    };
    drive.look();
    assert_eq!((&drive.case["state"], &drive.case["head"]), (&state, &head));
    drive.goes("record_impact");
}

#[test]
fn a_changed_byte_is_found_and_nothing_more_is_done_in_the_case() {
    let mut drive = Drive::of("cancel_promotion");
    drive.goes("submit");
    let before = drive.case.clone();
    let stopped = drive.server.kill();
    // Whoever opens the catalogue alone brings what was written last into its file.
    let sound = stopped.run(&["verify", "--json"]).succeeded().json();
    assert_eq!(
        (&sound["cases"], &sound["damagedCases"]),
        (&json!(1), &json!([]))
    );
    change_bytes(&stopped.data_dir().join("catalogue.sqlite"));
    let found = stopped.run(&["verify", "--json"]);
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["sound"], false);
    assert_eq!(found["damagedCases"][0]["case"], before["id"]);
    assert_eq!(found["damagedCases"][0]["fault"], "its bytes were changed");
    let drive = Drive {
        server: stopped.restart(),
        definition: drive.definition,
        case: before,
    };
    let owner = drive.server.owner();
    let id = json!({ "id": drive.id() });
    let verified = answered(
        &owner,
        "verifyCase",
        "query($id: ID!) { verifyCase(id: $id) { isWhole brokenAt fault } }",
        &id,
    );
    assert_eq!(verified["isWhole"], false);
    assert!(verified["brokenAt"].as_u64().unwrap() > 1, "{verified}");
    assert_eq!(verified["fault"], "its bytes were changed");
    let input = json!({ "case": drive.id() });
    let refused = sent(&owner, COMMENT, &json!({ "input": input, "text": "hello" }));
    assert_eq!(refused["errors"][0]["extensions"]["code"], "CORRUPT_CASE");
}

/// Changes one letter of what an event says, as somebody does who has the database's file.
fn change_bytes(file: &std::path::Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let word = b"BUDGET_CONSTRAINTS";
    let places: Vec<usize> = bytes
        .windows(word.len())
        .enumerate()
        .filter_map(|(place, found)| (found == word).then_some(place))
        .collect();
    assert!(!places.is_empty(), "the event is in the file");
    for place in places {
        bytes[place + word.len() - 1] = b'Z';
    }
    std::fs::write(file, bytes).unwrap();
}
