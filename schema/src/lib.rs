//! Bellwether's GraphQL API as a library
