//! Days as plugins get them, and as configurations write them.
//!
//! Invariant: the proleptic Gregorian calendar, as in ISO 8601; no time of day, no zone.

/// Days since 1970-01-01 of a date written `2026-04-30`; `None` when it is none.
pub fn day_of(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_written = parts.next().is_none() && [year.len(), month.len(), day.len()] == [4, 2, 2];
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    let is_there = (1..=12).contains(&month) && (1..=days_of_month(year, month)).contains(&day);
    (is_written && is_there).then(|| days_since_epoch(year, month, day))
}

/// The year and the month of a day.
pub fn month_of(day: i32) -> (i32, i32) {
    let since_march_of_0 = i64::from(day) + 719_468;
    let era = since_march_of_0.div_euclid(146_097);
    let day_of_era = since_march_of_0.rem_euclid(146_097);
    // The last days of 4, 100 and 400 years would else begin another year.
    let leaps = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leaps) / 365;
    let before_year = 365 * year_of_era + year_of_era / 4 - year_of_era / 100;
    let months_since_march = (5 * (day_of_era - before_year) + 2) / 153;
    let month = (months_since_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let small = |number: i64| i32::try_from(number).expect("days of 32 bits have years of 23");
    (small(year), small(month))
}

fn number(text: &str) -> Option<i32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

fn days_of_month(year: i32, month: i32) -> i32 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Years are counted from March, so that the day that comes and goes is a year's last.
fn days_since_epoch(year: i32, month: i32, day: i32) -> i32 {
    let year = if month > 2 { year } else { year - 1 };
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    let leap_days = year / 4 - year / 100 + year / 400;
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    365 * year + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_are_counted() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("1969-12-31"), Some(-1));
        assert_eq!(day_of("2000-02-29"), Some(11_016));
        assert_eq!(day_of("2026-04-30"), Some(20_573));
    }

    #[test]
    fn every_day_of_eight_hundred_years_is_in_its_month() {
        for year in 1700..2500 {
            for month in 1..=12 {
                let first = days_since_epoch(year, month, 1);
                let last = days_since_epoch(year, month, days_of_month(year, month));
                assert_eq!(month_of(first), (year, month));
                assert_eq!(month_of(last), (year, month));
            }
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-4-1",
            "+026-04-01",
            "2026-04-01-",
        ] {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
