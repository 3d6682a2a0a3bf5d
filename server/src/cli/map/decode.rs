//! From bytes to text: the encodings of maps, and marks at a file's beginning.

use std::path::Path;

use bellwether_domain::file_map::FileEncoding;
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16LE};

/// The most bytes of a file that is read through a map, which is held in memory.
pub(super) const MAPPED_FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The text of a file; a mark at its beginning decides over the map.
pub(super) fn read(path: &Path, encoding: FileEncoding) -> Result<String, String> {
    let shown = path.display();
    let failed = |error: std::io::Error| format!("`{shown}` can't be read: {error}");
    let n_bytes = std::fs::metadata(path).map_err(failed)?.len();
    refuse_large(n_bytes).map_err(|message| format!("`{shown}` {message}"))?;
    let bytes = std::fs::read(path).map_err(failed)?;
    decoded(&bytes, encoding).map_err(|message| format!("`{shown}`: {message}"))
}

fn refuse_large(n_bytes: u64) -> Result<(), String> {
    if n_bytes <= MAPPED_FILE_BYTES_MAX {
        return Ok(());
    }
    Err(format!(
        "of {n_bytes} bytes is over the limit `mapped_file_bytes_max` of {MAPPED_FILE_BYTES_MAX}; split it"
    ))
}

fn decoded(bytes: &[u8], encoding: FileEncoding) -> Result<String, String> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((marked, length)) => (marked, &bytes[length..]),
        None => (of(encoding), bytes),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        let (shown, _) = encoding.decode_without_bom_handling(bytes);
        let line = shown.lines().position(|line| line.contains('\u{FFFD}'));
        let others = FileEncoding::ALL.iter().map(|other| format!("`{other}`"));
        format!(
            "line {} is not {}; say the right `encoding` in the map, one of {}",
            line.map_or(1, |line| line + 1),
            encoding.name(),
            others.collect::<Vec<_>>().join(", ")
        )
    })
}

fn of(encoding: FileEncoding) -> &'static Encoding {
    match encoding {
        FileEncoding::Utf8 => UTF_8,
        FileEncoding::Utf16 => UTF_16LE,
        FileEncoding::Gb18030 => GB18030,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "日期,消耗\n2026-11-01,1.5\n";

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn each_encoding_is_read_with_and_without_a_mark() {
        let (gb18030, _, _) = GB18030.encode(TEXT);
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let little = utf16(TEXT, u16::to_le_bytes);
        let big = utf16(TEXT, u16::to_be_bytes);
        for (bytes, encoding) in [
            (TEXT.as_bytes().to_vec(), FileEncoding::Utf8),
            (
                marked(b"\xEF\xBB\xBF", TEXT.as_bytes()),
                FileEncoding::Gb18030,
            ),
            (gb18030.to_vec(), FileEncoding::Gb18030),
            (little.clone(), FileEncoding::Utf16),
            (marked(b"\xFF\xFE", &little), FileEncoding::Utf8),
            (marked(b"\xFE\xFF", &big), FileEncoding::Utf16),
        ] {
            assert_eq!(decoded(&bytes, encoding).as_deref(), Ok(TEXT));
        }
    }

    #[test]
    fn a_file_has_so_many_bytes_and_no_more() {
        assert_eq!(refuse_large(MAPPED_FILE_BYTES_MAX), Ok(()));
        let told = refuse_large(MAPPED_FILE_BYTES_MAX + 1).unwrap_err();
        assert!(told.contains("mapped_file_bytes_max"), "{told}");
    }

    #[test]
    fn bytes_of_another_encoding_are_told_with_their_line() {
        let (gb18030, _, _) = GB18030.encode("date,cost\n2026-11-01,消耗\n");
        let told = decoded(&gb18030, FileEncoding::Utf8).unwrap_err();
        assert!(told.starts_with("line 2 is not UTF-8"), "{told}");
        assert!(told.contains("`gb18030`"), "{told}");
    }
}
