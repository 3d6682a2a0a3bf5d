//! The composition root: opens every part of one process and puts them together.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use bellwether_catalogue::Catalogue;
use bellwether_domain::ids::{IdSource, StoreId};
use bellwether_domain::time::Clock;
use bellwether_plugin_host::PluginHost;
use bellwether_schema::ApiSchema;
use bellwether_service::{RESTORING, RestoreReport, Services, Steps, SweepReport};
use bellwether_store::{Store, StoreConfig};

use crate::clock::{SystemClock, SystemRandom};
use crate::config::Config;

/// Every part of one process, opened.
#[derive(Debug)]
pub struct App {
    /// The services.
    pub services: Services,
    /// The GraphQL API over them.
    pub schema: ApiSchema,
    /// Migrations that were run just now.
    pub migrated: Vec<String>,
    /// What an earlier process had left behind.
    pub swept: SweepReport,
    /// Held for as long as the process owns the data folder.
    _lock: File,
}

impl App {
    /// Takes the data folder, brings the catalogue's schema up to date, clears what a killed
    /// process left, and puts the parts together.
    pub async fn open(config: Config) -> Result<Self, String> {
        let lock = lock_folder(&config.data_dir)?;
        refuse_unrestored(&config.data_dir)?;
        let store_id = store_id(&config.data_dir)?;
        let catalogue = Catalogue::open(config.catalogue).map_err(|error| told(&error))?;
        let migrated = catalogue.migrate().map_err(|error| told(&error))?;
        // With the lock, this makes the process the only one at work on the catalogue's batches.
        catalogue
            .bind_store(store_id)
            .map_err(|error| told(&error))?;
        let store = Store::open(StoreConfig {
            root: config.data_dir.clone(),
        })
        .map_err(|error| told(&error))?;
        let services = Services::new(
            config.service,
            catalogue,
            store,
            PluginHost::new(config.plugins),
            config.clock,
            Arc::new(SystemRandom),
            Steps::stopping_at(config.stop_at),
        );
        let swept = services.sweep().await.map_err(|error| error.chain())?;
        let schema = bellwether_schema::build(services.clone(), config.schema, config.documents);
        Ok(Self {
            services,
            schema,
            migrated,
            swept,
            _lock: lock,
        })
    }
}

/// Opens only the catalogue and brings its schema up to date, for `bellwether migrate`.
pub fn migrate(config: Config) -> Result<Vec<String>, String> {
    let _lock = lock_folder(&config.data_dir)?;
    let catalogue = Catalogue::open(config.catalogue).map_err(|error| told(&error))?;
    catalogue.migrate().map_err(|error| told(&error))
}

/// Restores a backup into the configuration's data folder, which must be empty, and its catalogue.
pub fn restore(config: Config, backup: &Path) -> Result<RestoreReport, String> {
    let _lock = lock_folder(&config.data_dir)?;
    let store_id = store_id(&config.data_dir)?;
    let open = || {
        let catalogue = Catalogue::open(config.catalogue)?;
        catalogue.migrate()?;
        Ok(catalogue)
    };
    bellwether_service::restore(backup, &config.data_dir, store_id, open)
        .map_err(|error| error.chain())
}

/// Refuses a data folder into which a restore is not through.
fn refuse_unrestored(data_dir: &Path) -> Result<(), String> {
    if !data_dir.join(RESTORING).exists() {
        return Ok(());
    }
    Err(format!(
        "a restore into the data folder `{}` was not through; remove all that is in it and restore again",
        data_dir.display()
    ))
}

/// One process owns a data folder: the lock goes with the process, however it ends.
fn lock_folder(data_dir: &Path) -> Result<File, String> {
    let shown = data_dir.display();
    std::fs::create_dir_all(data_dir)
        .map_err(|error| format!("can't make the data folder `{shown}`: {error}"))?;
    let path = data_dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let file = file.map_err(|error| format!("can't open `{}`: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(format!(
            "another process holds the data folder `{shown}`; stop it, or name another folder with `--data-dir` (some commands can speak to its server with `--url` and `--token`)"
        )),
        Err(TryLockError::Error(error)) => {
            Err(format!("can't lock the data folder `{shown}`: {error}"))
        }
    }
}

/// The folder's own id, made at its first use and never changed. The folder must be locked.
fn store_id(data_dir: &Path) -> Result<StoreId, String> {
    let path = data_dir.join("store-id");
    let failed = |error: std::io::Error| {
        format!(
            "can't keep the folder's id in `{}`: {error}",
            path.display()
        )
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            format!(
                "`{}` does not hold the folder's id any more; restore it",
                path.display()
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let id = StoreId::from_parts(SystemClock.now(), SystemRandom.random());
            // Written aside and renamed, so that a kill leaves the whole id or none.
            let aside = data_dir.join("store-id.new");
            let mut file = File::create(&aside).map_err(failed)?;
            writeln!(file, "{id}").map_err(failed)?;
            file.sync_all().map_err(failed)?;
            std::fs::rename(&aside, &path).map_err(failed)?;
            File::open(data_dir)
                .and_then(|folder| folder.sync_all())
                .map_err(failed)?;
            Ok(id)
        }
        Err(error) => Err(failed(error)),
    }
}

/// An error with the chain of its causes.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}
