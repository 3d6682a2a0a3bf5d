//! What became of each check, for a person to act on.

use super::super::say;

/// Checks one after the other.
#[derive(Debug, Default)]
pub(super) struct Report {
    passed: usize,
    failed: usize,
}

impl Report {
    /// A check that passed.
    pub(super) fn ok(&mut self, check: &str, what: impl std::fmt::Display) {
        self.passed += 1;
        say(format!("ok    {check}: {what}"));
    }

    /// A check that failed, and what to do about it.
    pub(super) fn failed(&mut self, check: &str, what: impl std::fmt::Display, hint: &str) {
        self.failed += 1;
        say(format!("FAIL  {check}: {what}\n      {hint}"));
    }

    /// The last line, and whether all passed.
    pub(super) fn end(&self) -> bool {
        match self.failed {
            0 => say(format!("{} checks: every check passed", self.passed)),
            1 => say("1 check failed"),
            failed => say(format!("{failed} checks failed")),
        }
        self.failed == 0
    }
}
