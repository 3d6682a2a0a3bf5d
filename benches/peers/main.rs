//! `cargo bench --bench peers`: Bellwether beside DuckDB on the same facts and questions.
//!
//! Makes the facts once, loads both, asks both in turn, compares every answer, and prints medians
//! and ratios as a table for `benches/README.md`; all figures go to a JSON file beside the facts.
//! Exits with 1 when an answer differs. Invariant: Bellwether is seen from outside only, over HTTP
//! and as a process.

mod cached;
mod client;
mod compare;
mod data;
mod duckdb;
mod incremental;
mod load;
mod machine;
mod measure;
mod options;
mod questions;
mod report;
mod server;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Value, json};

use client::Client;
use duckdb::DuckDb;
use incremental::Incremental;
use load::Loaded;
use measure::{Compared, bypassing, never_asked};
use options::Options;
use questions::{Named, Question};
use report::Report;
use server::Server;

/// The brand of the questions about one brand.
const BRAND: &str = "brand-07";

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Whether every answer was the same.
fn run(options: &Options) -> Result<bool, String> {
    let folder = options.folder()?;
    let data = data::ensure(options)?;
    let mut duckdb = DuckDb::start(&options.root()?, &folder, &data)?;
    if options.prepare {
        duckdb.end()?;
        return Ok(true);
    }
    let loaded = load::load(options, &folder, &data)?;

    let log = folder.join("serve.log");
    let server = Server::start(&options.executable, &loaded.data_dir, &log)?;
    let mut client = Client::new(server.url(), &loaded.token)?;
    let questions = asked(&client, &mut duckdb, &loaded)?;
    client.find_page(&questions::by_day_and_platform(&questions[0]))?;
    if !client.knows_cache_mode() {
        eprintln!("this server knows no `cache: BYPASS`: its times are those of its result cache");
    }
    server.settle()?;
    let bypassed = each(&questions, |question| {
        bypassing(&client, &mut duckdb, question, options.repetitions)
    })?;
    let covered = &questions[..4];
    let never = each(covered, |question| {
        never_asked(&client, &mut duckdb, question, options.repetitions)
    })?;
    let cached = from_cache(&server, &client, &questions[0], &folder)?;
    let memory = server.memory()?;
    let status = status(&server, &loaded)?;
    server.stop()?;

    let by_month = questions::by_month(&questions[0]);
    let incremental = Incremental::new(options, &loaded, &folder, &by_month)?;
    let (incremental, mut differences) = incremental.run(&mut duckdb)?;
    for compared in bypassed.iter().chain(&never) {
        differences.extend(compared.differences.iter().cloned());
    }
    let report = Report {
        rows: options.rows,
        machine: machine::describe(&duckdb),
        load: loaded.figures,
        bypassed,
        never_asked: never,
        knows_cache_mode: client.knows_cache_mode(),
        page: client.page(),
        cached,
        memory,
        status,
        incremental,
        differences,
    };
    duckdb.end()?;
    report.write(&folder)?;
    Ok(report.differences.is_empty())
}

/// The five questions, about a brand and about a campaign that reaches many groups of people.
fn asked(client: &Client, duckdb: &mut DuckDb, loaded: &Loaded) -> Result<Vec<Question>, String> {
    let brand = loaded.brand(BRAND)?;
    let most = format!(
        "SELECT campaign FROM audience WHERE brand = '{BRAND}' GROUP BY campaign \
         ORDER BY count(DISTINCT country) DESC, campaign LIMIT 1"
    );
    let rows = duckdb.ask(&most)?.rows;
    let name = rows.first().and_then(|row| row[0].as_str());
    let campaign = campaign(client, &brand, name.ok_or("the brand has no audience")?)?;
    Ok(questions::five(&brand, &campaign))
}

/// The campaign of this external id.
fn campaign(client: &Client, brand: &Named, name: &str) -> Result<Named, String> {
    const CAMPAIGNS: &str = "query Campaigns($brand: ID!, $after: String) { \
        campaigns(first: 100, after: $after, brand: $brand) { \
        nodes { id externalId } pageInfo { hasNextPage endCursor } } }";
    let mut after = Value::Null;
    loop {
        let variables = json!({ "brand": brand.id, "after": after });
        let mut data = client.graphql(CAMPAIGNS, &variables)?;
        let page = &mut data["campaigns"];
        let nodes = page["nodes"].as_array().cloned().unwrap_or_default();
        if let Some(node) = nodes.iter().find(|node| node["externalId"] == name) {
            return Ok(Named {
                name: name.to_owned(),
                id: node["id"].as_str().unwrap_or_default().to_owned(),
            });
        }
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            return Err(format!("Bellwether has no campaign `{name}`"));
        }
        after = page["pageInfo"]["endCursor"].take();
    }
}

fn each(
    questions: &[Question],
    mut measure: impl FnMut(&Question) -> Result<Compared, String>,
) -> Result<Vec<Compared>, String> {
    let mut all = Vec::new();
    for question in questions {
        eprintln!("asking: {}", question.name);
        all.push(measure(question)?);
    }
    Ok(all)
}

fn from_cache(
    server: &Server,
    client: &Client,
    totals: &Question,
    folder: &Path,
) -> Result<Value, String> {
    eprintln!("asking: from cache");
    let by_month = questions::by_month(totals);
    let by_day = questions::by_day_and_platform(totals);
    Ok(json!({
        "under_load": cached::under_load(client, &by_month, folder)?,
        "large": cached::large(server, client, &by_day)?,
    }))
}

/// What the server says of itself to its operator: versions, and caches where it tells of them.
fn status(server: &Server, loaded: &Loaded) -> Result<Value, String> {
    let operator = Client::new(server.url(), &loaded.operator_token)?;
    let text = operator.get("/v1/status")?;
    serde_json::from_str(&text).map_err(|error| format!("/v1/status: {error}"))
}
