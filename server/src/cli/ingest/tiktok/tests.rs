//! TikTok's files to facts: made-up small ones, and real ones where `../shared/data` is.

mod days;
mod given;
mod history;
mod real_files;
mod refusals;

use bellwether_domain::batch::IngestMode;
use bellwether_domain::dataset::DatasetName;
use bellwether_domain::sample::{Duplicates, ProblemCode};
use given::{Folder, IN_DOLLARS, plan_report, rows};

#[test]
fn the_hours_of_a_day_become_one_fact_of_that_day() {
    let folder = Folder::new();
    let report = folder.file(
        "report.csv",
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS,SPEND\n7,2021-09-15 5:00:00,2,1.5\n7,2021-09-15 23:00:00,3,-\n",
    );
    let batches = plan_report(&report, IN_DOLLARS).unwrap();
    let facts = batches.only().facts();
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0].key.from.to_string(), "2021-09-15");
    assert_eq!(batches.only().sum("clicks").to_string(), "5");
    assert_eq!(batches.only().sum("spend").to_string(), "1.5");
}

#[test]
fn names_may_be_in_small_letters_and_lines_keep_their_numbers() {
    let folder = Folder::new();
    let report = folder.file(
        "report.csv",
        "stat_time_day,campaign_id,country_code,clicks,reach,_fivetran_synced\n\n2021-09-15 00:00:00,7,us,2.5,9,x\n",
    );
    let batches = plan_report(&report, IN_DOLLARS).unwrap();
    let batch = batches.only();
    assert_eq!(batch.request.dataset, DatasetName::AudienceDaily);
    let problems = batch.problems();
    assert_eq!(problems[0].code, ProblemCode::WrongType);
    assert_eq!(problems[0].line, 3);
}

#[test]
fn lines_are_right_in_files_with_windows_line_ends_too() {
    let folder = Folder::new();
    let report = folder.file(
        "report.csv",
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\r\n7,2021-09-15 5:00:00,1\r\n7,yesterday,1\r\n",
    );
    let batches = plan_report(&report, IN_DOLLARS).unwrap();
    assert_eq!(batches.only().converted_problems[0].line, 3);
    assert_eq!(rows(batches.only()), ["2,2021-09-15,7,,USD,1"]);
}

#[test]
fn the_same_hour_twice_is_refused_with_both_lines_added_or_replaced_as_asked() {
    let folder = Folder::new();
    let report = folder.file(
        "report.csv",
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\n7,2021-09-15 5:00:00,1\n7,2021-09-15 05:00:00,10\n",
    );
    let asked = |rule: &str| {
        let arguments = format!("{IN_DOLLARS} --duplicates {rule}");
        plan_report(&report, &arguments).unwrap()
    };
    let refused = asked("reject");
    assert!(refused.only().is_refused());
    assert!(
        refused.only().converted_problems[0]
            .message
            .contains("line 2 is of the same hour as line 3")
    );
    assert_eq!(asked("sum").only().sum("clicks").to_string(), "11");
    assert_eq!(asked("last").only().sum("clicks").to_string(), "10");
}

#[test]
fn the_same_day_twice_is_left_to_ingest_with_the_rule_asked_for() {
    let folder = Folder::new();
    let report = folder.file(
        "report.csv",
        "CAMPAIGN_ID,COUNTRY_CODE,STAT_TIME_DAY,CLICKS\n7,US,2021-09-15,1\n7,US,2021-09-15,10\n",
    );
    let batches = plan_report(&report, IN_DOLLARS).unwrap();
    assert_eq!(batches.only().request.duplicates, Duplicates::Reject);
    assert_eq!(batches.only().problems().len(), 2);
}

#[test]
fn each_currency_and_zone_becomes_a_batch_with_a_key_of_its_own() {
    let folder = Folder::new();
    folder.file(
        "campaigns.csv",
        "CAMPAIGN_ID,UPDATED_AT,ADVERTISER_ID,CAMPAIGN_NAME\n1,2021-09-15 00:00:00,10,One\n2,2021-09-15 00:00:00,20,Two\n",
    );
    let advertisers = folder.file(
        "advertisers.csv",
        "ID,CURRENCY,TIMEZONE\n10,USD,America/New_York\n20,EUR,Europe/Berlin\n",
    );
    let report = folder.file(
        "report.csv",
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\n1,2021-09-15 5:00:00,1\n2,2021-09-15 5:00:00,1\n3,2021-09-15 5:00:00,1\n",
    );
    let arguments = format!(
        "--advertisers {advertisers} --reference {} --mode skip --idempotency-key k --register",
        folder.path()
    );
    let batches = plan_report(&report, &arguments).unwrap();
    let told: Vec<_> = batches
        .0
        .iter()
        .map(|batch| (batch.source_name.as_str(), rows(batch)))
        .collect();
    assert_eq!(
        told,
        [
            (
                "report.csv (EUR, Europe/Berlin)",
                vec!["3,2021-09-15,2,Two,EUR,1".to_owned()]
            ),
            (
                "report.csv (USD, America/New_York)",
                vec!["2,2021-09-15,1,One,USD,1".to_owned()]
            ),
        ]
    );
    let second = &batches.0[1].request;
    assert_eq!(second.idempotency_key.as_deref(), Some("k-2"));
    assert_eq!(
        second
            .register
            .as_ref()
            .unwrap()
            .timezone
            .as_ref()
            .unwrap()
            .as_str(),
        "America/New_York"
    );
    assert_eq!(second.mode, IngestMode::Skip);
    // Nobody knows whose campaign 3 is.
    assert_eq!(batches.0[0].n_unconverted, 1);
    assert_eq!(batches.0[0].converted_problems[0].line, 4);
    assert_eq!(batches.0[1].n_unconverted, 0);
}
