//! What a TikTok file must not be, and what people are told.

use super::given::{Folder, IN_DOLLARS, plan_report};

const HEADER: &str = "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\n";

#[track_caller]
fn assert_told(told: Result<impl Sized, String>, part: &str) {
    let told = told.err().expect("the command must be refused");
    assert!(told.contains(part), "{told}");
}

#[test]
fn without_an_account_both_ways_to_give_one_are_named() {
    let folder = Folder::new();
    let report = folder.file("report.csv", HEADER);
    assert_told(
        plan_report(&report, ""),
        "both `--currency` and `--timezone`, or `--advertisers`",
    );
    assert_told(
        plan_report(&report, "--currency USD"),
        "`--timezone` is missing",
    );
}

#[test]
fn a_country_given_for_a_currency_is_refused_with_its_line() {
    let folder = Folder::new();
    let report = folder.file("report.csv", HEADER);
    let advertisers = folder.file(
        "advertisers.csv",
        "ID,CURRENCY,TIMEZONE\n1,USD,UTC\n2,CAN,UTC\n",
    );
    let told = plan_report(&report, &format!("--advertisers {advertisers}"));
    assert_told(
        told,
        "line 3, advertiser `2`: currency `CAN` is unknown; use an ISO 4217 code such as `USD`; did you mean `CAD`?",
    );
    assert!(
        plan_report(
            &report,
            &format!("--advertisers {advertisers} {IN_DOLLARS}")
        )
        .is_ok()
    );
    assert_told(
        plan_report(&report, "--currency CAN --timezone UTC"),
        "did you mean `CAD`?",
    );
}

#[test]
fn several_advertisers_need_the_campaign_history() {
    let folder = Folder::new();
    let report = folder.file("report.csv", HEADER);
    let several = folder.file(
        "several.csv",
        "ID,CURRENCY,TIMEZONE\n1,USD,UTC\n2,EUR,UTC\n",
    );
    assert_told(
        plan_report(&report, &format!("--advertisers {several}")),
        "has 2 advertisers",
    );
    let one = folder.file("one.csv", "ID,CURRENCY,TIMEZONE\n1,USD,UTC\n");
    assert!(plan_report(&report, &format!("--advertisers {one}")).is_ok());
}

#[test]
fn an_ad_report_without_history_is_refused() {
    let folder = Folder::new();
    let report = folder.file("report.csv", "AD_ID,STAT_TIME_HOUR,CLICKS\n");
    assert_told(plan_report(&report, IN_DOLLARS), "give `--reference`");
}

#[test]
fn another_dataset_is_refused_with_the_one_that_fits() {
    let folder = Folder::new();
    let report = folder.file("report.csv", HEADER);
    let told = plan_report(&report, &format!("{IN_DOLLARS} --dataset audience_daily"));
    assert_told(
        told,
        "a campaign report, which fits `--dataset delivery_daily` and not `audience_daily`",
    );
    assert_told(
        plan_report(&report, "--dataset delivry_daily"),
        "did you mean `delivery_daily`?",
    );
}

#[test]
fn an_unknown_column_is_refused_with_the_nearest() {
    let folder = Folder::new();
    let report = folder.file("report.csv", "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKZ\n");
    assert_told(
        plan_report(&report, IN_DOLLARS),
        "a column `CLICKZ` that is neither taken over nor left out on purpose; did you mean `CLICKS`?",
    );
}

#[test]
fn a_file_that_is_no_report_is_refused_with_what_is_accepted() {
    let folder = Folder::new();
    let history = folder.file("history.csv", "CAMPAIGN_ID,UPDATED_AT\n");
    assert_told(
        plan_report(&history, IN_DOLLARS),
        "accepted are reports with",
    );
    assert_told(
        plan_report("/nowhere/report.csv", IN_DOLLARS),
        "`/nowhere/report.csv` does not exist",
    );
    assert_told(plan_report(folder.path(), IN_DOLLARS), "is a folder");
}
