//! Backups: made while a writer ingests, restored to the same answers, and refused when not whole.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use bellwether_test_support::postgres::PostgresCluster;
use bellwether_test_support::server::files_below;
use bellwether_test_support::{Persona, Ran, Stopped, TestServer, run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::given::{BELLWETHER, an_empty_server, with_operator};
use crate::ingest::{report, sums};

/// A folder for backups and for what is restored from them.
fn folder() -> TempDir {
    tempfile::tempdir().expect("the machine has a temporary folder")
}

/// Sends one impression on a day of its own.
fn commit(server: &TestServer, number: i64) {
    commit_as(&server.analyst(), server.brand(0), number);
}

fn commit_as(analyst: &Persona, brand: &str, number: i64) {
    let (month, day) = (1 + number / 28, 1 + number % 28);
    let row = format!("2025-{month:02}-{day:02},c1,1");
    let csv = report("date,campaign,impressions", &[&row]);
    analyst.commit_csv("delivery_daily", brand, &csv);
}

fn back_up(operator: &Persona, to: &Path) -> Value {
    let reply = operator.post_json("/v1/maintenance/backup", &json!({ "dir": to }));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn back_up_offline(stopped: &Stopped, to: &Path) -> Ran {
    let data_dir = stopped.data_dir().display().to_string();
    let to = to.display().to_string();
    run(
        BELLWETHER,
        ["backup", &to, "--json", "--data-dir", &data_dir],
    )
}

fn restore(backup: &Path, data_dir: &Path) -> Ran {
    let (backup, data_dir) = (backup.display().to_string(), data_dir.display().to_string());
    run(
        BELLWETHER,
        ["restore", &backup, "--json", "--data-dir", &data_dir],
    )
}

/// A server on what a backup restores to, and the analyst, whose token came along.
fn restored(backup: &Path, token: &str) -> (TestServer, Persona) {
    let folder = folder();
    restore(backup, &folder.path().join("data")).succeeded();
    let server = Stopped::left_in(BELLWETHER, folder).serve();
    let analyst = Persona::new(server.url(), Some(token));
    (server, analyst)
}

fn impressions(persona: &Persona) -> i64 {
    sums(persona)["impressions"].as_i64().unwrap_or(0)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    files_below(&folder.join("segments"))
}

#[test]
fn a_backup_made_while_a_writer_ingests_restores_to_one_moment() {
    let (server, operator) = with_operator(an_empty_server(), None);
    commit(&server, 0);
    let folder = folder();
    let to = folder.path().join("backup");
    let (n_acknowledged, is_over) = (AtomicI64::new(1), AtomicBool::new(false));
    let before = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..200 {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                commit(&server, number);
                n_acknowledged.store(number + 1, Ordering::Relaxed);
            }
        });
        let before = n_acknowledged.load(Ordering::Relaxed);
        back_up(&operator, &to);
        is_over.store(true, Ordering::Relaxed);
        before
    });
    let analyst = server.analyst();
    let (copy, reader) = restored(&to, analyst.token());
    let n_restored = impressions(&reader);
    assert!(n_restored >= before && n_restored <= impressions(&analyst));
    assert_eq!(
        files(&copy.data_dir()),
        files(&to),
        "exactly what the catalogue names"
    );
    let commits = reader.data("{ batches(first: 1, state: COMMITTED) { nodes { commit } } }");
    assert_eq!(commits["batches"]["nodes"][0]["commit"], n_restored);
}

#[test]
fn a_backup_of_a_folder_that_nobody_serves_restores_to_the_same_answers() {
    let server = an_empty_server();
    (0..3).for_each(|number| commit(&server, number));
    let (token, brand) = (
        server.analyst().token().to_owned(),
        server.brand(0).to_owned(),
    );
    let (stopped, folder) = (server.kill(), folder());
    let to = folder.path().join("backup");
    back_up_offline(&stopped, &to).succeeded();
    let (copy, analyst) = restored(&to, &token);
    assert_eq!(impressions(&analyst), 3);
    commit_as(&analyst, &brand, 3);
    let copy = copy.kill().serve();
    assert_eq!(impressions(&Persona::new(copy.url(), Some(&token))), 4);
}

#[test]
fn a_backup_of_a_catalogue_on_postgresql_restores_to_the_same_answers() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    let server = TestServer::on_postgres(BELLWETHER, &cluster.create_database());
    let (server, operator) = with_operator(server, None);
    (0..3).for_each(|number| commit(&server, number));
    let folder = folder();
    assert_eq!(back_up(&operator, folder.path())["copied"], 3);
    commit(&server, 3);
    let (copy, reader) = restored(folder.path(), server.analyst().token());
    assert_eq!(impressions(&reader), 3, "as of the backup, on SQLite");
    assert_eq!(files(&copy.data_dir()), files(folder.path()));
}

