//! The scalars beyond GraphQL's own: days, moments, exact decimals, large counts, and JSON.
//!
//! Invariant: a scalar's JSON type never depends on its value: `Count` is always an integer,
//! `Decimal` always a string.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
pub(crate) use bellwether_domain::answer::COUNT_MAX;
use bellwether_domain::error_code::Refusal;
use bellwether_domain::metric::Value as MetricValue;
use bellwether_domain::money;
use bellwether_domain::time::{self, Timestamp};

/// A day written as YYYY-MM-DD, such as `2026-04-01`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Date(pub(crate) time::Date);

/// A day written as YYYY-MM-DD, such as `2026-04-01`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        time::parse_date(text)
            .map(Self)
            .map_err(|refusal| InputValueError::custom(refusal.message))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in RFC 3339.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// A moment in RFC 3339 and UTC, such as `2026-04-01T08:00:00Z`.
#[Scalar]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        text.parse().map(Self).map_err(|_| {
            InputValueError::custom(format!(
                "`{text}` is not a moment; use RFC 3339, such as `2026-04-01T08:00:00Z`"
            ))
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact decimal; a JSON string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal(pub(crate) money::Decimal);

/// An exact decimal such as money; always a JSON string, such as `"1234.56"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        text.parse().map(Self).map_err(|_| {
            InputValueError::custom(format!("`{text}` is not a decimal; write `1234.56`"))
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number of events; a JSON integer of at most 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(i64);

impl Count {
    /// The count, or the most that clients read exactly: for what is told in round numbers.
    pub(crate) fn up_to_max(count: u64) -> Self {
        Self(i64::try_from(count.min(COUNT_MAX)).unwrap_or(i64::MAX))
    }

    /// The number itself.
    pub(crate) fn get(self) -> i64 {
        self.0
    }

    /// The count, unless clients could not read it exactly.
    pub(crate) fn new(count: i128) -> Result<Self, Refusal> {
        let fits = count.unsigned_abs() <= COUNT_MAX.into();
        i64::try_from(count)
            .ok()
            .filter(|_| fits)
            .map(Self)
            .ok_or_else(|| Refusal::limit("count_max", COUNT_MAX, format!("a count of {count}")))
    }
}

/// A whole number of events; always a JSON integer of at most 2^53, where `Int` ends at 2^31.
#[Scalar]
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Number(number) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let count = number
            .as_i64()
            .ok_or_else(|| InputValueError::custom(format!("`{number}` is not a whole number")))?;
        Self::new(count.into()).map_err(|refusal| InputValueError::custom(refusal.message))
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

/// Any JSON value.
#[derive(Debug, Clone)]
pub(crate) struct Json(pub(crate) Value);

/// Any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

/// A ratio as a JSON number. The decimal is exact to ten places, so it is never `NaN` or infinite.
pub(crate) fn float(ratio: money::Decimal) -> Option<f64> {
    ratio.to_string().parse().ok()
}

/// How amounts are written in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amounts {
    /// As JSON strings, exactly.
    AsText,
    /// As JSON numbers, to the precision of a double.
    AsNumbers,
}

/// A metric's value as JSON; a count that clients could not read exactly is refused.
pub(crate) fn json_of(value: MetricValue, amounts: Amounts) -> Result<Value, Refusal> {
    Ok(match value {
        MetricValue::Count(count) => Count::new(count)?.to_value(),
        MetricValue::Decimal(amount) if amounts == Amounts::AsText => Decimal(amount).to_value(),
        MetricValue::Decimal(amount) | MetricValue::Ratio(amount) => float(amount)
            .and_then(Number::from_f64)
            .map_or(Value::Null, Value::Number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::ErrorCode;

    #[test]
    fn a_count_is_an_integer_up_to_two_to_the_53_and_refused_above() {
        assert_eq!(
            Count::new(COUNT_MAX.into()).unwrap().to_value(),
            Value::from(9_007_199_254_740_992_i64)
        );
        let refusal = Count::new(i128::from(COUNT_MAX) + 1).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::LimitExceeded);
        assert!(refusal.message.contains("count_max"));
    }

    #[test]
    fn a_decimal_is_a_string_unless_numbers_are_asked_for() {
        let amount = MetricValue::Decimal("1234.50".parse().unwrap());
        assert_eq!(
            json_of(amount, Amounts::AsText).unwrap(),
            Value::from("1234.50")
        );
        assert_eq!(
            json_of(amount, Amounts::AsNumbers).unwrap(),
            Value::from(1234.5)
        );
    }
}
