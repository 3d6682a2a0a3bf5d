//! What the server calls: find plugins, run one over a table.
//!
//! Each run has a child of its own, so no child ever serves two agencies. Children that stay for
//! the next run, with caps and back-off, would be kept here, by (agency, plugin, configuration).
//! Invariant: an answer leaves this module only when it is as the plugin's metadata declares.

mod answered;
mod partitions;
mod projection;

use std::path::Path;
use std::sync::OnceLock;

use bellwether_domain::ids::AgencyId;
use serde_json::Value;

use crate::abi::Kind;
use crate::config::PluginHostConfig;
use crate::conversation::{Conversation, Partner, converse};
use crate::discovery::{self, Discovered, PluginDescriptor, Refused};
use crate::error::{Error, Result};
use crate::launch::Launcher;
use crate::slices::{Slice, slices};
use crate::table::{ColumnData, InputTable, OutputTable};
use crate::wire::frame::{Reply, Request};
use crate::wire::{answer, batch};
use answered::Answered;
use projection::Projection;

/// Runs plugins in child processes.
#[derive(Debug, Clone)]
pub struct PluginHost {
    config: PluginHostConfig,
    launcher: OnceLock<Launcher>,
}

impl PluginHost {
    /// A host with these limits.
    pub fn new(config: PluginHostConfig) -> Self {
        let launcher = OnceLock::new();
        Self { config, launcher }
    }

    /// The thread that starts children, which begins with the first of them.
    fn launcher(&self) -> std::io::Result<&Launcher> {
        if let Some(launcher) = self.launcher.get() {
            return Ok(launcher);
        }
        let launcher = Launcher::new()?;
        Ok(self.launcher.get_or_init(|| launcher))
    }

    /// Looks for plugins in the configured folders. Each file is loaded by a throw-away child.
    pub async fn discover(&self) -> Vec<Discovered> {
        match self.launcher() {
            Ok(launcher) => discovery::discover(launcher, &self.config).await,
            Err(error) => {
                tracing::error!(%error, "no plugin can be started");
                Vec::new()
            }
        }
    }

    /// Reads one file, which need not lie in a configured folder or be named as a plugin.
    pub async fn read(&self, file: &Path) -> Result<PluginDescriptor, Refused> {
        let refused = |error: std::io::Error| Refused {
            reason: error.to_string(),
        };
        let launcher = self.launcher().map_err(refused)?;
        let path = tokio::fs::canonicalize(file).await.map_err(refused)?;
        discovery::read(launcher, &self.config, &path).await
    }

    /// Runs a plugin over a table, for one agency and one configuration.
    ///
    /// The table has to hold the columns of the metadata's `input.columns`, sorted by its entity
    /// key; others are not sent. Dropping the future kills the child.
    #[tracing::instrument(skip_all, fields(%agency, plugin = plugin.name()))]
    pub async fn run(
        &self,
        agency: AgencyId,
        plugin: &PluginDescriptor,
        config: &Value,
        table: &InputTable,
    ) -> Result<OutputTable> {
        let projection = Projection::of(plugin, table)?;
        let slices = self.batches(plugin, &projection)?;
        let (projection, slices) = partitions::split(plugin, projection, slices);
        let mut answer = Answered::new(plugin, &projection);
        if slices.is_empty() {
            return Ok(answer.table());
        }
        let partner = Partner {
            plugin: plugin.name(),
            path: &plugin.path,
            sha256: &plugin.sha256,
        };
        let launcher = self.launcher().map_err(|source| Error::Start {
            plugin: plugin.name().to_owned(),
            source,
        })?;
        converse(launcher, &self.config, partner, async |child| {
            open(child, plugin, config).await?;
            for slice in &slices {
                let columns = compute(child, plugin, &projection, slice).await?;
                answer.append(slice, columns);
            }
            Ok(())
        })
        .await?;
        Ok(answer.table())
    }

