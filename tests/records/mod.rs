//! Records over GraphQL and HTTP: who keeps them, and how they come in and go out as files.

mod bodies;
mod command;
mod files;
mod given;
mod roles;
