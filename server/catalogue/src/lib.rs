//! The catalogue: every diesel query of Bellwether
