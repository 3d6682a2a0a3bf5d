//! A day is written as a whole or not at all, however its hours lie in files.

use bellwether_domain::sample::ProblemCode;

use super::given::{Batches, Folder, IN_DOLLARS, plan_report, rows};

const HEADER: &str = "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\n";

fn plan(folder: &Folder, rows: &[&str], options: &str) -> Batches {
    let mut files = rows.iter().enumerate().map(|(index, rows)| {
        let name = format!("{}.csv", index + 1);
        folder.file(&name, &format!("{HEADER}{rows}\n"))
    });
    let first = files.next().unwrap();
    let others: Vec<String> = files.collect();
    let arguments = format!("{} {IN_DOLLARS} {options}", others.join(" "));
    plan_report(&first, &arguments).unwrap()
}

/// The file, line and code of each line that is not written.
fn left_out(batches: &Batches) -> Vec<(String, ProblemCode)> {
    let batch = batches.only();
    let problems = batch.converted_problems.iter();
    problems
        .map(|problem| (batch.sources.told(problem.line), problem.code))
        .collect()
}

fn told(line: &str, code: ProblemCode) -> (String, ProblemCode) {
    (line.to_owned(), code)
}

#[test]
fn hours_of_a_day_in_two_files_become_one_fact() {
    let folder = Folder::new();
    let halves = ["7,2021-09-15 5:00:00,2", "7,2021-09-15 6:00:00,3"];
    let batches = plan(&folder, &halves, "");
    assert_eq!(batches.only().facts().len(), 1);
    assert_eq!(batches.only().sum("clicks").to_string(), "5");
    assert_eq!(batches.only().source_name, "1.csv, 2.csv");
}

#[test]
fn files_with_their_columns_in_another_order_are_added_by_column() {
    let folder = Folder::new();
    let first = folder.file(
        "1.csv",
        "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS,LIKES\n7,2021-09-15 5:00:00,2,30\n",
    );
    let second = folder.file(
        "2.csv",
        "LIKES,CLICKS,STAT_TIME_HOUR,CAMPAIGN_ID\n40,3,2021-09-15 6:00:00,7\n",
    );
    let batches = plan_report(&first, &format!("{second} {IN_DOLLARS}")).unwrap();
    assert_eq!(batches.only().sum("likes").to_string(), "70");
}

#[test]
fn hourly_files_of_other_measures_are_refused() {
    let folder = Folder::new();
    let first = folder.file("1.csv", "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS,LIKES\n");
    let second = folder.file("2.csv", "CAMPAIGN_ID,STAT_TIME_HOUR,CLICKS\n");
    let refused = plan_report(&first, &format!("{second} {IN_DOLLARS}")).unwrap_err();
    assert!(
        refused.contains("2.csv` has no column `LIKES`, which"),
        "{refused}"
    );
}

#[test]
fn daily_files_stay_batches_of_their_own() {
    let folder = Folder::new();
    let day = "CAMPAIGN_ID,STAT_TIME_DAY,CLICKS\n7,2021-09-15,2\n";
    let (first, second) = (folder.file("1.csv", day), folder.file("2.csv", day));
    let batches = plan_report(&first, &format!("{second} {IN_DOLLARS}")).unwrap();
    assert_eq!(batches.0.len(), 2);
}

#[test]
fn the_same_hour_in_two_files_is_refused_with_file_and_line() {
    let folder = Folder::new();
    let twice = ["7,2021-09-15 5:00:00,2", "7,2021-09-15 5:00:00,3"];
    let batches = plan(&folder, &twice, "");
    let message = &batches.only().converted_problems[1].message;
    assert!(
        message.starts_with("line 2 of `2.csv` is of the same hour as line 2 of `1.csv`"),
        "{message}"
    );
}

#[test]
fn skipping_a_bad_hour_leaves_its_whole_day_out_in_every_file() {
    let folder = Folder::new();
    let files = [
        "7,2021-09-15 5:00:00,2\n7,2021-09-16 5:00:00,1",
        "7,2021-09-15 6:00:00,x\n8,2021-09-15 6:00:00,9",
    ];
    let batches = plan(&folder, &files, "--mode skip");
    assert_eq!(
        left_out(&batches),
        [
            told("line 2 of `1.csv`", ProblemCode::WrongType),
            told("line 2 of `2.csv`", ProblemCode::WrongType),
        ]
    );
    let message = &batches.only().converted_problems[0].message;
    assert!(
        message.starts_with("the day 2021-09-15 is left out, since an hour of the same day is bad: line 2 of `2.csv`"),
        "{message}"
    );
    let kept = rows(batches.only());
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|row| !row.contains("2021-09-15,7,")));
}

#[test]
fn an_hour_that_cannot_be_read_still_counts_against_its_day() {
    let folder = Folder::new();
    let hours = "7,2021-09-15 25:00:00,2\n7,2021-09-15 6:00:00,3\n7,2021-09-16 6:00:00,4";
    let batches = plan(&folder, &[hours], "--mode skip");
    assert_eq!(
        left_out(&batches),
        [
            told("line 2", ProblemCode::BadDate),
            told("line 3", ProblemCode::BadDate)
        ]
    );
}

#[test]
fn a_bad_row_without_a_day_counts_against_every_day_of_its_campaign() {
    let folder = Folder::new();
    let hours = "7,never,2\n7,2021-09-15 6:00:00,3\n8,2021-09-15 6:00:00,4";
    let batches = plan(&folder, &[hours], "--mode skip");
    assert_eq!(batches.only().n_unconverted, 2);
    assert_eq!(rows(batches.only()), ["4,2021-09-15,8,,USD,4"]);
}

#[test]
fn a_bad_row_without_a_campaign_counts_against_every_day() {
    let folder = Folder::new();
    let hours = "7,2021-09-15 6:00:00,3\n,2021-09-16 6:00:00,4";
    let batches = plan(&folder, &[hours], "--mode skip");
    assert_eq!(batches.only().n_unconverted, 2);
}
