//! The store as its callers see it: what is staged is read back, what is damaged is named.

mod reports;
mod segments;
