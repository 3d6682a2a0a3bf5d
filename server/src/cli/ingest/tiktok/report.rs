//! The reports of one command: which of them belong together, and how their lines are numbered.

use std::path::{Path, PathBuf};

use super::layout::{Grain, Layout};
use super::table::Table;
use crate::cli::ingest::sources::Sources;

/// A report whose header is read.
#[derive(Debug)]
pub(super) struct Report {
    path: PathBuf,
    lines_before: u64,
    /// The path as messages show it.
    pub(super) name: String,
    pub(super) layout: Layout,
}

impl Report {
    /// Its rows from the first.
    pub(super) fn rows(&self) -> Result<Table, String> {
        Table::open_behind(&self.path, self.lines_before)
    }
}

/// The reports in groups that become one batch each, in the order of their first files: hourly
/// ones of a kind together, each other one for itself.
pub(crate) fn groups<'a>(paths: &[&'a Path]) -> Result<Vec<Vec<&'a Path>>, String> {
    let mut groups = Vec::<(Layout, Vec<&Path>)>::new();
    for path in paths {
        let layout = Layout::of(&Table::open(path)?)?;
        let same = groups.iter_mut().find(|(first, _)| {
            layout.grain == Grain::Hour
                && first.grain == Grain::Hour
                && first.subject == layout.subject
        });
        match same {
            Some((_, group)) => group.push(path),
            None => groups.push((layout, vec![path])),
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// Opens the reports of one batch and counts their lines, so that each has a number of its own.
pub(super) fn open_all(paths: &[&Path]) -> Result<(Vec<Report>, Sources), String> {
    let mut reports = Vec::<Report>::new();
    let mut sources = Sources::default();
    let mut lines_before = 0;
    for (index, path) in paths.iter().enumerate() {
        let mut table = Table::open_behind(path, lines_before)?;
        let mut layout = Layout::of(&table)?;
        if let Some(first) = reports.first() {
            layout = layout.aligned(&first.layout, (&table.name, &first.name))?;
        }
        sources.push(crate::cli::ingest::plan::name_of(path), lines_before);
        reports.push(Report {
            path: path.to_path_buf(),
            lines_before,
            name: table.name.clone(),
            layout,
        });
        // The last file's lines count for nobody.
        if index + 1 < paths.len() {
            while table.next()?.is_some() {}
            lines_before = table.lines_read();
        }
    }
    Ok((reports, sources))
}