    /// A scorer is fed in slices; the others see everything in one batch, which `partition_by` may
    /// divide for an alerter.
    fn batches(
        &self,
        plugin: &PluginDescriptor,
        projection: &Projection<'_>,
    ) -> Result<Vec<Slice>> {
        let keys = &projection.keys;
        let max = self.config.rows_per_call_max;
        if keys.len() > max {
            return Err(Error::LimitPassed {
                plugin: plugin.name().to_owned(),
                limit: "rows_per_call_max",
                max: max as u64,
                what: format!("an input of {} rows", keys.len()),
            });
        }
        let rows_max = match plugin.metadata.kind {
            Kind::Scorer => self.config.rows_per_slice_max,
            Kind::Alerter | Kind::Allocator => max,
        };
        slices(keys, rows_max).map_err(|row| Error::Input {
            plugin: plugin.name().to_owned(),
            what: format!(
                "row {row} is out of order: rows have to be sorted by `{}`",
                plugin.metadata.input.entity_key
            ),
        })
    }
}

/// Checks that the library is still the one that was found, then opens an instance.
async fn open(
    child: &mut Conversation<'_>,
    plugin: &PluginDescriptor,
    config: &Value,
) -> Result<()> {
    let metadata = discovery::hello(child, plugin.name()).await?;
    if metadata != plugin.metadata {
        return Err(Error::Refused {
            plugin: plugin.name().to_owned(),
            reason: "its file has changed since it was found".to_owned(),
        });
    }
    let config = config.to_string();
    let deadline_ms = child.config().start_deadline_ms;
    let (reply, payload) = child
        .ask(Request::Open, config.as_bytes(), deadline_ms)
        .await?;
    match reply {
        Reply::Opened => Ok(()),
        Reply::Failed => Err(failed(plugin, "open", &payload)),
        other => Err(wrong(plugin, format!("{other:?} is no reply to open"))),
    }
}

/// The answer to one batch, in the declared types and with a permitted number of rows.
async fn compute(
    child: &mut Conversation<'_>,
    plugin: &PluginDescriptor,
    projection: &Projection<'_>,
    slice: &Slice,
) -> Result<Vec<ColumnData>> {
    let declared = &plugin.metadata.input.columns;
    let columns: Vec<&ColumnData> = projection.columns.iter().map(AsRef::as_ref).collect();
    let sent = batch::encode(declared, &columns, &slice.rows).map_err(|error| Error::Input {
        plugin: plugin.name().to_owned(),
        what: error.to_string(),
    })?;
    let deadline_ms = child.config().call_deadline_ms;
    let (reply, payload) = child.ask(Request::Run, &sent, deadline_ms).await?;
    match reply {
        Reply::Answer => checked(plugin, child.config(), slice, &payload),
        Reply::Failed => Err(failed(plugin, "run", &payload)),
        other => Err(wrong(plugin, format!("{other:?} is no reply to run"))),
    }
}

fn checked(
    plugin: &PluginDescriptor,
    config: &PluginHostConfig,
    slice: &Slice,
    payload: &[u8],
) -> Result<Vec<ColumnData>> {
    let declared = &plugin.metadata.output.columns;
    let decoded = answer::decode(declared, config.rows_per_call_max, payload);
    let (rows, columns) = decoded.map_err(|what| wrong(plugin, what))?;
    let entities = slice.entities.len();
    if plugin.metadata.kind == Kind::Scorer && rows != entities {
        return Err(wrong(
            plugin,
            format!("it returned {rows} rows for {entities} entities"),
        ));
    }
    Ok(columns)
}

/// A failure that the plugin reports: its code and its words.
fn failed(plugin: &PluginDescriptor, call: &'static str, payload: &[u8]) -> Error {
    let Some((code, message)) = payload.split_first_chunk::<4>() else {
        return wrong(plugin, "a failure without a code".to_owned());
    };
    Error::Failed {
        plugin: plugin.name().to_owned(),
        call,
        code: i32::from_le_bytes(*code),
        message: String::from_utf8_lossy(message).into_owned(),
    }
}

fn wrong(plugin: &PluginDescriptor, what: String) -> Error {
    Error::WrongAnswer {
        plugin: plugin.name().to_owned(),
        what,
    }
}
