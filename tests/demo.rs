//! The demonstration: what it prints, what it holds, and who can reach it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bellwether::clock::SystemClock;
use bellwether_domain::time::{Clock, utc_date};
use bellwether_test_support::{Persona, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
use crate::ingest::sums;

/// The documents that work unchanged: clients and the README build on them.
const BY_PLATFORM: &str = "
{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [PLATFORM], orderBy: [{metric: SPEND, direction: DESC}]})
  { rows { platform impressions spend roi } totals { level impressions spend roi } meta { cache snapshot dataThrough } } }";
const BY_CAMPAIGN: &str = r#"
{ metrics(input: {range: {between: {from: "2021-09-01", until: "2021-10-01"}}, by: [CAMPAIGN]})
  { rows { campaignId campaignName impressions clicks conversions spend } totals { impressions clicks conversions spend }
    table { columns { name type unit } rows } } }"#;
const SCORES: &str = "
{ campaigns(first: 5) { nodes { id name platform objective scores { plugin name value verdict evidence } } pageInfo { hasNextPage endCursor } } }";

/// The whole demonstration, shared by the tests that run at the same time and only read.
pub(crate) fn the_demonstration() -> Arc<TestServer> {
    static SHARED: Mutex<Weak<TestServer>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(TestServer::demo(BELLWETHER));
        *shared = Arc::downgrade(&server);
        server
    })
}

/// A persona of each of the two agencies.
pub(crate) fn of_both_agencies(server: &TestServer) -> [Persona; 2] {
    [server.owner(), server.other_agency()]
}

/// The keys of an object, in order.
fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

fn number(decimal: &Value) -> f64 {
    decimal
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_else(|| panic!("{decimal}"))
}

#[test]
fn the_ready_line_names_url_agencies_brands_and_tokens() {
    let server = an_empty_server();
    let ready = server.ready();
    let agencies = ready["agencies"].as_array().unwrap();
    assert_eq!((keys(ready), agencies.len()), (vec!["agencies", "url"], 2));
    let n_brands = |agency: &Value| agency["brands"].as_array().map_or(0, Vec::len);
    assert_eq!(agencies.iter().map(n_brands).sum::<usize>(), 5);
    for agency in agencies {
        assert_eq!(keys(agency), ["brands", "slug", "tokens"]);
        assert_eq!(keys(&agency["tokens"]), ["analyst", "owner", "viewer"]);
    }
}

#[test]
fn every_platform_has_spend_and_a_return() {
    let server = the_demonstration();
    for persona in of_both_agencies(&server) {
        let answer = persona.data(BY_PLATFORM)["metrics"].take();
        let rows = answer["rows"].as_array().unwrap();
        assert!(rows.len() > 1, "{answer}");
        for row in rows.iter().chain([&answer["totals"][0]]) {
            assert!(number(&row["spend"]) > 0.0 && row["roi"].is_f64(), "{row}");
        }
    }
}

#[test]
fn platforms_are_sorted_by_spend() {
    let rows = the_demonstration().owner().data(BY_PLATFORM)["metrics"]["rows"].take();
    let spends: Vec<f64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| number(&row["spend"]))
        .collect();
    assert!(spends.is_sorted_by(|one, next| one >= next), "{spends:?}");
}

#[test]
fn the_data_end_yesterday() {
    let server = the_demonstration();
    let answer = server.owner().data(BY_PLATFORM)["metrics"].take();
    // Yesterday in the agency's zone is one of the three days around yesterday in UTC.
    let today = utc_date(SystemClock.now());
    let before = today.yesterday().unwrap();
    let days = [today, before, before.yesterday().unwrap()].map(|day| json!(day.to_string()));
    assert!(days.contains(&answer["meta"]["dataThrough"]), "{answer}");
}

#[test]
fn a_month_before_the_data_has_no_rows_and_says_so_in_every_part() {
    let answer = the_demonstration().owner().data(BY_CAMPAIGN)["metrics"].take();
    let columns = answer["table"]["columns"].as_array().unwrap();
    assert!(
        columns.iter().any(|column| column["name"] == "spend"),
        "{answer}"
    );
    assert_eq!(
        (
            &answer["rows"],
            &answer["table"]["rows"],
            &answer["totals"][0]["impressions"]
        ),
        (&json!([]), &json!([]), &json!(null))
    );
}

