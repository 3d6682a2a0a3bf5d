//! `bellwether rates import`, into a folder and to a server.

use bellwether_test_support::{Ran, TestServer, run};

use crate::given::{BELLWETHER, an_empty_server};

const FILE: &str = "date,from,to,rate,source\n2026-04-01,EUR,USD,1.1,ECB\n";

/// Runs the import of a file's text with these arguments.
fn import(text: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rates.csv");
    std::fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let command = ["rates", "import", &file];
    run(BELLWETHER, command.iter().chain(arguments))
}

fn to_server(server: &TestServer, text: &str) -> Ran {
    let token = server.analyst().token().to_owned();
    import(text, &["--url", server.url(), "--token", &token])
}

#[test]
fn a_file_sent_twice_to_a_server_changes_nothing_the_second_time() {
    let server = an_empty_server();
    let first = to_server(&server, FILE).succeeded();
    assert_eq!(
        first.stdout.trim(),
        "rates: 1 added, 0 corrected, 0 unchanged; revision 1"
    );
    let again = to_server(&server, FILE).succeeded();
    assert_eq!(
        again.stdout.trim(),
        "rates: 0 added, 0 corrected, 1 unchanged; revision 1"
    );
}

#[test]
fn a_wrong_line_is_named_by_file_and_line() {
    let server = an_empty_server();
    let ran = to_server(&server, "date,from,to,rate\n2026-04-01,EUR,EURO,1.1\n");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout
            .contains("rates.csv:2: to: currency `EURO` is unknown"),
        "{ran:#?}"
    );
    assert!(ran.stdout.contains("nothing was taken in"));
}

#[test]
fn a_folder_that_nobody_serves_takes_rates_too() {
    let server = an_empty_server();
    let agency = server.agency().to_owned();
    let stopped = server.kill();
    let folder = stopped.data_dir().display().to_string();
    let ran = import(
        FILE,
        &[
            "--data-dir",
            &folder,
            "--agency",
            &agency,
            "--carry-days",
            "2",
            "--json",
        ],
    );
    assert_eq!(ran.succeeded().json()["added"], 3);
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let ran = run(
        BELLWETHER,
        ["rates", "import", "no-such.csv", "--agency", "acme"],
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("can't read `no-such.csv`"), "{ran:#?}");
}
