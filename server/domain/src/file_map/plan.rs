//! A map held against a header: which cell of the file fills which column.

use super::cell::converted;
use super::{CellForm, FileMap, MAPPED_COLUMNS_MAX, MapColumn, MapTarget, OneOrMore, OtherColumns};
use crate::error_code::Refusal;
use crate::nearest::nearest;
use crate::sample::ProblemCode;
use crate::time::{ZoneName, is_date_form};

/// What fills a column.
#[derive(Debug, Clone)]
enum Source {
    /// The cell at this place.
    Cell(usize),
    /// The same in every row.
    Constant(String),
}

/// A column that is filled.
#[derive(Debug, Clone)]
struct Filled {
    name: String,
    form: CellForm,
    rule: MapColumn,
    source: Source,
}

/// A map that fits a file.
#[derive(Debug, Clone)]
pub struct MapPlan {
    map: FileMap,
    n_columns: usize,
    filled: Vec<Filled>,
}

/// What is wrong with a cell, and with the column that it would fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedFault {
    /// The column of the target; none when it is the whole row.
    pub column: Option<String>,
    /// What kind of fault it is.
    pub code: ProblemCode,
    /// What would be accepted.
    pub message: String,
}

impl FileMap {
    /// Everything that the map has against it without any file.
    pub fn check(&self) -> Result<MapTarget, Vec<Refusal>> {
        let target = MapTarget::of(self).map_err(|refusal| vec![refusal])?;
        let mut faults = Vec::new();
        for (name, column) in &self.columns {
            let place = format!("columns.{name}");
            match target.form(name) {
                Ok(form) => faults.extend(check_column(form, column, &place)),
                Err(refusal) => faults.push(refusal.at(place)),
            }
        }
        for required in target.required() {
            if !self.columns.contains_key(required) {
                let place = format!("columns.{required}");
                let message = format!(
                    "`{target}` needs the column `{required}`, which the map doesn't fill; add `[{place}]` with `from`, `header` or `constant`"
                );
                faults.push(Refusal::invalid(message).at(place));
            }
        }
        faults.extend(check_forms("date_format", Some(&self.date_format)));
        if let Some(Err(refusal)) = self.timezone.as_deref().map(ZoneName::parse) {
            faults.push(refusal.at("timezone"));
        }
        if self.group_mark == Some(self.decimal_mark) {
            let message = "`group_mark` and `decimal_mark` are the same; say what each is";
            faults.push(Refusal::invalid(message).at("group_mark"));
        }
        if self.header_line == 0 {
            let message = "lines are counted from 1; say on which the column names stand";
            faults.push(Refusal::invalid(message).at("header_line"));
        }
        if faults.is_empty() {
            return Ok(target);
        }
        Err(faults)
    }
}

fn check_column(form: CellForm, column: &MapColumn, place: &str) -> Vec<Refusal> {
    let mut faults = Vec::new();
    let mut refuse = |field: &str, message: &str| {
        faults.push(Refusal::invalid(message).at(format!("{place}.{field}")));
    };
    let given = [
        column.from.is_some(),
        column.header.is_some(),
        column.constant.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "say one of `from = \"a column of the file\"`, `header` and `constant`";
        refuse("from", message);
    }
    if column.factor.is_some() && form != CellForm::Number {
        refuse("factor", "only numbers are multiplied; leave it out");
    }
    if column.split.as_ref().is_some_and(String::is_empty)
        || (column.split.is_some() && form != CellForm::List)
    {
        refuse("split", "only lists are split, by a text that is not empty");
    }
    let is_day = matches!(form, CellForm::Day | CellForm::Moment);
    if column.date_format.is_some() && !is_day {
        refuse(
            "date_format",
            "only days and moments have a form; leave it out",
        );
    }
    let patterns = column.header.iter().flat_map(OneOrMore::all);
    if patterns.clone().any(|name| name.matches('*').count() != 1) {
        refuse("header", "name a column with one `*`, such as `Cost (*)`");
    }
    if form == CellForm::Day {
        let place = format!("{place}.date_format");
        faults.extend(check_forms(&place, column.date_format.as_ref()));
    }
    faults
}

fn check_forms(place: &str, forms: Option<&OneOrMore>) -> Option<Refusal> {
    let mut forms = forms.map(OneOrMore::all).unwrap_or_default().iter();
    let wrong = forms.find(|form| !is_date_form(form))?;
    let message =
        format!("`{wrong}` is not a form of days; write one such as `%Y-%m-%d` or `%d.%m.%Y`");
    Some(Refusal::invalid(message).at(place))
}

