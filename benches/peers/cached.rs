//! Answers from cache: requests a second under load, and the server's work for one large answer.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::measure::{median, milliseconds};
use super::questions::Question;
use super::server::{Server, on_two_cores};

/// Connections of the load generator.
const CONNECTIONS: u32 = 16;

/// How long the load lasts.
const LOAD_S: u32 = 15;

/// Requests whose work is added up: the clock of processes ticks every 10 ms.
const LARGE_ANSWERS: u32 = 200;

/// The small answer under load by wrk, which runs on the same two cores.
pub(crate) fn under_load(
    client: &Client,
    question: &Question,
    folder: &Path,
) -> Result<Value, String> {
    let mut answer = client.table(question, "USE")?;
    for _ in 0..3 {
        answer = client.table(question, "USE")?;
    }
    let script = folder.join("wrk.lua");
    let body = client.body(question, Some("USE"), None);
    let lua = format!(
        "wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\n\
         wrk.headers[\"Content-Type\"] = \"application/json\"\n\
         wrk.headers[\"Authorization\"] = \"Bearer {}\"\n",
        client.token()
    );
    std::fs::write(&script, lua).map_err(|error| format!("{}: {error}", script.display()))?;
    let output = on_two_cores(Path::new("wrk"))
        .args(["-t2", &format!("-c{CONNECTIONS}"), &format!("-d{LOAD_S}s")])
        .arg("--latency")
        .arg("-s")
        .arg(&script)
        .arg(client.graphql_url())
        .output();
    let Ok(output) = output else {
        eprintln!("wrk isn't installed (apt-get install wrk): no load measured");
        return Ok(Value::Null);
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let _ = std::fs::remove_file(&script);
    if said.contains("Non-2xx") || said.contains("Socket errors") {
        return Err(format!("errors under load:\n{said}"));
    }
    let word = |mark: &str| {
        let line = said.lines().find(|line| line.trim().starts_with(mark))?;
        line.split_whitespace().nth(1).map(str::to_owned)
    };
    let per_s = word("Requests/sec:").and_then(|text| text.parse::<f64>().ok());
    Ok(json!({
        "rows": answer.rows.len(),
        "columns": answer.columns.len(),
        "cache": answer.cache,
        "connections": CONNECTIONS,
        "requests_per_s": per_s.ok_or_else(|| format!("wrk said:\n{said}"))?,
        "p50": word("50%"),
        "p99": word("99%"),
        "p99_ms": word("99%").as_deref().and_then(wrk_milliseconds),
    }))
}

/// What wrk writes as `1.25ms`, `830.00us` or `1.10s`.
fn wrk_milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0)];
    let (number, factor) = units
        .iter()
        .find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    Some(number.parse::<f64>().ok()? * factor)
}

/// Processor time of the server for the large answer from cache.
pub(crate) fn large(
    server: &Server,
    client: &Client,
    question: &Question,
) -> Result<Value, String> {
    for _ in 0..3 {
        client.table(question, "USE")?;
    }
    let mut times = Vec::new();
    let before = server.cpu()?;
    let mut answer = client.table(question, "USE")?;
    times.push(answer.elapsed);
    for _ in 1..LARGE_ANSWERS {
        answer = client.table(question, "USE")?;
        times.push(answer.elapsed);
    }
    let work: Duration = server.cpu()?.saturating_sub(before) / LARGE_ANSWERS;
    Ok(json!({
        "rows": answer.rows.len(),
        "pages": answer.n_pages,
        "cache": answer.cache,
        "server_cpu_ms": milliseconds(work),
        "client_median_ms": milliseconds(median(&times)),
    }))
}
