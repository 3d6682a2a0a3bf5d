//! A file of cases: read, and written as it was read.

use std::fmt;

/// A file of cases over the same reports.
pub(super) struct CaseFile {
    /// What the file says before its first section.
    about: String,
    pub(super) reports: Vec<Report>,
    /// Files of exchange rates, imported after the reports.
    pub(super) rates: Vec<String>,
    pub(super) cases: Vec<Case>,
}

/// A report that is committed before the questions.
pub(super) struct Report {
    pub(super) dataset: String,
    /// The place of the brand.
    pub(super) brand: usize,
    pub(super) csv: String,
}

/// A question and the sections of its answer.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) query: String,
    pub(super) expected: String,
}

impl CaseFile {
    /// Reads a file; what is not of the format fails the test with the line.
    pub(super) fn parse(text: &str) -> Self {
        let mut file = Self {
            about: String::new(),
            reports: Vec::new(),
            rates: Vec::new(),
            cases: Vec::new(),
        };
        let mut section = String::new();
        for line in text.lines() {
            if let Some(head) = line.strip_prefix("--- ") {
                file.begin(head);
                section = head.to_owned();
                continue;
            }
            let last_case = file.cases.last_mut();
            let into = match (section.split(' ').next(), last_case) {
                (Some(""), _) => &mut file.about,
                (Some("report"), _) => &mut file.reports.last_mut().expect("a report").csv,
                (Some("rates"), _) => file.rates.last_mut().expect("rates"),
                (Some("case"), Some(case)) => &mut case.query,
                (_, Some(case)) => &mut case.expected,
                _ => panic!("`{line}` stands in no case"),
            };
            if !line.is_empty() || section.is_empty() {
                into.push_str(line);
                into.push('\n');
            }
        }
        file
    }

    fn begin(&mut self, head: &str) {
        let (word, rest) = head.split_once(' ').unwrap_or((head, ""));
        match word {
            "report" => {
                let (dataset, brand) = rest.split_once(' ').unwrap_or((rest, "0"));
                self.reports.push(Report {
                    dataset: dataset.to_owned(),
                    brand: brand.parse().expect("the place of a brand"),
                    csv: String::new(),
                });
            }
            "rates" => self.rates.push(String::new()),
            "case" => self.cases.push(Case {
                name: rest.to_owned(),
                query: String::new(),
                expected: String::new(),
            }),
            "table" | "totals" | "notes" | "warnings" | "refused" => {
                let case = self.cases.last_mut().expect("a case comes first");
                case.expected.extend(["--- ", head, "\n"]);
            }
            other => panic!("`{other}` is no section of a case"),
        }
    }
}

impl fmt::Display for CaseFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.about)?;
        for report in &self.reports {
            write!(
                f,
                "--- report {} {}\n{}\n",
                report.dataset, report.brand, report.csv
            )?;
        }
        for rates in &self.rates {
            write!(f, "--- rates\n{rates}\n")?;
        }
        for (place, case) in self.cases.iter().enumerate() {
            let gap = if place == 0 { "" } else { "\n" };
            write!(
                f,
                "{gap}--- case {}\n{}{}",
                case.name, case.query, case.expected
            )?;
        }
        Ok(())
    }
}
