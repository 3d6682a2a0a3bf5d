//! What a child gives up before and after it loads a plugin, in the order that was measured.
//!
//! Limits, then a list of system calls that are refused, then Landlock without any rule (no path
//! can be opened any more), and only then the library, whose constructors already run confined;
//! after it, a list of the few system calls that computing needs, with everything else refused.
//! Refused calls fail with EPERM, so that a plugin can say what it tried.
//! Invariant: nothing here is undone; a step that fails is an error, never passed over.

use std::collections::BTreeMap;

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreated, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::system_calls::{ALLOWED_AFTER_LOADING, REFUSED_BEFORE_LOADING};

/// Files that a child may have open: its wire, its three standard ones, the library, and a few
/// while the linker works.
const FILES_MAX: u64 = 16;

/// Ends this process when the server does.
///
/// The signal follows the thread that started this process, which therefore lives as long as the
/// server (`launch.rs`). The server may be gone already.
pub(super) fn end_with_parent(parent: u32) -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(|error| format!("can't be made to end with its server: {error}"))?;
    let found = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get());
    match found.map(u32::try_from) {
        Some(Ok(pid)) if pid == parent => Ok(()),
        _ => Err("its server has gone".to_owned()),
    }
}

/// Everything that is given up before a plugin's code runs.
pub(super) fn before_loading(memory_bytes_max: u64) -> Result<(), String> {
    limit_resources(memory_bytes_max).map_err(|error| format!("can't be limited: {error}"))?;
    refuse_system_calls()?;
    refuse_paths()
}

/// Memory counts as address space, beyond what this process has mapped by now.
fn limit_resources(memory_bytes_max: u64) -> std::io::Result<()> {
    let limit = |resource, most| {
        let most = Some(most);
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        rustix::process::setrlimit(resource, limit)
    };
    let mapped = mapped_bytes()?;
    limit(Resource::As, mapped.saturating_add(memory_bytes_max))?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, FILES_MAX)?;
    Ok(())
}

/// The first number of `statm` is the size of the address space in pages.
fn mapped_bytes() -> std::io::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages: Option<u64> = text.split(' ').next().and_then(|pages| pages.parse().ok());
    let unreadable = || std::io::Error::other("/proc/self/statm can't be read");
    let page = u64::try_from(rustix::param::page_size()).map_err(std::io::Error::other)?;
    Ok(pages.ok_or_else(unreadable)?.saturating_mul(page))
}

fn refuse_system_calls() -> Result<(), String> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = REFUSED_BEFORE_LOADING
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    let others = signal_to(SeccompCmpOp::Ne).map_err(unfiltered)?;
    rules.insert(libc::SYS_tgkill, vec![others]);
    let (refuse, allow) = (eperm(), SeccompAction::Allow);
    apply(rules, allow, refuse).map_err(unfiltered)
}

/// What is left once a plugin is loaded: memory, time, the open wire, and its own end.
pub(super) fn after_loading() -> Result<(), String> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED_AFTER_LOADING
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    // `abort` signals its own process; with any target it could end the server.
    let own = signal_to(SeccompCmpOp::Eq).map_err(unfiltered)?;
    rules.insert(libc::SYS_tgkill, vec![own]);
    apply(rules, eperm(), SeccompAction::Allow).map_err(unfiltered)
}

/// The rule of signals whose target process compares so with this one.
fn signal_to(compared: SeccompCmpOp) -> Result<SeccompRule, seccompiler::BackendError> {
    let own = u64::from(std::process::id());
    let target = SeccompCondition::new(0, SeccompCmpArgLen::Dword, compared, own)?;
    SeccompRule::new(vec![target])
}

fn eperm() -> SeccompAction {
    SeccompAction::Errno(libc::EPERM.unsigned_abs())
}

/// For every thread of the process.
fn apply(
    rules: BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<(), seccompiler::Error> {
    let architecture = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(rules, otherwise, matched, architecture)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter_all_threads(&program)
}

fn unfiltered(error: impl std::fmt::Display) -> String {
    format!("its system calls can't be filtered on this machine: {error}")
}

/// No rule is added, so that no path can be read, written or executed; a library in memory is no
/// path.
fn refuse_paths() -> Result<(), String> {
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(RulesetCreated::restrict_self);
    let unavailable = "files can't be kept from it on this machine";
    match ruleset {
        Ok(status) if status.ruleset != RulesetStatus::NotEnforced => Ok(()),
        Ok(_) => Err(format!("{unavailable}: its kernel has no Landlock")),
        Err(error) => Err(format!("{unavailable}: {error}")),
    }
}
