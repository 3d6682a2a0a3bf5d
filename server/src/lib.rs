//! Bellwether as a library.
