//! Reports as senders write them, and what the model makes of them.

use std::fmt::Write;

use bellwether_domain::agency::Slug;
use bellwether_domain::batch::{ColumnRule, IngestMode, ReplaceRule};
use bellwether_domain::campaign::Platform;
use bellwether_domain::sample::Duplicates;
use bellwether_service::{Format, IngestRequest, RegisterDefaults};
use rand::RngExt;
use rand_pcg::Pcg64;

use super::model::{Row, Rows};
use super::question::some_of;
use super::report::{BRANDS, CAMPAIGNS, COSTS, DAYS, ENTRIES, Entry, Key, Values, WINDOWS, day};
use super::steps::Theme;

/// A line that no report may have.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bad {
    Date,
    FutureDate,
    NegativeCount,
}

/// A report: its rows, among them bad ones, and how it is written and sent.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub(super) brand: usize,
    pub(super) dataset: usize,
    pub(super) rows: Vec<Row>,
    /// Rows of the same keys that stand before them, in a report of `duplicates=last`: each comes
    /// to nothing. None of them means `duplicates=reject`.
    pub(super) overtaken: Vec<Row>,
    /// A bad line before the row at this place.
    pub(super) bad: Vec<(usize, Bad)>,
    pub(super) mode: IngestMode,
    /// The measures that the header has; NDJSON has no header, so that each row has its own.
    pub(super) columns: Vec<usize>,
    pub(super) merges: bool,
    pub(super) replaces_range: bool,
    pub(super) is_ndjson: bool,
}

/// A report as it goes over the wire.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) report: Report,
    pub(super) idempotency_key: Option<String>,
}

impl Report {
    /// A report with keys by chance.
    pub(super) fn random(rng: &mut Pcg64, theme: &Theme) -> Self {
        let dataset = theme.dataset(rng);
        let brand = rng.random_range(0..BRANDS.len());
        let own: Vec<usize> = (0..CAMPAIGNS.len())
            .filter(|place| CAMPAIGNS[*place].brand == brand)
            .collect();
        let mut campaigns = some_of(rng, &own, 0.6);
        if campaigns.is_empty() {
            campaigns.push(own[0]);
        }
        let days = theme.days(rng);
        let n_rows = rng.random_range(1..25);
        let mut keys: Vec<Key> = (0..n_rows)
            .map(|_| Key {
                campaign: campaigns[rng.random_range(0..campaigns.len())],
                day: (days.0 + rng.random_range(0..days.1)) % DAYS.len(),
                texts: ENTRIES[dataset].random_texts(rng),
                window: ENTRIES[dataset].random_window(rng),
            })
            .collect();
        keys.sort();
        keys.dedup();
        Self::of_keys(rng, dataset, &keys)
    }

    /// A report of these keys, which are of one brand, with values by chance.
    pub(super) fn of_keys(rng: &mut Pcg64, dataset: usize, keys: &[Key]) -> Self {
        let measures: Vec<usize> = (0..ENTRIES[dataset].measures.len()).collect();
        let merges = rng.random_bool(0.25);
        let is_ndjson = rng.random_bool(0.3);
        let mut columns = if merges || rng.random_bool(0.2) {
            some_of(rng, &measures, 0.5)
        } else {
            measures.clone()
        };
        if columns.is_empty() {
            columns.push(0);
        }
        let row_of = |rng: &mut Pcg64, key: &Key| {
            let columns = if is_ndjson && rng.random_bool(0.3) {
                some_of(rng, &columns, 0.6)
            } else {
                columns.clone()
            };
            let mut row = Row::random(rng, *key, &columns, &ENTRIES[dataset]);
            // An empty cell of CSV says that the value is missing; NDJSON leaves it out.
            let says = |place: &usize| !is_ndjson || row.values[*place].is_some();
            row.speaks_of = merges.then(|| columns.into_iter().filter(says).collect());
            row
        };
        let rows: Vec<Row> = keys.iter().map(|key| row_of(rng, key)).collect();
        let n_overtaken = if rng.random_bool(0.2) {
            keys.len() / 2 + 1
        } else {
            0
        };
        let overtaken = keys.iter().take(n_overtaken);
        let overtaken: Vec<Row> = overtaken.map(|key| row_of(rng, key)).collect();
        let bad = match rng.random_range(0..12) {
            0 => vec![(0, Bad::Date)],
            // A cost may be negative and lie ahead.
            1 if dataset != COSTS => vec![
                (rows.len() / 2, Bad::NegativeCount),
                (rows.len(), Bad::FutureDate),
            ],
            _ => Vec::new(),
        };
        // Costs are of ranges of days; whoever replaces a range must not lose a line.
        let replaces_range = !merges && dataset != COSTS && rng.random_bool(0.3);
        let mode = [IngestMode::Strict, IngestMode::Skip][rng.random_range(0..2)];
        Self {
            brand: CAMPAIGNS[keys[0].campaign].brand,
            dataset,
            rows,
            overtaken,
            bad,
            mode: if replaces_range {
                IngestMode::Strict
            } else {
                mode
            },
            columns,
            merges,
            replaces_range,
            is_ndjson,
        }
    }

