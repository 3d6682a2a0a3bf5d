//! `bellwether batch …`: what was sent in, and undoing one of it.

use std::process::ExitCode;

use bellwether_domain::agency::Slug;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::ids::BatchId;
use bellwether_service::BatchState;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::door::{Door, DoorArgs};
use super::ingest::word;

/// How many batches one question asks for.
const PAGE: u32 = 100;

const LIST: &str = "query($brand: ID, $dataset: DatasetName, $state: BatchState, $first: Int, $after: String) {
  batches(brand: $brand, dataset: $dataset, state: $state, first: $first, after: $after) {
    nodes { id dataset brand { slug } state receivedAt finishedAt commit accepted rowsWritten retractedBy }
    pageInfo { hasNextPage endCursor }
  }
}";

const RETRACT: &str = "mutation($batch: ID!) {
  retractBatch(input: {batchId: $batch}) {
    batch { id retractedBy } snapshot userErrors { message code }
  }
}";

/// The commands of `batch`.
#[derive(Debug, Subcommand)]
pub(super) enum BatchCommand {
    /// List batches, newest first.
    List(ListArgs),
    /// Undo a batch: the next answer is without its rows.
    Retract(RetractArgs),
}

/// The arguments of `batch list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// The agency's short name; with `--url` the token decides.
    #[arg(long, value_parser = slug)]
    agency: Option<Slug>,
    /// Only batches of this brand, by its short name.
    #[arg(long, value_parser = slug)]
    brand: Option<Slug>,
    /// Only batches of this dataset.
    #[arg(long, value_parser = word::<DatasetName>)]
    dataset: Option<DatasetName>,
    /// Only batches in this state.
    #[arg(long, value_parser = state)]
    state: Option<BatchState>,
    /// How many at most.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

/// The arguments of `batch retract`.
#[derive(Debug, Args)]
pub(super) struct RetractArgs {
    #[command(flatten)]
    door: DoorArgs,
    /// The agency's short name; with `--url` the token decides.
    #[arg(long, value_parser = slug)]
    agency: Option<Slug>,
    /// The batch's id.
    batch: String,
    /// Print one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: BatchCommand) -> Result<ExitCode, String> {
    match command {
        BatchCommand::List(args) => args.run().await,
        BatchCommand::Retract(args) => args.run().await,
    }
}

impl ListArgs {
    async fn run(self) -> Result<ExitCode, String> {
        require_agency(&self.door, self.agency.as_ref())?;
        let door = self.door.open().await?;
        let batches = self.batches(&door).await?;
        if self.json {
            super::say(json!({ "batches": batches }));
        } else if batches.is_empty() {
            super::say("no batches");
        } else {
            for batch in &batches {
                super::say(line(batch));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn batches(&self, door: &Door) -> Result<Vec<Value>, String> {
        let brand = self.brand_id(door).await?;
        let mut batches: Vec<Value> = Vec::new();
        let mut after = Value::Null;
        loop {
            let missing = self.limit - u32::try_from(batches.len()).unwrap_or(self.limit);
            if missing == 0 {
                return Ok(batches);
            }
            let variables = json!({
                "brand": brand,
                "dataset": self.dataset.map(|it| it.as_str().to_ascii_uppercase()),
                "state": self.state.map(BatchState::as_str),
                "first": missing.min(PAGE),
                "after": after,
            });
            let mut data = door.graphql(self.agency.as_ref(), LIST, variables).await?;
            let page = &mut data["batches"];
            if let Value::Array(nodes) = page["nodes"].take() {
                batches.extend(nodes);
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return Ok(batches);
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }

    async fn brand_id(&self, door: &Door) -> Result<Option<String>, String> {
        let Some(slug) = &self.brand else {
            return Ok(None);
        };
        let asked = door.graphql(self.agency.as_ref(), "{ brands { id slug } }", json!({}));
        let data = asked.await?;
        let brands = data["brands"].as_array().into_iter().flatten();
        let found = brands
            .into_iter()
            .find(|brand| brand["slug"] == slug.as_str());
        match found.and_then(|brand| brand["id"].as_str()) {
            Some(id) => Ok(Some(id.to_owned())),
            None => Err(Refusal::not_found("brand", slug).message),
        }
    }
}

impl RetractArgs {
    async fn run(self) -> Result<ExitCode, String> {
        require_agency(&self.door, self.agency.as_ref())?;
        let batch = self.batch.parse::<BatchId>();
        let batch = batch.map_err(|refusal| refusal.message)?;
        let door = self.door.open().await?;
        let variables = json!({ "batch": batch });
        let mut data = door
            .graphql(self.agency.as_ref(), RETRACT, variables)
            .await?;
        let payload = data["retractBatch"].take();
        let is_done = payload["batch"].is_object();
        if self.json {
            super::say(&payload);
        } else if is_done {
            let commit = &payload["batch"]["retractedBy"];
            super::say(format!(
                "{batch} is undone by commit {commit}; answers from now on are without its rows"
            ));
        }
        if is_done {
            return Ok(ExitCode::SUCCESS);
        }
        let told = payload["userErrors"][0]["message"].as_str();
        let told = told.unwrap_or("the batch was not retracted");
        if self.json {
            return Ok(ExitCode::FAILURE);
        }
        Err(told.to_owned())
    }
}

pub(super) fn require_agency(door: &DoorArgs, agency: Option<&Slug>) -> Result<(), String> {
    if door.is_remote() || agency.is_some() {
        return Ok(());
    }
    Err("name the agency with `--agency`, or a server with `--url` and `--token`".to_owned())
}

/// A batch on one line.
fn line(batch: &Value) -> String {
    let text = |name: &str| batch[name].as_str().unwrap_or("-").to_owned();
    let rows = batch["accepted"].as_u64();
    let rows = rows.map_or_else(|| "-".to_owned(), |n_rows| n_rows.to_string());
    let brand = batch["brand"]["slug"].as_str().unwrap_or("-");
    let undone = batch["retractedBy"].as_u64();
    let undone = undone.map_or_else(String::new, |commit| format!("  undone by commit {commit}"));
    format!(
        "{}  {}  {:<14}  {:<12}  {:<9}  {rows:>9} rows{undone}",
        text("id"),
        text("receivedAt"),
        text("dataset").to_ascii_lowercase(),
        brand,
        text("state"),
    )
}

pub(super) fn slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|refusal| refusal.message)
}

/// A state, in whichever case it is typed.
fn state(text: &str) -> Result<BatchState, String> {
    word::<BatchState>(&text.to_ascii_uppercase())
}
