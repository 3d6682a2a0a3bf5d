//! Ranges and periods: half-open days, weeks of the agency, months cut by the range.

use bellwether_domain::time::{Date, DateRange, Weekday, date};
use bellwether_test_support::{Persona, TestServer, run};
use serde_json::{Value, json};

use super::{APRIL, an_empty_server, delivered, metrics, refused, today};
use crate::given::BELLWETHER;

/// A report of one impression a day.
fn one_a_day(from: Date, until: Date) -> String {
    let days = DateRange::new(from, until).expect("`until` is after `from`");
    let rows = days
        .iter()
        .map(|day| format!("{day},a,1\n"))
        .collect::<Vec<_>>()
        .concat();
    format!("date,campaign,impressions\n{rows}")
}

fn by_period(persona: &Persona, range: &str, grain: &str) -> Value {
    let input = format!("range: {{{range}}}, by: [PERIOD], grain: {grain}");
    metrics(persona, &input, "rows { period impressions }")["rows"].take()
}

fn periods<const N: usize>(expected: [(&str, i64); N]) -> Value {
    let row = |(period, impressions)| json!({ "period": period, "impressions": impressions });
    Value::Array(expected.map(row).to_vec())
}

#[test]
fn a_range_holds_its_first_day_and_not_its_last() {
    let server = delivered(&one_a_day(date(2026, 4, 1), date(2026, 4, 5)));
    let range = r#"between: {from: "2026-04-02", until: "2026-04-04"}"#;
    assert_eq!(
        by_period(&server.viewer(), range, "DAY"),
        periods([("2026-04-02", 1), ("2026-04-03", 1)])
    );
}

#[test]
fn weeks_start_on_the_agencys_day() {
    let report = one_a_day(date(2026, 4, 1), date(2026, 4, 13));
    let server = delivered(&report);
    server
        .other_agency()
        .commit_csv("delivery_daily", server.other_brand(), &report);
    let april = r#"between: {from: "2026-04-01", until: "2026-05-01"}"#;
    assert_eq!(
        by_period(&server.viewer(), april, "WEEK"),
        periods([("2026-03-29", 4), ("2026-04-05", 7), ("2026-04-12", 1)])
    );
    assert_eq!(
        by_period(&server.other_agency(), april, "WEEK"),
        periods([("2026-03-30", 5), ("2026-04-06", 7)])
    );
}

#[test]
fn a_month_is_named_by_its_first_day_and_cut_by_the_range() {
    let server = delivered(&one_a_day(date(2026, 3, 25), date(2026, 5, 20)));
    let range = r#"between: {from: "2026-03-30", until: "2026-05-03"}"#;
    assert_eq!(
        by_period(&server.viewer(), range, "MONTH"),
        periods([("2026-03-01", 2), ("2026-04-01", 30), ("2026-05-01", 2)])
    );
}

#[test]
fn a_week_across_two_months_is_one_row() {
    let server = delivered(&one_a_day(date(2026, 4, 26), date(2026, 5, 3)));
    let range = r#"between: {from: "2026-04-01", until: "2026-06-01"}"#;
    assert_eq!(
        by_period(&server.viewer(), range, "WEEK"),
        periods([("2026-04-26", 7)])
    );
}

#[test]
fn the_last_days_weeks_and_months_end_before_the_present_one() {
    let server = an_empty_server();
    let viewer = server.viewer();
    let today = today(&viewer);
    let from = (0..100).fold(today, |day, _| day.yesterday().unwrap());
    let tomorrow = today.tomorrow().unwrap();
    server.analyst().commit_csv(
        "delivery_daily",
        server.brand(0),
        &one_a_day(from, tomorrow),
    );

    let days = by_period(&viewer, "last: {n: 3, unit: DAY}", "DAY");
    let yesterday = today.yesterday().unwrap();
    assert_eq!(days.as_array().unwrap().len(), 3);
    assert_eq!(days[2]["period"], json!(yesterday.to_string()));

    let weeks = by_period(&viewer, "last: {n: 2, unit: WEEK}", "WEEK");
    let since_sunday = today.weekday().since(Weekday::Sunday);
    let this_week = (0..since_sunday).fold(today, |day, _| day.yesterday().unwrap());
    let last_week = (0..7).fold(this_week, |day, _| day.yesterday().unwrap());
    assert_eq!(weeks.as_array().unwrap().len(), 2);
    assert_eq!(
        weeks[1],
        json!({ "period": last_week.to_string(), "impressions": 7 })
    );

    let months = by_period(&viewer, "last: {n: 1, unit: MONTH}", "MONTH");
    let last_month = today.first_of_month().yesterday().unwrap();
    let expected = json!([{
        "period": last_month.first_of_month().to_string(),
        "impressions": last_month.days_in_month(),
    }]);
    assert_eq!(months, expected);
}

