//! A file of cases: read, and written as it was read.

use std::fmt;

/// A file of givens and cases, in their order: a case sees what is given before it.
pub(super) struct CaseFile {
    /// What the file says before its first section.
    about: String,
    pub(super) sections: Vec<Section>,
}

/// A section that stands on its own.
pub(super) enum Section {
    Given(Given),
    Case(Case),
}

/// What is done before the questions that follow: a word such as `report`, what it says of
/// itself, and its lines.
pub(super) struct Given {
    pub(super) word: String,
    pub(super) details: String,
    lines: String,
}

/// A question and the sections of its answer.
pub(super) struct Case {
    pub(super) name: String,
    /// What is said of the arithmetic, line by line.
    comment: String,
    /// The fields of the input.
    pub(super) query: String,
    /// The arguments beside the input, where only a page is asked for.
    pub(super) page: Option<String>,
    pub(super) expected: String,
}

impl CaseFile {
    /// Reads a file; what is not of the format fails the test with the line.
    pub(super) fn parse(text: &str) -> Self {
        let mut file = Self {
            about: String::new(),
            sections: Vec::new(),
        };
        for line in text.lines() {
            if let Some(head) = line.strip_prefix("--- ") {
                file.begin(head);
                continue;
            }
            match file.sections.last_mut() {
                None => file.about.extend([line, "\n"]),
                Some(_) if line.is_empty() => {}
                Some(Section::Given(given)) => given.lines.extend([line, "\n"]),
                Some(Section::Case(case)) => case.add(line),
            }
        }
        file
    }

    /// The cases alone.
    pub(super) fn cases(&self) -> impl Iterator<Item = &Case> {
        self.sections.iter().filter_map(|section| match section {
            Section::Case(case) => Some(case),
            Section::Given(_) => None,
        })
    }

    fn begin(&mut self, head: &str) {
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        match word {
            "case" => self.sections.push(Section::Case(Case {
                name: rest.to_owned(),
                comment: String::new(),
                query: String::new(),
                page: None,
                expected: String::new(),
            })),
            "table" | "totals" | "notes" | "warnings" | "meta" | "refused" => {
                let Some(Section::Case(case)) = self.sections.last_mut() else {
                    panic!("`{head}` stands in no case");
                };
                case.expected.extend(["--- ", head, "\n"]);
            }
            "agency" | "campaigns" | "clock" | "config" | "report" | "rates" | "labels"
            | "custom" => {
                self.sections.push(Section::Given(Given {
                    word: word.to_owned(),
                    details: rest.to_owned(),
                    lines: String::new(),
                }));
            }
            other => panic!("`{other}` is no section of a case"),
        }
    }
}

impl Given {
    /// Its lines without comments.
    pub(super) fn text(&self) -> String {
        let lines = self.lines.lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(|line| [line, "\n"]).collect()
    }
}

impl Case {
    fn add(&mut self, line: &str) {
        if !self.expected.is_empty() {
            self.expected.extend([line, "\n"]);
        } else if line.starts_with('#') {
            self.comment.extend([line, "\n"]);
        } else if let Some(page) = line.strip_prefix("page: ") {
            self.page = Some(page.to_owned());
        } else {
            self.query.extend([line, "\n"]);
        }
    }

    /// The lines of a section of what is expected, after its head.
    pub(super) fn expected_of(&self, section: &str) -> Vec<&str> {
        let head = format!("--- {section}");
        let lines = self.expected.lines().skip_while(|line| *line != head);
        let lines = lines.skip(1).take_while(|line| !line.starts_with("--- "));
        lines.collect()
    }
}

impl fmt::Display for CaseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.about)?;
        for (place, section) in self.sections.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "\n" })?;
            match section {
                Section::Given(given) => given.fmt(f)?,
                Section::Case(case) => case.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = [self.word.as_str(), self.details.as_str()].join(" ");
        write!(f, "--- {}\n{}", head.trim_end(), self.lines)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--- case {}\n{}{}", self.name, self.comment, self.query)?;
        if let Some(page) = &self.page {
            writeln!(f, "page: {page}")?;
        }
        f.write_str(&self.expected)
    }
}