/// A server with two segments, the first of which is damaged, and its file.
fn a_server_with_a_damaged_segment() -> (TestServer, Persona, PathBuf) {
    let (server, operator) = with_operator(an_empty_server(), None);
    commit(&server, 0);
    let file = files(&server.data_dir()).remove(0);
    let file = server.data_dir().join("segments").join(file);
    commit(&server, 30);
    std::fs::write(&file, "damaged").expect("the segment is writable");
    (server, operator, file)
}

#[test]
fn a_backup_is_refused_for_a_damaged_segment_which_it_names() {
    let (_server, operator, file) = a_server_with_a_damaged_segment();
    let folder = folder();
    let reply = operator.post_json("/v1/maintenance/backup", &json!({ "dir": folder.path() }));
    assert_eq!(
        reply.json()["error"]["code"],
        "CORRUPT_SEGMENT",
        "{}",
        reply.text
    );
    let segment = file.file_stem().expect("it has a name").to_string_lossy();
    assert!(reply.text.contains(&*segment), "{}", reply.text);
    let target = folder.path().join("data");
    assert!(
        restore(folder.path(), &target)
            .stderr
            .contains("is no whole backup")
    );
}

#[test]
fn a_backup_that_may_lack_damaged_segments_restores_all_the_others() {
    let (server, operator, _) = a_server_with_a_damaged_segment();
    let (folder, target) = (folder(), folder());
    let body = json!({ "dir": folder.path(), "allowDamaged": true });
    let made = operator.post_json("/v1/maintenance/backup", &body).json();
    let left_out = (
        made["segments"].clone(),
        made["damaged"].as_array().map(Vec::len),
    );
    assert_eq!(left_out, (json!(1), Some(1)));
    let restored = restore(folder.path(), &target.path().join("data")).succeeded();
    assert_eq!(restored.json()["damaged"], made["damaged"]);
    let copy = Stopped::left_in(BELLWETHER, target).serve();
    let analyst = Persona::new(copy.url(), Some(server.analyst().token()));
    let of_month = |month: &str| {
        format!(
            r#"{{ metrics(input: {{range: {{between: {{from: "2025-{month}-01", until: "2025-{month}-28"}}}}}})
                {{ totals {{ impressions }} }} }}"#
        )
    };
    let of_february = analyst.data(&of_month("02"));
    assert_eq!(of_february["metrics"]["totals"][0]["impressions"], 1);
    let of_january = analyst.error(&of_month("01"));
    assert_eq!(of_january["extensions"]["code"], "CORRUPT_SEGMENT");
}

#[test]
fn what_a_backup_lacks_is_given_up_where_it_was_restored() {
    let (server, operator, file) = a_server_with_a_damaged_segment();
    let (folder, target) = (folder(), folder());
    let body = json!({ "dir": folder.path(), "allowDamaged": true });
    let made = operator.post_json("/v1/maintenance/backup", &body);
    assert_eq!(made.status, 200, "{}", made.text);
    let data_dir = target.path().join("data");
    restore(folder.path(), &data_dir).succeeded();
    let data_dir = data_dir.display().to_string();
    let segment = file.file_stem().expect("it has a name").to_string_lossy();
    let give_up = ["verify", "--forget", &segment, "--data-dir", &data_dir];
    run(BELLWETHER, give_up).succeeded();
    let again = run(BELLWETHER, give_up);
    assert!(
        again.stderr.contains("given up already"),
        "{}",
        again.stderr
    );
    let copy = Stopped::left_in(BELLWETHER, target).serve();
    let analyst = Persona::new(copy.url(), Some(server.analyst().token()));
    assert_eq!(impressions(&analyst), 1);
}

#[test]
fn a_damaged_segment_that_an_earlier_backup_has_whole_is_no_hindrance() {
    let (server, operator) = with_operator(an_empty_server(), None);
    commit(&server, 0);
    let folder = folder();
    back_up(&operator, folder.path());
    let file = files(&server.data_dir()).remove(0);
    let file = server.data_dir().join("segments").join(file);
    std::fs::write(&file, "damaged").expect("the segment is writable");
    assert_eq!(back_up(&operator, folder.path())["copied"], 0);
    let (_copy, reader) = restored(folder.path(), server.analyst().token());
    assert_eq!(impressions(&reader), 1);
}

