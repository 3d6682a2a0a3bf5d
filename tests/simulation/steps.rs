//! The steps of a simulation, drawn by chance before it runs.
//!
//! A step names what it needs by a number that is taken modulo what there is, so that any step can
//! be left out and the others still mean something.

use bellwether_service::{CacheMode, Step as Stop};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use super::body::Report;
use super::question::Question;
use super::report::{AGENCIES, COSTS, DAYS, ENTRIES, PLATFORMS, TEAMS};

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The place of the agency that it happens to.
    pub(super) agency: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// A report comes in, with an idempotency key or without.
    Ingest {
        report: Report,
        has_key: bool,
    },
    /// Two reports come in at once.
    IngestTwo {
        one: Report,
        other: Report,
    },
    /// The keys of an earlier batch come again with other values.
    Restate {
        pick: usize,
        seed: u64,
    },
    /// An earlier request comes again, with the same key.
    Repeat {
        pick: usize,
    },
    /// The key of an earlier request comes with another body.
    ReuseKey {
        pick: usize,
        report: Report,
    },
    /// A batch is undone.
    Retract {
        pick: usize,
    },
    /// A campaign is renamed.
    Rename {
        pick: usize,
        name: u32,
    },
    /// A campaign moves to another platform.
    Move {
        pick: usize,
        platform: &'static str,
    },
    /// A campaign is given to a team, or to none.
    SetTeam {
        pick: usize,
        team: Option<&'static str>,
    },
    /// The process is killed at a step of a report's way in; its sender asks again or doesn't.
    CrashInIngest {
        report: Report,
        stop: Stop,
        asks_again: bool,
    },
    /// The process ends in order and starts again.
    Restart,
    /// Time passes.
    Wait {
        seconds: u32,
    },
    /// A question is asked in these modes of the caches, one after the other.
    Ask {
        question: Question,
        modes: Vec<CacheMode>,
    },
    /// Compaction runs until nothing is due.
    Compact,
    /// The same while a question is answered.
    CompactWhileAsked {
        question: Question,
    },
    /// The process is killed at a step of a compaction.
    CrashInCompaction {
        stop: Stop,
    },
    /// A backup is made, into a new folder or over the one before.
    BackUp {
        into_new: bool,
    },
    /// The process is killed at a step of a backup.
    CrashInBackup {
        stop: Stop,
    },
    /// The last backup is restored into a new folder, where everything goes on.
    Restore,
    /// Everything on the disk is read and compared with the manifest.
    Verify,
    /// What an answer would have been at the moment of an earlier commit.
    AskAsOf {
        question: Question,
        pick: usize,
    },
    /// A first page is read; a later one is turned to at some time.
    ReadPage {
        question: Question,
    },
    TurnPage {
        pick: usize,
    },
}

/// The steps of a seed.
pub(super) fn draw(seed: u64, n_steps: usize) -> Vec<Step> {
    let mut rng = Pcg64::seed_from_u64(seed);
    let theme = Theme::random(&mut rng);
    (0..n_steps)
        .map(|_| Step::random(&mut rng, &theme))
        .collect()
}

/// What the steps of one seed have in common, so that its reports and questions meet: caches and
/// compaction have nothing to do where nothing comes twice.
pub(super) struct Theme {
    /// The dataset that most is about.
    dataset: usize,
    /// The first of the days that most reports are about, and how many they are.
    days: (usize, usize),
    /// The questions that most askers have.
    questions: Vec<Question>,
    /// Whether the process lives on from the first step to the last, with all that it remembers.
    is_calm: bool,
}

impl Theme {
    fn random(rng: &mut Pcg64) -> Self {
        let dataset = [0, 0, 1, 2, 3][rng.random_range(0..5)];
        Self {
            dataset,
            days: (rng.random_range(0..DAYS.len()), rng.random_range(2..5)),
            questions: (0..4).map(|_| Question::random(rng, dataset)).collect(),
            is_calm: rng.random_bool(0.5),
        }
    }

    /// The days of a report: the first, and how many follow each other.
    pub(super) fn days(&self, rng: &mut Pcg64) -> (usize, usize) {
        if rng.random_bool(0.7) {
            self.days
        } else {
            (
                rng.random_range(0..DAYS.len()),
                rng.random_range(1..=DAYS.len()),
            )
        }
    }

    /// The dataset of a report.
    pub(super) fn dataset(&self, rng: &mut Pcg64) -> usize {
        if rng.random_bool(0.8) {
            self.dataset
        } else {
            rng.random_range(0..ENTRIES.len())
        }
    }

    fn question(&self, rng: &mut Pcg64) -> Question {
        if rng.random_bool(0.7) {
            self.questions[rng.random_range(0..self.questions.len())].clone()
        } else {
            let dataset = self.dataset(rng);
            Question::random(rng, if dataset == COSTS { 0 } else { dataset })
        }
    }
}

