//! What every suite of tests starts from: the executable, and servers to speak to.

use bellwether_test_support::TestServer;

/// The executable under test.
pub(crate) const BELLWETHER: &str = env!("CARGO_BIN_EXE_bellwether");

/// A server with two agencies, their brands and tokens, and no campaigns and no facts.
pub(crate) fn an_empty_server() -> TestServer {
    TestServer::empty(BELLWETHER)
}
