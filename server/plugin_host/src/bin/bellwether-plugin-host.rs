//! The child process alone, for this crate's tests; users get it as `bellwether plugin-host`.

use std::process::ExitCode;

use bellwether_plugin_host::child_main;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if let (Some("plugin-host"), Some(args), None) =
        (args.next().as_deref(), args.next(), args.next())
    {
        return child_main(&args);
    }
    eprintln!("usage: bellwether-plugin-host plugin-host ARGS");
    ExitCode::from(2)
}
