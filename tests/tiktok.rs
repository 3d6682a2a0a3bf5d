//! TikTok's own report files, imported by the real command line, and asked for over GraphQL.
//!
//! TikTok's files lie outside the repository; where they are absent a skip is printed.

use std::io::Write;
use std::path::{Path, PathBuf};

use bellwether_domain::money::Decimal;
use bellwether_test_support::{Ran, TestServer, run};
use serde_json::{Value, json};

use crate::given::{BELLWETHER, an_empty_server};
use crate::ingest::sums;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data");

const CAMPAIGNS: &str = "tiktok_campaign_report_hourly_data.csv";
const COUNTRIES: &str = "tiktok_campaign_country_report_data.csv";
const AD_GROUPS: &str = "tiktok_adgroup_report_hourly_data.csv";
const ADS: &str = "tiktok_ad_report_hourly_data.csv";

/// What an import needs that has no file to tell currency and time zone.
const IN_DOLLARS: &[&str] = &[
    "--currency",
    "USD",
    "--timezone",
    "America/New_York",
    "--register",
];

/// The second of the documents that work unchanged.
const SEPTEMBER: &str = r#"
{ metrics(input: {range: {between: {from: "2021-09-01", until: "2021-10-01"}}, by: [CAMPAIGN]})
  { rows { campaignId campaignName impressions clicks conversions spend } totals { impressions clicks conversions spend }
    table { columns { name type unit } rows } } }"#;

/// Runs `ingest --format tiktok` for made-up files of one campaign's hours, with these options.
fn import_hours(server: &TestServer, files: &[&str], options: &[&str]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let paths = files.iter().enumerate().map(|(index, hours)| {
        let path = folder.path().join(format!("{index}.csv"));
        let text = format!("CAMPAIGN_ID,STAT_TIME_HOUR,IMPRESSIONS\n{hours}\n");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    });
    let paths: Vec<String> = paths.collect();
    let analyst = server.analyst();
    let to = [
        &["ingest", "--format", "tiktok", "--json"][..],
        &["--brand", server.brand(0), "--url", server.url()],
        &["--token", analyst.token()],
        IN_DOLLARS,
        options,
    ];
    let paths = paths.iter().map(String::as_str);
    run(BELLWETHER, to.concat().into_iter().chain(paths))
}

#[test]
fn a_day_whose_hours_lie_in_two_files_of_a_command_is_their_sum() {
    let server = an_empty_server();
    let halves = ["7,2021-09-15 5:00:00,2", "7,2021-09-15 6:00:00,3"];
    import_hours(&server, &halves, &[]).succeeded();
    assert_eq!(sums(&server.analyst())["impressions"], 5);
}

#[test]
fn a_day_with_a_skipped_hour_keeps_what_it_had() {
    let server = an_empty_server();
    let whole = "7,2021-09-15 5:00:00,2\n7,2021-09-15 6:00:00,3";
    import_hours(&server, &[whole], &[]).succeeded();
    let broken = [
        "7,2021-09-15 5:00:00,2\n7,2021-09-16 5:00:00,10",
        "7,2021-09-15 6:00:00,-3",
    ];
    let told = import_hours(&server, &broken, &["--mode", "skip"]).succeeded();
    let problems: Vec<Value> = told.json()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| json!([problem["file"], problem["line"], problem["code"]]))
        .collect();
    assert_eq!(
        problems,
        [
            json!(["0.csv", 2, "NEGATIVE_VALUE"]),
            json!(["1.csv", 2, "NEGATIVE_VALUE"])
        ]
    );
    assert_eq!(sums(&server.analyst())["impressions"], 15);
}

/// The folder of the files; `None`, and a printed skip, where they are absent.
fn seeds() -> Option<PathBuf> {
    let folder = Path::new(DATA).join("fivetran_seeds");
    if folder.is_dir() {
        return Some(folder);
    }
    // `eprintln!` would be shown for failed tests only.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: no report files in {}",
        folder.display()
    );
    None
}

/// A server, and the files to import into its first brand.
struct Importer {
    server: TestServer,
    seeds: PathBuf,
}

impl Importer {
    fn given() -> Option<Self> {
        seeds().map(|seeds| Self {
            server: an_empty_server(),
            seeds,
        })
    }

