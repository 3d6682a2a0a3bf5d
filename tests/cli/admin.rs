//! What an operator sets up with `bellwether admin`, as a server then answers it.

use bellwether_test_support::{Persona, Stopped, run};
use serde_json::json;
use tempfile::TempDir;

use super::bellwether;
use crate::given::BELLWETHER;

/// An operator's folder, set up by `admin` alone.
struct Agency {
    folder: TempDir,
    owner: String,
}

impl Agency {
    fn given() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let agency = Self {
            folder,
            owner: String::new(),
        };
        let options = [
            "add-agency",
            "acme",
            "--name",
            "Acme & Sons",
            "--currency",
            "EUR",
            "--timezone",
            "Europe/Berlin",
        ];
        let owner = agency.admin_of(&options);
        agency.admin_of(&["add-brand", "tea", "--agency", "acme", "--name", "Tea"]);
        agency.admin_of(&["add-brand", "milk", "--agency", "acme", "--name", "Milk"]);
        Self { owner, ..agency }
    }

    /// What `admin` prints to these arguments.
    fn admin_of(&self, arguments: &[&str]) -> String {
        let data_dir = self.folder.path().join("data").display().to_string();
        let line = ["admin"]
            .iter()
            .chain(arguments)
            .copied()
            .chain(["--data-dir", &data_dir]);
        run(BELLWETHER, line).succeeded().stdout.trim().to_owned()
    }

    fn add_member(&self, options: &str) -> String {
        let line = format!("add-member --agency acme {options}");
        self.admin_of(&line.split(' ').collect::<Vec<_>>())
    }

    /// Serves the folder and asks it something.
    fn asked<T>(self, ask: impl FnOnce(&str) -> T) -> T {
        let served = Stopped::left_in(BELLWETHER, self.folder).serve();
        ask(served.url())
    }
}

/// The status of a question with this token.
fn status(url: &str, token: &str) -> u16 {
    let asker = Persona::new(url, Some(token));
    asker
        .post_json(
            "/graphql",
            &json!({ "query": "{ viewer { agency { slug } } }" }),
        )
        .status
}

#[test]
fn an_agency_that_admin_made_is_served_to_its_owner() {
    let agency = Agency::given();
    let owner = agency.owner.clone();
    let slugs = agency.asked(|url| Persona::new(url, Some(&owner)).data("{ brands { slug } }"));
    assert_eq!(
        slugs,
        json!({ "brands": [{ "slug": "milk" }, { "slug": "tea" }] })
    );
}

#[test]
fn a_member_of_one_brand_sees_that_brand_alone() {
    let agency = Agency::given();
    let client = agency.add_member("client --role CLIENT --brand tea");
    let slugs = agency.asked(|url| Persona::new(url, Some(&client)).data("{ brands { slug } }"));
    assert_eq!(slugs, json!({ "brands": [{ "slug": "tea" }] }));
}

#[test]
fn a_revoked_token_opens_nothing_any_more() {
    let agency = Agency::given();
    let (kept, lost) = (
        agency.add_member("kept --role ANALYST"),
        agency.add_member("lost --role ANALYST"),
    );
    assert_eq!(
        agency.admin_of(&["revoke-tokens", "--agency", "acme", "lost"]),
        "tokens revoked: 1"
    );
    assert_eq!(
        agency.asked(|url| (status(url, &kept), status(url, &lost))),
        (200, 401)
    );
}

#[test]
fn a_token_of_one_day_opens_today_and_of_no_day_is_refused() {
    let agency = Agency::given();
    let token = agency.add_member("lasting --role ANALYST --token-days 1");
    assert_eq!(agency.asked(|url| status(url, &token)), 200);
    let line = "admin add-member --agency acme over --role ANALYST --token-days 0";
    let over = run(BELLWETHER, line.split(' '));
    assert_eq!(over.code, Some(2));
    assert!(
        over.stderr.contains("0 is not in 1..=65535"),
        "{}",
        over.stderr
    );
}

#[test]
fn an_operators_token_shows_the_instance_and_no_agency() {
    let agency = Agency::given();
    let operator = agency.admin_of(&["operator-token"]);
    let seen = agency.asked(|url| {
        let operator = Persona::new(url, Some(&operator));
        let question = operator.post_json("/graphql", &json!({ "query": "{ brands { slug } }" }));
        (operator.get("/v1/status", &[]).status, question.status)
    });
    assert_eq!(seen, (200, 401));
}

#[test]
fn an_agency_of_an_unknown_currency_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!(
        "admin add-agency acme --name Acme --currency CAN --timezone UTC --data-dir {}",
        folder.path().display()
    );
    let told = bellwether(&line);
    assert_eq!(told.code, Some(1));
    assert!(
        told.stderr.contains("did you mean `CAD`?"),
        "{}",
        told.stderr
    );
}
