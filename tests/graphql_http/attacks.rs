//! Documents and bodies made to cost the server much: each is refused with a code, and others are
//! answered meanwhile. How long each took is printed; `--nocapture` shows it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use bellwether_test_support::{Persona, TestServer};
use serde_json::{Value, json};

use crate::given::an_empty_server;
use crate::metrics::APRIL;

/// Fragments that spread the next one twice, until the document has so many bytes.
fn doubling(n_bytes: usize) -> String {
    let document = |levels: usize| {
        let spread = |n: usize| format!("fragment f{n} on Query{{...f{0} ...f{0}}}", n + 1);
        let fragments = (0..levels).map(spread).collect::<Vec<_>>().concat();
        format!("{{...f0}}{fragments}fragment f{levels} on Query{{__typename}}")
    };
    let found = (1..1_000).map(document).find(|text| text.len() >= n_bytes);
    found.expect("it grows")
}

/// By name, the document and the code that it must be refused with.
fn documents() -> Vec<(&'static str, String, &'static str)> {
    let aliases: Vec<String> = (0..1_000).map(|n| format!("a{n}:role ")).collect();
    let aliases = aliases.concat();
    let deep = 10_000;
    vec![
        ("848 bytes of fragments", doubling(848), "QUERY_TOO_COMPLEX"),
        (
            "1,100 bytes of fragments",
            doubling(1_100),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "600 kB of repeated fields",
            format!("{{ viewer {{ {} }} }}", "role ".repeat(120_000)),
            "LIMIT_EXCEEDED",
        ),
        (
            "60 kB of repeated fields",
            format!("{{ viewer {{ {} }} }}", "role ".repeat(12_000)),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "first: -1",
            format!("{{ metrics(input: {{{APRIL}}}, first: -1) {{ rows {{ spend }} }} }}"),
            "INVALID_INPUT",
        ),
        (
            "1,000 aliases",
            format!("{{ viewer {{ {aliases} }} }}"),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "10,000 levels of fields",
            format!("{}{}", "{a".repeat(deep), "}".repeat(deep)),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "10,000 levels of a list",
            format!("{{ a(b: {}{}) }}", "[".repeat(deep), "]".repeat(deep)),
            "QUERY_TOO_COMPLEX",
        ),
    ]
}

fn code_of(answer: &Value) -> &str {
    let code = &answer["errors"][0]["extensions"]["code"];
    code.as_str().unwrap_or_else(|| panic!("{answer}"))
}

fn assert_attack_fails(viewer: &Persona, name: &str, document: &str, expected: &str) {
    let body = json!({ "query": document });
    let started = Instant::now();
    let answer = viewer.post_json("/graphql", &body).json();
    println!("{name}: {expected} after {:?}", started.elapsed());
    assert_eq!(code_of(&answer), expected, "{name}");
}

/// Sends a body that announces so many bytes, all of it if it is read, and returns what is
/// answered: the status line's code and the body.
fn send_large(server: &TestServer, token: &str, n_bytes: usize) -> (u16, Value) {
    let address = server.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).expect("the server listens");
    let start = r#"{"query": "query ($v: String) { viewer { role } }", "variables": {"v": ""#;
    write!(
        stream,
        "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {n_bytes}\r\nConnection: close\r\n\r\n{start}"
    )
    .expect("the server takes the request");
    let mut sending = stream.try_clone().expect("a socket can be shared");
    let sender = thread::spawn(move || {
        let chunk = vec![b'x'; 64 * 1024];
        // It ends when the server closes the connection.
        (0..n_bytes / chunk.len()).all(|_| sending.write_all(&chunk).is_ok())
    });
    let mut answer = BufReader::new(stream);
    let mut line = String::new();
    answer.read_line(&mut line).expect("the server answers");
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let (mut length, mut header) = (0, String::new());
    while answer.read_line(&mut header).is_ok_and(|n| n > 2) {
        if let Some(value) = header.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length is a number");
        }
        header.clear();
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body).expect("the body is whole");
    drop(answer);
    sender.join().expect("the sender ends");
    let body = serde_json::from_slice(&body).expect("the body is JSON");
    (status.expect("a status line has a status"), body)
}

#[test]
fn every_attack_is_refused_with_its_code() {
    let server = an_empty_server();
    let viewer = server.viewer();
    viewer.data("{ viewer { role } }");
    let attacks = documents();
    assert!(!attacks.is_empty());
    for (name, document, code) in attacks {
        assert_attack_fails(&viewer, name, &document, code);
    }
    viewer.data("{ viewer { role } }");
}

#[test]
fn a_variable_of_100_megabytes_is_refused_before_it_is_sent() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let started = Instant::now();
    let (status, answer) = send_large(&server, viewer.token(), 100_000_000);
    println!(
        "a variable of 100 MB: {} after {:?}",
        code_of(&answer),
        started.elapsed()
    );
    assert_eq!((status, code_of(&answer)), (413, "LIMIT_EXCEEDED"));
    viewer.data("{ viewer { role } }");
}

#[test]
fn a_variable_nested_ten_thousand_deep_is_refused() {
    let server = an_empty_server();
    let start = r#"{"query": "query ($v: JSON) { viewer { role } }", "variables": {"v": "#;
    let body = format!("{start}{}{}}}}}", "[".repeat(10_000), "]".repeat(10_000));
    let json = ("content-type", "application/json");
    let reply = server.viewer().post("/graphql", &[json], body.as_bytes());
    assert_eq!(code_of(&reply.json()), "LIMIT_EXCEEDED", "{}", reply.text);
    assert!(reply.text.contains("variables_depth_max"), "{}", reply.text);
}

#[test]
fn others_are_answered_while_somebody_attacks() {
    const ANSWERS: usize = 40;
    let server = an_empty_server();
    let (attacker, other) = (server.viewer(), server.other_agency());
    let (is_over, n_attacks) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                for (name, document, code) in documents() {
                    assert_attack_fails(&attacker, name, &document, code);
                    n_attacks.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let mut n_answers = 0;
        // Both go on until each has had its turns.
        while n_answers < ANSWERS || n_attacks.load(Ordering::Relaxed) == 0 {
            other.data("{ viewer { role } brands { slug } }");
            n_answers += 1;
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let n_attacks = n_attacks.into_inner();
    println!("{ANSWERS} answers beside {n_attacks} attacks");
    assert!(n_attacks > 0, "nobody attacked while others asked");
}
