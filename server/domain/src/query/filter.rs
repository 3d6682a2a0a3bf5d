//! Which facts are kept: from the filters of a client to sets of values and a condition.
//!
//! What all facts must have of one dimension or label becomes a set, which the store can look up;
//! the rest stays a condition.

use super::canonical::{FILTER_VALUES_MAX, Filter, LABELS_MAX, LabelFilter};
use super::condition::{Accepted, Condition, Subject, Test};
use super::dimension::Dimension;
use super::labels::check_name;
use super::legal::canonical_value;
use crate::agency::NAME_BYTES_MAX;
use crate::error_code::Refusal;

/// The most filters and tests of one query, those within others counted too.
pub const FILTER_NODES_MAX: usize = 100;

/// What a client keeps: all of these hold at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilterRequest {
    /// Tests of single subjects.
    pub tests: Vec<TestRequest>,
    /// Further filters that hold.
    pub and: Vec<FilterRequest>,
    /// Filters of which any holds, if given.
    pub or: Option<Vec<FilterRequest>>,
    /// A filter that does not hold.
    pub not: Option<Box<FilterRequest>>,
}

/// A test as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRequest {
    /// What it looks at.
    pub subject: Subject,
    /// Which texts pass.
    pub accepts: Accepts,
}

/// Which texts pass a test, as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepts {
    /// One of these.
    In(Vec<String>),
    /// None of these, also what is absent.
    NotIn(Vec<String>),
    /// One in which this stands; of names.
    Containing(String),
}

/// A query's filters in canonical form.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// What all facts must have, sorted by dimension.
    pub(super) filters: Vec<Filter>,
    /// What all campaigns must have, sorted by label.
    pub(super) label_filters: Vec<LabelFilter>,
    /// What else must hold.
    pub(super) condition: Option<Condition>,
    /// The dimensions that are tested, each with its place in the input.
    pub(super) places: Vec<(Dimension, String)>,
}

/// The filters of a request; `known` are the names of the labels that there are.
pub(super) fn canonical(request: &FilterRequest, known: &[String]) -> Result<Kept, Refusal> {
    let mut reading = Reading {
        known,
        n_nodes: 0,
        places: Vec::new(),
    };
    let condition = reading.filter(request, "where")?;
    let mut kept = Kept {
        places: reading.places,
        ..Kept::default()
    };
    let parts = match condition {
        Condition::All(parts) => parts,
        part => vec![part],
    };
    let mut rest = Vec::new();
    for part in parts {
        rest.extend(kept.take_set(part));
    }
    kept.condition = (!rest.is_empty()).then(|| Condition::all(rest));
    kept.filters.sort_by_key(|filter| filter.dimension);
    kept.label_filters.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kept)
}

impl Kept {
    /// Takes a set of values in; gives back what is none.
    fn take_set(&mut self, part: Condition) -> Option<Condition> {
        let Condition::Test(Test {
            subject,
            accepted: Accepted::In(values),
        }) = part
        else {
            return Some(part);
        };
        match subject {
            Subject::Dimension(dimension) => {
                let mut filters = self.filters.iter_mut();
                match filters.find(|known| known.dimension == dimension) {
                    Some(known) => known.values.retain(|value| values.contains(value)),
                    None => self.filters.push(Filter { dimension, values }),
                }
            }
            Subject::Label(name) => {
                let mut filters = self.label_filters.iter_mut();
                match filters.find(|known| known.name == name) {
                    Some(known) => known.values.retain(|value| values.contains(value)),
                    None => self.label_filters.push(LabelFilter { name, values }),
                }
            }
            subject => {
                let accepted = Accepted::In(values);
                return Some(Condition::Test(Test { subject, accepted }));
            }
        }
        None
    }
}

/// A client's filters while they are read.
struct Reading<'a> {
    known: &'a [String],
    n_nodes: usize,
    places: Vec<(Dimension, String)>,
}

