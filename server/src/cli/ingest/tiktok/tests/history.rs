//! Which campaign an ad or ad group is given, and when it is refused one.

use bellwether_domain::sample::ProblemCode;

use super::given::{Batches, Folder, IN_DOLLARS, plan_report, rows};

const AD_GROUPS: &str = "ADGROUP_ID,UPDATED_AT,CAMPAIGN_ID\n";
const ADS: &str = "AD_ID,UPDATED_AT,ADGROUP_ID,CAMPAIGN_ID\n";
const AD_REPORT: &str = "AD_ID,STAT_TIME_HOUR,CLICKS\n5,2021-09-15 5:00:00,1\n";
const AD_GROUP_REPORT: &str = "ADGROUP_ID,STAT_TIME_HOUR,CLICKS\n6,2021-09-15 5:00:00,1\n";

fn plan(folder: &Folder, report: &str) -> Batches {
    let report = folder.file("report.csv", report);
    let arguments = format!("{IN_DOLLARS} --reference {}", folder.path());
    plan_report(&report, &arguments).unwrap()
}

fn problem(batches: &Batches) -> (u64, ProblemCode) {
    let problem = &batches.only().converted_problems[0];
    (problem.line, problem.code)
}

#[test]
fn an_ad_gets_its_ad_group_and_campaign_from_the_newest_rows() {
    let folder = Folder::new();
    folder.file(
        "groups.csv",
        &format!("{AD_GROUPS}6,2021-09-15 10:00:00,77\n6,2021-09-15 9:00:00,66\n"),
    );
    folder.file(
        "ads.csv",
        &format!("{ADS}5,2021-09-14 00:00:00.000,9,88\n5,2021-09-15 00:00:00.000,6,\n"),
    );
    let batches = plan(&folder, AD_REPORT);
    assert_eq!(rows(batches.only()), ["2,2021-09-15,77,,USD,6,5,1"]);
}

#[test]
fn an_ad_group_gets_its_campaign_and_stays_without_ad() {
    let folder = Folder::new();
    folder.file(
        "groups.csv",
        &format!("{AD_GROUPS}6,2021-09-15 10:00:00,77\n"),
    );
    let batches = plan(&folder, AD_GROUP_REPORT);
    assert_eq!(rows(batches.only()), ["2,2021-09-15,77,,USD,6,,1"]);
}

#[test]
fn an_ad_that_no_history_knows_is_refused_by_line() {
    let folder = Folder::new();
    folder.file("ads.csv", &format!("{ADS}4,2021-09-15 00:00:00,6,77\n"));
    let batches = plan(&folder, AD_REPORT);
    assert_eq!(problem(&batches), (2, ProblemCode::UnresolvedParent));
    assert!(batches.only().is_refused());
}

#[test]
fn an_ad_whose_ad_group_no_history_knows_is_refused_by_line() {
    let folder = Folder::new();
    folder.file("ads.csv", &format!("{ADS}5,2021-09-15 00:00:00,,88\n"));
    let batches = plan(&folder, AD_REPORT);
    assert_eq!(problem(&batches), (2, ProblemCode::UnresolvedParent));
}

#[test]
fn histories_that_disagree_are_refused_by_line_for_ads_and_ad_groups() {
    let folder = Folder::new();
    folder.file(
        "groups.csv",
        &format!("{AD_GROUPS}6,2021-09-15 10:00:00,77\n"),
    );
    folder.file("ads.csv", &format!("{ADS}5,2021-09-15 00:00:00,6,88\n"));
    for report in [AD_REPORT, AD_GROUP_REPORT] {
        let batches = plan(&folder, report);
        assert_eq!(problem(&batches), (2, ProblemCode::ContradictoryParent));
        let message = &batches.only().converted_problems[0].message;
        assert!(
            message.contains("`77` (groups.csv, line 2) and `88` (ads.csv, line 2)"),
            "{message}"
        );
    }
}

#[test]
fn two_rows_of_one_moment_that_disagree_are_refused() {
    let folder = Folder::new();
    folder.file(
        "groups.csv",
        &format!("{AD_GROUPS}6,2021-09-15 10:00:00,77\n6,2021-09-15 10:00:00,78\n"),
    );
    assert_eq!(
        problem(&plan(&folder, AD_GROUP_REPORT)),
        (2, ProblemCode::ContradictoryParent)
    );
}
