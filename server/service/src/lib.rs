//! The services: ingest, analytics with its cache, scoring
