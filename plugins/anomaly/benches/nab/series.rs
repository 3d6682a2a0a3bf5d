//! Reads a file of the benchmark and its labelled windows, and runs the detector over it.

use std::error::Error;
use std::ops::RangeInclusive;
use std::path::Path;

use bellwether_plugin_anomaly::config::Config;
use bellwether_plugin_anomaly::detector::Detector;
use bellwether_plugin_anomaly::season::Season;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// The rows of a file: seconds since 1970-01-01, the file's clock taken for UTC, and values.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) rows: Vec<(i64, f64)>,
    pub(crate) windows: Vec<RangeInclusive<usize>>,
}

impl Series {
    /// Reads `timestamp,value` rows, and the file's windows from labels as the benchmark writes
    /// them: an object of files, or the same under `windows`.
    pub(crate) fn load(file: &Path, labels: &Path) -> Result<Self, Box<dyn Error>> {
        let mut rows = Vec::new();
        for record in csv::Reader::from_path(file)?.records() {
            let record = record?;
            rows.push((moment(&record[0])?, record[1].parse()?));
        }
        let labels: Value = serde_json::from_str(&std::fs::read_to_string(labels)?)?;
        let windows = windows_of(&labels, file)?;
        let place = |at: i64| rows.iter().position(|row| row.0 == at);
        let windows = windows.into_iter().map(|(from, to)| {
            let found = place(from).zip(place(to));
            found
                .map(|(from, to)| from..=to)
                .ok_or("a window begins or ends at no row")
        });
        let windows = windows.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { rows, windows })
    }

    /// Which rows the detector raises an alert at.
    pub(crate) fn detections(&self, config: &Config) -> Vec<bool> {
        let mut detector = Detector::new(Season::HourOfDay, config.clone());
        let read = |(at_s, value): &(i64, f64)| detector.read(*at_s, *value);
        let readings = self.rows.iter().map(read);
        readings
            .map(|reading| reading.is_some_and(|reading| reading.is_raised))
            .collect()
    }
}

fn windows_of(labels: &Value, file: &Path) -> Result<Vec<(i64, i64)>, Box<dyn Error>> {
    let name = file
        .file_name()
        .ok_or("no file is named")?
        .to_string_lossy();
    let files = labels.get("windows").unwrap_or(labels).as_object();
    let files = files.ok_or("labels are an object of files")?;
    let of_file = files
        .iter()
        .find(|(key, _)| key.rsplit('/').next() == Some(&name));
    let (_, windows) = of_file.ok_or_else(|| format!("no windows of `{name}` among the labels"))?;
    let windows: Vec<(String, String)> = serde_json::from_value(windows.clone())?;
    windows
        .iter()
        .map(|(from, to)| Ok((moment(from)?, moment(to)?)))
        .collect()
}

fn moment(text: &str) -> Result<i64, jiff::Error> {
    let at: DateTime = text.parse()?;
    Ok(at.to_zoned(TimeZone::UTC)?.timestamp().as_second())
}
