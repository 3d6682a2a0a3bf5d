//! The middle step of `bellwether ingest`: to a server over HTTP, or into the data folder that
//! nobody serves right now.

use std::path::Path;
use std::process::ExitCode;

use bellwether_domain::batch::BatchAnswer;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::{ErrorCode, Scope};
use bellwether_service::SpooledBody;
use serde_json::{Value, json};

use super::ingest::{IngestArgs, PreparedBatch, failed_json, plan, report, send_over_http, unsent};
use super::ingest_bar::IngestBar;
use crate::app::{App, told};
use crate::config::Config;

/// Why a batch has no answer: the sentence for people, and the error for scripts.
struct Failure {
    message: String,
    json: Value,
}

impl Failure {
    fn of_refusal(refusal: &Refusal) -> Self {
        Self {
            message: format!("{}: {}", refusal.code, refusal.message),
            json: json!({ "error": crate::http::refusal_json(refusal) }),
        }
    }
}

pub(super) async fn ingest(args: IngestArgs) -> Result<ExitCode, String> {
    let batches = plan(&args).inspect_err(|message| {
        if args.json {
            // No batch came about, so that the one line is of the command.
            let failure = Failure::of_refusal(&Refusal::invalid(message));
            super::say(failure.json);
        }
    })?;
    if let Some(refused) = unsent(&batches, args.json) {
        super::say(refused.text.trim_end());
        return Ok(ExitCode::FAILURE);
    }
    let door = Door::open(&args).await.inspect_err(|message| {
        if args.json {
            let failure = Failure::of_refusal(&Refusal::new(ErrorCode::Unavailable, message));
            for batch in &batches {
                super::say(failed_json(batch, &failure.json));
            }
        }
    })?;
    let mut success = true;
    for batch in &batches {
        success &= take(&door, batch, &args).await;
    }
    Ok(if success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Sends a batch, says how it ended, and whether it is in.
async fn take(door: &Door, batch: &PreparedBatch, args: &IngestArgs) -> bool {
    match door.take(batch, args).await {
        Ok(answer) => {
            let told = report(&answer, batch, args.json);
            super::say(told.text.trim_end());
            told.success
        }
        Err(failure) if args.json => {
            super::say(failed_json(batch, &failure.json));
            false
        }
        Err(failure) => {
            eprintln!("{}: {}", batch.source_name, failure.message);
            false
        }
    }
}

/// Where batches go.
enum Door {
    Server,
    Folder(Box<(App, Scope)>),
}

impl Door {
    async fn open(args: &IngestArgs) -> Result<Self, String> {
        if args.url.is_some() {
            return Ok(Self::Server);
        }
        let agency = args
            .agency
            .as_ref()
            .ok_or("name the agency with `--agency`, or a server with `--url` and `--token`")?;
        let data_dir = args
            .data_dir
            .as_deref()
            .unwrap_or(Path::new("bellwether-data"));
        if !data_dir.exists() {
            return Err(format!(
                "the data folder `{}` does not exist; name one with `--data-dir`",
                super::shown(data_dir)
            ));
        }
        let app = App::open(Config::load(data_dir, args.config.as_deref())?).await?;
        let scope = app
            .services
            .catalogue()
            .operator_scope(agency)
            .map_err(|error| told(&error))?;
        Ok(Self::Folder(Box::new((app, scope))))
    }

    async fn take(&self, batch: &PreparedBatch, args: &IngestArgs) -> Result<BatchAnswer, Failure> {
        match (self, &args.url, &args.token) {
            (Self::Folder(opened), _, _) => {
                let (app, scope) = &**opened;
                into_folder(app, scope, batch, args.json).await
            }
            (Self::Server, Some(url), Some(token)) => send_over_http(batch, url, token, !args.json)
                .map_err(|failure| Failure {
                    message: failure.message,
                    json: failure.json,
                }),
            (Self::Server, _, _) => {
                let refusal = Refusal::invalid("`--url` needs `--token`");
                Err(Failure::of_refusal(&refusal))
            }
        }
    }
}

async fn into_folder(
    app: &App,
    scope: &Scope,
    batch: &PreparedBatch,
    json: bool,
) -> Result<BatchAnswer, Failure> {
    let taken = async {
        let bytes_max = app.services.config().ingest_body_bytes_max;
        let body = SpooledBody::of_file(batch.path(), bytes_max)?;
        let bar = IngestBar::new(&batch.source_name, &body, json);
        let ingest = app.services.ingest(scope, batch.request.clone(), body);
        bar.show_while(ingest).await
    };
    let taken = taken.await;
    taken.map_err(|error| Failure::of_refusal(&error.refusal()))
}
