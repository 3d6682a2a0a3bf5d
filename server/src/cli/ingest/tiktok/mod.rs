//! TikTok Ads' own report files, as they are, to a dataset's canonical columns.
//!
//! Read are the hourly or daily reports of campaigns, ad groups and ads, and the report of
//! campaigns by country. Hours are already in the ad account's zone, so that the date is taken
//! as it stands; `-` means missing. Values go on as they are written: what is no whole number or
//! no amount is refused by ingest like in any other file, under its line of the original.
//!
//! Not taken over, on purpose: ratios and costs per something (computed from their components
//! instead), reach and frequency (people, who can't be summed over days), real-time columns
//! (the same conversions by another clock), results and secondary goals (they mean something
//! else in each campaign), profile visits and sales leads (no measure holds them).
//! Invariant: no value is rounded, guessed or left out silently; a column that is neither known
//! nor ignored on purpose stops the conversion.
//!
//! Reading order: `report` (which files belong together), `convert` (all steps), `rows` (one row),
//! `layout` (which column is what), `moment`, `table`, `part` (the new file), `history` (parents),
//! `advertisers` (currency and zone), `twins` (the same hour twice), `days` (days that lack an hour).

mod advertisers;
mod convert;
mod days;
mod history;
mod layout;
mod moment;
mod part;
mod report;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod twins;

pub(super) use convert::convert;
pub(super) use part::Part;
pub(super) use report::groups;
