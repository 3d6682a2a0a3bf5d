//! The explorer: a page and its files, served from the executable alone.

use std::collections::BTreeSet;

use bellwether_test_support::{Persona, Reply, TestServer};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};

/// Everything that the page is made of, itself first.
const FILES: [(&str, &str); 7] = [
    ("/explorer", "text/html; charset=utf-8"),
    ("/explorer/explorer.css", "text/css; charset=utf-8"),
    ("/explorer/explorer.js", "text/javascript; charset=utf-8"),
    ("/explorer/worker.js", "text/javascript; charset=utf-8"),
    ("/explorer/samples.json", "application/json"),
    ("/explorer/icon.svg", "image/svg+xml"),
    ("/explorer/licences.txt", "text/plain; charset=utf-8"),
];

const NO_GZIP: (&str, &str) = ("accept-encoding", "identity");

fn switched_off() -> TestServer {
    TestServer::with_config(BELLWETHER, "[explorer]\nenabled = false\n")
}

/// The values of `name="…"` in a text.
fn quoted<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let parts = text.split(name).skip(1);
    parts.filter_map(|part| part.strip_prefix("=\"")?.split('"').next())
}

/// The addresses in `url(…)` of a style sheet that are not in the sheet itself.
fn loaded_by_styles(sheet: &str) -> BTreeSet<&str> {
    let urls = sheet.split("url(").skip(1);
    let urls = urls.filter_map(|part| part.split(')').next());
    urls.map(|url| url.trim_matches(['"', '\'']))
        .filter(|url| !url.starts_with("data:") && !url.starts_with('#'))
        .collect()
}

#[test]
fn the_page_and_its_files_need_no_token() {
    let server = an_empty_server();
    for (path, content_type) in FILES {
        let reply = server.anonymous().get(path, &[NO_GZIP]);
        assert_eq!(
            (reply.status, reply.headers["content-type"].as_str()),
            (200, content_type),
            "{path}"
        );
        assert!(!reply.text.is_empty(), "{path}");
    }
}

#[test]
fn every_file_that_the_page_refers_to_is_served() {
    let server = an_empty_server();
    let anonymous = server.anonymous();
    let page = anonymous.get("/explorer", &[]).text;
    let sheet = anonymous.get("/explorer/explorer.css", &[NO_GZIP]).text;
    let of_page = quoted(&page, "src").chain(quoted(&page, "href"));
    let of_sheet = loaded_by_styles(&sheet).into_iter();
    let of_sheet = of_sheet.map(|name| format!("explorer/{}", name.trim_start_matches("./")));
    let referred: BTreeSet<String> = of_page.map(str::to_owned).chain(of_sheet).collect();
    assert!(referred.len() >= 4, "{referred:?}");
    for path in referred {
        // The font is no text: asked by HEAD.
        let reply = anonymous.request("HEAD", &format!("/{path}"), &[], b"");
        assert_eq!(reply.status, 200, "{path}");
    }
}

#[test]
fn the_browser_may_reach_nothing_but_this_server() {
    let server = an_empty_server();
    for (path, _) in FILES {
        let reply = server.anonymous().get(path, &[NO_GZIP]);
        let policy = &reply.headers["content-security-policy"];
        let mut directives = policy.split(';').map(str::trim);
        assert_eq!(directives.next(), Some("default-src 'none'"), "{policy}");
        for directive in directives {
            let (name, sources) = directive.split_once(' ').unwrap();
            let allowed: &[&str] = match name {
                "style-src" => &["'self'", "'unsafe-inline'"],
                "img-src" => &["'self'", "data:"],
                _ => &["'self'", "'none'"],
            };
            let outside = sources.split(' ').find(|source| !allowed.contains(source));
            assert_eq!(outside, None, "{directive}");
        }
        let others = ["x-content-type-options", "referrer-policy"].map(|name| &reply.headers[name]);
        assert_eq!(others, ["nosniff", "no-referrer"], "{path}");
    }
}

#[test]
fn the_page_has_no_script_of_its_own_and_names_no_other_host() {
    let server = an_empty_server();
    let page = server.anonymous().get("/explorer", &[]).text;
    assert!(!page.contains("//"), "{page}");
    let scripts = page.matches("<script").count();
    assert_eq!(page.matches("<script defer src=").count(), scripts);
    assert!(!page.contains(" on"), "{page}");
}

/// The answer to one who has a copy with the tag of another answer.
fn asked_again(persona: &Persona, path: &str, first: &Reply, encoding: &str) -> Reply {
    let headers = [
        ("if-none-match", first.headers["etag"].as_str()),
        ("accept-encoding", encoding),
    ];
    persona.get(path, &headers)
}

