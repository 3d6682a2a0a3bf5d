//! Integration tests.

#[cfg(test)]
mod catalogue;
