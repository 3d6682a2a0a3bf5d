//! Money and other exact quantities: integers of a fixed scale, and decimals at the rim.
//!
//! Money is counted in micros (millionths) of its currency, conversions in millionths, because
//! platforms report fractions of both.
//! Invariant: no floating point touches an amount.

pub use rust_decimal::{Decimal, RoundingStrategy};

use crate::error_code::Refusal;
use crate::nearest::nearest;

/// How many micros make one unit of a currency, and how many millionths one conversion.
pub const MICROS: i64 = 1_000_000;

/// How many decimal places a micro has.
const MICROS_SCALE: u32 = 6;

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The currency of this three-letter code in capitals; a wrong code gets the nearest one suggested.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        iso_currency::Currency::from_code(code)
            .map(Self)
            .ok_or_else(|| {
                let suggestion = suggested_currency(code);
                let hint = suggestion
                    .map(|near| format!("; did you mean `{near}`?"))
                    .unwrap_or_default();
                Refusal::invalid(format!(
                    "currency `{code}` is unknown; use an ISO 4217 code such as `USD`{hint}"
                ))
                .with_suggestion(suggestion)
            })
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places its smallest unit has, by ISO 4217: none of JPY, two of USD, three
    /// of KWD. What has no such unit, such as gold, is counted in micros.
    pub fn minor_places(self) -> u32 {
        self.0.exponent().map_or(MICROS_SCALE, u32::from)
    }

    /// The amount in whole smallest units, rounded half away from zero and written with all their
    /// places, as it can be paid (reference case K33).
    pub fn rounded(self, amount: Decimal) -> Decimal {
        let (places, away) = (self.minor_places(), RoundingStrategy::MidpointAwayFromZero);
        let mut rounded = amount.round_dp_with_strategy(places, away);
        rounded.rescale(places);
        rounded
    }

    /// The amount as a number of smallest units, rounded half away from zero; `None` past 64 bits.
    pub fn minor_units(self, amount: Decimal) -> Option<i64> {
        i64::try_from(self.rounded(amount).mantissa()).ok()
    }
}

fn suggested_currency(code: &str) -> Option<&'static str> {
    use iso_currency::IntoEnumIterator;
    let codes = || iso_currency::Currency::iter().map(|currency| Currency(currency).code());
    let capitals = code.to_ascii_uppercase();
    // A country's code given for its currency (`CAN`) shares its first two letters with it.
    let of_country = capitals.get(..2).filter(|_| capitals.len() == 3);
    codes()
        .find(|known| of_country.is_some_and(|two| known.starts_with(two)) && known.ends_with('D'))
        .or_else(|| nearest(&capitals, codes()))
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

/// Why a decimal can't be held in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMicros {
    /// More than six decimal places that matter.
    TooFine,
    /// Beyond what 64 bits of millionths hold, some 9.2 trillion.
    TooLarge,
}

/// An exact decimal in millionths; refuses what would have to be rounded.
pub fn micros_of(amount: Decimal) -> Result<i64, NotMicros> {
    if let Some(places) = MICROS_SCALE.checked_sub(amount.scale()) {
        // Most amounts have no more places than a micro: no decimal arithmetic is needed.
        let micros = amount.mantissa().checked_mul(10_i128.pow(places));
        let micros = micros.and_then(|micros| i64::try_from(micros).ok());
        return micros.ok_or(NotMicros::TooLarge);
    }
    let scaled = amount
        .checked_mul(Decimal::from(MICROS))
        .ok_or(NotMicros::TooLarge)?
        .normalize();
    if scaled.scale() > 0 {
        return Err(NotMicros::TooFine);
    }
    i64::try_from(scaled.mantissa()).map_err(|_| NotMicros::TooLarge)
}

/// A sum of millionths as a decimal, without trailing zeros; `None` past 96 bits.
pub fn decimal_of_micros(micros: i128) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(micros, MICROS_SCALE)
        .ok()
        .map(|amount| amount.normalize())
}

/// A scaled integer as a decimal, without trailing zeros: exactly where it fits 96 bits, else
/// rounded to 28 figures.
pub fn decimal_near(scaled: i128, scale: u32) -> Decimal {
    let (mut scaled, mut scale) = (scaled, scale);
    loop {
        if let Ok(amount) = Decimal::try_from_i128_with_scale(scaled, scale) {
            return amount.normalize();
        }
        if scale == 0 {
            return if scaled < 0 {
                Decimal::MIN
            } else {
                Decimal::MAX
            };
        }
        let rounding = if scaled % 10 >= 5 {
            1
        } else if scaled % 10 <= -5 {
            -1
        } else {
            0
        };
        scaled = scaled / 10 + rounding;
        scale -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_code_given_for_a_currency_gets_the_currency_suggested() {
        let refusal = Currency::parse("CAN").unwrap_err();
        assert_eq!(refusal.did_you_mean.as_deref(), Some("CAD"));
        assert!(Currency::parse("USD").is_ok());
        assert!(Currency::parse("usd").is_err());
    }

    #[test]
    fn what_can_be_paid_is_whole_smallest_units() {
        let paid = |code: &str, amount: &str| {
            let currency = Currency::parse(code).unwrap();
            let amount: Decimal = amount.parse().unwrap();
            let units = currency.minor_units(amount);
            (currency.rounded(amount).to_string(), units)
        };
        assert_eq!(paid("USD", "10"), ("10.00".into(), Some(1_000)));
        assert_eq!(paid("USD", "-0.005"), ("-0.01".into(), Some(-1)));
        assert_eq!(paid("KRW", "0.5"), ("1".into(), Some(1)));
        assert_eq!(paid("XAU", "1.5"), ("1.500000".into(), Some(1_500_000)));
        assert_eq!(paid("USD", "92233720368547758.08").1, None);
    }

    #[test]
    fn amounts_are_held_exactly_or_refused() {
        let micros = |text: &str| micros_of(text.parse().unwrap());
        assert_eq!(micros("39.57"), Ok(39_570_000));
        assert_eq!(micros("0.000001"), Ok(1));
        assert_eq!(micros("1.5000000000"), Ok(1_500_000));
        assert_eq!(micros("0.0000001"), Err(NotMicros::TooFine));
        assert_eq!(micros("9223372036854.775807"), Ok(i64::MAX));
        assert_eq!(micros("9223372036854.775808"), Err(NotMicros::TooLarge));
        assert_eq!(decimal_of_micros(39_570_000).unwrap().to_string(), "39.57");
    }
}
