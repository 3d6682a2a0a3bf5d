//! Which file a line of a batch is of: one batch may hold the lines of several files.
//!
//! Invariant: lines are numbered through as if the files stood one behind the other, so that each
//! number is of one line of one file; people and scripts read the file's own number.

use bellwether_domain::sample::LineProblem;

/// The files of a batch, in the order of their lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Each file's name, and how many lines stand before it.
    files: Vec<(String, u64)>,
}

impl Sources {
    /// A batch of one file.
    pub fn one(name: String) -> Self {
        Self {
            files: vec![(name, 0)],
        }
    }

    /// Adds a file behind the others.
    pub fn push(&mut self, name: String, lines_before: u64) {
        self.files.push((name, lines_before));
    }

    /// What people call them together.
    pub fn name(&self) -> String {
        let names: Vec<_> = self.files.iter().map(|(name, _)| name.as_str()).collect();
        match names.as_slice() {
            [] => String::new(),
            [first, second, third, rest @ ..] if !rest.is_empty() => {
                format!("{first}, {second}, {third} and {} more", rest.len())
            }
            few => few.join(", "),
        }
    }

    /// The line's file, where there are several, and its number there.
    pub fn locate(&self, line: u64) -> (Option<&str>, u64) {
        let place = self
            .files
            .iter()
            .rev()
            .find(|(_, lines_before)| *lines_before < line);
        match place {
            Some((name, lines_before)) if self.files.len() > 1 => (Some(name), line - lines_before),
            _ => (None, line),
        }
    }

    /// A line as messages name it.
    pub fn told(&self, line: u64) -> String {
        match self.locate(line) {
            (Some(file), line) => format!("line {line} of `{file}`"),
            (None, line) => format!("line {line}"),
        }
    }

    /// A problem for scripts: under its file's own line number, with the file where there are
    /// several.
    pub fn problem_json(&self, problem: &LineProblem) -> serde_json::Value {
        let (file, line) = self.locate(problem.line);
        let mut object = serde_json::json!(problem);
        object["line"] = line.into();
        if let Some(file) = file {
            object["file"] = file.into();
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;

    #[test]
    fn a_line_of_several_files_is_told_by_its_file_and_of_one_file_by_its_number() {
        let mut several = Sources::one("a.csv".to_owned());
        assert_eq!(several.told(7), "line 7");
        several.push("b.csv".to_owned(), 7);
        assert_eq!(several.told(7), "line 7 of `a.csv`");
        assert_eq!(several.told(9), "line 2 of `b.csv`");
        assert_eq!(several.name(), "a.csv, b.csv");
    }
}