#[test]
fn a_copy_is_asked_about_each_time_and_kept_while_it_is_the_one() {
    let server = an_empty_server();
    let anonymous = server.anonymous();
    for (path, _) in FILES {
        let first = anonymous.get(path, &[NO_GZIP]);
        assert_eq!(first.headers["cache-control"], "no-cache", "{path}");
        let again = asked_again(&anonymous, path, &first, "identity");
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
        assert_eq!(again.headers["etag"], first.headers["etag"]);
        let other = anonymous.get(path, &[("if-none-match", "\"another\""), NO_GZIP]);
        assert_eq!(other.status, 200, "{path}");
    }
}

#[test]
fn large_files_come_compressed_to_those_who_take_it() {
    let server = an_empty_server();
    let anonymous = server.anonymous();
    let path = "/explorer/explorer.js";
    let head = |encoding| anonymous.request("HEAD", path, &[("accept-encoding", encoding)], b"");
    let coding = |reply: &Reply| reply.headers.get("content-encoding").cloned();
    for (encoding, expected) in [
        ("gzip, deflate, br", Some("gzip".to_owned())),
        ("br;q=1, GZIP;q=0.5", Some("gzip".to_owned())),
        ("gzip;q=0", None),
        ("br", None),
    ] {
        let reply = head(encoding);
        assert_eq!(coding(&reply), expected, "{encoding}");
        assert_eq!(reply.headers["vary"], "Accept-Encoding");
    }
    let (packed, whole) = (head("gzip"), head("identity"));
    assert_ne!(packed.headers["etag"], whole.headers["etag"]);
    assert_eq!(asked_again(&anonymous, path, &packed, "gzip").status, 304);
    assert_eq!(asked_again(&anonymous, path, &packed, "br").status, 200);
}

#[test]
fn every_sample_is_introduced_and_can_be_asked() {
    let server = an_empty_server();
    let samples = server.anonymous().get("/explorer/samples.json", &[]).json();
    let samples = samples.as_array().unwrap();
    assert!(samples[0].as_str().unwrap().contains("query Weekly"));
    let analyst = server.analyst();
    for sample in samples {
        let document = sample.as_str().unwrap();
        let mut lines = document.lines();
        let title = lines.next().and_then(|line| line.strip_prefix("# "));
        assert!(title.is_some_and(|title| !title.is_empty()), "{document}");
        assert_eq!(lines.next(), Some("#"), "{document}");
        let answer = if document.contains("\nsubscription ") {
            analyst.events(document).data()
        } else {
            analyst.data(document)
        };
        assert!(answer.is_object());
    }
}

#[test]
fn every_sample_of_the_repository_is_served() {
    let server = an_empty_server();
    let served = server.anonymous().get("/explorer/samples.json", &[]).json();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/server/explorer/samples");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    assert_eq!(served, json!(texts.collect::<Vec<_>>()));
}

#[test]
fn a_file_that_the_page_does_not_have_is_404() {
    let server = an_empty_server();
    for path in [
        "/explorer/nothing.js",
        "/explorer/page.html",
        "/explorer/..%2fCargo.toml",
    ] {
        let reply = server.anonymous().get(path, &[]);
        assert_eq!(
            (reply.status, reply.json()["error"]["code"].take()),
            (404, json!("NOT_FOUND")),
            "{path}"
        );
    }
}

#[test]
fn the_explorer_is_read_only() {
    let server = an_empty_server();
    let reply = server.anonymous().post("/explorer", &[], b"");
    assert_eq!(
        (reply.status, reply.headers["allow"].as_str()),
        (405, "GET, HEAD")
    );
}

#[test]
fn switched_off_it_does_not_exist_and_nobody_is_sent_there() {
    let server = switched_off();
    let anonymous = server.anonymous();
    for (path, _) in FILES {
        let reply = anonymous.get(path, &[]);
        let code: Value = reply.json()["error"]["code"].take();
        assert_eq!((reply.status, code), (404, json!("NOT_FOUND")), "{path}");
    }
    assert!(!anonymous.get("/", &[]).text.contains("explorer"));
    assert_eq!(
        server.viewer().data("{ viewer { role } }"),
        json!({ "viewer": { "role": "VIEWER" } })
    );
}

#[test]
fn switched_on_the_front_page_names_it() {
    let server = an_empty_server();
    assert!(server.anonymous().get("/", &[]).text.contains("/explorer"));
}
