//! What can go wrong with a plugin, by what the caller can do about it.
//!
//! Invariant: every error names the plugin, and none of them harms the server.

use bellwether_domain::ErrorCode;

/// A failed run of a plugin. `plugin` is its name, or its file's while the name is not known.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table does not fit what the plugin declares; a fault of the caller or the metadata.
    #[error("plugin `{plugin}` can't be given this input: {what}")]
    Input {
        /// The plugin.
        plugin: String,
        /// What does not fit.
        what: String,
    },
    /// A limit of [`crate::PluginHostConfig`] was passed.
    #[error("plugin `{plugin}`: {what} is over the limit `{limit}` of {max}")]
    LimitPassed {
        /// The plugin.
        plugin: String,
        /// The limit's name.
        limit: &'static str,
        /// The limit's value.
        max: u64,
        /// What passed it.
        what: String,
    },
    /// The child process could not be started.
    #[error("plugin `{plugin}`: its process did not start")]
    Start {
        /// The plugin.
        plugin: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no plugin that this server can run, or no longer the one that was found.
    #[error("plugin `{plugin}` is refused: {reason}")]
    Refused {
        /// The plugin.
        plugin: String,
        /// Why.
        reason: String,
    },
    /// The plugin did not answer in time and was killed.
    #[error("plugin `{plugin}`: deadline of {deadline_ms} ms passed; killed")]
    DeadlinePassed {
        /// The plugin.
        plugin: String,
        /// The deadline.
        deadline_ms: u64,
    },
    /// The plugin's process ended before it answered.
    #[error("plugin `{plugin}` {how}")]
    Crashed {
        /// The plugin.
        plugin: String,
        /// Such as `crashed with SIGSEGV` or `exited with status 0`.
        how: String,
    },
    /// The plugin reported a failure of its own.
    #[error("plugin `{plugin}`: {call} failed ({code}): {message}")]
    Failed {
        /// The plugin.
        plugin: String,
        /// `open` or `run`.
        call: &'static str,
        /// The plugin's own code.
        code: i32,
        /// The plugin's own words, or its panic's.
        message: String,
    },
    /// The plugin's answer is not what its metadata declares.
    #[error("plugin `{plugin}` answered wrongly: {what}")]
    WrongAnswer {
        /// The plugin.
        plugin: String,
        /// What is wrong with it.
        what: String,
    },
}

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What a client is told.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Input { .. }
            | Self::LimitPassed { .. }
            | Self::Start { .. }
            | Self::Refused { .. }
            | Self::DeadlinePassed { .. }
            | Self::Crashed { .. }
            | Self::Failed { .. }
            | Self::WrongAnswer { .. } => ErrorCode::PluginFault,
        }
    }

    /// One sentence for the customer. A plugin's own words are part of it: its author is the one
    /// who can help.
    pub fn public_message(&self) -> String {
        self.to_string()
    }

    /// The plugin's name, or its file's while the name is not known.
    pub fn plugin(&self) -> &str {
        match self {
            Self::Input { plugin, .. }
            | Self::LimitPassed { plugin, .. }
            | Self::Start { plugin, .. }
            | Self::Refused { plugin, .. }
            | Self::DeadlinePassed { plugin, .. }
            | Self::Crashed { plugin, .. }
            | Self::Failed { plugin, .. }
            | Self::WrongAnswer { plugin, .. } => plugin,
        }
    }
}
