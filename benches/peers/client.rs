//! One keep-alive client of Bellwether, as a dashboard has one: HTTP and GraphQL.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::{Agent, SendBody};

use super::questions::Question;

/// The one document of all questions, so that the server may keep it parsed.
const DOCUMENT: &str = "query Peers($input: MetricsInput!, $first: Int, $after: String) { \
    metrics(input: $input, first: $first, after: $after) { \
    table { columns { name } rows } pageInfo { hasNextPage endCursor } meta { cache } } }";

/// The pages tried, largest first: the whole of the largest answer, or what every server grants.
const PAGES: [u32; 2] = [5_000, 1_000];

/// A whole ingest may take so long.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(30);

/// An answer as a table, all pages of it.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The columns' names.
    pub(crate) columns: Vec<String>,
    /// The rows, a value for each column.
    pub(crate) rows: Vec<Vec<Value>>,
    /// How the server says that it came about, of the first page: the others are cut from it.
    pub(crate) cache: String,
    /// From sending the question until all values were parsed.
    pub(crate) elapsed: Duration,
    /// How many requests it took.
    pub(crate) n_pages: u32,
}

/// The client.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    url: String,
    token: String,
    page: u32,
    knows_cache_mode: bool,
}

impl Client {
    /// A client of the server at this address, which first learns what the server knows.
    pub(crate) fn new(url: &str, token: &str) -> Result<Self, String> {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .build()
            .new_agent();
        let mut client = Self {
            agent,
            url: url.to_owned(),
            token: token.to_owned(),
            page: PAGES[1],
            knows_cache_mode: false,
        };
        let sdl = client.get("/schema.graphql")?;
        client.knows_cache_mode = sdl.contains("enum CacheMode");
        Ok(client)
    }

    /// Whether `cache: BYPASS` can be asked for. Without, answers come from the result cache.
    pub(crate) fn knows_cache_mode(&self) -> bool {
        self.knows_cache_mode
    }

    /// Rows of the largest page that the server has granted.
    pub(crate) fn page(&self) -> u32 {
        self.page
    }

    /// Takes the largest page that the server grants for this question.
    pub(crate) fn find_page(&mut self, question: &Question) -> Result<(), String> {
        for page in PAGES {
            self.page = page;
            let body = self.body(question, Some("USE"), None);
            let said = self.post(&body)?;
            if said.get("errors").is_none() {
                return Ok(());
            }
        }
        Err(format!("the server refuses `{}`", question.name))
    }

    /// Asks for the table, page after page unless only the first rows are wanted.
    pub(crate) fn table(&self, question: &Question, cache: &str) -> Result<Answer, String> {
        let mut columns = Vec::new();
        let mut rows = Vec::new();
        let mut cache_said = String::new();
        let mut n_pages = 0;
        let mut after = Value::Null;
        let started = Instant::now();
        loop {
            let body = self.body(question, Some(cache), Some(&after));
            let mut said = self.post(&body)?;
            if let Some(errors) = said.get("errors") {
                return Err(format!("`{}`: {errors}", question.name));
            }
            let metrics = &mut said["data"]["metrics"];
            n_pages += 1;
            for row in taken(&mut metrics["table"]["rows"]) {
                rows.push(match row {
                    Value::Array(values) => values,
                    other => vec![other],
                });
            }
            if n_pages == 1 {
                columns = taken(&mut metrics["table"]["columns"]);
                cache_said = text(&metrics["meta"]["cache"]);
            }
            let more = metrics["pageInfo"]["hasNextPage"] == json!(true);
            if more && question.top.is_none() {
                after = metrics["pageInfo"]["endCursor"].take();
                continue;
            }
            let name = |column: &Value| text(&column["name"]);
            return Ok(Answer {
                elapsed: started.elapsed(),
                columns: columns.iter().map(name).collect(),
                rows,
                cache: cache_said,
                n_pages,
            });
        }
    }

    /// The request that asks for the first page.
    pub(crate) fn body(
        &self,
        question: &Question,
        cache: Option<&str>,
        after: Option<&Value>,
    ) -> String {
        let cache = cache.filter(|_| self.knows_cache_mode);
        let variables = json!({
            "input": question.input(cache),
            "first": question.top.unwrap_or(self.page),
            "after": after,
        });
        json!({ "query": DOCUMENT, "variables": variables }).to_string()
    }

    /// Runs any document; its `data`.
    pub(crate) fn graphql(&self, query: &str, variables: &Value) -> Result<Value, String> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut said = self.post(&body)?;
        match said.get("errors") {
            Some(errors) => Err(errors.to_string()),
            None => Ok(said["data"].take()),
        }
    }

    /// Sends a GraphQL request; the whole answer.
    pub(crate) fn post(&self, body: &str) -> Result<Value, String> {
        let response = self
            .agent
            .post(format!("{}/graphql", self.url))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", "application/json")
            .send(body);
        let mut response = response.map_err(|error| error.to_string())?;
        let bytes = response.body_mut().read_to_vec();
        let bytes = bytes.map_err(|error| error.to_string())?;
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    }

    /// Sends a report file of a brand; how long the server took until it was committed.
    pub(crate) fn ingest(
        &self,
        dataset: &str,
        brand: &str,
        file: &Path,
    ) -> Result<Duration, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let is_csv = file.extension().is_some_and(|ending| ending == "csv");
        let content_type = if is_csv {
            "text/csv"
        } else {
            "application/vnd.apache.parquet"
        };
        let body = std::fs::File::open(file).map_err(|error| told(&error))?;
        let size = body.metadata().map_err(|error| told(&error))?.len();
        let started = Instant::now();
        let response = self
            .agent
            .post(format!("{}/v1/ingest/{dataset}", self.url))
            .query("brand", brand)
            .query("register", "true")
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", content_type)
            .header("Content-Length", size.to_string())
            .send(SendBody::from_owned_reader(body));
        let mut response = response.map_err(|error| told(&error))?;
        let said = response.body_mut().read_to_string();
        let said = said.map_err(|error| told(&error))?;
        let elapsed = started.elapsed();
        if response.status() == 200 {
            return Ok(elapsed);
        }
        let said: String = said.chars().take(500).collect();
        Err(told(&format!("HTTP {}: {said}", response.status())))
    }

    /// A page that is read by GET, with the token.
    pub(crate) fn get(&self, path: &str) -> Result<String, String> {
        let response = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.token))
            .call();
        let mut response = response.map_err(|error| error.to_string())?;
        let text = response.body_mut().read_to_string();
        text.map_err(|error| error.to_string())
    }

    /// The token, for a load generator.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Where the API is, for a load generator.
    pub(crate) fn graphql_url(&self) -> String {
        format!("{}/graphql", self.url)
    }
}

fn taken(value: &mut Value) -> Vec<Value> {
    match value.take() {
        Value::Array(values) => values,
        _ => Vec::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
