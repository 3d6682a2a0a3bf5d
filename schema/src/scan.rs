//! What a document's text, or JSON, holds, counted before it is parsed.
//!
//! A parser recurses on brackets, so that 64 KiB of `{` would run it out of stack, and it takes
//! some microseconds a word, so that a text of many is refused without it.
//! Invariant: reads the text once, front to back, and knows no grammar but strings and comments.

/// The deepest nesting of brackets in a document. Fields nest at most 64 deep; arguments and
/// input objects come on top.
pub(crate) const BRACKETS_MAX: usize = 128;

/// The most words in a document: names of all kinds, and numbers. Introspection of the usual
/// clients has 300; parsing so many takes some 10 ms.
pub(crate) const WORDS_MAX: usize = 5_000;

/// What a document's text holds, strings and comments left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// The deepest nesting of brackets.
    pub(crate) brackets: usize,
    /// Names of all kinds, and numbers.
    pub(crate) words: usize,
    /// Aliases: outside of parentheses only they have a colon.
    pub(crate) aliases: usize,
    /// Directives.
    pub(crate) directives: usize,
}

/// Counts what a document's text holds.
pub(crate) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let (mut at, mut depth, mut parentheses) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            opening @ (b'{' | b'[' | b'(') => {
                depth += 1;
                parentheses += usize::from(opening == b'(');
                scan.brackets = scan.brackets.max(depth);
            }
            closing @ (b'}' | b']' | b')') => {
                depth = depth.saturating_sub(1);
                parentheses = parentheses.saturating_sub(usize::from(closing == b')'));
            }
            b':' if parentheses == 0 => scan.aliases += 1,
            b'@' => scan.directives += 1,
            b'#' => at += until_line_ends(&bytes[at..]),
            b'"' => at += string_length(&bytes[at..]) - 1,
            byte if is_of_word(byte) => {
                scan.words += 1;
                at += word_length(&bytes[at..]) - 1;
            }
            _ => {}
        }
        at += 1;
    }
    scan
}

/// How deep lists and objects of a JSON text nest.
pub(crate) fn json_depth(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at += quoted_length(&bytes[at..], b"\"") - 1,
            _ => {}
        }
        at += 1;
    }
    deepest
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word_length(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| !is_of_word(*byte));
    end.unwrap_or(rest.len())
}

fn until_line_ends(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// The length of the string of a document that begins here, its quotes included.
fn string_length(rest: &[u8]) -> usize {
    let is_block = rest.starts_with(b"\"\"\"");
    quoted_length(rest, if is_block { b"\"\"\"" } else { b"\"" })
}

/// The length of what stands between these quotes, with them.
fn quoted_length(rest: &[u8], quote: &[u8]) -> usize {
    let mut at = quote.len();
    while at < rest.len() && !rest[at..].starts_with(quote) {
        // An escaped quote doesn't end the string; one more byte passes over it.
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + quote.len()).min(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deepest(text: &str) -> usize {
        scan(text).brackets
    }

    #[test]
    fn brackets_nest_outside_of_strings_and_comments_only() {
        assert_eq!(deepest("{ a(b: [1]) { c } }"), 3);
        assert_eq!(deepest(r#"{ a(b: "{{{ \" {{{") } # {{{{"#), 2);
        assert_eq!(deepest("{ a(b: \"\"\" {{{ \" {{{ \"\"\") }"), 2);
        assert_eq!(deepest("\"never ended {{{"), 0);
        assert_eq!(deepest(&"{".repeat(40_000)), 40_000);
    }

    #[test]
    fn words_aliases_and_directives_are_counted_where_they_stand() {
        let document = r#"query Q($a: Int = 1 @d) @d { x: f(a: {b: $a, c: "@ : w"}) @d(if: true) { y:g } } # w: @d"#;
        let expected = Scan {
            brackets: 3,
            words: 18,
            aliases: 2,
            directives: 3,
        };
        assert_eq!(scan(document), expected);
    }

    #[test]
    fn json_has_no_comments_and_no_block_strings() {
        assert_eq!(json_depth(r##"{"a": ["#", {"b": "[[["}]}"##), 3);
        assert_eq!(json_depth(r#"{"": ["", [""]]}"#), 3);
        assert_eq!(json_depth("[#[["), 3);
    }
}
