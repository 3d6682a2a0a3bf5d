//! Tests of the look-ahead and the table.
