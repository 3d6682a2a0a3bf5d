//! Integration tests.

#[cfg(test)]
mod catalogue;
// What the suites start from.
#[cfg(test)]
mod given;
// What metric queries answer.
#[cfg(test)]
mod metrics;
// The process is killed at every step of a commit.
#[cfg(test)]
mod crash;
// Batches that are listed and undone.
#[cfg(test)]
mod batches;
// Segments that are merged while everything goes on.
#[cfg(test)]
mod compaction;
// Segments that are damaged, and how they are mended.
#[cfg(test)]
mod verify;
// Backups, made while the server serves, and restored.
#[cfg(test)]
mod backup;
// The command line.
#[cfg(test)]
mod cli;
// The demonstration.
#[cfg(test)]
mod demo;
// TikTok's own report files.
#[cfg(test)]
mod tiktok;
// What becomes of reports that are sent over HTTP.
#[cfg(test)]
mod ingest;
// Who sees and changes what.
#[cfg(test)]
mod tenancy;
// GraphQL over HTTP, and its limits.
#[cfg(test)]
mod graphql_http;
// GraphQL over connections that stay open.
#[cfg(test)]
mod graphql_streams;
// The page on which people try queries.
#[cfg(test)]
mod explorer;
// What is promoted, promised and agreed.
#[cfg(test)]
mod records;
// Answers as files.
#[cfg(test)]
mod export;
// What plugins say of campaigns.
#[cfg(test)]
mod scores;
// Worked examples that were computed elsewhere.
#[cfg(test)]
mod reference;
// What people decide, carry through and prove.
#[cfg(test)]
mod workflows;
// The house rules.
#[cfg(test)]
mod tidy;
// Random reports against a naive fold.
#[cfg(test)]
mod differential;
// Everything that can happen, by chance, against a naive model.
#[cfg(test)]
mod simulation;
