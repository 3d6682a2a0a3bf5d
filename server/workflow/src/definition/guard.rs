//! Conditions on a case's facts, in the Common Expression Language (CEL).
//!
//! A condition sees `facts` (evidence by kind), `subject`, `effects` and `timers` (their status by
//! name) and `case` (`state`, `requester`, `today`); nothing else.
//! Invariant: it can't change anything, has no clock and no randomness, and is bounded in length.

mod shape;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, Program, Value as CelValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use shape::Shape;

/// The most bytes of an expression.
pub const GUARD_BYTES_MAX: usize = 500;

/// The most words and signs of an expression, and how deep its brackets may stand: the library
/// reads and decides by recursion, some 50 kB of stack for each link of a chain and 150 kB for
/// each bracket in a debug build, and threads have 2 MB.
pub const GUARD_PARTS_MAX: usize = 40;

/// See [`GUARD_PARTS_MAX`].
pub const GUARD_DEPTH_MAX: usize = 5;

/// How often an expression may go through a list: nested loops over records would never end.
pub const GUARD_LOOPS_MAX: usize = 1;

/// What a condition may look at.
pub(super) const VARIABLES: [&str; 5] = ["facts", "subject", "effects", "timers", "case"];

/// The functions of the language, put together once: every condition shares them.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A condition on the facts, as written and compiled.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    source: String,
    #[cfg_attr(test, schemars(skip))]
    program: Arc<Program>,
}

/// Why a condition can't be decided: a fact isn't there, or isn't of the kind it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided(pub String);

impl Condition {
    /// Whether it holds; undecided while facts that it looks at aren't there.
    pub fn holds(&self, facts: &Facts) -> Result<bool, Undecided> {
        let mut context = Context::with_env(Arc::clone(&LANGUAGE));
        for name in VARIABLES {
            let value = facts.0.get(name).map_or_else(empty, cel_value);
            context.add_variable_from_value(name, value);
        }
        match self.program.execute(&context) {
            Ok(CelValue::Bool(holds)) => Ok(holds),
            Ok(other) => Err(Undecided(format!("it gives {other:?}, not yes or no"))),
            Err(error) => Err(Undecided(error.to_string())),
        }
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The kinds of evidence that it looks at by name, and the variables that nobody knows.
    pub(super) fn references(&self) -> (Vec<&str>, Vec<&str>) {
        let shape = Shape::of(self.program.expression());
        let known = |name: &&str| VARIABLES.contains(name) || shape.items.contains(name);
        let mut unknown = shape.variables.clone();
        unknown.retain(|name| !known(name));
        (shape.kinds, unknown)
    }
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        if source.len() > GUARD_BYTES_MAX {
            return Err(format!(
                "an expression of {} bytes is over the limit `workflow_guard_bytes_max` of {GUARD_BYTES_MAX}",
                source.len()
            ));
        }
        let n_parts = shape::n_parts(&source);
        if n_parts > GUARD_PARTS_MAX {
            return Err(format!(
                "`{source}` has {n_parts} words and signs; the limit `workflow_guard_parts_max` is {GUARD_PARTS_MAX}"
            ));
        }
        if shape::depth(&source) > GUARD_DEPTH_MAX {
            return Err(format!(
                "`{source}` is nested deeper than the limit `workflow_guard_depth_max` of {GUARD_DEPTH_MAX}"
            ));
        }
        let program = Program::compile(&source)
            .map_err(|error| format!("`{source}` is not a CEL expression: {error}"))?;
        let n_loops = Shape::of(program.expression()).n_loops;
        if n_loops > GUARD_LOOPS_MAX {
            return Err(format!(
                "`{source}` goes through lists {n_loops} times; the limit `workflow_guard_loops_max` is {GUARD_LOOPS_MAX}"
            ));
        }
        Ok(Self {
            source,
            program: Arc::new(program),
        })
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.source
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.source)
    }
}

/// What conditions and due rules can see of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts(pub(crate) Map<String, Value>);

impl Facts {
    /// The text at a path such as `facts.termination_amounts.end_date`.
    pub fn text_at(&self, path: &str) -> Option<&str> {
        self.at(path)?.as_str()
    }

    /// The value at a path.
    pub fn at(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }
}

fn empty() -> CelValue {
    CelValue::from(HashMap::<String, CelValue>::new())
}

