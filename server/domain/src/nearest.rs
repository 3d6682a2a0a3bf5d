//! The nearest accepted word to a misspelt one, for "did you mean".

/// Below this likeness (Jaro-Winkler, 0 to 1) a suggestion would be a guess.
const LIKENESS_MIN: f64 = 0.7;

/// The candidate most like `word`, ignoring case, when one is alike enough.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::jaro_winkler(&word, &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_the_likeliest_word_and_nothing_for_noise() {
        let columns = ["impressions", "clicks", "spend"];
        assert_eq!(nearest("Impresions", columns), Some("impressions"));
        assert_eq!(nearest("zzz", columns), None);
    }
}
