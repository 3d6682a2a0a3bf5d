//! A disk that takes no more: the batch fails cleanly, nothing of it is left, and reads go on.

use std::os::unix::fs::PermissionsExt;

use bellwether_test_support::{Reply, TestServer};
use serde_json::json;
use tempfile::TempDir;

use super::{Untouched, refused, report, send, sums};
use crate::given::BELLWETHER;

/// A script that runs the executable with files limited to some megabytes, as on a full disk: what
/// goes beyond fails to be written. Ignoring the signal makes it an error instead of an end.
fn executable_with_small_files(folder: &TempDir) -> String {
    let path = folder.path().join("bellwether");
    let script = format!("#!/bin/sh\ntrap '' XFSZ\nulimit -f 16384\nexec {BELLWETHER} \"$@\"\n");
    std::fs::write(&path, script).expect("the folder is writable");
    let runnable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, runnable).expect("the script is ours");
    path.display().to_string()
}

fn assert_unavailable(reply: &Reply) {
    assert_eq!(
        (reply.status, refused(reply).1),
        (503, json!("UNAVAILABLE")),
        "{}",
        reply.text
    );
}

#[test]
fn a_body_that_the_disk_can_not_hold_fails_cleanly_and_reads_go_on() {
    let folder = tempfile::tempdir().expect("the machine has a temporary folder");
    let executable = executable_with_small_files(&folder);
    let untouched = Untouched::of(TestServer::empty(&executable));
    let csv = format!(
        "date,campaign,impressions\n{}",
        "2025-01-01,kept,1\n".repeat(1_000_000)
    );
    assert_unavailable(&send(&untouched.server, "", &csv));
    untouched.assert_so();
    let csv = report("date,campaign,impressions", &["2025-01-02,kept,1"]);
    assert_eq!(send(&untouched.server, "", &csv).status, 200);
    assert_eq!(sums(&untouched.server.analyst())["impressions"], 8);
}

#[test]
fn a_segment_that_can_not_be_written_takes_the_whole_batch_with_it() {
    let untouched = Untouched::given();
    let kept = &untouched.files[0];
    let dataset = kept.parent().and_then(|month| month.parent());
    let dataset = dataset.expect("a segment lies in its month's folder");
    // A file where a month's folder should be made.
    let segments = untouched.server.data_dir().join("segments");
    let blocked = segments.join(dataset).join("2025-03");
    std::fs::write(&blocked, "").expect("the folder is writable");
    let rows = ["2025-02-01,kept,1", "2025-03-01,kept,1"];
    let csv = report("date,campaign,impressions", &rows);
    assert_unavailable(&send(&untouched.server, "", &csv));
    std::fs::remove_file(&blocked).expect("the folder is writable");
    untouched.assert_so();
    assert_eq!(send(&untouched.server, "", &csv).status, 200);
}
