//! The ROI scorer through the whole host: found in a folder, loaded by a child, asked, checked.

use std::path::{Path, PathBuf};

use bellwether_domain::ids::AgencyId;
use bellwether_domain::time::Timestamp;
use bellwether_plugin_host::{
    ColumnData, Error, InputTable, NamedColumn, PluginDescriptor, PluginHost, PluginHostConfig,
};
use serde_json::{Value, json};

/// Units of money in micros.
const UNIT: i64 = 1_000_000;

fn config(folder: &Path) -> PluginHostConfig {
    PluginHostConfig {
        executable: PathBuf::from(env!("CARGO_BIN_EXE_bellwether-plugin-host")),
        plugin_folders: vec![folder.to_owned()],
        // Generous: a loaded machine is no fault of the plugin.
        call_deadline_ms: 60_000,
        start_deadline_ms: 60_000,
        rows_per_slice_max: 2,
        rows_per_call_max: 1_000,
        output_bytes_max: 1 << 20,
        plugin_files: Vec::new(),
        memory_bytes_max: 1 << 30,
        allow_unconfined: false,
    }
}

/// The folder of the test executable, where cargo puts the libraries of dev-dependencies too.
fn built_folder() -> PathBuf {
    let mut folder = std::env::current_exe().expect("a test has an executable");
    folder.pop();
    folder
}

fn agency() -> AgencyId {
    AgencyId::from_parts(Timestamp::UNIX_EPOCH, 1)
}

async fn roi(host: &PluginHost) -> PluginDescriptor {
    let found = host.discover().await;
    let plugins = found.into_iter().filter_map(|file| file.outcome.ok());
    plugins
        .into_iter()
        .find(|plugin| plugin.name() == "roi")
        .expect("libbellwether_plugin_roi.so is built as a dev-dependency")
}

/// K01, K02 and K04 of `kpi_cases.json`, in units of money.
fn reference_campaigns() -> InputTable {
    let texts = |values: [&str; 3]| {
        ColumnData::Utf8(values.iter().map(|text| Some((*text).to_owned())).collect())
    };
    let money =
        |units: [i64; 3]| ColumnData::Int64(units.iter().map(|units| Some(units * UNIT)).collect());
    let columns = [
        ("campaign_id", texts(["cmp_1", "cmp_2", "cmp_4"])),
        ("campaign_name", texts(["not", "declared", "by roi"])),
        ("objective", texts(["SALES", "SALES", "SALES"])),
        ("spend_micros", money([2_000, 2_000, 2_000])),
        ("revenue_micros", money([12_000, 12_000, 5_000])),
        ("refunds_micros", money([0, 500, 0])),
        ("cogs_micros", money([7_000, 6_800, 3_800])),
        ("agency_fees_micros", money([0, 400, 0])),
        ("production_costs_micros", money([0, 350, 0])),
        ("influencer_costs_micros", money([0, 250, 0])),
        ("total_cost_micros", money([2_000, 3_000, 2_000])),
    ];
    let named = columns.map(|(name, data)| NamedColumn {
        name: name.to_owned(),
        data,
    });
    InputTable {
        columns: named.into(),
    }
}

async fn scored(config: &Value, table: &InputTable) -> Result<Vec<NamedColumn>, Error> {
    let host = PluginHost::new(self::config(&built_folder()));
    let plugin = roi(&host).await;
    let answer = host.run(agency(), &plugin, config, table).await?;
    Ok(answer.columns)
}

fn texts(values: &[&str]) -> ColumnData {
    ColumnData::Utf8(values.iter().map(|text| Some((*text).to_owned())).collect())
}

#[tokio::test]
async fn campaigns_are_scored_by_a_child_over_several_slices() {
    let columns = scored(&json!({}), &reference_campaigns()).await.unwrap();
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["campaign_id", "value", "verdict", "evidence"]);
    assert_eq!(columns[0].data, texts(&["cmp_1", "cmp_2", "cmp_4"]));
    assert_eq!(
        columns[1].data,
        ColumnData::Float64(vec![Some(1.5), Some(0.566_667), Some(-0.4)])
    );
    assert_eq!(columns[2].data, texts(&["KEEP", "KEEP", "MOVE"]));
}

