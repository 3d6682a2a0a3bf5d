//! Files of other makers, read through maps: reports of Meta Ads, Google Ads and Ocean Engine, and
//! records; and what is said of maps that are wrong.

use std::path::PathBuf;

use bellwether_test_support::{Ran, TestServer, run};
use encoding_rs::GB18030;

use crate::given::{BELLWETHER, an_empty_server};
use crate::metrics::metrics;

const NOVEMBER: &str = r#"range: {between: {from: "2026-11-01", until: "2026-11-03"}}"#;

/// A file in a folder of its own.
struct Written {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn written(name: &str, bytes: &[u8]) -> Written {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Written {
        _folder: folder,
        path,
    }
}

impl Written {
    fn shown(&self) -> String {
        self.path.display().to_string()
    }
}

/// Sends a report through a map to the first brand.
fn ingest(server: &TestServer, map: &str, file: &Written) -> Ran {
    let (token, path) = (server.analyst().token().to_owned(), file.shown());
    let arguments = [
        "ingest",
        &path,
        "--map",
        map,
        "--register",
        "--brand",
        server.brand(0),
        "--url",
        server.url(),
        "--token",
        &token,
    ];
    run(BELLWETHER, arguments)
}

fn answered(server: &TestServer) -> serde_json::Value {
    let selection = "rows { campaignName platform impressions clicks spend revenue conversions }";
    let input = format!("{NOVEMBER}, by: [CAMPAIGN, PLATFORM]");
    metrics(&server.owner(), &input, selection)["rows"].clone()
}

#[test]
fn a_report_of_meta_ads_goes_in_as_it_is() {
    let server = an_empty_server();
    let report = "\u{feff}\"Campaign name\",Day,\"Campaign ID\",\"Attribution setting\",Impressions,Reach,\"Amount spent (USD)\",\"Link clicks\",Purchases,\"Purchases conversion value\",\"CPM (cost per 1,000 impressions) (USD)\",\"Reporting starts\",\"Reporting ends\"\n\
        Total,,,,1500,900,30.5,45,2,80,20.33,2026-11-01,2026-11-02\n\
        \"Spring, warm\",2026-11-01,1201,7-day click,1000,600,20.25,30,2,80,20.25,2026-11-01,2026-11-02\n\
        \"Spring, warm\",2026-11-02,1201,7-day click,500,400,10.25,15,,,20.50,2026-11-01,2026-11-02\n";
    let file = written("meta.csv", report.as_bytes());
    // The total's row has its name first.
    ingest(&server, "meta-ads", &file).succeeded();
    let row = &answered(&server)[0];
    assert_eq!(row["campaignName"], "Spring, warm");
    assert_eq!(row["platform"], "META");
    let numbers = (
        &row["impressions"],
        &row["clicks"],
        &row["spend"],
        &row["revenue"],
    );
    let numbers = serde_json::json!([numbers.0, numbers.1, numbers.2, numbers.3]);
    assert_eq!(numbers, serde_json::json!([1500, 45, "30.5", "80"]));
}

/// A report of Google Ads as text, with this between its cells.
fn google_report(delimiter: &str) -> String {
    let lines = [
        vec![
            "Day",
            "Campaign",
            "Campaign ID",
            "Currency code",
            "Cost",
            "Impr.",
            "Clicks",
            "CTR",
            "Conversions",
            "Conv. value",
        ],
        vec![
            "2026-11-01",
            "Launch",
            "77",
            "EUR",
            "\"1,234.50\"",
            "\"12,000\"",
            "340",
            "2.83%",
            "4.50",
            "\"9,000.25\"",
        ],
        vec![
            "2026-11-02",
            "Launch",
            "77",
            "EUR",
            "0.50",
            "10",
            " --",
            "--",
            "0.00",
            "0.00",
        ],
        vec![
            "Total: Campaigns",
            "",
            "",
            "EUR",
            "\"1,235.00\"",
            "\"12,010\"",
            "340",
            "2.83%",
            "4.50",
            "\"9,000.25\"",
        ],
    ];
    let lines = lines.map(|cells| cells.join(delimiter)).join("\n");
    format!("Campaign report\nNovember 1, 2026 - November 2, 2026\n{lines}\n")
}

#[test]
fn a_report_of_google_ads_goes_in_as_it_is_in_both_of_its_forms() {
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(google_report("\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [google_report(",").into_bytes(), utf16] {
        let server = an_empty_server();
        ingest(&server, "google-ads", &written("google.csv", &bytes)).succeeded();
        let row = &answered(&server)[0];
        assert_eq!(row["campaignName"], "Launch");
        assert_eq!(row["spend"], "1235");
        assert_eq!(row["impressions"], 12_010);
        assert_eq!(row["conversions"], "4.5");
    }
}

#[test]
fn a_report_of_ocean_engine_in_gb18030_with_chinese_headers_goes_in_right() {
    let server = an_empty_server();
    let report = "时间-天,项目ID,项目名称,消耗(元),展示数,点击数,点击率,转化数,支付金额\r\n\
        2026-11-01,7001,双十一 预热,\"1,000.50\",20000,300,1.5%,12,\"3,200\"\r\n\
        2026/11/02,7001,双十一 预热,99.5,1000,-,0%,0,-\r\n\
        总计,,,\"1,100.00\",21000,300,1.43%,12,\"3,200\"\r\n";
    let (bytes, _, is_lossy) = GB18030.encode(report);
    assert!(!is_lossy);
    ingest(&server, "ocean-engine", &written("juliang.csv", &bytes)).succeeded();
    let row = &answered(&server)[0];
    assert_eq!(row["campaignName"], "双十一 预热");
    assert_eq!(row["platform"], "DOUYIN");
    assert_eq!(row["spend"], "1100");
    assert_eq!(row["impressions"], 21_000);
    assert_eq!(row["revenue"], "3200");
}

#[test]
fn a_wrong_row_is_named_by_its_line_in_the_original_and_nothing_is_sent() {
    let server = an_empty_server();
    let report = "Report\nDays\nDay,Campaign ID,Cost,Impr.\n2026-11-01,7,\"1,50\",3\n";
    let ran = ingest(
        &server,
        "google-ads",
        &written("google.csv", report.as_bytes()),
    );
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("line 4"), "{ran:#?}");
    assert!(ran.stdout.contains("`1,50` is not a number"), "{ran:#?}");
    assert_eq!(answered(&server), serde_json::json!([]));
}

#[test]
fn a_map_that_does_not_fit_says_which_column_and_what_it_would_need() {
    let report = written("google.csv", b"a\nb\nDay,Campaign ID,Costs,Impr.\n");
    let ran = run(BELLWETHER, ["map", "check", "google-ads", &report.shown()]);
    assert_eq!(ran.code, Some(1));
    let told = "columns.spend.from: the file has no column `Cost`, from which `spend` is to be filled; did you mean `Costs`?";
    assert!(ran.stderr.contains(told), "{ran:#?}");
    let own = "dataset = \"delivery_daily\"\n[columns.spent]\nfrom = \"Cost\"\n";
    let own = written("own.toml", own.as_bytes());
    let ran = run(BELLWETHER, ["map", "check", &own.shown()]);
    assert!(ran.stderr.contains("columns.spent: "), "{ran:#?}");
    assert!(ran.stderr.contains("did you mean `spend`?"), "{ran:#?}");
    assert!(ran.stderr.contains("needs the column `date`"), "{ran:#?}");
}

#[test]
fn a_map_that_fits_is_said_to_and_can_be_begun_from() {
    let report = written("google.csv", google_report(",").as_bytes());
    let ran = run(BELLWETHER, ["map", "check", "google-ads", &report.shown()]).succeeded();
    assert!(
        ran.stdout
            .contains("2 rows of delivery_daily, 0 of them wrong"),
        "{ran:#?}"
    );
    let listed = run(BELLWETHER, ["map", "list"]).succeeded();
    assert_eq!(listed.stdout, "meta-ads\ngoogle-ads\nocean-engine\n");
    let shown = run(BELLWETHER, ["map", "show", "ocean-engine"]).succeeded();
    let own = written("own.toml", shown.stdout.as_bytes());
    run(BELLWETHER, ["map", "check", &own.shown()]).succeeded();
}

/// A map of a shop's list of products.
const SHOP: &str = r#"
records = "product"
encoding = "gb18030"
decimal_mark = ","
[columns.key]
from = "货号"
[columns.name]
from = "名称"
[columns."price.amount"]
from = "价格"
[columns."price.currency"]
constant = "CNY"
[columns.stock]
from = "库存"
words = { "有" = "IN_STOCK", "无" = "OUT_OF_STOCK" }
"#;

#[test]
fn records_are_read_through_a_map_too() {
    let server = an_empty_server();
    let (bytes, _, _) = GB18030.encode("货号;名称;价格;库存\n\nt1;菊花茶;\"4,95\";有\n");
    let (file, map) = (
        written("shop.csv", &bytes),
        written("shop.toml", SHOP.as_bytes()),
    );
    let (path, map) = (file.shown(), map.shown());
    let token = server.analyst().token().to_owned();
    let door = [
        "--url",
        server.url(),
        "--token",
        &token,
        "--brand",
        server.brand(0),
    ];
    let import = |entity: &str| {
        let command = ["import", entity, &path, "--map", &map];
        run(BELLWETHER, command.iter().chain(&door))
    };
    let ran = import("product").succeeded();
    assert!(ran.stdout.contains("1 created"), "{ran:#?}");
    let data = server
        .owner()
        .data("{ products { nodes { key name stock price { amount currency } } } }");
    let expected = serde_json::json!([{
        "key": "t1", "name": "菊花茶", "stock": "IN_STOCK", "price": {"amount": "4.95", "currency": "CNY"},
    }]);
    assert_eq!(data["products"]["nodes"], expected);
    let refused = import("party");
    assert!(
        refused.stderr.contains("fills `product`, not `party`"),
        "{refused:#?}"
    );
}

#[test]
fn a_wrong_line_of_records_is_named_and_nothing_is_sent() {
    let server = an_empty_server();
    let (bytes, _, _) = GB18030.encode("货号;名称;价格;库存\nt1;菊花茶;4.95;多\n");
    let (file, map) = (
        written("shop.csv", &bytes),
        written("shop.toml", SHOP.as_bytes()),
    );
    let (path, map, token) = (
        file.shown(),
        map.shown(),
        server.analyst().token().to_owned(),
    );
    let arguments = [
        "import",
        "product",
        &path,
        "--map",
        &map,
        "--brand",
        server.brand(0),
        "--url",
        server.url(),
        "--token",
        &token,
    ];
    let ran = run(BELLWETHER, arguments);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("shop.csv:2: stock: "), "{ran:#?}");
    assert!(
        ran.stderr.contains("shop.csv:2: price.amount: "),
        "{ran:#?}"
    );
    assert!(ran.stderr.contains("nothing was sent"), "{ran:#?}");
}