#[test]
fn a_folder_with_files_named_like_a_backups_but_without_its_marker_is_left_alone() {
    let (_server, operator) = with_operator(an_empty_server(), None);
    for name in ["segments/a.parquet", "catalogue-1.sqlite"] {
        let folder = folder();
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().expect("it has a folder")).expect("it can be made");
        std::fs::write(&file, "mine").expect("the folder is writable");
        let body = json!({ "dir": folder.path() });
        let reply = operator.post_json("/v1/maintenance/backup", &body);
        assert_eq!(reply.status, 409, "{}", reply.text);
        assert!(file.exists());
    }
}

#[test]
fn another_backup_into_the_folder_copies_only_what_is_new() {
    let (server, operator) = with_operator(an_empty_server(), None);
    let folder = folder();
    (0..3).for_each(|number| commit(&server, number));
    assert_eq!(back_up(&operator, folder.path())["copied"], 3);
    commit(&server, 3);
    let again = back_up(&operator, folder.path());
    assert_eq!(
        (&again["copied"], &again["segments"]),
        (&json!(1), &json!(4))
    );
    let catalogues = files_below(folder.path()).into_iter();
    let catalogues = catalogues.filter(|path| path.extension().is_some_and(|it| it == "sqlite"));
    assert_eq!(catalogues.count(), 1, "the earlier copy is gone");
    let (_copy, reader) = restored(folder.path(), server.analyst().token());
    assert_eq!(impressions(&reader), 4);
}

#[test]
fn a_backup_goes_neither_into_the_data_folder_nor_over_other_files() {
    let (server, operator) = with_operator(an_empty_server(), None);
    let refused = |to: &Path| operator.post_json("/v1/maintenance/backup", &json!({ "dir": to }));
    assert_eq!(refused(&server.data_dir().join("backup")).status, 400);
    let folder = folder();
    std::fs::write(folder.path().join("notes.txt"), "x").expect("the folder is writable");
    let reply = refused(folder.path());
    assert_eq!(reply.status, 409, "{}", reply.text);
    assert!(reply.text.contains("notes.txt"), "{}", reply.text);
}

#[test]
fn a_restore_refuses_a_data_folder_that_is_not_empty() {
    let server = an_empty_server();
    commit(&server, 0);
    let (stopped, folder) = (server.kill(), folder());
    back_up_offline(&stopped, folder.path()).succeeded();
    let ran = restore(folder.path(), &stopped.data_dir());
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("is not empty"), "{}", ran.stderr);
    assert_eq!(impressions(&stopped.restart().analyst()), 1);
}

#[test]
fn a_restore_refuses_a_backup_with_a_changed_byte_and_no_server_starts_on_what_it_left() {
    let server = an_empty_server();
    commit(&server, 0);
    let (stopped, backup, target) = (server.kill(), folder(), folder());
    back_up_offline(&stopped, backup.path()).succeeded();
    let file = backup
        .path()
        .join("segments")
        .join(&files(backup.path())[0]);
    let mut bytes = std::fs::read(&file).expect("the segment is there");
    bytes[10] ^= 1;
    std::fs::write(&file, bytes).expect("the segment is writable");
    let ran = restore(backup.path(), target.path());
    assert!(
        ran.stderr.contains("differs from its checksum"),
        "{}",
        ran.stderr
    );
    let data_dir = target.path().display().to_string();
    let served = run(
        BELLWETHER,
        ["serve", "--port", "0", "--data-dir", &data_dir],
    );
    assert!(
        served.stderr.contains("was not through"),
        "{}",
        served.stderr
    );
}

/// Kills the server at a step of a backup: the folder is no backup, and nothing else is lost.
fn assert_no_backup_after_a_kill_at(step: &str) {
    let (server, _) = with_operator(an_empty_server(), None);
    commit(&server, 0);
    let (mut server, operator) = with_operator(server, Some(step));
    let (backup, target) = (folder(), folder());
    let to = json!({ "dir": backup.path() }).to_string();
    let asking =
        std::thread::spawn(move || operator.try_post("/v1/maintenance/backup", &[], to.as_bytes()));
    server.wait_until_stopped();
    let stopped = server.kill();
    assert!(asking.join().expect("the operator lives").is_none());
    let ran = restore(backup.path(), &target.path().join("data"));
    assert!(ran.stderr.contains("is no whole backup"), "{}", ran.stderr);
    let (server, operator) = with_operator(stopped.restart(), None);
    assert_eq!(impressions(&server.analyst()), 1);
    back_up(&operator, backup.path());
    let (_copy, reader) = restored(backup.path(), server.analyst().token());
    assert_eq!(impressions(&reader), 1);
}

#[test]
fn a_backup_killed_with_its_pins_is_no_backup_and_can_be_made_again() {
    assert_no_backup_after_a_kill_at("backup-pinned");
}

#[test]
fn a_backup_killed_before_its_list_is_no_backup_and_can_be_made_again() {
    assert_no_backup_after_a_kill_at("backup-copied");
}