    /// Runs the import of a file with these options to its end.
    fn import(&self, file: &str, options: &[&str]) -> Ran {
        let (analyst, file) = (
            self.server.analyst(),
            self.seeds.join(file).display().to_string(),
        );
        let to = [
            "--brand",
            self.server.brand(0),
            "--url",
            self.server.url(),
            "--token",
            analyst.token(),
        ];
        let line = ["ingest", &file, "--format", "tiktok", "--json"];
        run(BELLWETHER, line.iter().chain(&to).chain(options))
    }

    /// Imports a file that must come in whole, in dollars.
    fn commit(&self, file: &str, options: &[&str]) {
        let options = [IN_DOLLARS, options].concat();
        let answer = self.import(file, &options).succeeded().json();
        assert_eq!(
            (&answer["outcome"], &answer["rejected"]),
            (&json!("COMMITTED"), &json!(0))
        );
    }

    fn delivered(&self) -> Value {
        sums(&self.server.analyst())
    }

    /// What came in by country: its rows, and these fields of its totals.
    fn by_country(&self, totals: &str) -> Value {
        let document = format!(
            r#"{{ metrics(input: {{range: {{between: {{from: "2025-04-01", until: "2025-05-01"}}}},
                 by: [COUNTRY], orderBy: [{{dimension: COUNTRY}}]}})
                 {{ rows {{ country impressions spend }} totals {{ {totals} }} }} }}"#
        );
        self.server.analyst().data(&document)["metrics"].take()
    }

    /// A folder with the ads' history alone, which contradicts no other one.
    fn reference(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let name = "tiktok_ad_history_data.csv";
        std::fs::copy(self.seeds.join(name), folder.path().join(name)).unwrap();
        folder
    }
}

