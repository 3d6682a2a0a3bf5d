//! Bellwether's vocabulary: pure types and rules, no input or output