#[tokio::test]
async fn a_configuration_against_the_plugins_schema_is_refused_with_its_place() {
    let refused = scored(&json!({"min_cost_micros": -1}), &reference_campaigns()).await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "plugin `roi`: open failed (2): `min_cost_micros`: -1 is less than the minimum of 0"
    );
}

#[tokio::test]
async fn the_plugins_own_refusal_of_its_configuration_is_passed_on() {
    let config = json!({"keep_at_or_above": -0.5});
    let refused = scored(&config, &reference_campaigns()).await;
    let message = refused.unwrap_err().to_string();
    assert!(
        message.starts_with("plugin `roi`: open failed (2): ") && message.contains("must fall"),
        "{message}"
    );
}

#[tokio::test]
async fn a_declared_column_that_is_missing_is_named() {
    let mut table = reference_campaigns();
    table.columns.retain(|column| column.name != "cogs_micros");
    let refused = scored(&json!({}), &table).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "plugin `roi` can't be given this input: column `cogs_micros` is missing"
    );
}

#[tokio::test]
async fn rows_that_are_not_sorted_by_the_entity_key_are_refused() {
    let mut table = reference_campaigns();
    table.columns[0].data = texts(&["cmp_2", "cmp_1", "cmp_4"]);
    let refused = scored(&json!({}), &table).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "plugin `roi` can't be given this input: row 1 is out of order: \
         rows have to be sorted by `campaign_id`"
    );
}

#[tokio::test]
async fn an_empty_table_gives_an_empty_answer_of_the_same_columns() {
    let mut table = reference_campaigns();
    for column in &mut table.columns {
        column.data = ColumnData::empty(column.data.column_type());
    }
    let columns = scored(&json!({}), &table).await.unwrap();
    assert_eq!(columns.len(), 4);
    assert!(columns.iter().all(|column| column.data.is_empty()));
}

#[tokio::test]
async fn a_file_that_is_no_library_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("libbellwether_plugin_text.so"), "hello").unwrap();
    let found = PluginHost::new(config(folder.path())).discover().await;
    let reason = &found[0].outcome.as_ref().unwrap_err().reason;
    assert!(
        reason.starts_with("not a library that can be loaded: "),
        "{reason}"
    );
}

#[tokio::test]
async fn a_plugin_replaced_after_it_was_found_is_refused() {
    let host = PluginHost::new(config(&built_folder()));
    let mut plugin = roi(&host).await;
    plugin.metadata.version = "0.0.1".to_owned();
    let refused = host
        .run(agency(), &plugin, &json!({}), &reference_campaigns())
        .await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "plugin `roi` is refused: its file has changed since it was found"
    );
}

#[tokio::test]
async fn the_same_bytes_in_two_folders_are_one_plugin() {
    let copies = tempfile::tempdir().unwrap();
    let library = "libbellwether_plugin_roi.so";
    std::fs::copy(built_folder().join(library), copies.path().join(library)).unwrap();
    let mut config = config(copies.path());
    config.plugin_folders.push(built_folder());
    let found = PluginHost::new(config).discover().await;
    let plugins = found.iter().filter_map(|file| file.outcome.as_ref().ok());
    assert_eq!(plugins.filter(|plugin| plugin.name() == "roi").count(), 1);
}

#[tokio::test]
async fn a_run_can_be_moved_to_another_thread() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let host = PluginHost::new(config(&built_folder()));
    let plugin = is_send(roi(&host)).await;
    let answer = is_send(host.run(agency(), &plugin, &json!({}), &reference_campaigns())).await;
    assert_eq!(answer.unwrap().rows(), 3);
}
