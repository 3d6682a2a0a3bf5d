//! A built plugin, asked from a test.

use std::path::PathBuf;

use bellwether_domain::ids::AgencyId;
use bellwether_domain::time::Timestamp;
use bellwether_plugin_host::{
    ColumnData, Error, InputTable, NamedColumn, OutputTable, PluginDescriptor, PluginHost,
    PluginHostConfig,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A plugin's library and a host to run it.
#[derive(Debug)]
pub(crate) struct Plugin {
    runtime: tokio::runtime::Runtime,
    host: PluginHost,
    descriptor: PluginDescriptor,
}

impl Plugin {
    /// The library of this name from the folder of the test executable, where cargo puts those of
    /// dev-dependencies too.
    pub(crate) fn built(name: &str) -> Self {
        let mut folder = std::env::current_exe().expect("a test has an executable");
        folder.pop();
        let host = PluginHost::new(PluginHostConfig {
            executable: PathBuf::from(env!("CARGO_BIN_EXE_bellwether-plugin-host")),
            plugin_folders: vec![folder],
            call_deadline_ms: 60_000,
            start_deadline_ms: 60_000,
            rows_per_slice_max: 16_384,
            rows_per_call_max: 1_000_000,
            output_bytes_max: 64 << 20,
            plugin_files: Vec::new(),
            memory_bytes_max: 1 << 30,
            allow_unconfined: false,
        });
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let found = runtime.block_on(host.discover());
        let plugins = found.into_iter().filter_map(|file| file.outcome.ok());
        let descriptor = plugins.into_iter().find(|plugin| plugin.name() == name);
        Self {
            runtime,
            host,
            descriptor: descriptor.expect("it is built as a dev-dependency"),
        }
    }

    pub(crate) fn run(&self, config: &Value, rows: Rows) -> Result<OutputTable, Error> {
        let agency = AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1);
        let table = InputTable { columns: rows.0 };
        let run = self.host.run(agency, &self.descriptor, config, &table);
        self.runtime.block_on(run)
    }

    /// The evidence of each row of the answer.
    pub(crate) fn evidence(&self, config: &Value, rows: Rows) -> Vec<Value> {
        let answer = self
            .run(config, rows)
            .unwrap_or_else(|error| panic!("{error}"));
        let Some(ColumnData::Utf8(texts)) = answer.column("evidence") else {
            panic!("{answer:?} has no evidence");
        };
        let parsed = texts
            .iter()
            .flatten()
            .map(|text| serde_json::from_str(text));
        parsed.collect::<Result<_, _>>().expect("evidence is JSON")
    }
}

/// Columns on their way in.
#[derive(Debug, Default)]
pub(crate) struct Rows(Vec<NamedColumn>);

impl Rows {
    /// Rows of these entities.
    pub(crate) fn of(entities: impl IntoIterator<Item = String>) -> Self {
        Self::default().with(
            "campaign_id",
            ColumnData::Utf8(entities.into_iter().map(Some).collect()),
        )
    }

    pub(crate) fn with(mut self, name: &str, data: ColumnData) -> Self {
        self.0.push(NamedColumn {
            name: name.to_owned(),
            data,
        });
        self
    }

    /// The column with every value missing.
    pub(crate) fn without(self, names: &[&str], empty: &ColumnData) -> Self {
        names
            .iter()
            .fold(self, |rows, name| rows.with(name, empty.clone()))
    }
}

/// Entities in the order of a case: `0000`, `0001` and so on.
pub(crate) fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{index:04}")).collect()
}

/// The cases print money with two decimals, which the nearest micro is exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "amounts of the cases are small"
)]
pub(crate) fn micros(amount: f64) -> i64 {
    (amount * 1e6).round() as i64
}

/// Days since 1970-01-01.
pub(crate) fn day(text: &str) -> i32 {
    bellwether_plugin_sdk::date::day_of(text).expect("a case's date is one")
}

pub(crate) fn read<T: DeserializeOwned>(input: &Value) -> T {
    serde_json::from_value(input.clone()).expect("a case's input has its kind's form")
}
