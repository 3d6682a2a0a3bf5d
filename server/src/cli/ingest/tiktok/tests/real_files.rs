//! TikTok's files as a connector left them: their sums come through exactly.

use std::path::{Path, PathBuf};

use bellwether_domain::money::Decimal;
use bellwether_domain::sample::ProblemCode;
use serde_json::Value;

use super::given::{Batches, Folder, IN_DOLLARS, plan_report};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");

/// The folder of the files, or `None` with a word about it where they are not.
fn seeds() -> Option<PathBuf> {
    let folder = Path::new(DATA).join("fivetran_seeds");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not on this machine", folder.display());
        return None;
    }
    Some(folder)
}

fn plan(file: &str, arguments: &str) -> Result<Batches, String> {
    plan_report(&format!("{DATA}/fivetran_seeds/{file}"), arguments)
}

#[track_caller]
fn assert_sums_as_expected(batches: &Batches, file: &str) {
    let text = std::fs::read_to_string(format!("{DATA}/expected_aggregates.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let checks = expected[format!("fivetran_seeds/{file}")]["checks"]
        .as_object()
        .unwrap();
    assert!(!checks.is_empty());
    for (column, sum) in checks {
        let measure = match column.to_ascii_lowercase() {
            conversion if conversion == "conversion" => "conversions".to_owned(),
            other => other,
        };
        let expected: Decimal = sum.to_string().parse().unwrap();
        assert_eq!(
            batches.only().sum(&measure),
            expected.normalize(),
            "{measure}"
        );
    }
}

#[test]
fn the_campaign_report_comes_through() {
    if seeds().is_some() {
        let file = "tiktok_campaign_report_hourly_data.csv";
        let batches = plan(file, IN_DOLLARS).unwrap();
        assert_eq!(batches.only().facts().len(), 4);
        assert_sums_as_expected(&batches, file);
    }
}

#[test]
fn the_country_report_comes_through() {
    if seeds().is_some() {
        let file = "tiktok_campaign_country_report_data.csv";
        let batches = plan(file, IN_DOLLARS).unwrap();
        assert_eq!(batches.only().facts().len(), 11);
        assert_sums_as_expected(&batches, file);
    }
}

#[test]
fn ad_and_ad_group_reports_come_through_with_a_history_that_is_of_one_mind() {
    if let Some(seeds) = seeds() {
        for (report, history) in [
            (
                "tiktok_ad_report_hourly_data.csv",
                "tiktok_ad_history_data.csv",
            ),
            (
                "tiktok_adgroup_report_hourly_data.csv",
                "tiktok_adgroup_history_data.csv",
            ),
        ] {
            let folder = Folder::new();
            let text = std::fs::read_to_string(seeds.join(history)).unwrap();
            folder.file(history, &text);
            let arguments = format!("{IN_DOLLARS} --reference {}", folder.path());
            assert_sums_as_expected(&plan(report, &arguments).unwrap(), report);
        }
    }
}

#[test]
fn the_histories_there_contradict_each_other_in_every_line() {
    if let Some(seeds) = seeds() {
        let arguments = format!("{IN_DOLLARS} --reference {}", seeds.display());
        for report in [
            "tiktok_ad_report_hourly_data.csv",
            "tiktok_adgroup_report_hourly_data.csv",
        ] {
            let batches = plan(report, &arguments).unwrap();
            let problems = &batches.only().converted_problems;
            let lines: Vec<u64> = problems.iter().map(|problem| problem.line).collect();
            assert_eq!(lines, [2, 3, 4, 5]);
            assert!(
                problems
                    .iter()
                    .all(|problem| problem.code == ProblemCode::ContradictoryParent)
            );
        }
    }
}

#[test]
fn its_advertiser_file_is_refused_for_a_currency_that_is_none() {
    if let Some(seeds) = seeds() {
        let arguments = format!(
            "--reference {0} --advertisers {0}/tiktok_advertiser_data.csv",
            seeds.display()
        );
        let told = plan("tiktok_campaign_report_hourly_data.csv", &arguments).unwrap_err();
        assert!(
            told.contains("line 3, advertiser `2`") && told.contains("`CAD`"),
            "{told}"
        );
    }
}
