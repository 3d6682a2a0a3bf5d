//! TikTok's way to write a moment: `2021-09-15 5:00:00`, its hour with one or two digits.

use bellwether_domain::time::{Date, parse_date};

/// A local date with a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Moment {
    pub(super) day: Date,
    /// Milliseconds since midnight.
    milliseconds: u32,
}

impl Moment {
    /// The moment that is written there, a date alone being its midnight; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "0:00:00"));
        let mut parts = time.split(':');
        let hour = number(parts.next()?, 23)?;
        let minute = number(parts.next()?, 59)?;
        let (second, fraction) = match parts.next() {
            Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
            None => ("0", "0"),
        };
        if parts.next().is_some() {
            return None;
        }
        let second = number(second, 59)?;
        Some(Self {
            day: parse_date(day).ok()?,
            milliseconds: ((hour * 60 + minute) * 60 + second) * 1_000 + thousandths(fraction)?,
        })
    }

    pub(super) fn is_midnight(self) -> bool {
        self.milliseconds == 0
    }
}

fn number(digits: &str, max: u32) -> Option<u32> {
    let well_formed = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| well_formed)?;
    (number <= max).then_some(number)
}

fn thousandths(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<3}").get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn an_hour_may_have_one_digit_and_orders_as_time_not_as_text() {
        let five = Moment::parse("2021-09-15 5:00:00").unwrap();
        let ten = Moment::parse("2021-09-15 10:00:00").unwrap();
        assert!(five < ten);
        assert_eq!(five.day, ten.day);
    }

    #[test]
    fn a_history_moment_has_milliseconds() {
        let early = Moment::parse("2021-09-15 04:26:28.000").unwrap();
        let late = Moment::parse("2021-09-15T04:26:28.5").unwrap();
        assert!(early < late);
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "-",
            "2021-9-15",
            "2021-09-15 24:00:00",
            "2021-09-15 5",
            "2021-02-30 5:00:00",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }
}
