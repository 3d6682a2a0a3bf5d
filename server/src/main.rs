//! The `bellwether` executable: parses the command line and hands over.

use std::process::ExitCode;

/// glibc's own keeps what each of its sixteen arenas once needed: see decision 16.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    bellwether::cli::main()
}
