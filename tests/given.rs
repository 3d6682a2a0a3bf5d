//! What every suite of tests starts from: the executable, and servers to speak to.

use std::process::Command;

use bellwether_test_support::{Persona, Stopped, TestServer};

/// The executable under test.
pub(crate) const BELLWETHER: &str = env!("CARGO_BIN_EXE_bellwether");

/// A server with two agencies, their brands and tokens, and no campaigns and no facts.
pub(crate) fn an_empty_server() -> TestServer {
    TestServer::empty(BELLWETHER)
}

/// A server that compacts only when asked, and removes at once what gave way.
pub(crate) const COMPACTS_WHEN_ASKED: &str =
    "[compaction]\nautomatic = false\ndropped_file_grace_s = 0\n";

/// The token of an operator of a folder that nobody serves.
pub(crate) fn operator_token(stopped: &Stopped) -> String {
    let ran = stopped.run(&["admin", "operator-token"]).succeeded();
    ran.stdout.trim().to_owned()
}

/// The same server again, which compacts only when asked and may stop at a step, with its operator.
pub(crate) fn with_operator(server: TestServer, stop_at: Option<&str>) -> (TestServer, Persona) {
    let stopped = server.kill();
    let token = operator_token(&stopped);
    let server = stopped.restart_configured(COMPACTS_WHEN_ASKED, stop_at);
    let operator = Persona::new(server.url(), Some(&token));
    (server, operator)
}

/// Runs a statement on the server's catalogue behind its back.
pub(crate) fn in_catalogue(server: &TestServer, statement: &str) {
    let path = server.data_dir().join("catalogue.sqlite");
    assert!(path.is_file(), "{}", path.display());
    let mut sqlite = Command::new("sqlite3");
    let sqlite = sqlite.args(["-cmd", ".timeout 10000"]).arg(path);
    let ran = sqlite.arg(statement).output().expect("sqlite3 is there");
    assert!(ran.status.success(), "{ran:?}");
}
