//! Each kind of record is made, revised, listed, exported and imported by those whose role keeps
//! records, and only read by the others.

use bellwether_test_support::postgres::PostgresCluster;
use bellwether_test_support::{Persona, TestServer};
use serde_json::json;

use super::given::{accepted, export, import, make_one_of_each, with_member};
use crate::given::{BELLWETHER, an_empty_server};

/// Takes a record of each kind through what members of the role may do.
fn keeps_records(server: &TestServer, persona: &Persona) {
    for (kind, made) in make_one_of_each(server, persona) {
        let told = kind.entity;
        assert_eq!(made["revision"], 1, "{told}");
        let revised = accepted(&kind.revise(persona, &made["id"], 1), &kind);
        assert_eq!(revised["revision"], 2, "{told}");
        assert_eq!(kind.listed(persona), [made["id"].clone()], "{told}");
        for format in ["csv", "ndjson"] {
            let file = kind.exported(persona, format);
            let answer = import(persona, kind.entity, "", format, &file);
            assert_eq!(answer.status, 200, "{told}: {} of\n{file}", answer.text);
            assert_eq!(answer.json()["unchanged"], 1, "{told}: {}", answer.text);
        }
    }
}

#[test]
fn an_owner_keeps_records_of_every_kind() {
    let server = an_empty_server();
    keeps_records(&server, &server.owner());
}

#[test]
fn a_manager_keeps_records_of_every_kind() {
    let (server, manager) = with_member(an_empty_server(), "MANAGER", None);
    keeps_records(&server, &manager);
}

#[test]
fn an_analyst_keeps_records_of_every_kind() {
    let server = an_empty_server();
    keeps_records(&server, &server.analyst());
}

#[test]
fn each_role_keeps_records_of_every_kind_on_postgresql_too() {
    let Some(cluster) = PostgresCluster::shared() else {
        return;
    };
    for role in ["OWNER", "MANAGER", "ANALYST"] {
        let server = TestServer::on_postgres(BELLWETHER, &cluster.create_database());
        let (server, member) = with_member(server, role, None);
        keeps_records(&server, &member);
    }
}

/// A member who only reads sees each record, and changes none in any way.
fn only_reads(server: &TestServer, reader: &Persona) {
    let owner = server.owner();
    for (kind, made) in make_one_of_each(server, &owner) {
        let told = kind.entity;
        assert_eq!(kind.listed(reader), [made["id"].clone()], "{told}");
        let file = kind.exported(reader, "csv");
        assert_eq!(file, kind.exported(&owner, "csv"), "{told}");
        let brand = crate::metrics::brand_id(reader, server.brand(0));
        for answer in [
            kind.create(reader, &brand, None),
            kind.revise(reader, &made["id"], 1),
        ] {
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "FORBIDDEN", "{told}: {answer}");
        }
        let refused = import(reader, kind.entity, "", "csv", &file);
        assert_eq!(refused.status, 403, "{told}: {}", refused.text);
    }
}

#[test]
fn a_viewer_reads_records_of_every_kind_and_changes_none() {
    let server = an_empty_server();
    only_reads(&server, &server.viewer());
}

#[test]
fn a_client_reads_records_of_its_brand_and_changes_none() {
    let server = an_empty_server();
    let brand = server.brand(0).to_owned();
    let (server, client) = with_member(server, "CLIENT", Some(&brand));
    only_reads(&server, &client);
}

#[test]
fn a_client_exports_nothing_of_another_brand() {
    let server = an_empty_server();
    let brand = server.brand(1).to_owned();
    let (server, client) = with_member(server, "CLIENT", Some(&brand));
    make_one_of_each(&server, &server.owner());
    let seen = export(&client, "product", "format=ndjson").text;
    assert_eq!(seen, "");
    let asked = export(&client, "product", &format!("brand={}", server.brand(0)));
    assert_eq!(asked.json()["error"]["code"], "NOT_FOUND");
}

#[test]
fn another_agency_exports_and_imports_nothing_of_the_first_ones_brands() {
    let server = an_empty_server();
    let stranger = server.other_agency();
    for (kind, _) in make_one_of_each(&server, &server.owner()) {
        let told = kind.entity;
        assert_eq!(kind.exported(&stranger, "ndjson"), "", "{told}");
        let asked = export(&stranger, told, &format!("brand={}", server.brand(0)));
        assert_eq!(asked.json()["error"]["code"], "NOT_FOUND", "{told}");
        let file = kind.exported(&server.owner(), "ndjson");
        let answer = import(&stranger, told, "", "ndjson", &file);
        let problems = answer.json()["lines"][0]["problems"].clone();
        assert_eq!(answer.status, 422, "{told}");
        assert_eq!(problems[0]["code"], "NOT_FOUND", "{told}: {problems}");
        assert_eq!(problems[0]["field"], "brand", "{told}");
    }
}

#[test]
fn whoever_has_no_token_is_told_nothing() {
    let server = an_empty_server();
    let nobody = server.anonymous();
    assert_eq!(export(&nobody, "product", "").status, 401);
    let refused = import(&nobody, "product", "", "csv", "key,name\n");
    assert_eq!(refused.json()["error"]["code"], json!("UNAUTHENTICATED"));
}
