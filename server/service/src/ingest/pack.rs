//! Columns of integers in few bytes: each value as its distance from the smallest, in as many
//! bytes as the largest distance needs.
//!
//! Invariant: what is packed reads back the same; bytes that were not packed here are refused.

use bellwether_domain::sample::MISSING;

/// Puts the values behind what is in `into`. [`MISSING`] is kept apart, so that it costs no width.
pub(super) fn pack(values: &[i64], into: &mut Vec<u8>) {
    let given = || values.iter().copied().filter(|value| *value != MISSING);
    let (min, max) = (given().min().unwrap_or(0), given().max().unwrap_or(0));
    let has_missing = values.contains(&MISSING);
    // Code 0 is for missing values, where there are any.
    let largest = max.abs_diff(min).saturating_add(u64::from(has_missing));
    let width = width_of(largest);
    let base = min.wrapping_sub(i64::from(has_missing));
    into.push(width);
    into.push(u8::from(has_missing));
    into.extend_from_slice(&base.to_le_bytes());
    let codes = values.iter().map(|value| match (*value, has_missing) {
        (MISSING, true) => 0,
        (value, _) => value.wrapping_sub(base).cast_unsigned(),
    });
    match width {
        0 => {}
        1 => into.extend(codes.map(|code| code.to_le_bytes()[0])),
        2 => codes.for_each(|code| into.extend_from_slice(&code.to_le_bytes()[..2])),
        4 => codes.for_each(|code| into.extend_from_slice(&code.to_le_bytes()[..4])),
        _ => codes.for_each(|code| into.extend_from_slice(&code.to_le_bytes())),
    }
}

/// Takes so many values from the front of the bytes.
pub(super) fn unpack(n_values: usize, bytes: &mut &[u8]) -> Option<Vec<i64>> {
    let [width, has_missing] = take::<2>(bytes)?;
    let base = i64::from_le_bytes(take::<8>(bytes)?);
    let width = usize::from(width);
    let (packed, rest) = bytes.split_at_checked(width.checked_mul(n_values)?)?;
    *bytes = rest;
    let value = |code: u64| match (code, has_missing) {
        (0, 1) => MISSING,
        (code, _) => base.wrapping_add(code.cast_signed()),
    };
    Some(match width {
        0 => vec![value(0); n_values],
        1 => packed.iter().map(|code| value(u64::from(*code))).collect(),
        2 => each::<2>(packed)
            .map(|code| value(u64::from(u16::from_le_bytes(code))))
            .collect(),
        4 => each::<4>(packed)
            .map(|code| value(u64::from(u32::from_le_bytes(code))))
            .collect(),
        8 => each::<8>(packed)
            .map(|code| value(u64::from_le_bytes(code)))
            .collect(),
        _ => return None,
    })
}

fn width_of(largest: u64) -> u8 {
    match largest {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

fn each<const N: usize>(packed: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    packed.as_chunks::<N>().0.iter().copied()
}

/// Takes the first bytes.
pub(super) fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_same(values: &[i64]) {
        let mut packed = Vec::new();
        pack(values, &mut packed);
        packed.push(7);
        let mut rest = packed.as_slice();
        assert_eq!(unpack(values.len(), &mut rest).as_deref(), Some(values));
        assert_eq!(rest, [7]);
    }

    proptest! {
        #[test]
        fn values_read_back_the_same(
            values in proptest::collection::vec(
                prop_oneof![Just(MISSING), Just(i64::MAX), Just(MISSING + 1), any::<i64>(), 0..300_i64],
                0..40,
            ),
        ) {
            assert_same(&values);
        }

        #[test]
        fn close_values_read_back_the_same(
            values in proptest::collection::vec(prop_oneof![Just(MISSING), 5..70_000_i64], 0..40),
        ) {
            assert_same(&values);
        }
    }

    #[test]
    fn equal_values_take_no_room() {
        let mut packed = Vec::new();
        pack(&[42; 1000], &mut packed);
        assert_eq!(packed.len(), 10);
        assert_same(&[42; 1000]);
        assert_same(&[MISSING; 3]);
    }

    #[test]
    fn bytes_that_end_early_are_refused() {
        let mut packed = Vec::new();
        pack(&[1, 2, 300], &mut packed);
        assert_eq!(unpack(3, &mut &packed[..packed.len() - 1]), None);
        assert_eq!(unpack(3, &mut &b""[..]), None);
    }
}