/// Compares sums from GraphQL with the ones written down beside a file, exactly.
fn assert_as_written_down(file: &str, sums: &Value) {
    let text = std::fs::read_to_string(Path::new(DATA).join("expected_aggregates.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let checks = all[format!("fivetran_seeds/{file}")]["checks"]
        .as_object()
        .unwrap();
    assert!(!checks.is_empty());
    for (column, expected) in checks {
        let name = column.to_lowercase().replace("conversion", "conversions");
        let number = |value: &Value| value.to_string().replace('"', "").parse::<Decimal>();
        assert_eq!(
            number(&sums[&name]).ok(),
            number(expected).ok(),
            "{column} of {sums}"
        );
    }
}

#[test]
fn the_hourly_campaign_report_adds_up_to_what_is_written_down() {
    if let Some(importer) = Importer::given() {
        importer.commit(CAMPAIGNS, &[]);
        assert_as_written_down(CAMPAIGNS, &importer.delivered());
    }
}

#[test]
fn the_hourly_campaign_report_comes_back_by_the_document_of_the_readme() {
    if let Some(importer) = Importer::given() {
        importer.commit(CAMPAIGNS, &[]);
        let answer = importer.server.analyst().data(SEPTEMBER)["metrics"].take();
        assert_as_written_down(
            CAMPAIGNS,
            &json!({
                "impressions": answer["totals"][0]["impressions"],
                "clicks": answer["totals"][0]["clicks"],
                "conversions": answer["totals"][0]["conversions"],
                "spend": answer["totals"][0]["spend"],
                "likes": 68, "comments": 0, "shares": 2,
            }),
        );
        let rows = answer["rows"].as_array().unwrap();
        let third = rows.iter().find(|row| row["campaignName"] == "3").unwrap();
        assert_eq!(
            (&third["impressions"], &third["spend"]),
            (&json!(12_222), &json!("222.22"))
        );
        assert_eq!(
            (rows.len(), answer["table"]["rows"].as_array().map(Vec::len)),
            (4, Some(4))
        );
    }
}

#[test]
fn the_country_report_adds_up_to_what_is_written_down() {
    if let Some(importer) = Importer::given() {
        importer.commit(COUNTRIES, &[]);
        let totals = "impressions clicks conversions spend";
        assert_as_written_down(COUNTRIES, &importer.by_country(totals)["totals"][0]);
    }
}

#[test]
fn the_country_report_comes_back_by_country() {
    if let Some(importer) = Importer::given() {
        importer.commit(COUNTRIES, &[]);
        assert_eq!(
            importer.by_country("impressions")["rows"],
            json!([
                { "country": "AU", "impressions": 19_700, "spend": "291.8" },
                { "country": "CA", "impressions": 29_500, "spend": "450" },
                { "country": "GB", "impressions": 19_100, "spend": "273.2" },
                { "country": "US", "impressions": 34_900, "spend": "571.1" },
            ])
        );
    }
}

#[test]
fn the_country_report_stays_out_of_the_campaigns_totals() {
    if let Some(importer) = Importer::given() {
        importer.commit(CAMPAIGNS, &[]);
        importer.commit(COUNTRIES, &[]);
        assert_as_written_down(CAMPAIGNS, &importer.delivered());
    }
}

#[test]
fn the_same_file_again_replaces_and_does_not_double() {
    if let Some(importer) = Importer::given() {
        importer.commit(CAMPAIGNS, &[]);
        importer.commit(CAMPAIGNS, &[]);
        assert_as_written_down(CAMPAIGNS, &importer.delivered());
    }
}

#[test]
fn ads_and_ad_groups_come_in_with_a_history_that_names_their_campaigns() {
    if let Some(importer) = Importer::given() {
        for file in [AD_GROUPS, ADS] {
            let (importer, reference) = (Importer::given().unwrap(), importer.reference());
            importer.commit(
                file,
                &["--reference", &reference.path().display().to_string()],
            );
            assert_as_written_down(file, &importer.delivered());
        }
    }
}

#[test]
fn ads_and_ad_groups_beside_the_campaign_report_change_nothing_of_its_totals() {
    if let Some(importer) = Importer::given() {
        let reference = importer.reference();
        let reference = ["--reference", &reference.path().display().to_string()];
        importer.commit(ADS, &reference);
        importer.commit(CAMPAIGNS, &[]);
        importer.commit(AD_GROUPS, &reference);
        assert_as_written_down(CAMPAIGNS, &importer.delivered());
    }
}

/// The code and line of each problem of a command that sent nothing.
fn unsent(told: &Ran) -> Vec<Value> {
    assert_eq!(
        (told.code, &told.json()["outcome"]),
        (Some(1), &json!("NOT_SENT"))
    );
    let answer = told.json();
    let problems = answer["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|problem| json!([problem["line"], problem["code"]]))
        .collect()
}

#[test]
fn the_histories_there_contradict_each_other_and_every_line_says_so() {
    if let Some(importer) = Importer::given() {
        let seeds = importer.seeds.display().to_string();
        let options = [IN_DOLLARS, &["--reference", &seeds]].concat();
        for file in [ADS, AD_GROUPS] {
            let contradictory = |line| json!([line, "CONTRADICTORY_PARENT"]);
            assert_eq!(
                unsent(&importer.import(file, &options)),
                [2, 3, 4, 5].map(contradictory)
            );
        }
    }
}

#[test]
fn ads_that_no_history_knows_are_refused_by_line() {
    if let Some(importer) = Importer::given() {
        let nothing = tempfile::tempdir().unwrap();
        let name = "tiktok_campaign_history_data.csv";
        std::fs::copy(importer.seeds.join(name), nothing.path().join(name)).unwrap();
        let reference = nothing.path().display().to_string();
        let options = [IN_DOLLARS, &["--reference", &reference]].concat();
        let unresolved = |line| json!([line, "UNRESOLVED_PARENT"]);
        assert_eq!(
            unsent(&importer.import(ADS, &options)),
            [2, 3, 4, 5].map(unresolved)
        );
    }
}

#[test]
fn an_ad_report_without_history_is_told_what_it_needs() {
    if let Some(importer) = Importer::given() {
        let told = importer.import(ADS, IN_DOLLARS);
        assert_eq!(told.code, Some(1));
        assert!(
            told.stderr.contains("give `--reference`"),
            "{}",
            told.stderr
        );
    }
}

#[test]
fn the_advertisers_file_is_refused_for_can_with_cad_suggested() {
    if let Some(importer) = Importer::given() {
        let seeds = importer.seeds.display().to_string();
        let advertisers = importer
            .seeds
            .join("tiktok_advertiser_data.csv")
            .display()
            .to_string();
        let options = [
            "--reference",
            &seeds,
            "--advertisers",
            &advertisers,
            "--register",
        ];
        let told = importer.import(CAMPAIGNS, &options);
        assert_eq!(told.code, Some(1));
        assert!(
            told.stderr.contains("`CAN`") && told.stderr.contains("`CAD`"),
            "{}",
            told.stderr
        );
    }
}
