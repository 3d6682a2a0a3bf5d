//! Exact two-sided tests of counts: Fisher's for two shares, the binomial for two rates.
//!
//! Both sum the probabilities of every outcome that is no likelier than the one seen, as R and
//! scipy do. The sums walk outwards from the likeliest outcome by the ratio of neighbours, so that
//! no large factorial is taken: ten million trials cost as few terms as their spread needs and keep
//! twelve digits, which the difference of logarithms of factorials does not.

/// Outcomes count as equally likely within this relative gap; scipy's `fisher_exact` and
/// `binomtest` use a gap of the same size.
const TIE: f64 = 1e-7;

/// Fisher's exact test: the two-sided p-value that `successes_a` of `trials_a` and `successes_b`
/// of `trials_b` come from one share. `None` when there are more successes than trials.
pub fn fisher(successes_a: u64, trials_a: u64, successes_b: u64, trials_b: u64) -> Option<f64> {
    if successes_a > trials_a || successes_b > trials_b {
        return None;
    }
    let successes = successes_a + successes_b;
    let first = successes.saturating_sub(trials_b);
    let last = successes.min(trials_a);
    // P(k+1) / P(k) of the hypergeometric distribution of successes among `a`.
    let step = |k: u64| {
        let grows = as_float(trials_a - k) * as_float(successes - k);
        let shrinks = as_float(k + 1) * as_float(trials_b + k + 1 - successes);
        grows / shrinks
    };
    let all = as_float(trials_a) + as_float(trials_b) + 2.0;
    let likeliest = (as_float(trials_a) + 1.0) * (as_float(successes) + 1.0) / all;
    Some(no_likelier(
        first,
        last,
        as_count(likeliest),
        successes_a,
        step,
    ))
}

/// The exact binomial test: the two-sided p-value of `successes` in `trials` of a coin that falls
/// right with the given `chance`. `None` when there are more successes than trials, or the chance
/// is not strictly between 0 and 1.
pub fn binomial(successes: u64, trials: u64, chance: f64) -> Option<f64> {
    let possible = successes <= trials && chance > 0.0 && chance < 1.0;
    if !possible {
        return None;
    }
    let odds = chance / (1.0 - chance);
    let step = |k: u64| as_float(trials - k) / as_float(k + 1) * odds;
    let likeliest = as_count((as_float(trials) + 1.0) * chance);
    Some(no_likelier(0, trials, likeliest, successes, step))
}

/// The share of all probability that lies on outcomes no likelier than `seen`, when the likelihood
/// rises up to `likeliest` and falls after it; `step(k)` is P(k+1) / P(k).
fn no_likelier(first: u64, last: u64, likeliest: u64, seen: u64, step: impl Fn(u64) -> f64) -> f64 {
    let likeliest = likeliest.clamp(first, last);
    let upwards = relative_likelihoods(likeliest..last, &step, |ratio| ratio);
    let downwards = relative_likelihoods((first..likeliest).rev(), &step, f64::recip);
    let of = |outcomes: &[f64], distance: u64| {
        let index = usize::try_from(distance).unwrap_or(usize::MAX);
        outcomes.get(index).copied().unwrap_or(0.0)
    };
    let seen = match seen.checked_sub(likeliest) {
        Some(0) => 1.0,
        Some(distance) => of(&upwards, distance - 1),
        None => of(&downwards, likeliest - seen - 1),
    };
    let most = seen * (1.0 + TIE);
    // The smallest first, so that they are not lost among the large.
    let sum_of = |side: &[f64], most: f64| -> f64 {
        side.iter()
            .rev()
            .filter(|&&likelihood| likelihood <= most)
            .sum()
    };
    let unlikely = sum_of(&upwards, most) + sum_of(&downwards, most);
    let all = sum_of(&upwards, f64::MAX) + sum_of(&downwards, f64::MAX) + 1.0;
    let of_likeliest = if most >= 1.0 { 1.0 } else { 0.0 };
    ((unlikely + of_likeliest) / all).min(1.0)
}

/// Likelihoods of the outcomes on one side, relative to the likeliest, until they vanish.
fn relative_likelihoods(
    outcomes: impl Iterator<Item = u64>,
    step: impl Fn(u64) -> f64,
    turned: impl Fn(f64) -> f64,
) -> Vec<f64> {
    let mut likelihood = 1.0;
    outcomes
        .map_while(|k| {
            likelihood *= turned(step(k));
            (likelihood > 0.0).then_some(likelihood)
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn as_float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place between 0 and the number of trials, rounded down"
)]
fn as_count(place: f64) -> u64 {
    place as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use statrs::distribution::{Binomial, Discrete, Hypergeometric};

    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        let gap = (found / expected - 1.0).abs();
        assert!(gap < 1e-8, "{found} is not {expected}");
    }

    // The expected values are scipy's.

    #[test]
    fn ten_million_impressions_keep_their_digits() {
        let p = fisher(200_000, 10_000_000, 196_000, 10_000_000);
        close(p, 1.374_040_81e-10);
    }

    #[test]
    fn a_rise_from_none_is_tested_exactly() {
        close(fisher(0, 500, 12, 600), 0.000_731_761_565);
    }

    #[test]
    fn conversions_for_equal_money_are_a_fair_coin() {
        close(binomial(52, 132, 0.5), 0.018_430_571_7);
    }

    #[test]
    fn the_same_share_twice_is_no_surprise() {
        close(fisher(10, 100, 10, 100), 1.0);
        close(fisher(0, 0, 0, 0), 1.0);
    }

    #[test]
    fn more_successes_than_trials_have_no_answer() {
        assert_eq!(fisher(3, 2, 0, 5), None);
        assert_eq!(binomial(3, 2, 0.5), None);
        assert_eq!(binomial(1, 2, 1.0), None);
    }

    /// The definition, outcome by outcome.
    fn by_definition(likelihoods: &[f64], seen: f64) -> f64 {
        let most = seen * (1.0 + TIE);
        let unlikely = likelihoods.iter().filter(|&&likelihood| likelihood <= most);
        unlikely.sum::<f64>().min(1.0)
    }

    proptest! {
        #[test]
        fn fisher_is_the_sum_by_definition(a in 1..60_u64, b in 1..60_u64, x in 0..60_u64, y in 0..60_u64) {
            let (x, y) = (x.min(a), y.min(b));
            let model = Hypergeometric::new(a + b, x + y, a).unwrap();
            let likelihoods: Vec<f64> = (0..=a).map(|k| model.pmf(k)).collect();
            let expected = by_definition(&likelihoods, model.pmf(x));
            prop_assert!((fisher(x, a, y, b).unwrap() - expected).abs() < 1e-9);
        }

        #[test]
        fn the_binomial_is_the_sum_by_definition(n in 1..80_u64, x in 0..80_u64, chance in 0.02..0.98) {
            let x = x.min(n);
            let model = Binomial::new(chance, n).unwrap();
            let likelihoods: Vec<f64> = (0..=n).map(|k| model.pmf(k)).collect();
            let expected = by_definition(&likelihoods, model.pmf(x));
            prop_assert!((binomial(x, n, chance).unwrap() - expected).abs() < 1e-9);
        }
    }
}
