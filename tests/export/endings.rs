//! How exports end that the disk, the catalogue or a stranger stand in the way of.

use bellwether_test_support::TestServer;
use serde_json::{Value, json};

use super::jobs::{BY_CAMPAIGN, download, ended, files, refused, start, start_document};
use super::two_currencies;
use crate::given::in_catalogue;

fn configured(limits: &str) -> TestServer {
    let config = format!("[limits]\n{limits}\n");
    two_currencies().kill().restart_configured(&config, None)
}

#[test]
fn a_file_has_so_many_bytes() {
    let server = two_currencies();
    let id = start(&server.viewer(), "CSV");
    ended(&server.viewer(), &id);
    let size = download(&server.viewer(), &id).bytes.len();
    for (max, state, code) in [
        (size, "DONE", Value::Null),
        (size - 1, "FAILED", json!("LIMIT_EXCEEDED")),
    ] {
        let server = configured(&format!("export_bytes_max = {max}"));
        let id = start(&server.viewer(), "CSV");
        let status = ended(&server.viewer(), &id);
        assert_eq!(
            (&status["state"], &status["failure"]["code"]),
            (&json!(state), &code)
        );
        assert_eq!(files(&server).len(), usize::from(state == "DONE"));
        let message = status["failure"]["message"].as_str();
        assert!(message.is_none_or(|told| told.contains("`export_bytes_max`")));
    }
}

#[test]
fn exports_leave_room_on_the_disk() {
    let server = configured("export_disk_free_bytes_min = 1");
    let id = start(&server.viewer(), "CSV");
    assert_eq!(ended(&server.viewer(), &id)["state"], "DONE");
    let server = configured("export_disk_free_bytes_min = 9223372036854775807");
    let error = server.viewer().error(&start_document(BY_CAMPAIGN, "CSV"));
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE");
    let message = error["message"].as_str().expect("a sentence");
    assert!(
        message.contains("`export_disk_free_bytes_min`"),
        "{message}"
    );
}

#[test]
fn a_file_that_is_gone_is_not_found() {
    let server = two_currencies();
    let id = start(&server.viewer(), "CSV");
    ended(&server.viewer(), &id);
    for file in files(&server) {
        let path = server.data_dir().join("exports").join(file);
        std::fs::remove_file(path).expect("the file is ours");
    }
    assert_eq!(refused(&server.viewer(), &id), (404, json!("NOT_FOUND")));
}

#[test]
fn an_export_is_ended_once_the_catalogue_can_be_told() {
    let server = two_currencies();
    let trigger = "CREATE TRIGGER refuse BEFORE UPDATE ON exports \
                   BEGIN SELECT RAISE(ABORT, 'not now'); END";
    in_catalogue(&server, trigger);
    let id = start(&server.viewer(), "CSV");
    while files(&server).is_empty() {}
    in_catalogue(&server, "DROP TRIGGER refuse");
    ended(&server.viewer(), &id);
}

#[test]
fn an_export_that_cannot_be_done_has_failed_and_gives_its_place_back() {
    let server = configured("export_jobs_per_agency_max = 1");
    let trigger = "CREATE TRIGGER refuse BEFORE UPDATE ON exports WHEN NEW.state = 'DONE' \
                   BEGIN SELECT RAISE(ABORT, 'never'); END";
    in_catalogue(&server, trigger);
    let id = start(&server.viewer(), "CSV");
    let status = ended(&server.viewer(), &id);
    assert_eq!(status["state"], "FAILED", "{status}");
    assert_eq!(files(&server).len(), 0);
    in_catalogue(&server, "DROP TRIGGER refuse");
    let id = start(&server.viewer(), "CSV");
    assert_eq!(ended(&server.viewer(), &id)["state"], "DONE");
}

#[test]
fn the_answer_to_an_export_takes_so_long_and_no_longer() {
    let server = configured("export_wall_time_s = 60");
    let id = start(&server.viewer(), "CSV");
    assert_eq!(ended(&server.viewer(), &id)["state"], "DONE");
    // Whatever is read takes longer than nothing.
    let server = configured("export_wall_time_s = 0");
    let id = start(&server.viewer(), "CSV");
    let status = ended(&server.viewer(), &id);
    let failure = &status["failure"];
    assert_eq!(
        (&failure["code"], &failure["retryable"]),
        (&json!("TIMEOUT"), &json!(true))
    );
    let message = failure["message"].as_str().unwrap_or_default();
    assert!(message.contains("`export_wall_time_s`"), "{message}");
}
