//! Rates, tables of them and conversions, worked by hand.

use super::*;
use crate::ErrorCode;
use crate::money::Currency;
use crate::time::{date, day_number};

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn table(rates: &[(&str, u8, &str)]) -> RateTable {
    let rates = rates.iter().map(|(from, day, rate)| {
        let pair = RatePair {
            from: currency(from),
            to: currency("USD"),
            day: date(2026, 3, i8::try_from(*day).unwrap()),
        };
        (pair, Rate::parse(rate).unwrap())
    });
    RateTable::new(currency("USD"), rates)
}

fn march(day: i8) -> i32 {
    day_number(date(2026, 3, day))
}

/// The sum of amounts, each its day, its currency and its micros.
fn sum(amounts: &[(i8, &str, i128)], rates: &RateTable) -> Result<Exact, NotConverted> {
    let mut sum = Exact::default();
    for (day, code, micros) in amounts {
        let amount = convert(*micros, currency(code), march(*day), rates)?;
        sum = sum.plus(amount).ok_or(NotConverted::TooLarge)?;
    }
    Ok(sum)
}

#[test]
fn a_rate_is_exact_or_refused() {
    let parts = |text| Rate::parse(text).map(Rate::parts);
    assert_eq!(parts("0.0000620"), Ok(62_000_000));
    assert_eq!(parts("0.000000000001"), Ok(1));
    assert_eq!(parts("9000000"), Ok(9_000_000_000_000_000_000));
    for text in [
        "",
        "-1",
        "0",
        "1e3",
        "1,5",
        "NaN",
        "9000000.1",
        "0.0000000000001",
    ] {
        assert!(Rate::parse(text).is_err(), "{text}");
    }
    let finer = Rate::parse("0.0000000000001").unwrap_err();
    assert_eq!(finer.code, ErrorCode::LimitExceeded);
    assert!(finer.message.contains("rate_places_max"));
    assert!(
        Rate::parse("9000000.000001")
            .unwrap_err()
            .message
            .contains("rate_max")
    );
    assert_eq!(Rate::parse("1.0850").unwrap().to_string(), "1.085");
}

#[test]
fn each_day_is_converted_by_its_own_rate_and_the_sum_rounded_once() {
    let rates = table(&[
        ("IDR", 1, "0.0000620"),
        ("EUR", 1, "1.0850"),
        ("EUR", 2, "1.09"),
    ]);
    let amounts = [
        (1, "IDR", 1_000_000_000_000),
        (1, "EUR", 10_000_000),
        (2, "EUR", 10_000_000),
        (3, "USD", 5_000_000),
    ];
    let all = sum(&amounts, &rates).unwrap();
    assert_eq!(all.rounded(2).to_string(), "88.75");
    let thirds = table(&[("EUR", 1, "0.3333333"), ("EUR", 2, "0.3333333")]);
    let halves = [(1, "EUR", 15_000), (2, "EUR", 15_000)];
    // 0.00999..., of which two roundings would make 0.00 + 0.00.
    assert_eq!(
        sum(&halves, &thirds).unwrap().rounded(2).to_string(),
        "0.01"
    );
}

#[test]
fn a_day_without_a_rate_is_told_and_never_guessed() {
    // Reference case K32: the days before have rates.
    let rates = table(&[("EUR", 1, "1.0850"), ("EUR", 2, "1.0900")]);
    let converted = |micros| convert(micros, currency("EUR"), march(3), &rates);
    assert_eq!(converted(10_000_000), Err(NotConverted::RateMissing));
    assert_eq!(converted(0), Ok(Exact::default()));
    let in_dollars = convert(i128::MAX, currency("USD"), march(3), &rates);
    assert_eq!(in_dollars, Err(NotConverted::TooLarge));
    assert_eq!(
        rates.rate(currency("USD"), date(2026, 3, 3)),
        Some(Rate::ONE)
    );
}

fn lines(text: &str) -> RateLines {
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().unwrap();
    let mut lines = RateLines::new(RatesFileColumns::of_header(header).unwrap());
    for (place, row) in rows.enumerate() {
        lines.add(place as u64 + 2, &row);
    }
    lines
}

#[test]
fn every_wrong_line_is_named_and_none_is_taken() {
    let problems = lines(
        "date,from,to,rate,source\n2026-03-01,EUR,USD,1.085,ECB\n2026-02-30,EUR,USD,1,\n\
         2026-03-02,EUX,USD,1,\n2026-03-02,EUR,EUR,1,\n2026-03-02,EUR,USD,-1,\n2026-03-01,EUR,USD,1.1,",
    )
    .finish(0)
    .unwrap_err();
    let told: Vec<(u64, &str)> = problems.iter().map(|it| (it.line, it.column)).collect();
    assert_eq!(
        told,
        [(3, "date"), (4, "from"), (5, "to"), (6, "rate"), (7, "")]
    );
    assert!(problems[4].refusal.message.contains("line 2"));
}

#[test]
fn a_header_names_the_columns_in_any_order() {
    let columns = |header: &str| RatesFileColumns::of_header(header.split(','));
    assert!(columns("source,rate,to,from,date").is_ok());
    assert!(columns("date,from,to,rate").is_ok());
    assert!(
        columns("date,from,to,source")
            .unwrap_err()
            .message
            .contains("`rate`")
    );
    assert_eq!(
        columns("date,from,to,rates")
            .unwrap_err()
            .did_you_mean
            .as_deref(),
        Some("rate")
    );
    assert!(columns("date,from,to,rate,rate").is_err());
}

#[test]
fn a_rate_is_carried_over_days_without_one_only_when_asked_to() {
    // A Friday and the Monday after.
    let text = "date,from,to,rate\n2026-03-06,EUR,USD,1.1\n2026-03-09,EUR,USD,1.2";
    let days = |carry| {
        let rates = lines(text).finish(carry).unwrap();
        let days = rates.iter().map(|(pair, entry)| {
            let from = entry.carried_from.map(crate::time::Date::day);
            (pair.day.day(), entry.rate.to_string(), from)
        });
        days.collect::<Vec<_>>()
    };
    let rate = |text: &str| text.to_owned();
    assert_eq!(days(0), [(6, rate("1.1"), None), (9, rate("1.2"), None)]);
    assert_eq!(
        days(2),
        [
            (6, rate("1.1"), None),
            (7, rate("1.1"), Some(6)),
            (8, rate("1.1"), Some(6)),
            (9, rate("1.2"), None),
            (10, rate("1.2"), Some(9)),
            (11, rate("1.2"), Some(9)),
        ]
    );
}

#[test]
fn a_source_has_so_many_bytes_and_no_more() {
    let with = |n: usize| {
        let text = format!(
            "date,from,to,rate,source\n2026-03-06,EUR,USD,1.1,{}",
            "s".repeat(n)
        );
        lines(&text).finish(0)
    };
    assert!(with(RATE_SOURCE_BYTES_MAX).is_ok());
    let problems = with(RATE_SOURCE_BYTES_MAX + 1).unwrap_err();
    assert!(
        problems[0]
            .refusal
            .message
            .contains("rate_source_bytes_max")
    );
}