impl Step {
    fn random(rng: &mut Pcg64, theme: &Theme) -> Self {
        // The second agency is there to be mixed up with the first.
        let agency = usize::from(rng.random_bool(0.15)) % AGENCIES.len();
        loop {
            let what = What::random(rng, theme);
            if !(theme.is_calm && what.ends_the_process()) {
                return Self { agency, what };
            }
        }
    }
}

impl Step {
    /// The report that it sends, if the step says so itself.
    pub(super) fn report(&self) -> Option<&Report> {
        match &self.what {
            What::Ingest { report, .. }
            | What::ReuseKey { report, .. }
            | What::CrashInIngest { report, .. } => Some(report),
            _ => None,
        }
    }
}

impl What {
    fn random(rng: &mut Pcg64, theme: &Theme) -> Self {
        match rng.random_range(0..100) {
            0..=37 => Self::of_facts(rng, theme),
            38..=41 => Self::of_records(rng),
            42..=57 => Self::of_upkeep(rng),
            _ => Self::of_reading(rng, theme),
        }
    }

    fn of_facts(rng: &mut Pcg64, theme: &Theme) -> Self {
        let pick = rng.random_range(0..1_000);
        match rng.random_range(0..20) {
            0..=7 => Self::Ingest {
                report: Report::random(rng, theme),
                has_key: rng.random_bool(0.7),
            },
            8..=11 => Self::Restate {
                pick,
                seed: rng.random(),
            },
            12 => Self::IngestTwo {
                one: Report::random(rng, theme),
                other: Report::random(rng, theme),
            },
            13 => Self::Repeat { pick },
            14 => Self::ReuseKey {
                pick,
                report: Report::random(rng, theme),
            },
            15..=16 => Self::Retract { pick },
            _ => Self::CrashInIngest {
                report: Report::random(rng, theme),
                stop: stop_in(rng, Way::Ingest),
                asks_again: rng.random_bool(0.5),
            },
        }
    }

    fn of_records(rng: &mut Pcg64) -> Self {
        let pick = rng.random_range(0..1_000);
        match rng.random_range(0..3) {
            0 => Self::Rename {
                pick,
                name: rng.random_range(0..5),
            },
            1 => Self::Move {
                pick,
                platform: PLATFORMS[rng.random_range(0..PLATFORMS.len())],
            },
            _ => Self::SetTeam {
                pick,
                team: TEAMS.get(rng.random_range(0..=TEAMS.len())).copied(),
            },
        }
    }

    fn of_upkeep(rng: &mut Pcg64) -> Self {
        match rng.random_range(0..18) {
            0..=1 => Self::Restart,
            2..=3 => Self::Wait {
                seconds: [60, 90_000, 1_000_000, 3_000_000][rng.random_range(0..4)],
            },
            4..=8 => Self::Compact,
            9..=11 => Self::CrashInCompaction {
                stop: stop_in(rng, Way::Compaction),
            },
            12..=14 => Self::BackUp {
                into_new: rng.random_bool(0.5),
            },
            15 => Self::CrashInBackup {
                stop: stop_in(rng, Way::Backup),
            },
            16 => Self::Restore,
            _ => Self::Verify,
        }
    }

    fn of_reading(rng: &mut Pcg64, theme: &Theme) -> Self {
        let question = theme.question(rng);
        let pick = rng.random_range(0..1_000);
        match rng.random_range(0..20) {
            0..=3 => Self::AskAsOf { question, pick },
            4..=5 => Self::ReadPage { question },
            6..=8 => Self::TurnPage { pick },
            9 => Self::CompactWhileAsked { question },
            _ => Self::Ask {
                question,
                modes: (0..rng.random_range(1..=3))
                    .map(|_| CacheMode::ALL[rng.random_range(0..CacheMode::ALL.len())])
                    .collect(),
            },
        }
    }
}

impl What {
    /// Whether a new process begins, which remembers nothing.
    fn ends_the_process(&self) -> bool {
        matches!(
            self,
            Self::Restart
                | Self::Restore
                | Self::CrashInIngest { .. }
                | Self::CrashInCompaction { .. }
                | Self::CrashInBackup { .. }
        )
    }
}

/// What a process may be killed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Ingest,
    Compaction,
    Backup,
}

/// One of the named steps of a way.
fn stop_in(rng: &mut Pcg64, way: Way) -> Stop {
    let way_of = |stop: &Stop| match stop.as_str().split_once('-') {
        Some(("compaction", _)) => Way::Compaction,
        Some(("backup", _)) => Way::Backup,
        _ => Way::Ingest,
    };
    let stops: Vec<Stop> = Stop::ALL
        .iter()
        .copied()
        .filter(|stop| way_of(stop) == way)
        .collect();
    stops[rng.random_range(0..stops.len())]
}