#[test]
fn the_first_page_of_campaigns_comes_with_their_scores() {
    let campaigns = the_demonstration().owner().data(SCORES)["campaigns"].take();
    let nodes = campaigns["nodes"].as_array().unwrap();
    assert_eq!(
        (nodes.len(), &campaigns["pageInfo"]["hasNextPage"]),
        (5, &json!(true))
    );
    assert!(
        nodes.iter().all(|node| node["scores"].is_array()),
        "{campaigns}"
    );
}

#[test]
fn every_campaign_that_spent_lately_has_a_score_of_the_roi_plugin() {
    let server = the_demonstration();
    let all = SCORES.replace("first: 5", "first: 100");
    let campaigns = server.owner().data(&all)["campaigns"]["nodes"].take();
    let rows = server
        .owner()
        .data(&BY_PLATFORM.replace("PLATFORM]", "CAMPAIGN]"));
    let scored = |node: &&Value| node["scores"][0]["plugin"] == "roi";
    let n_scored = campaigns.as_array().unwrap().iter().filter(scored).count();
    assert_eq!(
        Some(n_scored),
        rows["metrics"]["rows"].as_array().map(Vec::len)
    );
}

#[test]
fn there_are_some_forty_campaigns_and_some_of_them_lose_money() {
    let server = the_demonstration();
    let (mut n_campaigns, mut n_losing) = (0, 0);
    for persona in of_both_agencies(&server) {
        let answer = persona.data(
            "{ metrics(input: {range: {last: {n: 18, unit: MONTH}}, by: [CAMPAIGN]}) { rows { roi } } }",
        );
        let rows = answer["metrics"]["rows"].as_array().unwrap().clone();
        n_campaigns += rows.len();
        n_losing += rows
            .iter()
            .filter(|row| row["roi"].as_f64().is_some_and(|roi| roi < 0.0))
            .count();
    }
    assert!(
        (35..=45).contains(&n_campaigns) && n_losing > 0,
        "{n_losing} of {n_campaigns}"
    );
}

#[test]
fn a_restart_makes_tokens_anew_and_keeps_the_data() {
    let server = TestServer::demo(BELLWETHER);
    let (old, before) = (server.owner().token().to_owned(), sums(&server.owner()));
    let server = server.kill_and_restart();
    let with_old = Persona::new(server.url(), Some(&old));
    let status = with_old
        .post_json("/graphql", &json!({ "query": "{ brands { slug } }" }))
        .status;
    assert_eq!((status, sums(&server.owner())), (401, before));
}

#[test]
fn an_empty_demonstration_has_brands_and_no_campaigns() {
    let server = an_empty_server();
    for persona in of_both_agencies(&server) {
        let data = persona.data("{ brands { slug } campaigns(first: 5) { nodes { id } } }");
        assert!(!data["brands"].as_array().unwrap().is_empty());
        assert_eq!(data["campaigns"]["nodes"], json!([]));
    }
}

/// The addresses on which the machine listens at this port, as the kernel writes them.
fn listeners_at(port: u16) -> Vec<String> {
    let read = |name| std::fs::read_to_string(format!("/proc/net/{name}")).unwrap_or_default();
    let listening = format!("{}{}", read("tcp"), read("tcp6"));
    let of_port = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (address, local_port) = fields.get(1)?.rsplit_once(':')?;
        let listens = fields.get(3) == Some(&"0A");
        (listens && u16::from_str_radix(local_port, 16).ok() == Some(port))
            .then(|| address.to_owned())
    };
    listening.lines().filter_map(of_port).collect()
}

#[test]
fn nobody_but_this_machine_reaches_it_whatever_the_configuration_says() {
    let server = TestServer::with_config(BELLWETHER, "[server]\nbind = \"0.0.0.0\"\n");
    let port = server
        .url()
        .strip_prefix("http://127.0.0.1:")
        .expect("it binds loopback");
    assert_eq!(listeners_at(port.parse().unwrap()), ["0100007F"]);
}

#[test]
fn a_folder_of_somebody_elses_agencies_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let owned = [
        "admin",
        "add-agency",
        "acme",
        "--name",
        "A",
        "--currency",
        "EUR",
        "--timezone",
        "UTC",
        "--data-dir",
    ];
    run(BELLWETHER, owned.iter().chain([&data_dir.as_str()])).succeeded();
    let told = run(BELLWETHER, ["demo", "--port", "0", "--data-dir", &data_dir]);
    assert_eq!(told.code, Some(1));
    assert!(
        told.stderr.contains("holds other agencies"),
        "{}",
        told.stderr
    );
}

