//! What an author of a plugin does with the command line, followed with the plugins of this
//! repository: the ROI scorer, the example in C, and the one that fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::bellwether;
use crate::given::BELLWETHER;

fn built(library: &str) -> String {
    let executable = std::env::current_exe().unwrap();
    executable.with_file_name(library).display().to_string()
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// `plugins/example_c`, built as its Makefile says, but into a folder of the test.
pub(crate) fn example_in_c(folder: &Path) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins/example_c");
    let library: PathBuf = folder.join("libbellwether_plugin_margin_c.so");
    let made = Command::new("make")
        .arg("-C")
        .arg(&source)
        .arg(format!("LIBRARY={}", library.display()))
        .output()
        .expect("`make` and a C compiler are needed, see the README");
    assert!(made.status.success(), "{made:?}");
    library.display().to_string()
}

#[test]
fn the_example_in_c_passes_every_check() {
    let folder = tempfile::tempdir().unwrap();
    let library = example_in_c(folder.path());
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/example_c/rows.csv");
    let ran = bellwether(&format!(
        "plugin check {library} --data {rows} --rows-max 50000"
    ));
    let ran = ran.succeeded();
    assert!(
        ran.stdout.ends_with("every check passed\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_example_in_c_scores_the_rows_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let library = example_in_c(folder.path());
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/example_c/rows.csv");
    let ran = bellwether(&format!("plugin run {library} --data {rows}"));
    assert_eq!(
        ran.stdout, "campaign_id,value\nbalm,0.25\ncream,\nserum,0.75\nsoap,\n",
        "{}",
        ran.stderr
    );
}

#[test]
fn the_roi_scorer_passes_every_check() {
    let library = built("libbellwether_plugin_roi.so");
    let ran = bellwether(&format!("plugin check {library} --rows-max 10000"));
    ran.succeeded();
}

#[test]
fn a_plugin_that_panics_fails_with_its_words_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let library = built("libbellwether_faulty_plugin.so");
    let config = written(folder.path(), "config.json", r#"{"mode": "panic"}"#);
    let ran = bellwether(&format!(
        "plugin check {library} --config {config} --rows-max 100"
    ));
    assert_eq!(ran.code, Some(1));
    let line = "FAIL  1 row: plugin `faulty`: run failed (4): plugin panicked: boom in the scorer";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
}

#[test]
fn a_cell_that_can_not_be_read_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let library = example_in_c(folder.path());
    let rows = written(
        folder.path(),
        "rows.csv",
        "campaign_id,revenue_micros,cogs_micros\nserum,1.5,0\n",
    );
    let ran = bellwether(&format!("plugin run {library} --data {rows}"));
    assert_eq!(ran.code, Some(1));
    let told = "line 2, column `revenue_micros`: `1.5` is not a whole number";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

/// Runs a command line in a folder.
fn in_folder(folder: &Path, program: &str, args: &str) -> std::process::Output {
    Command::new(program)
        .args(args.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn succeeded(ran: &std::process::Output) -> String {
    assert!(ran.status.success(), "{ran:#?}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// plugins/README.md, "A scorer in ten minutes, in C".
#[test]
fn the_steps_in_c_lead_to_a_plugin_outside_this_repository() {
    let folder = tempfile::tempdir().unwrap();
    succeeded(&in_folder(
        folder.path(),
        BELLWETHER,
        "plugin new margin --lang c",
    ));
    let project = folder.path().join("margin");
    succeeded(&in_folder(&project, "make", ""));
    let library = "libbellwether_plugin_margin.so --data rows.csv";
    let check = format!("plugin check {library} --rows-max 10000");
    succeeded(&in_folder(&project, BELLWETHER, &check));
    let printed = succeeded(&in_folder(
        &project,
        BELLWETHER,
        &format!("plugin run {library}"),
    ));
    assert!(printed.contains("\nserum,0.75\n"), "{printed}");
}

/// plugins/README.md, "A scorer in ten minutes, in Rust". Without a network, with the versions of
/// this repository; what was compiled once is kept in its target folder.
#[test]
fn the_steps_in_rust_lead_to_a_plugin_outside_this_repository() {
    let folder = tempfile::tempdir().unwrap();
    succeeded(&in_folder(
        folder.path(),
        BELLWETHER,
        "plugin new margin --lang rust",
    ));
    let project = folder.path().join("margin");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::copy(repository.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let executable = std::env::current_exe().unwrap();
    let profile = executable.parent().and_then(Path::parent);
    let target = profile.and_then(Path::parent).unwrap().join("plugin-new");
    let cargo = format!("test --offline --target-dir {}", target.display());
    succeeded(&in_folder(&project, "cargo", &cargo));
    let cargo = format!("build --offline --target-dir {}", target.display());
    succeeded(&in_folder(&project, "cargo", &cargo));
    let library = target.join("debug/libbellwether_plugin_margin.so");
    let check = format!("plugin check {} --rows-max 10000", library.display());
    succeeded(&in_folder(&project, BELLWETHER, &check));
    let run = format!("plugin run {} --data rows.csv", library.display());
    let printed = succeeded(&in_folder(&project, BELLWETHER, &run));
    assert!(printed.contains("\nserum,0.75,GOOD,"), "{printed}");
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("margin")).unwrap();
    let ran = in_folder(folder.path(), BELLWETHER, "plugin new margin --lang c");
    assert_eq!(ran.status.code(), Some(1));
    assert_eq!(folder.path().join("margin").read_dir().unwrap().count(), 0);
}
