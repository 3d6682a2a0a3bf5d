//! Workflows over GraphQL: cases begun, carried through, refused, raced for, proved.

mod demonstration;
mod drive;
mod races;
mod refusals;
mod roles;
mod settings;
mod stories;
mod ticker;

pub(crate) use drive::{answered, member_id};
