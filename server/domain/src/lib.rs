//! Bellwether's vocabulary: the types and rules that every other crate speaks in.
//!
//! Everything here is a value or a pure function of values: the clock, fresh ids and randomness
//! come in as arguments.
//! Invariant: no input or output, no database, no Arrow, no async, no environment.
//!
//! Reading order: [`error_code`], [`scope`] and [`budget`] (who may, and how much), [`ids`], [`agency`],
//! [`calendar`], [`brand`],
//! [`campaign`], [`member`], [`record`] (the nouns), [`dataset`], [`fact`], [`sample`] (what comes in),
//! [`segment`], [`batch`], [`compaction`] (how it is kept), [`metric`], [`rates`], [`provisional`], [`query`], [`answer`] (what goes out), [`comparison`], [`attribution`], [`restatement`] (how numbers are judged), [`catalog`], [`limits`] (what can be asked).

pub mod agency;
pub mod answer;
pub mod attribution;
pub mod batch;
pub mod brand;
pub mod budget;
pub mod calendar;
pub mod campaign;
pub mod catalog;
pub mod closed_words;
pub mod codes;
pub mod compaction;
pub mod comparison;
pub mod cost;
pub mod dataset;
pub mod error_code;
pub mod export;
pub mod fact;
pub mod file_map;
pub mod ids;
pub mod limits;
pub mod member;
pub mod metric;
pub mod money;
pub mod nearest;
pub mod provisional;
pub mod query;
pub mod rates;
pub mod record;
pub mod restatement;
pub mod sample;
pub mod scope;
pub mod score;
pub mod segment;
pub mod time;

pub use error_code::ErrorCode;
pub use scope::Scope;
