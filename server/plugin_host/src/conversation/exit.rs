//! What a child's exit status means, in words.
//!
//! Invariant: a pure function of the status.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// Such as `crashed with SIGSEGV` or `exited with status 0`; follows the plugin's name.
pub(super) fn how(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => match name(signal) {
            Some("SIGABRT") => {
                "aborted with SIGABRT (abort, stack overflow or too much memory)".to_owned()
            }
            Some(name) => format!("crashed with {name}"),
            None => format!("ended by signal {signal}"),
        },
        (None, None) => "ended in an unknown way".to_owned(),
    }
}

/// The signals that end a faulty or an unwelcome process, with their numbers on Linux.
fn name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        31 => "SIGSYS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_in_words() {
        assert_eq!(how(ExitStatus::from_raw(11)), "crashed with SIGSEGV");
        assert_eq!(how(ExitStatus::from_raw(0)), "exited with status 0");
        assert_eq!(how(ExitStatus::from_raw(3 << 8)), "exited with status 3");
        assert_eq!(how(ExitStatus::from_raw(40)), "ended by signal 40");
    }
}
