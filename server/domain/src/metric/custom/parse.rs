//! Reads a formula: numbers, names, `+ - * /` and brackets.
//!
//! Invariant: how deep it descends is bounded by [`FORMULA_DEPTH_MAX`] before it begins, so that no
//! text exhausts the stack.

use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{
    Infix, alt, cut_err, delimited, dispatch, expression, fail, opt, preceded,
};
use winnow::prelude::*;
use winnow::token::{any, take_while};

use super::compiled::{FORMULA_BYTES_MAX, FORMULA_DEPTH_MAX};
use super::expression::{Expression, Operator};
use crate::error_code::Refusal;
use crate::money::{Decimal, micros_of};

type Unnamed = Expression<String>;

/// The tree of a formula whose names were not looked up yet.
pub(super) fn parse(text: &str) -> Result<Unnamed, Refusal> {
    if text.len() > FORMULA_BYTES_MAX {
        let what = format!("a formula of {} bytes", text.len());
        return Err(Refusal::limit("formula_bytes_max", FORMULA_BYTES_MAX, what));
    }
    refuse_depth(text)?;
    formula
        .parse(text)
        .map_err(|error| not_a_formula(text, error.offset()))
}

fn refuse_depth(text: &str) -> Result<(), Refusal> {
    let mut depth = 0_usize;
    for letter in text.bytes() {
        match letter {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > FORMULA_DEPTH_MAX {
            let what = format!("a formula with brackets {depth} deep");
            return Err(Refusal::limit("formula_depth_max", FORMULA_DEPTH_MAX, what));
        }
    }
    Ok(())
}

fn not_a_formula(text: &str, offset: usize) -> Refusal {
    let place = text[..offset].chars().count() + 1;
    let rest: String = text[offset..].chars().take(12).collect();
    let found = if rest.is_empty() {
        "it ends too early".to_owned()
    } else {
        format!("`{rest}` at character {place} does not fit")
    };
    Refusal::invalid(format!(
        "the formula can't be read: {found}; use numbers of at most six decimal places, names of metrics, `+`, `-`, `*`, `/` and brackets, such as `(revenue - refunds) / spend`"
    ))
}

fn formula(input: &mut &str) -> ModalResult<Unnamed> {
    expression(operand)
        .infix(delimited(
            multispace0,
            dispatch! {any;
                '+' => Infix::Left(1, |_: &mut _, a, b| Ok(join(Operator::Add, a, b))),
                '-' => Infix::Left(1, |_: &mut _, a, b| Ok(join(Operator::Subtract, a, b))),
                '*' => Infix::Left(2, |_: &mut _, a, b| Ok(join(Operator::Multiply, a, b))),
                '/' => Infix::Left(2, |_: &mut _, a, b| Ok(join(Operator::Divide, a, b))),
                _ => fail,
            },
            multispace0,
        ))
        .parse_next(input)
}

fn join(operator: Operator, left: Unnamed, right: Unnamed) -> Unnamed {
    Unnamed::Joined(operator, Box::new(left), Box::new(right))
}

/// A number, a name or a bracket, with at most one sign before it.
fn operand(input: &mut &str) -> ModalResult<Unnamed> {
    let sign = delimited(multispace0, opt('-'), multispace0);
    let (sign, part, _) = (sign, alt((number, name, bracket)), multispace0).parse_next(input)?;
    Ok(match sign {
        Some(_) => Unnamed::Negated(Box::new(part)),
        None => part,
    })
}

fn bracket(input: &mut &str) -> ModalResult<Unnamed> {
    preceded('(', cut_err((formula, ')')))
        .map(|(part, _)| part)
        .parse_next(input)
}

fn name(input: &mut &str) -> ModalResult<Unnamed> {
    let is_inner = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (
        take_while(1, |letter: char| letter.is_ascii_alphabetic()),
        take_while(0.., is_inner),
    )
        .take()
        .map(|name: &str| Unnamed::Metric(name.to_ascii_lowercase()))
        .parse_next(input)
}

fn number(input: &mut &str) -> ModalResult<Unnamed> {
    (digit1, opt(('.', digit1)))
        .take()
        .verify_map(|text: &str| {
            let number: Decimal = text.parse().ok()?;
            micros_of(number).ok().map(Unnamed::Number)
        })
        .parse_next(input)
}
