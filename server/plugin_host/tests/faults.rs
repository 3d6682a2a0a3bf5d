//! Every way a plugin can fail, and what the server says of it. Each fault costs its own run
//! only: the test process is the server, and it is still there to look at the error.

use std::path::{Path, PathBuf};

use bellwether_domain::ErrorCode;
use bellwether_domain::ids::AgencyId;
use bellwether_domain::time::Timestamp;
use bellwether_plugin_host::{
    ColumnData, Error, InputTable, NamedColumn, OutputTable, PluginHost, PluginHostConfig,
};
use serde_json::{Value, json};
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
    PluginHost::new(config(folder))
}

fn config(folder: &Path) -> PluginHostConfig {
    PluginHostConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_bellwether-plugin-host")),
        plugin_folders: vec![folder.to_owned()],
        call_deadline_ms: DEADLINE_MS,
        start_deadline_ms: 60_000,
        rows_per_slice_max: 16_384,
        rows_per_call_max: 4,
        output_bytes_max: 1 << 20,
        plugin_files: Vec::new(),
        memory_bytes_max: 1 << 30,
        allow_unconfined: false,
    }
}

fn campaigns(count: usize) -> InputTable {
    let names = (0..count).map(|number| Some(format!("cmp_{number:03}")));
    InputTable {
        columns: vec![NamedColumn {
            name: "campaign_id".to_owned(),
            data: ColumnData::Utf8(names.collect()),
        }],
    }
}

fn agency(number: u128) -> AgencyId {
    AgencyId::from_parts(Timestamp::UNIX_EPOCH, number)
}

async fn run_with(config: &Value, count: usize) -> Result<OutputTable, Error> {
    let folder = folder_with_faulty();
    let host = host(folder.path());
    let plugin = host.discover().await.remove(0).outcome;
    let plugin = plugin.expect("the faulty plugin's metadata is good");
    let campaigns = campaigns(count);
    host.run(agency(1), &plugin, config, &campaigns).await
}

async fn run(mode: &str, count: usize) -> Result<OutputTable, Error> {
    run_with(&json!({ "mode": mode }), count).await
}

/// What the server says of a fault while another agency's runs go on beside it and all succeed.
async fn fault_with(config: Value) -> String {
    let folder = folder_with_faulty();
    let host = host(folder.path());
    let plugin = host.discover().await.remove(0).outcome;
    let plugin = plugin.expect("the faulty plugin's metadata is good");
    let (three, good) = (campaigns(3), json!({ "mode": "none" }));
    let mut failing = std::pin::pin!(host.run(agency(1), &plugin, &config, &three));
    let outcome = loop {
        let other = host.run(agency(2), &plugin, &good, &three);
        let mut other = std::pin::pin!(other);
        tokio::select! {
            outcome = &mut failing => {
                assert_eq!(other.await.expect("another agency's run").rows(), 3);
                break outcome;
            }
            answer = &mut other => {
                assert_eq!(answer.expect("another agency's run").rows(), 3);
            }
        }
    };
    let error = outcome.expect_err("it fails");
    assert_eq!(error.code(), ErrorCode::PluginFault);
    error.public_message()
}

async fn fault(mode: &str) -> String {
    fault_with(json!({ "mode": mode })).await
}

/// The plugin's own words for what the system refused.
async fn refusal(config: Value) -> String {
    let message = fault_with(config).await;
    let prefix = "plugin `faulty`: run failed (5): tried ";
    let tried = message.strip_prefix(prefix);
    tried.unwrap_or_else(|| panic!("{message}")).to_owned()
}

const NOT_PERMITTED: &str = "Operation not permitted (os error 1)";

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
async fn a_full_stack_is_told_with_its_usual_causes() {
    assert_eq!(
        fault("stack_overflow").await,
        "plugin `faulty` aborted with SIGABRT (abort, stack overflow or too much memory)"
    );
}

#[tokio::test]
async fn ten_gibibytes_are_not_given() {
    assert_eq!(
        fault("allocate").await,
        "plugin `faulty` aborted with SIGABRT (abort, stack overflow or too much memory)"
    );
}

/// 64 MiB with each of 40 batches, of which less than 16 are given.
#[tokio::test]
async fn a_leak_ends_at_the_limit_of_memory() {
    let folder = folder_with_faulty();
    let host = PluginHost::new(PluginHostConfig {
        rows_per_slice_max: 1,
        rows_per_call_max: 40,
        ..config(folder.path())
    });
    let plugin = host.discover().await.remove(0).outcome.unwrap();
    let (few, many) = (campaigns(8), campaigns(40));
    let leak = json!({ "mode": "leak" });
    let within = host.run(agency(1), &plugin, &leak, &few).await;
    assert_eq!(within.unwrap().rows(), 8);
    let error = host
        .run(agency(1), &plugin, &leak, &many)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `faulty` aborted with SIGABRT (abort, stack overflow or too much memory)"
    );
}

