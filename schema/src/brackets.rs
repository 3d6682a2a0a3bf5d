//! The nesting of brackets in a document's text, looked at before it is parsed: the parser
//! recurses on them, and 64 KiB of `{` would run it out of stack.
//!
//! Invariant: reads the text once, front to back, and knows no grammar but strings and comments.

/// The deepest nesting of brackets in a document. Fields nest at most 64 deep; arguments and
/// input objects come on top.
pub(crate) const BRACKETS_MAX: usize = 128;

/// How deep the brackets of a document nest, those in strings and comments left out.
pub(crate) fn deepest(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut deepest) = (0, 0_usize, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => at += until_line_ends(&bytes[at..]),
            b'"' => at += string_length(&bytes[at..]) - 1,
            _ => {}
        }
        at += 1;
    }
    deepest
}

fn until_line_ends(rest: &[u8]) -> usize {
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(rest.len())
}

/// The length of the string that begins here, its quotes included.
fn string_length(rest: &[u8]) -> usize {
    let quote: &[u8] = if rest.starts_with(b"\"\"\"") {
        b"\"\"\""
    } else {
        b"\""
    };
    let mut at = quote.len();
    while at < rest.len() && !rest[at..].starts_with(quote) {
        // An escaped quote doesn't end the string; one more byte passes over it.
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + quote.len()).min(rest.len())
}

#[cfg(test)]
mod tests {
    use super::deepest;

    #[test]
    fn brackets_nest_outside_of_strings_and_comments_only() {
        assert_eq!(deepest("{ a(b: [1]) { c } }"), 3);
        assert_eq!(deepest(r#"{ a(b: "{{{ \" {{{") } # {{{{"#), 2);
        assert_eq!(deepest("{ a(b: \"\"\" {{{ \" {{{ \"\"\") }"), 2);
        assert_eq!(deepest("\"never ended {{{"), 0);
        assert_eq!(deepest(&"{".repeat(40_000)), 40_000);
    }
}
