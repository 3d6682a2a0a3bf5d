//! `bellwether import`, into a folder and to a server.

use bellwether_test_support::{Ran, TestServer, run};

use crate::given::{BELLWETHER, an_empty_server};

/// Runs the import of a file of products with these arguments.
fn imported(name: &str, text: &str, arguments: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let command = ["import", "product", &file];
    run(BELLWETHER, command.iter().chain(arguments))
}

fn to_server(server: &TestServer, text: &str, arguments: &[&str]) -> Ran {
    let token = server.analyst().token().to_owned();
    let brand = server.brand(0).to_owned();
    let door = ["--url", server.url(), "--token", &token, "--brand", &brand];
    imported("tea.csv", text, &[&door, arguments].concat())
}

#[test]
fn a_file_is_taken_in_by_a_server() {
    let server = an_empty_server();
    let file = "key,name\ntea,Tea\n";
    let dry = to_server(&server, file, &["--dry-run"]).succeeded();
    assert!(dry.stdout.contains("it would be: 1 created"), "{dry:#?}");
    let first = to_server(&server, file, &["--idempotency-key", "a"]).succeeded();
    let said = "1 created, 0 revised, 0 archived, 0 unchanged";
    assert_eq!(first.stdout.trim(), said);
    let again = to_server(&server, file, &["--idempotency-key", "a"]).succeeded();
    assert_eq!(again.stdout.trim(), said);
    let anew = to_server(&server, file, &[]).succeeded();
    assert!(anew.stdout.contains("1 unchanged"), "{anew:#?}");
}

#[test]
fn a_wrong_line_is_named_by_file_line_and_column() {
    let server = an_empty_server();
    let file = "key,name,price.amount,price.currency\ntea,Tea,1,EURO\n";
    let ran = to_server(&server, file, &[]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("tea.csv:2: price.currency: "),
        "{ran:#?}"
    );
    assert!(ran.stdout.contains("nothing was written"), "{ran:#?}");
}

#[test]
fn a_folder_that_nobody_serves_takes_records_too() {
    let server = an_empty_server();
    let (agency, brand) = (server.agency().to_owned(), server.brand(0).to_owned());
    let stopped = server.kill();
    let folder = stopped.data_dir().display().to_string();
    let line = format!("{{\"brand\":\"{brand}\",\"key\":\"tea\",\"name\":\"Tea\"}}\n");
    let arguments = ["--data-dir", &folder, "--agency", &agency, "--json"];
    let ran = imported("tea.ndjson", &line, &arguments);
    assert_eq!(ran.succeeded().json()["created"], 1);
}

#[test]
fn an_unknown_kind_and_an_unknown_ending_are_told() {
    let ran = run(
        BELLWETHER,
        ["import", "produkt", "tea.csv", "--agency", "acme"],
    );
    assert!(ran.stderr.contains("did you mean `product`"), "{ran:#?}");
    let ran = imported("tea.txt", "key\n", &["--agency", "acme"]);
    assert!(ran.stderr.contains("--format csv"), "{ran:#?}");
}