    pub(super) fn entry(&self) -> &'static Entry {
        &ENTRIES[self.dataset]
    }

    /// Whether nothing of it may be written.
    pub(super) fn is_refused(&self) -> bool {
        !self.bad.is_empty() && self.mode == IngestMode::Strict
    }

    /// The change that it makes when it is committed.
    pub(super) fn change(&self) -> Rows {
        Rows {
            dataset: self.dataset,
            all: self.rows.clone(),
            replaces_range: self.replaces_range,
        }
    }

    /// The report as text.
    pub(super) fn body(&self) -> String {
        let mut lines: Vec<String> = self.rows.iter().map(|row| self.line(row)).collect();
        for (place, bad) in self.bad.iter().rev() {
            lines.insert(*place, self.bad_line(*bad));
        }
        lines.splice(0..0, self.overtaken.iter().map(|row| self.line(row)));
        if !self.is_ndjson {
            lines.insert(0, self.names().join(","));
        }
        lines.join("\n") + "\n"
    }

    fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["campaign", "platform", "currency"];
        names.extend(if self.dataset == COSTS {
            &["from", "until"][..]
        } else {
            &["date"]
        });
        names.extend(self.entry().texts.iter().map(|(name, _)| *name));
        if self.entry().has_windows {
            names.push("attribution");
        }
        let measures = self.columns.iter();
        names.extend(measures.map(|place| self.entry().measures[*place].column));
        names
    }

    fn line(&self, row: &Row) -> String {
        let campaign = &CAMPAIGNS[row.key.campaign];
        let mut cells = [campaign.external_id, campaign.platform, campaign.currency]
            .map(str::to_owned)
            .to_vec();
        cells.push(DAYS[row.key.day].to_owned());
        if self.dataset == COSTS {
            let after = day(row.key.day).tomorrow().expect("there is a next day");
            cells.push(after.to_string());
        }
        cells.extend(row.key.texts.iter().map(|text| (*text).to_owned()));
        if self.entry().has_windows {
            cells.push(WINDOWS[row.key.window].to_owned());
        }
        let n_keys = cells.len();
        cells.extend(self.columns.iter().map(|place| self.cell(*place, row)));
        if !self.is_ndjson {
            return cells.join(",");
        }
        let fields = self.names().into_iter().zip(cells).enumerate();
        // A row of NDJSON leaves out what it doesn't speak of.
        let said = fields.filter(|(_, (_, cell))| !cell.is_empty());
        let said = said.map(|(place, (name, cell))| {
            if place < n_keys {
                format!("\"{name}\":\"{cell}\"")
            } else {
                format!("\"{name}\":{cell}")
            }
        });
        format!("{{{}}}", said.collect::<Vec<_>>().join(","))
    }

    fn cell(&self, place: usize, row: &Row) -> String {
        let millionths = self.entry().measures[place].millionths;
        let Some(value) = row.values[place] else {
            return String::new();
        };
        let mut cell = String::new();
        // Writing to a string can't fail.
        let _ = match millionths {
            10_000 => write!(cell, "{}.{:02}", value / 100, value % 100),
            100_000 => write!(cell, "{}.{}", value / 10, value % 10),
            _ => write!(cell, "{value}"),
        };
        cell
    }

    fn bad_line(&self, bad: Bad) -> String {
        let key = self.rows[0].key;
        let mut values: Values = vec![None; self.entry().measures.len()];
        values[self.columns[0]] = Some(7);
        let row = Row {
            key,
            values,
            speaks_of: None,
        };
        let good = self.line(&row);
        let day = DAYS[key.day];
        match bad {
            Bad::Date => good.replace(day, "2026-13-01"),
            Bad::FutureDate => good.replace(day, "2099-01-01"),
            Bad::NegativeCount => {
                let cell = self.cell(self.columns[0], &row);
                match good.rfind(&cell) {
                    Some(at) => format!("{}-{}", &good[..at], &good[at..]),
                    None => good.replace(day, "2026-13-01"),
                }
            }
        }
    }
}

impl Request {
    /// The request as the product takes it.
    pub(super) fn to_ingest(&self) -> IngestRequest {
        let report = &self.report;
        IngestRequest {
            dataset: report.entry().name,
            brand: Slug::parse(BRANDS[report.brand]).expect("a slug"),
            format: if report.is_ndjson {
                Format::Ndjson
            } else {
                Format::Csv
            },
            mode: report.mode,
            duplicates: if report.overtaken.is_empty() {
                Duplicates::Reject
            } else {
                Duplicates::Last
            },
            columns: if report.merges {
                ColumnRule::Merge
            } else {
                ColumnRule::Replace
            },
            replace: if report.replaces_range {
                ReplaceRule::Range
            } else {
                ReplaceRule::Keys
            },
            register: Some(RegisterDefaults {
                platform: Platform::Other,
                currency: None,
                timezone: None,
            }),
            idempotency_key: self.idempotency_key.clone(),
        }
    }
}

impl Entry {
    fn random_texts(&self, rng: &mut Pcg64) -> &'static [&'static str] {
        self.values[rng.random_range(0..self.values.len())]
    }

    /// Most rows have no window, as most reports.
    fn random_window(&self, rng: &mut Pcg64) -> usize {
        if self.has_windows && rng.random_bool(0.3) {
            rng.random_range(1..WINDOWS.len())
        } else {
            0
        }
    }
}

impl Row {
    fn random(rng: &mut Pcg64, key: Key, columns: &[usize], entry: &Entry) -> Self {
        let mut values: Values = vec![None; entry.measures.len()];
        for place in columns {
            values[*place] = match rng.random_range(0..12) {
                0 => None,
                1 => Some(0),
                2 => Some(rng.random_range(0..4_000_000_000)),
                _ => Some(rng.random_range(0..1_000)),
            };
        }
        Self {
            key,
            values,
            speaks_of: None,
        }
    }
}
