//! Stable codes: small numbers that stand for an agency's campaigns, countries and other words,
//! so that partial sums of different partitions add up without comparing texts.
//!
//! The catalogue gives the codes out; this table only looks them up.
//! Invariant: a code, once given, means the same text for ever; gaps are allowed.

use std::collections::HashMap;
use std::mem::size_of;
use std::sync::Arc;

/// The code of "no text": a row that has no value in that dimension.
pub const CODE_OF_NOTHING: u32 = 0;

/// One agency's codes as they stood at one moment; cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeTable {
    dimensions: Arc<HashMap<String, Dimension>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Dimension {
    codes: HashMap<Arc<str>, u32>,
    /// By code; a place without a text is a gap.
    texts: Vec<Option<Arc<str>>>,
}

impl CodeTable {
    /// The table of these rows: dimension, text, code. Codes count from 1 per dimension.
    pub fn from_rows(rows: impl IntoIterator<Item = (String, String, u32)>) -> Self {
        let mut dimensions = HashMap::<String, Dimension>::new();
        for (dimension, text, code) in rows {
            dimensions.entry(dimension).or_default().add(&text, code);
        }
        Self {
            dimensions: Arc::new(dimensions),
        }
    }

    /// The code of a text in a dimension, if it was given one.
    pub fn code(&self, dimension: &str, text: &str) -> Option<u32> {
        self.dimensions.get(dimension)?.codes.get(text).copied()
    }

    /// The text of a code in a dimension; `None` for [`CODE_OF_NOTHING`] and for gaps.
    pub fn text(&self, dimension: &str, code: u32) -> Option<&str> {
        self.texts(dimension)
            .get(usize::try_from(code).ok()?)?
            .as_deref()
    }

    /// Every text of a dimension by its code. Place 0 and gaps are `None`; a dimension without
    /// codes is empty.
    pub fn texts(&self, dimension: &str) -> &[Option<Arc<str>>] {
        self.dimensions
            .get(dimension)
            .map_or(&[], |found| found.texts.as_slice())
    }

    /// The number after the highest code of a dimension: how wide a lookup array must be.
    pub fn width(&self, dimension: &str) -> usize {
        self.texts(dimension).len()
    }

    /// About how many bytes of memory the table holds.
    pub fn size_bytes(&self) -> usize {
        self.dimensions
            .values()
            .map(|dimension| {
                let text_bytes: usize = dimension.codes.keys().map(|text| text.len()).sum();
                // An `Arc<str>` also carries two counters.
                let per_text = size_of::<(Arc<str>, u32)>() + 2 * size_of::<usize>();
                text_bytes
                    + dimension.codes.capacity() * per_text
                    + dimension.texts.capacity() * size_of::<Option<Arc<str>>>()
            })
            .sum()
    }
}

impl Dimension {
    fn add(&mut self, text: &str, code: u32) {
        let Ok(place) = usize::try_from(code) else {
            return;
        };
        let text: Arc<str> = text.into();
        if self.texts.len() <= place {
            self.texts.resize(place + 1, None);
        }
        self.texts[place] = Some(Arc::clone(&text));
        self.codes.insert(text, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> CodeTable {
        let row = |text: &str, code| ("country".to_owned(), text.to_owned(), code);
        CodeTable::from_rows([row("US", 1), row("CN", 4)])
    }

    #[test]
    fn texts_and_codes_find_each_other() {
        let table = table();
        assert_eq!(table.code("country", "CN"), Some(4));
        assert_eq!(table.text("country", 4), Some("CN"));
        assert_eq!(table.code("age", "CN"), None);
    }

    #[test]
    fn gaps_and_the_code_of_nothing_have_no_text() {
        let table = table();
        assert_eq!(table.text("country", CODE_OF_NOTHING), None);
        assert_eq!(table.text("country", 3), None);
        assert_eq!(table.width("country"), 5);
        assert_eq!(table.width("age"), 0);
    }
}