impl Reading<'_> {
    fn filter(&mut self, filter: &FilterRequest, path: &str) -> Result<Condition, Refusal> {
        self.count(path)?;
        let mut conditions = self.tests(&filter.tests, path)?;
        for (index, inner) in filter.and.iter().enumerate() {
            conditions.push(self.filter(inner, &format!("{path}.and[{index}]"))?);
        }
        if let Some(or) = &filter.or {
            let path = format!("{path}.or");
            if or.is_empty() {
                let message = "any of no filters keeps nothing; give at least one";
                return Err(Refusal::invalid(message).at(path));
            }
            let mut any = Vec::with_capacity(or.len());
            for (index, inner) in or.iter().enumerate() {
                any.push(self.filter(inner, &format!("{path}[{index}]"))?);
            }
            conditions.push(Condition::any(any));
        }
        if let Some(not) = &filter.not {
            let path = format!("{path}.not");
            let inner = self.filter(not, &path)?;
            if inner == Condition::All(Vec::new()) {
                let message = "not of an empty filter keeps nothing; give it a test";
                return Err(Refusal::invalid(message).at(path));
            }
            conditions.push(inner.not());
        }
        Ok(Condition::all(conditions))
    }

    fn count(&mut self, path: &str) -> Result<(), Refusal> {
        self.n_nodes += 1;
        if self.n_nodes <= FILTER_NODES_MAX {
            return Ok(());
        }
        let what = "a filter with more parts than that";
        Err(Refusal::limit("filter_nodes_max", FILTER_NODES_MAX, what).at(path))
    }

    fn tests(&mut self, tests: &[TestRequest], path: &str) -> Result<Vec<Condition>, Refusal> {
        let mut conditions = Vec::new();
        let mut labels: Vec<&str> = Vec::new();
        for test in tests {
            let place = format!("{path}.{}", field_of(&test.subject, labels.len()));
            self.count(&place)?;
            match &test.subject {
                Subject::Label(name) => {
                    check_label(name, &mut labels, path)?;
                    check_name(name, self.known, &format!("{place}.name"))?;
                }
                Subject::Dimension(dimension) => self.places.push((*dimension, place.clone())),
                _ => {}
            }
            conditions.push(condition_of(test).map_err(|refusal| refusal.at(place))?);
        }
        Ok(conditions)
    }
}

/// The name of a subject's field in a filter; labels stand in a list.
fn field_of(subject: &Subject, n_labels: usize) -> String {
    match subject {
        Subject::Dimension(dimension) => dimension.as_str().to_ascii_lowercase(),
        Subject::Label(_) => format!("labels[{n_labels}]"),
        Subject::BrandName => "brandName".to_owned(),
        Subject::CampaignName => "campaignName".to_owned(),
        Subject::Objective => "objective".to_owned(),
        Subject::Status => "status".to_owned(),
    }
}

/// Refuses a label that the filter tests already, and too many of them.
fn check_label<'a>(name: &'a str, labels: &mut Vec<&'a str>, path: &str) -> Result<(), Refusal> {
    if labels.contains(&name) {
        let message = format!("the label `{name}` stands in `where.labels` twice");
        return Err(Refusal::invalid(message).at(format!("{path}.labels[{}]", labels.len())));
    }
    labels.push(name);
    if labels.len() > LABELS_MAX {
        let what = format!("{} labels", labels.len());
        return Err(Refusal::limit("labels_max", LABELS_MAX, what).at(format!("{path}.labels")));
    }
    Ok(())
}

fn condition_of(test: &TestRequest) -> Result<Condition, Refusal> {
    let (accepted, is_negated) = match &test.accepts {
        Accepts::In(values) => (values_of(&test.subject, values)?, false),
        Accepts::NotIn(values) => (values_of(&test.subject, values)?, true),
        Accepts::Containing(part) => (part_of(part)?, false),
    };
    let condition = Condition::Test(Test {
        subject: test.subject.clone(),
        accepted,
    });
    Ok(if is_negated {
        condition.not()
    } else {
        condition
    })
}

fn values_of(subject: &Subject, values: &[String]) -> Result<Accepted, Refusal> {
    if values.is_empty() {
        let message = "a filter without values keeps nothing; give at least one";
        return Err(Refusal::invalid(message));
    }
    if values.len() > FILTER_VALUES_MAX {
        let what = format!("{} values", values.len());
        return Err(Refusal::limit("filter_values_max", FILTER_VALUES_MAX, what));
    }
    let canonical = |value: &String| match subject {
        Subject::Dimension(dimension) => canonical_value(*dimension, value),
        Subject::BrandName | Subject::CampaignName => Ok(value.to_lowercase()),
        Subject::Label(_) | Subject::Objective | Subject::Status => Ok(value.clone()),
    };
    let mut values = values
        .iter()
        .map(canonical)
        .collect::<Result<Vec<_>, _>>()?;
    values.sort_unstable();
    values.dedup();
    Ok(Accepted::In(values))
}

fn part_of(part: &str) -> Result<Accepted, Refusal> {
    if part.is_empty() {
        return Err(Refusal::invalid(
            "every name contains the empty text; give at least one letter",
        ));
    }
    if part.len() > NAME_BYTES_MAX {
        let what = format!("a text of {} bytes", part.len());
        return Err(Refusal::limit("name_bytes_max", NAME_BYTES_MAX, what));
    }
    Ok(Accepted::Containing(part.to_lowercase()))
}