impl MapPlan {
    /// Holds a sound map against the names of a file's columns, or tells everything that doesn't
    /// fit.
    pub fn new(map: &FileMap, header: &[&str]) -> Result<Self, Vec<Refusal>> {
        let target = map.check()?;
        if header.len() > MAPPED_COLUMNS_MAX {
            let what = format!("a file of {} columns", header.len());
            return Err(vec![Refusal::limit(
                "mapped_columns_max",
                MAPPED_COLUMNS_MAX,
                what,
            )]);
        }
        let header: Vec<&str> = header.iter().map(|name| name.trim()).collect();
        let mut faults = Vec::new();
        let mut filled = Vec::new();
        let mut used = vec![false; header.len()];
        for (name, rule) in &map.columns {
            let form = target.form(name).map_err(|refusal| vec![refusal])?;
            let source = match source(rule, &header, &mut used) {
                Some(source) => source,
                None if rule.optional => continue,
                None => {
                    faults.push(lacking(name, rule, &header));
                    continue;
                }
            };
            filled.push(Filled {
                name: name.clone(),
                form,
                rule: rule.clone(),
                source,
            });
        }
        if map.others == OtherColumns::Refuse {
            let unused = header.iter().zip(&used).filter(|(_, used)| !**used);
            let unused = unused
                .map(|(name, _)| *name)
                .filter(|name| !name.is_empty());
            let unknown =
                unused.filter(|name| !map.ignore.iter().any(|it| matched(it, name).is_some()));
            faults.extend(unknown.map(|name| {
                let message = format!(
                    "the map doesn't say what the file's column `{name}` is; name it in `from` of a column, or under `ignore`"
                );
                Refusal::invalid(message).at("ignore")
            }));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            map: map.clone(),
            n_columns: header.len(),
            filled,
        })
    }

    /// The columns that are filled, in the order of [`convert`](Self::convert).
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.filled.iter().map(|filled| filled.name.as_str())
    }

    /// Whether a row is none of the file's own, such as its totals.
    pub fn skips(&self, cells: &[&str]) -> bool {
        let mut cells = cells.iter().map(|cell| cell.trim());
        let first = cells.find(|cell| !cell.is_empty());
        first.is_none_or(|first| {
            let mut beginnings = self.map.skip_rows.iter();
            beginnings.any(|beginning| first.starts_with(beginning.as_str()))
        })
    }

    /// The cells of the target for a row, or everything that is wrong with it.
    pub fn convert(&self, cells: &[&str]) -> Result<Vec<String>, Vec<MappedFault>> {
        if cells.len() != self.n_columns {
            let (n_cells, n_columns) = (cells.len(), self.n_columns);
            return Err(vec![MappedFault {
                column: None,
                code: ProblemCode::WrongFieldCount,
                message: format!(
                    "the line has {n_cells} cells; the header names {n_columns} columns"
                ),
            }]);
        }
        let (mut made, mut faults) = (Vec::with_capacity(self.filled.len()), Vec::new());
        for filled in &self.filled {
            let value = match &filled.source {
                Source::Constant(value) => Ok(value.clone()),
                Source::Cell(place) => {
                    converted(&self.map, &filled.rule, filled.form, cells[*place])
                }
            };
            match value {
                Ok(value) => made.push(value),
                Err((code, message)) => faults.push(MappedFault {
                    column: Some(filled.name.clone()),
                    code,
                    message,
                }),
            }
        }
        if faults.is_empty() {
            return Ok(made);
        }
        Err(faults)
    }
}

fn source(rule: &MapColumn, header: &[&str], used: &mut [bool]) -> Option<Source> {
    if let Some(constant) = &rule.constant {
        return Some(Source::Constant(constant.clone()));
    }
    let names = rule
        .from
        .iter()
        .chain(&rule.header)
        .flat_map(OneOrMore::all);
    for pattern in names {
        for (place, name) in header.iter().enumerate() {
            let Some(text) = matched(pattern, name) else {
                continue;
            };
            if rule.header.is_some() {
                return Some(Source::Constant(text.to_owned()));
            }
            used[place] = true;
            return Some(Source::Cell(place));
        }
    }
    None
}

/// The text that `*` of a pattern stands for in a name, empty without one; none when they differ.
/// Letters are compared without case.
fn matched<'a>(pattern: &str, name: &'a str) -> Option<&'a str> {
    let Some((before, after)) = pattern.split_once('*') else {
        return (pattern.trim().to_lowercase() == name.to_lowercase()).then_some("");
    };
    let rest = name.strip_prefix(before)?;
    rest.strip_suffix(after)
}

fn lacking(name: &str, rule: &MapColumn, header: &[&str]) -> Refusal {
    let names = rule
        .from
        .iter()
        .chain(&rule.header)
        .flat_map(OneOrMore::all);
    let wanted: Vec<&str> = names.map(String::as_str).collect();
    let near = wanted
        .iter()
        .find_map(|wanted| nearest(wanted, header.iter().copied()));
    let hint = near
        .map(|near| format!("; did you mean `{near}`?"))
        .unwrap_or_default();
    let message = format!(
        "the file has no column `{}`, from which `{name}` is to be filled{hint} It has: {}",
        wanted.join("` or `"),
        header.join(", ")
    );
    let refusal = Refusal::invalid(message).at(format!("columns.{name}.from"));
    refusal
        .with_suggestion(near)
        .with_allowed(header.iter().copied())
}
