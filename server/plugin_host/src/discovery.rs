//! Finding plugins: the libraries in the configured folders, each read by a throw-away child.
//!
//! Invariant: no library is loaded into this process, not even to read its name.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bellwether_plugin_abi::Metadata;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::config::PluginHostConfig;
use crate::conversation::{Conversation, Partner, converse};
use crate::error::{Error, Result};
use crate::launch::Launcher;
use crate::wire::frame::Reply;

/// A file that looks like a plugin, and what became of it.
#[derive(Debug, Clone)]
pub struct Discovered {
    /// Where it lies, as a canonical path.
    pub path: PathBuf,
    /// The plugin, or why it is none for this server.
    pub outcome: Result<PluginDescriptor, Refused>,
}

/// Why a file is no plugin for this server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refused {
    /// A lower-case sentence.
    pub reason: String,
}

/// A plugin that can be run.
#[derive(Debug, Clone, PartialEq)]
pub struct PluginDescriptor {
    /// Where its library lies, as a canonical path.
    pub path: PathBuf,
    /// SHA-256 of the library's bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// What it says of itself.
    pub metadata: Metadata,
}

impl PluginDescriptor {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }
}

/// Looks through the folders in their order, and through each by file name. The same bytes found
/// again are passed over; another plugin of a name that is taken is refused.
pub(crate) async fn discover(launcher: &Launcher, config: &PluginHostConfig) -> Vec<Discovered> {
    let mut found = Vec::new();
    let mut bytes_seen = HashSet::new();
    let mut names_seen = HashSet::new();
    for path in candidates(config).await {
        let mut outcome = read(launcher, config, &path).await;
        if let Ok(plugin) = &outcome {
            if !bytes_seen.insert(plugin.sha256.clone()) {
                continue;
            }
            if !names_seen.insert(plugin.name().to_owned()) {
                let reason = format!("the name `{}` is taken by an earlier file", plugin.name());
                outcome = Err(Refused { reason });
            }
        }
        found.push(Discovered { path, outcome });
    }
    found
}

/// The canonical paths of the named files and of all `libbellwether_plugin_*.so`. A folder that
/// can't be read has none.
async fn candidates(config: &PluginHostConfig) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for file in &config.plugin_files {
        // One that isn't there is refused when it is read, with its name.
        let path = tokio::fs::canonicalize(file).await;
        paths.push(path.unwrap_or_else(|_| file.clone()));
    }
    for folder in &config.plugin_folders {
        match libraries_in(folder).await {
            Ok(libraries) => paths.extend(libraries),
            Err(error) => {
                tracing::debug!(folder = %folder.display(), %error, "no plugins are read here");
            }
        }
    }
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    paths
}

async fn libraries_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut libraries = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("libbellwether_plugin_") && name.ends_with(".so") {
            // `dlopen` looks for a bare file name elsewhere, so that the path has to be whole.
            libraries.push(tokio::fs::canonicalize(entry.path()).await?);
        }
    }
    libraries.sort();
    Ok(libraries)
}

/// Reads one file's metadata in a child of its own; the path is canonical.
pub(crate) async fn read(
    launcher: &Launcher,
    config: &PluginHostConfig,
    path: &Path,
) -> Result<PluginDescriptor, Refused> {
    let refused = |reason: String| Refused { reason };
    let sha256 = sha256_of(path)
        .await
        .map_err(|error| refused(error.to_string()))?;
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    let partner = Partner {
        plugin: &file_name,
        path,
        sha256: &sha256,
    };
    let greeted = converse(launcher, config, partner, async |child| {
        hello(child, &file_name).await
    });
    match greeted.await {
        Ok(metadata) => Ok(PluginDescriptor {
            path: path.to_owned(),
            sha256,
            metadata,
        }),
        Err(Error::Refused { reason, .. }) => Err(refused(reason)),
        Err(error) => Err(refused(error.to_string())),
    }
}

async fn sha256_of(path: &Path) -> std::io::Result<String> {
    let path = path.to_owned();
    let hashing = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        std::io::copy(&mut std::fs::File::open(path)?, &mut HashWriter(&mut hash))?;
        Ok(HEXLOWER.encode(&hash.finalize()))
    });
    hashing.await.map_err(std::io::Error::other)?
}

/// Lets a file be copied into a hash.
struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The child's greeting: the metadata of the plugin that it has loaded.
pub(crate) async fn hello(child: &mut Conversation<'_>, plugin: &str) -> Result<Metadata> {
    let refused = |reason: String| Error::Refused {
        plugin: plugin.to_owned(),
        reason,
    };
    let (reply, payload) = child.first_word().await?;
    let text = String::from_utf8_lossy(&payload);
    match reply {
        Reply::Hello => Metadata::parse(&text).map_err(|error| refused(error.to_string())),
        Reply::Refused => Err(refused(text.into_owned())),
        other => Err(Error::WrongAnswer {
            plugin: plugin.to_owned(),
            what: format!("its first word is {other:?}"),
        }),
    }
}
