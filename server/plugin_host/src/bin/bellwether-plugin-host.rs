//! The child process alone, for this crate's tests; users get it as `bellwether plugin-host`.

use std::process::ExitCode;

use bellwether_plugin_host::{PluginHostArgs, child_main};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    match (args.next(), args.next(), args.next()) {
        (Some(command), Some(plugin), None) if command == "plugin-host" => {
            child_main(&PluginHostArgs {
                plugin: plugin.into(),
            })
        }
        _ => {
            eprintln!("usage: bellwether-plugin-host plugin-host PATH");
            ExitCode::from(2)
        }
    }
}