/// JSON as CEL sees it: whole numbers are ints, so that they compare with literals.
fn cel_value(value: &Value) -> CelValue {
    match value {
        Value::Null => CelValue::Null,
        Value::Bool(flag) => CelValue::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => CelValue::Int(whole),
            None => CelValue::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => CelValue::String(Arc::new(text.clone())),
        Value::Array(items) => CelValue::List(Arc::new(items.iter().map(cel_value).collect())),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), cel_value(value)));
            CelValue::from(fields.collect::<HashMap<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn condition(source: &str) -> Condition {
        Condition::try_from(source.to_owned()).unwrap()
    }

    #[test]
    fn a_condition_sees_the_facts_and_is_undecided_without_them() {
        let facts =
            json!({"facts": {"amounts": {"penalty": "1200.00"}}, "case": {"today": "2026-04-10"}});
        let facts = Facts(facts.as_object().unwrap().clone());
        assert_eq!(
            condition("double(facts.amounts.penalty) > 1000.0").holds(&facts),
            Ok(true)
        );
        assert_eq!(
            condition("case.today < '2026-04-10'").holds(&facts),
            Ok(false)
        );
        assert!(
            condition("facts.other.penalty == 'x'")
                .holds(&facts)
                .is_err()
        );
        assert_eq!(
            condition("has(facts.other) && facts.other.x == 1").holds(&facts),
            Ok(false)
        );
    }

    #[test]
    fn an_expression_is_bounded_and_must_be_readable() {
        let longest = format!("'{}' == ''", "x".repeat(GUARD_BYTES_MAX - 8));
        assert_eq!(longest.len(), GUARD_BYTES_MAX);
        assert!(Condition::try_from(longest.clone()).is_ok());
        assert!(Condition::try_from(format!("{longest} ")).is_err());
        assert!(Condition::try_from("facts.".to_owned()).is_err());
    }

    #[test]
    fn what_an_expression_looks_at_is_known() {
        let of = condition("facts.answers.exists(a, a == 'x') && fact.other > 1");
        assert_eq!(of.references(), (vec!["answers"], vec!["fact"]));
    }

    #[test]
    fn an_expression_goes_through_one_list_and_not_through_another_within() {
        let once = "facts.a.exists(x, x == 1)";
        assert!(Condition::try_from(once.to_owned()).is_ok());
        let nested = "facts.a.exists(x, facts.a.exists (y, x == y))";
        assert!(Condition::try_from(nested.to_owned()).is_err());
    }

    #[test]
    fn an_expression_has_parts_up_to_its_limit_and_no_more() {
        let sum = |n: usize| format!("1{} > 0", "+1".repeat((n - 3) / 2));
        assert!(Condition::try_from(sum(GUARD_PARTS_MAX - 1)).is_ok());
        assert!(Condition::try_from(sum(GUARD_PARTS_MAX + 1)).is_err());
    }

    #[test]
    fn an_expression_is_nested_up_to_its_limit_and_no_deeper() {
        let nested = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
        assert!(Condition::try_from(nested(GUARD_DEPTH_MAX)).is_ok());
        assert!(Condition::try_from(nested(GUARD_DEPTH_MAX + 1)).is_err());
    }

    #[test]
    fn the_deepest_expressions_that_fit_are_read_and_decided_without_harm() {
        let links = [
            (".a", 2),
            ("[0]", 3),
            ("+1", 2),
            ("&&true", 3),
            ("||true", 3),
            (" in a", 2),
            ("==1", 3),
            ("?1:1", 4),
            ("-", 1),
        ];
        let chains =
            links.map(|(link, n)| format!("case{}", link.repeat((GUARD_PARTS_MAX - 1) / n)));
        let brackets = [
            ("(", ")"),
            ("[", "]"),
            ("!", ""),
            ("-", ""),
            ("{1:", "}"),
            ("size(", ")"),
        ];
        let nested = brackets.map(|(open, close)| {
            let n = if close.is_empty() {
                GUARD_PARTS_MAX - 1
            } else {
                GUARD_DEPTH_MAX
            };
            format!("{}true{}", open.repeat(n), close.repeat(n))
        });
        let both = format!(
            "{}case{}{}",
            "(".repeat(GUARD_DEPTH_MAX),
            ".a".repeat((GUARD_PARTS_MAX - 2 * GUARD_DEPTH_MAX - 1) / 2),
            ")".repeat(GUARD_DEPTH_MAX)
        );
        for source in chains.into_iter().chain(nested).chain([both]) {
            if let Ok(condition) = Condition::try_from(source) {
                let _ = condition.holds(&Facts::default());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_does_harm_as_an_expression(source in "[a-z0-9 .()!&|=<>'\"\\[\\]{}:?,+*/%-]{0,80}") {
            if let Ok(condition) = Condition::try_from(source) {
                let _ = condition.holds(&Facts::default());
            }
        }
    }
}