#[tokio::test]
async fn a_plugin_reaches_no_network() {
    let tried = refusal(json!({ "mode": "network" })).await;
    assert_eq!(tried, format!("Network: {NOT_PERMITTED}"));
}

#[tokio::test]
async fn a_plugin_reads_no_file() {
    let tried = refusal(json!({ "mode": "read_file", "path": "/etc/passwd" })).await;
    assert_eq!(tried, format!("ReadFile: {NOT_PERMITTED}"));
}

#[tokio::test]
async fn a_plugin_starts_no_program_process_or_thread() {
    for (mode, name) in [("exec", "Exec"), ("fork", "Fork"), ("thread", "Thread")] {
        let tried = refusal(json!({ "mode": mode })).await;
        assert_eq!(tried, format!("{name}: {NOT_PERMITTED}"));
    }
}

/// With the server's real pid, since a wrong one would be refused for another reason.
#[tokio::test]
async fn a_plugin_sends_the_server_no_signal() {
    for (mode, name) in [("kill", "Kill"), ("kill_thread", "KillThread")] {
        let tried = refusal(json!({ "mode": mode, "pid": std::process::id() })).await;
        assert_eq!(tried, format!("{name}: {NOT_PERMITTED}"));
    }
}

#[tokio::test]
async fn a_plugin_does_not_overwrite_its_own_file() {
    let folder = folder_with_faulty();
    let file = folder.path().join("libbellwether_plugin_faulty.so");
    let before = std::fs::read(&file).unwrap();
    let host = host(folder.path());
    let plugin = host.discover().await.remove(0).outcome.unwrap();
    let config = json!({ "mode": "write_file", "path": file });
    let three = campaigns(3);
    let error = host
        .run(agency(1), &plugin, &config, &three)
        .await
        .unwrap_err();
    assert!(error.to_string().ends_with(NOT_PERMITTED), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// The copy that runs is in sealed memory; loaded from its file, the child would die of SIGBUS.
#[tokio::test]
async fn a_file_that_is_overwritten_while_it_runs_harms_no_run_and_is_refused_after() {
    let folder = folder_with_faulty();
    let file = folder.path().join("libbellwether_plugin_faulty.so");
    let host = host(folder.path());
    let plugin = host.discover().await.remove(0).outcome.unwrap();
    let three = campaigns(3);
    let hang = json!({ "mode": "hang" });
    let overwrite = async {
        // Emptied and filled with zeros in place, so that what is mapped would change.
        let length = std::fs::metadata(&file).unwrap().len();
        let zeros = vec![0; usize::try_from(length).unwrap()];
        tokio::task::yield_now().await;
        std::fs::write(&file, zeros).unwrap();
    };
    let running = host.run(agency(1), &plugin, &hang, &three);
    let (hung, ()) = tokio::join!(running, overwrite);
    let hung = hung.unwrap_err().to_string();
    let is_refused = hung.ends_with("its file has changed since it was found");
    assert!(is_refused || hung.ends_with("passed; killed"), "{hung}");
    let good = json!({ "mode": "none" });
    let after = host
        .run(agency(1), &plugin, &good, &three)
        .await
        .unwrap_err();
    assert_eq!(
        after.to_string(),
        "plugin `faulty` is refused: its file has changed since it was found"
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

/// What a server says of a library that is compiled from this source.
async fn refused_for(source_text: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = folder.path().join("source.c");
    let library = folder.path().join("libbellwether_plugin_source.so");
    std::fs::write(&source, source_text).expect("it can be written");
    let compiled = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status()
        .expect("a C compiler named `cc` is needed, see the README");
    assert!(compiled.success());
    let found = host(folder.path()).discover().await;
    let refused = found[0].outcome.as_ref().expect_err("it is no plugin");
    refused.reason.clone()
}

#[tokio::test]
async fn a_library_without_the_symbol_is_no_plugin() {
    assert_eq!(
        refused_for("int nothing;\n").await,
        "not a Bellwether plugin: no symbol `bellwether_plugin`"
    );
}

/// Loading runs constructors, before anything is known of the library.
#[tokio::test]
async fn a_constructor_is_confined_already() {
    let attack = r#"
        #include <fcntl.h>
        #include <sys/socket.h>
        #include <unistd.h>
        __attribute__((constructor)) static void attack(void) {
            if (socket(AF_INET, SOCK_STREAM, 0) >= 0) _exit(10);
            if (open("/etc/passwd", O_RDONLY) >= 0) _exit(11);
            if (open("/tmp/bellwether-was-here", O_CREAT | O_WRONLY, 0600) >= 0) _exit(12);
            if (fork() >= 0) _exit(13);
        }
    "#;
    assert_eq!(
        refused_for(attack).await,
        "not a Bellwether plugin: no symbol `bellwether_plugin`"
    );
}

#[tokio::test]
async fn a_crash_in_a_constructor_is_told() {
    let crash = "__attribute__((constructor)) static void crash(void) { *(volatile int *)0 = 1; }";
    let reason = refused_for(crash).await;
    assert!(reason.ends_with("crashed with SIGSEGV"), "{reason}");
}
