//! Cells beside those that they are compared with: by how much a metric changed.

use crate::comparison;
use crate::metric::{MetricCell, NoteCode, Unit, Value};
use crate::money::Currency;
use crate::query::CellPart;

/// What a row was in the range compared with, and how it changed; each in the order of the
/// query's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The cells of the range compared with.
    pub previous: Vec<MetricCell>,
    /// The values less the previous ones.
    pub delta: Vec<MetricCell>,
    /// The deltas over the size of the previous values, as ratios.
    pub delta_ratio: Vec<MetricCell>,
}

impl Compared {
    /// The change of cells; `are_alike` tells whether money of both is in one currency.
    pub(super) fn new(
        units: &[Unit],
        values: &[MetricCell],
        previous: Vec<MetricCell>,
        are_alike: bool,
    ) -> Self {
        let cells = || values.iter().zip(&previous);
        let delta: Vec<MetricCell> = units
            .iter()
            .zip(cells())
            .map(|(unit, (value, previous))| {
                if unit.is_of_currency() && !are_alike && value.value.and(previous.value).is_some()
                {
                    return MetricCell::null(NoteCode::MixedCurrency);
                }
                resting_on(delta(*value, *previous), &[*value, *previous])
            })
            .collect();
        let delta_ratio = delta
            .iter()
            .zip(&previous)
            .map(|(delta, previous)| resting_on(delta_ratio(*delta, *previous), &[*delta]))
            .collect();
        Self {
            previous,
            delta,
            delta_ratio,
        }
    }

    /// How many bytes it takes.
    pub(super) fn size_bytes(&self) -> usize {
        let cells = [&self.previous, &self.delta, &self.delta_ratio];
        let cells = cells.map(|cells| cells.capacity() * size_of::<MetricCell>());
        size_of::<Self>() + cells.iter().sum::<usize>()
    }

    pub(super) fn part(&self, part: CellPart) -> Option<&[MetricCell]> {
        match part {
            CellPart::Value => None,
            CellPart::Previous => Some(&self.previous),
            CellPart::Delta => Some(&self.delta),
            CellPart::DeltaRatio => Some(&self.delta_ratio),
        }
    }
}

/// A change with what is to be known of the numbers that it is computed from: what may change
/// changes it, and what is estimated makes it an estimate.
fn resting_on(mut change: MetricCell, cells: &[MetricCell]) -> MetricCell {
    if change.value.is_some() {
        change.is_provisional = cells.iter().any(|cell| cell.is_provisional);
        let is_estimated = |cell: &MetricCell| cell.note == Some(NoteCode::Estimated);
        change.note = cells
            .iter()
            .any(is_estimated)
            .then_some(NoteCode::Estimated);
    }
    change
}

/// The value less the previous one; what one of them lacks is what it lacks.
fn delta(value: MetricCell, previous: MetricCell) -> MetricCell {
    let (now, before) = match (value.value, previous.value) {
        (Some(now), Some(before)) => (now, before),
        (None, _) => return value,
        (_, None) => return previous,
    };
    let less = || {
        let less = now.decimal().checked_sub(before.decimal());
        less.map(|less| less.normalize())
    };
    let change = match (now, before) {
        (Value::Count(now), Value::Count(before)) => now.checked_sub(before).map(Value::Count),
        (Value::Ratio(_), _) => less().map(Value::Ratio),
        _ => less().map(Value::Decimal),
    };
    cell_of(change)
}

/// The delta over the size of the previous value, so that more is above zero also where the
/// previous value is below.
fn delta_ratio(delta: MetricCell, previous: MetricCell) -> MetricCell {
    let (Some(change), Some(before)) = (delta.value, previous.value) else {
        return delta;
    };
    if before.decimal().is_zero() {
        return MetricCell::null(NoteCode::ZeroDenominator);
    }
    cell_of(comparison::relative(change.decimal(), before.decimal()).map(Value::Ratio))
}

/// A cell of a number that may be too large to be one.
fn cell_of(value: Option<Value>) -> MetricCell {
    value.map_or(MetricCell::null(NoteCode::NotReported), MetricCell::of)
}

/// The one currency of money now and before, and whether there are not two.
pub(super) fn common_currency(
    now: Option<Currency>,
    before: Option<Currency>,
) -> (Option<Currency>, bool) {
    match (now, before) {
        (Some(now), Some(before)) if now != before => (None, false),
        _ => (now.or(before), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Decimal;

    fn decimal(text: &str) -> MetricCell {
        let value = text.parse::<Decimal>().unwrap();
        MetricCell::of(Value::Decimal(value))
    }

    fn change(now: &str, before: &str) -> (String, String) {
        let told = |cell: MetricCell| {
            let note = || cell.note.unwrap().to_string();
            cell.value
                .map_or_else(note, |value| value.decimal().to_string())
        };
        let (now, before) = (decimal(now), decimal(before));
        let delta = delta(now, before);
        (told(delta), told(delta_ratio(delta, before)))
    }

    #[test]
    fn a_ratio_of_change_is_of_the_size_before() {
        // Reference cases K41, K43 and K44.
        assert_eq!(
            change("3.20", "2.825"),
            ("0.375".into(), "0.1327433628".into())
        );
        assert_eq!(change("1.5", "0.5"), ("1".into(), "2".into()));
        assert_eq!(change("5", "0"), ("5".into(), "ZERO_DENOMINATOR".into()));
        assert_eq!(change("10", "-20"), ("30".into(), "1.5".into()));
    }

    #[test]
    fn money_of_two_currencies_has_no_difference() {
        let compared = Compared::new(&[Unit::Money], &[decimal("2")], vec![decimal("1")], false);
        let mixed = MetricCell::null(NoteCode::MixedCurrency);
        assert_eq!((compared.delta[0], compared.delta_ratio[0]), (mixed, mixed));
    }
}
