//! Every way a plugin can fail, and what the server says of it. Each fault costs its own run
//! only: the test process is the server, and it is still there to look at the error.

use std::path::{Path, PathBuf};

use bellwether_domain::ErrorCode;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::time::Timestamp;
use bellwether_plugin_host::{
    ColumnData, Error, InputTable, NamedColumn, OutputTable, PluginHost, PluginHostConfig,
};
use serde_json::json;
use tempfile::TempDir;

/// Long enough for a loaded machine, short enough for a test that waits it out.
const DEADLINE_MS: u64 = 2_000;

/// The faulty plugin under a plugin's name, in a folder of its own.
fn folder_with_faulty() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let executable = std::env::current_exe().expect("a test has an executable");
    let built = executable.with_file_name("libbellwether_faulty_plugin.so");
    let name = "libbellwether_plugin_faulty.so";
    std::fs::copy(built, folder.path().join(name)).expect("it is built as a dev-dependency");
    folder
}

fn host(folder: &Path) -> PluginHost {
    PluginHost::new(PluginHostConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_bellwether-plugin-host")),
        plugin_folders: vec![folder.to_owned()],
        call_deadline_ms: DEADLINE_MS,
        start_deadline_ms: 60_000,
        rows_per_slice_max: 16_384,
        rows_per_call_max: 4,
        output_bytes_max: 1 << 20,
    })
}

fn campaigns(count: usize) -> InputTable {
    let names = (0..count).map(|number| Some(format!("cmp_{number}")));
    InputTable {
        columns: vec![NamedColumn {
            name: "campaign_id".to_owned(),
            data: ColumnData::Utf8(names.collect()),
        }],
    }
}

async fn run(mode: &str, count: usize) -> Result<OutputTable, Error> {
    let folder = folder_with_faulty();
    let host = host(folder.path());
    let plugin = host.discover().await.remove(0).outcome;
    let plugin = plugin.expect("the faulty plugin's metadata is good");
    let agency = AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1);
    let config = json!({ "mode": mode });
    host.run(agency, &plugin, &config, &campaigns(count)).await
}

async fn fault(mode: &str) -> String {
    let error = run(mode, 3).await.expect_err("it fails");
    assert_eq!(error.code(), ErrorCode::PluginFault);
    error.public_message()
}

#[tokio::test]
async fn without_a_fault_it_answers() {
    let answer = run("none", 3).await.unwrap();
    assert_eq!(
        answer.column("value"),
        Some(&ColumnData::Float64(vec![Some(1.0); 3]))
    );
}

#[tokio::test]
async fn a_panic_is_told_with_its_message() {
    assert_eq!(
        fault("panic").await,
        "plugin `faulty`: run failed (4): plugin panicked: boom in the scorer"
    );
}

#[tokio::test]
async fn a_panic_while_opening_is_told_too() {
    assert_eq!(
        fault("panic_in_open").await,
        "plugin `faulty`: open failed (4): plugin panicked: boom while opening"
    );
}

#[tokio::test]
async fn a_crash_is_told_by_its_signal() {
    assert_eq!(
        fault("segfault").await,
        "plugin `faulty` crashed with SIGSEGV"
    );
}

#[tokio::test]
async fn an_abort_is_told_with_its_usual_causes() {
    assert_eq!(
        fault("abort").await,
        "plugin `faulty` aborted with SIGABRT (abort, stack overflow or too much memory)"
    );
}

#[tokio::test]
async fn a_plugin_that_ends_the_process_ends_its_own_only() {
    assert_eq!(fault("exit").await, "plugin `faulty` exited with status 0");
}

#[tokio::test]
async fn a_plugin_that_hangs_is_killed_at_its_deadline() {
    assert_eq!(
        fault("hang").await,
        "plugin `faulty`: deadline of 2000 ms passed; killed"
    );
}

#[tokio::test]
async fn what_a_plugin_prints_does_not_spoil_the_wire() {
    assert_eq!(run("print", 3).await.unwrap().rows(), 3);
}

#[tokio::test]
async fn junk_on_the_wire_is_no_answer() {
    let message = fault("junk").await;
    assert!(
        message.starts_with("plugin `faulty` answered wrongly: ")
            && message.ends_with("over the limit `output_bytes_max` of 1048576"),
        "{message}"
    );
}

#[tokio::test]
async fn a_row_too_few_is_refused() {
    assert_eq!(
        fault("row_missing").await,
        "plugin `faulty` answered wrongly: it returned 2 rows for 3 entities"
    );
}

#[tokio::test]
async fn as_many_rows_as_the_limit_are_sent_and_one_more_is_not() {
    assert_eq!(run("none", 4).await.unwrap().rows(), 4);
    assert_eq!(
        run("none", 5).await.unwrap_err().to_string(),
        "plugin `faulty`: an input of 5 rows is over the limit `rows_per_call_max` of 4"
    );
}

#[tokio::test]
async fn a_library_without_the_symbol_is_no_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("empty.c");
    let library = folder.path().join("libbellwether_plugin_empty.so");
    std::fs::write(&source, "int nothing;\n").unwrap();
    let compiled = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status()
        .expect("a C compiler named `cc` is needed, see the README");
    assert!(compiled.success());
    let found = host(folder.path()).discover().await;
    let refused = found[0].outcome.as_ref().unwrap_err();
    assert_eq!(
        refused.reason,
        "not a Bellwether plugin: no symbol `bellwether_plugin`"
    );
}
