//! The `bellwether` executable: parses the command line and hands over.

use std::process::ExitCode;

fn main() -> ExitCode {
    bellwether::cli::main()
}
