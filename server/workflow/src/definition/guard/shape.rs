//! The shape of an expression: what it looks at, and how often it goes through a list.
//!
//! It walks with a list of its own instead of by recursion, so that no depth exhausts the stack.

use cel::common::ast::{EntryExpr, Expr, IdedExpr};

/// How many words, numbers and signs there are; those within texts count too, which errs on the
/// side of refusing.
pub(super) fn n_parts(source: &str) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let (mut parts, mut in_word) = (0, false);
    for character in source.chars() {
        let continues = in_word && is_word(character);
        parts += usize::from(!continues && !character.is_whitespace());
        in_word = is_word(character);
    }
    parts
}

/// How deep brackets and choices stand in each other; those within texts count too.
pub(super) fn depth(source: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for character in source.chars() {
        match character {
            '(' | '[' | '{' | '?' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// What an expression is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shape<'a> {
    /// The kinds of evidence that it looks at: `x` of `facts.x`.
    pub(super) kinds: Vec<&'a str>,
    /// The variables that it names.
    pub(super) variables: Vec<&'a str>,
    /// The names that `exists` and its like give to the items of a list.
    pub(super) items: Vec<&'a str>,
    /// How often it goes through a list.
    pub(super) n_loops: usize,
}

impl<'a> Shape<'a> {
    pub(super) fn of(expression: &'a IdedExpr) -> Self {
        let mut shape = Self::default();
        let mut left = vec![expression];
        while let Some(next) = left.pop() {
            shape.add(&next.expr);
            left.extend(children(&next.expr));
        }
        shape
    }

    fn add(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Ident(name) if !name.starts_with('@') => self.variables.push(name),
            Expr::Select(select) if select.operand.expr == Expr::Ident("facts".to_owned()) => {
                self.kinds.push(&select.field);
            }
            Expr::Comprehension(each) => {
                self.n_loops += 1;
                self.items.push(&each.iter_var);
                self.items.extend(each.iter_var2.as_deref());
            }
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Ident(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Select(_)
            | Expr::Struct(_) => {}
        }
    }
}

fn children(expression: &Expr) -> Vec<&IdedExpr> {
    match expression {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => Vec::new(),
        Expr::Call(call) => call
            .target
            .as_deref()
            .into_iter()
            .chain(&call.args)
            .collect(),
        Expr::Comprehension(each) => {
            vec![
                &each.iter_range,
                &each.accu_init,
                &each.loop_cond,
                &each.loop_step,
                &each.result,
            ]
        }
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Map(map) => map
            .entries
            .iter()
            .flat_map(|entry| parts(&entry.expr))
            .collect(),
        Expr::Struct(made) => made
            .entries
            .iter()
            .flat_map(|entry| parts(&entry.expr))
            .collect(),
    }
}

fn parts(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}
