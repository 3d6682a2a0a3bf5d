//! Loading Bellwether over HTTP: rows a second and the most memory that it took.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::client::Client;
use super::data::{BrandFiles, Data};
use super::measure::milliseconds;
use super::options::Options;
use super::questions::Named;
use super::server::{AGENCY, Server, admin};

/// What later steps and later runs need to know of the loaded folder.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Loaded {
    /// The data folder.
    pub(crate) data_dir: PathBuf,
    /// The owner's token.
    pub(crate) token: String,
    /// The token that opens `/v1/status`.
    pub(crate) operator_token: String,
    /// Short name and id of each brand.
    brands: Vec<(String, String)>,
    /// The figures of loading, for the report.
    pub(crate) figures: Value,
}

impl Loaded {
    /// The brand of this short name.
    pub(crate) fn brand(&self, slug: &str) -> Result<Named, String> {
        let found = self.brands.iter().find(|(known, _)| known == slug);
        let (name, id) = found.ok_or_else(|| format!("no brand `{slug}`"))?;
        Ok(Named {
            name: name.clone(),
            id: id.clone(),
        })
    }
}

/// The loaded folder: the one of the run before if that is asked for, else a new one.
pub(crate) fn load(options: &Options, folder: &Path, data: &Data) -> Result<Loaded, String> {
    let told = folder.join("loaded.json");
    if options.reuse_load {
        let text = std::fs::read_to_string(&told)
            .map_err(|error| format!("nothing loaded to reuse: {}: {error}", told.display()))?;
        return serde_json::from_str(&text).map_err(|error| error.to_string());
    }
    let _ = std::fs::remove_file(&told);
    let mut loaded = empty(options, &folder.join("bellwether"), &data.brands)?;
    loaded.figures = json!({
        "parquet": parquet(options, folder, data, &loaded)?,
        "csv": csv(options, folder, data)?,
    });
    let text = serde_json::to_string_pretty(&loaded).map_err(|error| error.to_string())?;
    std::fs::write(&told, text).map_err(|error| format!("{}: {error}", told.display()))?;
    Ok(loaded)
}

/// A new data folder with the agency and its brands, and no facts.
fn empty(options: &Options, data_dir: &Path, brands: &[BrandFiles]) -> Result<Loaded, String> {
    let _ = std::fs::remove_dir_all(data_dir);
    let admin = |arguments: &[&str]| admin(&options.executable, data_dir, arguments);
    let token = admin(&[
        "add-agency",
        AGENCY,
        "--name=Peers",
        "--currency=USD",
        "--timezone=UTC",
    ])?;
    let mut ids = Vec::new();
    for BrandFiles { slug, .. } in brands {
        let name = format!("--name={slug}");
        let id = admin(&["add-brand", "--agency", AGENCY, slug, &name])?;
        ids.push((slug.clone(), id));
    }
    Ok(Loaded {
        data_dir: data_dir.to_owned(),
        token,
        operator_token: admin(&["operator-token"])?,
        brands: ids,
        figures: Value::Null,
    })
}

fn parquet(
    options: &Options,
    folder: &Path,
    data: &Data,
    loaded: &Loaded,
) -> Result<Value, String> {
    eprintln!("loading Bellwether from Parquet");
    let log = folder.join("ingest.log");
    let server = Server::start(&options.executable, &loaded.data_dir, &log)?;
    let client = Client::new(server.url(), &loaded.token)?;
    let mut times = [Duration::ZERO; 2];
    for brand in &data.brands {
        times[0] += client.ingest("delivery_daily", &brand.slug, &brand.delivery)?;
    }
    let peak_of_delivery = server.memory()?.peak;
    for brand in &data.brands {
        times[1] += client.ingest("audience_daily", &brand.slug, &brand.audience)?;
    }
    let settled = server.settle()?;
    let peak = server.memory()?.peak;
    server.stop()?;
    Ok(json!({
        "files": 2 * data.brands.len(),
        "delivery_rows_per_s": per_second(options.rows, times[0]),
        "audience_rows_per_s": per_second(options.rows, times[1]),
        "delivery_ms": milliseconds(times[0]),
        "audience_ms": milliseconds(times[1]),
        "peak_bytes_of_delivery": peak_of_delivery,
        "peak_bytes": peak,
        "settled_after_ms": milliseconds(settled),
        "data_folder_bytes": size(&loaded.data_dir),
    }))
}

fn csv(options: &Options, folder: &Path, data: &Data) -> Result<Value, String> {
    eprintln!("loading Bellwether from CSV");
    let data_dir = folder.join("bellwether-csv");
    let brand = &data.brands[..1];
    let loaded = empty(options, &data_dir, brand)?;
    let log = folder.join("ingest-csv.log");
    let server = Server::start(&options.executable, &data_dir, &log)?;
    let client = Client::new(server.url(), &loaded.token)?;
    let time = client.ingest("delivery_daily", &brand[0].slug, &data.csv)?;
    let peak = server.memory()?.peak;
    server.stop()?;
    let _ = std::fs::remove_dir_all(&data_dir);
    Ok(json!({
        "rows": options.csv_rows(),
        "rows_per_s": per_second(options.csv_rows(), time),
        "ms": milliseconds(time),
        "peak_bytes": peak,
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "rows are far below 2^53"
)]
fn per_second(rows: u64, time: Duration) -> u64 {
    (rows as f64 / time.as_secs_f64()) as u64
}

/// Bytes of all files under the folder.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let of = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}
