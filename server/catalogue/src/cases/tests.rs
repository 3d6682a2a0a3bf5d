//! What happened in a case and what a workflow said can't be changed by any statement.

use bellwether_domain::Scope;
use bellwether_domain::ids::CaseId;
use bellwether_domain::time::Timestamp;
use bellwether_test_support::postgres::PostgresCluster;
use diesel::connection::SimpleConnection;

use crate::error::Error;
use crate::given::an_agency;
use crate::{CaseEntry, CaseRecord, CaseSubject, CaseTurn, Catalogue, Location, SavedDefinition};

fn assert_history_stays(location: Location) {
    let now = Timestamp::UNIX_EPOCH;
    let (catalogue, scope) = an_agency(location, now);
    let id = write_history(&catalogue, &scope, now);
    for statement in [
        "UPDATE case_events SET entry = '[]'",
        "DELETE FROM case_events",
        "UPDATE workflow_definitions SET definition_json = '[]'",
        "DELETE FROM workflow_definitions",
    ] {
        let changed = catalogue.write(|connection| {
            let executed = connection.batch_execute(statement);
            executed.map_err(Error::database("change history"))
        });
        assert!(changed.is_err(), "{statement}");
    }
    let case = catalogue.find_case(&scope, id).unwrap().unwrap();
    let entries = catalogue.case_entries(&scope, &case, 0, 9).unwrap();
    assert_eq!(entries[0].entry, "{}");
}

/// Begins a case of one event and saves a workflow.
fn write_history(catalogue: &Catalogue, scope: &Scope, now: Timestamp) -> CaseId {
    let id = CaseId::from_parts(now, 1);
    let subject = CaseSubject {
        definition: "cancel_promotion".to_owned(),
        brand: None,
        campaign: None,
    };
    let turn = CaseTurn {
        record: CaseRecord {
            id,
            definition: subject.definition.clone(),
            definition_version: 1,
            brand: None,
            campaign: None,
            state: "requested".to_owned(),
            is_final: false,
            version: 1,
            n_events: 1,
            head: String::new(),
            assignee: None,
            due_at: None,
            began_at: now,
            changed_at: now,
        },
        entries: vec![CaseEntry {
            seq: 1,
            entry: "{}".to_owned(),
            sha256: String::new(),
        }],
        texts: Vec::new(),
        timers: Vec::new(),
        is_done: true,
    };
    let begun = catalogue.begin_case(scope, &subject, None, 1, |_| Ok((Some(turn), ())));
    begun.unwrap();
    let saved = SavedDefinition {
        name: "ours".to_owned(),
        version: 1,
        json: "{}".to_owned(),
        saved_by: None,
        saved_at: now,
    };
    catalogue.save_workflow_definition(scope, &saved).unwrap();
    id
}

#[test]
fn no_statement_changes_an_event_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    assert_history_stays(Location::Sqlite(folder.path().join("catalogue.sqlite")));
}

#[test]
fn no_statement_changes_an_event_on_postgres() {
    if let Some(cluster) = PostgresCluster::shared() {
        assert_history_stays(Location::Postgres(cluster.create_database()));
    }
}