#[test]
fn ranges_that_hold_nothing_or_too_much_are_refused_at_their_place() {
    let server = an_empty_server();
    let cases = [
        (
            r#"between: {from: "2026-04-01", until: "2026-04-01"}"#,
            "INVALID_INPUT",
            "range.between.until",
        ),
        (
            r#"between: {from: "2001-01-01", until: "2026-04-01"}"#,
            "LIMIT_EXCEEDED",
            "range.between",
        ),
        ("last: {n: 0, unit: DAY}", "INVALID_INPUT", "range.last.n"),
        (
            "last: {n: 100000, unit: MONTH}",
            "LIMIT_EXCEEDED",
            "range.last.n",
        ),
    ];
    for (range, code, field) in cases {
        let error = refused(
            &server.viewer(),
            &format!("range: {{{range}}}"),
            "totals { impressions }",
        );
        assert_eq!(
            (&error["extensions"]["code"], &error["extensions"]["field"]),
            (&json!(code), &json!(field))
        );
    }
}

#[test]
fn a_grain_without_periods_is_refused() {
    let server = an_empty_server();
    let error = refused(
        &server.viewer(),
        &format!("{APRIL}, grain: WEEK"),
        "totals { impressions }",
    );
    assert_eq!(error["extensions"]["field"], "grain");
}

#[test]
fn a_question_may_start_its_weeks_on_another_day() {
    let server = delivered(&one_a_day(date(2026, 4, 1), date(2026, 4, 13)));
    let input = format!("{APRIL}, by: [PERIOD], grain: WEEK, weekStart: WEDNESDAY");
    let answer = metrics(&server.viewer(), &input, "rows { period impressions }");
    assert_eq!(
        answer["rows"],
        periods([("2026-04-01", 7), ("2026-04-08", 5)])
    );
    let daily = format!("{APRIL}, by: [PERIOD], weekStart: WEDNESDAY");
    let error = refused(&server.viewer(), &daily, "rowCount");
    assert_eq!(error["extensions"]["field"], "weekStart");
}

#[test]
fn quarters_and_years_are_those_of_the_calendar_unless_the_agency_says() {
    let server = delivered(&one_a_day(date(2025, 12, 30), date(2026, 7, 3)));
    let range = r#"between: {from: "2025-01-01", until: "2027-01-01"}"#;
    assert_eq!(
        by_period(&server.viewer(), range, "QUARTER"),
        periods([
            ("2025-10-01", 2),
            ("2026-01-01", 90),
            ("2026-04-01", 91),
            ("2026-07-01", 2)
        ])
    );
    assert_eq!(
        by_period(&server.viewer(), range, "YEAR"),
        periods([("2025-01-01", 2), ("2026-01-01", 183)])
    );
}

/// A server with a further agency, whose fiscal years start in February, and its owner.
fn with_fiscal_years_from_february() -> (TestServer, Persona) {
    let stopped = an_empty_server().kill();
    let data_dir = stopped.data_dir().display().to_string();
    let admin = |options: &str| {
        let line = format!("admin {options} --data-dir {data_dir}");
        let ran = run(BELLWETHER, line.split(' ')).succeeded();
        ran.stdout.trim().to_owned()
    };
    let agency = "--name Fiscal --currency USD --timezone UTC --fiscal-year-start february";
    let token = admin(&format!("add-agency fiscal {agency}"));
    admin("add-brand tea --agency fiscal --name Tea");
    let server = stopped.restart();
    let owner = Persona::new(server.url(), Some(&token));
    (server, owner)
}

#[test]
fn quarters_and_years_follow_the_agencys_fiscal_year() {
    let (_server, owner) = with_fiscal_years_from_february();
    let report = one_a_day(date(2025, 12, 30), date(2026, 7, 3));
    owner.commit_csv("delivery_daily", "tea", &report);
    let told = owner.data("{ viewer { agency { fiscalYearStart } } }");
    assert_eq!(told["viewer"]["agency"]["fiscalYearStart"], "FEBRUARY");
    let range = r#"between: {from: "2025-01-01", until: "2027-01-01"}"#;
    assert_eq!(
        by_period(&owner, range, "QUARTER"),
        periods([("2025-11-01", 33), ("2026-02-01", 89), ("2026-05-01", 63)])
    );
    assert_eq!(
        by_period(&owner, range, "YEAR"),
        periods([("2025-02-01", 33), ("2026-02-01", 152)])
    );
}
