//! The problems of a batch: all are counted, the first ones by line are listed.

use bellwether_domain::batch::PROBLEMS_LISTED_MAX;
use bellwether_domain::sample::LineProblem;

/// Problems of lines; takes any number in bounded memory.
#[derive(Debug, Default)]
pub(super) struct Problems {
    n: u64,
    listed: Vec<LineProblem>,
}

impl Problems {
    /// How many lines are bad.
    pub(super) fn count(&self) -> u64 {
        self.n
    }

    /// Takes a problem.
    pub(super) fn push(&mut self, problem: LineProblem) {
        self.n += 1;
        self.list(problem);
    }

    /// Counts bad lines that are not listed because those before them fill the list.
    pub(super) fn count_unlisted(&mut self, n: u64) {
        self.n += n;
    }

    /// Takes all problems of another list.
    pub(super) fn append(&mut self, other: Self) {
        self.n += other.n;
        for problem in other.listed {
            self.list(problem);
        }
    }

    /// The first problems by line.
    pub(super) fn into_listed(mut self) -> Vec<LineProblem> {
        self.shorten();
        self.listed
    }

    fn list(&mut self, problem: LineProblem) {
        self.listed.push(problem);
        if self.listed.len() >= 2 * PROBLEMS_LISTED_MAX {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        self.listed.sort_by_key(|problem| problem.line);
        self.listed.truncate(PROBLEMS_LISTED_MAX);
    }
}
