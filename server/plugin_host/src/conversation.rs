//! One child from its start to its end: questions, deadlines, and what its end means.
//!
//! Invariant: whatever the child does, a conversation ends within its deadlines and the child
//! with it; only a child that is too slow or too loud is killed.

mod exit;
mod stderr;

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::child::PluginHostArgs;
use crate::config::PluginHostConfig;
use crate::error::{Error, Result};
use crate::launch::Launcher;
use crate::wire::frame::{self, HEADER_BYTES, Reply, Request};

/// Milliseconds for a child to end after its pipe has closed or it was told to close.
const EXIT_GRACE_MS: u64 = 1_000;

/// The server's side of the talk with one child.
#[derive(Debug)]
pub(crate) struct Conversation<'a> {
    config: &'a PluginHostConfig,
    plugin: &'a str,
    process: Child,
    to: ChildStdin,
    from: ChildStdout,
}

/// Why a question got no reply.
enum Silence {
    /// The time ran out.
    Deadline,
    /// The child closed its end, most likely by ending.
    Gone,
    /// The reply is not a frame of ours.
    NoFrame(String),
}

/// Whom to talk to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Partner<'a> {
    /// What errors and the log call it.
    pub(crate) plugin: &'a str,
    /// Its library.
    pub(crate) path: &'a Path,
    /// SHA-256 of the library's bytes; others are refused.
    pub(crate) sha256: &'a str,
}

/// Starts a child for a plugin, lets `talk` ask it things, and ends it.
pub(crate) async fn converse<T>(
    launcher: &Launcher,
    config: &PluginHostConfig,
    partner: Partner<'_>,
    talk: impl AsyncFnOnce(&mut Conversation<'_>) -> Result<T>,
) -> Result<T> {
    let plugin = partner.plugin;
    let failed = |source| Error::Start {
        plugin: plugin.to_owned(),
        source,
    };
    let args = arguments(config, partner).map_err(failed)?;
    let launched = launcher.launch(&config.executable, &args).await;
    let mut process = launched.map_err(failed)?;
    let pipes = (
        process.stdin.take(),
        process.stdout.take(),
        process.stderr.take(),
    );
    let (Some(to), Some(from), Some(errors)) = pipes else {
        return Err(failed(std::io::Error::other("a pipe is missing")));
    };
    let mut conversation = Conversation {
        config,
        plugin,
        process,
        to,
        from,
    };
    let talk = pin!(async move {
        let outcome = talk(&mut conversation).await;
        conversation.end().await;
        outcome
    });
    stderr::log_while(plugin, errors, talk).await
}

fn arguments(config: &PluginHostConfig, partner: Partner<'_>) -> std::io::Result<String> {
    let args = PluginHostArgs {
        plugin: partner.path.to_owned(),
        sha256: partner.sha256.to_owned(),
        parent: std::process::id(),
        memory_bytes_max: config.memory_bytes_max,
        allow_unconfined: config.allow_unconfined,
    };
    serde_json::to_string(&args).map_err(std::io::Error::other)
}

impl Conversation<'_> {
    /// What the limits are.
    pub(crate) fn config(&self) -> &PluginHostConfig {
        self.config
    }

    /// The child's first word.
    pub(crate) async fn first_word(&mut self) -> Result<(Reply, Vec<u8>)> {
        let deadline_ms = self.config.start_deadline_ms;
        let heard = within(deadline_ms, receive(&mut self.from, self.config)).await;
        self.explained(heard, deadline_ms).await
    }

    /// Asks, and waits for the reply.
    pub(crate) async fn ask(
        &mut self,
        request: Request,
        payload: &[u8],
        deadline_ms: u64,
    ) -> Result<(Reply, Vec<u8>)> {
        let asked = async {
            send(&mut self.to, request, payload).await?;
            receive(&mut self.from, self.config).await
        };
        let heard = within(deadline_ms, asked).await;
        self.explained(heard, deadline_ms).await
    }

    /// The reply to a question, or an error that tells what became of the child.
    async fn explained<T>(&mut self, heard: Result<T, Silence>, deadline_ms: u64) -> Result<T> {
        let plugin = self.plugin.to_owned();
        match heard {
            Ok(reply) => Ok(reply),
            Err(Silence::Deadline) => {
                self.kill().await;
                Err(Error::DeadlinePassed {
                    plugin,
                    deadline_ms,
                })
            }
            Err(Silence::Gone) => {
                let how = self.how_it_ended().await;
                Err(Error::Crashed { plugin, how })
            }
            Err(Silence::NoFrame(what)) => {
                self.kill().await;
                Err(Error::WrongAnswer { plugin, what })
            }
        }
    }

    async fn how_it_ended(&mut self) -> String {
        match timeout(Duration::from_millis(EXIT_GRACE_MS), self.process.wait()).await {
            Ok(Ok(status)) => exit::how(status),
            Ok(Err(error)) => format!("ended in an unknown way: {error}"),
            Err(_) => {
                self.kill().await;
                "closed its pipe and went on; killed".to_owned()
            }
        }
    }

    async fn kill(&mut self) {
        if let Err(error) = self.process.kill().await {
            tracing::warn!(plugin = self.plugin, %error, "a plugin's process could not be killed");
        }
    }

    /// Tells the child to close and waits for its end, at most for a while.
    async fn end(mut self) {
        let closing = async {
            // A child that is gone already has nothing to close.
            let _ = send(&mut self.to, Request::Close, &[]).await;
            self.process.wait().await
        };
        let ended = timeout(Duration::from_millis(EXIT_GRACE_MS), closing).await;
        if ended.is_err() {
            tracing::warn!(
                plugin = self.plugin,
                "a plugin did not close in time; killed"
            );
            self.kill().await;
        }
    }
}

async fn within<T>(
    deadline_ms: u64,
    work: impl Future<Output = Result<T, Silence>>,
) -> Result<T, Silence> {
    let deadline = Duration::from_millis(deadline_ms);
    timeout(deadline, work)
        .await
        .unwrap_or(Err(Silence::Deadline))
}

async fn send(to: &mut ChildStdin, request: Request, payload: &[u8]) -> Result<(), Silence> {
    let too_large = || Silence::NoFrame("a batch of 4 GiB or more can't be sent".to_owned());
    let header = frame::header(request as u8, payload.len()).ok_or_else(too_large)?;
    to.write_all(&header).await.map_err(|_| Silence::Gone)?;
    to.write_all(payload).await.map_err(|_| Silence::Gone)?;
    to.flush().await.map_err(|_| Silence::Gone)
}

async fn receive(
    from: &mut ChildStdout,
    config: &PluginHostConfig,
) -> Result<(Reply, Vec<u8>), Silence> {
    let mut header = [0; HEADER_BYTES];
    from.read_exact(&mut header)
        .await
        .map_err(|_| Silence::Gone)?;
    let (length, kind) = frame::parse_header(header);
    let max = config.output_bytes_max;
    if length > max {
        return Err(Silence::NoFrame(format!(
            "{length} bytes are over the limit `output_bytes_max` of {max}"
        )));
    }
    let unknown = || Silence::NoFrame(format!("a frame of unknown kind {kind}"));
    let reply = Reply::of(kind).ok_or_else(unknown)?;
    let mut payload = vec![0; length];
    from.read_exact(&mut payload)
        .await
        .map_err(|_| Silence::Gone)?;
    Ok((reply, payload))
}