#[test]
fn people_are_sent_to_the_explorer_with_a_token() {
    let started = AsPeopleStartIt::given();
    let page = started
        .word("http://127.0.0.1:")
        .replace("/graphql;", "/explorer");
    assert!(started.text.contains(&page), "{}", started.text);
    assert_eq!(Persona::new(&page, None).get("", &[]).status, 200);
}

/// A demonstration started as people start it; killed when dropped.
struct AsPeopleStartIt {
    child: Child,
    text: String,
    /// Read no further, but open: who prints into a closed pipe fails.
    _stdout: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

impl AsPeopleStartIt {
    fn given() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(BELLWETHER);
        command
            .args(["demo", "--empty", "--port", "0", "--data-dir"])
            .arg(folder.path());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut n_queries = 0;
        for line in stdout.by_ref().lines().map_while(Result::ok) {
            n_queries += usize::from(line.starts_with('{'));
            text += &line;
            text.push('\n');
            if n_queries == 3 {
                break;
            }
        }
        Self {
            child,
            text,
            _stdout: stdout,
            _folder: folder,
        }
    }

    /// The word that begins so.
    fn word(&self, beginning: &str) -> &str {
        let word = self
            .text
            .split_whitespace()
            .find(|word| word.starts_with(beginning));
        word.unwrap_or_else(|| panic!("no `{beginning}` in {}", self.text))
    }
}

impl Drop for AsPeopleStartIt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_queries_to_paste_work_with_the_url_and_a_token_as_printed() {
    let started = AsPeopleStartIt::given();
    assert!(
        started.text.contains("\ncurl -s http://127.0.0.1:"),
        "{}",
        started.text
    );
    let url = started
        .word("http://127.0.0.1:")
        .trim_end_matches("/graphql;");
    let reader = Persona::new(url, Some(started.word("bw_")));
    for query in started.text.lines().filter(|line| line.starts_with('{')) {
        reader.data(query);
    }
}

/// What the demonstration's records are to show in every brand.
const RECORDS: &str = "
{ products { nodes { brand { slug } price { amount } claims { text } tone } }
  contents { nodes { brand { slug } price { amount } claims tone } }
  agreements { nodes { notice { days } cancellationFee { percent } } }
  audiences { nodes { distributions { shares { value share } } } }
  experiments { nodes { key result { comparisons { verdict } } } } }";

#[test]
fn every_brand_promises_a_miracle_at_another_price_and_has_an_agreement_with_a_fee() {
    let server = the_demonstration();
    for persona in of_both_agencies(&server) {
        let records = persona.data(RECORDS);
        let nodes = |list: &str| records[list]["nodes"].as_array().expect("a list").clone();
        let n_brands = persona.data("{ brands { id } }")["brands"]
            .as_array()
            .map_or(0, Vec::len);
        for list in ["products", "contents", "agreements", "audiences"] {
            assert_eq!(nodes(list).len(), n_brands, "{list}");
        }
        for (product, content) in nodes("products").iter().zip(nodes("contents")) {
            assert_eq!(product["brand"], content["brand"]);
            assert_ne!(product["price"], content["price"]);
            assert_ne!(product["tone"], content["tone"]);
            assert_eq!(content["claims"][0], "miracle cure");
        }
        assert_eq!(nodes("agreements")[0]["cancellationFee"]["percent"], "20");
        assert_eq!(nodes("agreements")[0]["notice"]["days"], 30);
    }
}

#[test]
fn one_experiment_of_a_brand_is_clear_and_the_other_is_not() {
    let server = the_demonstration();
    let records = server.owner().data(RECORDS);
    let verdicts = |key: &str| {
        let experiments = records["experiments"]["nodes"].as_array().expect("a list");
        let of_key = experiments.iter().filter(|it| it["key"] == key);
        let verdict = |it: &Value| it["result"]["comparisons"][0]["verdict"].clone();
        of_key.map(verdict).collect::<Vec<_>>()
    };
    assert_eq!(verdicts("caption"), ["DIFFERENT"; 3]);
    assert_eq!(verdicts("music"), ["NO_DIFFERENCE"; 3]);
}
